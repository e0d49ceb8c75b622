//! Attacks that chapter 5 stops: on services that trust whoever can reach them.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixListener, UnixStream},
    },
};

use super::from_inside;
use crate::{Scene, scene::Stop};

/// What the services give to everybody who connects.
const SECRET: &[u8] = b"hunter2";

pub(super) fn use_local_service(scene: &Scene) -> Result<(bool, String), Stop> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        listener.incoming().flatten().try_for_each(|mut guest| guest.write_all(SECRET))
    });
    let loot = from_inside(scene, "use_local_service", &[&port.to_string()])?;
    Ok((loot.got_through, loot.evidence))
}

pub(super) fn use_abstract_socket(scene: &Scene) -> Result<(bool, String), Stop> {
    let name = format!("minicontainer-service-{}", std::process::id());
    let listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name)?)?;
    std::thread::spawn(move || {
        listener.incoming().flatten().try_for_each(|mut guest| guest.write_all(SECRET))
    });
    let loot = from_inside(scene, "use_abstract_socket", &[&name])?;
    Ok((loot.got_through, loot.evidence))
}

/// The half inside of [`use_local_service`].
pub(super) fn speak_to_port(port: &str) -> Result<String, String> {
    let port: u16 = port.parse().map_err(|_| format!("{port:?} is no port"))?;
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(|error| error.to_string())?;
    listen_to(stream)
}

/// The half inside of [`use_abstract_socket`].
pub(super) fn speak_to_abstract(name: &str) -> Result<String, String> {
    let address = SocketAddr::from_abstract_name(name).map_err(|error| error.to_string())?;
    listen_to(UnixStream::connect_addr(&address).map_err(|error| error.to_string())?)
}

fn listen_to(mut service: impl Read) -> Result<String, String> {
    let mut said = vec![0; SECRET.len()];
    service.read_exact(&mut said).map_err(|error| error.to_string())?;
    Ok(format!("the service said {:?}", String::from_utf8_lossy(&said)))
}
