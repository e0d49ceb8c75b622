//! When nobody needs it any more.
// stage without: extend::write_pid_file(run.pid_file.as_deref(), container.pid)?;
// stage without: let status = signals::forward_until_exit(&signals, container)?;
// stage after: container.channel.expect_end()?;
    let pid = container.pid;
    let status = signals::forward_until_exit(&signals, container)?;
    extend::write_pid_file(run.pid_file.as_deref(), pid)?;
