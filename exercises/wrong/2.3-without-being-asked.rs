//! No name is an empty name.
// part extend.rs set_domainname
    sys::setdomainname(name.unwrap_or_default())
