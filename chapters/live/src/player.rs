//! The player: takes a scenario through its steps in two real shells. It draws nothing.

use std::{
    ffi::CString,
    time::{Duration, Instant},
};

use sys::{Error, Pid, Result, Size};

use crate::{
    clock::Clock,
    containers,
    estate::{Ending, Estate},
    pane::{self, Pane},
    scenario::{Action, Scenario, Side, Step},
};

/// How fast a command is typed in front of people: a letter each.
const KEYSTROKE: Duration = Duration::from_millis(25);

/// A program that shows nothing of what is typed will not show it later.
const ECHO: Duration = Duration::from_secs(3);

/// How long a shell may take to say its first word.
const START: Duration = Duration::from_secs(10);

/// Where a demo stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Going back: everything ends, to be begun anew.
    Ending,
    /// The shells start.
    Starting,
    /// The command of the step is shown, and waits.
    Ready,
    /// It is being typed.
    Typing,
    /// It runs.
    Running,
    /// It is over, and was as announced; or it was not, and why.
    Done(std::result::Result<(), String>),
}

/// A scenario that is being played.
pub struct Player {
    scenario: Scenario,
    estate: Estate,
    environment: Vec<CString>,
    sizes: [Size; 2],
    panes: Option<[Pane; 2]>,
    /// The pane that the last command was for.
    side: Side,
    at: usize,
    phase: Phase,
    since: Instant,
    ending: Ending,
    /// Going on without waiting for anybody until this step is ready.
    target: usize,
    /// The command of the step with its placeholder filled in, and how much of it has been typed.
    typed: (String, usize),
    hurry: bool,
    /// Nobody looks: type at once.
    always_hurry: bool,
    clock: Clock,
    /// When the last letter was typed, by the clock.
    struck: Duration,
}

impl Player {
    /// At the first step.
    pub fn new(scenario: Scenario, estate: Estate, sizes: [Size; 2]) -> Result<Player> {
        let mut player = Player {
            environment: pane::environment(&estate.folder),
            scenario,
            estate,
            sizes,
            panes: None,
            side: Side::Host,
            at: 0,
            phase: Phase::Ending,
            since: Instant::now(),
            ending: Ending::begin(),
            target: 0,
            typed: (String::new(), 0),
            hurry: false,
            always_hurry: false,
            clock: Clock::real(),
            struck: Duration::ZERO,
        };
        player.check_needs()?;
        player.begin()?;
        Ok(player)
    }

    /// What is missing on this machine is an error that says what to do.
    fn check_needs(&self) -> Result<()> {
        match missing(&self.scenario, &self.estate) {
            None => Ok(()),
            Some(need) => Err(Error::new(format!("demo {}", self.scenario.name))
                .why(format!("`{}` does not work here", need.run))
                .remedy(need.otherwise.clone())),
        }
    }

    /// Fresh shells in an empty folder.
    fn begin(&mut self) -> Result<()> {
        self.estate.empty()?;
        self.estate.run(&self.scenario.setup)?;
        let open = |size| Pane::open(size, &self.estate.folder, &self.environment);
        self.panes = Some([open(self.sizes[0])?, open(self.sizes[1])?]);
        self.at = 0;
        self.side = Side::Host;
        self.enter(Phase::Starting);
        Ok(())
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.since = Instant::now();
    }

    // What a driver asks for

    /// Go on: run the command that is shown, or show the next one. Says whether there was anything to go on to.
    #[expect(clippy::should_implement_trait, reason = "nobody takes a player for an iterator")]
    pub fn next(&mut self) -> Result<bool> {
        match self.phase {
            Phase::Ready if self.step().action().is_some() => self.begin_typing()?,
            Phase::Ready | Phase::Done(_) if self.at + 1 < self.scenario.steps.len() => {
                self.at += 1;
                self.target = self.at;
                self.enter(Phase::Ready);
            }
            Phase::Ready | Phase::Done(_) => return Ok(false),
            _ => self.hurry = true,
        }
        Ok(true)
    }

    /// Go back: to before the command that has run, or to the step before. All that has happened ends, and the steps
    /// up to there are really done again.
    pub fn back(&mut self) {
        let before = if self.phase == Phase::Ready { self.at.saturating_sub(1) } else { self.at };
        self.go_to(before);
    }

    /// Begin anew, and go on to step `number` (the first is 0).
    pub fn go_to(&mut self, number: usize) {
        self.target = number.min(self.scenario.steps.len() - 1);
        self.panes = None; // our end of their terminals: a hangup for everybody on them
        self.ending = Ending::begin();
        self.enter(Phase::Ending);
    }

    /// Nobody looks: commands need not be typed letter by letter.
    pub fn always_hurry(&mut self) {
        self.always_hurry = true;
    }

    /// From now on time passes as this clock says.
    pub fn keep_time(&mut self, clock: Clock) {
        self.clock = clock;
    }

    /// What pauses are measured with.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Type into a pane what the trainer types.
    pub fn type_into(&mut self, side: Side, bytes: &[u8]) -> Result<()> {
        match self.pane(side) {
            Some(pane) => pane.write(bytes),
            None => Ok(()),
        }
    }

    /// The panes are of these sizes from now on.
    pub fn resize(&mut self, sizes: [Size; 2]) -> Result<()> {
        self.sizes = sizes;
        for (pane, size) in self.panes.iter_mut().flatten().zip(sizes) {
            pane.resize(size)?;
        }
        Ok(())
    }

    // What a driver may know

    /// The story.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The number of the step, from 0.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The number of the step that it is on its way to, or has reached.
    pub fn goal(&self) -> usize {
        self.target.max(self.at)
    }

    /// The step.
    pub fn step(&self) -> &Step {
        &self.scenario.steps[self.at]
    }

    /// Where it stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Whether it is on its way to a step that somebody went back to.
    pub fn is_rewinding(&self) -> bool {
        self.at < self.target || matches!(self.phase, Phase::Ending | Phase::Starting)
    }

    /// Whether a command is being typed.
    pub fn types(&self) -> bool {
        self.phase == Phase::Typing
    }

    /// Whether nothing comes after this.
    pub fn is_over(&self) -> bool {
        let last = self.at + 1 == self.scenario.steps.len();
        last && match self.phase {
            Phase::Done(_) => true,
            Phase::Ready => self.step().action().is_none(),
            _ => false,
        }
    }

    /// The pane that the step is for.
    pub fn side(&self) -> Side {
        match self.step().action() {
            Some(Action::Type(side, _)) => side,
            _ => self.step().pane.unwrap_or(self.side),
        }
    }

    /// One of the panes, to look at.
    fn seen(&self, side: Side) -> Option<&Pane> {
        self.panes.as_ref().map(|panes| &panes[usize::from(side == Side::Container)])
    }

    /// One of the panes. Between an end and a beginning there is none.
    pub fn pane(&mut self, side: Side) -> Option<&mut Pane> {
        self.panes.as_mut().map(|panes| &mut panes[usize::from(side == Side::Container)])
    }

    /// Both, to look at.
    pub fn panes(&self) -> Option<&[Pane; 2]> {
        self.panes.as_ref()
    }

    /// The command of this step as it will be typed, or was.
    pub fn command(&self) -> Option<String> {
        match self.step().action()? {
            Action::Type(..) if matches!(self.phase, Phase::Ready) => Some(self.fill_in()),
            Action::Type(..) => Some(self.typed.0.clone()),
            Action::Press(keys) => Some(keys.to_string()),
        }
    }

    /// The shell of the container's pane: the container is below it.
    pub fn container_shell(&self) -> Option<Pid> {
        self.panes.as_ref().map(|panes| panes[1].pid)
    }

    /// How long `--auto` should wait before it goes on.
    pub fn pause(&self) -> Duration {
        let words = |text: &str| u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX);
        match &self.phase {
            Phase::Ready => {
                Duration::from_millis(500) + Duration::from_millis(200) * words(&self.step().caption)
            }
            Phase::Done(_) => self.step().pause.map_or(Duration::from_millis(2500), Duration::from_secs_f32),
            _ => Duration::ZERO,
        }
    }

    // What happens by itself

    /// Look at what has happened since the last time. Says whether anything is to be drawn.
    pub fn tick(&mut self) -> Result<bool> {
        let mut changed = false;
        for pane in self.panes.iter_mut().flatten() {
            changed |= pane.read()?;
        }
        let before = (self.at, self.phase.clone(), self.typed.1);
        match self.phase {
            Phase::Ending if self.ending.is_over() => self.begin()?,
            Phase::Starting => self.start()?,
            Phase::Ready if self.at < self.target => {
                if self.step().action().is_some() {
                    self.begin_typing()?;
                } else {
                    self.at += 1;
                }
            }
            Phase::Typing => self.go_on_typing()?,
            Phase::Running => self.go_on_running(),
            Phase::Done(_) if self.at < self.target => {
                self.at += 1;
                self.enter(Phase::Ready);
            }
            _ => {}
        }
        Ok(changed || before != (self.at, self.phase.clone(), self.typed.1))
    }

    fn start(&mut self) -> Result<()> {
        let ready = self.panes.iter().flatten().all(Pane::is_at_prompt);
        if ready {
            self.enter(Phase::Ready);
        } else if self.since.elapsed() > START {
            return Err(Error::new("a shell for a pane").why("it shows no prompt"));
        }
        Ok(())
    }

    fn begin_typing(&mut self) -> Result<()> {
        self.typed = (self.fill_in(), 0);
        self.struck = self.clock.now();
        self.hurry = self.always_hurry || self.at < self.target;
        self.side = self.side();
        if let Some(pane) = self.pane(self.side) {
            pane.begin_output();
        }
        self.enter(Phase::Typing);
        self.go_on_typing()
    }

    /// The command, with what only this run knows.
    fn fill_in(&self) -> String {
        let Some(Action::Type(_, command)) = self.step().action() else { return String::new() };
        if !command.contains("{container}") {
            return command.to_owned();
        }
        let container = self.container_shell().and_then(|shell| containers::below(shell.as_raw()));
        let init = container.map_or_else(|| "{container}".into(), |container| container.init.to_string());
        command.replace("{container}", &init)
    }

    /// Letter by letter, then a look whether all of it has arrived, then Enter.
    fn go_on_typing(&mut self) -> Result<()> {
        if let Some(Action::Press(keys)) = self.step().action() {
            let bytes = keys.bytes();
            return self.press(&bytes);
        }
        let (side, (text, typed)) = (self.side, self.typed.clone());
        if typed < text.len() {
            if self.hurry || self.may_strike() {
                let letter = text[typed..].chars().next().map_or(1, char::len_utf8);
                let end = if self.hurry { text.len() } else { typed + letter };
                self.type_into(side, &text.as_bytes()[typed..end])?;
                self.typed.1 = end;
                self.since = Instant::now();
                self.struck = self.clock.now();
            }
            return Ok(());
        }
        let echoed = self.pane(side).is_some_and(|pane| pane.is_quiet() && shows(&pane.output(), &text));
        if echoed || self.since.elapsed() > ECHO { self.press(b"\r") } else { Ok(()) }
    }

    /// Whether it is time for the next letter. A clock that skips goes on as soon as the last one is on the screen.
    fn may_strike(&self) -> bool {
        let echoed =
            self.typed.1 == 0 || self.seen(self.side).is_some_and(|pane| pane.spoke_after(self.since));
        let waited = self.since.elapsed() >= KEYSTROKE;
        (waited || self.clock.skips() && echoed) && self.clock.is_over(self.struck, KEYSTROKE)
    }

    fn press(&mut self, bytes: &[u8]) -> Result<()> {
        let side = self.side;
        if let Some(pane) = self.pane(side) {
            pane.begin_output();
            pane.write(bytes)?;
        }
        self.enter(Phase::Running);
        Ok(())
    }

    /// Is it over, and was it as announced?
    fn go_on_running(&mut self) {
        let step = self.step();
        let Some(pane) = self.seen(self.side) else { return };
        let output = pane.output();
        let over = match &step.until {
            Some(pattern) => pattern.0.is_match(&output),
            // Enter itself is the first thing that is printed.
            None => pane.spoke_after(self.since) && pane.is_at_prompt(),
        };
        let verdict = if over {
            judge(step, &output)
        } else if pane.has_ended() {
            Err("the shell of this pane has ended".into())
        } else if self.since.elapsed() > step.patience() {
            let waited_for = step.until.as_ref().map_or_else(|| "prompt".into(), ToString::to_string);
            Err(format!("no {waited_for} after {} s; it printed:\n{output}", step.patience))
        } else {
            return;
        };
        self.enter(Phase::Done(verdict));
    }
}

/// Whether what was typed is on the screen, in one line or wrapped.
fn shows(output: &str, typed: &str) -> bool {
    let squeeze = |text: &str| text.split_whitespace().collect::<String>();
    squeeze(output).contains(&squeeze(typed))
}

/// Whether a step was as announced.
fn judge(step: &Step, output: &str) -> std::result::Result<(), String> {
    if let Some(pattern) = step.expect.iter().find(|pattern| !pattern.0.is_match(output)) {
        return Err(format!("{pattern} was expected; it printed:\n{output}"));
    }
    if let Some(pattern) = step.never.iter().find(|pattern| pattern.0.is_match(output)) {
        return Err(format!("{pattern} was not expected; it printed:\n{output}"));
    }
    Ok(())
}

/// The first thing that a scenario needs and this machine has not.
pub fn missing<'a>(scenario: &'a Scenario, estate: &Estate) -> Option<&'a crate::scenario::Need> {
    scenario.needs.iter().find(|need| !estate.works(&need.run))
}
