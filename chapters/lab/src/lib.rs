//! The lab: a Linux machine of one's own in about a second, without root, with control groups of version 2.
//!
//! It is user-mode Linux: `linux.uml` is the kernel as an ordinary program, packaged by Debian and Ubuntu. Outside,
//! [`run`] starts it and passes on what is typed; inside, this same program is PID 1 ([`play_role`]): it makes a
//! root of the host's /usr and the working folder, and runs the command.
//!
//! | word | meaning | file |
//! |---|---|---|
//! | machine | `linux.uml`, its arguments and what it is started with | `machine.rs` |
//! | line | its one serial line: a socket outside, `/dev/ttyS0` inside | |
//! | frame | what is said over the line: input, output, signals, the exit code | `frame.rs` |
//! | relay | the loop outside, between the line and our own terminal or pipes | `relay.rs` |
//! | init | PID 1 inside: root, modules, command | `inside/` |
//!
//! **The trick** is called *one line, many streams*, and ssh and docker have it too: everything goes over one
//! line as frames with a head, so standard output and error stay apart, and the kernel's messages stay out.

mod flags;
mod frame;
mod inside;
mod machine;
mod relay;

use std::{path::Path, process::ExitCode};

pub use flags::Lab;
use nix::unistd::Pid;
use sys::{Error, Result};

/// First argument of the program that is PID 1 inside.
const INIT: &str = "lab-init";

/// Be PID 1 inside the machine, if this program was started as such. Every program that starts a lab calls
/// this before anything else in `main`.
pub fn play_role() -> Option<ExitCode> {
    let is_init = Pid::this().as_raw() == 1 && std::env::args().nth(1).is_some_and(|role| role == INIT);
    is_init.then(inside::main)
}

/// Run a command in the machine. The answer is its exit code, 128 and the signal if one killed it.
pub fn run(lab: &Lab) -> Result<ExitCode> {
    if is_inside() {
        return Err(Error::new("lab")
            .why("this is the lab already, and it has no room for another one")
            .remedy("Type the command itself."));
    }
    sys::restore_defaults()?; // a closed standard output ends us quietly, and the machine with us
    let machine = machine::start(lab)?;
    sys::explain::silence(); // what passes over the line would hide everything else
    relay::run(machine, lab)
}

/// Run this same program with the same arguments in a lab, when the caller asks for it with `LAB=1` and we are not
/// in one yet: `LAB=1 cargo test -p exercises`. `folders` are shared, besides the working folder.
pub fn move_in(folders: &[&Path]) -> Option<ExitCode> {
    if is_inside() || std::env::var_os("LAB").is_none_or(|value| value != "1") {
        return None;
    }
    let moved = || {
        let program = std::env::current_exe()?;
        let command = std::iter::once(program.into()).chain(std::env::args_os().skip(1)).collect();
        let lab = Lab::new(command);
        run(&folders.iter().fold(lab, Lab::share))
    };
    Some(moved().unwrap_or_else(|error| {
        cli::complain("lab", &error);
        error.exit_code().into()
    }))
}

/// Why there can be no lab here, if there cannot.
pub fn missing() -> Option<sys::Error> {
    machine::find().err()
}

/// Whether this process is in a lab already.
pub fn is_inside() -> bool {
    sys::in_user_mode_linux()
}
