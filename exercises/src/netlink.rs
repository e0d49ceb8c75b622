//! Netlink: how a program asks the kernel for interfaces, addresses and routes. It is a socket.
//!
//! Kernel: netlink(7), rtnetlink(7). The messages are made by the crates of the rust-netlink project, over a plain
//! socket that waits for each answer; nothing of it is asynchronous.

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
};

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage,
    address::{AddressAttribute, AddressMessage},
    link::{InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage},
    route::{RouteAddress, RouteAttribute, RouteMessage, RouteProtocol, RouteScope, RouteType},
};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use sys::{Pid, Result};

/// A conversation with the kernel about the network namespace in which it was opened, wherever this process
/// goes afterwards.
pub(crate) struct Netlink(Socket);

/// Something is made, and it is an error if it is there.
const CREATE: u16 = NLM_F_CREATE | NLM_F_EXCL;

impl Netlink {
    #[track_caller]
    pub(crate) fn open() -> Result<Netlink> {
        sys::call_by_library(
            "netlink(7)",
            "socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)",
            || -> io::Result<Netlink> {
                let socket = Socket::new(NETLINK_ROUTE)?;
                socket.connect(&SocketAddr::new(0, 0))?; // 0 is the kernel
                Ok(Netlink(socket))
            },
        )
    }

    /// The number of the interface `name`.
    #[track_caller]
    pub(crate) fn index_of(&self, name: &str) -> Result<u32> {
        let mut link = LinkMessage::default();
        link.attributes.push(LinkAttribute::IfName(name.to_owned()));
        sys::call_by_library("rtnetlink(7)", &format!("RTM_GETLINK({name})"), || {
            match self.ask(RouteNetlinkMessage::GetLink(link), 0)? {
                Some(RouteNetlinkMessage::NewLink(found)) => Ok(found.header.index),
                other => Err(io::Error::other(format!("an unexpected answer: {other:?}"))),
            }
        })
    }

    /// Bring the interface up.
    #[track_caller]
    pub(crate) fn set_up(&self, name: &str) -> Result<()> {
        let mut link = LinkMessage::default();
        link.header.index = self.index_of(name)?;
        link.header.flags = LinkFlags::Up;
        link.header.change_mask = LinkFlags::Up;
        self.tell(&format!("RTM_NEWLINK({name}, IFF_UP)"), RouteNetlinkMessage::SetLink(link), 0)
    }

    /// Make a bridge.
    #[track_caller]
    pub(crate) fn add_bridge(&self, name: &str) -> Result<()> {
        let mut link = LinkMessage::default();
        link.attributes.push(LinkAttribute::IfName(name.to_owned()));
        link.attributes.push(LinkAttribute::LinkInfo(vec![LinkInfo::Kind(InfoKind::Bridge)]));
        self.tell(&format!("RTM_NEWLINK({name}, bridge)"), RouteNetlinkMessage::NewLink(link), CREATE)
    }

    /// Make a pair of interfaces: `name` here, in the group of interfaces `group` and as a port of the interface
    /// with the number `port_of`, and `peer` in the network namespace of the process `owner`.
    #[track_caller]
    pub(crate) fn add_veth(
        &self,
        name: &str,
        group: u32,
        port_of: u32,
        peer: &str,
        owner: Pid,
    ) -> Result<()> {
        let line = format!(
            "RTM_NEWLINK({name}, group {group}, master {port_of}, veth, peer {peer} in netns of {owner})"
        );
        let mut other = LinkMessage::default();
        other.attributes.push(LinkAttribute::IfName(peer.to_owned()));
        other.attributes.push(LinkAttribute::NetNsPid(owner.as_raw().unsigned_abs()));
        let mut ours = LinkMessage::default();
        ours.header.flags = LinkFlags::Up;
        ours.header.change_mask = LinkFlags::Up;
        ours.attributes.push(LinkAttribute::IfName(name.to_owned()));
        ours.attributes.push(LinkAttribute::Group(group));
        ours.attributes.push(LinkAttribute::Controller(port_of));
        ours.attributes.push(LinkAttribute::LinkInfo(vec![
            LinkInfo::Kind(InfoKind::Veth),
            LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(other))),
        ]));
        self.tell(&line, RouteNetlinkMessage::NewLink(ours), CREATE)
    }

    /// Remove an interface.
    #[track_caller]
    pub(crate) fn remove(&self, name: &str) -> Result<()> {
        let mut link = LinkMessage::default();
        link.attributes.push(LinkAttribute::IfName(name.to_owned()));
        self.tell(&format!("RTM_DELLINK({name})"), RouteNetlinkMessage::DelLink(link), 0)
    }

    /// Remove all interfaces of a group; ENODEV where there are none.
    #[track_caller]
    pub(crate) fn remove_group(&self, group: u32) -> Result<()> {
        let mut link = LinkMessage::default();
        link.attributes.push(LinkAttribute::Group(group));
        self.tell(&format!("RTM_DELLINK(group {group})"), RouteNetlinkMessage::DelLink(link), 0)
    }

    /// Give the interface an address in a network whose first `prefix` bits are the network's.
    #[track_caller]
    pub(crate) fn add_address(&self, name: &str, address: Ipv4Addr, prefix: u8) -> Result<()> {
        let mut message = AddressMessage::default();
        message.header.family = AddressFamily::Inet;
        message.header.prefix_len = prefix;
        message.header.index = self.index_of(name)?;
        message.attributes.push(AddressAttribute::Local(IpAddr::V4(address)));
        message.attributes.push(AddressAttribute::Address(IpAddr::V4(address)));
        let line = format!("RTM_NEWADDR({name}, {address}/{prefix})");
        self.tell(&line, RouteNetlinkMessage::NewAddress(message), CREATE)
    }

    /// Send everything that has no other way to `gateway`.
    #[track_caller]
    pub(crate) fn add_default_route(&self, gateway: Ipv4Addr) -> Result<()> {
        let mut route = RouteMessage::default();
        route.header.address_family = AddressFamily::Inet;
        route.header.table = netlink_packet_route::route::RouteHeader::RT_TABLE_MAIN;
        route.header.protocol = RouteProtocol::Boot;
        route.header.scope = RouteScope::Universe;
        route.header.kind = RouteType::Unicast;
        route.attributes.push(RouteAttribute::Gateway(RouteAddress::Inet(gateway)));
        self.tell(
            &format!("RTM_NEWROUTE(default via {gateway})"),
            RouteNetlinkMessage::NewRoute(route),
            CREATE,
        )
    }

    #[track_caller]
    fn tell(&self, line: &str, message: RouteNetlinkMessage, flags: u16) -> Result<()> {
        sys::call_by_library("rtnetlink(7)", line, || self.ask(message, NLM_F_ACK | flags).map(drop))
    }

    /// Send one message, and wait for the answer: `None` where it is an acknowledgement.
    fn ask(&self, message: RouteNetlinkMessage, flags: u16) -> io::Result<Option<RouteNetlinkMessage>> {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | flags;
        let mut request = NetlinkMessage::new(header, NetlinkPayload::from(message));
        request.finalize();
        let mut bytes = vec![0; request.buffer_len()];
        request.serialize(&mut bytes);
        self.0.send(&bytes, 0)?;
        let (answer, _) = self.0.recv_from_full()?;
        let answer = NetlinkMessage::deserialize(&answer).map_err(io::Error::other)?;
        match answer.payload {
            NetlinkPayload::Error(error) if error.code.is_some() => Err(error.to_io()),
            NetlinkPayload::Error(_) => Ok(None),
            NetlinkPayload::InnerMessage(message) => Ok(Some(message)),
            other => Err(io::Error::other(format!("an unexpected answer: {other:?}"))),
        }
    }
}
