//! What is said over the line: frames of a letter, a length and that many bytes.
//!
//! | outside says | inside says |
//! |---|---|
//! | | `Ready`: the line is set, tell me the job |
//! | `Job`: root, environment, command, in pieces; an empty one is the last | `Want` the next piece |
//! | `Input` for the command, a piece for each `Want`; an empty one is the last | `Want` |
//! | `Heard`, for each | `Output`, `Errors` of the command |
//! | `Size` of the terminal, `Signal` for the command | |
//! | | `Exit` code of the command, or `Failed`: init could not run it |
//!
//! `Want` and `Heard` keep the line from ever being full, in either direction. A full one would hold up signals;
//! and the serial driver of linux.uml 6.1 stops for good when more comes than the terminal's 4096 bytes hold.

use std::{ffi::OsString, path::PathBuf};

use serde::{Deserialize, Serialize};
use sys::{Error, Result, Size};

/// What is to be run, and in what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Folders that are shared, outer ones first.
    pub volumes: Vec<PathBuf>,
    /// Where the command starts.
    pub workdir: PathBuf,
    /// `NAME=VALUE`.
    pub environment: Vec<OsString>,
    /// The command and its arguments.
    pub command: Vec<OsString>,
    /// The size of the terminal for its input and output; pipes when there is none.
    pub terminal: Option<Size>,
    /// Whether its errors go to the terminal as well.
    pub errors_on_terminal: bool,
}

impl Job {
    /// The job as the line carries it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json(self)
    }

    /// And back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Job> {
        from_json(bytes)
    }
}

/// One thing that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    Ready,
    Job(Vec<u8>),
    Want,
    Heard,
    Input(Vec<u8>),
    Output(Vec<u8>),
    Errors(Vec<u8>),
    Size(Size),
    Signal(u8),
    Exit(u8),
    Failed(Error),
}

/// Letter and length.
const HEAD: usize = 5;
/// The longest that anybody sends.
const LONGEST: usize = 64 * 1024;
/// How much goes in at once: with its head and a signal, less than the terminal's 4096 bytes.
pub const PIECE: usize = 2048;
/// How much output comes out at once, and how many times before it must be heard.
pub const OUTPUT: usize = 16 * 1024;
/// How many frames of output may be on the way.
pub const UNHEARD: usize = 4;

impl Frame {
    /// The frame as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let (letter, content) = match self {
            Frame::Ready => (b'r', Vec::new()),
            Frame::Job(job) => (b'j', job.clone()),
            Frame::Want => (b'w', Vec::new()),
            Frame::Heard => (b'h', Vec::new()),
            Frame::Input(bytes) => (b'i', bytes.clone()),
            Frame::Output(bytes) => (b'o', bytes.clone()),
            Frame::Errors(bytes) => (b'e', bytes.clone()),
            Frame::Size(size) => (b's', json(size)),
            Frame::Signal(number) => (b'k', vec![*number]),
            Frame::Exit(code) => (b'x', vec![*code]),
            Frame::Failed(error) => (b'f', json(error)),
        };
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        [&[letter], &length.to_le_bytes()[..], &content].concat()
    }

    fn decode(letter: u8, content: &[u8]) -> Result<Frame> {
        let byte = content.first().copied().unwrap_or_default();
        Ok(match letter {
            b'r' => Frame::Ready,
            b'j' => Frame::Job(content.to_vec()),
            b'w' => Frame::Want,
            b'h' => Frame::Heard,
            b'i' => Frame::Input(content.to_vec()),
            b'o' => Frame::Output(content.to_vec()),
            b'e' => Frame::Errors(content.to_vec()),
            b's' => Frame::Size(from_json(content)?),
            b'k' => Frame::Signal(byte),
            b'x' => Frame::Exit(byte),
            b'f' => Frame::Failed(from_json(content)?),
            other => {
                return Err(Error::new(format!("the line to the lab: no frame begins with byte {other}")));
            }
        })
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default() // of our own types, which all can be written
}

fn from_json<'a, T: Deserialize<'a>>(content: &'a [u8]) -> Result<T> {
    serde_json::from_slice(content).map_err(|error| Error::new(format!("the line to the lab: {error}")))
}

/// Frames out of bytes, which come in pieces of any length.
#[derive(Default)]
pub struct Frames(Vec<u8>);

impl Frames {
    /// More bytes have come.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next frame, if it is there whole.
    pub fn next(&mut self) -> Result<Option<Frame>> {
        let Some(head) = self.0.first_chunk::<HEAD>() else { return Ok(None) };
        let [letter, length @ ..] = *head;
        let length = u32::from_le_bytes(length) as usize;
        if length > LONGEST {
            return Err(Error::new(format!("the line to the lab: a frame of {length} bytes")));
        }
        let Some(content) = self.0.get(HEAD..HEAD + length) else { return Ok(None) };
        let frame = Frame::decode(letter, content)?;
        self.0.drain(..HEAD + length);
        Ok(Some(frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_any_cut() {
        let said = [
            Frame::Ready,
            Frame::Want,
            Frame::Heard,
            Frame::Job(vec![1]),
            Frame::Input(vec![]),
            Frame::Output(vec![0, 255, 3, 13, 10]),
            Frame::Size(Size { rows: 24, columns: 80 }),
            Frame::Signal(2),
            Frame::Exit(137),
            Frame::Failed(Error::new("no")),
        ];
        let bytes: Vec<u8> = said.iter().flat_map(Frame::encode).collect();
        for length in [1, 3, bytes.len()] {
            let (mut frames, mut heard) = (Frames::default(), Vec::new());
            for piece in bytes.chunks(length) {
                frames.add(piece);
                while let Some(frame) = frames.next().unwrap() {
                    heard.push(frame);
                }
            }
            assert_eq!(heard, said);
        }
    }

    #[test]
    fn noise_is_an_error() {
        let mut frames = Frames::default();
        frames.add(b"Kernel panic");
        assert!(frames.next().is_err());
    }
}
