//! Calls have names in a profile and numbers in the kernel, other numbers on every architecture.
//!
//! Kernel: syscalls(2), syscall(2). See it: `ausyscall --dump`, or `scmp_sys_resolver openat`.

use std::collections::BTreeMap;

use seccompiler::TargetArch;
use sys::{Error, Result};
use syscalls::{aarch64, x86_64};

/// The architectures for which the course makes filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// 64-bit Intel and AMD.
    Amd64,
    /// 64-bit ARM.
    Arm64,
}

impl Architecture {
    /// That of this program, and so of this machine.
    pub fn native() -> Result<Architecture> {
        match std::env::consts::ARCH {
            "x86_64" => Ok(Architecture::Amd64),
            "aarch64" => Ok(Architecture::Arm64),
            other => Err(Error::new(format!("seccomp: no table of the calls of {other}"))
                .why("the course has those of x86_64 and aarch64")
                .remedy("Run without a filter: --security-opt seccomp=unconfined.")),
        }
    }

    /// The name that Docker's profiles have for it, which is Go's.
    pub fn docker(self) -> &'static str {
        match self {
            Architecture::Amd64 => "amd64",
            Architecture::Arm64 => "arm64",
        }
    }

    /// The name that the OCI's profiles have for it, which is libseccomp's.
    pub fn oci(self) -> &'static str {
        match self {
            Architecture::Amd64 => "SCMP_ARCH_X86_64",
            Architecture::Arm64 => "SCMP_ARCH_AARCH64",
        }
    }

    /// The name that the compiler has for it.
    pub fn target(self) -> TargetArch {
        match self {
            Architecture::Amd64 => TargetArch::x86_64,
            Architecture::Arm64 => TargetArch::aarch64,
        }
    }

    /// The calls that it has, by name, up to Linux 6.18.
    ///
    /// Not by `Sysno::iter()`, which forgets the last one. The table of aarch64 calls newfstatat by its number's older
    /// name, and has the calls with 64-bit times of 32-bit ARM, which the kernel does not have there.
    pub fn calls(self) -> BTreeMap<&'static str, u32> {
        let all: Vec<(&'static str, i32)> = match self {
            Architecture::Amd64 => (0..x86_64::Sysno::table_size())
                .filter_map(x86_64::Sysno::new)
                .map(|call| (call.name(), call.id()))
                .collect(),
            Architecture::Arm64 => (0..aarch64::Sysno::table_size())
                .filter_map(aarch64::Sysno::new)
                .map(|call| (call.name(), call.id()))
                .filter(|(name, _)| !name.contains("time64"))
                .map(|(name, id)| (if name == "fstatat" { "newfstatat" } else { name }, id))
                .collect(),
        };
        all.into_iter().map(|(name, id)| (name, id.unsigned_abs())).collect()
    }
}
