//! Our own program: the one file of the host that is open to everybody inside, through `/proc/self/exe`.
//!
//! Runs in: parent, before anything else. Kernel: proc(5), open_tree(2), mount_setattr(2).
//! See it: `findmnt -T /proc/PID/exe` of a runtime says ro, while its file can be written to.
//!
//! Until `execve` the child is a process that runs *our* program. If the command is called `/proc/self/exe`, or is a
//! script that begins with `#!/proc/self/exe`, our program runs inside, under the hands of whoever made the image, and
//! the link leads to our file on the host. Root inside, who is the host's root unless he has a user namespace, changed
//! runc's file that way in 2019 (CVE-2019-5736). Nobody can write to a program that runs, but its mode can be changed.
//!
//! **The trick** is to start again from a mount of our own that is *read-only*: then the link leads there. runc starts
//! from a sealed copy in memory, which works for an ordinary user as well; and of his root inside only he himself has
//! something to fear.

use std::{
    ffi::{CString, OsString},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::ffi::{OsStrExt, OsStringExt},
    },
    path::PathBuf,
};

use crate::rootless;
use sys::{Errno, Result};

const LINK: &str = "/proc/self/exe";

/// See to it that nobody can change our file through us. It starts this program again, once.
pub fn make_read_only() -> Result<()> {
    if !rootless::has_cap_sys_admin()? {
        return Ok(());
    }
    if sys::is_read_only(LINK)? {
        return sys::prctl_set_name(&name()); // or ps calls us by the number of a descriptor, see below
    }
    match sys::open_tree(LINK) {
        Ok(program) => {
            sys::tree_setattr_readonly(&program)?;
            start_again(&program)
        }
        // Root of a user namespace that has no mounts of its own is an ordinary user towards this file.
        Err(error) if error.errno() == Some(Errno::EPERM) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What the kernel would have called us without the detour.
fn name() -> CString {
    let program = std::env::args_os().next().map(PathBuf::from).unwrap_or_default();
    CString::new(program.file_name().unwrap_or_default().as_bytes()).unwrap_or_default()
}

fn start_again(program: &OwnedFd) -> Result<()> {
    sys::explain::note(
        "Behind the scenes: we start again, from a mount in which our own program is read-only.",
    );
    // What execve handed to us has no zero bytes in it.
    let c_string = |bytes: Vec<u8>| CString::new(bytes).unwrap_or_default();
    let path = c_string(format!("/proc/self/fd/{}", program.as_raw_fd()).into_bytes());
    let words: Vec<_> = std::env::args_os().map(|word| c_string(word.into_vec())).collect();
    let variable = |(name, value): (OsString, OsString)| [name.as_bytes(), b"=", value.as_bytes()].concat();
    let variables: Vec<_> = std::env::vars_os().map(|pair| c_string(variable(pair))).collect();
    sys::execve(&path, &words, &variables).map(|never| match never {})
}
