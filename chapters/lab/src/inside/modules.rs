//! What the kernel inside does not have built in, and the loopback interface.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use sys::{Errno, Result};

/// What the course needs. Those that it builds upon come first by themselves.
const WANTED: &[&str] =
    &["overlay", "veth", "bridge", "nf_tables", "nft_ct", "nft_masq", "nft_redir", "nft_reject_inet", "tun"];

/// Load them from the package's folder. A kernel that has none of them is no error: what needs one says so.
pub fn load() -> Result<()> {
    let folder = Path::new("/usr/lib/uml/modules").join(sys::kernel_release()?);
    let list = folder.join("modules.dep");
    if !list.exists() {
        return Ok(());
    }
    let modules = Modules::parse(&fs_err::read_to_string(list)?);
    for path in WANTED.iter().flat_map(|name| modules.in_order(name)) {
        match sys::finit_module(folder.join(path)) {
            Err(error) if error.errno() == Some(Errno::EEXIST) => {}
            loaded => loaded?,
        }
    }
    Ok(())
}

/// `127.0.0.1` answers.
pub fn bring_loopback_up() -> Result<()> {
    sys::ioctl_interface_up("lo")
}

/// modules.dep: each module's path, and what it builds upon.
struct Modules(HashMap<String, (PathBuf, Vec<PathBuf>)>);

impl Modules {
    fn parse(text: &str) -> Modules {
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        let modules = lines.map(|(path, upon)| {
            let upon = upon.split_whitespace().map(PathBuf::from).collect();
            (name(path), (PathBuf::from(path), upon))
        });
        Modules(modules.collect())
    }

    /// The files of `wanted`, in the order in which they load: modules.dep has it the other way round.
    fn in_order(&self, wanted: &str) -> Vec<PathBuf> {
        let Some((path, upon)) = self.0.get(wanted) else { return Vec::new() };
        upon.iter().rev().chain([path]).cloned().collect()
    }
}

fn name(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split('.').next().unwrap_or(file).replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_module_builds_upon_comes_first() {
        let modules =
            Modules::parse("net/llc.ko:\nnet/stp.ko: net/llc.ko\nnet/my-br.ko: net/stp.ko net/llc.ko\n");
        let order = ["net/llc.ko", "net/stp.ko", "net/my-br.ko"].map(PathBuf::from);
        assert_eq!(modules.in_order("my_br"), order);
        assert!(modules.in_order("none").is_empty());
    }
}
