//! Names the machine.
// stage without: extend::set_domainname(run.domainname.as_deref())?;
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    extend::set_domainname(run.domainname.as_deref())?;
