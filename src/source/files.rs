//! Files and directories: every byte of what was asked for, or a skip that says why not.
//!
//! Hidden and ignored files are part of it: an ignored `.dev.vars` is where a credential lives. Git directories are
//! not: [`walk`] returns them for the git source, which reads their objects rather than their packs' bytes.

mod exclude;
mod links;
mod reader;
mod walk;

use super::limits::Limits;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use reader::one;
pub use walk::walk;

/// How files are looked for and read.
pub struct FileOptions<'a> {
    pub limits: Limits,
    /// `--exclude`: globs with the meaning of a `.gitignore` line at each target. A target itself is never excluded.
    pub exclude: Vec<String>,
    pub respect_gitignore: bool,
    /// Threads of the walk; 0 chooses. Pieces of a large file run on rayon's pool.
    pub threads: usize,
    /// Says yes to a file that another source reads better than as plain bytes (a SQLite store, a git bundle), given
    /// its path and its first bytes. Such files are returned instead of read.
    pub claim: &'a (dyn Fn(&Path, &[u8]) -> bool + Sync),
}

impl Default for FileOptions<'_> {
    fn default() -> Self {
        FileOptions {
            limits: Limits::default(),
            exclude: Vec::new(),
            respect_gitignore: false,
            threads: 0,
            claim: &|_, _| false,
        }
    }
}

/// What was met and left to other sources. Sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Git directories (`.git`, bare repositories) and `.git` files of worktrees and submodules.
    pub repositories: Vec<PathBuf>,
    /// Files that [`FileOptions::claim`] said yes to.
    pub claimed: Vec<PathBuf>,
}

/// Why nothing was scanned at all.
#[derive(Debug)]
pub enum Error {
    /// A target that cannot be looked at; mostly one that does not exist.
    Target {
        path: PathBuf,
        source: io::Error,
    },
    Exclude {
        glob: String,
        why: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Target { path, source } if source.kind() == io::ErrorKind::NotFound => {
                write!(f, "cannot scan {}: no such file or directory", path.display())
            }
            Error::Target { path, source } => write!(f, "cannot scan {}: {source}", path.display()),
            Error::Exclude { glob, why } => write!(f, "cannot exclude \"{glob}\": {why}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Target { source, .. } => Some(source),
            Error::Exclude { .. } => None,
        }
    }
}
