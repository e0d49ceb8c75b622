//! A pane: a real shell on a real terminal, and what its screen looks like.

use std::{
    convert::Infallible,
    ffi::CString,
    io,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::Path,
    time::{Duration, Instant},
};

use sys::{Error, ForkResult, Pid, Result, Signal, Size};

use crate::tape::Tape;

/// A shell that has said nothing for so long has said everything.
const QUIET: Duration = Duration::from_millis(40);

/// How many lines of a command's output are kept to be compared with what was expected.
const KEPT: u16 = 500;

/// One of the two.
pub struct Pane {
    /// The shell, a session of its own.
    pub pid: Pid,
    terminal: OwnedFd,
    screen: Tape,
    /// What was printed since the last command, on a screen that does not scroll.
    output: Tape,
    spoke: Instant,
    ended: bool,
}

impl Pane {
    /// Start a shell in `folder`, with `environment` and no other variables.
    pub fn open(size: Size, folder: &Path, environment: &[CString]) -> Result<Pane> {
        let (terminal, path) = sys::new_terminal()?;
        sys::set_window_size(&terminal, size)?;
        match sys::fork()? {
            ForkResult::Parent { child: pid } => Ok(Pane {
                pid,
                terminal,
                screen: Tape::new(size, 1000),
                output: Tape::new(Size { rows: KEPT, ..size }, 0),
                spoke: Instant::now(),
                ended: false,
            }),
            ForkResult::Child => {
                let Err(error) = become_shell(&path, folder, environment);
                cli::complain("demo", &error);
                sys::exit_now(error.exit_code())
            }
        }
    }

    /// Take what has been printed. Says whether there was anything.
    pub fn read(&mut self) -> Result<bool> {
        let mut buffer = [0; 4096];
        let mut changed = false;
        // Not for ever: somebody who prints without end must not keep us from drawing it.
        for _ in 0..64 {
            match nix::unistd::read(&self.terminal, &mut buffer) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    self.screen.process(&buffer[..count]);
                    self.output.process(&buffer[..count]);
                    self.spoke = Instant::now();
                    changed = true;
                    continue;
                }
                Err(nix::Error::EAGAIN) => {}
                Err(nix::Error::EINTR) => continue,
                // All who held the other end have ended, pty(7).
                Err(_) => self.ended = true,
            }
            break;
        }
        Ok(changed)
    }

    /// Type. What the shell cannot take at once, because nobody reads, is lost as on any terminal.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        match nix::unistd::write(&self.terminal, bytes) {
            Ok(_) | Err(nix::Error::EAGAIN | nix::Error::EIO) => Ok(()),
            Err(errno) => Err(io::Error::from(errno).into()),
        }
    }

    /// From now on it is of another size.
    pub fn resize(&mut self, size: Size) -> Result<()> {
        if self.screen.screen().size() == (size.rows, size.columns) {
            return Ok(());
        }
        sys::set_window_size(&self.terminal, size)?;
        self.screen.resize(size);
        self.output.resize(Size { rows: KEPT, ..size });
        Ok(())
    }

    /// What is to be seen.
    pub fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// Look back so many lines; 0 is the present.
    pub fn scroll_to(&mut self, lines: usize) {
        self.screen.scroll_to(lines);
    }

    /// Our end of the terminal, for poll(2).
    pub fn terminal(&self) -> &OwnedFd {
        &self.terminal
    }

    /// Forget what was printed so far.
    pub fn begin_output(&mut self) {
        let (_, columns) = self.screen().size();
        self.output = Tape::new(Size { rows: KEPT, columns }, 0);
    }

    /// What was printed since.
    pub fn output(&self) -> String {
        let lines = self.output.screen().contents();
        let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// Whether the last thing on the screen is the prompt of a shell, and nothing has come after it for a while.
    ///
    /// **The trick** is called the *patient reader*: nobody inside a container would tell us that a command has ended,
    /// so we see what people see, `$ ` or `# ` before the cursor, and a moment of silence.
    pub fn is_at_prompt(&self) -> bool {
        self.is_quiet() && (self.line().ends_with("# ") || self.line().ends_with("$ "))
    }

    /// What stands before the cursor in its line.
    pub fn line(&self) -> String {
        let (row, column) = self.screen().cursor_position();
        self.screen().contents_between(row, 0, row, column)
    }

    /// Whether nothing was printed for a moment.
    pub fn is_quiet(&self) -> bool {
        self.spoke.elapsed() >= QUIET
    }

    /// Whether anything was printed since then.
    pub fn spoke_after(&self, moment: Instant) -> bool {
        self.spoke > moment
    }

    /// Whether the shell is gone.
    pub fn has_ended(&self) -> bool {
        self.ended
    }
}

/// A session of its own on the terminal at `path`, then the shell.
fn become_shell(path: &Path, folder: &Path, environment: &[CString]) -> Result<Infallible> {
    sys::prctl_set_pdeathsig(Signal::SIGKILL)?; // or nobody would end it when we are killed
    sys::setsid()?;
    // The first session leader to open it has it as its controlling terminal, tty(4).
    let terminal = fs_err::OpenOptions::new().read(true).write(true).open(path)?;
    sys::set_standard(&terminal, &terminal, &terminal)?;
    sys::chdir(folder)?;
    sys::restore_defaults()?;
    sys::sigmask_empty()?;
    sys::close_range_cloexec(3)?;
    let word = |word: &str| CString::new(word).map_err(|error| Error::new(error.to_string()));
    let words = shell().into_iter().map(word).collect::<Result<Vec<_>>>()?;
    sys::execve(&words[0], &words, environment)
}

/// A shell that has the arrow keys and nobody's own settings, where there is one.
fn shell() -> Vec<&'static str> {
    if Path::new("/bin/bash").exists() { vec!["/bin/bash", "--norc", "--noprofile"] } else { vec!["/bin/sh"] }
}

/// The variables of both shells: enough to work with, and none of the trainer's own.
pub fn environment(folder: &Path) -> Vec<CString> {
    let program = std::env::current_exe().ok();
    let ours = program.as_deref().and_then(Path::parent).map(Path::as_os_str).unwrap_or_default();
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    let administration = "/usr/sbin:/sbin"; // an ordinary user of Debian has not got it, and `ip` and `nft` are there
    let sign = if nix::unistd::geteuid().is_root() { '#' } else { '$' };
    let variables: [(&str, Vec<u8>); 6] = [
        ("PATH", [ours.as_bytes(), path.as_bytes(), administration.as_bytes()].join(&b':')),
        ("HOME", folder.as_os_str().as_bytes().to_vec()),
        ("TERM", b"xterm-256color".to_vec()),
        ("LANG", b"C.UTF-8".to_vec()),
        ("PS1", format!("host{sign} ").into_bytes()),
        ("HISTFILE", b"".to_vec()),
    ];
    let one = |(name, value): (&str, Vec<u8>)| CString::new([name.as_bytes(), b"=", &value].concat()).ok();
    variables.into_iter().filter_map(one).collect()
}
