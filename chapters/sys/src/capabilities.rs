//! Capabilities: the calls that ask for the sets of a process and change them, and the kernel's names.

use nix::errno::Errno;

use crate::{Result, call::call};

/// The names of linux/capability.h, each at the place of its number.
pub const CAPABILITIES: [&str; 41] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
];

/// The three sets that capget(2) and capset(2) speak of, a bit for each capability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CapabilitySets {
    /// What counts when the kernel asks.
    pub effective: u64,
    /// What the process may make effective.
    pub permitted: u64,
    /// What may survive an execve.
    pub inheritable: u64,
}

/// `_LINUX_CAPABILITY_VERSION_3`: two words for each set.
const VERSION: u32 = 0x2008_0522;

/// The kernel's `struct __user_cap_header_struct`.
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

/// The kernel's `struct __user_cap_data_struct`: one word of each set.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Words {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// `capget(0)`: the sets of this process.
#[track_caller]
#[allow(unsafe_code)]
pub fn capget() -> Result<CapabilitySets> {
    call("capget(2)", "capget(0)".into(), || {
        let header = Header { version: VERSION, pid: 0 };
        let mut words = [Words::default(); 2];
        // SAFETY: the kernel reads the header and writes the two `Words` that version 3 has; both outlive the call.
        let answer = unsafe { libc::syscall(libc::SYS_capget, &raw const header, words.as_mut_ptr()) };
        Errno::result(answer)?;
        let [low, high] = words;
        let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        Ok(CapabilitySets {
            effective: join(low.effective, high.effective),
            permitted: join(low.permitted, high.permitted),
            inheritable: join(low.inheritable, high.inheritable),
        })
    })
}

/// `capset(0, …)`: give this process these sets. What leaves the permitted set does not come back before an execve.
#[track_caller]
#[allow(unsafe_code)]
#[expect(clippy::cast_possible_truncation, reason = "the halves of a set are what is wanted")]
pub fn capset(sets: CapabilitySets) -> Result<()> {
    let CapabilitySets { effective, permitted, inheritable } = sets;
    let line = format!("capset(0, {{{effective:#x}, {permitted:#x}, {inheritable:#x}}})");
    call("capset(2)", line, || {
        let header = Header { version: VERSION, pid: 0 };
        let half = |shift: u32| Words {
            effective: (effective >> shift) as u32,
            permitted: (permitted >> shift) as u32,
            inheritable: (inheritable >> shift) as u32,
        };
        let words = [half(0), half(32)];
        // SAFETY: the kernel reads the header and the two `Words` that version 3 has; both outlive the call.
        let answer = unsafe { libc::syscall(libc::SYS_capset, &raw const header, words.as_ptr()) };
        Errno::result(answer).map(drop)
    })
}

/// `prctl(PR_CAPBSET_DROP)` for each of `capabilities`: no execve brings them back from here on. They are some thirty
/// calls that differ in a number; `--explain` shows them as one row.
#[track_caller]
pub fn prctl_capbset_drop_each(capabilities: &[u32]) -> Result<()> {
    let names: Vec<String> = capabilities.iter().map(|number| shown(*number)).collect();
    let line = match names.as_slice() {
        [] => return Ok(()),
        [one] => format!("prctl(PR_CAPBSET_DROP, {one})"),
        [first, .., last] => {
            let between = names.len() - 2;
            format!("prctl(PR_CAPBSET_DROP, {first}), {between} more, prctl(PR_CAPBSET_DROP, {last})")
        }
    };
    call("prctl(2)", line, || capabilities.iter().copied().try_for_each(drop_from_bounding_set))
}

/// `prctl(PR_CAPBSET_DROP, capability)`: no execve brings `capability` back from here on.
#[track_caller]
pub fn prctl_capbset_drop(capability: u32) -> Result<()> {
    call("prctl(2)", format!("prctl(PR_CAPBSET_DROP, {})", shown(capability)), || {
        drop_from_bounding_set(capability)
    })
}

#[allow(unsafe_code)]
fn drop_from_bounding_set(capability: u32) -> nix::Result<()> {
    // SAFETY: integers go in, and the kernel wants zeros for the three that have no meaning here.
    let answer = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, libc::c_ulong::from(capability), 0, 0, 0) };
    Errno::result(answer).map(drop)
}

/// `prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)`: keep it over an execve, whoever one is.
#[track_caller]
#[allow(unsafe_code)]
pub fn prctl_cap_ambient_raise(capability: u32) -> Result<()> {
    let shown = name(capability).unwrap_or("?");
    let line = format!("prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, {shown})");
    call("prctl(2)", line, || {
        let (raise, number) = (libc::PR_CAP_AMBIENT_RAISE, libc::c_ulong::from(capability));
        // SAFETY: integers go in, and the kernel wants zeros for the two that have no meaning here.
        let answer = unsafe { libc::prctl(libc::PR_CAP_AMBIENT, raise, number, 0, 0) };
        Errno::result(answer).map(drop)
    })
}

/// `prctl(PR_SET_KEEPCAPS, 1)`: a setuid that leaves user 0 does not empty the permitted set. An execve ends it.
#[track_caller]
pub fn prctl_set_keepcaps() -> Result<()> {
    call("prctl(2)", "prctl(PR_SET_KEEPCAPS, 1)".into(), || nix::sys::prctl::set_keepcaps(true))
}

/// `prctl(PR_SET_SECUREBITS, bits)`: what the kernel shall not do for user 0 any more. It takes `CAP_SETPCAP`.
#[track_caller]
#[allow(unsafe_code)]
pub fn prctl_set_securebits(bits: i32) -> Result<()> {
    let known = [
        (libc::SECBIT_NOROOT, "SECBIT_NOROOT"),
        (libc::SECBIT_NOROOT_LOCKED, "SECBIT_NOROOT_LOCKED"),
        (libc::SECBIT_NO_SETUID_FIXUP, "SECBIT_NO_SETUID_FIXUP"),
        (libc::SECBIT_KEEP_CAPS, "SECBIT_KEEP_CAPS"),
    ];
    let names: Vec<&str> = known.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect();
    let shown = if names.is_empty() { bits.to_string() } else { names.join("|") };
    call("prctl(2)", format!("prctl(PR_SET_SECUREBITS, {shown})"), || {
        let bits = libc::c_ulong::from(bits.unsigned_abs());
        // SAFETY: integers go in, and the kernel wants zeros for the three that have no meaning here.
        let answer = unsafe { libc::prctl(libc::PR_SET_SECUREBITS, bits, 0, 0, 0) };
        Errno::result(answer).map(drop)
    })
}

/// Its name, or its number where it is newer than the names.
fn shown(capability: u32) -> String {
    name(capability).map_or_else(|| capability.to_string(), str::to_owned)
}

fn name(capability: u32) -> Option<&'static str> {
    CAPABILITIES.get(usize::try_from(capability).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_stand_at_their_numbers() {
        assert_eq!(name(21), Some("CAP_SYS_ADMIN"));
        assert_eq!(name(40), Some("CAP_CHECKPOINT_RESTORE"));
        assert_eq!(name(41), None);
    }

    #[test]
    fn what_the_kernel_says_is_what_its_file_says() {
        let sets = capget().unwrap();
        let status = fs_err::read_to_string("/proc/self/status").unwrap();
        let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
        assert_eq!(u64::from_str_radix(effective.trim(), 16).unwrap(), sets.effective);
    }
}
