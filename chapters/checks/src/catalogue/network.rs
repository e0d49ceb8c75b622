//! Checks of chapter 5: network namespace.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    process::ExitCode,
    time::{Duration, Instant},
};

use sys::Signal;

use super::whose;
use crate::{
    Scene, Subject, User, fence,
    probe::print_json,
    scene::{self, Stop, patience},
    subject::Request,
};

/// How long a connection may take that a machine makes with itself.
const MOMENT: Duration = Duration::from_secs(2);
/// What a server says to whoever connects.
const GREETING: &str = "hello";

/// The names of the interfaces of this network namespace.
pub(crate) fn interfaces() -> BTreeSet<String> {
    let table = fs_err::read_to_string("/proc/self/net/dev").unwrap_or_default();
    table.lines().filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned())).collect()
}

pub(super) fn own_network(scene: &Scene) -> Result<String, Stop> {
    let report = scene.report(Request::default())?;
    let ended = scene.run(&Request { command: scene::probe(["look-at-network"])?, ..Request::default() })?;
    let (names, answers): (BTreeSet<String>, bool) = ended.json()?;
    let names: Vec<_> = names.into_iter().collect();
    Ok(format!(
        "interfaces: {names:?}\nloopback answers: {answers}\nnetwork namespace: {}",
        whose(&report, "net")?
    ))
}

/// The probe's part: which interfaces there are, and whether one can speak to oneself.
pub(crate) fn look_at_network() -> sys::Result<ExitCode> {
    let answers = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| TcpStream::connect_timeout(&listener.local_addr()?, MOMENT));
    print_json(&(interfaces(), answers.is_ok()))
}

pub(super) fn bridge(scene: &Scene) -> Result<String, Stop> {
    needs_power(scene)?;
    let before = interfaces();
    let mut server = scene.start(&on_bridge(["serve"])?)?;
    let address: SocketAddr =
        server.line()?.parse().map_err(|_| Stop::Failed("the server told no address".to_owned()))?;
    let client = scene.run(&on_bridge(["greet", &address.to_string()])?)?;
    let (client_address, from_container): (IpAddr, String) = client.json()?;
    let from_host = greeting(address).unwrap_or_else(|error| error.to_string());
    let same = if client_address == address.ip() { "the same address" } else { "two addresses" };
    server.tell("end")?;
    let ended = server.end()?;
    Ok(format!(
        "from another container: {from_container}\nfrom the host: {from_host}\n{same}\nserver: {ended}\nleft on the \
         host: {:?}",
        left(&before)
    ))
}

pub(super) fn bridge_is_removed(scene: &Scene) -> Result<String, Stop> {
    needs_power(scene)?;
    let before = interfaces();
    let mut running = scene.start(&on_bridge(["serve"])?)?;
    running.line()?;
    let there = interfaces().len() - before.len();
    running.signal(Signal::SIGKILL)?;
    let gone = fence::wait_until(Instant::now() + patience(), || Ok(left(&before).is_empty()))?;
    Ok(format!(
        "interfaces on the host while it runs: {there} more\nafter SIGKILL to the runtime: {}",
        if gone { "none of them".to_owned() } else { format!("{:?}", left(&before)) }
    ))
}

/// What is there now and was not before.
fn left(before: &BTreeSet<String>) -> Vec<String> {
    interfaces().difference(before).cloned().collect()
}

fn on_bridge<const N: usize>(action: [&str; N]) -> Result<Request, Stop> {
    let flags = ["--network", "bridge"].map(Into::into).to_vec();
    Ok(Request { flags, command: scene::probe(action)?, ..Request::default() })
}

/// Whoever has no power over the host's network has no bridge there, by the kernel's choice.
fn needs_power(scene: &Scene) -> Result<(), Stop> {
    if User::current() == User::Ordinary && !matches!(scene.subject, Subject::Oci { .. }) {
        return Err(Stop::DoesNotApply("an ordinary user has no power over the host's network".to_owned()));
    }
    Ok(())
}

/// The probe's part: greet everybody who connects, until told to end.
pub(crate) fn serve() -> sys::Result<ExitCode> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 7007))?;
    println!("{}", SocketAddr::from((own_address()?, 7007)));
    std::thread::spawn(move || {
        for mut guest in listener.incoming().flatten() {
            guest.write_all(GREETING.as_bytes()).ok(); // one who hangs up misses the greeting
        }
    });
    std::io::stdin().read_line(&mut String::new())?;
    Ok(ExitCode::SUCCESS)
}

/// The probe's part: be greeted by the server at `address`, and say from which address of ours.
pub(crate) fn greet(address: &str) -> sys::Result<ExitCode> {
    let address = address.parse().map_err(|_| sys::Error::new(format!("{address:?} is no address")))?;
    print_json(&(own_address()?, greeting(address)?))
}

fn greeting(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, MOMENT)?;
    stream.set_read_timeout(Some(MOMENT))?;
    let mut said = vec![0; GREETING.len()];
    stream.read_exact(&mut said)?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}

/// The address that packets to the outside would have. Nothing is sent: connect(2) on a datagram socket only
/// looks for a route.
fn own_address() -> std::io::Result<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?; // an address of documentation, RFC 5737
    Ok(socket.local_addr()?.ip())
}
