//! The loop.

use std::{
    io::Write,
    os::fd::AsFd,
    time::{Duration, Instant},
};

use nix::unistd::{Pid, getppid};
use ratatui::{
    Terminal, TerminalOptions, Viewport,
    backend::CrosstermBackend,
    crossterm::event::{self, Event, KeyEvent, KeyEventKind},
    layout::Rect,
};
use sys::{Result, Size};

use crate::{
    containers,
    gauges::{Gauge, Watch},
    keys::{self, Command},
    player::{Phase, Player},
    screen::{OnLook, layout, paint, view::View, wait},
};

/// While nothing goes on.
const CALM: Duration = Duration::from_millis(50);

/// While something does: the player looks how long a shell has been quiet.
const BUSY: Duration = Duration::from_millis(15);

/// Not more often than this is anything drawn, however much is printed.
const FRAME: Duration = Duration::from_millis(30);

/// How often gauges are read, and the wheel turns.
const TURN: Duration = Duration::from_millis(100);

/// How often a container is looked for: all of /proc is read for it.
const LOOK: Duration = Duration::from_millis(300);

/// A demo on a screen.
pub struct Show<W: Write> {
    terminal: Terminal<CrosstermBackend<W>>,
    player: Player,
    view: View,
    size: Size,
    /// Somebody is there who presses keys.
    input: bool,
    watch: Option<Watch>,
    keeper: Pid,
    /// By the player's clock, as is `rested`.
    drawn: Duration,
    turned: Instant,
    looked: Instant,
    /// Since when nothing has changed but the time.
    rested: Duration,
    dirty: bool,
    last: (usize, Phase),
    /// Which steps were not as announced, and why.
    faults: Vec<String>,
}

/// Whether to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Stay,
    Leave,
}

impl<W: Write> Show<W> {
    /// Nothing is drawn yet.
    pub fn new(out: W, player: Player, view: View, size: Size, input: bool) -> Result<Show<W>> {
        // Of a fixed size: then ratatui asks no terminal for anything.
        let viewport = Viewport::Fixed(Rect::new(0, 0, size.columns, size.rows));
        let terminal = Terminal::with_options(CrosstermBackend::new(out), TerminalOptions { viewport })?;
        Ok(Show {
            terminal,
            last: (0, player.phase().clone()),
            player,
            view,
            size,
            input,
            watch: None,
            keeper: getppid(),
            drawn: Duration::ZERO,
            turned: Instant::now(),
            looked: Instant::now(),
            rested: Duration::ZERO,
            dirty: true,
            faults: Vec::new(),
        })
    }

    /// Until somebody leaves, or it is over: the steps that were not as announced.
    pub fn run(mut self, on_look: OnLook) -> Result<Vec<String>> {
        self.draw()?;
        while getppid() == self.keeper {
            let keyboard = std::io::stdin();
            let news = wait::wait(&self.player, self.input.then(|| keyboard.as_fd()), self.moment());
            if news.gone || (news.keys && self.take_keys()? == Then::Leave) {
                break;
            }
            self.dirty |= self.player.tick()?;
            self.notice();
            on_look(&self.player);
            if self.go_by_itself()? == Then::Leave {
                break;
            }
            self.notice(); // before it is drawn: a marker of a recording stands before its step
            on_look(&self.player);
            self.turn();
            self.fit()?;
            if self.dirty && self.player.clock().now() >= self.drawn + FRAME {
                self.draw()?;
            }
        }
        Ok(self.faults)
    }

    fn moment(&self) -> Duration {
        let calm = matches!(self.player.phase(), Phase::Ready | Phase::Done(_)) && !self.dirty;
        if calm { CALM } else { BUSY }
    }

    /// What is new since the last look.
    fn notice(&mut self) {
        let now = (self.player.at(), self.player.phase().clone());
        if now == self.last {
            return;
        }
        self.rested = self.player.clock().now();
        self.view.scroll_back(0, &mut self.player);
        match &now.1 {
            Phase::Done(Err(why)) => {
                let (number, title) = (self.player.at() + 1, &self.player.step().title);
                self.faults.push(format!("step {number}, {title}, was not as announced: {why}"));
            }
            Phase::Ending => self.watch = None,
            Phase::Ready => {
                let side = self.player.side();
                self.view.prompt = self.player.pane(side).map(|pane| pane.line()).unwrap_or_default();
            }
            _ => {}
        }
        self.last = now;
        self.view.starts &= self.player.is_rewinding();
    }

    /// With --auto: the next thing, when people have read.
    fn go_by_itself(&mut self) -> Result<Then> {
        let waits =
            matches!(self.player.phase(), Phase::Ready | Phase::Done(_)) && !self.player.is_rewinding();
        let pause = if self.view.fast { Duration::ZERO } else { self.player.pause() };
        if !self.view.auto || self.view.typing.is_some() || !waits || !self.has_rested(pause) {
            return Ok(Then::Stay);
        }
        self.dirty = true;
        if self.player.next()? {
            return Ok(Then::Stay);
        }
        self.view.auto = false;
        Ok(if self.view.ends { Then::Leave } else { Then::Stay })
    }

    /// Whether a pause is over. One that is skipped is not, before what it is for has been drawn.
    fn has_rested(&self, pause: Duration) -> bool {
        let clock = self.player.clock();
        !(clock.skips() && self.dirty) && clock.is_over(self.rested, pause)
    }

    /// What changes with the time alone.
    fn turn(&mut self) {
        if self.turned.elapsed() < TURN {
            return;
        }
        self.turned = Instant::now();
        if !matches!(self.player.phase(), Phase::Ready | Phase::Done(_)) || self.player.is_rewinding() {
            self.view.turn = self.view.turn.wrapping_add(1);
            self.dirty = true;
        }
        if self.looked.elapsed() >= LOOK {
            self.looked = Instant::now();
            self.look_for_a_container();
        }
        if let Some(watch) = self.watch.as_mut().filter(|_| self.view.gauge(&self.player).is_some()) {
            watch.read();
            self.dirty = true;
        }
    }

    /// The one in the container's pane. The gauges keep one that has ended, until there is another.
    fn look_for_a_container(&mut self) {
        let found = self.player.container_shell().and_then(|shell| containers::below(shell.as_raw()));
        self.dirty |= self.view.inside != found.is_some();
        self.view.inside = found.is_some();
        let Some(found) = found else { return };
        if self.watch.as_ref().is_none_or(|watch| *watch.container() != found) {
            let wanted: Vec<Gauge> =
                self.player.scenario().steps.iter().filter_map(|step| step.gauge).collect();
            self.watch = Some(Watch::new(&found).only(&wanted));
        }
    }

    /// To the size that the terminal has now, and the panes to theirs.
    fn fit(&mut self) -> Result<()> {
        if self.input {
            let size = sys::window_size(std::io::stdout())?;
            if size != self.size {
                self.size = size;
                self.terminal.resize(Rect::new(0, 0, size.columns, size.rows))?;
                self.dirty = true;
            }
        }
        let places = layout::places(self.size, &self.view, self.player.scenario(), self.player.goal());
        self.player.resize(places.sizes())
    }

    fn draw(&mut self) -> Result<()> {
        let places = layout::places(self.size, &self.view, self.player.scenario(), self.player.goal());
        let (player, view, watch) = (&self.player, &self.view, self.watch.as_ref());
        self.terminal.draw(|frame| paint::paint(frame, &places, player, view, watch))?;
        self.drawn = self.player.clock().now();
        self.dirty = false;
        Ok(())
    }

    // Keys

    fn take_keys(&mut self) -> Result<Then> {
        while event::poll(Duration::ZERO)? {
            self.dirty = true;
            let then = match event::read()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => self.press(key)?,
                Event::Paste(text) => self.paste(&text)?,
                _ => Then::Stay,
            };
            if then == Then::Leave {
                return Ok(then);
            }
        }
        Ok(Then::Stay)
    }

    fn press(&mut self, key: KeyEvent) -> Result<Then> {
        let Some(side) = self.view.typing else { return self.obey(keys::command(key)) };
        if keys::ends_typing(key) {
            self.view.typing = None;
            return Ok(Then::Stay);
        }
        self.view.scroll_back(0, &mut self.player);
        let application = self.player.pane(side).is_some_and(|pane| pane.screen().application_cursor());
        let bytes = keys::bytes(key, application);
        self.player.type_into(side, &bytes)?;
        Ok(Then::Stay)
    }

    fn paste(&mut self, text: &str) -> Result<Then> {
        if let Some(side) = self.view.typing {
            let bracketed = self.player.pane(side).is_some_and(|pane| pane.screen().bracketed_paste());
            self.player.type_into(side, &keys::pasted(text, bracketed))?;
        }
        Ok(Then::Stay)
    }

    fn obey(&mut self, command: Option<Command>) -> Result<Then> {
        if std::mem::take(&mut self.view.help) && command != Some(Command::Leave) {
            return Ok(Then::Stay); // any key closes it, and does nothing else
        }
        let Some(command) = command else { return Ok(Then::Stay) };
        match command {
            Command::Leave => return Ok(Then::Leave),
            Command::Next => drop(self.player.next()?),
            Command::Back => self.player.back(),
            Command::Restart => self.player.go_to(0),
            // What is typed would end up in a command that is typed already.
            Command::Type | Command::TypeOther if self.player.is_rewinding() || self.player.types() => {}
            Command::Type => self.view.typing = Some(self.player.side()),
            Command::TypeOther => self.view.typing = Some(self.player.side().other()),
            Command::Up => self.view.scroll_back(self.view.scroll + 3, &mut self.player),
            Command::Down => self.view.scroll_back(self.view.scroll.saturating_sub(3), &mut self.player),
            Command::Notes => self.view.notes = !self.view.notes,
            Command::Gauges => self.view.gauges = !self.view.gauges,
            Command::Large => self.view.large = !self.view.large,
            Command::Theme => self.view.theme = self.view.theme.other(),
            Command::Auto => self.view.auto = !self.view.auto,
            Command::Help => self.view.help = true,
        }
        self.rested = self.player.clock().now();
        Ok(Then::Stay)
    }
}
