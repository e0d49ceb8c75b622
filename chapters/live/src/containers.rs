//! Which containers of ours are running.
//!
//! No folder says it, because nothing outlives a run. But a runtime is a process of one of our programs that was told to
//! `run`, and one of its children is the container's first process.

use std::{collections::HashMap, os::unix::fs::MetadataExt, path::Path};

use serde::Serialize;

use crate::look::{self, Stat};

/// A container that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Container {
    /// The process that made it.
    pub runtime: i32,
    /// Its first process, by its number out here.
    pub init: i32,
    /// What runs in it: the command line of `init`.
    pub command: String,
    /// The name that the runtime was told to give it. Inside it may have been changed since.
    pub hostname: Option<String>,
    /// Which chapter's runtime it is, if it is not the whole one.
    pub chapter: Option<u8>,
    /// Who started it, as a number out here.
    pub user: u32,
    /// When `init` began, in ticks since the machine did.
    pub began: u64,
}

impl Container {
    /// Whether its first process is still there, and not another one by its number.
    pub fn is_running(&self) -> bool {
        Stat::of(self.init).is_some_and(|stat| stat.began == self.began && !stat.has_ended())
    }
}

/// All containers of ours that this user may look at, the oldest first.
pub fn running() -> Vec<Container> {
    let mut found: Vec<Container> = look::all().into_iter().filter_map(of_runtime).collect();
    found.sort_by_key(|container| (container.began, container.init));
    found
}

/// The container of which the process `pid` is a part: its runtime, or a process that descends from that.
pub fn with(pid: i32) -> Option<Container> {
    let way = std::iter::successors(Some(pid), |pid| Some(Stat::of(*pid)?.parent));
    way.take_while(|pid| *pid > 0).find_map(of_runtime)
}

/// The newest container whose runtime descends from the process `pid`.
pub fn below(pid: i32) -> Option<Container> {
    let parents: HashMap<i32, i32> =
        look::all().into_iter().filter_map(|pid| Some((pid, Stat::of(pid)?.parent))).collect();
    let descends = |runtime: &i32| {
        let way = std::iter::successors(Some(*runtime), |pid| parents.get(pid).copied());
        way.take(parents.len()).any(|ancestor| ancestor == pid)
    };
    let found = parents.keys().copied().filter(descends).filter_map(of_runtime);
    found.max_by_key(|container| (container.began, container.init))
}

/// The container of the runtime `pid`, if it is one and has one.
pub fn of_runtime(pid: i32) -> Option<Container> {
    let program = program(pid)?;
    let told = Told::parse(&program, &look::words(&look::text(pid, "cmdline").ok()?))?;
    let (init, stat) = first_process(pid, told.chapter)?;
    let command = look::text(init, "cmdline").unwrap_or_default();
    Some(Container {
        runtime: pid,
        init,
        command: look::printable(&look::words(&command).join(" ")),
        hostname: told.hostname.map(|name| look::printable(&name)),
        chapter: told.chapter,
        user: fs_err::metadata(look::path(pid, "")).ok()?.uid(),
        began: stat.began,
    })
}

/// The name of the program that a process runs, if it is one of ours.
fn program(pid: i32) -> Option<String> {
    let link = fs_err::read_link(look::path(pid, "exe")).ok()?;
    let name = link.file_name().map(|name| name.to_string_lossy().trim_end_matches(" (deleted)").to_owned());
    // As root it runs from a mount of nothing but its own file, whose path is `/` (chapter 11).
    let name = name.or_else(|| Some(look::text(pid, "comm").ok()?.trim().to_owned()))?;
    (is_name_of_ours(&name) || is_our_file(pid)).then_some(name)
}

fn is_name_of_ours(name: &str) -> bool {
    ["minicontainer", "exercises", "solutions"].contains(&name) || chapter_of(name).is_some()
}

/// The number in the name of a chapter's program, `ch07`.
fn chapter_of(name: &str) -> Option<u8> {
    name.strip_prefix("ch").filter(|number| number.len() == 2)?.parse().ok()
}

/// Whether it is the same file as ours, whatever both are called.
fn is_our_file(pid: i32) -> bool {
    let file = |path: &Path| fs_err::metadata(path).map(|data| (data.dev(), data.ino())).ok();
    let ours = file(Path::new("/proc/self/exe"));
    ours.is_some() && ours == file(&look::path(pid, "exe"))
}

/// What a runtime was told on its command line.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    chapter: Option<u8>,
    hostname: Option<String>,
}

impl Told {
    /// None if it was not told to run anything.
    fn parse(program: &str, words: &[String]) -> Option<Told> {
        let mut rest = words.iter().skip(1).skip_while(|word| word.starts_with('-'));
        let mut chapter = chapter_of(program);
        let mut command = rest.next()?;
        if command == "stage" {
            chapter = rest.next()?.parse().ok();
            command = rest.find(|word| !word.starts_with('-'))?;
        }
        let flags: Vec<&String> = rest.take_while(|word| *word != "--").collect();
        let hostname = flags.iter().enumerate().find_map(|(index, flag)| match flag.split_once('=') {
            Some(("--hostname", name)) => Some(name.to_owned()),
            _ if *flag == "--hostname" => flags.get(index + 1).map(|name| (*name).clone()),
            _ => None,
        });
        let own_name = chapter != Some(1);
        let hostname = hostname.or_else(|| own_name.then(|| "minicontainer".to_owned()));
        (command == "run").then_some(Told { chapter, hostname })
    }
}

/// The namespaces by which a container's first process is told from the janitor, the best first.
const NAMESPACES: [&str; 4] = ["pid", "uts", "mnt", "user"];

/// The first process of the container of the runtime `pid`.
fn first_process(pid: i32, chapter: Option<u8>) -> Option<(i32, Stat)> {
    let children = look::children(pid);
    let living = children.into_iter().filter_map(|child| Some((child, Stat::of(child)?)));
    let living: Vec<(i32, Stat)> = living.filter(|(_, stat)| !stat.has_ended()).collect();
    let number = |pid: i32, name: &str| fs_err::read_link(look::path(pid, &format!("ns/{name}"))).ok();
    let elsewhere = NAMESPACES.iter().find_map(|name| {
        let ours = number(pid, name)?;
        let other = |child: &&(i32, Stat)| number(child.0, name).is_some_and(|theirs| theirs != ours);
        living.iter().find(other)
    });
    // The container of chapter 1 has no namespaces, but its runtime has no janitor either. A student's runtime may have
    // a janitor and no namespaces yet: he runs our program.
    let ordinary = || living.iter().find(|(child, _)| chapter == Some(1) || program(*child).is_none());
    elsewhere.or_else(ordinary).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<Told> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Told::parse(words[0].rsplit('/').next()?, &words)
    }

    #[test]
    fn what_a_runtime_was_told() {
        let one = |chapter, hostname: &str| Some(Told { chapter, hostname: Some(hostname.into()) });
        assert_eq!(told("./minicontainer run -- sh"), one(None, "minicontainer"));
        assert_eq!(told("minicontainer --explain run --hostname a sh"), one(None, "a"));
        assert_eq!(told("minicontainer stage 4 run --hostname=b -- x --hostname c"), one(Some(4), "b"));
        assert_eq!(told("target/debug/ch07 run -- ps"), one(Some(7), "minicontainer"));
        assert_eq!(told("ch01 run -- ps"), Some(Told { chapter: Some(1), hostname: None }));
        for none in
            ["minicontainer", "minicontainer top", "minicontainer lab -- run", "minicontainer stage 4"]
        {
            assert_eq!(told(none), None, "{none}");
        }
    }

    #[test]
    fn our_programs_have_names() {
        assert!(is_name_of_ours("ch12") && is_name_of_ours("minicontainer"));
        assert!(!is_name_of_ours("chmod") && !is_name_of_ours("chrt") && !is_name_of_ours("sh"));
    }
}
