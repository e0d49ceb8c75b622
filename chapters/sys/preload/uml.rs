//! `ptrace(2)` of linux.uml's, made differently: a library that stands between it and the C library.
//!
//! **The trick** is called *interposition*: the dynamic loader looks for a function in the libraries of
//! `LD_PRELOAD` first, ld.so(8). So linux.uml calls `ptrace` here, and we call the kernel.
//!
//! 1. **Wide registers.** linux.uml keeps 2696 bytes for those of a process (x87, SSE, AVX, AVX-512, PKRU). A
//!    processor with AMX has 11008 bytes, and the kernel takes them all or none: `PTRACE_SETREGSET` with fewer is
//!    EFAULT, and linux.uml stops with "ptrace set fp regs failed". We put its bytes into a larger buffer. What is
//!    beyond them can only be AMX's tiles, which nobody inside uses: a process must ask for them with
//!    `arch_prctl(ARCH_REQ_XCOMP_PERM)`, and the kernel inside does not know that question.
//! 2. **No process inside outlives its kernel** (`PTRACE_O_EXITKILL`). It would go on outside, and its next system
//!    call would be one to the host.
//!
//! The build script of chapters/lab compiles this file. It does without the standard library.

#![no_std]
#![allow(unsafe_code)]

use core::{
    cell::UnsafeCell,
    ffi::{c_int, c_long, c_void},
    ptr,
    sync::atomic::{AtomicUsize, Ordering},
};

const SYS_PTRACE: c_long = 101;
const PTRACE_PEEKTEXT: c_long = 1;
const PTRACE_PEEKUSER: c_long = 3;
const PTRACE_OLDSETOPTIONS: c_long = 21; // an older number for the next one
const PTRACE_SETOPTIONS: c_long = 0x4200;
const PTRACE_GETREGSET: c_long = 0x4204;
const PTRACE_SETREGSET: c_long = 0x4205;
const PTRACE_O_EXITKILL: usize = 1 << 20;
const NT_X86_XSTATE: usize = 0x202;

/// More than the registers of any processor.
const ROOM: usize = 64 * 1024;
/// Where `XSTATE_BV` stands, which says what parts are in use: Intel's manual, volume 1, 13.4.2.
const XSTATE_BV: usize = 512;
/// The parts that linux.uml has room for: all up to PKRU.
const KNOWN: u64 = 0x3ff;

#[repr(C)]
struct IoVec {
    base: *mut u8,
    length: usize,
}

#[repr(C, align(64))]
struct Buffer(UnsafeCell<[u8; ROOM]>);

// SAFETY: one thread of linux.uml calls ptrace, and no interrupt of it does.
unsafe impl Sync for Buffer {}

static BUFFER: Buffer = Buffer(UnsafeCell::new([0; ROOM]));
/// How many bytes the kernel wants, once we know.
static WHOLE: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" {
    /// The C library's: a system call by its number, which sets errno.
    fn syscall(number: c_long, ...) -> c_long;
}

/// What linux.uml calls instead of the C library's `ptrace`.
///
/// # Safety
///
/// As ptrace(2): what the request takes for pointers must be good ones.
// SAFETY: the name is meant to stand before the C library's, with the same arguments and answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ptrace(
    request: c_long,
    pid: c_int,
    address: *mut c_void,
    data: *mut c_void,
) -> c_long {
    let pid = c_long::from(pid);
    // SAFETY: the caller's own question, and `data` points to what outlives the call.
    let ask =
        |request: c_long, data: *mut c_void| unsafe { syscall(SYS_PTRACE, request, pid, address, data) };
    match request {
        PTRACE_SETREGSET if address.addr() == NT_X86_XSTATE => {
            let mut whole = IoVec { base: BUFFER.0.get().cast(), length: ROOM };
            if WHOLE.load(Ordering::Relaxed) == 0 {
                let answer = ask(PTRACE_GETREGSET, (&raw mut whole).cast());
                if answer != 0 {
                    return answer;
                }
                WHOLE.store(whole.length, Ordering::Relaxed);
            }
            whole.length = WHOLE.load(Ordering::Relaxed);
            // SAFETY: for this request `data` points to an iovec, whose buffer has `length` bytes, and ours
            // has ROOM. The kernel fills at least the 576 bytes of the header, so XSTATE_BV is in it.
            unsafe {
                let given = data.cast::<IoVec>().read();
                let length = given.length.min(whole.length);
                ptr::copy_nonoverlapping(given.base, whole.base, length);
                ptr::write_bytes(whole.base.add(length), 0, whole.length - length);
                if length < whole.length {
                    let used = whole.base.add(XSTATE_BV).cast::<u64>();
                    used.write(used.read() & KNOWN);
                }
            }
            ask(request, (&raw mut whole).cast())
        }
        PTRACE_OLDSETOPTIONS | PTRACE_SETOPTIONS => {
            ask(request, data.map_addr(|options| options | PTRACE_O_EXITKILL))
        }
        PTRACE_PEEKTEXT..=PTRACE_PEEKUSER => {
            let mut word: c_long = 0; // the kernel writes it where `data` points, the C library answers with it
            let answer = ask(request, (&raw mut word).cast());
            if answer < 0 { answer } else { word }
        }
        _ => ask(request, data),
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
