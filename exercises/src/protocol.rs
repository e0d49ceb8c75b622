//! The protocol: what the two processes say to each other, and when.
//!
//! | parent                                 | child                                      |
//! |----------------------------------------|--------------------------------------------|
//! | tells `Proceed`: all that only it can do is done | waits for `Proceed`              |
//! | takes `Descriptor`, from chapter 12 on | gives it, if it has something to give      |
//! | waits for the end of file              | tells `Failed`, or closes its end by execve |
//!
//! The socket is close-on-exec, so a successful `execve(2)` *is* the last word of the child. A peer
//! that dies is an end of file too, never a hang. And a parent that has told `Proceed` and died before the
//! child asked the kernel to die with it would leave the child behind: so the child looks once more.
//!
//! Kernel: socketpair(2), unix(7) SOCK_SEQPACKET. See it: `--explain`, the lines with send and recv.

use std::os::fd::OwnedFd;

use serde::{Deserialize, Serialize};
use sys::{Errno, Error, Result};

/// One message. Their order here is their order on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Parent to child: go on, everything outside is prepared.
    Proceed,
    /// Child to parent: with this comes a descriptor of something that only the child could make.
    Descriptor,
    /// Child to parent: a step failed; this is why, and I am gone.
    Failed(Error),
}

/// One end of the conversation.
#[derive(Debug)]
pub struct Channel(OwnedFd);

impl Channel {
    /// Both ends.
    pub fn pair() -> Result<(Channel, Channel)> {
        let (ours, theirs) = sys::socketpair()?;
        Ok((Channel(ours), Channel(theirs)))
    }

    /// Send `message`. Nobody can to a peer that is gone; if it failed, it has said why before, and its error is ours.
    pub fn tell(&mut self, message: &Message) -> Result<()> {
        let packet = serde_json::to_vec(message).map_err(|error| Error::new(error.to_string()))?;
        match sys::send(&self.0, &packet) {
            Err(broken) if broken.errno() == Some(Errno::EPIPE) => match self.hear() {
                Ok(Some(Message::Failed(error))) => Err(error),
                _ => Err(broken),
            },
            sent => sent,
        }
    }

    /// Wait for `message`, of a peer that is still there. If it failed instead, its error is ours.
    pub fn expect(&mut self, message: &Message) -> Result<()> {
        match self.hear()? {
            Some(Message::Failed(error)) => Err(error),
            Some(heard) if heard == *message => self.check_peer(),
            heard => Err(Error::new(format!("waited for {message:?}, heard {heard:?}"))),
        }
    }

    /// Give `descriptor` to the peer.
    pub fn give(&mut self, descriptor: &OwnedFd) -> Result<()> {
        let packet =
            serde_json::to_vec(&Message::Descriptor).map_err(|error| Error::new(error.to_string()))?;
        sys::send_with_descriptor(&self.0, &packet, descriptor)
    }

    /// Wait for what the peer gives. If it failed instead, its error is ours.
    pub fn take(&mut self) -> Result<OwnedFd> {
        let (packet, descriptor) = once_more(|| sys::receive_with_descriptor(&self.0))?;
        match (parse(&packet.0)?, descriptor) {
            (Some(Message::Descriptor), Some(descriptor)) => Ok(descriptor),
            (Some(Message::Failed(error)), _) => Err(error),
            (heard, _) => Err(Error::new(format!("waited for a descriptor, heard {heard:?}"))),
        }
    }

    /// Whether the peer is still there, and has not closed its end.
    pub fn check_peer(&self) -> Result<()> {
        if sys::is_hung_up(&self.0)? { Err(Error::new("the other process is gone")) } else { Ok(()) }
    }

    /// Wait until the peer has closed its end. If it failed instead, its error is ours.
    pub fn expect_end(&mut self) -> Result<()> {
        match self.hear()? {
            None => Ok(()),
            Some(Message::Failed(error)) => Err(error),
            Some(heard) => Err(Error::new(format!("waited for the end, heard {heard:?}"))),
        }
    }

    /// The next message; `None` at the end of file.
    fn hear(&mut self) -> Result<Option<Message>> {
        parse(&once_more(|| sys::receive(&self.0))?.0)
    }
}

/// A peer that is gone and had not read everything is told first, as ECONNRESET. What it said before is still there.
fn once_more<T>(receive: impl Fn() -> Result<T>) -> Result<T> {
    match receive() {
        Err(error) if error.errno() == Some(Errno::ECONNRESET) => receive(),
        received => received,
    }
}

/// The message in a packet; an empty one is the end of file.
fn parse(packet: &[u8]) -> Result<Option<Message>> {
    if packet.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(packet).map(Some).map_err(|error| Error::new(error.to_string()))
}
