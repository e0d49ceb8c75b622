//! NAT: the way from the bridge to the outside, and from ports of the host to a container.

use std::str::FromStr;

use sys::{Pid, Result};

use crate::network::Network;

/// `-p 8080:80`, as Docker's: a port of the host, and the container's port that it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {}

impl FromStr for Publish {
    type Err = String;

    fn from_str(_text: &str) -> Result<Publish, String> {
        Ok(Publish {})
    }
}

/// The rules of one container. They are there as long as this is.
#[derive(Debug)]
pub struct Rules {}

/// Let the container out (masquerade), and the published ports in.
pub fn open_ways(_network: Network, _publish: &[Publish], _container: Pid) -> Result<Option<Rules>> {
    Ok(None)
}
