//! What was written down before the run: `.cfleak.toml`, allow files, baselines.
//!
//! Reads files and turns them into plain values. Leaves out flags (they win, in `commands::settings`), what the
//! clock says, and what a finding is worth.

mod allow;
mod file;
mod find;
mod syntax;

pub use allow::{Allowances, NotAnEntry, baseline};
pub use file::{Config, Label, Trust};
pub use find::{allow_file, config_file};
pub use syntax::Scope;

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a file that was written by hand cannot be used.
#[derive(Debug)]
pub enum Error {
    Unreadable { path: PathBuf, source: io::Error },
    Wrong { path: PathBuf, line: usize, what: String, try_instead: Option<String> },
}

impl Error {
    /// What to try, for the edge to print.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Error::Unreadable { .. } => None,
            Error::Wrong { try_instead, .. } => try_instead.as_deref(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unreadable { path, .. } => write!(f, "cannot read {}", path.display()),
            Error::Wrong { path, line, what, .. } => write!(f, "{}:{line}: {what}", path.display()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unreadable { source, .. } => Some(source),
            Error::Wrong { .. } => None,
        }
    }
}
