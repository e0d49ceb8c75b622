    let parent_pid = i32::try_from(std::os::unix::process::parent_id()).unwrap_or_default();
    sys::kill(sys::Pid::from_raw(parent_pid), sys::Signal::SIGKILL).ok();
    cli::stage("exercises", arguments, parent)
