//! Seccomp and no_new_privs: two lines of `status`.
//!
//! Kernel: seccomp(2), PR_SET_NO_NEW_PRIVS(2const). See it: `grep -e NoNew -e Seccomp /proc/self/status`.

use serde_json::json;

use super::{
    look::{Process, Seen},
    row::Row,
};

/// What refuses system calls, and what keeps execve from giving more.
pub struct Seccomp {
    pub no_new_privs: Seen<bool>,
    /// 0 for none, 1 for strict, 2 for filters.
    pub mode: Seen<u8>,
    filters: Option<u32>,
}

impl Seccomp {
    pub fn look(process: &Process) -> Seccomp {
        Seccomp {
            no_new_privs: process.status("NoNewPrivs").map(|bit| bit == "1"),
            mode: process.status("Seccomp").and_then(|mode| mode.parse().map_err(|_| "no number".to_owned())),
            // Since Linux 5.9.
            filters: process.status("Seccomp_filters").ok().and_then(|count| count.parse().ok()),
        }
    }

    pub fn rows(&self) -> Vec<Row> {
        let privileges = |set: &bool| {
            let says =
                if *set { "set: no program gives it more" } else { "not set: set-user-ID programs work" };
            (says.to_owned(), json!(set))
        };
        let mode = |mode: &u8| (self.said(*mode), json!({"mode": mode, "filters": self.filters}));
        vec![
            Row::seen("no_new_privs", "no_new_privs", &self.no_new_privs, privileges),
            Row::seen("seccomp", "seccomp", &self.mode, mode),
        ]
    }

    fn said(&self, mode: u8) -> String {
        match (mode, self.filters) {
            (0, _) => "no filter".into(),
            (1, _) => "strict: read, write, exit and nothing else".into(),
            (_, Some(1)) => "1 filter".into(),
            (_, Some(count)) => format!("{count} filters, one over the other"),
            (_, None) => "filtered".into(),
        }
    }
}
