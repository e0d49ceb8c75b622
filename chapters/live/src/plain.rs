//! A demo without a screen: for pipes, for terminals that can do nothing, and for the transcript in the book.

use std::{
    io::{BufRead, IsTerminal, Write},
    os::fd::AsFd,
    time::{Duration, Instant},
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout},
    unistd::{Pid, getppid},
};
use sys::{Result, Size};

use crate::{
    estate::Estate,
    notes::Channel,
    player::{Phase, Player},
    scenario::{Action, Scenario, Step},
};

/// What is printed is not bound to the size of a terminal; most lines fit.
const SIZE: Size = Size { rows: 40, columns: 100 };

/// Between two looks at the shells.
const MOMENT: Duration = Duration::from_millis(5);

/// Between two looks for somebody who wants to follow, while the trainer is waited for.
const GLANCE: Duration = Duration::from_millis(100);

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
    let mut channel = Channel::open();
    let mut player = Player::new(scenario.clone(), estate.clone(), [SIZE; 2])?;
    player.always_hurry(); // a line appears when it is complete
    anstream::println!("{}\n{}", scenario.title, "=".repeat(scenario.title.chars().count()));
    let mut good = true;
    let mut shown = None;
    while getppid() == keeper {
        player.tick()?;
        channel.follow(&player);
        match player.phase() {
            Phase::Ready if shown != Some(player.at()) => {
                shown = Some(player.at());
                announce(&mut player);
                wait(&player, pace, &mut channel, keeper)?;
            }
            Phase::Done(verdict) => {
                good &= verdict.is_ok();
                report(&mut player);
                let pace = Pace { auto: pace.auto || !std::io::stdin().is_terminal(), ..pace };
                wait(&player, pace, &mut channel, keeper)?;
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
    anstream::println!("\n{number}. {}\n{}", step.title, step.caption.trim());
    match step.action() {
        Some(Action::Type(..)) => {
            let command = player.command().unwrap_or_default();
            anstream::println!("\n{}", shown(&format!("{prompt}{command}")));
        }
        Some(Action::Press(keys)) => anstream::println!("\n{}", shown(&keys.to_string())),
        None => {}
    }
}

/// A line or several as they stand in the text: indented, and with nothing at the end.
fn shown(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

/// What it printed, and whether that was as announced.
fn report(player: &mut Player) {
    let side = player.side();
    let (step, verdict) = (player.step().clone(), player.phase().clone());
    let output = player.pane(side).map(|pane| pane.output()).unwrap_or_default();
    let prompt = player.pane(side).map(|pane| pane.line()).unwrap_or_default();
    let output = output.strip_suffix(prompt.trim_end()).unwrap_or(&output);
    let lines: Vec<_> = up_to(&step, output).lines().filter(|line| !line.is_empty()).collect();
    if !lines.is_empty() {
        anstream::println!("{}", shown(&lines.join("\n")));
    }
    if let Phase::Done(Err(why)) = verdict {
        anstream::println!("{}", shown(&format!("✗ not as announced: {why}")));
    }
}

/// A command that goes on has printed more or less by now. What the step waited for is where its part of the text ends.
fn up_to<'a>(step: &Step, output: &'a str) -> &'a str {
    let Some(found) = step.until.as_ref().and_then(|pattern| pattern.0.find(output)) else { return output };
    let rest = &output[found.end()..];
    &output[..found.end() + rest.find('\n').unwrap_or(rest.len())]
}

/// Until the trainer presses Enter, or for a while; no longer than the keeper lives.
fn wait(player: &Player, pace: Pace, channel: &mut Channel, keeper: Pid) -> Result<()> {
    std::io::stdout().flush()?;
    channel.follow(player);
    if !pace.auto && std::io::stdin().is_terminal() {
        while !is_there_input()? {
            if getppid() != keeper {
                return Ok(());
            }
            channel.follow(player);
        }
        std::io::stdin().lock().read_line(&mut String::new())?;
    } else if pace.auto && !pace.fast {
        let end = Instant::now() + player.pause();
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|_| getppid() == keeper) {
            channel.follow(player);
            std::thread::sleep(left.min(GLANCE));
        }
    }
    Ok(())
}

/// Wait a moment for a line: poll(2).
fn is_there_input() -> Result<bool> {
    let input = std::io::stdin();
    let mut asked = [PollFd::new(input.as_fd(), PollFlags::POLLIN)];
    match nix::poll::poll(&mut asked, PollTimeout::try_from(GLANCE).unwrap_or(PollTimeout::MAX)) {
        Ok(count) => Ok(count > 0),
        Err(nix::Error::EINTR) => Ok(false),
        Err(errno) => Err(std::io::Error::from(errno).into()),
    }
}
