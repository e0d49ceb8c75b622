//! Security: what a container gives away, and the filter that it puts on itself.

use sys::{CloneFlags, Error};

use super::{
    attempt::attempt,
    look,
    restrictions::{PROC_REMEDY, Restrictions},
    row::{Answer, Row},
    users::{Users, inside},
};

/// The actions that the course uses, `seccomp(2)`: what a filter can answer to a call.
const ACTIONS: [(&str, u32); 4] = [
    ("SECCOMP_RET_ERRNO", 0x0005_0000),
    ("SECCOMP_RET_KILL_PROCESS", 0x8000_0000),
    ("SECCOMP_RET_LOG", 0x7ffc_0000),
    ("SECCOMP_RET_USER_NOTIF", 0x7fc0_0000),
];

/// `CAP_SYS_MODULE` of capabilities(7): what a container needs least.
const CAP_SYS_MODULE: u32 = 16;

/// Capabilities, `no_new_privs` and seccomp.
pub fn rows(users: &Users, restrictions: &Restrictions) -> Vec<Row> {
    let cure = |kind, error: &Error| restrictions.remedy(kind, error);
    vec![
        users.row("capabilities", "giving up a capability for good", cure, |_| {
            let called = "prctl(PR_CAPBSET_DROP, CAP_SYS_MODULE)";
            inside(CloneFlags::empty(), called, || sys::prctl_capbset_drop(CAP_SYS_MODULE))
        }),
        users.row("no_new_privs", "from here on no setuid program gives more", cure, |_| {
            sys::prctl_set_no_new_privs()?;
            match look::status("NoNewPrivs") {
                Some(bit) if bit == "0" => Err(Error::new("NoNewPrivs in /proc/self/status: still 0")),
                _ => Ok("prctl(PR_SET_NO_NEW_PRIVS)".to_owned().into()),
            }
        }),
        actions(),
        users.row("seccomp.load", "loading a filter", cure, |_| {
            sys::prctl_set_no_new_privs()?;
            sys::seccomp_allow_all()?;
            Ok("no_new_privs, seccomp(SECCOMP_SET_MODE_FILTER, {RET ALLOW})".to_owned().into())
        }),
        around(),
    ]
}

fn actions() -> Row {
    let outcome = attempt(sys::fork, || {
        let known =
            |(name, value): (&str, u32)| sys::seccomp_get_action_avail(name, value).map_err(|e| e.what);
        Ok(ACTIONS.map(known))
    });
    let about = "errno, kill_process, log and user_notif";
    let remedy = "Use a kernel with CONFIG_SECCOMP_FILTER, 5.0 or newer.";
    let answers = match outcome {
        Ok(answers) => answers,
        Err(error) => {
            return Row::new("seccomp.actions", about, Answer::No).looked_at(error.what).remedy(remedy);
        }
    };
    let answer = Answer::over(answers.iter().map(|a| if a.is_ok() { Answer::Yes } else { Answer::No }));
    let row = Row::new("seccomp.actions", about, answer).remedy(remedy);
    let known: Vec<&str> =
        ACTIONS.iter().zip(&answers).filter(|(_, a)| a.is_ok()).map(|((name, _), _)| *name).collect();
    let row = match known.as_slice() {
        [] => row,
        known => row.looked_at(format!("seccomp(SECCOMP_GET_ACTION_AVAIL): {}", known.join(", "))),
    };
    answers.into_iter().filter_map(Result::err).fold(row, Row::looked_at)
}

/// Mode 2 is a filter: `Seccomp` in proc(5). `PR_GET_SECCOMP` would be killed by a filter that forbids it.
fn around() -> Row {
    let about = "no seccomp filter around us yet";
    let Some(mode) = look::status("Seccomp") else {
        return Row::new("seccomp.around", about, Answer::NotTried)
            .looked_at("/proc/self/status: no field Seccomp")
            .remedy(PROC_REMEDY);
    };
    let filters = look::status("Seccomp_filters").map(|n| format!(", {n} filters")).unwrap_or_default();
    let answer = if mode == "0" { Answer::Yes } else { Answer::Partly };
    Row::new("seccomp.around", about, answer)
        .looked_at(format!("Seccomp in /proc/self/status: {mode}{filters}"))
        .remedy(
            "Only if another row says no, and its own remedy does not help: the filter may be why. Inside Docker or Podman: \
             --security-opt seccomp=unconfined.",
        )
}
