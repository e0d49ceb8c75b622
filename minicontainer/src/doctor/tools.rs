//! Programs beside us: for networks, for comparing, and for a machine of one's own.

use super::{
    look,
    row::{Answer, Row},
};

/// Tools of chapter 5.
pub fn network_rows() -> Vec<Row> {
    let packages = ["iproute2 nftables", "iproute nftables", "iproute2 nftables", "iproute2 nftables"];
    vec![programs("network.tools", "to look at networks", &["ip", "nft"]).remedy(look::install(packages))]
}

/// Tools that are good to have.
pub fn other_rows() -> Vec<Row> {
    let uml = look::program("linux.uml").is_some();
    let lab = programs("uml", "Linux as a program: minicontainer lab", &["linux.uml"]).remedy(
        "Only for the lab, where all chapters work whatever this machine forbids. On x86-64 Debian and \
             Ubuntu: sudo apt-get install user-mode-linux",
    );
    vec![
        programs("runtimes", "to compare with", &["runc", "crun"]).remedy(look::install([
            "runc crun",
            "runc crun",
            "runc crun",
            "runc crun",
        ])),
        if uml { lab.looked_at("minicontainer lab: chapters 1 to 12 work there, as root") } else { lab },
    ]
}

/// Whether programs are there. That they work is not claimed.
fn programs(id: &'static str, about: &'static str, names: &[&str]) -> Row {
    let found = names.iter().map(|name| (name, look::program(name)));
    let found: Vec<_> = found.collect();
    let answers = found.iter().map(|(_, path)| if path.is_some() { Answer::Yes } else { Answer::No });
    let seen = found.iter().map(|(name, path)| match path {
        Some(path) => path.display().to_string(),
        None => format!("{name}: not found"),
    });
    Row::new(id, about, Answer::over(answers)).looked_at(seen.collect::<Vec<_>>().join(", "))
}
