//! The parent's filter is not the child's, who is born already.
// stage without: seccomp::load(&filter, run.report_refusals, parent)?;
// stage after: let signals = signals::keep()?;
    let filter = seccomp::compile(&run.security_opt, &[])?;
    no_new_privs::set()?;
    seccomp::load(&filter, false, &mut container.channel)?;
