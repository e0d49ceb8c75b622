//! Another call of the same family.
// part no_new_privs.rs set
    sys::prctl_set_dumpable()
