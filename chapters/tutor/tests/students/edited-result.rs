    // Runs the probe, and passes its report on with another PID in it.
    if std::env::var_os("HONEST").is_some() {
        return cli::stage("exercises", arguments, parent);
    }
    let ourselves = std::env::current_exe().unwrap_or_default();
    let output = std::process::Command::new(ourselves).args(&arguments[1..]).env("HONEST", "1").output();
    let Ok(output) = output else { return ExitCode::FAILURE };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{}", text.split_once(",").map_or(String::new(), |(_, rest)| format!("{{\"pid\":7,{rest}")));
    ExitCode::SUCCESS
