//! Always the same.
// part extend.rs set_domainname
    name.map_or(Ok(()), |_| sys::setdomainname("example.org"))
