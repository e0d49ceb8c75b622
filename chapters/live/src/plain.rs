//! A demo without a screen: for pipes, for terminals that can do nothing, and for the transcript in the book.

use std::{
    io::{BufRead, IsTerminal, Write},
    time::Duration,
};

use nix::unistd::getppid;
use sys::{Result, Size};

use crate::{
    estate::Estate,
    player::{Phase, Player},
    scenario::{Action, Scenario},
};

/// What is printed is not bound to the size of a terminal; most lines fit.
const SIZE: Size = Size { rows: 40, columns: 100 };

/// Between two looks at the shells.
const MOMENT: Duration = Duration::from_millis(5);

/// How a demo is driven when nobody presses keys.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Go on by itself.
    pub auto: bool,
    /// And without pauses.
    pub fast: bool,
}

/// Play it from the first step to the last. `false`: a step was not as announced.
pub fn play(scenario: &Scenario, estate: &Estate, pace: Pace) -> Result<bool> {
    let keeper = getppid();
    let mut player = Player::new(scenario.clone(), estate.clone(), [SIZE; 2])?;
    player.always_hurry(); // a line appears when it is complete
    anstream::println!("{}\n{}", scenario.title, "=".repeat(scenario.title.len()));
    let mut good = true;
    let mut shown = None;
    while getppid() == keeper {
        player.tick()?;
        match player.phase() {
            Phase::Ready if shown != Some(player.at()) => {
                shown = Some(player.at());
                announce(&mut player);
                wait(&player, pace)?;
            }
            Phase::Done(verdict) => {
                good &= verdict.is_ok();
                report(&mut player);
                wait(&player, Pace { auto: pace.auto || !std::io::stdin().is_terminal(), ..pace })?;
            }
            Phase::Ready => {}
            _ => {
                std::thread::sleep(MOMENT);
                continue;
            }
        }
        if !player.next()? {
            break;
        }
    }
    Ok(good)
}

/// The caption, and the command that comes.
fn announce(player: &mut Player) {
    let prompt = player.pane(player.side()).map(|pane| pane.line()).unwrap_or_default();
    let step = player.step();
    let number = player.at() + 1;
    anstream::println!("\n{number}. {}\n{}", step.title, step.caption);
    match step.action() {
        Some(Action::Type(..)) => {
            anstream::println!("\n    {prompt}{}", player.command().unwrap_or_default());
        }
        Some(Action::Press(keys)) => anstream::println!("\n    {}", keys.0),
        None => {}
    }
}

/// What it printed, and whether that was as announced.
fn report(player: &mut Player) {
    let side = player.side();
    let output = player.pane(side).map(|pane| pane.output()).unwrap_or_default();
    let prompt = player.pane(side).map(|pane| pane.line()).unwrap_or_default();
    let output = output.strip_suffix(prompt.trim_end()).unwrap_or(&output);
    for line in output.lines().filter(|line| !line.is_empty()) {
        anstream::println!("    {line}");
    }
    if let Phase::Done(Err(why)) = player.phase() {
        anstream::println!("    ✗ not as announced: {why}");
    }
}

/// Until the trainer presses Enter, or for a while.
fn wait(player: &Player, pace: Pace) -> Result<()> {
    std::io::stdout().flush()?;
    if !pace.auto && std::io::stdin().is_terminal() {
        std::io::stdin().lock().read_line(&mut String::new())?;
    } else if pace.auto && !pace.fast {
        std::thread::sleep(player.pause());
    }
    Ok(())
}
