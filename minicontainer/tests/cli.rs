//! What bad input gets: a clear error on standard error, Docker's exit code, and nothing left behind.

use std::{
    io::{Read, Write},
    process::Command as Program,
    time::{Duration, Instant},
};

use assert_cmd::Command;

const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

fn minicontainer(arguments: &[&str]) -> Command {
    let mut command = Command::new(MINICONTAINER);
    // What the container takes from its caller is the same on every machine.
    command.env("HOME", "/root").env("TERM", "dumb");
    command.args(arguments).timeout(Duration::from_secs(20));
    command
}

/// The exit code and what stands on standard error, without the line numbers of our sources.
fn complaint(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(output.stdout.is_empty(), "an error belongs on standard error: {output:?}");
    let code = output.status.code().expect("an exit code");
    let text: String = String::from_utf8_lossy(&output.stderr).lines().map(without_line_number).collect();
    format!("exit code {code}\n{text}")
}

fn without_line_number(line: &str) -> String {
    match line.rsplit_once(".rs:") {
        Some((file, number)) if number.parse::<u32>().is_ok() => format!("{file}.rs:LINE\n"),
        _ => format!("{line}\n"),
    }
}

#[test]
fn a_command_that_does_not_exist() {
    insta::assert_snapshot!(complaint(&mut minicontainer(&["run", "no-such-command"])));
}

#[test]
fn a_path_that_does_not_exist() {
    insta::assert_snapshot!(complaint(&mut minicontainer(&["run", "/no/such/path"])));
}

#[test]
fn an_empty_command() {
    insta::assert_snapshot!(complaint(&mut minicontainer(&["run", ""])));
}

#[test]
fn a_directory_as_command() {
    insta::assert_snapshot!(complaint(&mut minicontainer(&["run", "/usr"])));
}

#[test]
fn a_file_without_x_bit() {
    insta::assert_snapshot!(complaint(&mut minicontainer(&["run", "/etc/passwd"])));
}

#[test]
fn a_script_whose_interpreter_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let script = executable(&folder, "#!/no/such/interpreter\n");
    let said = complaint(&mut minicontainer(&["run", "-v", &format!("{script}:{script}"), &script]));
    assert!(said.contains("exit code 127"), "{said}");
    assert!(said.contains("the interpreter that it names"), "{said}");
}

#[test]
fn a_file_that_is_no_program() {
    let folder = tempfile::tempdir().unwrap();
    let script = executable(&folder, "echo without a first line\n");
    let said = complaint(&mut minicontainer(&["run", "-v", &format!("{script}:{script}"), &script]));
    assert!(said.contains("exit code 126"), "{said}");
    assert!(said.contains("Begin a script with #!/bin/sh"), "{said}");
}

fn executable(folder: &tempfile::TempDir, text: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.path().join("script");
    fs_err::write(&path, text).unwrap();
    fs_err::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_hostname_of_65_bytes() {
    insta::assert_snapshot!(complaint(&mut minicontainer(&["run", "--hostname", &"x".repeat(65), "true"])));
}

#[test]
fn a_hostname_of_64_bytes_is_fine() {
    let name = "x".repeat(64);
    minicontainer(&["run", "--hostname", &name, "hostname"]).assert().success().stdout(format!("{name}\n"));
}

#[test]
fn a_working_directory_that_does_not_exist() {
    insta::assert_snapshot!(complaint(&mut minicontainer(&["run", "--workdir", "/no/such/folder", "true"])));
}

#[test]
fn a_working_directory_that_is_none() {
    insta::assert_snapshot!(complaint(&mut minicontainer(&["run", "--workdir", "/etc/passwd", "true"])));
}

#[test]
fn a_variable_without_a_name() {
    insta::assert_snapshot!(complaint(&mut minicontainer(&["run", "--env", "=x", "true"])));
}

#[test]
fn an_unknown_flag_is_docker_s_125() {
    minicontainer(&["run", "--no-such-flag", "true"]).assert().code(125);
    minicontainer(&["no-such-subcommand"]).assert().code(125);
    minicontainer(&["stage", "99", "run", "true"]).assert().code(125);
    minicontainer(&[]).assert().code(125);
}

#[test]
fn flags_of_the_command_are_the_command_s() {
    minicontainer(&["run", "echo", "--hostname", "-x", "--"]).assert().success().stdout("--hostname -x --\n");
    minicontainer(&["run", "-it", "--rm", "--", "echo", "hello"]).assert().success().stdout("hello\n");
}

#[test]
fn an_earlier_stage_has_only_its_own_flags() {
    minicontainer(&["stage", "1", "run", "--hostname", "box", "true"]).assert().code(125);
    minicontainer(&["stage", "2", "run", "--hostname", "box", "hostname"]).assert().success().stdout("box\n");
}

#[test]
fn namespaces_are_refused_by_a_limit() {
    let said = complaint(&mut in_user_namespace("echo 0 > /proc/sys/user/max_user_namespaces"));
    assert!(said.contains("exit code 125"), "{said}");
    assert!(said.contains("clone3(") && said.contains("CLONE_NEWUSER") && said.contains("ENOSPC"), "{said}");
    assert!(said.contains("max_user_namespaces=0") && said.contains("sysctl -w"), "{said}");
}

#[test]
fn proc_cannot_be_mounted() {
    // Part of /proc covered: what Docker does to the containers in which somebody then tries this.
    let said = complaint(&mut in_user_namespace("mount -t tmpfs none /proc/sys"));
    assert!(said.contains("exit code 125"), "{said}");
    assert!(said.contains("mount(\"proc\", \"/proc\""), "{said}");
    assert!(said.contains("systempaths=unconfined"), "{said}");
}

/// Our program on a machine that `preparation` has changed: a user and mount namespace of its own, in
/// which it then runs without CAP_SYS_ADMIN, as for an ordinary user.
fn in_user_namespace(preparation: &str) -> Command {
    let mut command = Command::new("unshare");
    let ordinary = "setpriv --bounding-set=-sys_admin --inh-caps=-all";
    let script = format!("{preparation}; exec {ordinary} {MINICONTAINER} run true");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    command.timeout(Duration::from_secs(20));
    command
}

#[test]
fn closed_standard_streams() {
    for redirection in ["<&-", "<&- 2>&-"] {
        let script = format!("{MINICONTAINER} run -- sh -c 'echo out' {redirection}");
        Command::new("sh").args(["-c", &script]).assert().success().stdout("out\n");
    }
    let script = format!("{MINICONTAINER} run -- sh -c 'echo into nothing' >&-");
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(output.status.code().is_some(), "{output:?}");
}

#[test]
fn standard_streams_are_handed_over() {
    let output =
        minicontainer(&["run", "--", "sh", "-c", "cat; echo error >&2"]).write_stdin("input").output();
    let output = output.unwrap();
    assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"input"[..], &b"error\n"[..]));
}

/// A signal at any moment: during the set-up, just when the command starts, and later. Each time the
/// runtime ends soon, and nothing of the container is left.
#[test]
fn a_signal_at_any_moment() {
    let marker = format!("31415926.{}", std::process::id()); // seconds: far too many to end by itself
    for round in 0..60 {
        let signal = ["-TERM", "-INT", "-HUP", "-KILL"][round % 4];
        // Whoever runs this suite in the background of a shell ignores SIGINT, and so would the runtime at first.
        let mut runtime = Program::new("env")
            .args(["--default-signal", MINICONTAINER, "run", "sleep", &marker])
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(400 * round as u64));
        assert!(Program::new("kill").args([signal, &runtime.id().to_string()]).status().unwrap().success());
        let deadline = Instant::now() + Duration::from_secs(10);
        while runtime.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "{signal} in round {round}: the runtime goes on");
            std::thread::sleep(Duration::from_millis(1));
        }
        let gone = (0..1000).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            !runs(&marker)
        });
        assert!(gone, "{signal} in round {round}: the command goes on");
    }
}

/// Whether a process has `word` on its command line.
fn runs(word: &str) -> bool {
    let processes = fs_err::read_dir("/proc").unwrap().flatten();
    let mut lines = processes.filter_map(|entry| fs_err::read(entry.path().join("cmdline")).ok());
    lines.any(|line| line.split(|byte| *byte == 0).any(|argument| argument == word.as_bytes()))
}

#[test]
fn help_has_examples_and_goes_to_standard_output() {
    let output = minicontainer(&["--help"]).assert().success().get_output().clone();
    assert!(String::from_utf8_lossy(&output.stdout).contains("Examples:"));
    minicontainer(&["run", "--help"]).assert().success();
    minicontainer(&["completions", "bash"]).assert().success();
}

/// `--explain` tells what was called, in the order in which it was called, by whom.
#[test]
fn explain_shows_the_order_of_the_calls() {
    let output = minicontainer(&["stage", "4", "--explain", "run", "true"]).assert().success();
    let text = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    let calls = |column: usize| -> Vec<String> {
        let cells = text.lines().filter_map(|line| line.split('│').nth(column));
        cells.filter_map(|cell| cell.split_once('(')).map(|(name, _)| name.trim().to_owned()).collect()
    };
    let parent = calls(1);
    let at =
        |name: &str| parent.iter().position(|call| call == name).unwrap_or_else(|| panic!("{name}: {text}"));
    assert!(at("clone3") < at("send") && at("send") < at("recv") && at("recv") < at("waitpid"), "{text}");
    insta::assert_snapshot!(calls(2).join("\n"));
}

/// The names of the calls on one side of the table.
fn names_in_table(text: &str, column: usize) -> Vec<String> {
    let cells = text.lines().filter_map(|line| line.split('│').nth(column));
    cells.filter_map(|cell| cell.split_once('(')).map(|(name, _)| name.trim().to_owned()).collect()
}

/// The names that do not depend on how fast the command ends: the parent looks after it once or twice.
fn until_it_runs(mut names: Vec<String>) -> Vec<String> {
    names.truncate(names.iter().position(|name| name == "waitpid").unwrap_or(names.len()));
    names
}

/// `--explain=json` is the table for programs: the same calls in the same order, each an object of its own.
#[test]
fn explain_as_json_has_the_rows_of_the_table() {
    let said = |arguments: &[&str]| {
        let output = minicontainer(arguments).env("COLUMNS", "999").assert().success();
        String::from_utf8_lossy(&output.get_output().stderr).into_owned()
    };
    let table = said(&["stage", "4", "run", "--explain", "--", "true"]);
    assert!(
        !table.contains('\x1b') && !table.contains("ms\n"),
        "what is for a terminal went into a pipe: {table}"
    );
    let json = said(&["stage", "4", "run", "--explain=json", "--", "true"]);
    let records: Vec<serde_json::Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let names_of = |side: &str| -> Vec<String> {
        let calls = records.iter().filter(|record| record["side"] == side);
        calls.map(|record| record["call"].as_str().unwrap().split('(').next().unwrap().to_owned()).collect()
    };
    assert_eq!(until_it_runs(names_of("parent")), until_it_runs(names_in_table(&table, 1)));
    assert_eq!(names_of("child"), names_in_table(&table, 2));
    for record in records.iter().filter(|record| record.get("note").is_none()) {
        let shown_before =
            ["send(", "execve("].iter().any(|name| record["call"].as_str().unwrap().starts_with(name));
        assert_eq!(record["took_us"].is_u64(), !shown_before, "{record}");
        assert_eq!(record["result"].is_string(), !shown_before, "{record}");
        assert!(
            record["started_us"].is_u64() && record["pid"].is_u64() && record["page"].is_string(),
            "{record}"
        );
    }
    let mounted = records.iter().find(|record| record["page"] == "mount(2)").expect("stage 4 mounts");
    assert_eq!((&mounted["chapter"], &mounted["result"]), (&4.into(), &"0".into()));
}

/// Wherever the flag stands, it is the runtime's, and it takes nothing from the command.
#[test]
fn explain_takes_its_format_and_nothing_else() {
    for arguments in [
        &["--explain=json", "run", "--", "echo", "inside"][..],
        &["run", "--explain=json", "--", "echo", "inside"],
        &["run", "--explain=json", "echo", "inside"],
        &["--explain=json", "stage", "4", "run", "echo", "inside"],
        &["stage", "4", "run", "--explain=json", "--", "echo", "inside"],
    ] {
        let output = minicontainer(arguments).assert().success().get_output().clone();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "inside\n", "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("\"call\":\"clone3("), "{arguments:?}");
    }
    for arguments in
        [&["run", "--explain", "--", "echo", "inside"][..], &["run", "--explain", "echo", "inside"]]
    {
        let output = minicontainer(arguments).assert().success().get_output().clone();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "inside\n", "{arguments:?}");
    }
    minicontainer(&["--explain=yaml", "run", "true"]).assert().code(125);
}

/// There is nobody to ask: not a hang, and not a run without stops.
#[test]
fn explain_steps_need_a_terminal() {
    let mut command = Command::new("setsid");
    command.args(["--wait", MINICONTAINER, "run", "--step", "--", "true"]).timeout(Duration::from_secs(20));
    let said = complaint(&mut command);
    assert!(said.starts_with("exit code 125\n"), "{said}");
    assert!(said.contains("/dev/tty") && said.contains("remedy") && !said.contains('│'), "{said}");
    let said = complaint(&mut minicontainer(&["doctor", "--step"]));
    assert!(said.contains("run, and stage N run"), "{said}");
}

/// The exit code of `command` at a terminal of its own where `keys` are typed, and what that terminal shows.
fn at_a_terminal(command: &str, keys: &str) -> (i32, String) {
    let mut script = Command::new("script");
    script.args(["-qec", &format!("{MINICONTAINER} {command}"), "/dev/null"]).write_stdin(keys);
    script.env("TERM", "xterm").env_remove("NO_COLOR").env("HOME", "/root").timeout(Duration::from_secs(60));
    let output = script.output().expect("script(1) starts");
    (output.status.code().expect("an exit code"), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn explain_steps_go_on_and_end_from_the_keyboard() {
    let stops = |shown: &str| shown.matches(" stops before ").count();
    for stage in ["stage 4 run", "run"] {
        let (code, shown) = at_a_terminal(&format!("{stage} --step -- echo in-si-de"), "\n\nc\n");
        assert_eq!((code, stops(&shown)), (0, 3), "{shown}");
        assert!(shown.contains("\nin-si-de"), "{shown}");
        assert!(
            shown.contains("\x1b]8;;https://man7.org/linux/man-pages/man2/clone.2.html\x1b\\"),
            "{shown}"
        );
        for enters in [1, 12] {
            let (code, shown) =
                at_a_terminal(&format!("{stage} --step -- echo in-si-de"), &("\n".repeat(enters) + "q\n"));
            assert_eq!((code, stops(&shown)), (130, enters + 1), "{shown}");
            assert!(!shown.contains("\nin-si-de"), "{shown}");
        }
    }
}

/// Whatever the other process prints while a question waits: each row has lines of its own, the question is the last.
#[test]
fn explain_steps_do_not_print_into_each_other() {
    for (columns, stage) in [(80, "2"), (120, "2"), (200, "1")] {
        let size = sys::Size { rows: 90, columns };
        let (ours, path) = sys::new_terminal().expect("a terminal");
        sys::set_window_size(&ours, size).expect("a size");
        let theirs = fs_err::OpenOptions::new().read(true).write(true).open(path).expect("its other end");
        let end = || theirs.file().try_clone().expect("a descriptor");
        let mut command = Program::new("setsid");
        command.args(["--ctty", MINICONTAINER, "stage", stage, "run", "--step", "--", "true"]);
        command.env("TERM", "xterm").stdin(end()).stdout(end()).stderr(end());
        let mut child = command.spawn().expect("the program starts");
        let mut ours = std::fs::File::from(ours);
        let mut screen = vt100::Parser::new(size.rows, size.columns, 0);
        let (began, mut spoke, mut answers) = (Instant::now(), Instant::now(), 0);
        loop {
            let ended = child.try_wait().expect("it is our child").is_some();
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = ours.read(&mut buffer) {
                screen.process(&buffer[..count]);
                spoke = Instant::now();
            }
            let shown = screen.screen().contents();
            // Long enough for what the other process does meanwhile.
            let asks = shown.contains(" stops before ") && spoke.elapsed() > Duration::from_millis(50);
            if asks || ended {
                let (rows, last) = shown.trim_end().rsplit_once('\n').unwrap_or_default();
                assert!(rows.lines().all(|row| is_whole(row, columns)), "after {answers} answers:\n{shown}");
                assert_eq!(last.contains(" stops before "), !ended, "after {answers} answers:\n{shown}");
            }
            if ended {
                assert!(answers > 10, "{shown}");
                break;
            }
            if asks {
                ours.write_all(b"\n").expect("somebody reads");
                (spoke, answers) = (Instant::now(), answers + 1);
            }
            assert!(began.elapsed() < Duration::from_secs(60), "it does not end:\n{shown}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Whether a line is one of the table, with both columns where they belong, or of what stands above or between.
fn is_whole(line: &str, columns: u16) -> bool {
    let bars: Vec<usize> =
        line.chars().enumerate().filter(|(_, letter)| "│┼".contains(*letter)).map(|(at, _)| at).collect();
    let text = ["--step: ", "Enter: ", "  ▸ ", "    "];
    bars == [25, 28 + (usize::from(columns) - 30) / 2]
        || (bars.is_empty() && text.iter().any(|begin| line.starts_with(begin)))
}

/// Both processes ask, the last question is about execve, and what is typed then is for the command.
#[test]
fn explain_steps_leave_the_terminal_to_the_command() {
    let (code, shown) =
        at_a_terminal("stage 1 run --step -- sh -c 'read word; echo got $word'", &"\n".repeat(60));
    assert_eq!(code, 0, "{shown}");
    let (before, after) = shown.split_once("child stops before execve(").expect("a stop before execve");
    assert!(
        before.contains("parent stops before clone3(") && before.contains("child stops before chdir("),
        "{shown}"
    );
    assert!(!after.contains(" stops before "), "{shown}");
    assert!(after.contains("got"), "{shown}");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn the_real_runtimes_get_the_same_filter() {
    let output = minicontainer(&["seccomp", "--json"]).output().expect("the program starts");
    let given = include_str!("../../chapters/checks/src/seccomp.json");
    assert!(String::from_utf8_lossy(&output.stdout) == given, "write it anew: minicontainer seccomp --json");
}

/// CVE-2019-5736: our program, started inside as /proc/self/exe, is no way to our file.
#[test]
fn nobody_inside_changes_the_runtime() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("minicontainer");
    // By cp: while we had it open for writing ourselves, a child of another thread would keep it from being started.
    let copied = Program::new("cp").arg(MINICONTAINER).arg(&program).status().expect("cp starts");
    assert!(copied.success());
    let mode = || {
        std::os::unix::fs::PermissionsExt::mode(&fs_err::metadata(&program).expect("the copy").permissions())
    };
    let before = mode();
    // The filter would refuse stage 1 its clone3; whoever brings code of his own into our program needs none.
    let arguments = ["run", "--security-opt", "seccomp=unconfined", "--", "/proc/self/exe"];
    let inside = ["stage", "1", "run", "--", "chmod", "4711", "/proc/1/exe"];
    let output = Program::new(&program).args(arguments).args(inside).output().expect("the copy starts");
    let said = String::from_utf8_lossy(&output.stderr);
    if sys::Uid::effective().is_root() {
        assert!(said.contains("Read-only file system"), "{said}");
        assert_eq!(mode(), before, "{said}");
    } else {
        // He has no power to make such a mount before he is inside, and the file is his own: own_program.rs says so.
        assert_eq!(mode() & 0o7777, 0o4711, "{said}");
    }
}
