    while true {
        std::thread::yield_now();
    }
    cli::stage("exercises", arguments, parent)
