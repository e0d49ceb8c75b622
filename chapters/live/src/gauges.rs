//! Gauges: what the kernel says of a container, while it runs.
//!
//! Everything is read from /proc, /sys/fs/cgroup and one file in memory of the runtime; nothing is entered or changed.
//! What cannot be read is shown as that, with the reason.

mod cpu;
mod group;
mod interfaces;
mod memory;
mod mounts;
mod paint;
mod pids;
mod processes;
mod refusals;
mod tree;

pub use self::{
    cpu::{Cpu, percent},
    interfaces::Interfaces,
    memory::Memory,
    mounts::Mounts,
    paint::bytes,
    pids::Pids,
    refusals::Refusals,
    tree::Tree,
};

use std::time::Duration;

use clap::ValueEnum;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use serde::{Deserialize, Serialize, Serializer};

use crate::{containers::Container, look::Seen, theme::Theme};

/// One thing to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Gauge {
    /// Memory in use, its limit, and whom the OOM killer has killed
    Memory,
    /// Processor time, its limit, and how often the container had to wait
    Cpu,
    /// How many processes there are, and how many there may be
    Pids,
    /// The processes with their numbers and users, inside and outside
    Tree,
    /// What is mounted inside
    Mounts,
    /// The interfaces of its network
    Interfaces,
    /// Its seccomp filter, and the system calls that it has refused
    Refusals,
}

impl Gauge {
    /// All of them, in the order of the keys 1 to 7.
    pub const ALL: [Gauge; 7] = [
        Gauge::Memory,
        Gauge::Cpu,
        Gauge::Pids,
        Gauge::Tree,
        Gauge::Mounts,
        Gauge::Interfaces,
        Gauge::Refusals,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Gauge::Memory => "memory",
            Gauge::Cpu => "cpu",
            Gauge::Pids => "pids",
            Gauge::Tree => "tree",
            Gauge::Mounts => "mounts",
            Gauge::Interfaces => "interfaces",
            Gauge::Refusals => "refusals",
        }
    }
}

/// The last reading of each gauge; none for one that is not wanted. A reading that could not be taken is written as
/// `{"unreadable": "permission denied"}`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Readings {
    /// Memory in use.
    #[serde(serialize_with = "seen")]
    pub memory: Option<Seen<Memory>>,
    /// Processor time.
    #[serde(serialize_with = "seen")]
    pub cpu: Option<Seen<Cpu>>,
    /// Number of processes.
    #[serde(serialize_with = "seen")]
    pub pids: Option<Seen<Pids>>,
    /// The processes.
    #[serde(serialize_with = "seen")]
    pub tree: Option<Seen<Tree>>,
    /// The mounts.
    #[serde(serialize_with = "seen")]
    pub mounts: Option<Seen<Mounts>>,
    /// The interfaces.
    #[serde(serialize_with = "seen")]
    pub interfaces: Option<Seen<Interfaces>>,
    /// The refused calls.
    #[serde(serialize_with = "seen")]
    pub refusals: Option<Seen<Refusals>>,
}

#[expect(clippy::ref_option, reason = "serde hands us the field")]
fn seen<T: Serialize, S: Serializer>(reading: &Option<Seen<T>>, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Unreadable<'a> {
        unreadable: &'a str,
    }
    match reading {
        None => to.serialize_none(),
        Some(Ok(value)) => value.serialize(to),
        Some(Err(why)) => Unreadable { unreadable: why }.serialize(to),
    }
}

/// What one gauge has to say: a line above all, how full it is, and the rest.
struct Said {
    headline: Line<'static>,
    /// From 0 to 1, where there is a limit.
    level: Option<f64>,
    /// Earlier readings, and the largest that there can be, if that is known.
    history: Option<(Vec<u64>, Option<u64>)>,
    details: Vec<Line<'static>>,
}

/// Watches one container.
pub struct Watch {
    container: Container,
    wanted: Vec<Gauge>,
    readings: Readings,
    has_ended: bool,
    group: group::Groups,
    memory: memory::Watch,
    cpu: cpu::Watch,
}

impl Watch {
    /// With all gauges. The first reading is taken by [`Watch::read`].
    pub fn new(container: &Container) -> Watch {
        Watch {
            container: container.clone(),
            wanted: Gauge::ALL.to_vec(),
            readings: Readings::default(),
            has_ended: false,
            group: group::Groups::new(container),
            memory: memory::Watch::default(),
            cpu: cpu::Watch::default(),
        }
    }

    /// The same with these gauges only: the others cost nothing.
    #[must_use]
    pub fn only(mut self, gauges: &[Gauge]) -> Watch {
        self.want(gauges);
        self
    }

    /// Read these gauges from now on. The others keep what they have.
    pub fn want(&mut self, gauges: &[Gauge]) {
        self.wanted = gauges.to_vec();
    }

    /// Whether to look at the memory between readings as well, which a thread does every 2 ms. It does unless told
    /// otherwise: without it a kill can be missed.
    pub fn closely(&mut self, yes: bool) {
        self.memory.closely(yes);
    }

    /// The container.
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// Take what is new in how it is called: at first its process still is our program.
    pub fn rename(&mut self, container: &Container) {
        self.container.command.clone_from(&container.command);
    }

    /// Whether the container is gone. Then the readings are the last ones.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// What was read last.
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// Take a new reading of what is wanted. Once the container is gone, the last ones stay, but for who has ended.
    pub fn read(&mut self) {
        if !self.has_ended {
            self.take_all();
        }
        if let Some(Ok(tree)) = self.readings.tree.as_mut().filter(|_| self.has_ended) {
            tree.finish();
        }
    }

    fn take_all(&mut self) {
        let new = self.look();
        let now = &mut self.readings;
        let worse = worsens(now.memory.as_ref(), new.memory.as_ref())
            || worsens(now.cpu.as_ref(), new.cpu.as_ref())
            || worsens(now.pids.as_ref(), new.pids.as_ref())
            || worsens(now.tree.as_ref(), new.tree.as_ref())
            || worsens(now.mounts.as_ref(), new.mounts.as_ref())
            || worsens(now.interfaces.as_ref(), new.interfaces.as_ref())
            || worsens(now.refusals.as_ref(), new.refusals.as_ref());
        // One that is about to end has lost its namespaces before it is gone.
        let mut patience = if worse { 10 } else { 0 };
        while patience > 0 && self.container.is_running() {
            std::thread::sleep(Duration::from_millis(5));
            patience -= 1;
        }
        self.has_ended = !self.container.is_running();
        let ended = self.has_ended;
        take(&mut now.memory, new.memory, ended);
        take(&mut now.cpu, new.cpu, ended);
        take(&mut now.pids, new.pids, ended);
        take(&mut now.tree, new.tree, ended);
        take(&mut now.mounts, new.mounts, ended);
        take(&mut now.interfaces, new.interfaces, ended);
        take(&mut now.refusals, new.refusals, ended);
        if ended {
            self.memory.finish(&mut self.readings.memory);
        }
    }

    fn look(&mut self) -> Readings {
        let wanted = self.wanted.clone();
        let wants = |gauge| wanted.contains(&gauge);
        let container = &self.container;
        self.group.look();
        let members = [Gauge::Memory, Gauge::Cpu, Gauge::Pids, Gauge::Tree].into_iter().any(wants);
        let members = if members { processes::of(container.init) } else { Vec::new() };
        Readings {
            memory: wants(Gauge::Memory).then(|| self.memory.look(&self.group, &members)),
            cpu: wants(Gauge::Cpu).then(|| self.cpu.look(&self.group, &members)),
            pids: wants(Gauge::Pids).then(|| pids::look(&self.group, &members)),
            tree: wants(Gauge::Tree).then(|| tree::look(container.init, &members)),
            mounts: wants(Gauge::Mounts).then(|| mounts::look(container.init)),
            interfaces: wants(Gauge::Interfaces).then(|| interfaces::look(container.init)),
            refusals: wants(Gauge::Refusals).then(|| refusals::look(container)),
        }
    }

    /// Paint one gauge. It makes do with one line, and uses what there is.
    pub fn draw(&self, gauge: Gauge, area: Rect, buf: &mut Buffer, theme: &Theme) {
        self.draw_from(gauge, 0, area, buf, theme);
    }

    /// The same without the first `skip` lines of what is below the headline.
    pub fn draw_from(&self, gauge: Gauge, skip: usize, area: Rect, buf: &mut Buffer, theme: &Theme) {
        paint::gauge(&self.say(gauge, theme), skip, area, buf, theme);
    }

    /// How many lines are below the headline.
    pub fn length(&self, gauge: Gauge) -> usize {
        self.say(gauge, &Theme::plain()).details.len()
    }

    /// One gauge as text, for what is no terminal.
    pub fn lines(&self, gauge: Gauge) -> Vec<String> {
        let said = self.say(gauge, &Theme::plain());
        let lines = std::iter::once(&said.headline).chain(&said.details);
        lines.map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    fn say(&self, gauge: Gauge, theme: &Theme) -> Said {
        let said = self.say_reading(gauge, theme);
        if self.has_ended && gauge != Gauge::Tree { said.of_the_past(theme) } else { said }
    }

    fn say_reading(&self, gauge: Gauge, theme: &Theme) -> Said {
        let all = &self.readings;
        match gauge {
            Gauge::Memory => say(all.memory.as_ref(), theme, |it| self.memory.say(it, theme)),
            Gauge::Cpu => say(all.cpu.as_ref(), theme, |it| self.cpu.say(it, theme)),
            Gauge::Pids => say(all.pids.as_ref(), theme, |it| pids::say(it, theme)),
            Gauge::Tree => say(all.tree.as_ref(), theme, |it| tree::say(it, theme)),
            Gauge::Mounts => say(all.mounts.as_ref(), theme, |it| mounts::say(it, theme)),
            Gauge::Interfaces => say(all.interfaces.as_ref(), theme, |it| interfaces::say(it, theme)),
            Gauge::Refusals => say(all.refusals.as_ref(), theme, |it| refusals::say(it, theme)),
        }
    }
}

/// Whether what could be read can be read no more.
fn worsens<T>(now: Option<&Seen<T>>, new: Option<&Seen<T>>) -> bool {
    matches!((now, new), (Some(Ok(_)), Some(Err(_))))
}

/// A reading that failed because the container is gone leaves the last good one, if there is one.
fn take<T>(slot: &mut Option<Seen<T>>, new: Option<Seen<T>>, ended: bool) {
    let keep = ended && matches!(slot, Some(Ok(_)));
    if let Some(new) = new.filter(|_| !keep) {
        *slot = Some(new.map_err(|why| if ended { ENDED.to_owned() } else { why }));
    }
}

/// Why there is no reading of a container that is gone.
const ENDED: &str = "it has ended";

fn say<T>(reading: Option<&Seen<T>>, theme: &Theme, say: impl FnOnce(&T) -> Said) -> Said {
    match reading {
        Some(Ok(reading)) => say(reading),
        Some(Err(why)) if why == ENDED => Said::only(Line::styled(ENDED, theme.dim)),
        Some(Err(why)) => Said::only(Line::styled(format!("cannot be read: {why}"), theme.warning)),
        None => Said::only(Line::styled("not read yet", theme.dim)),
    }
}

impl Said {
    fn only(headline: Line<'static>) -> Said {
        Said { headline, level: None, history: None, details: Vec::new() }
    }

    /// The same, as it was before the container ended. The tree says that of each process.
    fn of_the_past(mut self, theme: &Theme) -> Said {
        if self.headline.to_string() != ENDED {
            self.headline.push_span(Span::styled(format!(" ({ENDED})"), theme.dim));
        }
        let spans = self.details.iter_mut().flat_map(|line| &mut line.spans);
        spans.for_each(|span| span.style = theme.dim);
        self
    }
}
