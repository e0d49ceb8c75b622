//! The screen of a demo: host and container side by side, the next command, keys.
//!
//! **The trick** is called the *one loop*: nothing here runs in a second thread, because shells are started by fork(2).
//! poll(2) waits for the keyboard and both shells at once; the player looks at what has happened, and what has changed is
//! drawn.

pub(crate) mod layout;
mod paint;
mod room;
mod show;
mod terminal;
mod view;
mod wait;

use std::io::Write;

use sys::{Result, Size};

use crate::{clock::Clock, estate::Estate, player::Player, scenario::Scenario, theme::Theme};

pub use room::{Room, give_back};

/// How a demo is shown.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are flags of the command line, each for itself")]
pub struct Options {
    /// Go on by itself, and end after the last step.
    pub auto: bool,
    /// Without pauses, and commands appear at once.
    pub fast: bool,
    /// Notes for the speaker.
    pub notes: bool,
    /// Large type.
    pub large: bool,
    /// Dark letters on white.
    pub light: bool,
    /// No colours.
    pub plain: bool,
    /// How large the screen is, where it is no terminal. Otherwise the terminal says it.
    pub size: Option<Size>,
    /// What pauses are measured with.
    pub clock: Clock,
}

impl Options {
    /// The colours.
    pub fn theme(&self) -> Theme {
        match self {
            Options { plain: true, .. } => Theme::plain(),
            Options { light: true, .. } => Theme::light(),
            _ => Theme::dark(),
        }
    }
}

/// Who is told where the demo stands, whenever something may have changed, and before it is drawn.
pub type OnLook<'a> = &'a mut dyn FnMut(&Player);

/// Show it on the terminal of standard input and output. `false`: a step was not as announced. Which one and why is said
/// once more where it stays to be read, after the terminal has been given back.
pub fn play(scenario: &Scenario, estate: &Estate, options: Options, on_look: OnLook) -> Result<bool> {
    let room = Room::enter()?;
    let out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout());
    let result = play_on(out, scenario, estate, options, on_look);
    drop(room);
    let faults = result?;
    for fault in &faults {
        anstream::eprintln!("minicontainer: {fault}");
    }
    Ok(faults.is_empty())
}

/// Show it on `out`. Where `options` has a size, nobody is asked for keys or for the size: it goes by itself.
/// What it returns are the steps that were not as announced.
pub fn play_on(
    out: impl Write,
    scenario: &Scenario,
    estate: &Estate,
    options: Options,
    on_look: OnLook,
) -> Result<Vec<String>> {
    let size = match options.size {
        Some(size) => size,
        None => sys::window_size(std::io::stdout())?,
    };
    let view = view::View::new(&options);
    let places = layout::places(size, &view, scenario, 0);
    let mut player = Player::new(scenario.clone(), estate.clone(), places.sizes())?;
    player.keep_time(options.clock);
    if options.fast {
        player.always_hurry();
    }
    show::Show::new(out, player, view, size, options.size.is_none())?.run(on_look)
}
