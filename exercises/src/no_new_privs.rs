//! no_new_privs: a promise of the kernel, for this process and all its children, that no program gives power.
//!
//! Runs in: child. After `user::switch`, which takes power itself. Kernel: PR_SET_NO_NEW_PRIVS(2const), execve(2).
//! See it: `grep NoNewPrivs /proc/self/status`, inside and outside.
//!
//! A set-user-ID program gives whoever starts it the power of its owner, and there is one in every image: su, passwd,
//! ping. A program can have capabilities in its file as well, setcap(8). From here on execve ignores both.

use sys::Result;

/// Let no execve give more than there is. It cannot be taken back.
pub fn set() -> Result<()> {
    // Exercise 11.3: No new privileges.
    // Promise the kernel that no program gives this process more than it has.
    // Then put the line `no_new_privs::set()?;` where it belongs in stage.rs.
    // Read: PR_SET_NO_NEW_PRIVS(2const), and in execve(2) what a set-user-ID program does.
    // The page: book/src/ch11-capabilities.md. A hint: cargo run -p exercises -- hint 11.3
    not_written!("11.3")
}
