//! What keeps people from creating namespaces, and what helps.

use sys::{Errno, Error};

use super::{
    look::{self, Value},
    row::{Answer, Kind, Row},
    surroundings,
};

/// Ubuntu 23.10 and later: whether programs without a profile of `apparmor(7)` get user namespaces in which
/// they have no capability. See `apparmor.d(5)` on `userns`, and Ubuntu's release notes.
const APPARMOR: &str = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
/// A patch of Debian's and Arch's hardened kernels: 0 leaves user namespaces to root.
const CLONE: &str = "/proc/sys/kernel/unprivileged_userns_clone";
/// The kinds that have a limit in /proc/sys/user, namespaces(7).
const KINDS: [&str; 8] = ["user", "pid", "mnt", "uts", "ipc", "net", "cgroup", "time"];

/// What was found, read once.
pub struct Restrictions {
    apparmor: Value,
    clone: Value,
    limits: Vec<(String, Value)>,
    procfs: bool,
    chroot: bool,
    filter: bool,
    container: Option<String>,
}

impl Restrictions {
    /// Look at this machine.
    pub fn look() -> Restrictions {
        let limit = |kind: &str| format!("/proc/sys/user/max_{kind}_namespaces");
        Restrictions {
            apparmor: look::value(APPARMOR),
            clone: look::value(CLONE),
            limits: KINDS.map(limit).into_iter().map(|path| (name_of(&path), look::value(&path))).collect(),
            procfs: look::has_procfs(),
            chroot: look::text("/proc/self/mountinfo").is_some_and(|mounts| is_chroot(&mounts)),
            filter: look::status("Seccomp").is_some_and(|mode| mode == "2"),
            container: surroundings::container(),
        }
    }

    /// Two rows. `user` is the row of the user namespace: a restriction counts only as far as it works.
    pub fn rows(&self, user: &Row) -> Vec<Row> {
        vec![self.apparmor_row(user.answer_for(Kind::Ordinary)), self.sysctl_row()]
    }

    fn apparmor_row(&self, tried: Answer) -> Row {
        let (answer, seen) = match (&self.apparmor, tried) {
            (Value::Is(one), Answer::Yes) if one == "1" => {
                (Answer::Partly, "1, yet this program got its user namespace: a profile allows it".into())
            }
            (Value::Is(one), _) if one == "1" => (Answer::No, "1".into()),
            (Value::Is(other), _) => (Answer::Yes, other.clone()),
            (Value::Absent, _) => (Answer::Yes, "this kernel has no such setting".into()),
            (Value::Unreadable(why), _) => (Answer::NotTried, why.clone()),
        };
        let row = Row::new("apparmor", "it leaves user namespaces to ordinary users", answer)
            .looked_at(format!("{}: {seen}", name_of(APPARMOR)))
            .remedy(match answer {
                Answer::No => APPARMOR_REMEDY,
                Answer::Partly => "Nothing to do.",
                _ => PROC_REMEDY,
            });
        match look::text("/proc/self/attr/current") {
            Some(label) => {
                row.looked_at(format!("/proc/self/attr/current: {}", label.trim_end_matches(['\n', '\0'])))
            }
            None => row,
        }
    }

    fn sysctl_row(&self) -> Row {
        let clone_is_0 = self.clone == Value::Is("0".into());
        let zero: Vec<&str> = self.zeros().collect();
        let unread = self.limits.iter().find_map(|(_, value)| match value {
            Value::Unreadable(why) => Some(why.as_str()),
            _ => None,
        });
        let answer = match (clone_is_0, zero.is_empty(), unread) {
            (true, _, _) => Answer::No,
            (_, false, _) => Answer::Partly,
            (_, _, Some(_)) => Answer::NotTried,
            _ => Answer::Yes,
        };
        let seen = |value: &Value| match value {
            Value::Is(text) => text.clone(),
            Value::Absent => "this kernel has no such setting".into(),
            Value::Unreadable(why) => why.clone(),
        };
        let limits: Vec<String> = self
            .limits
            .iter()
            .filter(|(_, value)| !matches!(value, Value::Unreadable(_)))
            .map(|(name, value)| format!("{} {}", name.trim_start_matches("user."), seen(value)))
            .collect();
        Row::new("sysctl", "it leaves namespaces to ordinary users", answer)
            .looked_at(format!("{}: {}", name_of(CLONE), seen(&self.clone)))
            .looked_at(unread.map_or_else(|| format!("user: {}", limits.join(", ")), str::to_owned))
            .remedy(match (clone_is_0, unread) {
                (true, _) => CLONE_REMEDY.into(),
                (_, Some(_)) => PROC_REMEDY.into(),
                _ => limits_remedy(&zero),
            })
    }

    /// The limits that are 0.
    fn zeros(&self) -> impl Iterator<Item = &str> {
        let zero = |value: &Value| *value == Value::Is("0".into());
        self.limits.iter().filter(move |(_, value)| zero(value)).map(|(name, _)| name.as_str())
    }

    /// What to do about `error`, from what was found here.
    pub fn remedy(&self, kind: Kind, error: &Error) -> String {
        let refused = matches!(error.errno(), Some(Errno::EPERM | Errno::EACCES));
        let full = matches!(error.errno(), Some(Errno::ENOSPC | Errno::EUSERS));
        let invalid = error.errno() == Some(Errno::EINVAL);
        let creating = ["clone3", "unshare", "write(\"/proc/self/"].iter().any(|c| error.what.starts_with(c));
        let ordinary = kind == Kind::Ordinary;
        let zero: Vec<&str> = self.zeros().collect();
        match (&error.why, &error.remedy) {
            _ if !self.procfs => PROC_REMEDY.into(),
            _ if refused && ordinary && self.apparmor == Value::Is("1".into()) => APPARMOR_REMEDY.into(),
            _ if refused && creating && ordinary && self.clone == Value::Is("0".into()) => {
                CLONE_REMEDY.into()
            }
            _ if full && creating && !zero.is_empty() => limits_remedy(&zero),
            _ if invalid && creating => "This kernel is built without it: use one of a distribution.".into(),
            (Some(why), Some(remedy)) if !(refused && creating) => format!("Because {why}. {remedy}"),
            _ => self.surroundings(),
        }
    }

    /// What to do when neither the error nor a setting gives a hint: where we are may be why.
    fn surroundings(&self) -> String {
        match &self.container {
            _ if self.chroot => CHROOT_REMEDY.into(),
            Some(name) => format!("This is inside {name}, which may forbid it. {}", surroundings::REMEDY),
            None if self.filter => {
                "A seccomp filter is on this process: start it from a shell without one; inside a \
                 container, give that --security-opt seccomp=unconfined."
                    .into()
            }
            None => "Nothing that doctor looks at explains it. Try as root, and see `sudo dmesg`.".into(),
        }
    }
}

/// What helps where no file of /proc can be read.
pub const PROC_REMEDY: &str = "There is no procfs at /proc: mount -t proc proc /proc";
const APPARMOR_REMEDY: &str = "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (until the next \
    boot; in a file in /etc/sysctl.d for ever), or give this program alone a profile with userns, apparmor.d(5), or \
    run as root.";
const CLONE_REMEDY: &str = "sudo sysctl -w kernel.unprivileged_userns_clone=1, or run as root.";
const CHROOT_REMEDY: &str = "This process is in a chroot, and the kernel gives no user namespace there \
    (user_namespaces(7), EPERM), and its / is no mount (EINVAL): leave it, or enter it \
    with pivot_root instead (bwrap, systemd-nspawn).";

fn limits_remedy(zero: &[&str]) -> String {
    let commands: Vec<String> = zero.iter().map(|name| format!("sudo sysctl -w {name}=15000")).collect();
    format!("{} (a limit of an outer user namespace counts too).", commands.join("; "))
}

/// The name that sysctl(8) has for a file below /proc/sys.
fn name_of(path: &str) -> String {
    path.trim_start_matches("/proc/sys/").replace('/', ".")
}

/// A process whose root is not the root of a mount sees no mount at `/`: proc(5), mountinfo.
fn is_chroot(mountinfo: &str) -> bool {
    !mountinfo.lines().any(|line| line.split(' ').nth(4) == Some("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Restrictions {
        Restrictions {
            apparmor: Value::Absent,
            clone: Value::Absent,
            limits: vec![],
            procfs: true,
            chroot: false,
            filter: false,
            container: None,
        }
    }

    fn eperm() -> Error {
        Error { errno: Some(Errno::EPERM as i32), ..Error::new("unshare(CLONE_NEWUSER): EPERM") }
    }

    #[test]
    fn the_cause_that_was_found_is_the_one_that_is_named() {
        let remedy = |machine: &Restrictions| machine.remedy(Kind::Ordinary, &eperm());
        let one = Value::Is("1".into());
        assert!(remedy(&Restrictions { apparmor: one, ..machine() }).contains("apparmor"));
        let zero = Value::Is("0".into());
        assert!(remedy(&Restrictions { clone: zero, ..machine() }).contains("userns_clone=1"));
        assert!(remedy(&Restrictions { chroot: true, ..machine() }).contains("chroot"));
        assert!(remedy(&Restrictions { container: Some("Docker".into()), ..machine() }).contains("Docker"));
        assert!(remedy(&machine()).contains("Nothing"));
    }

    #[test]
    fn a_limit_of_zero_is_named_with_its_command() {
        let zero = vec![("user.max_user_namespaces".into(), Value::Is("0".into()))];
        let machine = Restrictions { limits: zero, ..machine() };
        let full = Error { errno: Some(Errno::ENOSPC as i32), ..eperm() };
        assert!(machine.remedy(Kind::Root, &full).contains("sysctl -w user.max_user_namespaces="));
        assert_eq!(machine.sysctl_row().answer, Answer::Partly);
    }

    #[test]
    fn a_chroot_has_no_mount_at_its_root() {
        assert!(is_chroot("22 27 0:21 / /proc rw - proc proc rw\n"));
        assert!(!is_chroot("27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"));
    }
}
