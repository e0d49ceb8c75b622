//! One name for both.
// part extend.rs set_domainname
    name.map_or(Ok(()), sys::sethostname)
