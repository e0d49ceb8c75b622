//! What its network namespace has: interfaces, and sockets that listen.
//!
//! Kernel: proc_pid_net(5). See it: `cat /proc/self/net/dev`.

use serde_json::json;

use super::{
    look::{Process, Seen},
    root::list,
    row::Row,
};

/// The state of a socket that listens, in /proc/net/tcp: TCP_LISTEN of net/tcp_states.h.
const LISTEN: &str = "0A";

/// The rows.
pub fn rows(process: &Process) -> Vec<Row> {
    let names: Seen<Vec<String>> = process.text("net/dev").map(|text| interfaces(&text));
    let count = process.text("net/tcp").map(|text| {
        // A kernel without IPv6 has no such file.
        listening(&text) + process.text("net/tcp6").map_or(0, |text| listening(&text))
    });
    vec![
        Row::seen("interfaces", "interfaces", &names, |names| (list(names), json!(names))),
        Row::seen("listening", "listening", &count, |count| match count {
            0 => ("no TCP socket".into(), json!(0)),
            1 => ("1 TCP socket".into(), json!(1)),
            _ => (format!("{count} TCP sockets"), json!(count)),
        }),
    ]
}

/// Two lines of headings, then one for each interface.
fn interfaces(text: &str) -> Vec<String> {
    text.lines().skip(2).filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned())).collect()
}

fn listening(text: &str) -> usize {
    text.lines().skip(1).filter(|line| line.split_whitespace().nth(3) == Some(LISTEN)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_and_sockets() {
        let text = "Inter-|   Receive\n face |bytes\n    lo:  0 0\n  eth0: 1 2\n";
        assert_eq!(interfaces(text), ["lo", "eth0"]);
        let text =
            "  sl  local_address rem_address   st\n   0: 0100007F:1F90 00000000:0000 0A 0\n   1: A B 01 0\n";
        assert_eq!(listening(text), 1);
    }
}
