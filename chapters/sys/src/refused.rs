//! Calls that the course makes to see them refused.

use libc::c_ulong;
use nix::errno::Errno;

use crate::{Result, call::call};

/// `TIOCSTI`, ioctl_tty(2). libc's has another type for musl. The kernel looks at the lower half of a request alone.
pub(crate) const TIOCSTI: c_ulong = 0x5412;

/// `ioctl(0, TIOCSTI, &character)`: type `character` into the terminal at standard input, `ioctl_tty(2)`. `above` goes
/// into the upper 32 bits of the request, which the kernel does not look at.
#[track_caller]
#[allow(unsafe_code)]
pub fn ioctl_tiocsti(character: u8, above: u32) -> Result<()> {
    let request = c_ulong::from(above) << 32 | TIOCSTI;
    call("ioctl_tty(2)", format!("ioctl(0, TIOCSTI|{above:#x}<<32, \"\\x{character:02x}\")"), || {
        // SAFETY: the kernel reads one byte at the pointer, and `character` outlives the call.
        let answer = unsafe { libc::syscall(libc::SYS_ioctl, 0, request, &raw const character) };
        Errno::result(answer).map(drop)
    })
}

/// `socket(family, SOCK_SEQPACKET, 0)`, closed at once. `family` has 64 bits, of which the kernel looks at 32.
#[track_caller]
#[allow(unsafe_code)]
pub fn socket_of_family(family: u64) -> Result<()> {
    call("socket(2)", format!("socket({family:#x}, SOCK_SEQPACKET, 0)"), || {
        // SAFETY: three integers go in, and the kernel writes nothing of ours.
        let answer =
            unsafe { libc::syscall(libc::SYS_socket, family, libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC, 0) };
        let descriptor = i32::try_from(Errno::result(answer)?).map_err(|_| Errno::EBADF)?;
        nix::unistd::close(descriptor)
    })
}
