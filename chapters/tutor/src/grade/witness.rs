//! The witness: does a student's runtime really run what it is told to, and leave its judge alone?
//!
//! Checks believe what the probe prints inside a container. A runtime that prints it itself, without running
//! the probe, would deceive them. So before it is judged, somebody looks from outside, where it cannot reach.
//!
//! **The trick** is called *full pipe*: the standard output that the runtime gets is full already. Whoever
//! writes waits in write(2) until we read; meanwhile we look into /proc for the probe. The kernel says which
//! file a process executes, which namespaces it is in and where its output goes, and nobody inside can
//! change these answers. Then we read, and compare what is claimed with what was seen.
//!
//! And between PID 1 of the cell and the runtime stands a shell, in the place of a judge. It does nothing
//! but wait: if a signal ends it, the runtime sent that signal.
//!
//! **Not noticed**: a runtime that finds out that the pipe is full, and lies only when it is not.

use std::{
    collections::BTreeMap,
    io::{PipeReader, PipeWriter, Write},
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use nix::fcntl::{FcntlArg, fcntl};
use serde::Deserialize;
use sys::Result;

use super::{
    cell::Cell,
    ended::{self, Ended, How},
};

/// First argument of a program that plays the probe of `checks`.
const ROLE: &str = "checks-probe";

/// What the witness says about a runtime.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Testimony {
    /// It ran the probe, and passed its report on.
    Honest,
    /// It printed no report. It may be wrong, but deceives nobody.
    Nothing,
    /// It printed what only the probe may print.
    Fake(String),
    /// Its judge was killed.
    Kills,
    /// It does not end.
    Hangs,
    /// Nobody could look, and why.
    CouldNotRun(String),
}

/// What is true of the probe: as it claims, or as the kernel says.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Facts {
    pid: u32,
    namespaces: BTreeMap<String, PathBuf>,
}

/// Look at the runtime that `cell` starts when it is given a command; `patience` is for one look.
pub(super) fn look(cell: impl Fn(&[&str]) -> Cell, patience: Duration) -> Result<Testimony> {
    let first = look_once(&cell, patience)?;
    // On a busy machine the probe may come too late. Nobody is accused after a single look.
    if let Testimony::Fake(_) = first { look_once(&cell, patience * 2) } else { Ok(first) }
}

fn look_once(cell: &impl Fn(&[&str]) -> Cell, patience: Duration) -> Result<Testimony> {
    let probe = std::env::current_exe()?;
    // Word for word what the checks say, and nothing by which a liar could tell us from them.
    let cell = cell(&[&probe.to_string_lossy(), ROLE, "report"]);
    let (reader, writer) = std::io::pipe()?;
    let mut gatekeeper = cell.start(fill(writer)?)?;
    let pipe = format!("pipe:[{}]", inode(&reader)?);
    let mut seen = None;
    let begin = Instant::now();
    while seen.is_none() && begin.elapsed() < patience && gatekeeper.try_wait()?.is_none() {
        std::thread::sleep(Duration::from_millis(2));
        seen = find(&probe, &pipe);
    }
    let claimed = ended::read(Some(reader));
    let ended = Ended::of(gatekeeper, Instant::now() + patience)?;
    let claimed = claimed.join().unwrap_or_default();
    Ok(match ended.how {
        How::Late => Testimony::Hangs,
        How::Killed => Testimony::Kills,
        How::Broken => Testimony::CouldNotRun(format!("the cell cannot be built: {}", ended.stderr.trim())),
        How::Code(_) => compare(claimed.trim(), seen.as_ref()),
    })
}

/// What the claim is worth. What is no report at all deceives nobody.
fn compare(claimed: &str, seen: Option<&Facts>) -> Testimony {
    let Ok(claimed) = serde_json::from_str::<Facts>(claimed) else { return Testimony::Nothing };
    match seen {
        None => Testimony::Fake("it printed a report, but never ran the program that writes it".to_owned()),
        Some(seen) if seen.pid != claimed.pid => {
            Testimony::Fake(format!("it claims PID {}, the kernel says {}", claimed.pid, seen.pid))
        }
        Some(seen) if seen.namespaces != claimed.namespaces => {
            Testimony::Fake("it claims other namespaces than the kernel says".to_owned())
        }
        Some(_) => Testimony::Honest,
    }
}

/// Fill a pipe with spaces, which JSON allows in front.
fn fill(mut pipe: PipeWriter) -> Result<PipeWriter> {
    let size = fcntl(pipe.as_fd(), FcntlArg::F_GETPIPE_SZ).map_err(std::io::Error::from)?;
    pipe.write_all(&vec![b' '; usize::try_from(size).unwrap_or_default()])?;
    Ok(pipe)
}

fn inode(pipe: &PipeReader) -> Result<u64> {
    let file = fs_err::File::from_parts(std::fs::File::from(pipe.as_fd().try_clone_to_owned()?), "a pipe");
    Ok(file.metadata()?.ino())
}

/// The probe that writes to `pipe`, as the kernel sees it.
fn find(probe: &Path, pipe: &str) -> Option<Facts> {
    let probe = fs_err::metadata(probe).ok()?;
    let is_probe = |process: &PathBuf| {
        let program = fs_err::metadata(process.join("exe"));
        let words = fs_err::read(process.join("cmdline")).unwrap_or_default();
        // The gatekeeper is the same program with the same output, in another role.
        let role = words.split(|byte| *byte == 0).nth(1);
        role == Some(ROLE.as_bytes())
            && program.is_ok_and(|program| (program.dev(), program.ino()) == (probe.dev(), probe.ino()))
            && fs_err::read_link(process.join("fd/1")).is_ok_and(|output| output == Path::new(pipe))
    };
    let processes = fs_err::read_dir("/proc").ok()?.flatten().map(|entry| entry.path());
    processes.into_iter().filter(is_probe).find_map(|process| facts(&process))
}

fn facts(process: &Path) -> Option<Facts> {
    let status = fs_err::read_to_string(process.join("status")).ok()?;
    let pids = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
    let mut namespaces = BTreeMap::new();
    for entry in fs_err::read_dir(process.join("ns")).ok()?.flatten() {
        namespaces
            .insert(entry.file_name().to_string_lossy().into_owned(), fs_err::read_link(entry.path()).ok()?);
    }
    Some(Facts { pid: pids.split_whitespace().last()?.parse().ok()?, namespaces })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_compared_with_what_was_seen() {
        let claim = r#"{"pid":1,"parent":0,"namespaces":{"uts":"uts:[7]"}}"#;
        let facts =
            |pid, uts: &str| Facts { pid, namespaces: BTreeMap::from([("uts".to_owned(), uts.into())]) };
        assert_eq!(compare(claim, Some(&facts(1, "uts:[7]"))), Testimony::Honest);
        assert_eq!(compare("exercises: clone3: EPERM", None), Testimony::Nothing);
        for seen in [None, Some(facts(2, "uts:[7]")), Some(facts(1, "uts:[8]"))] {
            assert!(matches!(compare(claim, seen.as_ref()), Testimony::Fake(_)), "{seen:?}");
        }
    }
}
