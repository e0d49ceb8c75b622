//! NAT: the way from the bridge to the outside, and from a port of the host to one of the container.
//!
//! Runs in: parent. After: `bridge::connect`. Before: `Proceed`. Kernel: nftables, nft(8).
//! See it: `nft list ruleset`, outside.
//!
//! The rules are written in nft's own language and loaded by nft itself. Its table has the flag `owner`: it belongs
//! to the netlink socket that made it, and the kernel destroys it when that socket is closed. So nft is kept
//! running, and waits for more commands from a pipe of ours; when we end, or are killed, the pipe ends, nft ends, and
//! the rules are gone.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddrV4, TcpListener, UdpSocket},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, Stdio},
    str::FromStr,
};

use sys::{Errno, Error, Pid, Result};

use crate::bridge::BRIDGE;

/// `-p [ADDRESS:]PORT:PORT[/tcp|/udp]`, as Docker's: a port of the host, and the container's that it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// One address of the host, or all of them.
    address: Option<Ipv4Addr>,
    host: u16,
    container: u16,
    protocol: Protocol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Tcp,
    Udp,
}

impl FromStr for Publish {
    type Err = String;

    fn from_str(text: &str) -> Result<Publish, String> {
        let (ports, protocol) = match text.split_once('/') {
            None => (text, Protocol::Tcp),
            Some((ports, "tcp")) => (ports, Protocol::Tcp),
            Some((ports, "udp")) => (ports, Protocol::Udp),
            Some((_, other)) => return Err(format!("{other:?} is neither tcp nor udp")),
        };
        let port = |text: &str| match text.parse::<u16>() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(format!("{text:?} is no port: 1 to 65535")),
        };
        let (address, host, container) = match ports.split(':').collect::<Vec<_>>()[..] {
            [host, container] => (None, host, container),
            [address, host, container] => (Some(address), host, container),
            _ => return Err("it reads HOST-PORT:CONTAINER-PORT, such as 8080:80".to_owned()),
        };
        let address = address.map(|text| text.parse().map_err(|_| format!("{text:?} is no IPv4 address")));
        Ok(Publish {
            address: address.transpose()?,
            host: port(host)?,
            container: port(container)?,
            protocol,
        })
    }
}

/// The rules of one container. They are there as long as this is.
#[derive(Debug)]
pub struct Rules {
    nft: Child,
    commands: Option<ChildStdin>,
    _reserved: Vec<Reserved>,
}

/// A port of the host that nobody else gets as long as it is ours: the rules catch what comes in before it.
#[derive(Debug)]
#[expect(dead_code, reason = "a socket is held, not used")]
enum Reserved {
    Tcp(TcpListener),
    Udp(UdpSocket),
}

/// Let the container at `address` out, and what comes to the published ports in.
pub fn open_ways(address: Option<Ipv4Addr>, publish: &[Publish]) -> Result<Option<Rules>> {
    let Some(address) = address else {
        return if publish.is_empty() { Ok(None) } else { Err(no_bridge()) };
    };
    let reserved = publish.iter().map(reserve).collect::<Result<_>>()?;
    if !publish.is_empty() {
        // A packet from 127.0.0.1 may leave through the bridge: a setting of the bridge, which goes with it.
        sys::write(format!("/proc/sys/net/ipv4/conf/{BRIDGE}/route_localnet"), "1")?;
    }
    match load(&rules(Pid::this(), address, publish), reserved) {
        Ok(rules) => {
            warn_without_forwarding()?;
            Ok(Some(rules))
        }
        Err(error) if publish.is_empty() => {
            cli::warn(&format!(
                "no way out of {BRIDGE}, containers only reach each other and the host: {error}"
            ));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn no_bridge() -> Error {
    Error::new("--publish: this container has no address that a port could lead to")
        .remedy("Add --network bridge.")
}

fn reserve(publish: &Publish) -> Result<Reserved> {
    let place = SocketAddrV4::new(publish.address.unwrap_or(Ipv4Addr::UNSPECIFIED), publish.host);
    let error = |error: io::Error| {
        let in_use = error.raw_os_error() == Some(Errno::EADDRINUSE as i32);
        let error = Error::new(format!("--publish: bind({place}): {error}"));
        if in_use {
            error.remedy("Choose another port of the host; ss -ltnup says who has this one.")
        } else {
            error
        }
    };
    match publish.protocol {
        Protocol::Tcp => TcpListener::bind(place).map(Reserved::Tcp).map_err(error),
        Protocol::Udp => UdpSocket::bind(place).map(Reserved::Udp).map_err(error),
    }
}

/// The table of the container at `address`, as nft reads it.
fn rules(runtime: Pid, address: Ipv4Addr, publish: &[Publish]) -> Vec<String> {
    let table = table(runtime);
    let mut rules = vec![
        format!("add table ip {table} {{ flags owner; }}"),
        format!("add chain ip {table} out {{ type nat hook postrouting priority srcnat; }}"),
        format!("add rule ip {table} out ip saddr {address} oifname != {BRIDGE} masquerade"),
    ];
    if !publish.is_empty() {
        rules.extend([
            format!("add chain ip {table} in {{ type nat hook prerouting priority dstnat; }}"),
            format!("add chain ip {table} local {{ type nat hook output priority -100; }}"),
            format!("add rule ip {table} out ip saddr 127.0.0.0/8 ip daddr {address} masquerade"),
        ]);
    }
    for Publish { address: only, host, container, protocol } in publish {
        let protocol = if *protocol == Protocol::Tcp { "tcp" } else { "udp" };
        let to = only.map_or("fib daddr type local".to_owned(), |only| format!("ip daddr {only}"));
        for chain in ["in", "local"] {
            rules.push(format!(
                "add rule ip {table} {chain} {to} {protocol} dport {host} dnat to {address}:{container}"
            ));
        }
    }
    rules
}

fn table(runtime: Pid) -> String {
    format!("minicontainer-{runtime}")
}

/// Have nft load the rules, and stay.
fn load(rules: &[String], reserved: Vec<Reserved>) -> Result<Rules> {
    sys::call_by_library(
        "nft(8)",
        &format!("nft --interactive: {}", rules.join("; ")),
        || -> io::Result<Rules> {
            let mut nft = Command::new(program())
                .arg("--interactive")
                .env("HOME", "/dev/null") // where it can make no .nft.history: nothing of us is to be left
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .process_group(0) // a Ctrl-C is not for it
                .spawn()?;
            let mut commands = nft.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
            // One line is one transaction: all of it or nothing. The answer to the second tells which it was, and
            // that to the third that there is no more to read.
            writeln!(commands, "{}\nlist tables\ndescribe tcp dport", rules.join("; "))?;
            let mut answer = String::new();
            let mut stdout = BufReader::new(nft.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
            while !answer.contains("payload expression") && stdout.read_line(&mut answer)? > 0 {}
            let rules = Rules { nft, commands: Some(commands), _reserved: reserved };
            if answer.contains(&table(Pid::this())) {
                Ok(rules)
            } else {
                Err(io::Error::other(rules.last_words()))
            }
        },
    )
    .map_err(|error| match error.errno() {
        Some(Errno::ENOENT) => {
            error.why("the program nft is not here").remedy("Install the package nftables.")
        }
        _ => error,
    })
}

/// Where nft is: in a folder that an ordinary user's PATH leaves out.
fn program() -> &'static str {
    ["/usr/sbin/nft", "/sbin/nft"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
        .unwrap_or("nft")
}

impl Rules {
    /// What nft had to complain about.
    fn last_words(mut self) -> String {
        drop(self.commands.take());
        let mut said = String::new();
        if let Some(mut stderr) = self.nft.stderr.take() {
            stderr.read_to_string(&mut said).ok(); // what was not read cannot be shown
        }
        said.trim().to_owned()
    }
}

impl Drop for Rules {
    fn drop(&mut self) {
        drop(self.commands.take()); // the end of its input is the end of nft, and of the rules
        self.nft.wait().ok(); // it cannot fail for a child of ours that nobody has waited for
    }
}

/// Forwarding is a setting of the whole host, so we say what is missing, and change nothing.
fn warn_without_forwarding() -> Result<()> {
    if sys::read("/proc/sys/net/ipv4/ip_forward")?.trim() == "0" {
        cli::warn(
            "the host does not forward packets, so containers reach each other and the host, but not the outside; \
             sudo sysctl -w net.ipv4.ip_forward=1 changes that (Docker does it without asking)",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_written_as_dockers() {
        let published = |address: Option<[u8; 4]>, host, container, protocol| {
            Ok(Publish { address: address.map(Ipv4Addr::from), host, container, protocol })
        };
        assert_eq!("8080:80".parse(), published(None, 8080, 80, Protocol::Tcp));
        assert_eq!("127.0.0.1:53:5353/udp".parse(), published(Some([127, 0, 0, 1]), 53, 5353, Protocol::Udp));
        for wrong in ["80", "0:80", "80:65536", "a:80", "1.2.3:80:80", "80:80/sctp", "1:2:3:4", ""] {
            assert!(wrong.parse::<Publish>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_published_port_has_a_rule_for_those_who_come_in_and_for_the_host_itself() {
        let rules = rules(Pid::from_raw(7), Ipv4Addr::new(10, 199, 0, 2), &["8080:80".parse().unwrap()]);
        let leading: Vec<_> = rules.iter().filter(|rule| rule.contains("dnat to 10.199.0.2:80")).collect();
        assert_eq!(leading.len(), 2, "{rules:?}");
    }
}
