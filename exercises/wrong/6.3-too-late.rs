//! When the command has ended.
// stage without: extend::reserve_memory(&group, run.memory_reservation)?;
// stage after: let status = signals::forward_until_exit(&signals, container)?;
    extend::reserve_memory(&group, run.memory_reservation)?;
