//! `minicontainer lab`, from outside.

use std::{
    io::{Read, Write},
    path::Path,
    process::{Child, Command, ExitCode, Output, Stdio},
    time::{Duration, Instant},
};

use checks::harness;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use sys::{Pid, Signal, Size};

const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

/// First argument of this program when it uses wide registers, inside.
const WIDE: &str = "wide-registers";

type Test = fn() -> Result<(), Failed>;

const TESTS: &[(&str, Test)] = &[
    ("the_exit_code_is_the_commands", exit_codes),
    ("input_output_and_errors_pass_unchanged", streams),
    ("output_is_not_lost_when_nobody_reads_for_a_while", slow_reader),
    ("the_working_folder_is_the_hosts", working_folder),
    ("the_program_itself_is_found_by_its_name", itself),
    ("there_is_no_lab_in_the_lab", not_another_one),
    ("control_groups_are_of_version_2", version_2),
    ("what_was_not_shared_is_not_there", secrets),
    ("a_signal_reaches_the_command", signal),
    ("the_third_signal_ends_a_lab_whose_command_is_deaf", deaf_command),
    ("a_killed_lab_leaves_nothing", killed),
    ("five_starts_of_five", five),
    ("wide_registers_survive_each_other", wide_registers),
    ("a_terminal_behaves", terminal),
];

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|role| role == WIDE) {
        return use_wide_registers();
    }
    let trials = TESTS.iter().map(|(name, test)| Trial::ignorable_test(*name, move || run(*test)));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn run(test: Test) -> Result<Completion, Failed> {
    if let Some(error) = lab::missing() {
        return harness::could_not_run(&error.to_string());
    }
    if lab::is_inside() {
        return harness::could_not_run("this is a lab, and there is none inside of one");
    }
    test().map(|()| Completion::Completed)
}

fn lab(arguments: &[&str]) -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=1", "60", MINICONTAINER, "lab"]).args(arguments).stdin(Stdio::null());
    command
}

fn shell(script: &str) -> Result<Output, Failed> {
    Ok(lab(&["--", "sh", "-c", script]).output()?)
}

fn must_be<T: PartialEq + std::fmt::Debug>(seen: &T, wanted: &T, output: &Output) -> Result<(), Failed> {
    if seen == wanted { Ok(()) } else { Err(format!("{seen:?} and not {wanted:?}: {output:?}").into()) }
}

fn exit_codes() -> Result<(), Failed> {
    let cases: [(&[&str], i32); 6] = [
        (&["--", "true"], 0),
        (&["--", "sh", "-c", "exit 7"], 7),
        (&["--", "sh", "-c", "kill -KILL $$"], 137),
        (&["--", "no-such-command"], 127),
        (&["--", "/usr"], 126),
        (&["--memory", "1m", "--", "true"], 125),
    ];
    for (arguments, code) in cases {
        let output = lab(arguments).output()?;
        must_be(&output.status.code(), &Some(code), &output)?;
    }
    Ok(())
}

/// Every byte, and more than any buffer on the way holds.
fn all_bytes() -> Vec<u8> {
    (0..300_000_u32).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()
}

fn streams() -> Result<(), Failed> {
    let mut child = lab(&["--", "sh", "-c", "cat; echo problem >&2; exit 3"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("no input")?;
    let writer = std::thread::spawn(move || input.write_all(&all_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "the writer panicked")??;
    if output.stdout != all_bytes() {
        return Err(format!("{} bytes of {}", output.stdout.len(), all_bytes().len()).into());
    }
    must_be(&String::from_utf8_lossy(&output.stderr).as_ref(), &"problem\n", &output)?;
    must_be(&output.status.code(), &Some(3), &output)
}

fn slow_reader() -> Result<(), Failed> {
    let mut child = lab(&["--", "head", "-c", "3000000", "/dev/zero"]).stdout(Stdio::piped()).spawn()?;
    std::thread::sleep(Duration::from_secs(2));
    let mut all = Vec::new();
    child.stdout.take().ok_or("no output")?.read_to_end(&mut all)?;
    child.wait()?;
    if all.len() == 3_000_000 { Ok(()) } else { Err(format!("{} bytes", all.len()).into()) }
}

fn not_another_one() -> Result<(), Failed> {
    let output = lab(&["--", "minicontainer", "lab", "--", "true"]).output()?;
    must_be(&output.status.code(), &Some(125), &output)?;
    let said = String::from_utf8_lossy(&output.stderr).contains("this is the lab already");
    must_be(&said, &true, &output)
}

/// As after `cargo run`: its folder is neither in PATH nor below the working folder.
fn itself() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let output = lab(&["--", "minicontainer", "run", "--", "echo", "inside both"])
        .current_dir(folder.path())
        .env("PATH", "/usr/sbin:/usr/bin")
        .output()?;
    must_be(&String::from_utf8_lossy(&output.stdout).as_ref(), &"inside both\n", &output)
}

fn working_folder() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().canonicalize()?;
    let output = lab(&["--", "sh", "-c", "pwd; echo inside > said"]).current_dir(&path).output()?;
    let seen = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    must_be(&seen, &path.display().to_string(), &output)?;
    must_be(&fs_err::read_to_string(path.join("said"))?, &"inside\n".to_owned(), &output)
}

fn version_2() -> Result<(), Failed> {
    let output = shell("cat /sys/fs/cgroup/cgroup.controllers; grep -c cgroup /proc/self/mountinfo; id -u")?;
    must_be(&String::from_utf8_lossy(&output.stdout).as_ref(), &"cpu io memory pids\n1\n0\n", &output)
}

fn secrets() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let secret = folder.path().join("secret");
    fs_err::write(&secret, "secret")?;
    let script = format!("cat {} /etc/shadow; ls -A /root; echo $PASSWORD; touch /usr/x", secret.display());
    let output = lab(&["--", "sh", "-c", &script]).env("PASSWORD", "secret").output()?;
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let refused = said.matches("No such file").count() == 2 && said.contains("Read-only file system");
    if refused && output.stdout == b"\n" { Ok(()) } else { Err(format!("{output:?}").into()) }
}

/// A lab that has said that its command runs; without `timeout`, so that its number is the child's.
fn running(script: &str) -> Result<Child, Failed> {
    let mut child = Command::new(MINICONTAINER)
        .args(["lab", "--", "sh", "-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut said = [0; 5];
    child.stdout.as_mut().ok_or("no output")?.read_exact(&mut said)?;
    Ok(child)
}

fn pid_of(child: &Child) -> Result<Pid, Failed> {
    Ok(Pid::from_raw(i32::try_from(child.id())?))
}

fn signal() -> Result<(), Failed> {
    let mut child = running("echo runs; sleep 60")?;
    sys::kill(pid_of(&child)?, Signal::SIGTERM).map_err(|error| error.to_string())?;
    let code = child.wait()?.code();
    if code == Some(143) { Ok(()) } else { Err(format!("{code:?}").into()) }
}

fn deaf_command() -> Result<(), Failed> {
    let mut child = running("trap '' TERM; echo runs; while :; do sleep 1; done")?;
    for _ in 0..3 {
        sys::kill(pid_of(&child)?, Signal::SIGTERM).map_err(|error| error.to_string())?;
        std::thread::sleep(Duration::from_millis(300)); // or the kernel counts two as one
    }
    let code = child.wait()?.code();
    if code == Some(143) { Ok(()) } else { Err(format!("{code:?}").into()) }
}

fn killed() -> Result<(), Failed> {
    let mut child = running("echo runs; sleep 60")?;
    let children = fs_err::read_to_string(format!("/proc/{0}/task/{0}/children", child.id()))?;
    let sessions: Vec<&str> = children.split_whitespace().collect(); // linux.uml leads one, our janitor another
    if living_in(&sessions) < 3 {
        return Err(format!("linux.uml is not among {sessions:?}").into());
    }
    child.kill()?;
    child.wait()?;
    let deadline = Instant::now() + Duration::from_secs(5);
    while living_in(&sessions) > 0 {
        if Instant::now() > deadline {
            return Err(format!("{} processes of the lab live", living_in(&sessions)).into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// How many processes of these sessions are no zombies.
fn living_in(sessions: &[&str]) -> usize {
    let stats = fs_err::read_dir("/proc").into_iter().flatten().flatten();
    let stats = stats.filter_map(|entry| std::fs::File::open(entry.path().join("stat")).ok());
    let stats = stats.filter_map(|mut file| {
        let mut text = String::new();
        file.read_to_string(&mut text).ok().map(|_| text)
    });
    let lives = |text: &String| {
        let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        fields.first().is_some_and(|state| *state != "Z")
            && fields.get(3).is_some_and(|session| sessions.contains(session))
    };
    stats.filter(lives).count()
}

fn five() -> Result<(), Failed> {
    for _ in 0..5 {
        let output = shell("exit 5")?;
        must_be(&output.status.code(), &Some(5), &output)?;
    }
    Ok(())
}

fn wide_registers() -> Result<(), Failed> {
    let program = std::env::current_exe()?;
    let folder = program.parent().unwrap_or(Path::new("/"));
    let output = lab(&["-v"]).arg(folder).arg("--").arg(&program).arg(WIDE).output()?;
    must_be(&output.status.code(), &Some(0), &output)
}

/// Inside: threads copy and compare texts of their own. The C library does that in AVX registers, and the kernel
/// takes the processor away at any moment. With a register of another thread's a copy is wrong.
fn use_wide_registers() -> ExitCode {
    let until = Instant::now() + Duration::from_secs(2);
    let threads: Vec<_> = (1..=6_u8)
        .map(|number| {
            std::thread::spawn(move || {
                let (text, mut copy) = (vec![number; 32 * 1024], vec![0; 32 * 1024]);
                while Instant::now() < until {
                    copy.fill(0);
                    copy.copy_from_slice(&text);
                    if copy != text {
                        return false;
                    }
                }
                true
            })
        })
        .collect();
    let right = threads.into_iter().all(|thread| thread.join().unwrap_or(false));
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn terminal() -> Result<(), Failed> {
    let failed = |error: sys::Error| Failed::from(error.to_string());
    let (ours, path) = sys::new_terminal().map_err(failed)?;
    sys::set_window_size(&ours, Size { rows: 33, columns: 99 }).map_err(failed)?;
    let open = || -> Result<Stdio, Failed> {
        let file = fs_err::OpenOptions::new().read(true).write(true).open(&path)?;
        Ok(std::fs::File::from(file).into())
    };
    let mut child = Command::new(MINICONTAINER)
        .args(["lab", "--", "sh"])
        .stdin(open()?)
        .stdout(open()?)
        .stderr(open()?)
        .spawn()?;
    let mut terminal = std::fs::File::from(ours);
    let mut seen = String::new();
    // What is typed, and what it is answered with. Ctrl-C ends the command inside, and not the machine.
    let talk = [
        ("", "# "),
        ("stty size\r", "33 99"),
        ("sleep 60\r", "sleep"),
        ("\x03", "# "),
        ("echo $((600 + $?))\r", "730"),
    ];
    for (typed, answer) in talk {
        terminal.write_all(typed.as_bytes())?;
        wait_for(&mut terminal, &mut seen, answer)?;
        std::thread::sleep(Duration::from_millis(500));
    }
    terminal.write_all(b"exit 5\r")?;
    let code = child.wait()?.code();
    if code == Some(5) { Ok(()) } else { Err(format!("{code:?} after {seen:?}").into()) }
}

/// Read until `answer` is there; what was seen before it is forgotten.
fn wait_for(terminal: &mut std::fs::File, seen: &mut String, answer: &str) -> Result<(), Failed> {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut buffer = [0; 1024];
    while Instant::now() < deadline {
        match terminal.read(&mut buffer) {
            Ok(length) => seen.push_str(&String::from_utf8_lossy(&buffer[..length])),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error) => return Err(error.into()),
        }
        if let Some((_, after)) = seen.split_once(answer) {
            *seen = after.to_owned();
            return Ok(());
        }
    }
    Err(format!("no {answer:?} in {seen:?}").into())
}
