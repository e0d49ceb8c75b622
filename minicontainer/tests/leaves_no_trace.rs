//! Every check and every attack, on every subject, and then: is the host as it was?

use std::time::Duration;

use assert_cmd::Command;
use checks::{Subject, harness::Host};

const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

#[test]
fn the_ladder_leaves_the_host_as_it_was() {
    let before = Host::look_for(MINICONTAINER);
    let mut ladder = Command::new(MINICONTAINER);
    ladder.args(["ladder", "--json"]);
    for more in [Subject::Podman, Subject::Bubblewrap].iter().filter(|more| more.missing().is_none()) {
        ladder.args(["--with", more.name()]);
    }
    let ladder = ladder.timeout(Duration::from_secs(300)).output();
    let ladder = ladder.unwrap();
    assert!(ladder.status.success(), "{ladder:?}");
    assert!(ladder.stdout.len() > 1000, "the ladder observed nothing: {ladder:?}");
    assert_eq!(before.difference_in_the_end(), Vec::<String>::new());
}
