//! Capabilities: the five sets of a process, in words.
//!
//! Kernel: capabilities(7). See it: `grep Cap /proc/self/status`.

use ch11::capabilities;
use serde_json::json;
use sys::CAPABILITIES;

use super::{
    look::{Process, Seen},
    namespaces::Whose,
    row::{Row, UNREADABLE},
};

/// With these root is root of the machine, whatever namespaces there are: modules, memory, disks, devices, any file by
/// its number, any process, the clock, the power switch.
const REACH_THE_HOST: [&str; 12] = [
    "CAP_DAC_READ_SEARCH",
    "CAP_LINUX_IMMUTABLE",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_PTRACE",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_TIME",
    "CAP_SYSLOG",
    "CAP_MAC_ADMIN",
    "CAP_PERFMON",
    "CAP_BPF",
];

/// The row, its label, and the field of `status`.
const SETS: [(&str, &str, &str); 5] = [
    ("cap.effective", "effective", "CapEff"),
    ("cap.permitted", "permitted", "CapPrm"),
    ("cap.bounding", "bounding", "CapBnd"),
    ("cap.inheritable", "inheritable", "CapInh"),
    ("cap.ambient", "ambient", "CapAmb"),
];

/// The five sets, a bit for each capability.
pub struct Capabilities([Seen<u64>; 5]);

impl Capabilities {
    pub fn look(process: &Process) -> Capabilities {
        let set = |field| {
            let bits = process.status(field)?;
            u64::from_str_radix(bits, 16).map_err(|error| error.to_string())
        };
        Capabilities(SETS.map(|(_, _, field)| set(field)))
    }

    /// What it may use: the permitted set, since it can make all of that effective.
    pub fn permitted(&self) -> u64 {
        *self.0[1].as_ref().unwrap_or(&0)
    }

    /// The names of what it may use beyond Docker's fourteen, without `CAP_`.
    pub fn more_than_docker(&self) -> Vec<&'static str> {
        names(self.permitted() & !docker())
    }

    /// Of these, what reaches the host for one who is in its user namespace.
    pub fn reaching(&self) -> Vec<&'static str> {
        names(self.permitted() & of(&REACH_THE_HOST))
    }

    /// The effective set in words.
    pub fn said(&self) -> String {
        self.0[0].as_ref().map_or_else(|_| "unknown".into(), |bits| words(*bits, all()))
    }

    pub fn rows(&self, users: Whose) -> Vec<Row> {
        let sets = SETS.iter().zip(&self.0).map(|((id, about, _), seen)| {
            Row::seen(id, about, seen, |bits| {
                (words(*bits, all()), json!({"bits": format!("{bits:#x}"), "names": names(*bits)}))
            })
        });
        let reaching = self.reaching();
        let (says, value) = match users {
            Whose::Host if reaching.is_empty() => ("none of them".into(), json!([])),
            Whose::Host => (reaching.join(", "), json!(reaching)),
            Whose::Own => ("none: they count in its own user namespace only".into(), json!([])),
            Whose::Unknown => (format!("{UNREADABLE} (its user namespace)"), serde_json::Value::Null),
        };
        let reach =
            Row { readable: users != Whose::Unknown, ..Row::new("cap.host", "reach the host", says, value) };
        sets.chain([reach]).collect()
    }
}

/// Docker's fourteen.
fn docker() -> u64 {
    of(&capabilities::in_theory(&[], &[]).names())
}

/// All that this kernel has; it may know more than our table of names.
fn all() -> u64 {
    let last = crate::doctor::look::text("/proc/sys/kernel/cap_last_cap");
    let last: Option<u32> = last.and_then(|text| text.trim().parse().ok());
    let count = last.map_or(41, |last| last + 1);
    1u64.checked_shl(count).map_or(u64::MAX, |bit| bit - 1)
}

fn of(names: &[&str]) -> u64 {
    (0..)
        .zip(CAPABILITIES)
        .filter(|(_, name)| names.contains(name))
        .fold(0, |bits, (number, _)| bits | 1 << number)
}

fn names(bits: u64) -> Vec<&'static str> {
    let ours = (0..).zip(CAPABILITIES).filter(|(number, _)| bits >> *number & 1 == 1);
    ours.map(|(_, name)| name.trim_start_matches("CAP_")).collect()
}

/// A set in words, near to what people know.
fn words(bits: u64, all: u64) -> String {
    let docker = docker();
    let list = |bits: u64| names(bits).join(", ");
    let (more, less) = (bits & !docker, docker & !bits);
    match bits {
        0 => "none".into(),
        _ if bits == all => format!("all {}", all.count_ones()),
        _ if bits == docker => "Docker's fourteen".into(),
        _ if (all & !bits).count_ones() <= 6 => format!("all {} but {}", all.count_ones(), list(all & !bits)),
        _ if less == 0 => format!("Docker's fourteen and {}", list(more)),
        _ if more == 0 && less.count_ones() <= 6 => format!("Docker's fourteen without {}", list(less)),
        _ if less.count_ones() <= 3 => {
            format!("Docker's fourteen and {}, without {}", list(more), list(less))
        }
        _ => format!("{} ({})", bits.count_ones(), list(bits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: u64 = (1 << 41) - 1;

    #[test]
    fn sets_in_words() {
        assert_eq!(words(0, ALL), "none");
        assert_eq!(words(ALL, ALL), "all 41");
        assert_eq!(words(0xa804_25fb, ALL), "Docker's fourteen");
        assert_eq!(words(0xa804_25fb | 1 << 21, ALL), "Docker's fourteen and SYS_ADMIN");
        assert_eq!(words(0xa804_25fb & !1, ALL), "Docker's fourteen without CHOWN");
        assert_eq!(
            words((0xa804_25fb | 1 << 21) & !1, ALL),
            "Docker's fourteen and SYS_ADMIN, without CHOWN"
        );
        assert_eq!(words(ALL & !(1 << 24), ALL), "all 41 but SYS_RESOURCE");
        assert_eq!(words(1 << 10, ALL), "1 (NET_BIND_SERVICE)");
    }

    #[test]
    fn names_are_the_kernel_s() {
        assert_eq!(of(&REACH_THE_HOST).count_ones() as usize, REACH_THE_HOST.len());
        assert_eq!(of(&REACH_THE_HOST) & docker(), 0);
    }
}
