//! The flags that show what the runtime does: `--explain` and `--step`.

use clap::{Args, ValueEnum};
use sys::{Result, explain::Format};

/// Flags of every program that runs a container; they may stand before or after its `run`.
#[derive(Args)]
pub struct Explain {
    /// Show each system call as it happens, parent and child in two columns
    ///
    /// On a terminal a call that took more than a millisecond says so, and a man page is a link.
    ///
    /// --explain=json is for programs. Each line on standard error is one object, of one of two shapes:
    ///   {"side":"parent","pid":71,"chapter":4,"page":"mount(2)","call":"mount(…)","result":"0",
    ///    "started_us":801,"took_us":12}
    ///   {"note":"…"}
    /// Times are in microseconds, started_us since the program began. result and took_us are null where
    /// the line was written before the call, as for execve. Fields are added, never renamed.
    #[arg(
        long, global = true, value_name = "FORMAT", num_args = 0..=1, require_equals = true,
        default_missing_value = "table", verbatim_doc_comment
    )]
    explain: Option<Shape>,
    /// Wait for Enter before each call, in parent and child; implies --explain
    ///
    /// So you can look around from a second terminal while the container is half built. One process asks
    /// at a time. Enter: the next call; c and Enter: go on without stopping; q and Enter: end, with exit
    /// code 130 and nothing left behind. From its execve on the command has the terminal as usual.
    #[arg(long, global = true, verbatim_doc_comment)]
    step: bool,
}

/// The formats, as the command line names them.
#[derive(Clone, Copy, ValueEnum)]
enum Shape {
    /// For people: parent and child in two columns
    Table,
    /// For programs: one object a line
    Json,
}

impl Explain {
    /// Show the calls from here on, and stop before them, if that is asked for.
    pub fn begin(&self) -> Result<()> {
        sys::explain::begin();
        let default = self.step.then_some(Shape::Table);
        // Without a terminal to ask there is nothing to show either: the error comes before the table.
        if self.step {
            sys::explain::enable_steps()?;
        }
        match self.explain.or(default) {
            Some(Shape::Table) => sys::explain::enable(Format::Table),
            Some(Shape::Json) => sys::explain::enable(Format::Json),
            None => {}
        }
        Ok(())
    }

    /// Whether each call is to wait for Enter.
    pub fn stops(&self) -> bool {
        self.step
    }
}
