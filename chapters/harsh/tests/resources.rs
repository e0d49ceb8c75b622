//! Harsh programs that use up what all processes of a machine share.

use std::io::Write;

use sys::{ForkResult, MsFlags, Pid, Result, Uid, WaitPidFlag, WaitStatus};

use crate::{
    LIFE_SPAN,
    diary::{HOLE, folder, must_fail, new_folder, note},
};

/// How far we go: 2 GiB.
const MOST: usize = 2 << 30;
/// One bite: 16 MiB.
const BITE: usize = 16 << 20;

/// Fill the memory, alone and then with three others.
pub fn fill_memory() -> Result<()> {
    let mut memory = Vec::new();
    if eat(&mut memory, MOST) {
        println!("{HOLE}: one process has {MOST} bytes");
    }
    println!("alone: {} MiB", memory.len() * (BITE >> 20));
    drop(memory);
    if !Uid::effective().is_root() {
        println!("together: not tried, without control groups nothing would stop us");
        return Ok(());
    }
    let mut full = 0;
    let children = (0..4).map(|_| fill_a_quarter()).collect::<Result<Vec<Pid>>>()?;
    for child in children {
        full += usize::from(sys::waitpid(child, WaitPidFlag::empty())? == WaitStatus::Exited(child, 0));
    }
    if full == 4 {
        println!("{HOLE}: four processes together have {MOST} bytes");
    }
    println!("together: {full} of 4 got their part");
    Ok(())
}

/// Bite by bite, each written to, until there is no more or `most` is reached; whether it was.
fn eat(memory: &mut Vec<Vec<u8>>, most: usize) -> bool {
    for _ in 0..most / BITE {
        let mut bite = Vec::new();
        if bite.try_reserve_exact(BITE).is_err() {
            return false;
        }
        while bite.len() < BITE {
            bite.extend_from_slice(&[1; 4096]);
        }
        memory.push(bite);
    }
    true
}

/// A child that holds a quarter until all four could have theirs.
fn fill_a_quarter() -> Result<Pid> {
    match sys::fork()? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            sys::alarm(LIFE_SPAN)?;
            let full = eat(&mut Vec::new(), MOST / 4);
            std::thread::sleep(std::time::Duration::from_secs(2));
            sys::exit_now(u8::from(!full))
        }
    }
}

/// Fill file systems that live in memory: the fence's folder, the host's, one of our own.
pub fn fill_file_systems() -> Result<()> {
    let own = new_folder("own")?;
    let mounted = sys::mount(Some("own"), &own, Some("tmpfs"), MsFlags::empty(), Some("size=2g"));
    note("a tmpfs of 2 GiB", &mounted);
    for folder in [folder()?, "/dev/shm".into(), "/run".into(), own] {
        let path = folder.join("minicontainer-harsh-filler");
        let file = fs_err::OpenOptions::new().write(true).create_new(true).open(&path);
        let Ok(mut file) = file else { continue };
        let written = (0..MOST / BITE).try_for_each(|_| file.write_all(&vec![1; BITE]));
        must_fail(&format!("2 GiB in {}", path.display()), &written);
        fs_err::remove_file(&path)?;
    }
    Ok(())
}

/// Open files until there are no numbers left.
pub fn open_many_files() -> Result<()> {
    let mut files = Vec::new();
    let refusal = (0..20_000).try_for_each(|_| fs_err::File::open("/dev/null").map(|file| files.push(file)));
    must_fail("20,000 open files", &refusal);
    files.clear();
    Ok(())
}

/// Leave behind what outlives the process that made it.
pub fn leave_kernel_objects() -> Result<()> {
    let made = |program: &str, arguments: &[&str]| {
        let status =
            std::process::Command::new(program).args(arguments).stdout(std::process::Stdio::null()).status();
        note(&format!("{program} {arguments:?}"), &status);
    };
    made("ipcmk", &["--shmem", "4096"]);
    made("ipcmk", &["--queue"]);
    made("ipcmk", &["--semaphore", "1"]);
    made("ip", &["link", "add", "mc-harsh0", "type", "veth", "peer", "name", "mc-harsh1"]);
    made("ip", &["link", "set", "lo", "up"]);
    Ok(())
}
