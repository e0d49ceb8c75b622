//! The fence holds: each harsh program plays a student's runtime, gets a verdict in bounded time, and the
//! host is as it was.
//!
//! This file is the suite, the fence, the judge and all harsh programs in one. A program looks first
//! whether it is inside a fence (`guard.rs`), has a life span that the kernel watches, and opens, but does
//! not write, what would do harm.

#![expect(clippy::unnecessary_wraps, reason = "all programs have one type, also those that note every error")]

use std::{
    os::unix::fs::PermissionsExt,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use checks::{
    Needs, Subject, User, Verdict,
    harness::{self, Host},
};
use libtest_mimic::{Completion, Failed, Trial};

mod diary;
mod guard;
mod kernel;
mod mounts;
mod processes;
mod resources;

use diary::{DONE, EARLY, HOLE, REFUSED};

/// Seconds after which the kernel ends a harsh program, wherever it is.
const LIFE_SPAN: u32 = 30;
/// The time limit of the fence, shorter than a student's: half of these programs wait for it.
const TIME_LIMIT: Duration = Duration::from_secs(6);
/// When a verdict must be there.
const VERDICT_LIMIT: Duration = Duration::from_secs(15);
/// First argument of this program when it plays a harsh one. The program's name and the host's
/// namespaces follow, and then what every runtime is told.
const ROLE: &str = "harsh";
/// Exit code of a program that refuses to start.
const REFUSAL: u8 = 99;

/// A harsh program.
struct Program {
    name: &'static str,
    /// What the fence must do to it, as the name of a test.
    proves: &'static str,
    act: fn() -> sys::Result<()>,
    end: End,
}

/// How a program ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// By itself, and its diary is part of the verdict.
    Itself,
    /// Never: the fence must end it.
    Hangs,
    /// In whatever way: it pulls away the ground on which it stands.
    Any,
}

const PROGRAMS: &[Program] = &[
    program("cover_root", "a_mount_over_the_root_stays_inside", mounts::cover_root, End::Any),
    program("detach_everything", "nothing_of_the_host_appears_below", mounts::detach_everything, End::Any),
    program("pivot_the_real_root", "another_root_stays_inside", mounts::pivot_the_real_root, End::Any),
    program("write_to_the_host", "the_host_s_files_stay_read_only", mounts::write_to_the_host, End::Itself),
    program("reach_the_disk", "the_disk_is_out_of_reach", mounts::reach_the_disk, End::Itself),
    program("fork_without_end", "a_fork_bomb_has_its_limit", processes::fork_without_end, End::Itself),
    program("ignore_signals", "a_deaf_program_is_ended", processes::ignore_signals, End::Any),
    program("kill_everything", "the_judge_cannot_be_killed", processes::kill_everything, End::Any),
    program("stop_everything", "the_judge_cannot_be_stopped", processes::stop_everything, End::Hangs),
    program("leave_daemons", "daemons_end_with_the_fence", processes::leave_daemons, End::Hangs),
    program("print_without_end", "endless_output_is_cut_off", processes::print_without_end, End::Any),
    program("bribe_the_judge", "the_judge_is_out_of_reach", processes::bribe_the_judge, End::Itself),
    program("fill_memory", "memory_has_its_limit", resources::fill_memory, End::Any),
    program("fill_file_systems", "files_in_memory_have_their_limit", resources::fill_file_systems, End::Any),
    program("open_many_files", "open_files_have_their_limit", resources::open_many_files, End::Itself),
    program(
        "leave_kernel_objects",
        "kernel_objects_stay_inside",
        resources::leave_kernel_objects,
        End::Itself,
    ),
    program("change_settings", "settings_of_the_kernel_stay", kernel::change_settings, End::Itself),
    program("rename_the_host", "the_host_keeps_its_name", kernel::rename_the_host, End::Itself),
    program("set_the_clock", "the_clock_is_out_of_reach", kernel::set_the_clock, End::Itself),
    program("break_out_of_the_cage", "the_cage_stays_shut", kernel::break_out_of_the_cage, End::Itself),
    program("reach_the_session", "the_session_is_out_of_reach", kernel::reach_the_session, End::Itself),
];

const fn program(
    name: &'static str,
    proves: &'static str,
    act: fn() -> sys::Result<()>,
    end: End,
) -> Program {
    Program { name, proves, act, end }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|role| role == ROLE) {
        return play(&arguments[1..]);
    }
    if let Some(code) = checks::play_role() {
        return code;
    }
    harness::set_time_limit(TIME_LIMIT);
    let before = Host::look();
    let code = harness::main_with(trials);
    let left = before.difference_in_the_end();
    if left.is_empty() {
        return code;
    }
    eprintln!("the host is not as it was: {left:#?}");
    ExitCode::FAILURE
}

/// Be a harsh program, inside a fence and nowhere else.
fn play(arguments: &[String]) -> ExitCode {
    let (name, host) = (arguments.first(), arguments.get(1..3).unwrap_or_default());
    if let Some(objection) = guard::objection(host) {
        println!("{name:?} {REFUSED}: {objection}");
        return REFUSAL.into();
    }
    let known = PROGRAMS.iter().find(|program| Some(program.name) == name.map(String::as_str));
    let done = sys::alarm(LIFE_SPAN).and_then(|()| match known {
        Some(program) => (program.act)(),
        None => Err(sys::Error::new(format!("there is no {name:?}"))),
    });
    match done {
        Ok(()) => println!("{DONE}"),
        Err(error) => println!("{EARLY}: {error}"),
    }
    ExitCode::SUCCESS
}

fn trials() -> Vec<Trial> {
    let refusals = PROGRAMS
        .iter()
        .map(|program| Trial::test(format!("outside_refuses_{}", program.name), || refuses_outside(program)));
    let inside = PROGRAMS.iter().map(|program| {
        Trial::ignorable_test(format!("{}::{}", program.name, program.proves), || is_contained(program))
    });
    let shut = Trial::ignorable_test("a_program_in_a_shut_folder_is_found", finds_what_is_shut_away);
    let real = Trial::test("somebodys_program_is_never_the_real_root", is_never_the_real_root);
    refusals.chain(inside).chain([shut, real]).collect()
}

/// Outside of a fence the program does nothing, whatever it is told about the host's namespaces.
fn refuses_outside(program: &Program) -> Result<(), Failed> {
    let stories = [guard::host_namespaces()?, ["pid:[1]".to_owned(), "mnt:[1]".to_owned()]];
    for story in stories {
        // Asked here first: nothing is started with a guard that would let it pass.
        if guard::objection(&story).is_none() {
            return Err("the guard takes this process for one inside a fence".into());
        }
        let started =
            Command::new(std::env::current_exe()?).arg(ROLE).arg(program.name).args(story).output()?;
        let said = String::from_utf8_lossy(&started.stdout);
        if started.status.code() != Some(REFUSAL.into()) || !said.contains(REFUSED) {
            return Err(format!("it was started: {said}").into());
        }
    }
    Ok(())
}

/// Inside it may do what it likes.
fn is_contained(program: &Program) -> Result<Completion, Failed> {
    let _terminal = nix::pty::openpty(None, None)?; // one of the host's, for those who look for it
    let before = Host::look();
    let started = Instant::now();
    let verdict = checks::check(a_check(program)?, &subject(program)?);
    let (took, changed) = (started.elapsed(), before.steady_difference());
    if std::env::var_os("HARSH_TELL").is_some() {
        eprintln!("{} after {took:.1?}: {verdict:#?}", program.name);
    }
    let observed = match &verdict {
        Verdict::Failed { observed, .. } => observed,
        Verdict::CouldNotRun { reason } => return harness::could_not_run(reason),
        other => return Err(format!("a harsh program gets {other:?}").into()),
    };
    let right_end = match program.end {
        End::Itself => observed.contains(DONE),
        End::Hangs => observed.starts_with("no end within"),
        End::Any => true,
    };
    let wrong = [HOLE, REFUSED, EARLY].iter().any(|word| observed.contains(word));
    if wrong || !right_end {
        return Err(observed.clone().into());
    }
    if took > VERDICT_LIMIT {
        return Err(format!("the verdict took {took:?}").into());
    }
    if !changed.is_empty() {
        return Err(format!("the host is not as it was: {changed:#?}").into());
    }
    Ok(Completion::Completed)
}

/// The attacks that take the host's real root are for the course's own programs alone. An ordinary user has none to give.
fn is_never_the_real_root() -> Result<(), Failed> {
    let subject = Subject::of_somebody("somebody", 4, vec![std::env::current_exe()?]);
    let attacks = checks::ATTACKS.iter().filter(|attack| attack.needs == Needs::RealRoot);
    for attack in attacks.filter(|_| User::current() == User::Root) {
        match checks::attack(attack, &subject) {
            Verdict::DoesNotApply { reason } if reason.contains("the course's own programs") => {}
            other => return Err(format!("{}: {other:?}", attack.name).into()),
        }
    }
    Ok(())
}

/// Root's fence has ids that own nothing, and yet it starts a program that only root can reach.
fn finds_what_is_shut_away() -> Result<Completion, Failed> {
    let folder = tempfile::Builder::new().prefix("minicontainer-harsh-").tempdir()?;
    let copy = folder.path().join("deep/down/program");
    fs_err::create_dir_all(copy.parent().unwrap_or(&copy))?;
    fs_err::copy(std::env::current_exe()?, &copy)?;
    fs_err::set_permissions(&copy, PermissionsExt::from_mode(0o700))?;
    let program = PROGRAMS.iter().find(|program| program.name == "rename_the_host");
    let program = program.ok_or("there is no program that ends by itself")?;
    let Subject::Ours { name, chapter, program: mut words, .. } = subject(program)? else {
        return Err("a harsh program is one of ours".into());
    };
    words[0] = copy;
    let subject = Subject::of_somebody(name, chapter, words);
    match checks::check(a_check(program)?, &subject) {
        Verdict::Failed { observed, .. } if observed.contains(DONE) => Ok(Completion::Completed),
        Verdict::CouldNotRun { reason } => harness::could_not_run(&reason),
        other => Err(format!("it was not started: {other:#?}").into()),
    }
}

/// A check whose verdict carries what the subject printed; for the deaf one, a check that sends signals.
fn a_check(program: &Program) -> Result<&'static checks::Check, Failed> {
    let name = if program.name == "ignore_signals" { "signal_forwarding" } else { "pid_1" };
    checks::find_check(name).ok_or_else(|| format!("there is no check {name}").into())
}

fn subject(program: &Program) -> Result<Subject, Failed> {
    let words = [vec![ROLE.to_owned(), program.name.to_owned()], guard::host_namespaces()?.to_vec()].concat();
    let program_and_words = [vec![std::env::current_exe()?], words.into_iter().map(Into::into).collect()];
    Ok(Subject::of_somebody(program.name, 4, program_and_words.concat()))
}
