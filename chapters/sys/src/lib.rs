//! The thin layer over `nix`: one function for each system call that the course makes.
//!
//! Each function knows the call's name and its arguments, and from that come three things:
//!
//! 1. an [`Error`] that reads like an strace line and says what to do about it;
//! 2. `--explain` ([`explain`]): each call, as it really happened, parent and child in two columns;
//! 3. the exit code of a runtime that could not start its command ([`Error::exit_code`]).
//!
//! All `unsafe` of the workspace lives here, one system call a function.

mod call;
mod capabilities;
mod descriptors;
mod directories;
mod error;
pub mod explain;
mod files;
mod fork;
mod handles;
mod harmless;
mod interfaces;
mod keys;
mod library;
mod lookups;
mod machine;
mod mounts;
mod namespaces;
mod place;
mod privileges;
mod process;
mod refused;
mod remedy;
mod seat_belt;
mod seccomp;
mod seccomp_listener;
mod sessions;
mod signals;
mod sockets;
mod terminal;
mod time_namespace;
mod tracing;
mod trees;

pub use capabilities::{
    CAPABILITIES, CapabilitySets, capget, capset, prctl_cap_ambient_raise, prctl_capbset_drop,
    prctl_capbset_drop_each, prctl_set_keepcaps, prctl_set_securebits,
};
pub use descriptors::{close_range_cloexec, keep_at_exec, memfd, never_block, pipe, set_standard};
pub use directories::{mkdir, mknod, pivot_root, rmdir};
pub use error::{Error, Kind, Result};
pub use explain::Side;
pub use files::{chdir, flock_exclusive, read, write};
pub use fork::{alarm, fork, sigmask_set};
pub use handles::{Handle, name_to_handle_at, open_by_handle_at};
pub use harmless::harmless_calls;
pub use interfaces::ioctl_interface_up;
pub use keys::{
    KeySerial, add_key, keyctl_join_session_keyring, keyctl_read, keyctl_search, keyctl_session_keyring,
};
pub use library::call_by_library;
pub use lookups::{create, fchdir, getcwd, mkdirat, open_path, openat2, symlinkat};
pub use machine::{finit_module, in_user_mode_linux, kernel_release, power_off};
pub use mounts::{mount, mount_setattr_readonly, mount_setattr_readonly_alone, umount2};
pub use namespaces::{setdomainname, sethostname, setns, unshare};
pub use place::Place;
pub use privileges::{prctl_set_dumpable, prctl_set_name, prctl_set_no_new_privs};
pub use process::{
    clone3, execve, exit_now, prctl_set_child_subreaper, prctl_set_pdeathsig, segfault, setgid, setgroups,
    setrlimit, setuid, waitpid,
};
pub use refused::{ioctl_tiocsti, socket_of_family};
pub use seccomp::{seccomp_allow_all, seccomp_get_action_avail, seccomp_set_mode_filter};
pub use seccomp_listener::{
    Notification, seccomp_next_notification, seccomp_refuse, seccomp_set_mode_filter_with_listener,
};
pub use sessions::setsid;
pub use signals::{kill, next_signal, restore_defaults, sigmask_empty, signalfd};
pub use sockets::{
    is_hung_up, receive, receive_with_descriptor, send, send_with_descriptor, socketpair, socketpair_stream,
};
pub use terminal::{
    Size, drain, new_terminal, set_attributes, set_foreground_group, set_raw, set_window_size, window_size,
};
pub use time_namespace::unshare_time;
pub use tracing::{prctl_set_ptracer_any, ptrace_detach, ptrace_interrupt, ptrace_seize};
pub use trees::{
    is_read_only, move_mount, open_tree, open_tree_below, tree_setattr_nodev, tree_setattr_readonly,
};

/// The flags and values that the calls above take, as nix spells them.
pub use nix::{
    errno::Errno,
    fcntl::ResolveFlag,
    mount::{MntFlags, MsFlags},
    sched::CloneFlags,
    sys::{
        resource::Resource,
        signal::{SigSet, Signal},
        signalfd::SignalFd,
        termios::Termios,
        wait::{WaitPidFlag, WaitStatus},
    },
    unistd::{ForkResult, Gid, Pid, Uid},
};
