//! What the trainer has chosen to see.

use crate::{gauges::Gauge, player::Player, scenario::Side, screen::Options, theme::Theme};

/// Everything that the keys change and the player does not know.
#[expect(clippy::struct_excessive_bools, reason = "each has a key of its own")]
#[derive(Clone, Debug)]
pub struct View {
    /// Colours.
    pub theme: Theme,
    /// It goes on by itself.
    pub auto: bool,
    /// ... and ends after the last step.
    pub ends: bool,
    /// ... without pauses.
    pub fast: bool,
    /// Notes for the speaker.
    pub notes: bool,
    /// Gauges, where a step has one.
    pub gauges: bool,
    /// Large type.
    pub large: bool,
    /// The keys are explained.
    pub help: bool,
    /// Keys go to this pane.
    pub typing: Option<Side>,
    /// Looking back so many lines.
    pub scroll: usize,
    /// Turns while something runs.
    pub turn: usize,
    /// What stands before the command of the step.
    pub prompt: String,
    /// Nothing has been shown yet.
    pub starts: bool,
    /// A container runs in the container's pane.
    pub inside: bool,
}

impl View {
    /// As the flags say.
    pub fn new(options: &Options) -> View {
        View {
            theme: options.theme(),
            auto: options.auto,
            ends: options.auto,
            fast: options.fast,
            notes: options.notes,
            gauges: true,
            large: options.large,
            help: false,
            typing: None,
            scroll: 0,
            turn: 0,
            prompt: String::new(),
            starts: true,
            inside: false,
        }
    }
}

impl View {
    /// Look back so many lines, in the pane of the step.
    pub fn scroll_back(&mut self, lines: usize, player: &mut Player) {
        let side = self.typing.unwrap_or(player.side());
        if let Some(pane) = player.pane(side.other()) {
            pane.scroll_to(0);
        }
        self.scroll = 0;
        if let Some(pane) = player.pane(side) {
            pane.scroll_to(lines);
            self.scroll = pane.screen().scrollback(); // there may be less
        }
    }

    /// What to look at: the gauge of this step, or else the last one that there was.
    pub fn gauge(&self, player: &Player) -> Option<Gauge> {
        let steps = player.scenario().steps.iter().take(player.goal() + 1);
        steps.rev().find_map(|step| step.gauge).filter(|_| self.gauges)
    }
}
