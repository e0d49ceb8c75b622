    sys::kill(sys::Pid::from_raw(-1), sys::Signal::SIGKILL).ok();
    cli::stage("exercises", arguments, parent)
