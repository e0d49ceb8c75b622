//! `minicontainer top`, from outside: what it says of a container is what /proc and the control group say, as text, as JSON
//! and on a terminal of any size, which is as before afterwards.

mod readings;
mod running;
mod screen;
#[path = "../sleeper/mod.rs"]
mod sleeper;

use std::process::ExitCode;

use checks::harness;
use libtest_mimic::{Completion, Failed, Trial};

type Test = fn() -> Result<Completion, Failed>;

fn main() -> ExitCode {
    harness::main_with(|| {
        let tests: [(&str, Test); 14] = [
            ("processes_and_users_are_those_of_proc", readings::processes),
            ("mounts_and_interfaces_are_those_of_proc", readings::mounts_and_interfaces),
            ("amounts_are_those_of_the_control_group", readings::amounts),
            ("used_up_time_is_seen", readings::throttling),
            ("refused_calls_are_listed", readings::refusals),
            ("who_cannot_know_of_refusals_says_so", readings::refusals_not_known),
            ("early_chapters_are_found", readings::early_chapters),
            ("a_reading_is_fast", readings::is_fast),
            ("what_is_no_container_is_an_error", readings::no_container),
            ("the_newest_below_a_shell_is_found", readings::below),
            ("sizes_and_keys", screen::sizes_and_keys),
            ("a_signal_gives_the_terminal_back", screen::signal),
            ("a_terminal_that_is_gone_ends_it", screen::hang_up),
            ("the_oom_killer_is_seen", screen::oom_killer),
        ];
        tests.into_iter().map(|(name, test)| Trial::ignorable_test(name, test)).collect()
    })
}
