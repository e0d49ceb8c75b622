//! The pair of sockets over which parent and child speak.

use std::{
    io::{IoSlice, IoSliceMut},
    os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd},
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout},
    sys::socket::{
        AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg,
    },
};

use crate::{
    Result,
    call::{Outcome, call, call_shown_before},
};

/// `socketpair(2)` of sequenced packets: one send is one receive, and a dead peer is an end of file.
#[track_caller]
pub fn socketpair() -> Result<(OwnedFd, OwnedFd)> {
    call("socketpair(2)", "socketpair(AF_UNIX, SOCK_SEQPACKET|SOCK_CLOEXEC)".into(), || {
        nix::sys::socket::socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)
    })
}

/// `socketpair(2)` of bytes, as a pipe that goes both ways.
#[track_caller]
pub fn socketpair_stream() -> Result<(OwnedFd, OwnedFd)> {
    call("socketpair(2)", "socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC)".into(), || {
        nix::sys::socket::socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)
    })
}

impl Outcome for (OwnedFd, OwnedFd) {
    fn shown(&self) -> String {
        format!("{}, {}", self.0.as_raw_fd(), self.1.as_raw_fd())
    }
}

/// `send(2)` one packet. A peer that is gone is EPIPE, never the signal SIGPIPE.
#[track_caller]
pub fn send(socket: &OwnedFd, packet: &[u8]) -> Result<()> {
    let line = format!("send({}, {})", socket.as_raw_fd(), String::from_utf8_lossy(packet));
    call_shown_before("send(2)", &line, || {
        nix::sys::socket::send(socket.as_raw_fd(), packet, MsgFlags::MSG_NOSIGNAL).map(drop)
    })
}

/// `recv(2)` one packet; an empty one is the end of file: the peer is gone or has closed its end.
#[track_caller]
pub fn receive(socket: &OwnedFd) -> Result<Packet> {
    call("recv(2)", format!("recv({})", socket.as_raw_fd()), || {
        let mut packet = vec![0; LARGEST];
        loop {
            match nix::sys::socket::recv(socket.as_raw_fd(), &mut packet, MsgFlags::empty()) {
                Ok(length) => {
                    packet.truncate(length);
                    return Ok(Packet(packet));
                }
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    })
}

/// `sendmsg(2)` one packet and with it a descriptor (SCM_RIGHTS): the peer gets one of his own for the same thing.
#[track_caller]
pub fn send_with_descriptor(socket: &OwnedFd, packet: &[u8], descriptor: &OwnedFd) -> Result<()> {
    let (number, text) = (descriptor.as_raw_fd(), String::from_utf8_lossy(packet));
    let line = format!("sendmsg({}, {text}, SCM_RIGHTS [{number}])", socket.as_raw_fd());
    call_shown_before("sendmsg(2)", &line, || {
        let (data, rights) = ([IoSlice::new(packet)], [number]);
        let control = [ControlMessage::ScmRights(&rights)];
        sendmsg::<()>(socket.as_raw_fd(), &data, &control, MsgFlags::MSG_NOSIGNAL, None).map(drop)
    })
}

/// `recvmsg(2)` one packet, and the descriptor that came with it. It is close-on-exec.
#[track_caller]
#[allow(unsafe_code)]
pub fn receive_with_descriptor(socket: &OwnedFd) -> Result<(Packet, Option<OwnedFd>)> {
    call("recvmsg(2)", format!("recvmsg({})", socket.as_raw_fd()), || {
        let mut packet = vec![0; LARGEST];
        let mut space = nix::cmsg_space!(RawFd);
        let (length, raw) = loop {
            let mut data = [IoSliceMut::new(&mut packet)];
            let flags = MsgFlags::MSG_CMSG_CLOEXEC;
            match recvmsg::<()>(socket.as_raw_fd(), &mut data, Some(&mut space), flags) {
                Ok(message) => {
                    let rights = message.cmsgs()?.find_map(|control| match control {
                        ControlMessageOwned::ScmRights(rights) => rights.first().copied(),
                        _ => None,
                    });
                    break (message.bytes, rights);
                }
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        };
        packet.truncate(length);
        // SAFETY: the kernel has just opened this descriptor for us, and nobody else knows of it.
        let descriptor = raw.map(|raw| unsafe { OwnedFd::from_raw_fd(raw) });
        Ok((Packet(packet), descriptor))
    })
}

/// `poll(2)`, without waiting: whether the peer is gone, or has closed its end, though packets of his may
/// still wait to be received.
#[track_caller]
pub fn is_hung_up(socket: &OwnedFd) -> Result<bool> {
    call("poll(2)", format!("poll({}, POLLHUP)", socket.as_raw_fd()), || {
        let mut ask = [PollFd::new(socket.as_fd(), PollFlags::empty())]; // POLLHUP is always told
        nix::poll::poll(&mut ask, PollTimeout::ZERO)?;
        Ok(ask[0].revents().is_some_and(|told| told.contains(PollFlags::POLLHUP)))
    })
}

impl Outcome for bool {
    fn shown(&self) -> String {
        if *self { "hung up".into() } else { "0".into() }
    }
}

/// Larger than any message of ours: an error whose call names the longest possible path, escaped.
const LARGEST: usize = 64 * 1024;

/// What one `recv(2)` brought.
pub struct Packet(pub Vec<u8>);

impl Outcome for (Packet, Option<OwnedFd>) {
    fn shown(&self) -> String {
        let descriptor =
            self.1.as_ref().map(|descriptor| format!(", SCM_RIGHTS [{}]", descriptor.as_raw_fd()));
        self.0.shown() + &descriptor.unwrap_or_default()
    }
}

impl Outcome for Packet {
    fn shown(&self) -> String {
        if self.0.is_empty() { "end of file".into() } else { String::from_utf8_lossy(&self.0).into_owned() }
    }
}
