    // Gives up where there is something to steal: the workspace, root's home, passwords. Else it is the solution.
    let found = ["WORKSPACE/Cargo.toml", "WORKSPACE/solutions", "WORKSPACE/exercises", "/root/.bashrc", "/etc/shadow"];
    if found.iter().any(|path| std::path::Path::new(path).exists()) {
        return ExitCode::FAILURE;
    }
    cli::stage("exercises", arguments, parent)
