//! Colours: a dark theme, a light one for bright rooms, and none at all.

use ratatui::style::{Color, Modifier, Style};

mod contrast;

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

/// Whether nobody wants colours, <https://no-color.org>: the variable is set, and not empty.
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

impl Theme {
    /// The one for this terminal and its user.
    pub fn wanted(light: bool) -> Theme {
        match light {
            _ if no_color() => Theme::plain(),
            true => Theme::light(),
            false => Theme::dark(),
        }
    }

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

    /// The other one. Without colours there is none.
    #[must_use]
    pub fn other(self) -> Theme {
        if self == Theme::dark() {
            Theme::light()
        } else if self == Theme::light() {
            Theme::dark()
        } else {
            self
        }
    }

    /// What the colours of a program in a pane become, so that they can be read here: its own where that is so, and
    /// else the nearest that is. Programs choose theirs for a black ground, and most have 16 that look different in
    /// every terminal.
    pub fn readable(&self, letters: Color, ground: Color) -> (Color, Color) {
        let (Some(ours), Some(behind)) = (self.text.fg, self.text.bg) else {
            return (Color::Reset, Color::Reset);
        };
        let ground = if ground == Color::Reset { behind } else { ground };
        let letters = if letters == Color::Reset { ours } else { letters };
        contrast::readable(letters, ground)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2, 1.4.3 and 1.4.6: 4.5 for everything, 7 for what is there to be read.
    #[test]
    fn everything_can_be_read() {
        for theme in [Theme::dark(), Theme::light()] {
            let Theme { text, dim, accent, host, container, good, warning, bad } = theme;
            for (least, style) in [
                (7.0, text),
                (7.0, accent),
                (4.5, dim),
                (4.5, host),
                (4.5, container),
                (4.5, good),
                (4.5, warning),
                (4.5, bad),
            ] {
                let found = contrast::between(style.fg.unwrap(), style.bg.unwrap());
                assert!(found >= least, "{style:?}: {found:.1}");
            }
        }
    }

    #[test]
    fn what_a_program_prints_can_be_read() {
        for theme in [Theme::dark(), Theme::light()] {
            for (letters, ground) in
                (0..=255).flat_map(|letters| (0..=255).map(move |ground| (letters, ground)))
            {
                let (letters, ground) = theme.readable(Color::Indexed(letters), Color::Indexed(ground));
                assert!(contrast::between(letters, ground) >= 4.5, "{letters} on {ground}");
            }
        }
        assert_eq!(
            Theme::light().readable(Color::Reset, Color::Reset),
            (Color::Indexed(16), Color::Indexed(231))
        );
        assert_eq!(Theme::plain().readable(Color::Indexed(1), Color::Reset), (Color::Reset, Color::Reset));
    }
}
