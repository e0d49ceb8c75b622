//! Colours: a dark theme, a light one for bright rooms, and none at all.

use ratatui::style::{Color, Modifier, Style};

/// What each kind of text looks like. The colours are fixed ones of the 256, so that their contrast is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Everything that is nothing else, and the background.
    pub text: Style,
    /// What is there to be looked up, not read.
    pub dim: Style,
    /// The one thing to look at.
    pub accent: Style,
    /// The host, and what is of the host.
    pub host: Style,
    /// The container, and what is of the container.
    pub container: Style,
    /// As expected; room to spare.
    pub good: Style,
    /// Near a limit.
    pub warning: Style,
    /// Not as expected; at the limit.
    pub bad: Style,
}

impl Theme {
    /// Light letters on black.
    pub fn dark() -> Theme {
        let on = |letters| Style::new().fg(Color::Indexed(letters)).bg(Color::Indexed(16));
        Theme {
            text: on(255),
            dim: on(248),
            accent: on(228).add_modifier(Modifier::BOLD),
            host: on(117),
            container: on(157),
            good: on(120),
            warning: on(221),
            bad: on(217).add_modifier(Modifier::BOLD),
        }
    }

    /// Dark letters on white, for bright rooms.
    pub fn light() -> Theme {
        let on = |letters| Style::new().fg(Color::Indexed(letters)).bg(Color::Indexed(231));
        Theme {
            text: on(16),
            dim: on(240),
            accent: on(54).add_modifier(Modifier::BOLD),
            host: on(18),
            container: on(22),
            good: on(22),
            warning: on(94),
            bad: on(88).add_modifier(Modifier::BOLD),
        }
    }

    /// Bold, reverse and nothing else, for NO_COLOR.
    pub fn plain() -> Theme {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Theme {
            text: plain,
            dim: plain,
            accent: bold,
            host: plain,
            container: plain,
            good: plain,
            warning: bold,
            bad: bold.add_modifier(Modifier::REVERSED),
        }
    }
}
