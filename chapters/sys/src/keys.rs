//! Keys: the kernel's own store of secrets, keyrings(7). A process has a session keyring, and its children share it.

use std::ffi::CString;

use nix::errno::Errno;

use crate::{
    Result,
    call::{Outcome, call},
};

/// The number of a key.
pub type KeySerial = i32;

/// `KEY_SPEC_SESSION_KEYRING`: whichever is this process's.
const SESSION: KeySerial = -3;
/// The commands of keyctl(2) that are used here.
const GET_KEYRING_ID: i32 = 0;
const JOIN_SESSION_KEYRING: i32 = 1;
const SEARCH: i32 = 10;
const READ: i32 = 11;

/// `keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL)`: have a new session keyring, with no name.
#[track_caller]
#[allow(unsafe_code)]
pub fn keyctl_join_session_keyring() -> Result<KeySerial> {
    call("keyctl(2)", "keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL)".into(), || {
        // SAFETY: a null name stands for a new keyring; the kernel reads and writes no memory of ours.
        serial(unsafe { libc::syscall(libc::SYS_keyctl, JOIN_SESSION_KEYRING, 0) })
    })
}

/// `keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0)`: the number of the session keyring.
#[track_caller]
#[allow(unsafe_code)]
pub fn keyctl_session_keyring() -> Result<KeySerial> {
    call("keyctl(2)", "keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0)".into(), || {
        // SAFETY: integers go in, and the kernel reads and writes no memory of ours.
        serial(unsafe { libc::syscall(libc::SYS_keyctl, GET_KEYRING_ID, SESSION, 0) })
    })
}

/// `add_key("user", name, secret, KEY_SPEC_SESSION_KEYRING)`.
#[track_caller]
#[allow(unsafe_code)]
pub fn add_key(name: &str, secret: &[u8]) -> Result<KeySerial> {
    call("add_key(2)", format!("add_key(\"user\", {name:?}, {} bytes, SESSION)", secret.len()), || {
        let description = CString::new(name).map_err(|_| Errno::EINVAL)?;
        let (data, length) = (secret.as_ptr(), secret.len());
        // SAFETY: both strings end in a zero byte, the kernel reads `length` bytes of `data`, and copies all of it.
        serial(unsafe {
            libc::syscall(libc::SYS_add_key, c"user".as_ptr(), description.as_ptr(), data, length, SESSION)
        })
    })
}

/// `keyctl(KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", name)`: the key of that name, in the session keyring.
#[track_caller]
#[allow(unsafe_code)]
pub fn keyctl_search(name: &str) -> Result<KeySerial> {
    call("keyctl(2)", format!("keyctl(KEYCTL_SEARCH, SESSION, \"user\", {name:?})"), || {
        let description = CString::new(name).map_err(|_| Errno::EINVAL)?;
        // SAFETY: both strings end in a zero byte and outlive the call; 0 says where nothing is to be linked.
        serial(unsafe {
            libc::syscall(libc::SYS_keyctl, SEARCH, SESSION, c"user".as_ptr(), description.as_ptr(), 0)
        })
    })
}

/// `keyctl(KEYCTL_READ, key)`: at most 256 bytes of the secret.
#[track_caller]
#[allow(unsafe_code)]
pub fn keyctl_read(key: KeySerial) -> Result<Vec<u8>> {
    call("keyctl(2)", format!("keyctl(KEYCTL_READ, {key})"), || {
        let mut secret = vec![0_u8; 256];
        // SAFETY: the kernel writes at most `secret.len()` bytes to where `secret` is.
        let length = unsafe { libc::syscall(libc::SYS_keyctl, READ, key, secret.as_mut_ptr(), secret.len()) };
        let length = usize::try_from(Errno::result(length)?).unwrap_or_default(); // the whole length, may be more
        secret.truncate(length);
        Ok(secret)
    })
}

fn serial(answer: libc::c_long) -> nix::Result<KeySerial> {
    KeySerial::try_from(Errno::result(answer)?).map_err(|_| Errno::EOVERFLOW)
}

/// A secret is not shown.
impl Outcome for Vec<u8> {
    fn shown(&self) -> String {
        self.len().to_string()
    }
}

impl Outcome for KeySerial {
    fn shown(&self) -> String {
        self.to_string()
    }
}
