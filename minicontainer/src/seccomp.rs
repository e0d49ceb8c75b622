//! `minicontainer seccomp`: what a filter leaves, in numbers and names, or in the form that runc and crun read.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use ch11::capabilities::{self, Named};
use ch12::seccomp::{self, SecurityOpt};
use sys::Result;

/// The flags of `seccomp`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Seccomp {
    /// As if the command had one more capability, such as SYS_ADMIN, or ALL
    #[arg(long, value_name = "CAPABILITY")]
    cap_add: Vec<Named>,
    /// As if it had one less
    #[arg(long, value_name = "CAPABILITY")]
    cap_drop: Vec<Named>,
    /// Another filter than the default one: seccomp=FILE
    #[arg(long, value_name = "OPTION")]
    security_opt: Vec<SecurityOpt>,
    /// Print the profile in the OCI's form, for `linux.seccomp` in a config.json
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  minicontainer seccomp                                    how many calls the default filter leaves
  minicontainer seccomp --cap-add SYS_ADMIN                the same for a container with that capability
  minicontainer seccomp --json                             the profile, for runc and crun
  minicontainer seccomp --security-opt seccomp=mine.json   what a filter of one's own leaves";

/// Tell about the filter.
pub fn run(flags: &Seccomp) -> Result<ExitCode> {
    sys::restore_defaults()?; // SIGPIPE ends us quietly when nobody reads on, as in `seccomp | head`
    let capabilities = capabilities::in_theory(&flags.cap_add, &flags.cap_drop).names();
    let mut screen = anstream::stdout().lock();
    if flags.json {
        let profile = seccomp::oci_json(&flags.security_opt, &capabilities)?;
        serde_json::to_writer_pretty(&mut screen, &profile).map_err(io::Error::from)?;
        writeln!(screen)?;
        return Ok(ExitCode::SUCCESS);
    }
    let seccomp::Summary { calls, free, conditional, refused } =
        seccomp::summary(&flags.security_opt, &capabilities)?;
    let (architecture, count) = (std::env::consts::ARCH, refused.len());
    writeln!(screen, "{architecture} has {calls} system calls. With {} capabilities", capabilities.len())?;
    writeln!(screen, "{free:>4} are allowed,")?;
    writeln!(screen, "{conditional:>4} are allowed with some arguments,")?;
    writeln!(screen, "{count:>4} are refused:")?;
    for line in wrap(&refused, 90) {
        writeln!(screen, "     {line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Words in lines of at most `width`.
fn wrap(words: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => *line = format!("{line} {word}"),
            _ => lines.push(word.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_have_room_for_whole_words() {
        let words = ["add_key", "bpf", "keyctl"].map(str::to_owned);
        assert_eq!(wrap(&words, 11), ["add_key bpf", "keyctl"]);
        assert_eq!(wrap(&words, 3), ["add_key", "bpf", "keyctl"]);
    }
}
