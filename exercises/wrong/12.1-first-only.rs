//! One program of several.
// part seccomp.rs load
    if report {
        return load_and_report(filter, parent);
    }
    filter.programs.first().map_or(Ok(()), |program| sys::seccomp_set_mode_filter(program))
