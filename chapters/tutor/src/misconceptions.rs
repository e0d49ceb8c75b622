//! Mistakes that people really make, and how each of them shows.
//!
//! A rule looks at what was observed and at the calls that were really made, never at the student's text.
//! For each there is a wrong answer in `exercises/wrong/`, and a test that this rule, and no other,
//! recognises it.

use std::sync::LazyLock;

use sys::Side::{self, Child, Parent};

use crate::{EXERCISES, Evidence, Exercise, language::fill};

/// One mistake.
pub struct Misconception {
    /// The exercise in which it is made.
    pub exercise: &'static str,
    /// Its name: the wrong answer is `exercises/wrong/EXERCISE-NAME.rs`.
    pub name: &'static str,
    /// What is said to the student, as a message that can be translated.
    pub says: &'static str,
    shows: fn(&Evidence) -> bool,
}

impl Misconception {
    /// What is said of it in English; `{id}` is the exercise in which it is made.
    pub fn in_english(&self) -> String {
        self.says.replace("{id}", self.exercise)
    }

    /// What is said to the student, in his language.
    pub fn said(&self) -> String {
        fill(self.says, &[("id", &self.exercise)])
    }
}

impl std::fmt::Debug for Misconception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.exercise, self.name)
    }
}

/// The mistake in `exercise` that `evidence` shows, if it is a known one.
pub(crate) fn recognise(exercise: &Exercise, evidence: &Evidence) -> Option<&'static Misconception> {
    let of_exercise = MISCONCEPTIONS.iter().filter(|mistake| mistake.exercise == exercise.id);
    of_exercise.into_iter().find(|mistake| (mistake.shows)(evidence))
}

/// Mistakes in the order of the lines that no check can see, because it takes an accident, a certain host or a certain
/// flag until they do harm: they are looked for where all checks pass.
const OF_ORDER: &[(&str, &str)] =
    &[("1.4", "too-late"), ("4.1", "too-late"), ("4.2", "stands-in-the-old"), ("6.2", "too-late")];

/// A mistake that leaves nothing to be read of what a container says, for an `exercise` that has no part in it.
pub(crate) fn that_spoils(exercise: &Exercise, evidence: &Evidence) -> Option<&'static Misconception> {
    let both = [&FOLLOWS_FROM_STREAMS, &PRINTS];
    both.into_iter().find(|known| known.exercise != exercise.id && (known.shows)(evidence))
}

/// What the seat belt says where there is no mount namespace of our making.
pub(crate) const EVERYBODYS_MOUNTS: &str = "on the mounts of the whole machine";

/// Mistakes with which no run ends.
const HANGING: &[(&str, &str)] = &[("1.3", "in-the-parent"), ("6.1", "own-number")];

/// Such a mistake that `evidence` shows, in `exercise`; or what is said of it where it is another one's.
pub(crate) fn that_hangs(exercise: &Exercise, evidence: &Evidence) -> Option<&'static Misconception> {
    let mut known = MISCONCEPTIONS.iter().filter(|known| HANGING.contains(&(known.exercise, known.name)));
    let found = known.find(|known| (known.shows)(evidence))?;
    if found.exercise == exercise.id {
        return Some(found);
    }
    ended_in(crate::find(found.exercise)?, &HANGS_ELSEWHERE)
}

/// Said where the check without a flag fails.
pub(crate) fn unasked(evidence: &Evidence) -> Option<&'static Misconception> {
    Some(&UNASKED).filter(|known| (known.shows)(evidence))
}

/// Those that are about a limit of the container's group.
const OF_GROUPS: &[&str] = &["6.2", "6.3", "7.1", "7.2"];

/// Said where the `exercise` is about what another one makes, and that is not there.
pub(crate) fn that_follows(exercise: &Exercise, evidence: &Evidence) -> Option<&'static Misconception> {
    let known = match exercise.id {
        "3.2" => &FOLLOWS_FROM_PIDS,
        id if OF_GROUPS.contains(&id) => &FOLLOWS_FROM_GROUP,
        _ => return None,
    };
    Some(known).filter(|known| (known.shows)(evidence))
}

/// Whether there are such mistakes in `exercise`.
pub(crate) fn has_an_order(exercise: &Exercise) -> bool {
    OF_ORDER.iter().any(|(id, _)| *id == exercise.id)
}

/// Such a mistake in `exercise` that `evidence` shows.
pub(crate) fn of_order(exercise: &Exercise, evidence: &Evidence) -> Option<&'static Misconception> {
    let mut known = MISCONCEPTIONS.iter().filter(|known| OF_ORDER.contains(&(known.exercise, known.name)));
    known.find(|known| known.exercise == exercise.id && (known.shows)(evidence))
}

/// Mistakes that make a call of other exercises fail, which come after them: the exercise, the mistakes, and the others.
const ENDS_ELSEWHERE: &[(&str, &[&str], &[&str])] = &[
    ("2.1", &["line-forgotten", "ipc-only"], &["2.2", "2.3"]),
    ("3.1", &["line-forgotten", "unshare-in-the-child"], &["4.2", "4.3"]),
    ("4.1", &["shared"], &["8.1"]),
    ("5.1", &["line-forgotten"], &["5.2"]),
    ("8.2", &["line-forgotten"], &["8.3"]),
    ("9.2", &["commas", "root-forgotten"], &["9.1", "4.2"]),
    ("10.4", &["too-early"], &["2.2", "2.3", "4.1", "4.2", "4.3", "5.2", "8.1"]),
    ("11.3", &["dumpable-instead", "in-the-parent", "line-forgotten", "securebits-instead"], &["12.1"]),
];

/// A mistake in `exercise` that `evidence` shows, and that makes a call of the exercise `ended` fail.
pub(crate) fn that_ends_in(
    ended: &str,
    exercise: &Exercise,
    evidence: &Evidence,
) -> Option<&'static Misconception> {
    let is_one = |known: &&Misconception| {
        ENDS_ELSEWHERE.iter().any(|(id, names, others)| {
            *id == known.exercise && names.contains(&known.name) && others.contains(&ended)
        })
    };
    recognise(exercise, evidence).filter(is_one)
}

/// What must be born with the child so that the calls of exercises are not refused: the flag, the exercise that gives it to
/// clone, and those whose calls need it.
const NEEDS_NAMESPACE: &[(&str, &str, &[&str])] = &[
    ("CLONE_NEWUTS", "2.1", &["2.2", "2.3"]),
    ("CLONE_NEWPID", "3.1", &["4.2", "4.3"]),
    ("CLONE_NEWNS", "4.1", &["4.1", "4.2", "4.3"]),
    ("CLONE_NEWNET", "5.1", &["5.2"]),
];

/// The exercise that lacks where a call of the exercise `ended` was refused for want of a namespace.
pub(crate) fn lacks_namespace_of(ended: &str, evidence: &Evidence) -> Option<&'static str> {
    let row =
        NEEDS_NAMESPACE.iter().find(|(flag, _, those)| those.contains(&ended) && clone_lacks(evidence, flag));
    row.map(|(_, id, _)| *id).filter(|_| evidence.said("EPERM"))
}

/// Whether clone was called without `flag`.
pub(crate) fn clone_lacks(evidence: &Evidence, flag: &str) -> bool {
    evidence
        .calls(Parent)
        .iter()
        .find(|call| call.starts_with("clone3("))
        .is_some_and(|call| !call.contains(flag))
}

/// Whether clone was called with `flag`.
fn clone_has(evidence: &Evidence, flag: &str) -> bool {
    evidence.calls(Parent).iter().any(|call| call.starts_with("clone3(") && call.contains(flag))
}

/// Whether `side` itself makes a call that begins with `text`: one side's error, which the other is told, names calls too.
fn makes(evidence: &Evidence, side: Side, text: &str) -> bool {
    evidence.calls(side).iter().any(|call| call.starts_with(text))
}

/// Whether the child makes the call `first` before the call `then`, or never gets so far as to make that.
fn is_before(evidence: &Evidence, first: &str, then: &str) -> bool {
    match (evidence.position(Child, first), evidence.position(Child, then)) {
        (Some(first), Some(then)) => first < then,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The three sets that the child gives itself: effective, permitted, inheritable.
fn capset(evidence: &Evidence) -> Option<[&str; 3]> {
    let calls = evidence.calls(Child);
    let sets = calls.iter().rev().find_map(|call| call.strip_prefix("capset(0, {")?.split('}').next())?;
    sets.split(", ").collect::<Vec<_>>().try_into().ok()
}

/// Whether a file is written that limits memory.
fn writes_memory_limit(evidence: &Evidence) -> bool {
    evidence.called(Parent, "memory.limit_in_bytes\", \"") || evidence.called(Parent, "memory.max\"")
}

/// Whether one of these files is written when the child has been told to proceed.
fn after_proceed(evidence: &Evidence, files: [&str; 2]) -> bool {
    let told = evidence.position(Parent, "\"Proceed\"");
    told.is_some_and(|told| {
        files.iter().any(|file| evidence.position(Parent, file).is_some_and(|at| told < at))
    })
}

/// Whether a file was written to that the group's version has not.
fn lacks_memory_file(evidence: &Evidence) -> bool {
    evidence.calls(Parent).iter().any(|call| call.contains("/memory.") && call.contains("ENOENT"))
}

/// Whether the kernel says that a group may have as much memory as there is.
fn is_unlimited(evidence: &Evidence) -> bool {
    let limit =
        evidence.observed("memory_limit").lines().next().and_then(|line| line.strip_prefix("memory: "));
    limit.is_some_and(|limit| limit == "max" || limit.parse::<u64>().is_ok_and(|bytes| bytes > 1 << 60))
}

/// A row of [`MISCONCEPTIONS`].
macro_rules! mistake {
    ($exercise:literal $name:literal, $says:literal, $shows:expr) => {
        Misconception { exercise: $exercise, name: $name, says: $says, shows: $shows }
    };
}

/// What is said of an exercise that cannot be judged as long as another one is wrong.
pub(crate) const FOLLOWS_FROM_MOUNTS: Misconception = Misconception {
    exercise: "4.1",
    name: "proc-covered",
    says: "This may be right: your container changes the host's mounts, its /proc among them, through which all of this \
           is observed. Its mounts are not cut off from the host's: that is exercise 4.1, begin there.",
    shows: |_| false,
};

/// What is said of an exercise that cannot be judged because nothing that a command writes arrives.
pub(crate) const FOLLOWS_FROM_STREAMS: Misconception = Misconception {
    exercise: "1.2",
    name: "streams-closed",
    says: "This may be right: your container's standard input, output or error is closed, and through them all of this is observed. \
           That is exercise 1.2, begin there.",
    shows: |evidence| (0..3).any(|first| evidence.called(Child, &format!("close_range({first},"))),
};

/// What is said of a limit that cannot be judged because the container is not in the group that has it.
pub(crate) const FOLLOWS_FROM_GROUP: Misconception = Misconception {
    exercise: "6.1",
    name: "not-in-the-group",
    says: "This may be right: your container is not in the group that the runtime has made for it, so that no limit of the group \
           is its own. That is exercise 6.1, begin there.",
    shows: |evidence| {
        let calls = evidence.calls(Parent);
        let born = calls
            .iter()
            .find_map(|call| call.strip_prefix("clone3(")?.rsplit_once(" = ")?.1.parse::<u32>().ok());
        let is_moved = |pid| calls.iter().any(|call| call.contains(&format!("cgroup.procs\", \"{pid}\"")));
        born.is_some_and(|pid| !is_moved(pid))
    },
};

/// What is said of the signals of a PID 1 where there is none.
pub(crate) const FOLLOWS_FROM_PIDS: Misconception = Misconception {
    exercise: "3.1",
    name: "no-pid-1",
    says: "This may be right: your container's command is not PID 1, and of any other process the kernel drops no signal. That is \
           exercise 3.1, begin there.",
    shows: |evidence| !evidence.passes("pid_1") && clone_lacks(evidence, "CLONE_NEWPID"),
};

/// Said where the runtime writes into the command's standard output.
pub(crate) const PRINTS: Misconception = Misconception {
    exercise: "",
    name: "prints",
    says: "Your runtime prints to standard output, and that is the command's: what is observed is read from there. eprintln! prints \
           to standard error. (It may be in another exercise's function.)",
    shows: |evidence| evidence.said(checks::PRINTED),
};

/// Said where a check did not end in time, and no mistake of the exercise says why.
pub(crate) const HANGS: Misconception = Misconception {
    exercise: "",
    name: "hangs",
    says: "The run did not end: something loops for ever, or waits for what never comes. What does not end comes after the last \
           call that this shows, and may be another exercise's: timeout -s KILL 10 cargo run -q -p exercises -- run --explain -- \
           true",
    shows: |_| false,
};

/// Said where the run does not end because of another exercise; there is one of it for each exercise.
pub(crate) const HANGS_ELSEWHERE: Misconception = Misconception {
    exercise: "",
    name: "hangs-elsewhere",
    says: "This may be right: the run did not end, and that is because of exercise {id}. Begin there.",
    shows: |_| false,
};

/// Said where a flag was not given, and nothing begins.
pub(crate) const UNASKED: Misconception = Misconception {
    exercise: "",
    name: "unasked",
    says: "Without the flag no container begins. Then the option is None, and nothing is to be done.",
    shows: |evidence| {
        let mut seen = EXERCISES
            .iter()
            .flat_map(|exercise| exercise.checks)
            .flat_map(|name| evidence.observed(name).lines());
        seen.any(|line| {
            line.starts_with("without the flag: ")
                && [": refused", ": a panic"].iter().any(|end| line.ends_with(end))
        })
    },
};

/// Said where the run ends with an error in this exercise, and nothing else is known.
pub(crate) const ENDS_IN_ERROR: Misconception = Misconception {
    exercise: "",
    name: "ends-in-error",
    says: "The run ends with an error before the work is done: what was observed shows it, with its place in your source.",
    shows: |_| false,
};

/// Said where the runtime panics, and not in another exercise.
pub(crate) const PANICS: Misconception = Misconception {
    exercise: "",
    name: "panics",
    says: "The runtime panics: what was observed shows where. An unwrap(), an expect() or an index did not find there what it \
           takes for granted. Return an error, or answer for that case, too.",
    shows: |_| false,
};

/// Said in the place of a "line-forgotten" where the line is there, and an error comes before it.
pub(crate) const NOT_REACHED: Misconception = Misconception {
    exercise: "",
    name: "not-reached",
    says: "The line is in stage.rs, and the runtime ends with an error before it has done its work. What was observed shows \
           it, with the place in your source: it may be another exercise's. Mend that first.",
    shows: |_| false,
};

/// Said in the place of a "line-forgotten" where the line is in the list of namespaces.
pub(crate) const ANOTHER_FLAG: Misconception = Misconception {
    exercise: "",
    name: "another-flag",
    says: "The line is in stage.rs, and clone was called without the flag: look at what your constant or function gives.",
    shows: |_| false,
};

/// Said in the place of a "line-forgotten" where the line is there, and does something else.
pub(crate) const DOES_SOMETHING_ELSE: Misconception = Misconception {
    exercise: "",
    name: "does-something-else",
    says: "The line is in stage.rs, and the call that is meant was not seen in --explain, which shows what goes through `sys` and \
           `cgroup::write_by_library`. Look at what your function or constant does, and at what is read or called instead; \
           what is called past `sys` is not seen.",
    shows: |_| false,
};

/// Said where the run ended in the stub of another exercise; there is one of it for each exercise.
pub(crate) const ENDED_IN_STUB: Misconception = Misconception {
    exercise: "",
    name: "ended-in-stub",
    says: "This may be right: the run ended in exercise {id}, which is not written yet, and its line stands in stage.rs \
           already. Write that first, or take its line out.",
    shows: |_| false,
};

/// Said where the run ended with an error in another exercise's function; there is one of it for each exercise.
pub(crate) const ENDED_IN_ERROR: Misconception = Misconception {
    exercise: "",
    name: "ended-in-error",
    says: "This may be right: the run ended with an error of exercise {id}. What was observed shows it, with the place in your \
           source. Mend that first.",
    shows: |_| false,
};

/// Said where the kernel refused a call because the child was born without a namespace; there is one of it for each exercise.
pub(crate) const ENDED_FOR_WANT: Misconception = Misconception {
    exercise: "",
    name: "ended-for-want",
    says: "This may be right: the kernel refused a call because the child was born without the namespace that exercise {id} gives \
           it. Begin there.",
    shows: |_| false,
};

/// Those four, of each exercise.
static ENDED_ELSEWHERE: LazyLock<Vec<Misconception>> = LazyLock::new(|| {
    let of = |it: &Misconception, exercise: &'static str| {
        let name = format!("{}-{exercise}", it.name).leak();
        Misconception { exercise, name, says: it.says, shows: it.shows }
    };
    let ids = EXERCISES.iter().map(|exercise| exercise.id);
    ids.flat_map(|id| {
        [&ENDED_IN_STUB, &ENDED_IN_ERROR, &ENDED_FOR_WANT, &HANGS_ELSEWHERE].map(|it| of(it, id))
    })
    .collect()
});

/// `kind`, of `exercise`.
pub(crate) fn ended_in(exercise: &Exercise, kind: &Misconception) -> Option<&'static Misconception> {
    ENDED_ELSEWHERE.iter().find(|it| it.exercise == exercise.id && it.says == kind.says)
}

/// Those that any exercise may show.
pub(crate) const OF_ANY: [&Misconception; 16] = [
    &ANOTHER_FLAG,
    &FOLLOWS_FROM_PIDS,
    &HANGS_ELSEWHERE,
    &UNASKED,
    &ENDS_IN_ERROR,
    &FOLLOWS_FROM_GROUP,
    &FOLLOWS_FROM_STREAMS,
    &PRINTS,
    &FOLLOWS_FROM_MOUNTS,
    &HANGS,
    &PANICS,
    &NOT_REACHED,
    &DOES_SOMETHING_ELSE,
    &ENDED_IN_STUB,
    &ENDED_IN_ERROR,
    &ENDED_FOR_WANT,
];

/// The mistake called `name`, of `exercise` or of any.
pub(crate) fn find(exercise: &Exercise, name: &str) -> Option<&'static Misconception> {
    let mut of_exercise = MISCONCEPTIONS.iter().filter(|mistake| mistake.exercise == exercise.id);
    of_exercise
        .find(|mistake| mistake.name == name)
        .or_else(|| OF_ANY.into_iter().find(|mistake| mistake.name == name))
        .or_else(|| ENDED_ELSEWHERE.iter().find(|mistake| mistake.name == name))
}

/// All known mistakes.
pub const MISCONCEPTIONS: &[Misconception] = &[
    mistake!("1.1" "inherits-everything",
        "The caller's variables are all still there, a password among them. Begin with an empty environment, \
         not with the one you have.",
        |e| e.observed("surroundings").contains("SECRET")),
    mistake!("1.1" "given-forgotten",
        "The environment is clean, but the variables of --env are missing: `given` is not in the result.",
        |e| e.observed("surroundings").contains("GREETING: None")),
    mistake!("1.1" "no-path",
        "Without a PATH no command is found by its name. A clean environment is not an empty one.",
        |e| e.observed("surroundings").contains("PATH is set: false")),
    mistake!("1.1" "twice",
        "A variable that is given again stands twice in the environment, and programs differ in which of the two they take: \
         getenv(3) finds the first, most shells keep the last. The later value replaces the earlier one, that of PATH too.",
        |e| e.observed("surroundings").lines().any(|line| line.starts_with("values of ") && line.contains("\", \""))),
    mistake!("1.1" "earlier-stays",
        "Of a variable that is given again the earlier value stays. What comes later replaces it: with --env somebody overrides \
         what would be there without.",
        |e| ["TWICE, given twice: [\"earlier\"]", "given once more: [\"earlier\"]"].iter().any(|it| e.observed("surroundings").contains(it))),
    mistake!("1.1" "no-home",
        "The caller's HOME or TERM is missing. Without the one a program does not know where its user's files are, and \
         without the other an editor does not know how to draw.",
        |e| e.observed("home_and_term").lines().take(2).any(|line| line.ends_with(": []"))),
    mistake!("1.1" "another-home",
    "HOME or TERM is not the caller's. What stands in your source is right for one user and for one terminal: \
     std::env::var_os tells what the caller has, and {:?} would put it in quotation marks.",
    |e| {
        let seen = e.observed("home_and_term");
        seen.starts_with("HOME: ") && !seen.starts_with("HOME: [\"/home/caller\"]\nTERM: [\"vt52\"]\n")
    }),
    mistake!("1.1" "gives-up",
    "A caller may have no HOME, no TERM and no PATH, and --env may name a variable that he lacks: a service starts like \
     that. The container begins all the same, without them, and with your PATH.",
    |e| {
        let lacking = e.observed("home_and_term").lines().nth(2).unwrap_or_default();
        let is_lean = lacking.is_empty() || lacking.contains("HOME: [], TERM: [], ");
        !is_lean || e.observed("env_by_name").contains("lacks: no container")
    }),
    mistake!("1.1" "path-of-the-caller",
        "PATH is the caller's. His folders are not the container's, and he may have none: the constant PATH stands above.",
        |e| e.observed("home_and_term").contains("PATH is set: false")),
    mistake!("1.1" "names-alike",
        "A variable was replaced by one whose name is only the beginning of its own, as LONG is of LONGER. Compare the whole \
         names, up to the '='.",
        |e| e.observed("env_by_name").contains("LONG after it: [] ")),
    mistake!("1.2" "some-of-them",
    "The caller's files with high numbers are still open. Nobody knows how high they go, and a loop over all numbers is slow: \
     close_range(2) takes a whole range, with no end.",
    |e| {
        let open = e.observed("descriptors").lines().next().unwrap_or_default();
        open.ends_with(", 500]") && !(3..10).any(|low| open.contains(&format!(" {low},")))
    }),
    mistake!("1.2" "closes-standard-error",
        "Standard error is closed too: what the command complains of is lost, or goes into the next file that it opens. It is \
         number 2; begin at 3.",
        |e| e.called(Child, "close_range(2,")),
    mistake!("1.2" "closes-standard-streams",
        "Descriptors 0, 1 and 2 are closed too, so the command can neither read nor write. Begin at 3.",
        |e| (0..2).any(|first| e.called(Child, &format!("close_range({first},")))),
    mistake!("1.2" "closes-at-once",
        "Everything is closed now, and the socket to the parent with it: when the command cannot be started, nobody says why. \
         They are to be closed at the execve: sys::close_range_cloexec.",
        |e| e.passes("descriptors") && !e.passes("exec_failure")),
    mistake!("1.2" "begins-too-late",
        "Only high numbers are closed. The kernel gives the lowest free number to each file that is opened: \
         the caller's files begin at 3.",
        |e| e.called(Child, "close_range(") && !e.called(Child, "close_range(3,")),
    mistake!("1.2" "in-the-parent",
        "The parent closes its own files, but the child has copies of them since clone. Each process has its own \
         table of descriptors: the line belongs into the child.",
        |e| e.called(Parent, "close_range(")),
    mistake!("1.2" "line-forgotten",
        "close_range is never called: stage.rs has no line `process::close_descriptors()?;`.",
        |e| !e.called(Child, "close_range(")),
    mistake!("1.3" "mask-only",
        "Nothing is blocked, but signals that the caller ignored are still ignored: execve(2) keeps that too. \
         An ignored signal and a blocked one are different things.",
        |e| e.called(Child, "sigprocmask(") && !e.called(Child, "sigaction(")),
    mistake!("1.3" "ignored-only",
        "No signal is ignored any more, and what the caller blocked is still blocked: such a signal waits for ever, SIGTERM \
         too. execve(2) keeps the mask as well: sys::sigmask_empty().",
        |e| e.called(Child, "sigaction(") && !e.called(Child, "sigprocmask(")),
    mistake!("1.3" "in-the-parent",
        "The parent resets its own signals, after the child has got its copy of them. The line belongs into the child.",
        |e| e.called(Parent, "sigaction(")),
    mistake!("1.3" "line-forgotten",
        "Neither sigaction nor sigprocmask is called: stage.rs has no line `signals::reset()?;`.",
        |e| !e.called(Child, "sigaction(")),
    mistake!("1.4" "signal-that-can-be-ignored",
        "The command may catch or ignore this signal, and a PID 1 without a handler never gets it. Only SIGKILL \
         cannot be refused.",
        |e| e.called(Child, "PR_SET_PDEATHSIG") && !e.called(Child, "PR_SET_PDEATHSIG, SIGKILL")),
    mistake!("1.4" "in-the-parent",
        "The parent asks to die with *its* parent, the shell. The process that shall die with the runtime has to ask \
         for itself: the line belongs into the child.",
        |e| e.called(Parent, "PR_SET_PDEATHSIG")),
    mistake!("1.4" "too-late",
        "It works, and not always: a runtime that dies before this line leaves the child alone. The line stands first in the \
         child, before it waits for `Proceed`.",
        |e| e.position(Child, "\"Proceed\"").zip(e.position(Child, "PR_SET_PDEATHSIG")).is_some_and(|(wait, ask)| wait < ask)),
    mistake!("1.4" "line-forgotten",
        "prctl is never called: stage.rs has no line `process::die_with_parent()?;`.",
        |e| !e.called(Child, "PR_SET_PDEATHSIG")),
    mistake!("1.5" "in-the-parent",
        "The parent limits itself. What it sets before clone the child has too, and the runtime is limited for nothing; what it \
         sets later comes too late for the child. The line belongs into the child.",
        |e| e.called(Parent, "setrlimit(")),
    mistake!("1.5" "hard-limit-kept",
        "The soft limit is lowered, and the hard limit is as it was: the command may raise its own up to that again. Both are to \
         be set.",
        |e| e.observed("ulimit").lines().next().is_some_and(|line| line.contains(": 64 ") && !line.ends_with(": 64 64"))),
    mistake!("1.5" "wrong-resource",
        "A limit is set, but not the one on open files: nofile is RLIMIT_NOFILE.",
        |e| e.called(Child, "setrlimit(") && !e.called(Child, "setrlimit(RLIMIT_NOFILE")),
    mistake!("1.5" "line-forgotten",
        "setrlimit is never called: stage.rs has no line `extend::set_ulimits(&run.ulimit)?;`.",
        |e| !e.called(Child, "setrlimit(")),
    mistake!("1.5" "bad-value-ignored",
        "A --ulimit that is not nofile=NUMBER is passed over, or read as something else, and the command starts. Somebody who \
         has mistyped it never learns of that: it is an error.",
        |e| e.observed("ulimit").contains(": taken")),
    mistake!("1.5" "panics",
        "A --ulimit that cannot be read makes the runtime panic: somebody has mistyped it, and reads of a thread and of \
         unwrap(). Return an Error that says what was given and how it reads; ok_or_else makes one of None.",
        |e| e.observed("ulimit").contains(": a panic")),
    mistake!("1.5" "first-only",
        "Of nofile=64 and then nofile=32 the first is left: it alone counts, or the number is not the flag's. `limits` is a \
         list: set each of them, and the last one stays.",
        |e| e.observed("ulimit").contains("given twice: exit code 0: 64 64")),
    mistake!("2.1" "uts-only",
        "The hostname is its own, but shared memory, semaphores and message queues are still the host's. They have a \
         namespace beside UTS: IPC.",
        |e| clone_has(e, "CLONE_NEWUTS") && clone_lacks(e, "CLONE_NEWIPC")),
    mistake!("2.1" "ipc-only",
        "IPC is its own, but the hostname is the host's: the flag for it is called after uname's \"UNIX time-sharing \
         system\", CLONE_NEWUTS.",
        |e| clone_lacks(e, "CLONE_NEWUTS") && clone_has(e, "CLONE_NEWIPC")),
    mistake!("2.1" "line-forgotten",
        "clone is called without CLONE_NEWUTS and CLONE_NEWIPC: the array in stage.rs has no `hostname::NAMESPACES,`.",
        |e| clone_lacks(e, "CLONE_NEWUTS") && clone_lacks(e, "CLONE_NEWIPC")),
    mistake!("2.2" "in-the-parent",
        "The parent called sethostname, and the parent is not in the new namespace: that renames the machine (here only the \
         fence), or is refused to who may not. The line belongs into the child.",
        |e| e.called(Parent, "sethostname(")),
    mistake!("2.2" "line-forgotten",
        "sethostname is never called, so the container has the host's name: stage.rs has no line \
         `hostname::set(&run.hostname)?;`.",
        |e| !e.called(Child, "sethostname(")),
    mistake!("2.2" "name-ignored",
    "The container has a name, but not the one that --hostname asked for: `name` is what to set, all of it.",
    |e| {
        let all = e.observed("own_hostname").contains("inside: box") && e.observed("any_hostname").contains(": all of them");
        e.called(Child, "sethostname(") && !all
    }),
    mistake!("2.2" "error-ignored",
        "The kernel refuses a name of 65 bytes, and the container starts nevertheless, under a name that nobody asked for, or the \
         runtime panics. Hand the error on: sethostname's result is the function's.",
        |e| [": taken", ": a panic"].iter().any(|end| e.observed("any_hostname").ends_with(end))),
    mistake!("2.3" "in-the-parent",
        "The parent called setdomainname, and the parent is in the host's UTS namespace. The line belongs into the child.",
        |e| e.called(Parent, "setdomainname(")),
    mistake!("2.3" "hostname-instead",
        "The domain name went into the hostname: they are two names, with two calls.",
        |e| e.called(Child, "sethostname(\"example.org\"")),
    mistake!("2.3" "name-ignored",
        "There is a domain name, but not the one of --domainname: `name` is what to set.",
        |e| e.called(Child, "setdomainname(") && !e.observed("own_domainname").starts_with("inside: lab.example\n")),
    mistake!("2.3" "without-being-asked",
    "Without --domainname the domain name changes as well, or no container begins. Then `name` is None, and nothing is to be \
     done.",
    |e| {
        let others = e.observed("own_domainname").lines().any(|line| line.starts_with("without the flag: ") && !line.ends_with("host's"));
        others && e.called(Child, "setdomainname(")
    }),
    mistake!("2.3" "line-forgotten",
        "setdomainname is never called: stage.rs has no line `extend::set_domainname(run.domainname.as_deref())?;`.",
        |e| !e.called(Child, "setdomainname(")),
    mistake!("3.1" "unshare-in-the-child",
        "The child calls unshare(CLONE_NEWPID), and keeps its number: a process keeps its PID for life. unshare moves \
         only the children that it has later. Make it a flag of clone.",
        |e| e.called(Child, "unshare(CLONE_NEWPID")),
    mistake!("3.1" "unshare-before-clone",
        "The parent calls unshare(CLONE_NEWPID) before the child is born. Root may do that. An ordinary user has the power to do \
         it in a user namespace of his own only, and that one is born with the child: make it a flag of clone.",
        |e| e.said("unshare(CLONE_NEWPID)") && !e.called(Parent, "clone3(")),
    mistake!("3.1" "unshare-in-the-parent",
        "The parent calls unshare(CLONE_NEWPID) when the child is already born, and only later children would be in the \
         new namespace. Make it a flag of clone.",
        |e| e.called(Parent, "unshare(CLONE_NEWPID")),
    mistake!("3.1" "line-forgotten",
        "clone is called without CLONE_NEWPID: the array in stage.rs has no `pid_namespace::NAMESPACE,`.",
        |e| clone_lacks(e, "CLONE_NEWPID")),
    mistake!("3.2" "blocked-forgotten",
        "A command that blocks a signal to wait for it (sigwait, signalfd) was killed. It is ready for the signal: look \
         at SigBlk as well as at SigCgt and SigIgn.",
        |e| e.passes("pid_1_default_action") && e.passes("pid_1_handler") && !e.passes("signal_forwarding")),
    mistake!("3.2" "ignored-forgotten",
        "A command that ignores a signal was killed by it. To ignore is an action, too: look at SigIgn as well as at SigCgt and \
         SigBlk.",
        |e| e.observed("pid_1_handler").contains(": exit code 9\n") && !e.passes("pid_1_handler")),
    mistake!("3.2" "half-a-mask",
        "A command was killed that has a handler for SIGTERM and one for a real-time signal. There are 64 signals: a mask is a \
         u64, and where it cannot be read nobody knows, so the answer is false.",
        |e| e.observed("pid_1_handler").starts_with("exit code 9\n") && !e.passes("pid_1_handler")),
    mistake!("3.2" "one-bit-off",
        "Commands that were ready for the signal were killed, as if the mask spoke of another one or had not been found. In the \
         line `SigCgt:` it stands after a tab; it is hexadecimal, whether a letter is in it or not. And signals begin at 1 and \
         bits at 0: signal n is bit n - 1.",
        |e| e.passes("pid_1_default_action") && !e.passes("pid_1_handler")),
    mistake!("3.2" "one-signal-only",
        "SIGTERM ends the command, and another signal does not. It is about the parameter `signal`, whichever that is.",
        |e| e.observed("pid_1_default_action").starts_with("SIGTERM: ended\n") && !e.passes("pid_1_default_action")),
    mistake!("3.2" "the-other-way-round",
        "It is the other way round: a command without a handler goes on, and one that has a handler is killed. true means that \
         the signal is in none of the three masks.",
        |e| e.observed("pid_1_default_action").contains("SIGTERM: goes on") && !e.passes("pid_1_handler")),
    mistake!("3.2" "not-hexadecimal",
        "A command without a handler goes on after SIGTERM: the masks were not understood, or there was no answer at all. In the \
         line `SigCgt:` the mask stands after a tab, a hexadecimal number without 0x in front.",
        |e| !e.passes("pid_1_default_action")),
    mistake!("3.3" "own-number",
        "That is the number of the runtime, not of the command: std::process::id() tells one's own.",
        |e| e.observed("pid_file").contains("the runtime's")),
    mistake!("3.3" "number-inside",
        "1 is what the command calls itself. Outside it has another number, and that is the one which the host can use.",
        |e| e.observed("pid_file").starts_with("\"1\"\n")),
    mistake!("3.3" "makes-no-file",
        "The file is not there yet. sys::write is for files of the kernel, which are, and makes none; fs_err::write makes one.",
        |e| e.called(Parent, "write(\"/dev/null\"")),
    mistake!("3.3" "error-ignored",
    "Where the file cannot be written the container runs nevertheless, and whoever waits for the file waits for ever; or the \
     runtime panics. Hand the error on.",
    |e| {
        let seen = e.observed("pid_file");
        (seen.contains("not: taken") || seen.contains("not: a panic")) && !seen.starts_with("nothing")
    }),
    mistake!("3.3" "too-late",
        "The file is written when the command has ended, and then nobody can use the number any more. The line comes after clone, \
         where the number is known, and before signals::forward_until_exit, which waits for the end.",
        |e| e.observed("pid_file").starts_with("nothing was written before its end")),
    mistake!("3.3" "line-forgotten",
        "No file was written: stage.rs has no line `extend::write_pid_file(run.pid_file.as_deref(), container.pid)?;`.",
        |e| e.observed("pid_file").contains("nothing")),
    mistake!("4.1" "no-namespace",
        "clone is called without CLONE_NEWNS, so the child works on the host's own mount table: the array in stage.rs has \
         no `mounts::NAMESPACE,`.",
        |e| clone_lacks(e, "CLONE_NEWNS")),
    mistake!("4.1" "too-late",
        "Something is mounted before the mounts are cut off, and a host whose mounts are shared has been told of it by then. \
         make_private comes before anything is mounted.",
        |e| e.position(Child, "mount(").zip(e.position(Child, "MS_PRIVATE")).is_some_and(|(mount, private)| mount < private)),
    mistake!("4.1" "in-the-parent",
        "The parent is on the mounts of the whole machine: what it cuts off is everybody's. The line belongs into the child, \
         which was born with a copy of them.",
        |e| e.said(EVERYBODYS_MOUNTS) || e.called(Parent, "MS_PRIVATE")),
    mistake!("4.1" "shared",
        "MS_SHARED is what they are already: each tells its copies of everything. MS_PRIVATE cuts them off.",
        |e| e.called(Child, "MS_SHARED")),
    mistake!("4.1" "slave",
        "MS_SLAVE cuts only one direction: what the host mounts later still appears inside. MS_PRIVATE cuts both.",
        |e| e.called(Child, "MS_SLAVE")),
    mistake!("4.1" "not-recursive",
        "Only \"/\" itself was made private; every mount below it is still shared with the host. MS_REC means them all.",
        |e| e.called(Child, "MS_PRIVATE") && !e.called(Child, "MS_REC|MS_PRIVATE") && !e.called(Child, "MS_PRIVATE|MS_REC")),
    mistake!("4.1" "line-forgotten",
        "The child has a copy of the mount table, but a shared mount's copies tell each other everything: stage.rs has no \
         line `mounts::make_private()?;`.",
        |e| !e.called(Child, "MS_PRIVATE")),
    mistake!("4.2" "in-the-parent",
        "The parent mounts proc, and a procfs shows the PID namespace of whoever mounted it: the host's. Worse, it covers \
         the host's own /proc. The line belongs into the child.",
        |e| e.called(Parent, "mount(\"proc\"")),
    mistake!("4.2" "bind-mount",
        "A bind mount shows the same old procfs once more, in the same place. Mount a new one: file system type proc.",
        |e| e.called(Child, "mount(\"/proc\"")),
    mistake!("4.2" "stands-in-the-old",
    "The working directory is chosen before the new /proc is mounted: with --workdir /proc the command stands in the old \
     one, and sees the host. change_directory comes after the mounts.",
    |e| e.position(Child, "mount(\"proc\"").is_some_and(|proc| {
        e.calls(Child).iter().rposition(|call| call.starts_with("chdir(")).is_some_and(|chdir| chdir < proc)
    })),
    mistake!("4.2" "no-such-type",
    "The kernel knows no file system of that type. It is called proc, and that is mount's third argument; the first one is \
     only what is shown as the source.",
    |e| e.calls(Child).iter().any(|call| {
        call.contains(", \"/proc\", ") && (call.contains("ENODEV") || call.contains("EINVAL"))
    })),
    mistake!("4.2" "no-flags",
        "The new /proc works, but allows what nobody needs there, set-user-ID programs, devices or programs: it takes MS_NOSUID, \
         MS_NODEV and MS_NOEXEC.",
        |e| e.passes("own_proc") && !e.passes("proc_flags")),
    mistake!("4.2" "line-forgotten",
        "No proc is mounted, so /proc still shows what it showed: stage.rs has no line `mounts::mount_proc()?;`.",
        |e| !e.called(Child, "mount(\"proc\"")),
    mistake!("4.3" "in-the-parent",
        "The parent changes the /proc that it sees, the host's. The line belongs into the child.",
        |e| e.called(Parent, "MS_REMOUNT")),
    mistake!("4.3" "too-early",
    "What is remounted here is still the old /proc, which is the host's. The line comes after that of mount_proc, exercise 4.2, \
         which mounts a new one.",
        |e| e.position(Child, "MS_REMOUNT").is_some_and(|remount| {
        e.position(Child, "mount(\"proc\"").is_none_or(|proc| remount < proc)
    })),
    mistake!("4.3" "no-flags",
        "The options are there, and the flags are gone: a remount sets all of them anew. Say MS_NOSUID, MS_NODEV and \
         MS_NOEXEC once more.",
        |e| e.called(Child, "MS_REMOUNT") && e.observed("proc_options").contains("nosuid")),
    mistake!("4.3" "options-ignored",
        "/proc has not the options that were given, or has some where none were given. `options` is what to hand over; without \
         --proc-opts it is None, and nothing is to be done.",
        |e| e.called(Child, "MS_REMOUNT") && !e.passes("proc_options")),
    mistake!("4.3" "line-forgotten",
        "/proc is never remounted: stage.rs has no line `extend::set_proc_options(run.proc_opts.as_deref())?;`.",
        |e| !e.called(Child, "MS_REMOUNT")),
    mistake!("5.1" "bridge-forgotten",
        "With `--network bridge` the container is in the host's network. On the bridge as well it has a network of its own, and \
         a cable from there to the host's: only `host` gets none.",
        |e| clone_has(e, "CLONE_NEWNET") && e.observed("own_network_namespace").contains("bridge: the host's")),
    mistake!("5.1" "host-ignored",
        "The network is its own even with `--network host`: look at what `network` says.",
        |e| clone_has(e, "CLONE_NEWNET") && !e.said("RTM_NEWLINK(lo, IFF_UP): EPERM")),
    mistake!("5.1" "unshare-in-the-parent",
        "The parent moves into a new network, and takes the container along: now the runtime is cut off from the host's \
         as well, and lays its cables in the wrong place. Make it a flag of clone.",
        |e| e.called(Parent, "unshare(CLONE_NEWNET")),
    mistake!("5.1" "line-forgotten",
        "clone is called without CLONE_NEWNET: the array in stage.rs has no `network::namespace(run.network),`.",
        |e| clone_lacks(e, "CLONE_NEWNET")),
    mistake!("5.2" "in-the-parent",
        "The parent brings a loopback up, and it is the host's. The line belongs into the child.",
        |e| e.called(Parent, "RTM_NEWLINK(lo") || e.called(Parent, "ioctl(SIOCSIFFLAGS")),
    mistake!("5.2" "another-name",
        "A new network has one interface, and it is called lo: there is no other that could be brought up.",
        |e| e.observed("own_network").contains("ENODEV")),
    mistake!("5.2" "host-too",
        "With `--network host` lo is the host's, and is up already; an ordinary user may not even try to bring it up. Look \
         at what `network` says.",
        |e| e.passes("own_network") && e.observed("host_network").contains("IFF_UP")),
    mistake!("5.2" "the-other-way-round",
        "It is the other way round: lo is brought up where it is the host's, and a network of the container's own has it down.",
        |e| !e.passes("own_network") && e.observed("host_network").contains("IFF_UP")),
    mistake!("5.2" "line-forgotten",
        "Nobody brings loopback up: stage.rs has no line `network::bring_loopback_up(run.network)?;`.",
        |e| !e.called(Child, "RTM_") && !e.called(Child, "ioctl(SIOCSIFFLAGS")),
    mistake!("5.3" "in-the-parent",
        "The parent writes, and /proc/sys/net shows the network of whoever opens it: that changes the host's, or is refused to \
         who may not. The line belongs into the child.",
        |e| e.called(Parent, "write(\"/proc/sys/net")),
    mistake!("5.3" "dots-kept",
        "There is no such file: in /proc/sys the parts of the name are folders. net.ipv4 is net/ipv4.",
        |e| e.called(Child, "write(\"/proc/sys/net.")),
    mistake!("5.3" "any-name",
        "A parameter is taken that is not the network's. The kernel refuses what the caller has no power over, and root may \
         have power over the whole machine. What does not begin with net. is an error.",
        |e| e.called(Child, "write(\"/proc/sys/net/") && ["network's: taken", "namespace: taken"].iter().any(|it| e.observed("sysctl").contains(it))),
    mistake!("5.3" "error-ignored",
        "A parameter that cannot be set is passed over, and the command starts without it. Hand the error on; what is not \
         NAME=VALUE is one, too.",
        |e| e.called(Child, "write(\"/proc/sys/net/") && e.observed("sysctl").contains(": taken")),
    mistake!("5.3" "panics",
        "A --sysctl that cannot be read makes the runtime panic. Return an Error that says what was given and how it reads.",
        |e| e.observed("sysctl").contains(": a panic")),
    mistake!("5.3" "first-only",
        "Of two --sysctl only the first one is set. `settings` is a list.",
        |e| e.observed("sysctl").starts_with("inside: 41 ")),
    mistake!("5.3" "value-ignored",
        "The parameter is set, and not to the value that was given: it is what stands behind the '='.",
        |e| e.called(Child, "write(\"/proc/sys/net/") && !e.observed("sysctl").starts_with("inside: \n")),
    mistake!("5.3" "line-forgotten",
        "Nothing is written to /proc/sys: stage.rs has no line `extend::set_sysctls(&run.sysctl)?;`.",
        |e| !e.called(Child, "write(\"/proc/sys/")),
    mistake!("6.1" "the-folder-itself",
        "A folder cannot be written to. A process is moved by writing its number to the file cgroup.procs in it.",
        |e| e.said("EISDIR")),
    mistake!("6.1" "too-late",
        "It works, and not always: told to proceed, the child goes on, and what it takes or starts before this line is counted \
         elsewhere and limited by nobody. The line stands before `Proceed`.",
        |e| e.observed("joins_in_time").contains("after Proceed")),
    mistake!("6.1" "own-number",
        "The runtime has moved itself. Pid::this() is its number; the container's is the parameter.",
        |e| e.called(Parent, "cgroup.procs\"") && (FOLLOWS_FROM_GROUP.shows)(e)),
    mistake!("6.1" "line-forgotten",
        "Nothing is written to cgroup.procs: stage.rs has no line `cgroup::join(&group, container.pid)?;`.",
        |e| !e.called(Parent, "cgroup.procs\"")),
    mistake!("6.2" "other-version",
        "There is no such file: the name is the other version's. `group.folder` tells which version the hierarchy is: in version 1 \
         the names of limits end in limit_in_bytes, in version 2 in max.",
        lacks_memory_file),
    mistake!("6.2" "soft-limit",
    "That is a limit at which the kernel begins to take memory back, and nobody is killed. The hard one is \
     memory.limit_in_bytes, or memory.max.",
|e| e.called(Parent, "soft_limit") || e.called(Parent, "memory.high") || (writes_memory_limit(e) && is_unlimited(e))),
    mistake!("6.2" "another-number",
    "There is a limit, and not the one that was asked for: `limit` is a number of bytes, and so is what the files take.",
    |e| {
        let asked = ["memory.limit_in_bytes\", \"67108864\"", "memory.max\", \"67108864\""];
        let other = e.observed("another_limit").lines().next().and_then(|line| line.strip_prefix("memory: "));
        let is_written = asked.iter().any(|write| e.called(Parent, write));
        writes_memory_limit(e) && (!is_written || other.is_some_and(|bytes| bytes != "50331648"))
    }),
    mistake!("6.2" "as-much-swap-again",
        "Memory and swap together are twice the limit. In version 2 memory.swap.max is swap alone: 0. In version 1 \
         memory.memsw.limit_in_bytes is both together: the same number.",
        |e| e.observed("memory_limit").ends_with("and swap: 134217728")),
    mistake!("6.2" "swap-forgotten",
        "Memory is limited and swap is not: on a machine that has some, what is too much goes to the disk. There is a \
         second file.",
        writes_memory_limit),
    mistake!("6.2" "too-late",
    "It works, and not always: told to proceed, the child goes on, and what it takes before this line nobody limits. The \
     limit is set before `Proceed`, best before anybody is in the group.",
    |e| after_proceed(e, ["memory.limit_in_bytes\", \"", "memory.max\""])),
    mistake!("6.2" "line-forgotten",
        "No limit is written: stage.rs has no line `memory::limit(&group, run.memory)?;`.",
        |e| !writes_memory_limit(e)),
    mistake!("6.3" "hard-limit",
        "That is a limit: the container is killed at it. A reservation has a file of its own.",
        |e| e.observed("memory_reservation").contains("too: yes")),
    mistake!("6.3" "other-version",
        "There is no such file: the name is the other version's. `group.folder` tells which version the hierarchy is, and \
         version 1 has memory.soft_limit_in_bytes, version 2 memory.low.",
        lacks_memory_file),
    mistake!("6.3" "wrong-group",
        "It was written to a group above: that belongs to all that is in it. The container's group is `folder`.",
        |e| e.called(Parent, "..")),
    mistake!("6.3" "another-file",
    "Another file of the group was written. memory.high slows down who takes more, memory.min keeps memory even where the \
     machine has none left for others; a reservation is memory.low, or memory.soft_limit_in_bytes in version 1.",
    |e| e.calls(Parent).iter().any(|call| {
        call.starts_with("write(") && call.contains("/memory.") && !["/memory.low", "soft_limit"].iter().any(|it| call.contains(it))
    })),
    mistake!("6.3" "too-late",
    "It is written, and too late: the command runs, or has ended. What the group has, it has before `Proceed`, best before \
     anybody is in it.",
    |e| after_proceed(e, ["soft_limit_in_bytes\", \"", "memory.low\", \""])),
    mistake!("6.3" "line-forgotten",
        "Nothing is reserved: stage.rs has no line `extend::reserve_memory(&group, run.memory_reservation)?;`.",
        |e| !e.called(Parent, "soft_limit") && !e.called(Parent, "memory.low")),
    mistake!("7.1" "counts-the-user",
        "RLIMIT_NPROC counts all processes of the user, in and outside of the container, and root is not held by it. The \
         group has a file of its own, pids.max.",
        |e| e.called(Parent, "RLIMIT_NPROC")),
    mistake!("7.1" "one-too-many",
        "There is one more than was asked for. PID 1 counts like everybody else.",
        |e| e.observed("pids_limit").contains("limit: 21")),
    mistake!("7.1" "line-forgotten",
        "pids.max is never written: stage.rs has no line `pids::limit(&group, run.pids_limit)?;`.",
        |e| !e.called(Parent, "pids.max")),
    mistake!("7.2" "milliseconds",
        "The kernel refuses this quota: it counts in microseconds, and takes none below a thousand.",
        |e| e.calls(Parent).iter().any(|call| call.contains("EINVAL"))),
    mistake!("7.2" "shares",
        "A share only matters while others want the processor too. Alone, the container still has all of it.",
        |e| e.called(Parent, "cpu.shares") || e.called(Parent, "cpu.weight")),
    mistake!("7.2" "line-forgotten",
        "No quota is written: stage.rs has no line `cpu::limit(&group, run.cpus)?;`.",
        |e| !e.called(Parent, "cpu.cfs_quota_us") && !e.called(Parent, "cpu.max")),
    mistake!("7.3" "in-the-parent",
        "The runtime has moved, and the container has not: a namespace is of the process that calls unshare, and of the \
         children that it has later.",
        |e| e.called(Parent, "unshare(CLONE_NEWCGROUP")),
    mistake!("7.3" "too-early",
        "It is a namespace of its own, but its top is the caller's group: at that moment the parent had not moved it yet. \
         Wait for `Proceed` first.",
        |e| e.called(Child, "unshare(CLONE_NEWCGROUP")),
    mistake!("7.3" "line-forgotten",
        "unshare is never called: stage.rs has no line `cgroup_namespace::unshare()?;`.",
        |e| !e.called(Child, "unshare(CLONE_NEWCGROUP")),
    mistake!("7.4" "always",
        "It is told even when nobody was refused. The number in pids.events says how often it was.",
        |e| e.observed("refusals_are_told").contains("a few: told")),
    mistake!("7.4" "too-early",
        "pids.events is read before the command has ended, and then it is still 0.",
        |e| e.position(Parent, "pids.events").zip(e.position(Parent, "waitpid(")).is_some_and(|(read, end)| read < end)),
    mistake!("7.4" "line-forgotten",
        "pids.events is never read: stage.rs has no line `extend::tell_of_refusals(&group)?;`.",
        |e| !e.called(Parent, "pids.events")),
    mistake!("8.1" "too-early",
        "pivot_root comes before everything is bound: what the container is given was taken away with the host's files.",
        |e| e.position(Child, "pivot_root(").is_some() && e.observed("own_root").contains("ENOENT")),
    mistake!("8.1" "chroot",
        "chroot changes what / means. The host's files are still mounted above, and whoever may call chroot walks out. \
         pivot_root changes what is there.",
        |e| !e.called(Child, "pivot_root(") && e.called(Child, "fchdir(")),
    mistake!("8.1" "detach-forgotten",
        "The old root is still mounted, on top of the new one: `ls /..` shows the host. stage.rs has no line \
         `rootfs::detach(old_root)?;`.",
        |e| e.called(Child, "pivot_root(") && !e.called(Child, "umount2(")),
    mistake!("8.1" "line-forgotten",
        "pivot_root is never called: stage.rs has no line `let old_root = rootfs::pivot(&root)?;`.",
        |e| !e.called(Child, "pivot_root(")),
    mistake!("8.2" "host-dev",
        "These are all devices of the host, its disks among them. Bind the six that a program may expect, one by one.",
        |e| e.called(Child, "open_tree(AT_FDCWD, \"/dev\"")),
    mistake!("8.2" "no-terminals",
        "There is no devpts, so nobody inside can have a new terminal. Mount one on dev/pts.",
        |e| e.called(Child, "open_tree(AT_FDCWD, \"/dev/null\"") && !e.called(Child, "devpts")),
    mistake!("8.2" "line-forgotten",
        "/dev is empty: stage.rs has no line `devices::make(&root)?;`.",
        |e| !e.called(Child, "open_tree(AT_FDCWD, \"/dev/null\"")),
    mistake!("8.3" "nothing-read-only",
        "What tells of the host is covered, but what changes it can be written to: the paths of READ_ONLY.",
        |e| e.passes("masked_paths") && !e.passes("kernel_settings")),
    mistake!("8.3" "too-early",
        "The covers are on the host's /proc and /sys. The container's own are mounted later, and have none.",
        |e| e.position(Child, "mount(\"/dev/null\"").zip(e.position(Child, "mount(\"proc\"")).is_some_and(|(mask, proc)| mask < proc)),
    mistake!("8.3" "line-forgotten",
        "Nothing is covered: stage.rs has no line `masks::cover()?;`.",
        |e| !e.called(Child, "mount(\"/dev/null\"")),
    mistake!("8.4" "too-early",
        "The device was bound before the tmpfs of /dev came, and lies below it. First devices::make.",
        |e| e.position(Child, "open_tree(AT_FDCWD, \"/dev/random\"").zip(e.position(Child, "open_tree(AT_FDCWD, \"/dev/null\""))
            .is_some_and(|(device, null)| device < null)),
    mistake!("8.4" "an-empty-file",
        "There is a file of that name, and it is no device: nothing is mounted on it.",
        |e| e.called(Child, "openat(") && e.calls(Child).iter().filter(|call| call.contains("\"/dev/random\"")).count() > 1),
    mistake!("8.4" "line-forgotten",
        "The device is not there: stage.rs has no line `extend::bind_devices(&root, &run.device)?;`.",
        |e| e.calls(Child).iter().filter(|call| call.contains("open_tree") && call.contains("/dev/random")).count() < 2),
    mistake!("9.1" "writes-to-a-layer",
        "What is written goes to the topmost layer, and the next container finds it there. The upper directory is this \
         container's alone.",
        |e| !e.called(Child, "mount(\"overlay\"") && e.called(Child, "open_tree(AT_FDCWD, \"/usr/lib\"")),
    mistake!("9.1" "no-workdir",
        "overlayfs wants a second directory beside upperdir, on the same file system: workdir, in which it prepares what it \
         moves up.",
        |e| e.calls(Child).iter().any(|call| call.starts_with("mount(\"overlay\"") && !call.contains("workdir="))),
    mistake!("9.1" "line-forgotten",
        "No overlay is mounted: stage.rs has no line `let root = layers::stack(root, &run.layer, run.upper.as_deref())?;`.",
        |e| !e.called(Child, "mount(\"overlay\"")),
    mistake!("9.2" "lowest-first",
        "The files of the lower layer are seen where both have one. lowerdir begins with the topmost.",
        |e| e.observed("layers").contains("seen: from below")),
    mistake!("9.2" "root-forgotten",
        "The layers are there, and what they lie on is not: the root itself is the lowest of them.",
        |e| e.calls(Child).iter().any(|call| call.starts_with("mount(\"overlay\"") && call.matches("/proc/self/fd/").count() == 4)),
    mistake!("9.2" "commas",
        "A comma ends the option, and the next directory is taken for another one. Between the layers stand colons.",
        |e| e.calls(Child).iter().any(|call| call.starts_with("mount(\"overlay\"") && call.contains(",/proc/self/fd/"))),
    mistake!("9.3" "removed-as-new",
        "A removed file was told as a new one, or as a changed one: the whiteout is a file in the upper directory too.",
        |e| ["A /below", "C /below"].iter().any(|line| e.observed("diff").contains(line))),
    mistake!("9.3" "all-new",
        "What a layer has as well is changed, and not new.",
        |e| e.observed("diff").contains("A /letter")),
    mistake!("9.3" "line-forgotten",
        "Nothing is told: stage.rs has no line `extend::tell_changes(run.diff, &run.layer, run.upper.as_deref())?;`.",
        |e| e.observed("diff") == "told: "),
    mistake!("10.1" "borrow-root-left",
        "The parent still moves into a user namespace, by rootless::borrow_root: it is inside with the container, and has \
         lost what it could do outside. Take that call out; the child is born into the namespace.",
        |e| e.called(Parent, "unshare(CLONE_NEWUSER")),
    mistake!("10.1" "written-by-the-child",
        "The child writes its own map, and does not know who it is outside: without a map it is nobody, 65534. The parent \
         knows.",
        |e| e.called(Child, "uid_map\", ")),
    mistake!("10.1" "nobody-inside",
        "For an ordinary user it works, and for root it does not: his child is still 0 outside, a number that the maps do \
         not name, and nobody in here. stage.rs has no line `user_namespace::become_root()?;`.",
        |e| e.passes("own_id") && !e.passes("root_inside")),
    mistake!("10.1" "exchanged",
        "A line of the map begins with the id inside. This one maps your number inside to root outside, over whom you have \
         no power.",
        |e| e.calls(Parent).iter().any(|call| call.contains("_map\", \"") && !call.contains("_map\", \"0 "))),
    mistake!("10.1" "setgroups-allowed",
        "The kernel refuses gid_map as long as the container could leave groups: \"deny\" goes to /proc/PID/setgroups first.",
        |e| e.called(Parent, "gid_map\", ") && !e.called(Parent, "setgroups\", ")),
    mistake!("10.1" "line-forgotten",
        "Nobody is mapped, so everybody in there is nobody: stage.rs has no line \
         `user_namespace::map_ids(run.userns, container.pid)?;`.",
        |e| !e.called(Parent, "uid_map\", ")),
    mistake!("10.2" "line-forgotten",
        "Nobody becomes another user: stage.rs has no line `user::switch(run.user)?;`.",
        |e| e.called(Child, "execve(") && e.observed("user_order").is_empty()),
    mistake!("10.2" "group-forgotten",
        "The user is changed and the group is not: the command's group is still root's.",
        |e| e.observed("user_order").starts_with("setuid(") && !e.observed("user_order").contains("setgid(")),
    mistake!("10.2" "user-first",
        "setuid comes first, and takes the power that setgid needs: the command keeps root's group. First the group.",
        |e| e.observed("user_order").starts_with("setuid(")),
    mistake!("10.2" "signal-forgotten",
        "Whoever changes his user loses the parent-death signal, and nobody would end this command with its runtime: behind \
         user::switch stage.rs has no line `process::die_with_parent_again(parent)?;`.",
        |e| e.observed("user_order").starts_with("setgid(") && !e.observed("user_order").contains("PR_SET_PDEATHSIG")),
    mistake!("10.2" "groups-kept",
        "The command is still in the caller's other groups, and may open what those may: setgroups(&[]) first.",
        |e| e.observed("user").contains("other groups: 4")),
    mistake!("10.3" "nobody-asks",
        "This may be right: nobody asks for it. `user_namespace::map_ids` is not called, or the root is still borrowed: that \
         is exercise 10.1, begin there.",
        |e| e.called(Parent, "unshare(CLONE_NEWUSER") || !e.called(Parent, "uid_map\", ")),
    mistake!("10.3" "exchanged",
        "That is how many ids there are, where the first of them should stand: a line is NAME:FIRST:COUNT.",
        |e| e.observed("subordinate_ids").contains(" 1 65536 100000")),
    mistake!("10.3" "anybodys",
        "Those ids belong to somebody else: the first line is not always yours.",
        |e| e.observed("subordinate_ids").contains(" 5 6")),
    mistake!("10.3" "begins-with",
        "adam's ids are not ada's: the name and the number end at the colon.",
        |e| e.observed("subordinate_ids").contains(" 1 1 2")),
    mistake!("10.3" "name-only",
        "A line may begin with the user's number instead of his name, and those were passed over.",
        |e| e.observed("subordinate_ids").contains("name: 0 CALLER") && e.observed("subordinate_ids").contains("his number: nothing")),
    mistake!("10.4" "line-forgotten",
        "The command is root: stage.rs has no line `extend::keep_id(run.keep_id)?;`.",
        |e| !e.called(Child, "unshare(CLONE_NEWUSER")),
    mistake!("10.4" "exchanged",
        "A line of the map begins with the id inside. Outside of this namespace you are 0, and there is no other.",
        |e| e.called(Child, "uid_map\", \"0 ") && !e.called(Child, "execve(")),
    mistake!("10.4" "too-early",
        "From here on the child has no power over the namespaces that it was born into, and cannot set them up any more. \
         First everything else.",
        |e| e.called(Child, "unshare(CLONE_NEWUSER") && !e.called(Child, "execve(")),
    mistake!("10.4" "number-inside",
        "0 is what the child calls itself, in here. Who it is outside stands in its uid_map, in the second place.",
        |e| e.observed("keep_id").contains("user inside: 0")),
    mistake!("11.1" "in-the-parent",
        "The parent limits itself, and the child, who was born before, keeps what it has. Each process has its own sets: the \
         line belongs into the child.",
        |e| makes(e, Parent, "prctl(PR_CAPBSET_DROP")),
    mistake!("11.1" "line-forgotten",
        "Nothing leaves the bounding set: stage.rs has no line `capabilities::bound(&capabilities)?;`.",
        |e| !e.called(Child, "PR_CAPBSET_DROP")),
    mistake!("11.1" "too-late",
        "It takes CAP_SETPCAP. A change of user takes that, and so does `limit` where somebody has dropped it: the bounding set \
         comes before both.",
        |e| is_before(e, "capset(", "PR_CAPBSET_DROP") || is_before(e, "setuid(", "PR_CAPBSET_DROP")),
    mistake!("11.1" "inverted",
        "What was chosen is gone, and all else is there. What is given to PR_CAPBSET_DROP is what nobody in there shall have.",
        |e| e.observed("bounding_set").contains("SYS_ADMIN")),
    mistake!("11.2" "line-forgotten",
        "The sets stay as they are: stage.rs has no line `capabilities::limit(&capabilities)?;`. What the caller had in his \
         inheritable set comes through.",
        |e| !e.called(Child, "capset(")),
    mistake!("11.2" "keep-forgotten",
        "A change of user takes all capabilities, and then there is none left to give: before it stage.rs has no line \
         `capabilities::keep()?;`.",
        |e| !e.called(Child, "PR_SET_KEEPCAPS")),
    mistake!("11.2" "keep-too-late",
        "The change of user has taken them already when the kernel is asked to keep them. First `capabilities::keep`.",
        |e| is_before(e, "setuid(", "PR_SET_KEEPCAPS")),
    mistake!("11.2" "before-the-user",
        "The sets are limited before the change of user: it takes CAP_SETUID, which may not be among them, and who the command \
         is, is not known yet. First user::switch.",
        |e| is_before(e, "capset(", "setuid(")),
    mistake!("11.2" "inheritable-too",
        "Root's capabilities are inheritable as well. A program that takes them out of the bounding set later would get them \
         back at the next execve: Docker had this until CVE-2022-24769. For root the third set is empty.",
        |e| capset(e).is_some_and(|[_, _, inheritable]| inheritable != "0x0")),
    mistake!("11.2" "effective-only",
        "Only the effective set is limited. What is still permitted can be made effective again, by everybody and at any time.",
        |e| capset(e).is_some_and(|[effective, permitted, _]| effective != permitted)),
    mistake!("11.2" "ambient-forgotten",
        "A user who is not root has nothing after the execve, and he was given something by name. For him it must be inheritable, \
         and then raised: sys::prctl_cap_ambient_raise.",
        |e| e.passes("limited_sets") && !e.passes("added_for_user")),
    mistake!("11.3" "in-the-parent",
        "The parent has promised it for itself and for children that it has later. This child was born before: the line belongs \
         into the child.",
        |e| makes(e, Parent, "prctl(PR_SET_NO_NEW_PRIVS")),
    mistake!("11.3" "securebits-instead",
        "Securebits say what the kernel does for user 0. A set-user-ID program still gives its owner's power to whoever starts \
         it: that is PR_SET_NO_NEW_PRIVS.",
        |e| e.called(Child, "PR_SET_SECUREBITS")),
    mistake!("11.3" "dumpable-instead",
        "PR_SET_DUMPABLE says who may look into this process. What a program gives it is PR_SET_NO_NEW_PRIVS.",
        |e| e.called(Child, "PR_SET_DUMPABLE")),
    mistake!("11.3" "line-forgotten",
        "Nobody has promised anything: stage.rs has no line `no_new_privs::set()?;`.",
        |e| !makes(e, Child, "prctl(PR_SET_NO_NEW_PRIVS")),
    mistake!("11.4" "in-the-parent",
        "The parent renounces, and the child was born before. The line belongs into the child.",
        |e| makes(e, Parent, "prctl(PR_SET_SECUREBITS")),
    mistake!("11.4" "always",
        "Root has no power even where nobody asked for --noroot: look at what `wanted` says.",
        |e| e.observed("noroot").contains("without it: user 0 has no power")),
    mistake!("11.4" "line-forgotten",
        "The securebits stay as they are: stage.rs has no line `extend::set_noroot(run.noroot)?;`.",
        |e| !e.called(Child, "PR_SET_SECUREBITS")),
    mistake!("11.4" "too-late",
        "It takes CAP_SETPCAP, and whoever has dropped that has it no more after `capabilities::limit`. Before it.",
        |e| is_before(e, "capset(", "PR_SET_SECUREBITS")),
    mistake!("11.4" "another-bit",
        "Another thing that the kernel does for user 0 is switched off. The one at execve is SECBIT_NOROOT.",
        |e| !e.called(Child, "SECBIT_NOROOT")),
    mistake!("11.4" "not-locked",
        "Whoever is given CAP_SETPCAP in there can take it back: SECBIT_NOROOT_LOCKED beside it says that nobody can.",
        |e| e.observed("noroot").contains("locked: no")),
    mistake!("12.1" "in-the-parent",
        "That filter is the parent's. The child was born before, and has none: the line belongs into the child.",
        |e| makes(e, Parent, "seccomp(SECCOMP_SET_MODE_FILTER")),
    mistake!("12.1" "line-forgotten",
        "No filter is loaded: stage.rs has no line `seccomp::load(&filter, run.report_refusals, parent)?;`.",
        |e| !e.called(Child, "seccomp(SECCOMP_SET_MODE_FILTER")),
    mistake!("12.1" "too-early",
        "From the moment when it is loaded the filter decides over the runtime's own calls, and it refuses mount and pivot_root. \
         First everything else.",
        |e| is_before(e, "seccomp(SECCOMP_SET_MODE_FILTER", "pivot_root(")),
    mistake!("12.1" "before-no-new-privs",
        "The kernel takes a filter only from who has promised that no program will give him power, or has CAP_SYS_ADMIN, which \
         is gone after `limit`. First `no_new_privs::set`, exercise 11.3.",
        |e| is_before(e, "seccomp(SECCOMP_SET_MODE_FILTER", "PR_SET_NO_NEW_PRIVS")),
    mistake!("12.1" "first-only",
        "Only one program is loaded. A filter has one for each answer, and the kernel asks all of them.",
        |e| e.calls(Child).iter().filter(|call| call.starts_with("seccomp(SECCOMP_SET_MODE_FILTER")).count() == 1),
    mistake!("12.1" "not-last",
        "This works, with our profile. With a stricter one that refuses what the runtime still does afterwards no container would \
         start: nothing stands between the filter and execve.",
        |e| e.passes("refused_calls") && !e.passes("filter_is_last")),
    mistake!("12.2" "nobody-asks",
        "This may be right: nobody asks for it. No filter is loaded: that is exercise 12.1, begin there.",
        |e| e.called(Child, "execve(") && !makes(e, Child, "seccomp(SECCOMP_SET_MODE_FILTER")),
    mistake!("12.2" "empty-is-never",
        "A rule that says nothing counts nowhere. What is not said is no condition: then `all` is true.",
        |e| e.observed("profile_conditions").contains("always: does not count")),
    mistake!("12.2" "kernel-exchanged",
        "Rules for old kernels count on this one no more, or rules for new ones do. `min_kernel` is the oldest for which it counts.",
        |e| e.observed("profile_conditions").contains("since 3.0: does not count")),
    mistake!("12.2" "capabilities-ignored",
        "A rule that is for a capability counts without it: every command may call what the capability is for.",
        |e| e.observed("profile_conditions").contains("that it has not: counts")),
    mistake!("12.2" "any-for-all",
        "A rule that asks for two capabilities counts for who has one. `includes` wants all that it names.",
        |e| e.observed("profile_conditions").contains("for two, of which it has one: counts\nfor a kernel")),
    mistake!("12.2" "excludes-ignored",
        "`excludes` is never so, and the rule counts all the same: with SYS_ADMIN clone3 is still refused, as if there was none.",
        |e| e.observed("profile_conditions").contains("not for two, of which it has one: counts") && !e.passes("capability_opens")),
    mistake!("12.2" "all-for-any",
        "A rule that excludes two capabilities counts for who has one of them. For `excludes` one is enough.",
        |e| e.observed("profile_conditions").contains("not for two, of which it has one: counts")),
    mistake!("12.3" "too-early",
        "The list decides over the runtime's own calls as well: with mount on it no root can be made. First everything else.",
        |e| is_before(e, "seccomp(SECCOMP_SET_MODE_FILTER", "pivot_root(")),
    mistake!("12.3" "before-no-new-privs",
        "The kernel takes a filter only from who has promised that no program will give him power. First `no_new_privs::set`, \
         exercise 11.3.",
        |e| is_before(e, "seccomp(SECCOMP_SET_MODE_FILTER", "PR_SET_NO_NEW_PRIVS")),
    mistake!("12.3" "exchanged",
        "All calls are refused but those that were named, execve and exit among them. SeccompFilter::new takes first what to do \
         with the others, and then what to do with these.",
        |e| !e.called(Child, "execve(")),
    mistake!("12.3" "line-forgotten",
        "No filter is loaded: stage.rs has no line `extend::block(&run.block)?;`.",
        |e| !e.called(Child, "seccomp(SECCOMP_SET_MODE_FILTER")),
    mistake!("12.3" "kills",
        "The program is killed at the first of these calls, and nobody learns why. An error, EPERM, it can tell and get over.",
        |e| e.observed("blocklist").contains("exit code 159")),
    mistake!("12.3" "no-such-call",
        "The answer is that the kernel has no such call. A program takes another way then, which is not on the list: EPERM.",
        |e| e.observed("blocklist").contains("keyctl: ENOSYS")),
    mistake!("12.3" "first-only",
        "The first call is refused, and the others on the list are made.",
        |e| e.observed("blocklist").contains("mount: EPERM") && !e.observed("blocklist").contains("keyctl: EPERM")),
];
