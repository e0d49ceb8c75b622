//! What the screen shows.

use ratatui::{
    Frame,
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
    widgets::{Block, BorderType, Clear, Paragraph},
};

use crate::{
    big,
    gauges::Watch,
    keys,
    player::{Phase, Player},
    scenario::{Action, Side},
    screen::{
        layout::{Places, wrap},
        terminal::{self, Mark},
        view::View,
    },
};

/// It turns while something runs.
const WHEEL: [&str; 4] = ["◐", "◓", "◑", "◒"];

/// Everything.
pub fn paint(frame: &mut Frame, places: &Places, player: &Player, view: &View, watch: Option<&Watch>) {
    let all = frame.area();
    frame.buffer_mut().set_style(all, view.theme.text);
    head(frame, places.head, player, view);
    let step = &player.scenario().steps[player.goal()];
    letters(frame, places.letters, &step.title, view);
    text(frame, places.caption, &step.caption, view.theme.accent);
    panes(frame, places, player, view);
    gauge(frame, places.gauge, player, view, watch);
    command(frame, places.command, player, view);
    frame.render_widget(Paragraph::new(state(player, view)), places.state);
    notes(frame, places.notes, step.note.as_deref(), view);
    frame.render_widget(Paragraph::new(key_line(view, places.keys.width)), places.keys);
    if view.help {
        help(frame, view);
    }
}

/// The title, and how far we are.
fn head(frame: &mut Frame, area: Rect, player: &Player, view: &View) {
    let theme = &view.theme;
    let (number, count) = (player.goal() + 1, player.scenario().steps.len());
    let bar = format!("{}{}", "━".repeat(number), "─".repeat(count - number));
    let far = format!(" step {number} of {count} {bar}");
    let far = if area.width < 40 { format!(" {number}/{count}") } else { far };
    let [left, right] = ratatui::layout::Layout::horizontal([
        ratatui::layout::Constraint::Fill(1),
        ratatui::layout::Constraint::Length(u16::try_from(Span::raw(&far).width()).unwrap_or(0)),
    ])
    .areas(area);
    let title = Span::styled(&player.scenario().title, theme.text.add_modifier(Modifier::BOLD));
    frame.render_widget(Paragraph::new(Line::from(title)), left);
    frame.render_widget(Paragraph::new(Line::styled(far, theme.dim)), right);
}

fn letters(frame: &mut Frame, area: Rect, title: &str, view: &View) {
    let style = view.theme.accent;
    if area.height > 0
        && !big::draw(
            title,
            Rect { y: area.y + 1, height: area.height - 1, ..area },
            style,
            frame.buffer_mut(),
        )
    {
        frame.render_widget(Paragraph::new(Line::styled(title, style)), area);
    }
}

/// Words in as many lines as there is room for.
fn text(frame: &mut Frame, area: Rect, words: &str, style: Style) {
    // What fits keeps its gaps: a command is shown as it is typed.
    let fits = !words.contains('\n') && Span::raw(words).width() <= usize::from(area.width);
    let mut lines = if fits { vec![words.to_owned()] } else { wrap(words, area.width) };
    let room = usize::from(area.height);
    if lines.len() > room {
        lines.truncate(room);
        if let Some(last) = lines.last_mut() {
            while Span::raw(last.as_str()).width() + 1 > usize::from(area.width) {
                last.pop();
            }
            last.push('…');
        }
    }
    frame.render_widget(
        Paragraph::new(lines.into_iter().map(Line::raw).collect::<Vec<_>>()).style(style),
        area,
    );
}

// The panes

fn panes(frame: &mut Frame, places: &Places, player: &Player, view: &View) {
    let shown = view.typing.unwrap_or(player.side());
    for (index, side) in [Side::Host, Side::Container].into_iter().enumerate() {
        if places.one && side != shown {
            continue;
        }
        let (outside, inside) = (places.panes[index], places.insides()[index]);
        let style = side_style(side, view);
        if places.one {
            let bar = style.add_modifier(Modifier::REVERSED);
            let title = Line::raw(title(side, player, view)).style(bar);
            frame.render_widget(
                Paragraph::new(title).style(bar),
                Rect { height: outside.height.min(1), ..outside },
            );
        } else {
            frame.render_widget(border(side, shown, player, view), outside);
        }
        if let Some(panes) = player.panes() {
            terminal::draw(frame, &panes[index], inside, mark(side, shown, player, view), &view.theme);
        }
    }
}

fn side_style(side: Side, view: &View) -> Style {
    match side {
        Side::Host => view.theme.host,
        Side::Container => view.theme.container,
    }
}

/// A thick one is around the pane in which something happens, a double one around the one that takes the keys.
fn border(side: Side, shown: Side, player: &Player, view: &View) -> Block<'static> {
    let style = side_style(side, view);
    let name = title(side, player, view);
    let (kind, frame, name) = if view.typing == Some(side) {
        (
            BorderType::Double,
            style,
            Span::styled(name, style.add_modifier(Modifier::BOLD | Modifier::REVERSED)),
        )
    } else if side == shown {
        (
            BorderType::Thick,
            style,
            Span::styled(name, style.add_modifier(Modifier::BOLD | Modifier::REVERSED)),
        )
    } else {
        (BorderType::Plain, view.theme.dim, Span::styled(name, style))
    };
    Block::bordered().border_type(kind).border_style(frame).title(name)
}

/// What a pane is, as far as it is true.
fn title(side: Side, player: &Player, view: &View) -> String {
    let ended = player.panes().is_some_and(|panes| panes[usize::from(side == Side::Container)].has_ended());
    let what = match side {
        _ if ended => format!("{side}: its shell has ended, r begins anew"),
        Side::Host => "host".into(),
        Side::Container if view.inside => "container".into(),
        Side::Container => "container (still on the host)".into(),
    };
    let back = view.scroll > 0 && side == view.typing.unwrap_or(player.side());
    let back = if back { format!("↑ {} lines back ", view.scroll) } else { String::new() };
    let typing = if view.typing == Some(side) { "YOU TYPE HERE " } else { "" };
    format!(" {what} {typing}{back}")
}

fn mark(side: Side, shown: Side, player: &Player, view: &View) -> Mark {
    let over = matches!(player.phase(), Phase::Done(_));
    match view.typing {
        Some(typing) if typing == side => Mark::Own,
        None if side == shown && !over => Mark::Block,
        _ => Mark::None,
    }
}

// Below them

fn gauge(frame: &mut Frame, area: Rect, player: &Player, view: &View, watch: Option<&Watch>) {
    let Some(gauge) = view.gauge(player).filter(|_| area.height > 0) else { return };
    match watch {
        Some(watch) => {
            watch.draw(gauge, area, frame.buffer_mut(), &view.theme);
            let name = Line::styled(gauge.name(), view.theme.dim).right_aligned();
            frame.render_widget(
                name,
                Rect { height: 1, x: area.right().saturating_sub(12), width: 12.min(area.width), ..area },
            );
        }
        None => text(frame, area, &format!("{}: no container yet", gauge.name()), view.theme.dim),
    }
}

fn command(frame: &mut Frame, area: Rect, player: &Player, view: &View) {
    let theme = &view.theme;
    let Some(command) = player.command().filter(|_| !player.is_rewinding()) else { return };
    let line = match player.step().action() {
        Some(Action::Press(_)) => format!("press {}", key_name(&command)),
        _ => format!("{}{command}", view.prompt),
    };
    text(
        frame,
        area,
        &format!("❯ {line}"),
        side_style(player.side(), view).patch(theme.text).add_modifier(Modifier::BOLD),
    );
}

fn key_name(keys: &str) -> String {
    match keys.strip_prefix("C-") {
        Some(letter) => format!("Ctrl-{}", letter.to_uppercase()),
        None => keys.to_owned(),
    }
}

/// What is going on, and what to press.
fn state(player: &Player, view: &View) -> Line<'static> {
    let theme = &view.theme;
    let wheel = WHEEL[view.turn % WHEEL.len()];
    if player.is_rewinding() {
        let what = match player.goal() {
            0 => "beginning anew".into(),
            1 => "beginning anew, and doing step 1 again".into(),
            goal => format!("beginning anew, and doing steps 1 to {goal} again"),
        };
        let what =
            if player.at() == 0 && player.goal() == 0 && view.starts { "starting".into() } else { what };
        return Line::styled(format!("{wheel} {what}…"), theme.warning);
    }
    let then = if player.is_over() { "that was the last step" } else { "space: go on" };
    let then = if view.auto { "" } else { then };
    match player.phase() {
        Phase::Ending | Phase::Starting => Line::default(),
        Phase::Ready if player.step().action().is_none() => Line::styled(then, theme.text),
        Phase::Ready => Line::styled(if view.auto { "" } else { "space: run it" }, theme.text),
        Phase::Typing => Line::styled(format!("{wheel} typing…"), theme.text),
        Phase::Running => Line::styled(format!("{wheel} running…"), theme.text),
        Phase::Done(Ok(())) => {
            Line::from(vec![Span::styled("✓ as announced  ", theme.good), Span::styled(then, theme.text)])
        }
        Phase::Done(Err(why)) => {
            let why = why.lines().next().unwrap_or_default().trim_end_matches("; it printed:").to_owned();
            Line::styled(format!("✗ {why}"), theme.bad)
        }
    }
}

fn notes(frame: &mut Frame, area: Rect, note: Option<&str>, view: &View) {
    if area.height > 0 {
        let words = note.map_or_else(|| "no note".into(), |note| format!("note: {note}"));
        text(frame, area, &words, view.theme.dim);
    }
}

/// The keys that there are now; the most important first, as many as there is room for.
fn key_line(view: &View, width: u16) -> Line<'static> {
    const USUAL: [(&str, &str); 8] = [
        ("space", "next"),
        ("←", "back"),
        ("Tab", "type"),
        ("?", "all keys"),
        ("q", "leave"),
        ("r", "restart"),
        ("n", "notes"),
        ("b", "large"),
    ];
    const TYPING: [(&str, &str); 2] =
        [("F12", "or"), ("Ctrl-]", "stop typing; all other keys go to the shell")];
    let keys: &[(&str, &str)] = if view.typing.is_some() { &TYPING } else { &USUAL };
    let theme = &view.theme;
    let mut line = Line::default();
    for (key, what) in keys.iter().copied().chain(view.auto.then_some(("a", "stop going on by itself"))) {
        let more = [
            Span::styled(format!(" {key} "), theme.text.add_modifier(Modifier::REVERSED)),
            Span::styled(format!(" {what}  "), theme.dim),
        ];
        let wide: usize = more.iter().map(Span::width).sum();
        if line.width() + wide <= usize::from(width) + 2 {
            line.extend(more);
        }
    }
    line
}

fn help(frame: &mut Frame, view: &View) {
    let theme = &view.theme;
    let column = keys::HELP.iter().map(|(key, _)| Span::raw(*key).width()).max().unwrap_or(0);
    let line = |(key, what): &(&'static str, &'static str)| {
        let gap = " ".repeat(column - Span::raw(*key).width());
        Line::from(vec![
            Span::styled(format!(" {key}{gap}  "), theme.accent),
            Span::styled(format!("{what} "), theme.text),
        ])
    };
    let lines: Vec<Line> = keys::HELP.iter().map(line).collect();
    let width = lines.iter().map(Line::width).max().unwrap_or(0) + 2;
    let all = frame.area();
    let width = u16::try_from(width).unwrap_or(u16::MAX).min(all.width);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(all.height);
    let area = Rect::new((all.width - width) / 2, (all.height - height) / 2, width, height);
    let block = Block::bordered().border_type(BorderType::Thick).border_style(theme.accent);
    frame.render_widget(Clear, area);
    let block = block.title(" keys ").title_bottom(" any key closes this ");
    frame.render_widget(Paragraph::new(lines).block(block).style(theme.text), area);
}
