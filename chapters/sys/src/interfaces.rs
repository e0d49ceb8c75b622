//! Network interfaces, by the old way of an ioctl: enough to switch one on.

use std::os::fd::AsRawFd;

use nix::errno::Errno;

use crate::{Result, call::call};

/// `ioctl(SIOCSIFFLAGS)` with IFF_UP alone: switch the interface `name` on, netdevice(7).
#[track_caller]
#[allow(unsafe_code)]
pub fn ioctl_interface_up(name: &str) -> Result<()> {
    call("netdevice(7)", format!("ioctl(SIOCSIFFLAGS, {name:?}, IFF_UP)"), || {
        let socket = std::net::UdpSocket::bind(("0.0.0.0", 0))
            .map_err(|error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))?;
        // SAFETY: an all-zero ifreq is a valid value: an array of characters and a union of plain numbers.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        let fits = name.len() < request.ifr_name.len();
        for (to, from) in request.ifr_name.iter_mut().zip(name.bytes()).filter(|_| fits) {
            *to = from.cast_signed();
        }
        request.ifr_ifru.ifru_flags = i16::try_from(libc::IFF_UP).unwrap_or_default();
        // SAFETY: the kernel reads one ifreq, whose name ends with a NUL byte because a longer one was left out.
        Errno::result(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw mut request) })
            .map(drop)
    })
}
