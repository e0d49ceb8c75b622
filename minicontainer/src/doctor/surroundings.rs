//! Surroundings: what this machine is, and what is already around us.
//!
//! Nothing of this is an answer by itself: marks can be there without the thing (a virtual machine made
//! from a Docker image), so every row that can be tried is tried, and these only explain.

use std::path::Path;

use super::{
    look,
    restrictions::PROC_REMEDY,
    row::{Answer, Row},
};

/// What helps inside a container of somebody else's.
pub const REMEDY: &str = "Start the outer container with --privileged (docker run --privileged, \
    \"runArgs\": [\"--privileged\"] in devcontainer.json), or use a virtual machine.";

/// A mark: what it is a mark of, and where it was seen.
type Mark = (&'static str, String);

/// What is around us, and what this process is.
pub fn rows() -> Vec<Row> {
    vec![container_row(), machine_row(), process_row()]
}

/// The container that we are in, by the first mark of one.
pub fn container() -> Option<String> {
    container_marks().first().map(|(name, _)| (*name).to_owned())
}

fn container_row() -> Row {
    let marks = container_marks();
    let answer = if marks.is_empty() { Answer::Yes } else { Answer::Partly };
    let row = Row::new("container", "not inside a container of somebody else's", answer)
        .remedy(format!("Only if another row says no, and its own remedy does not help: {REMEDY}"));
    if marks.is_empty() {
        let looked = "/.dockerenv, /run/.containerenv, /run/systemd/container, the variables container, \
                      KUBERNETES_SERVICE_HOST, REMOTE_CONTAINERS, CODESPACES, and /proc/1/cgroup: no marks";
        return row.looked_at(looked);
    }
    marks.into_iter().fold(row, |row, (name, seen)| row.looked_at(format!("a mark of {name}: {seen}")))
}

fn container_marks() -> Vec<Mark> {
    let files = [("/.dockerenv", "Docker"), ("/run/.containerenv", "Podman")];
    let files = files.into_iter().filter(|(path, _)| Path::new(path).exists());
    let files = files.map(|(path, name)| (name, format!("{path} exists")));
    let variables = [
        ("CODESPACES", "Codespaces"),
        ("REMOTE_CONTAINERS", "a dev container"),
        ("KUBERNETES_SERVICE_HOST", "Kubernetes"),
        ("container", "a container"), // systemd's CONTAINER_INTERFACE: podman, lxc, systemd-nspawn
    ];
    let variables = variables.into_iter().filter_map(|(variable, name)| {
        let value = std::env::var(variable).ok()?;
        Some((name, format!("{variable}={value} in the environment")))
    });
    let told = look::text("/run/systemd/container")
        .map(|text| ("a container", format!("/run/systemd/container says {}", text.trim())));
    let group = look::text("/proc/1/cgroup").and_then(|text| group_mark(&text));
    files.chain(variables).chain(told).chain(group).collect()
}

/// In cgroup version 1, and in the host's cgroup namespace, PID 1's group tells who made it.
fn group_mark(cgroup: &str) -> Option<Mark> {
    let names = [("kubepods", "Kubernetes"), ("docker", "Docker"), ("libpod", "Podman"), ("lxc", "LXC")];
    let made_by =
        |line: &str, name: &str| line.split('/').any(|group| group.split(['-', '.']).next() == Some(name));
    names.into_iter().find_map(|(part, name)| {
        let line = cgroup.lines().find(|line| made_by(line, part))?;
        Some((name, format!("/proc/1/cgroup has {line}")))
    })
}

fn machine_row() -> Row {
    let about = "a Linux of its own: not WSL, not user-mode Linux";
    let (Some(version), cpu) = (look::text("/proc/version"), look::text("/proc/cpuinfo").unwrap_or_default())
    else {
        return Row::new("machine", about, Answer::NotTried)
            .looked_at("/proc/version: cannot be read")
            .remedy(PROC_REMEDY);
    };
    let row =
        |answer| Row::new("machine", about, answer).looked_at(format!("/proc/version: {}", version.trim()));
    match machine(&version, &cpu) {
        None => row(Answer::Yes),
        Some("WSL1") => row(Answer::No).remedy(
            "WSL1 has no Linux kernel, so no namespaces. In PowerShell: wsl --set-version DISTRIBUTION 2",
        ),
        Some("WSL2") => row(Answer::Partly).remedy(
            "Only if a cgroup row says no: in %UserProfile%\\.wslconfig, below [wsl2], \
             kernelCommandLine = cgroup_no_v1=all; then wsl --shutdown",
        ),
        Some(other) => row(Answer::Partly).looked_at(format!("this is {other}")).remedy("Nothing to do."),
    }
}

/// WSL's kernel is called Microsoft's; version 1, which is no kernel, with a capital M and without WSL2.
fn machine(version: &str, cpuinfo: &str) -> Option<&'static str> {
    match version {
        _ if version.contains("microsoft-standard") || version.contains("WSL2") => Some("WSL2"),
        _ if version.contains("Microsoft") => Some("WSL1"),
        _ if cpuinfo.contains("User Mode Linux") => Some("user-mode Linux"),
        _ => None,
    }
}

/// What was done to this process before it started.
fn process_row() -> Row {
    let about = "an unrestricted process: no user namespace, no no_new_privs";
    let Some(map) = look::text("/proc/self/uid_map") else {
        return Row::new("process", about, Answer::NotTried)
            .looked_at("/proc/self/uid_map: cannot be read")
            .remedy(PROC_REMEDY);
    };
    let map = map.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let map = map.collect::<Vec<_>>().join(", ");
    let bit = look::status("NoNewPrivs").unwrap_or_else(|| "0".into());
    // user_namespaces(7): the initial namespace maps every id to itself.
    let free = map == "0 0 4294967295" && bit == "0";
    Row::new("process", about, if free { Answer::Yes } else { Answer::Partly })
        .looked_at(format!("/proc/self/uid_map: {map}"))
        .looked_at(format!("NoNewPrivs in /proc/self/status: {bit}"))
        .remedy(
            "Only if another row says no, and its own remedy does not help: start it from a plain shell, outside of bwrap, unshare or setpriv.",
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wsl_is_told_by_the_name_of_its_kernel() {
        let wsl2 = "Linux version 5.15.167.4-microsoft-standard-WSL2 (root@1) (gcc) #1 SMP";
        let wsl1 = "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com) (gcc version 5.4.0) #1237";
        let debian = "Linux version 6.1.0-32-amd64 (debian-kernel@lists.debian.org) (gcc-12) #1 SMP";
        assert_eq!(machine(wsl2, ""), Some("WSL2"));
        assert_eq!(machine(wsl1, ""), Some("WSL1"));
        assert_eq!(machine(debian, "vendor_id\t: GenuineIntel"), None);
        assert_eq!(machine(debian, "vendor_id\t: User Mode Linux"), Some("user-mode Linux"));
    }

    #[test]
    fn the_group_of_pid_1_tells_who_made_it() {
        let of = |cgroup| group_mark(cgroup).map(|(name, _)| name);
        assert_eq!(of("4:memory:/docker/0123\n"), Some("Docker"));
        assert_eq!(of("0::/kubepods.slice/docker-1.scope\n"), Some("Kubernetes"));
        assert_eq!(of("0::/system.slice/docker-0123.scope\n"), Some("Docker"));
        assert_eq!(of("0::/init.scope\n1:cpu:/my-docker\n"), None);
    }
}
