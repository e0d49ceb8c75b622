//! The menu: which demos there are, what each is about, and whether it works here.

use std::{
    collections::HashMap,
    io::stdout,
    os::fd::AsFd,
    time::{Duration, Instant},
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    unistd::getppid,
};
use ratatui::{
    Frame, Terminal, TerminalOptions, Viewport,
    backend::CrosstermBackend,
    crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers},
    layout::{Constraint, Layout, Margin, Rect},
    style::Modifier,
    text::{Line, Span},
    widgets::{Block, BorderType, List, ListState, Paragraph, Wrap},
};
use sys::Result;

use crate::{estate::Estate, player, scenario::Scenario, screen::Room, theme::Theme};

/// A demo on which somebody stays for so long is asked what it needs.
const REST: Duration = Duration::from_millis(200);

struct Menu<'a> {
    scenarios: &'a [Scenario],
    theme: Theme,
    selected: usize,
    /// What is missing for those that were asked. `None`: nothing is.
    missing: HashMap<usize, Option<String>>,
    /// Something is to be drawn.
    dirty: bool,
}

enum Answer {
    None,
    Leave,
    Chosen,
}

/// Ask for one; its number, from 0. `None`: somebody has left.
pub fn choose(scenarios: &[Scenario], estate: &Estate, theme: Theme) -> Result<Option<u8>> {
    let room = Room::enter()?;
    let mut menu = Menu { scenarios, theme, selected: 0, missing: HashMap::new(), dirty: true };
    let chosen = menu.run(estate)?;
    drop(room);
    Ok(chosen.then(|| u8::try_from(menu.selected).unwrap_or(0)))
}

impl Menu<'_> {
    fn run(&mut self, estate: &Estate) -> Result<bool> {
        let keeper = getppid();
        let mut size = sys::window_size(stdout())?;
        let area = |size: sys::Size| Rect::new(0, 0, size.columns, size.rows);
        let options = TerminalOptions { viewport: Viewport::Fixed(area(size)) };
        let mut terminal = Terminal::with_options(CrosstermBackend::new(stdout()), options)?;
        let mut moved = Instant::now();
        while getppid() == keeper {
            let now = sys::window_size(stdout())?;
            if now != size {
                size = now;
                terminal.resize(area(size))?;
                self.dirty = true;
            }
            if std::mem::take(&mut self.dirty) {
                terminal.draw(|frame| self.paint(frame))?;
            }
            if moved.elapsed() >= REST && !self.missing.contains_key(&self.selected) {
                self.ask(estate);
                self.dirty = true;
            }
            if !wait()? {
                break;
            }
            while event::poll(Duration::ZERO)? {
                moved = Instant::now();
                self.dirty = true;
                let Event::Key(key) = event::read()? else { continue };
                match self.press(key) {
                    Answer::None => {}
                    Answer::Leave => return Ok(false),
                    Answer::Chosen => return Ok(true),
                }
            }
        }
        Ok(false)
    }

    fn press(&mut self, key: KeyEvent) -> Answer {
        let last = self.scenarios.len() - 1;
        match key.code {
            KeyCode::Up | KeyCode::PageUp | KeyCode::Char('k') => {
                self.selected = self.selected.saturating_sub(1);
            }
            KeyCode::Down | KeyCode::PageDown | KeyCode::Char('j') => {
                self.selected = last.min(self.selected + 1);
            }
            KeyCode::Home => self.selected = 0,
            KeyCode::End => self.selected = last,
            KeyCode::Char('t') => self.theme = self.theme.other(),
            KeyCode::Enter | KeyCode::Char(' ') => return Answer::Chosen,
            KeyCode::Char('q') | KeyCode::Esc => return Answer::Leave,
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Answer::Leave,
            _ => {}
        }
        Answer::None
    }

    /// Only the one that is selected: some needs take their time.
    fn ask(&mut self, estate: &Estate) {
        let scenario = &self.scenarios[self.selected];
        let missing = player::missing(scenario, estate).map(|need| need.otherwise.clone());
        self.missing.insert(self.selected, missing);
    }

    fn paint(&self, frame: &mut Frame) {
        let all = frame.area();
        frame.buffer_mut().set_style(all, self.theme.text);
        let [head, body, keys] =
            Layout::vertical([Constraint::Length(2), Constraint::Fill(1), Constraint::Length(1)]).areas(all);
        let bold = self.theme.text.add_modifier(Modifier::BOLD);
        frame.render_widget(Paragraph::new(Line::styled("Which demo?", bold)), head);
        let [left, right] =
            Layout::horizontal([Constraint::Length(self.width()), Constraint::Fill(1)]).areas(body);
        self.list(frame, left);
        self.about(frame, right);
        let words = "↑ ↓ choose   Enter start   t dark or light   q leave";
        frame.render_widget(Paragraph::new(Line::styled(words, self.theme.dim)), keys);
    }

    fn width(&self) -> u16 {
        let longest = self.scenarios.iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
        u16::try_from(longest + 17).unwrap_or(u16::MAX)
    }

    fn list(&self, frame: &mut Frame, area: Rect) {
        let name = usize::from(self.width()) - 17;
        let line = |scenario: &Scenario| {
            let chapter = scenario.chapter.map_or_else(|| "  ".into(), |chapter| format!("{chapter:2}"));
            format!(" {chapter}  {:<name$} {:>3} min ", scenario.name, scenario.minutes)
        };
        let mut state = ListState::default().with_selected(Some(self.selected));
        let marked = self.theme.accent.add_modifier(Modifier::REVERSED);
        let list = List::new(self.scenarios.iter().map(line)).style(self.theme.text).highlight_style(marked);
        frame.render_stateful_widget(list, area, &mut state);
    }

    fn about(&self, frame: &mut Frame, area: Rect) {
        let (theme, scenario) = (&self.theme, &self.scenarios[self.selected]);
        let chapter = scenario.chapter.map(|chapter| format!("chapter {chapter}, ")).unwrap_or_default();
        let here = match self.missing.get(&self.selected) {
            None => Span::styled("works here? …", theme.dim),
            Some(None) => Span::styled("✓ works here", theme.good),
            Some(Some(otherwise)) => Span::styled(format!("✗ not here: {otherwise}"), theme.bad),
        };
        let lines = vec![
            Line::styled(scenario.title.clone(), theme.accent),
            Line::styled(
                format!("{chapter}{} steps, {} minutes", scenario.steps.len(), scenario.minutes),
                theme.dim,
            ),
            Line::default(),
            Line::styled(scenario.about.trim(), theme.text),
            Line::default(),
            Line::from(here),
        ];
        let block = Block::bordered().border_type(BorderType::Plain).border_style(theme.dim);
        frame.render_widget(block, area);
        let text = Paragraph::new(lines).wrap(Wrap { trim: true }).style(theme.text);
        frame.render_widget(text, area.inner(Margin::new(2, 1)));
    }
}

/// For a key. `false`: the terminal is gone.
fn wait() -> Result<bool> {
    let input = std::io::stdin();
    let mut keyboard = [PollFd::new(input.as_fd(), PollFlags::POLLIN)];
    let timeout = PollTimeout::from(50u8);
    match poll(&mut keyboard, timeout) {
        Ok(_) | Err(nix::Error::EINTR) => {}
        Err(errno) => return Err(std::io::Error::from(errno).into()),
    }
    let happened = keyboard[0].revents().unwrap_or(PollFlags::empty());
    Ok(!happened.intersects(PollFlags::POLLHUP | PollFlags::POLLERR))
}
