//! What is on the screen of `top`, without the terminal: the list, which container and which gauge are chosen, and how all
//! of it is painted.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    style::{Modifier, Style},
    text::{Line, Span},
};

use super::{NONE, amounts};
use crate::{
    containers::Container,
    gauges::{Gauge, Watch},
    theme::Theme,
};

/// What every container in the list has.
const LIST: [Gauge; 3] = [Gauge::Memory, Gauge::Cpu, Gauge::Pids];

/// From here on there is room for two columns of gauges.
const WIDE: (u16, u16) = (100, 28);

/// The state of the screen.
pub struct Board {
    watches: Vec<Watch>,
    chosen: usize,
    gauge: Gauge,
    scroll: usize,
    theme: Theme,
}

impl Board {
    pub fn new(gauge: Gauge, theme: Theme) -> Board {
        Board { watches: Vec::new(), chosen: 0, gauge, scroll: 0, theme }
    }

    /// Take what is running now, and a reading of each. The chosen one stays when it has ended, until another is chosen:
    /// its last reading is what one wants to see.
    pub fn refresh(&mut self, found: &[Container]) {
        let chosen = self.watches.get(self.chosen).map(|watch| watch.container().clone());
        let is_chosen = |container: &Container| chosen.as_ref().is_some_and(|it| is_same(it, container));
        let is_there = |container: &Container| found.iter().any(|it| is_same(it, container));
        self.watches.retain(|watch| is_there(watch.container()) || is_chosen(watch.container()));
        for container in found {
            match self.watches.iter_mut().find(|watch| is_same(watch.container(), container)) {
                Some(known) => known.rename(container), // at first it is our program, which sets the container up
                None => self.watches.push(Watch::new(container)),
            }
        }
        let same = self.watches.iter().position(|watch| is_chosen(watch.container()));
        self.chosen = same.unwrap_or(0);
        self.read();
    }

    fn read(&mut self) {
        for (index, watch) in self.watches.iter_mut().enumerate() {
            let is_chosen = index == self.chosen;
            let mut gauges = LIST.to_vec();
            if is_chosen {
                gauges.extend([Gauge::Tree, self.gauge]);
            }
            watch.closely(is_chosen);
            watch.want(&gauges);
            watch.read();
        }
    }

    /// Go up or down in the list.
    pub fn choose(&mut self, step: isize) {
        let last = self.watches.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(step).min(last);
        self.scroll = 0;
        self.read();
    }

    /// Show this gauge.
    pub fn show(&mut self, gauge: Gauge) {
        self.gauge = gauge;
        self.scroll = 0;
        self.read();
    }

    /// Show the gauge that is so many further.
    pub fn turn(&mut self, step: usize) {
        let now = Gauge::ALL.iter().position(|gauge| *gauge == self.gauge).unwrap_or_default();
        self.show(Gauge::ALL[(now + step) % Gauge::ALL.len()]);
    }

    /// Scroll the gauge.
    pub fn scroll(&mut self, lines: isize) {
        let most = self.watches.get(self.chosen).map_or(0, |watch| watch.length(self.gauge));
        self.scroll = self.scroll.saturating_add_signed(lines).min(most.saturating_sub(1));
    }

    /// Paint everything.
    pub fn draw(&self, area: Rect, buf: &mut Buffer) {
        buf.set_style(area, self.theme.text);
        let most = u16::try_from(self.watches.len()).unwrap_or(u16::MAX).saturating_add(1);
        let rows = most.min((area.height / 3).max(2));
        let [list, tabs, gauges, keys] = Layout::vertical([
            Constraint::Length(rows),
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(1),
        ])
        .areas(area);
        match self.watches.get(self.chosen) {
            Some(watch) => {
                self.draw_list(list, buf);
                self.draw_tabs(watch, tabs, buf);
                self.draw_gauges(watch, gauges, buf);
            }
            None => self.draw_nothing(area, buf),
        }
        let help = " ↑↓ container   Tab 1-7 gauge   PgUp PgDn scroll   q end";
        put(&Line::styled(help, self.theme.dim), keys, buf);
    }

    fn draw_nothing(&self, area: Rect, buf: &mut Buffer) {
        for (row, text) in (area.y..area.bottom()).zip(NONE) {
            put(&Line::styled(format!(" {text}"), self.theme.text), Rect { y: row, height: 1, ..area }, buf);
        }
    }

    fn draw_list(&self, area: Rect, buf: &mut Buffer) {
        let heading = cells(["pid", "name", "user", "memory", "cpu", "pids", "command"]);
        put(&Line::styled(heading, self.theme.dim), Rect { height: 1, ..area }, buf);
        let room = usize::from(area.height.saturating_sub(1));
        let first = (self.chosen + 1).saturating_sub(room); // the chosen one is always to be seen
        let shown = self.watches.iter().enumerate().skip(first);
        for ((index, watch), row) in shown.zip(area.y + 1..area.bottom()) {
            let style = self.style_of(index, watch);
            let place = Rect { y: row, height: 1, ..area };
            put(&Line::styled(entry(watch), style), place, buf);
            if index == self.chosen {
                buf.set_style(place, style);
            }
        }
    }

    fn style_of(&self, index: usize, watch: &Watch) -> Style {
        let style = if watch.has_ended() { self.theme.dim } else { self.theme.container };
        if index == self.chosen { style.add_modifier(Modifier::REVERSED) } else { style }
    }

    fn draw_tabs(&self, watch: &Watch, area: Rect, buf: &mut Buffer) {
        let tab = |(number, gauge): (usize, Gauge)| {
            let chosen = gauge == self.gauge;
            let style =
                if chosen { self.theme.accent.add_modifier(Modifier::UNDERLINED) } else { self.theme.dim };
            [Span::styled(" ", self.theme.text), Span::styled(format!("{number} {}", gauge.name()), style)]
        };
        let mut spans: Vec<Span> = (1..).zip(Gauge::ALL).flat_map(tab).collect();
        if watch.has_ended() {
            spans.push(Span::styled("  ended", self.theme.bad));
        }
        put(&Line::from(spans), area, buf);
    }

    /// One gauge; with more room, the amounts at the left and a list at the right.
    fn draw_gauges(&self, watch: &Watch, area: Rect, buf: &mut Buffer) {
        if area.width < WIDE.0 || area.height < WIDE.1.saturating_sub(8) {
            return self.draw_gauge(watch, self.gauge, area, buf);
        }
        let [left, right] =
            Layout::horizontal([Constraint::Percentage(42), Constraint::Fill(1)]).spacing(1).areas(area);
        let share = |gauge| Constraint::Fill(if gauge == self.gauge { 3 } else { 2 });
        let pids = Constraint::Length(5);
        let [memory, cpu, pids] =
            Layout::vertical([share(Gauge::Memory), share(Gauge::Cpu), pids]).areas(left);
        for (gauge, place) in LIST.into_iter().zip([memory, cpu, pids]) {
            self.draw_framed(watch, gauge, place, buf);
        }
        let list = if LIST.contains(&self.gauge) { Gauge::Tree } else { self.gauge };
        self.draw_framed(watch, list, right, buf);
    }

    /// With its name above.
    fn draw_framed(&self, watch: &Watch, gauge: Gauge, area: Rect, buf: &mut Buffer) {
        let [title, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
        let style = if gauge == self.gauge { self.theme.accent } else { self.theme.dim };
        let line = format!(" {} {}", gauge.name(), "─".repeat(usize::from(area.width)));
        put(&Line::styled(line, style), title, buf);
        self.draw_gauge(watch, gauge, rest, buf);
    }

    fn draw_gauge(&self, watch: &Watch, gauge: Gauge, area: Rect, buf: &mut Buffer) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let skip = if gauge == self.gauge { self.scroll } else { 0 };
        watch.draw_from(gauge, skip, inner, buf, &self.theme);
    }
}

fn is_same(one: &Container, other: &Container) -> bool {
    (one.init, one.began) == (other.init, other.began)
}

fn put(line: &Line, area: Rect, buf: &mut Buffer) {
    if area.height > 0 && area.width > 0 {
        buf.set_line(area.x, area.y, line, area.width);
    }
}

fn entry(watch: &Watch) -> String {
    let container = watch.container();
    let [memory, cpu, pids] = amounts(watch);
    let name = container.hostname.as_deref().unwrap_or("-");
    let (pid, user) = (container.init.to_string(), container.user.to_string());
    cells([&pid, name, &user, &memory, &cpu, &pids, &container.command])
}

fn cells([pid, name, user, memory, cpu, pids, command]: [&str; 7]) -> String {
    format!(" {pid:>7} {name:<14.14} {user:>10} {memory:>11} {cpu:>7} {pids:>5}  {command}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(board: &Board, width: u16, height: u16) -> String {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        board.draw(area, &mut buf);
        let row = |y| (0..width).map(|x| buf[(x, y)].symbol()).collect::<String>();
        (0..height).map(row).collect::<Vec<_>>().join("\n")
    }

    /// This test itself as a container: it is there, and has all gauges but its own control group.
    fn board() -> Board {
        let pid = std::process::id().cast_signed();
        let began = crate::look::Stat::of(pid).unwrap().began;
        let container = Container {
            runtime: pid,
            init: pid,
            command: "test".into(),
            hostname: Some("box".into()),
            chapter: None,
            user: 0,
            began,
        };
        let mut board = Board::new(Gauge::Tree, Theme::plain());
        board.refresh(&[container]);
        board
    }

    #[test]
    fn every_size_can_be_painted() {
        let mut board = board();
        for gauge in Gauge::ALL {
            board.show(gauge);
            for (width, height) in [(1, 1), (3, 2), (40, 3), (80, 24), (120, 40), (300, 100)] {
                text(&board, width, height);
            }
        }
        assert!(text(&board, 80, 24).contains("box"));
        let wide = text(&board, 120, 40);
        assert!(wide.contains("memory ───") && wide.contains("refusals ───"), "{wide}");
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let board = Board::new(Gauge::Memory, Theme::plain());
        assert!(text(&board, 80, 24).contains("no container of ours"));
        text(&board, 1, 1);
    }

    #[test]
    fn the_chosen_one_stays_when_it_has_ended() {
        let mut board = board();
        board.refresh(&[]);
        assert_eq!(board.watches.len(), 1);
        board.turn(1);
        assert_eq!(board.gauge, Gauge::Mounts);
        board.turn(Gauge::ALL.len() - 1);
        assert_eq!(board.gauge, Gauge::Tree);
        board.choose(5);
        board.scroll(-3);
        assert_eq!((board.chosen, board.scroll), (0, 0));
    }
}
