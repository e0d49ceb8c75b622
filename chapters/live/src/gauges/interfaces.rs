//! Interfaces: what the container's network consists of, and the host's end of its cable.
//!
//! Kernel: network_namespaces(7), proc_pid_net(5), veth(4). See it: `ip address`, inside; `ip link`, outside.

use std::net::{Ipv4Addr, Ipv6Addr};

use ratatui::text::Line;
use serde::Serialize;

use super::{
    Said,
    paint::{bytes, table},
};
use crate::{
    look::{self, Seen},
    theme::Theme,
};

/// How the cables of chapter 5 are called on the host, in front of the last sixteen bits of the container's address.
const CABLE: &str = "mini-";

/// The interfaces of its network namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Interfaces {
    /// Whether they are the host's, because it has no network namespace of its own.
    pub are_hosts: bool,
    /// Inside.
    pub inside: Vec<Interface>,
    /// The host's end of its cable, if there is one that we see.
    pub cable: Option<Interface>,
}

/// One interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Bytes that came in.
    pub received: u64,
    /// Bytes that went out.
    pub sent: u64,
    /// Its addresses.
    pub addresses: Vec<String>,
}

pub fn look(init: i32) -> Seen<Interfaces> {
    let mut inside = interfaces(&look::text(init, "net/dev")?);
    add_addresses(init, &mut inside);
    let namespace =
        |pid: &str| fs_err::read_link(format!("/proc/{pid}/ns/net")).map_err(|error| look::cause(&error));
    let are_hosts = namespace("self")? == namespace(&init.to_string())?;
    let addresses = inside.iter().filter(|it| it.name != "lo").flat_map(|it| &it.addresses);
    let names: Vec<String> = addresses.filter_map(|it| cable(it)).collect();
    let ours =
        if are_hosts { String::new() } else { look::text(std::process::id().cast_signed(), "net/dev")? };
    let cable = interfaces(&ours).into_iter().find(|it| names.contains(&it.name));
    Ok(Interfaces { are_hosts, inside, cable })
}

/// How the cable of an address is called: chapter 5 gives the one by the other.
fn cable(address: &str) -> Option<String> {
    let [10, 199, high, low] = address.parse::<Ipv4Addr>().ok()?.octets() else { return None };
    let number = u16::from_be_bytes([high, low]).checked_sub(2)?;
    Some(format!("{CABLE}{number}"))
}

/// Two lines of headings, then one for each interface: received bytes first, sent bytes ninth.
fn interfaces(dev: &str) -> Vec<Interface> {
    let one = |line: &str| {
        let (name, numbers) = line.split_once(':')?;
        let numbers: Vec<u64> = numbers.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let name = look::printable(name.trim());
        Some(Interface { name, received: *numbers.first()?, sent: *numbers.get(8)?, addresses: Vec::new() })
    };
    dev.lines().skip(2).filter_map(one).collect()
}

/// /proc has no list of interfaces with their addresses: fib_trie has the addresses, route says behind which interface
/// their networks are, and if_inet6 has both.
fn add_addresses(init: i32, to: &mut [Interface]) {
    let text = |name: &str| look::text(init, name).unwrap_or_default();
    let table = text("net/route");
    let routes = routes(&table);
    let version4 = local_addresses(&text("net/fib_trie")).into_iter().filter_map(|address| {
        let name = if address.is_loopback() { "lo" } else { behind(&routes, address)? };
        Some((name.to_owned(), address.to_string()))
    });
    let all: Vec<(String, String)> = version4.chain(version6(&text("net/if_inet6"))).collect();
    for interface in to {
        let own = all.iter().filter(|(name, _)| *name == interface.name);
        interface.addresses = own.map(|(_, address)| address.clone()).collect();
    }
}

/// The line after an address says what it is: `/32 host LOCAL` is one of ours.
fn local_addresses(trie: &str) -> Vec<Ipv4Addr> {
    let lines: Vec<&str> = trie.lines().map(str::trim).collect();
    let ours = lines.windows(2).filter(|pair| pair[1] == "/32 host LOCAL");
    let mut found: Vec<Ipv4Addr> =
        ours.filter_map(|pair| pair[0].strip_prefix("|-- ")?.parse().ok()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Interface, network and mask. The numbers are as they lie in memory, in hexadecimal.
fn routes(text: &str) -> Vec<(&str, u32, u32)> {
    let number = |word: &str| u32::from_str_radix(word, 16).ok();
    let one = |line| {
        let fields: Vec<&str> = str::split_whitespace(line).collect();
        Some((*fields.first()?, number(fields.get(1)?)?, number(fields.get(7)?)?))
    };
    text.lines().skip(1).filter_map(one).collect()
}

/// The interface behind which the network of an address is.
fn behind<'a>(routes: &[(&'a str, u32, u32)], address: Ipv4Addr) -> Option<&'a str> {
    let number = u32::from_ne_bytes(address.octets());
    let matching = routes.iter().filter(|(_, network, mask)| *mask != 0 && number & mask == *network);
    matching.max_by_key(|(_, _, mask)| mask.count_ones()).map(|(name, ..)| *name)
}

/// `fe80000000000000… 02 40 20 80 eth0`.
fn version6(text: &str) -> Vec<(String, String)> {
    let one = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let address = u128::from_str_radix(fields.first()?, 16).ok()?;
        Some(((*fields.get(5)?).to_owned(), Ipv6Addr::from(address).to_string()))
    };
    text.lines().filter_map(one).collect()
}

pub fn say(of: &Interfaces, theme: &Theme) -> Said {
    let row = |it: &Interface, style, whose: &str| {
        let addresses = if it.addresses.is_empty() { whose.to_owned() } else { it.addresses.join(" ") };
        [
            (it.name.clone(), style),
            (bytes(it.received), theme.text),
            (bytes(it.sent), theme.text),
            (addresses, theme.text),
        ]
    };
    let style = if of.are_hosts { theme.host } else { theme.container };
    let inside = of.inside.iter().map(|it| row(it, style, "no address"));
    let outside = of.cable.iter().map(|it| row(it, theme.host, "the host's end of its cable"));
    let details = table(["name", "in", "out", "addresses"], inside.chain(outside).collect(), theme);
    let count = match of.inside.len() {
        1 => "1 interface".to_owned(),
        count => format!("{count} interfaces"),
    };
    let headline = if of.are_hosts {
        Line::styled(format!("{count}, the host's: it has no network of its own"), theme.warning)
    } else {
        Line::styled(format!("{count} of its own"), theme.text)
    };
    Said { details, ..Said::only(headline) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEV: &str = "Inter-|   Receive\n face |bytes\n    lo: 7 0 0 0 0 0 0 0 8 0 0 0 0 0 0 0\n  \
        eth0:     680       8    0    0    0     0          0         0      426       5    0    0    0     0   0  0\n";

    #[test]
    fn bytes_in_and_out() {
        let found = interfaces(DEV);
        assert_eq!((found[1].name.as_str(), found[1].received, found[1].sent), ("eth0", 680, 426));
        assert_eq!((found[0].received, found[0].sent), (7, 8));
    }

    #[test]
    fn an_address_is_behind_an_interface() {
        let trie = "Main:\n  |-- 10.199.0.0\n     /16 link UNICAST\n  |-- 10.199.105.51\n     /32 host LOCAL\n\
            Local:\n  |-- 10.199.105.51\n     /32 host LOCAL\n  |-- 127.0.0.1\n     /32 host LOCAL\n";
        let found = local_addresses(trie);
        assert_eq!(found, [Ipv4Addr::new(10, 199, 105, 51), Ipv4Addr::LOCALHOST]);
        let text = "Iface\tDestination\tGateway\nlo\t00000000\t0100C70A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
            eth0\t0000C70A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n";
        if cfg!(target_endian = "little") {
            assert_eq!(behind(&routes(text), found[0]), Some("eth0"));
        }
        let line = "fe80000000000000e87ffffffe8c2a01 02 40 20 80     eth0\n";
        assert_eq!(version6(line), [("eth0".into(), "fe80::e87f:ffff:fe8c:2a01".into())]);
    }

    #[test]
    fn a_cable_has_the_number_of_its_address() {
        assert_eq!(cable("10.199.0.2").as_deref(), Some("mini-0"));
        assert_eq!(cable("10.199.1.2").as_deref(), Some("mini-256"));
        assert_eq!(cable("10.198.1.2"), None);
        assert_eq!(cable("fe80::1"), None);
    }
}
