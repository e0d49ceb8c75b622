//! However a demo ends, at whatever moment, the host is as it was before.

#![cfg(feature = "live")]

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use checks::harness::Host;
use live::{
    estate::Estate,
    player,
    scenario::{self, Scenario},
};
use sys::{Pid, Signal};

const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

/// Whom the signal is for. The demo is two processes: the keeper waits, the worker plays.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Keeper,
    Worker,
}

/// One at a time looks at the host.
static HOST: Mutex<()> = Mutex::new(());

/// So many are played and killed at once; then the host is looked at.
const AT_ONCE: usize = 5;

#[test]
fn a_demo_that_is_killed_leaves_nothing() {
    let _host = HOST.lock().unwrap_or_else(PoisonError::into_inner);
    let before = Host::look_for(MINICONTAINER);
    let scenarios = playable();
    assert!(scenarios.len() > 5, "hardly a demo begins here");
    let both = [Victim::Keeper, Victim::Worker].into_iter();
    let victims: Vec<_> =
        both.flat_map(|victim| scenarios.iter().map(move |scenario| (&*scenario.name, victim))).collect();
    let mut struck = 0;
    for group in victims.chunks(AT_ONCE) {
        let kill = |(name, victim): &(&str, Victim)| {
            let moment = random(Duration::from_millis(1500));
            (strike(&mut start(name, &["--auto", "--fast"]), *victim, Signal::SIGKILL, moment), moment)
        };
        let killed: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = group.iter().map(|one| scope.spawn(move || kill(one))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        struck += killed.iter().filter(|(struck, _)| *struck).count();
        let left = before.difference_in_the_end();
        assert!(left.is_empty(), "{group:?}, killed after {killed:?}: {left:?}");
    }
    assert!(struck >= scenarios.len(), "only {struck} demos were still running when they were killed");
}

#[test]
fn a_demo_that_is_asked_to_end_leaves_nothing() {
    let _host = HOST.lock().unwrap_or_else(PoisonError::into_inner);
    let before = Host::look_for(MINICONTAINER);
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGQUIT] {
        let mut demo = start("hostname", &["--auto"]); // with its pauses it takes longer than that
        assert!(
            strike(&mut demo, Victim::Keeper, signal, Duration::from_millis(900)),
            "{signal}: it had ended"
        );
        let status = demo.wait().unwrap();
        let left = before.difference_in_the_end();
        assert!(left.is_empty(), "{signal}: {left:?}");
        assert!(!status.success(), "{signal}: {status}");
    }
}

fn start(name: &str, pace: &[&str]) -> Child {
    let mut demo = Command::new(MINICONTAINER);
    demo.args(["demo", name, "--plain"]).args(pace).process_group(0);
    demo.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    demo.spawn().unwrap()
}

/// Those that begin here at all: an ordinary user may have no control groups.
fn playable() -> Vec<Scenario> {
    let estate = Estate::new().unwrap();
    let mut scenarios = scenario::all();
    scenarios.retain(|scenario| player::missing(scenario, &estate).is_none());
    fs_err::remove_dir_all(&estate.folder).unwrap();
    scenarios
}

/// Send the signal at that moment, and wait for the end. `false`: the demo had ended before.
fn strike(demo: &mut Child, victim: Victim, signal: Signal, moment: Duration) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < moment {
        if demo.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let keeper = Pid::from_raw(i32::try_from(demo.id()).unwrap());
    let target = match victim {
        Victim::Keeper => Some(keeper),
        Victim::Worker => worker_of(keeper),
    };
    let struck = target.is_some_and(|target| sys::kill(target, signal).is_ok());
    demo.wait().unwrap();
    struck
}

/// The child of this process.
fn worker_of(keeper: Pid) -> Option<Pid> {
    let children = fs_err::read_to_string(format!("/proc/{keeper}/task/{keeper}/children")).ok()?;
    Some(Pid::from_raw(children.split_whitespace().next()?.parse().ok()?))
}

fn random(most: Duration) -> Duration {
    let number = RandomState::new().hash_one(0) % u64::try_from(most.as_micros()).unwrap();
    Duration::from_micros(number)
}
