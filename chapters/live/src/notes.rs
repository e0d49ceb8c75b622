//! What a demo tells to whoever follows it in a second terminal: where it stands, as one JSON object a line.
//!
//! The demo listens on an abstract Unix socket, unix(7): a name that the kernel forgets when we end. Nothing of it is in
//! any folder. Only the same user is answered.

use std::{
    io::{self, ErrorKind, Write},
    os::{
        fd::AsFd,
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixListener, UnixStream},
    },
    time::Instant,
};

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use serde::{Deserialize, Serialize};
use sys::{Error, Result};

use crate::{
    player::{Phase, Player},
    scenario::{Action, Step},
};

/// What stands before user and process in the socket's name.
const PREFIX: &str = "minicontainer-demo";

/// Where a demo stands.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct State {
    /// The name of the scenario.
    pub demo: String,
    /// Its title.
    pub demo_title: String,
    /// How many minutes it should take.
    pub minutes: u8,
    /// How many seconds it has taken so far.
    pub elapsed: u64,
    /// The number of the step, from 1.
    pub step: usize,
    /// How many there are.
    pub steps: usize,
    /// The title of the step.
    pub title: String,
    /// What the room reads.
    pub caption: String,
    /// The pane that it is for: `host` or `container`.
    pub pane: String,
    /// What is typed, or was.
    pub command: Option<String>,
    /// What only the speaker reads.
    pub note: Option<String>,
    /// Whether the command runs, or has run.
    pub phase: Stand,
    /// The title of the next step.
    pub next: Option<String>,
    /// What will be typed there.
    pub next_command: Option<String>,
}

/// Where a step stands, for somebody who only looks on.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Stand {
    /// The shells start, or the demo goes back.
    #[default]
    Starting,
    /// The command waits for the trainer.
    Ready,
    /// It is typed, or runs.
    Running,
    /// It is over, and was as announced.
    Done,
    /// It is over, and was not.
    Failed,
}

impl Stand {
    fn of(player: &Player) -> Stand {
        match player.phase() {
            _ if player.is_rewinding() => Stand::Starting,
            Phase::Ending | Phase::Starting => Stand::Starting,
            Phase::Ready => Stand::Ready,
            Phase::Typing | Phase::Running => Stand::Running,
            Phase::Done(Ok(())) => Stand::Done,
            Phase::Done(Err(_)) => Stand::Failed,
        }
    }
}

impl State {
    /// Of a demo that is being played.
    pub fn of(player: &Player) -> State {
        let (scenario, step) = (player.scenario(), player.step());
        let next = scenario.steps.get(player.at() + 1);
        let typed = |action| match action {
            Action::Type(_, command) => command.to_owned(),
            Action::Press(keys) => keys.to_string(),
        };
        State {
            demo: scenario.name.clone(),
            demo_title: scenario.title.clone(),
            minutes: scenario.minutes,
            elapsed: 0,
            step: player.at() + 1,
            steps: scenario.steps.len(),
            title: step.title.clone(),
            caption: step.caption.clone(),
            pane: player.side().to_string(),
            command: player.command(),
            note: step.note.clone(),
            phase: Stand::of(player),
            next: next.map(|next| next.title.clone()),
            next_command: next.and_then(Step::action).map(typed),
        }
    }
}

/// The demo's end. A channel that could not be opened tells nobody, and the demo goes on.
pub struct Channel {
    listener: Option<UnixListener>,
    readers: Vec<UnixStream>,
    told: Option<State>,
    began: Instant,
}

impl Channel {
    /// Listen under the name of this user and this process.
    pub fn open() -> Channel {
        let name = format!("{PREFIX}/{}/{}", nix::unistd::geteuid(), std::process::id());
        Channel { listener: listen(&name).ok(), readers: Vec::new(), told: None, began: Instant::now() }
    }

    /// Tell everybody where `player` stands, if it is news to them.
    pub fn follow(&mut self, player: &Player) {
        if self.listener.is_some() {
            self.tell(&State::of(player));
        }
    }

    /// Tell everybody, and whoever is new, if it is news to them. A reader who does not keep up is dropped.
    pub fn tell(&mut self, state: &State) {
        if self.told.as_ref() != Some(state) {
            self.told = Some(state.clone());
            let line = self.line(state);
            self.readers.retain(|reader| send(reader, &line));
        }
        while let Some(reader) = self.listener.as_ref().and_then(accept) {
            if send(&reader, &self.line(state)) {
                self.readers.push(reader);
            }
        }
    }

    fn line(&self, state: &State) -> String {
        let state = State { elapsed: self.began.elapsed().as_secs(), ..state.clone() };
        serde_json::to_string(&state).unwrap_or_default() + "\n"
    }
}

fn listen(name: &str) -> io::Result<UnixListener> {
    let listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(name)?)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The next reader who waits, if it is the same user.
fn accept(listener: &UnixListener) -> Option<UnixStream> {
    loop {
        match listener.accept() {
            Ok((reader, _)) if is_ours(&reader) && reader.set_nonblocking(true).is_ok() => {
                return Some(reader);
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// All of it or nothing: half a line would be no JSON. `false`: he cannot be told any more.
fn send(mut reader: &UnixStream, line: &str) -> bool {
    reader.write(line.as_bytes()).is_ok_and(|count| count == line.len())
}

/// Whether the other end belongs to this user: SO_PEERCRED, unix(7). An abstract name has no owner and no mode.
fn is_ours(stream: &UnixStream) -> bool {
    let peer = getsockopt(&stream.as_fd(), PeerCredentials);
    peer.is_ok_and(|peer| peer.uid() == nix::unistd::geteuid().as_raw())
}

/// The reader's end: the demo of this user that has begun last. `None`: there is none.
pub fn connect() -> Result<Option<UnixStream>> {
    let mut names = names(&fs_err::read_to_string("/proc/net/unix")?);
    names.sort_by_key(|(_, process)| std::cmp::Reverse(began(*process)));
    for (name, _) in names {
        let address = SocketAddr::from_abstract_name(&name).map_err(|error| Error::new(error.to_string()))?;
        if let Some(stream) = UnixStream::connect_addr(&address).ok().filter(is_ours) {
            return Ok(Some(stream));
        }
    }
    Ok(None)
}

/// The demos of this user and their processes, from /proc/net/unix: an abstract name begins with `@` there.
fn names(sockets: &str) -> Vec<(String, u32)> {
    let ours = format!("{PREFIX}/{}/", nix::unistd::geteuid());
    let names = sockets.lines().filter_map(|line| line.rsplit(' ').next()?.strip_prefix('@'));
    let mut found: Vec<_> =
        names.filter_map(|name| Some((name.to_owned(), name.strip_prefix(&ours)?.parse().ok()?))).collect();
    found.sort(); // a socket that somebody has just connected to is there twice
    found.dedup();
    found
}

/// When a process began, in ticks since the machine was started: proc_pid_stat(5).
fn began(process: u32) -> u64 {
    let stat = fs_err::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    fields.split(' ').nth(19).and_then(|ticks| ticks.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::*;

    fn channel(name: &str) -> (Channel, SocketAddr) {
        let name = format!("minicontainer-test/{name}/{}", std::process::id());
        let listener = listen(&name).unwrap();
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        (
            Channel { listener: Some(listener), readers: Vec::new(), told: None, began: Instant::now() },
            address,
        )
    }

    fn state(step: usize) -> State {
        State { step, title: "A title".into(), ..State::default() }
    }

    #[test]
    fn whoever_comes_late_hears_where_it_stands() {
        let (mut channel, address) = channel("late");
        channel.tell(&state(1));
        let reader = UnixStream::connect_addr(&address).unwrap();
        for _ in 0..3 {
            channel.tell(&state(2));
        }
        channel.tell(&state(3));
        drop(channel);
        let lines = BufReader::new(reader).lines().map(|line| line.unwrap());
        let steps: Vec<usize> =
            lines.map(|line| serde_json::from_str::<State>(&line).unwrap().step).collect();
        assert_eq!(steps, [2, 3], "once each, then the end");
    }

    #[test]
    fn who_does_not_read_is_dropped() {
        let (mut channel, address) = channel("slow");
        let reader = UnixStream::connect_addr(&address).unwrap();
        for step in 0..100_000 {
            channel.tell(&state(step));
            if step > 0 && channel.readers.is_empty() {
                break;
            }
        }
        assert!(channel.readers.is_empty());
        drop(reader);
    }

    #[test]
    fn only_this_users_demos_are_found() {
        let uid = nix::unistd::geteuid();
        let text = format!(
            "Num RefCount Protocol Flags Type St Inode Path\n\
             0: 2 0 0 1 01 1 @minicontainer-demo/{uid}/12\n0: 2 0 0 1 01 1 @minicontainer-demo/{uid}/12\n\
             0: 2 0 0 1 01 1 @minicontainer-demo/4711/13\n0: 2 0 0 1 01 1 /run/x\n"
        );
        assert_eq!(names(&text), [(format!("minicontainer-demo/{uid}/12"), 12)]);
    }

    #[test]
    fn a_process_has_begun() {
        assert!(began(std::process::id()) > 0);
        assert_eq!(began(0), 0);
    }
}
