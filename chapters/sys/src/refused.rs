//! Calls that the course makes to see them refused.

use nix::errno::Errno;

use crate::{Result, call::call};

/// `TIOCSTI`. libc's has another type for musl.
const TIOCSTI: u64 = 0x5412;

/// `ioctl(0, TIOCSTI, &character)`: type `character` into the terminal at standard input, `ioctl_tty(2)`. `above` goes
/// into the upper 32 bits of the request, which the kernel does not look at.
#[track_caller]
#[allow(unsafe_code)]
pub fn ioctl_tiocsti(character: u8, above: u32) -> Result<()> {
    let request = u64::from(above) << 32 | TIOCSTI;
    call("ioctl_tty(2)", format!("ioctl(0, TIOCSTI|{above:#x}<<32, \"\\x{character:02x}\")"), || {
        // SAFETY: the kernel reads one byte at the pointer, and `character` outlives the call.
        let answer = unsafe { libc::syscall(libc::SYS_ioctl, 0, request, &raw const character) };
        Errno::result(answer).map(drop)
    })
}

/// `keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0)`: the number of the session's keys, or why not.
#[track_caller]
#[allow(unsafe_code)]
pub fn keyctl_session_keyring() -> Result<()> {
    let line = "keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0)";
    call("keyctl(2)", line.into(), || {
        // SAFETY: three integers go in, and the kernel writes nothing of ours.
        let answer = unsafe {
            libc::syscall(libc::SYS_keyctl, libc::KEYCTL_GET_KEYRING_ID, libc::KEY_SPEC_SESSION_KEYRING, 0)
        };
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
