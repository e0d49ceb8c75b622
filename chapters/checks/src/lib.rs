//! What a stage must show, written once.
//!
//! A [`Check`] treats a runtime as a black box: it runs a command in a container, looks from inside and
//! from outside, and brings back what it saw as text. What a real runtime shows is kept in
//! `snapshots/`; a runtime that has the feature shows the same, and one without it does not. An
//! [`Attack`] is the other half: it succeeds on the stage before its chapter and is stopped after it.
//!
//! | word | meaning | file |
//! |---|---|---|
//! | [`Subject`] | the runtime that is examined: a stage, `minicontainer`, runc, crun, Podman, bubblewrap, or none at all | `subject.rs` |
//! | probe | our program that runs inside the container and reports what is true there | `probe.rs` |
//! | fence | the outer namespaces around subject and probe, so that wrong code does no harm | `fence.rs` |
//! | [`Scene`] | what a check or an attack works with, inside the fence | `scene.rs` |
//! | [`Verdict`] | passed, failed, could not run here, or does not apply, each with its reason | `verdict.rs` |
//! | engines | how Podman and bubblewrap are called, and what they are known for | `engines.rs` |
//! | ladder | all verdicts as one table | `ladder.rs` |
//!
//! **The trick** is called *one file, three roles*: the program that holds the suite starts itself again
//! as the fence and as the probe ([`play_role`]), so there is no second binary to find or to install.

mod attacks;
mod bundle;
mod cage;
mod catalogue;
mod engines;
mod fence;
#[cfg(feature = "harness")]
pub mod harness;
pub mod ladder;
mod probe;
mod scene;
mod subject;
mod verdict;

use std::process::ExitCode;

pub use attacks::{ATTACKS, Attack, Needs};
pub use cage::Cage;
pub use catalogue::{CHECKS, Check, EXTENSIONS};
pub use fence::{NO_END, User};
pub use scene::{PRINTED, Scene, calls};
pub use subject::Subject;
pub use verdict::{Verdict, attack, check, explain, find_attack, find_check};

/// First argument of a program that plays the fence.
const FENCE: &str = "checks-fence";
/// First argument of a program that plays the probe.
const PROBE: &str = "checks-probe";

/// Be the fence or the probe, if this program was started as one. Every program that runs checks calls
/// this before anything else in `main`.
pub fn play_role() -> Option<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first()? {
        (role, job) if role == FENCE => Some(fence::main(job)),
        (role, action) if role == PROBE => Some(probe::main(action)),
        _ => None,
    }
}
