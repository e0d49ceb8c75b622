    cli::stage("exercises", arguments, parrent)
