//! Capabilities: root's power, split into about forty pieces.
//!
//! Runs in: child. `bound` and `keep` before `user::switch`, `limit` after it.
//! Kernel: capabilities(7), capset(2), PR_CAPBSET_DROP(2const), PR_CAP_AMBIENT(2const).
//! See it: `grep Cap /proc/self/status`, inside and outside.
//!
//! A process has five sets. *Effective* is what counts now, *permitted* what it can make effective. At an execve the
//! kernel works them out anew: for root all of the *bounding* set, for others the *ambient* set; and the *inheritable*
//! set comes through for root whatever the bounding set says. So a container is limited in all five or in none.

use std::{ops::BitOr, str::FromStr};

use sys::{CAPABILITIES, CapabilitySets, Error, Result, Uid};

/// Docker's fourteen: what an installer and a server in an image expect of root, and what does not reach the host.
const DEFAULT: [&str; 14] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FSETID",
    "CAP_FOWNER",
    "CAP_MKNOD",
    "CAP_NET_RAW",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETFCAP",
    "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE",
    "CAP_SYS_CHROOT",
    "CAP_KILL",
    "CAP_AUDIT_WRITE",
];

/// What `--cap-add` and `--cap-drop` name: `NET_ADMIN`, `cap_net_admin`, `ALL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Every one that there is.
    All,
    /// The one with this number.
    One(u32),
}

impl FromStr for Named {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Named, &'static str> {
        let text = text.to_uppercase();
        if text == "ALL" {
            return Ok(Named::All);
        }
        let name = if text.starts_with("CAP_") { text } else { format!("CAP_{text}") };
        let found = (0..).zip(CAPABILITIES).find(|(_, this)| *this == name);
        found
            .map(|(number, _)| Named::One(number))
            .ok_or("a name of capabilities(7), such as NET_ADMIN or CAP_NET_ADMIN, or ALL")
    }
}

/// A set of capabilities, a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Set(u64);

impl Set {
    fn of(number: u32) -> Set {
        Set(1 << number)
    }

    fn named(name: &str) -> Set {
        name.parse()
            .map_or(Set(0), |named| if let Named::One(number) = named { Set::of(number) } else { Set(0) })
    }

    fn all() -> Set {
        (0..).zip(CAPABILITIES).map(|(number, _)| Set::of(number)).fold(Set(0), Set::bitor)
    }

    fn without(self, other: Set) -> Set {
        Set(self.0 & !other.0)
    }

    fn numbers(self) -> impl Iterator<Item = u32> {
        (0..u64::BITS).filter(move |number| self.0 >> number & 1 == 1)
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        self.numbers().filter_map(|number| CAPABILITIES.get(number as usize).copied())
    }
}

impl BitOr for Set {
    type Output = Set;

    fn bitor(self, other: Set) -> Set {
        Set(self.0 | other.0)
    }
}

/// What the command may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// In all.
    all: Set,
    /// Of those, what was asked for by name.
    by_name: Set,
}

impl Capabilities {
    /// As the kernel's documents and seccomp profiles write them: `CAP_CHOWN`.
    pub fn names(&self) -> Vec<&'static str> {
        self.all.names().collect()
    }
}

/// The default ones, with some more and some less. Nobody can give what he has not: of the default and of ALL there is
/// what we have, and whatever was asked for by name must be there.
pub fn choose(add: &[Named], drop: &[Named]) -> Result<Capabilities> {
    let ours = Set(sys::capget()?.permitted);
    let chosen = combine(add, drop, ours);
    match chosen.by_name.without(ours).names().next() {
        None => Ok(chosen),
        Some(name) => Err(Error::new(format!("--cap-add {name}"))
            .why("we have not got it ourselves: CapPrm in /proc/self/status")
            .remedy(
                "As an ordinary user, and with --userns private, there are all; or ask whoever started us.",
            )),
    }
}

/// The same on a machine where everybody has all of them: for a table of what would be.
pub fn in_theory(add: &[Named], drop: &[Named]) -> Capabilities {
    combine(add, drop, Set::all())
}

/// As Docker does: dropping ALL empties the default, and what is added by name stays.
fn combine(add: &[Named], drop: &[Named], ours: Set) -> Capabilities {
    let default = DEFAULT.into_iter().map(Set::named).fold(Set(0), Set::bitor);
    let start = if add.contains(&Named::All) { Set::all() } else { default };
    let sum = |named: &[Named], all: Set| {
        let sets =
            named.iter().map(|named| if let Named::One(number) = named { Set::of(*number) } else { all });
        sets.fold(Set(0), Set::bitor)
    };
    let by_name = sum(add, Set(0));
    let rest = start.without(sum(drop, Set::all()));
    Capabilities { all: Set(rest.0 & ours.0) | by_name, by_name }
}

/// Take out of the bounding set what is in it and was not chosen, be it newer than our names. It takes CAP_SETPCAP, so it
/// comes first.
pub fn bound(chosen: &Capabilities) -> Result<()> {
    // Exercise 11.1: The bounding set.
    // Take everything that was not chosen out of the bounding set: `bounding_set`, below, tells what is in it.
    // Then put the line `capabilities::bound(&capabilities)?;` where it belongs in stage.rs.
    // Read: capabilities(7), "Capability bounding set", and what PR_CAPBSET_DROP(2const) takes.
    // The page: book/src/ch11-capabilities.md. A hint: cargo run -p exercises -- hint 11.1
    not_written!("11.1")
}

fn bounding_set() -> Result<Set> {
    let status = sys::read("/proc/self/status")?;
    let bits = status.lines().find_map(|line| line.strip_prefix("CapBnd:"));
    let bits = bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    bits.map(Set).ok_or_else(|| Error::new("/proc/self/status: it has no line CapBnd"))
}

/// Let the coming change of user take none away, for it takes all.
pub fn keep() -> Result<()> {
    sys::prctl_set_keepcaps()
}

/// Have those that were chosen and no others. At execve root is given all of the bounding set. Another user has none,
/// but those that were asked for by name: they become ambient.
pub fn limit(chosen: &Capabilities) -> Result<()> {
    // Exercise 11.2: The other sets.
    // Have those capabilities that were chosen and no others, with capset(2). For root: `chosen.all`, and nothing is
    // inheritable. For another user: those of `chosen.by_name`, in all three sets, and each of them ambient as well.
    // Then put `capabilities::keep()?;` and `capabilities::limit(&capabilities)?;` where they belong in stage.rs: a change
    // of user takes all capabilities, unless the first has been said before. Read: capabilities(7), "Transformation of
    // capabilities during execve", and PR_SET_KEEPCAPS(2const).
    // The page: book/src/ch11-capabilities.md. A hint: cargo run -p exercises -- hint 11.2
    not_written!("11.2")
}
