//! A shell's terminal in a pane, in colours that can be read on ours.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::{Modifier, Style},
};
use tui_term::widget::{Cursor, PseudoTerminal};

use crate::{pane::Pane, theme::Theme};

/// Where the cursor is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nowhere: nothing happens here.
    None,
    /// As a block: the demo types here.
    Block,
    /// The terminal's own: the trainer types here.
    Own,
}

/// Draw what is to be seen of a pane.
pub fn draw(frame: &mut Frame, pane: &Pane, area: Rect, mark: Mark, theme: &Theme) {
    let screen = pane.screen();
    let block = Style::new().add_modifier(Modifier::REVERSED);
    let cursor = Cursor::default().symbol(" ").style(block).overlay_style(block);
    let cursor = cursor.visibility(mark == Mark::Block);
    frame.render_widget(PseudoTerminal::new(screen).cursor(cursor), area);
    for position in area.positions() {
        if let Some(cell) = frame.buffer_mut().cell_mut(position) {
            let (letters, ground) = theme.readable(cell.fg, cell.bg);
            cell.fg = letters;
            cell.bg = ground;
            cell.modifier.remove(Modifier::DIM); // how dim that is only the terminal knows
        }
    }
    let (row, column) = screen.cursor_position();
    let place = Position::new(area.x + column.min(area.width.saturating_sub(1)), area.y + row);
    if mark == Mark::Own && !screen.hide_cursor() && screen.scrollback() == 0 && area.contains(place) {
        frame.set_cursor_position(place);
    }
}
