//! The book's terminal transcripts, run and compared. No page shows output that somebody typed, and no listing either.
//!
//! `book/transcripts/NAME.txt` is what a reader sees: a line that begins with `$ ` is a command, `> `
//! continues it, and the lines up to the next command are what it prints, on both streams. The commands of
//! a file are run one after the other, each by a `sh` of its own, in a folder made for them, with
//! `minicontainer` and the stages `ch01`, `ch02`, … in PATH. A command has ended when nobody holds its output any more, so one that
//! is to stay in the background sends them elsewhere: `sleep 9 > log 2>&1 &`. The end of the file ends it.
//!
//! | file | is run |
//! |---|---|
//! | `NAME.txt` | always |
//! | `NAME.root.txt` | by root only |
//! | `NAME.user.txt` | by an ordinary user only |
//!
//! `UPDATE_TRANSCRIPTS=1` writes what was seen into the file.

mod transcript;

use std::{
    ffi::OsString,
    fmt::{self, Write},
    io::{self, Read},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::{Arc, LazyLock, mpsc},
    time::Duration,
};

use checks::{User, harness};
use libtest_mimic::{Completion, Failed, Trial};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use tempfile::TempDir;
use transcript::{difference, lines, same_line};

/// How long one command may take.
const TIME_LIMIT: Duration = Duration::from_secs(180);

/// Programs in transcripts that a machine may be without.
const MAY_BE_MISSING: [&str; 17] = [
    "bash",
    "crun",
    "findmnt",
    "ipcmk",
    "ipcs",
    "ip",
    "linux.uml",
    "lsns",
    "nft",
    "nsenter",
    "perl",
    "ps",
    "runc",
    "setpriv",
    "strace",
    "sysctl",
    "unshare",
];

fn main() -> ExitCode {
    // Whatever else the caller left open: the numbers of descriptors in a transcript are the same for everybody.
    sys::close_range_cloexec(3).expect("this kernel has close_range");
    harness::main_with(|| trials().expect("the transcripts can be read"))
}

fn trials() -> io::Result<Vec<Trial>> {
    let programs = Arc::new(programs()?);
    let mut trials = Vec::new();
    for path in files("transcripts", "txt")? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let programs = Arc::clone(&programs);
        if is_for(User::current(), &name) {
            trials.push(Trial::ignorable_test(name, move || replay(&path, programs.path())));
        }
    }
    trials.push(Trial::test("pages::prompts_are_as_a_shell_shows_them", prompts_are_as_a_shell_shows_them));
    trials.push(Trial::test("pages::every_transcript_is_shown", every_transcript_is_shown));
    trials.push(Trial::test("pages::nothing_is_typed_by_hand", nothing_is_typed_by_hand));
    trials.extend(tests());
    Ok(trials)
}

/// Whether `user` runs the transcript of this name.
fn is_for(user: User, name: &str) -> bool {
    let others = if user == User::Root { "user" } else { "root" };
    name.rsplit_once('.').is_none_or(|(_, whose)| whose != others)
}

/// The files of a folder of the book, in order.
fn files(folder: &str, extension: &str) -> io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book").join(folder);
    let entries = fs_err::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut files = entries.collect::<io::Result<Vec<PathBuf>>>()?;
    files.retain(|path| path.extension().is_some_and(|of_this| of_this == extension));
    files.sort();
    Ok(files)
}

// Running

/// A folder with what a transcript may call. It is made before the tests start their threads: a script that
/// another thread still holds open for writing cannot be executed (ETXTBSY).
fn programs() -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    symlink(env!("CARGO_BIN_EXE_minicontainer"), folder.path().join("minicontainer"))?;
    for chapter in 1..=12 {
        let script = folder.path().join(format!("ch{chapter:02}"));
        fs_err::write(&script, format!("#!/bin/sh\nexec minicontainer stage {chapter} \"$@\"\n"))?;
        fs_err::set_permissions(&script, PermissionsExt::from_mode(0o755))?;
    }
    Ok(folder)
}

/// Run the commands of a file and compare.
fn replay(path: &Path, programs: &Path) -> Result<Completion, Failed> {
    let steps = parse(&fs_err::read_to_string(path)?).map_err(|error| format!("{}: {error}", file(path)))?;
    let reason = missing(&steps).or(NO_NAMESPACES.clone()).or_else(|| missing_groups(&steps));
    if let Some(reason) = reason {
        return harness::could_not_run(&reason);
    }
    let mut terminal = Terminal::open(programs)?;
    let mut seen = Vec::new();
    for step in &steps {
        let output =
            terminal.run(&step.command).map_err(|error| format!("{}: {error}", place(path, step)))?;
        seen.push(Step { output, ..step.clone() });
    }
    let update_asked = std::env::var_os("UPDATE_TRANSCRIPTS").is_some_and(|value| value == "1");
    match report(path, &steps, &seen) {
        None => {}
        Some(_) if update_asked => update(path, &steps, &seen)?,
        Some(message) => return Err(message.into()),
    }
    Ok(Completion::Completed)
}

/// What has changed, if anything has, and what to do about it.
fn report(path: &Path, steps: &[Step], seen: &[Step]) -> Option<String> {
    let changed = steps.iter().zip(seen).filter(|(step, seen)| !same(&step.output, &seen.output));
    let differences: Vec<String> = changed
        .map(|(step, seen)| format!("{}\n{}", place(path, step), difference(&step.output, &seen.output)))
        .collect();
    let name = path.file_stem().unwrap_or_default().display();
    (!differences.is_empty()).then(|| {
        format!(
            "{}- is in the file, + was seen now. If now is right:\n  \
             UPDATE_TRANSCRIPTS=1 cargo test -p minicontainer --test transcripts -- --exact {name}",
            differences.concat()
        )
    })
}

fn place(path: &Path, step: &Step) -> String {
    format!("{}:{}: $ {}", file(path), step.line, step.command)
}

fn file(path: &Path) -> String {
    format!("book/transcripts/{}", path.file_name().unwrap_or_default().display())
}

/// Write what was seen into the file. What is the same but for its numbers stays as it was.
fn update<'a>(path: &Path, steps: &'a [Step], seen: &'a [Step]) -> Result<(), Failed> {
    let keep =
        |(step, seen): (&'a Step, &'a Step)| if same(&step.output, &seen.output) { step } else { seen };
    let text: String = steps.iter().zip(seen).map(keep).map(Step::to_string).collect();
    let commands = |steps: &[Step]| steps.iter().map(|step| step.command.clone()).collect::<Vec<_>>();
    if commands(&parse(&text)?) != commands(steps) {
        return Err("some output looks like a command: it begins with `$ `, or right away with `> `".into());
    }
    fs_err::write(path, text)?;
    eprintln!("{} was rewritten", file(path));
    Ok(())
}

/// Why the steps cannot be run here, if it is for a program that is not installed.
fn missing(steps: &[Step]) -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = |name: &str| {
        std::env::split_paths(&path).chain(SBIN.map(PathBuf::from)).any(|dir| dir.join(name).is_file())
    };
    let mut words: Vec<&str> = steps.iter().flat_map(|step| step.command.split_whitespace()).collect();
    if words.contains(&"ladder") {
        words.extend(["runc", "crun"]);
    }
    if words.contains(&"lab") {
        words.push("linux.uml");
    }
    let header = words.iter().find(|word| word.starts_with("/usr/include/") && !Path::new(word).is_file());
    if let Some(header) = header {
        return Some(format!("there is no {header} (package linux-libc-dev)"));
    }
    let name = MAY_BE_MISSING.into_iter().find(|name| words.contains(name) && !installed(name))?;
    Some(format!("{name} is not installed"))
}

/// Why the steps cannot be run here, if it is for control groups.
fn missing_groups(steps: &[Step]) -> Option<String> {
    const VERSION_1: [&str; 3] = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/cpu/"];
    let any = |word: &str| steps.iter().any(|step| step.command.contains(word));
    if let Some(folder) = VERSION_1.into_iter().find(|folder| any(folder) && !Path::new(folder).exists()) {
        return Some(format!("it is about cgroup version 1, and there is no {folder}"));
    }
    let limits = [" --memory", " --pids-limit", " --cpus"].into_iter().any(any);
    (limits && !harness::may_make_groups())
        .then(|| "this user may make no control groups (see minicontainer doctor)".to_owned())
}

/// Where Debian has runc, and an ordinary user's PATH has not.
const SBIN: [&str; 2] = ["/usr/sbin", "/sbin"];

/// Why this machine gives us no namespaces, asked through unshare(1), which has no part in what is tested.
static NO_NAMESPACES: LazyLock<Option<String>> = LazyLock::new(|| {
    let mut unshare = Command::new("unshare");
    if User::current() == User::Ordinary {
        unshare.arg("--map-root-user");
    }
    let output = unshare.args(["--uts", "--pid", "--fork", "--mount-proc", "true"]).output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    (!output.status.success()).then(|| format!("{} (see minicontainer doctor)", said.trim()))
});

/// A folder to work in, and the shells that were started there.
struct Terminal {
    shells: Vec<Shell>, // first: their end must come before the folder's
    folder: TempDir,    // with the script of a command, and with `work`, where it runs
    path: OsString,
}

/// A shell that leads a session and so a process group. It is reaped when the group is killed and not
/// before, so that the group's number is ours until then.
struct Shell(Child);

impl Drop for Shell {
    fn drop(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.0.id()).expect("a pid fits an i32"));
        // Neither can fail for a child of ours that nobody has reaped.
        killpg(group, Signal::SIGKILL).ok();
        self.0.wait().ok();
    }
}

impl Terminal {
    fn open(programs: &Path) -> Result<Terminal, Failed> {
        let callers = std::env::var_os("PATH").unwrap_or_default();
        let folders = [programs.to_owned()].into_iter().chain(std::env::split_paths(&callers));
        let path = std::env::join_paths(folders.chain(SBIN.map(PathBuf::from)))?;
        let folder = tempfile::tempdir()?;
        // As mktemp makes it for a reader: nobody else may enter it, and root of a user namespace is somebody else.
        let work = folder.path().join("work");
        fs_err::create_dir(&work)?;
        fs_err::set_permissions(work, PermissionsExt::from_mode(0o700))?;
        Ok(Terminal { shells: Vec::new(), folder, path })
    }

    /// Run `command` and bring what it printed.
    fn run(&mut self, command: &str) -> io::Result<Vec<String>> {
        let (script, folder) = (self.folder.path().join("script"), self.folder.path().join("work"));
        // A script and not `sh -c`: as at a prompt, ps does not show what was typed.
        fs_err::write(script, command)?;
        let (mut output, theirs) = io::pipe()?;
        let mut shell = Command::new("setsid"); // becomes the shell, without the caller's terminal
        shell.args(["sh", "../script"]).current_dir(folder);
        shell.env_clear().env("PATH", &self.path).envs(ENVIRONMENT);
        shell.stdin(Stdio::null()).stdout(theirs.try_clone()?).stderr(theirs);
        self.shells.push(Shell(shell.spawn()?));
        drop(shell); // and with it our copies of the pipe's other end

        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = output.read_to_end(&mut bytes).map(|_| bytes);
            sender.send(read).ok(); // nobody listens when the time was up
        });
        let late = |_| io::Error::other(format!("no end within {} s; killed", TIME_LIMIT.as_secs()));
        let bytes = receiver.recv_timeout(TIME_LIMIT).map_err(late)??;
        Ok(lines(&String::from_utf8_lossy(&bytes)))
    }
}

/// What a transcript finds in its variables, the same for everybody.
const ENVIRONMENT: [(&str, &str); 4] =
    [("HOME", "/home/student"), ("TERM", "dumb"), ("LANG", "C.UTF-8"), ("NO_COLOR", "1")];

// Reading and comparing

/// A command and what it prints.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    /// Where the command stands in its file.
    line: usize,
    command: String,
    output: Vec<String>,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}", self.command.replace('\n', "\n> "))?;
        self.output.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn parse(text: &str) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix("$ "), line.strip_prefix("> "), steps.last_mut()) {
            (Some(command), ..) => {
                steps.push(Step { line: number, command: command.to_owned(), output: Vec::new() });
            }
            (None, Some(more), Some(step)) if step.output.is_empty() => step.command.extend(["\n", more]),
            (None, _, Some(step)) => step.output.push(line.to_owned()),
            (None, _, None) => return Err(format!("line {number}: the first line is a command, after `$ `")),
        }
    }
    for step in &mut steps {
        step.output = lines(&step.output.join("\n"));
    }
    if steps.is_empty() { Err("there is no command, after `$ `".to_owned()) } else { Ok(steps) }
}

/// Whether what was seen is what was expected, but for numbers that are never the same.
fn same(expected: &[String], seen: &[String]) -> bool {
    expected.len() == seen.len()
        && expected.iter().zip(seen).all(|(expected, seen)| same_line(expected, seen))
}

// The pages

/// Who types along sees `> ` only after what is unfinished. Commands that need each other stand in parentheses.
fn prompts_are_as_a_shell_shows_them() -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for path in files("transcripts", "txt")? {
        for step in parse(&fs_err::read_to_string(&path)?)? {
            for (end, _) in step.command.match_indices('\n') {
                let typed = &step.command[..end];
                if !is_unfinished(typed)? {
                    wrong.push(format!("{}: after this a shell shows `$ `: {typed}", file(&path)));
                }
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Whether a shell would wait for more. Of a here-document it does not complain.
fn is_unfinished(typed: &str) -> io::Result<bool> {
    let complains = !Command::new("sh").args(["-n", "-c", typed]).stderr(Stdio::null()).status()?.success();
    Ok(complains || typed.ends_with('\\') || typed.contains("<<"))
}

/// How a page shows a transcript.
fn include_of(line: &str) -> Option<&str> {
    line.trim().strip_prefix("{{#include ../transcripts/")?.strip_suffix("}}")
}

fn every_transcript_is_shown() -> Result<(), Failed> {
    let pages: Vec<String> =
        files("src", "md")?.iter().map(fs_err::read_to_string).collect::<io::Result<_>>()?;
    let shown: Vec<&str> = pages.iter().flat_map(|page| page.lines().filter_map(include_of)).collect();
    let transcripts = files("transcripts", "txt")?;
    let names = transcripts.iter().map(|path| path.file_name().unwrap_or_default().to_string_lossy());
    let hidden: Vec<_> = names.filter(|name| !shown.contains(&name.as_ref())).collect();
    if hidden.is_empty() { Ok(()) } else { Err(format!("no page includes {}", hidden.join(", ")).into()) }
}

fn nothing_is_typed_by_hand() -> Result<(), Failed> {
    let mut faults = String::new();
    for path in files("src", "md")? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for fault in typed_by_hand(&name, &fs_err::read_to_string(&path)?) {
            writeln!(faults, "book/src/{name}:{fault}")?;
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// Pages that begin so are not about what this program does. They tell what to type and to write on machines of other
/// kinds, and what to say to people: no test can run that.
const FREE_PAGES: [&str; 4] = ["demos", "instructor", "lab", "setup"];

/// What only these may have besides includes.
const FREE: [&str; 5] = ["console,not-run", "ini", "json", "sh", "text"];

/// What a block of code may include: source that is compiled, what a test runs or what is made from either.
const PROVEN: [&str; 3] = ["../../chapters/", "../generated/", "../transcripts/"];

/// The code blocks of a page that are not one include. A block that shows a terminal must be a transcript, or marked
/// `console,not-run`.
fn typed_by_hand(name: &str, page: &str) -> Vec<String> {
    let is_free_page = FREE_PAGES.iter().any(|start| name.starts_with(start));
    let mut faults = Vec::new();
    let mut lines = (1..).zip(page.lines());
    let mut before = "";
    while let Some((number, line)) = lines.next() {
        let other_ways = line.trim_start().starts_with("~~~") || line.contains("<pre");
        if other_ways || (before.is_empty() && line.starts_with("    ")) {
            faults.push(format!("{number}: code begins with ```"));
        }
        before = line;
        let Some(language) = line.trim_start().strip_prefix("```") else { continue };
        let body: Vec<&str> =
            lines.by_ref().map(|(_, line)| line.trim()).take_while(|line| !line.starts_with("```")).collect();
        let is_transcript = matches!(body.as_slice(), [line] if include_of(line).is_some());
        match language.trim() {
            "console" if is_transcript => {}
            "console" => {
                faults.push(format!("{number}: not one included transcript, and not `console,not-run`"));
            }
            language if language != "console,not-run" && is_transcript => {
                faults.push(format!("{number}: a transcript in a block that is not `console`"));
            }
            language if is_free_page && FREE.contains(&language) => {
                let prompt = body.iter().any(|line| line.starts_with("$ "));
                if prompt && language != "console,not-run" {
                    faults.push(format!("{number}: a terminal in a block that is not `console`"));
                }
            }
            _ if !is_proven(&body) => faults.push(format!("{number}: a listing that is not one include")),
            _ => {}
        }
    }
    faults
}

fn is_proven(body: &[&str]) -> bool {
    let [line] = body else { return false };
    let path = line.strip_prefix("{{#include ").and_then(|rest| rest.strip_suffix("}}"));
    path.is_some_and(|path| PROVEN.iter().any(|folder| path.starts_with(folder)))
}

// The tests of this program's own parts

fn tests() -> Vec<Trial> {
    vec![
        harness::own_test("a_transcript_is_read_and_written", a_transcript_is_read_and_written),
        harness::own_test("long_numbers_stand_for_any", long_numbers_stand_for_any),
        harness::own_test("a_difference_is_small", a_difference_is_small),
        harness::own_test("what_is_typed_by_hand_is_found", what_is_typed_by_hand_is_found),
        harness::own_test("both_streams_come_in_their_order", both_streams_come_in_their_order),
    ]
}

fn a_transcript_is_read_and_written() {
    let text = "$ one\n  out \n\n> out\n$ two \\\n>   three\n$ four\n\n";
    let step = |line, command: &str, output: &[&str]| Step {
        line,
        command: command.into(),
        output: output.iter().map(|&line| line.into()).collect(),
    };
    let steps =
        vec![step(1, "one", &["  out", "", "> out"]), step(5, "two \\\n  three", &[]), step(7, "four", &[])];
    assert_eq!(parse(text), Ok(steps));
    let written: String = parse(text).unwrap().iter().map(Step::to_string).collect();
    assert_eq!(written, "$ one\n  out\n\n> out\n$ two \\\n>   three\n$ four\n");
    assert!(parse("no command\n").is_err() && parse("").is_err());
}

fn long_numbers_stand_for_any() {
    assert!(same_line("  12345 pts/0  sh", "    678 pts/0  sh"));
    assert!(same_line("clone3(…) = 22191        │ next", "clone3(…) = 221911       │ next"));
    assert!(same_line("    PID COMMAND", "  PID COMMAND"));
    assert!(same_line("uts:[4026531838]", "uts:[4026532201]"));
    for (expected, seen) in [("127", "126"), ("a b", "ab"), ("22191 is 1", "22191 is 2"), ("22191", "1")] {
        assert!(!same_line(expected, seen), "{expected:?} {seen:?}");
    }
}

fn a_difference_is_small() {
    let text = |text: &str| lines(&text.replace(' ', "\n"));
    assert_eq!(
        difference(&text("1 2 3 old 4 5 6"), &text("1 2 3 new more 4 5 6")),
        "    2\n    3\n  - old\n  + new\n  + more\n    4\n    5\n"
    );
    assert_eq!(difference(&text("a"), &text("a a")), "    a\n  + a\n");
}

fn what_is_typed_by_hand_is_found() {
    let terminal = "```console\n{{#include ../transcripts/a.txt}}\n```\n";
    let listing = "```rust\n{{#include ../../chapters/ch01/src/a.rs:part}}\n```\n";
    let not_run = "```console,not-run\n$ dnf install runc\n```\n```sh\ncargo build\n```\n";
    assert_eq!(typed_by_hand("ch01-process.md", &[terminal, listing].concat()), Vec::<String>::new());
    assert_eq!(typed_by_hand("setup.md", &[terminal, listing, not_run].concat()), Vec::<String>::new());
    assert_eq!(typed_by_hand("ch01-process.md", not_run).len(), 2);
    for page in [
        "```console\n$ id\nuid=0\n```",
        "```text\n$ id\n```",
        "```\n{{#include ../transcripts/a.txt}}\n```",
        "```rust\nfn main() {}\n```",
        "```rust\n{{#include ../../chapters/ch01/src/a.rs}}\nfn main() {}\n```",
        "```rust\n{{#include ../mine.rs}}\n```",
        "~~~\nint main;\n~~~",
        "Text.\n\n    int main;\n",
    ] {
        for name in ["ch01-process.md", "setup.md"] {
            assert!(!typed_by_hand(name, page).is_empty(), "{name}: {page}");
        }
    }
}

fn both_streams_come_in_their_order() {
    let mut terminal = Terminal::open(Path::new("/nowhere")).unwrap();
    let seen = terminal.run("echo a; echo b >&2; echo c; echo $HOME; sleep 50 > log 2>&1 &").unwrap();
    assert_eq!(seen, ["a", "b", "c", "/home/student"]);
    assert_eq!(terminal.run("ls").unwrap(), ["log"], "a folder for all commands");
}
