//! Takes the runtime along.
// stage without: network::namespace(run.network),
// stage after: let group = cgroup::create()?;
    sys::unshare(network::namespace(run.network).union(sys::CloneFlags::CLONE_NEWNET))?;
