//! Handles: files by their numbers on a file system instead of by their names, as a server of files keeps them.

use std::{
    ffi::CString,
    os::{
        fd::{AsFd, AsRawFd, FromRawFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use nix::errno::Errno;

use crate::{
    Result,
    call::{Outcome, call},
};

/// The greatest handle that the kernel makes: MAX_HANDLE_SZ in linux/exportfs.h.
const GREATEST: usize = 128;

/// What the kernel calls `struct file_handle`, with as much room as any file system wants.
#[repr(C)]
struct Raw {
    length: u32,
    kind: i32,
    bytes: [u8; GREATEST],
}

/// The number of a file on its file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// How the bytes are to be read; each file system has its own kinds.
    pub kind: i32,
    /// The number itself.
    pub bytes: Vec<u8>,
}

impl Outcome for Handle {
    fn shown(&self) -> String {
        format!("0, a handle of {} bytes", self.bytes.len())
    }
}

/// `name_to_handle_at(2)`: the handle of the file at `path`.
#[track_caller]
#[allow(unsafe_code)]
pub fn name_to_handle_at(path: impl AsRef<Path>) -> Result<Handle> {
    let path = path.as_ref();
    call("open_by_handle_at(2)", format!("name_to_handle_at(AT_FDCWD, {path:?}, …)"), || {
        let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)?;
        let mut raw = Raw { length: 128, kind: 0, bytes: [0; GREATEST] };
        let mut mount: libc::c_int = 0;
        // SAFETY: the kernel reads the path up to its NUL byte. It writes the length, the kind and at most `length`
        // bytes, which is as many as there are, and one integer. All of it outlives the call.
        let answer = unsafe {
            libc::syscall(
                libc::SYS_name_to_handle_at,
                libc::AT_FDCWD,
                path.as_ptr(),
                &raw mut raw,
                &raw mut mount,
                0,
            )
        };
        Errno::result(answer)?;
        let length = usize::try_from(raw.length).map_err(|_| Errno::EOVERFLOW)?;
        let bytes = raw.bytes.get(..length).ok_or(Errno::EOVERFLOW)?.to_vec();
        Ok(Handle { kind: raw.kind, bytes })
    })
}

/// `open_by_handle_at(2)`: open the file with this handle, to read it. `mount` is anything on the same file system.
#[track_caller]
#[allow(unsafe_code)]
pub fn open_by_handle_at(mount: impl AsFd, handle: &Handle) -> Result<OwnedFd> {
    let mount = mount.as_fd().as_raw_fd();
    let line = format!("open_by_handle_at({mount}, {{{} bytes}}, O_RDONLY|O_CLOEXEC)", handle.bytes.len());
    call("open_by_handle_at(2)", line, || {
        let length = u32::try_from(handle.bytes.len()).map_err(|_| Errno::EINVAL)?;
        let mut raw = Raw { length, kind: handle.kind, bytes: [0; GREATEST] };
        raw.bytes.get_mut(..handle.bytes.len()).ok_or(Errno::EINVAL)?.copy_from_slice(&handle.bytes);
        let flags = libc::O_RDONLY | libc::O_CLOEXEC;
        // SAFETY: the kernel reads the length, the kind and `length` bytes, of which there are at least as many, and
        // keeps nothing of them.
        let answer = unsafe { libc::syscall(libc::SYS_open_by_handle_at, mount, &raw const raw, flags) };
        let number = i32::try_from(Errno::result(answer)?).map_err(|_| Errno::EBADF)?;
        // SAFETY: the kernel has just opened this descriptor for us, and nobody else knows it.
        Ok(unsafe { OwnedFd::from_raw_fd(number) })
    })
}
