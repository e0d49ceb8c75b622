//! The flags about the process itself, the same in every stage and named as Docker's.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use clap::{Args, builder::TypedValueParser};

/// What to run, and in which surroundings.
#[derive(Args, Clone, Debug)]
pub struct Process {
    /// Set an environment variable; without a value, hand over the caller's
    #[arg(short, long, value_name = "NAME[=VALUE]", value_parser = VariableParser)]
    pub env: Vec<Variable>,

    /// Directory to start in
    #[arg(short, long, value_name = "DIR", default_value = "/", hide_default_value = true)]
    pub workdir: PathBuf,

    /// Accepted as in Docker: standard input is always handed over
    #[arg(short, long)]
    interactive: bool,

    /// Accepted as in Docker: the container is on the caller's own terminal until chapter 14
    #[arg(short, long)]
    tty: bool,

    /// Accepted as in Docker: nothing is ever left behind
    #[arg(long)]
    rm: bool,

    /// The command and its arguments [default: a shell]
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    command: Vec<OsString>,
}

impl Process {
    /// The command and its arguments; a shell when none is given.
    pub fn command(&self) -> Vec<OsString> {
        if self.command.is_empty() { vec![shell().into()] } else { self.command.clone() }
    }
}

fn shell() -> &'static str {
    if Path::new("/bin/bash").exists() { "/bin/bash" } else { "/bin/sh" }
}

/// An environment variable, ready for `execve(2)`: `NAME=VALUE`. `None` when the caller has none to hand over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable(pub Option<OsString>);

/// Parses a [`Variable`], for `--env`.
#[derive(Clone)]
pub struct VariableParser;

impl TypedValueParser for VariableParser {
    type Value = Variable;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Variable, clap::Error> {
        parse_variable(value, |name| std::env::var_os(name)).ok_or_else(|| {
            let text = format!("--env {value:?}: a variable needs a name before the equals sign\n");
            clap::Error::raw(clap::error::ErrorKind::ValueValidation, text).with_cmd(command)
        })
    }
}

fn parse_variable(text: &OsStr, caller: impl Fn(&OsStr) -> Option<OsString>) -> Option<Variable> {
    match text.as_bytes().iter().position(|byte| *byte == b'=') {
        Some(0) => None,
        Some(_) => Some(Variable(Some(text.to_owned()))),
        None if text.is_empty() => None,
        None => Some(Variable(caller(text).map(|value| {
            let whole = [text.as_bytes(), b"=", value.as_bytes()].concat();
            OsString::from_vec(whole)
        }))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_given_or_handed_over() {
        let parse = |text: &str| {
            parse_variable(OsStr::new(text), |name| (name == "LANG").then(|| "C".into())).map(|v| v.0)
        };
        assert_eq!(parse("A=1=2"), Some(Some("A=1=2".into())));
        assert_eq!(parse("A="), Some(Some("A=".into())));
        assert_eq!(parse("LANG"), Some(Some("LANG=C".into())));
        assert_eq!(parse("NOT_SET"), Some(None));
        assert_eq!(parse("=x"), None);
        assert_eq!(parse(""), None);
    }
}
