//! What the programs answer, for both architectures: a test asks them as the kernel does.

use sys::Errno;

use super::*;
use crate::profile::{Target, Version};

const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
const AUDIT_ARCH_I386: u32 = 0x4000_0003;
const AUDIT_ARCH_AARCH64: u32 = 0xc000_00b7;

fn target<'a>(held: &'a [&'a str], architecture: Architecture) -> Target<'a> {
    Target { held, architecture, kernel: Version(6, 18) }
}

fn ours(held: &[&str]) -> Profile {
    Profile::ours().unwrap().resolve(&target(held, Architecture::Amd64))
}

/// A call, as the programs see it: `struct seccomp_data` of seccomp(2), in pieces of 32 bits.
fn call(arch: u32, number: u32, arguments: &[u64]) -> [u32; 16] {
    let mut data = [0; 16];
    (data[0], data[1]) = (number, arch);
    for (index, argument) in arguments.iter().enumerate() {
        data[4 + 2 * index] = u32::try_from(argument & 0xffff_ffff).unwrap();
        data[5 + 2 * index] = u32::try_from(argument >> 32).unwrap();
    }
    data
}

/// What the kernel would answer: the strictest of all programs, and of two that are equally strict the last one's.
fn answer(programs: &[Vec<sock_filter>], data: [u32; 16]) -> u32 {
    let action = |answer: u32| (answer & libc::SECCOMP_RET_ACTION_FULL).cast_signed();
    programs.iter().rev().map(|program| run(program, data)).min_by_key(|answer| action(*answer)).unwrap()
}

/// The few instructions of cBPF that a filter has.
fn run(program: &[sock_filter], data: [u32; 16]) -> u32 {
    let (mut next, mut number) = (0, 0);
    loop {
        let sock_filter { code, jt, jf, k } = program[next];
        next += 1;
        let branch = |yes| usize::from(if yes { jt } else { jf });
        match code {
            0x20 => number = data[k as usize / 4],
            0x54 => number &= k,
            0x05 => next += k as usize,
            0x15 => next += branch(number == k),
            0x25 => next += branch(number > k),
            0x35 => next += branch(number >= k),
            0x06 => return k,
            other => panic!("instruction {other:#x}"),
        }
    }
}

const ALLOWED: u32 = libc::SECCOMP_RET_ALLOW;
const KILLED: u32 = libc::SECCOMP_RET_KILL_PROCESS;

fn errno(errno: Errno) -> u32 {
    libc::SECCOMP_RET_ERRNO | (errno as i32).unsigned_abs()
}

#[test]
fn ours_answers_as_it_says() {
    let (eperm, enosys) = (errno(Errno::EPERM), errno(Errno::ENOSYS));
    let calls = Architecture::Amd64.calls();
    let plain = compile(&ours(&[]), Architecture::Amd64).unwrap();
    let admin = compile(&ours(&["CAP_SYS_ADMIN"]), Architecture::Amd64).unwrap();
    for (name, arguments, without, with_admin) in [
        ("getpid", &[][..], ALLOWED, ALLOWED),
        ("unshare", &[0x1000_0000], eperm, ALLOWED),
        ("keyctl", &[], eperm, eperm),
        ("ptrace", &[], eperm, eperm),
        ("io_uring_setup", &[], eperm, eperm),
        ("clone3", &[], enosys, ALLOWED),
        ("clone", &[0x0001_0f00], ALLOWED, ALLOWED), // a thread
        ("clone", &[0x1000_0011], eperm, ALLOWED),   // CLONE_NEWUSER
        ("clone", &[1 << 32 | 0x2000_0011], eperm, ALLOWED),
        ("personality", &[0xffff_ffff], ALLOWED, ALLOWED),
        ("personality", &[0x0004_0000], eperm, eperm), // ADDR_NO_RANDOMIZE
        ("ioctl", &[0, 0x5401], ALLOWED, ALLOWED),
        ("ioctl", &[0, 0x5412], eperm, eperm),
        ("ioctl", &[0, 1 << 32 | 0x5412], eperm, eperm),
        ("ioctl", &[0, u64::MAX << 32 | 0x541c], eperm, eperm),
        ("socket", &[2], ALLOWED, ALLOWED),
        ("socket", &[38], eperm, eperm),
        ("socket", &[1 << 40 | 0x26], eperm, eperm),
        ("socket", &[40], eperm, eperm),
    ] {
        let data = call(AUDIT_ARCH_X86_64, calls[name], arguments);
        assert_eq!(answer(&plain, data), without, "{name} {arguments:x?}");
        assert_eq!(answer(&admin, data), with_admin, "{name} {arguments:x?}, with CAP_SYS_ADMIN");
    }
    assert_eq!(answer(&plain, call(AUDIT_ARCH_X86_64, 1000, &[])), enosys, "newer than the table");
    assert_eq!(answer(&plain, call(AUDIT_ARCH_I386, 20, &[])), KILLED, "a 32-bit program");
}

#[test]
fn both_architectures_have_their_numbers() {
    let target = target(&[], Architecture::Arm64);
    let programs = compile(&Profile::ours().unwrap().resolve(&target), target.architecture).unwrap();
    let number_79_is_newfstatat = call(AUDIT_ARCH_AARCH64, 79, &[]);
    assert_eq!(answer(&programs, number_79_is_newfstatat), ALLOWED);
    assert_eq!(answer(&programs, call(AUDIT_ARCH_AARCH64, 97, &[])), errno(Errno::EPERM), "unshare");
    assert_eq!(answer(&programs, call(AUDIT_ARCH_X86_64, 79, &[])), KILLED);
}

#[test]
fn a_list_of_what_is_forbidden_forgets_nothing() {
    let text = r#"{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        { "names": ["seccomp", "mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13 },
        { "names": ["chmod"], "action": "SCMP_ACT_KILL_PROCESS" },
        { "names": ["openat", "no_such_call"], "action": "SCMP_ACT_LOG" },
        { "names": ["kill"], "action": "SCMP_ACT_ERRNO", "args": [
            { "index": 0, "value": 1, "op": "SCMP_CMP_EQ" }, { "index": 0, "value": 2, "op": "SCMP_CMP_EQ" }] }
    ] }"#;
    let programs = compile(&Profile::parse(text, "test").unwrap(), Architecture::Amd64).unwrap();
    let ask = |number, arguments| answer(&programs, call(AUDIT_ARCH_X86_64, number, arguments));
    assert_eq!(ask(83, &[]), errno(Errno::EACCES), "mkdir");
    assert_eq!(ask(X32_CALL + 83, &[]), errno(Errno::ENOSYS), "mkdir of x32");
    assert_eq!(ask(90, &[]), KILLED, "chmod");
    assert_eq!(ask(257, &[]), libc::SECCOMP_RET_LOG, "openat");
    assert_eq!(ask(62, &[2]), errno(Errno::EPERM), "two conditions on one argument are alternatives");
    assert_eq!(ask(62, &[3]), ALLOWED);
    assert_eq!(ask(1000, &[]), ALLOWED, "whatever comes");
    let seccomp = call(AUDIT_ARCH_X86_64, 317, &[]);
    let (last, others) = programs.split_last().unwrap();
    assert_eq!(run(last, seccomp), errno(Errno::EACCES), "what forbids seccomp(2) is loaded last");
    assert!(others.iter().all(|program| run(program, seccomp) == ALLOWED));
}

#[test]
fn what_the_default_refuses_is_not_refused_before_the_last_program() {
    let text = r#"{ "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        { "names": ["read"], "action": "SCMP_ACT_ALLOW" },
        { "names": ["seccomp"], "action": "SCMP_ACT_ERRNO" },
        { "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38 }
    ] }"#;
    let programs = compile(&Profile::parse(text, "test").unwrap(), Architecture::Amd64).unwrap();
    let (_, before) = programs.split_last().unwrap();
    let seccomp = call(AUDIT_ARCH_X86_64, 317, &[]);
    assert!(before.iter().all(|program| run(program, seccomp) == ALLOWED), "or the last could not be loaded");
    assert_eq!(answer(&programs, seccomp), errno(Errno::EPERM));
}

#[test]
fn nobody_listens_for_notify() {
    let text = r#"{ "defaultAction": "SCMP_ACT_NOTIFY" }"#;
    let error = compile(&Profile::parse(text, "test").unwrap(), Architecture::Amd64).unwrap_err();
    assert!(error.to_string().contains("SCMP_ACT_NOTIFY"), "{error}");
}
