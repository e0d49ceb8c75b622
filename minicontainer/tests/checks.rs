//! The checks and attacks on `minicontainer`, on real runtimes, and on what is no runtime at all.

use std::process::ExitCode;

use checks::{Subject, harness};

fn main() -> ExitCode {
    harness::main_with(|| {
        let program = env!("CARGO_BIN_EXE_minicontainer");
        let subjects =
            [Subject::Bare, Subject::minicontainer(program, 12), Subject::oci("runc"), Subject::oci("crun")];
        let mut trials: Vec<_> = subjects.iter().flat_map(harness::trials).collect();
        // What chapter 1 adds to a bare command only shows when something stands in between.
        trials.extend(harness::checks(&Subject::Shell, &["signal_forwarding", "dies_with_runtime"]));
        trials
    })
}
