//! Compiles the small library that linux.uml is started with: chapters/sys/preload/uml.rs.

use std::{env, error::Error, path::PathBuf, process::Command};

const SOURCE: &str = "../sys/preload/uml.rs";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SOURCE}");
    let library = PathBuf::from(env::var("OUT_DIR")?).join("uml.so");
    if env::var("CARGO_CFG_TARGET_ARCH")? != "x86_64" {
        return Ok(fs_err::write(library, "")?); // there is no linux.uml for it, and `lab` says so
    }
    let mut rustc = Command::new(env::var("RUSTC")?);
    rustc.args(["--crate-name", "uml", "--crate-type", "cdylib", "--edition", "2024", "--target"]);
    rustc.arg(env::var("TARGET")?).args(["-Cpanic=abort", "-Copt-level=2", "-Cstrip=symbols", "-lc"]);
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        rustc.arg(format!("-Clinker={linker}"));
    }
    let status = rustc.arg("-o").arg(library).arg(SOURCE).status()?;
    if status.success() { Ok(()) } else { Err(format!("{SOURCE} does not compile").into()) }
}
