//! Which source reads which target.

use crate::cli::Scan;
use crate::commands::CommandError;
use crate::commands::settings::Settings;
use crate::source::files::{self, FileOptions, Found};
use crate::source::limits::Limits;
use crate::source::{Sink, stdin};
use std::io;
use std::path::{Path, PathBuf};

/// Reads every target into `sink`. A target that is not there is an error before anything is read.
pub fn read(
    targets: &[PathBuf],
    args: &Scan,
    settings: &Settings,
    sink: &dyn Sink,
) -> Result<Found, CommandError> {
    let options = options(args, settings);
    if targets.iter().any(|target| is_stdin(target)) {
        stdin::read(&mut io::stdin().lock(), &options.limits, sink);
    }
    let paths: Vec<PathBuf> = targets.iter().filter(|target| !is_stdin(target)).cloned().collect();
    if paths.is_empty() {
        return Ok(Found::default());
    }
    files::walk(&paths, &options, sink).map_err(|error| CommandError::usage(error.to_string()))
}

fn is_stdin(target: &Path) -> bool {
    target == Path::new("-")
}

fn options(args: &Scan, settings: &Settings) -> FileOptions<'static> {
    let mut limits = Limits { max_bytes: args.max_bytes, ..Limits::default() };
    if let Some(depth) = args.max_depth_archive {
        limits.depth = u32::try_from(depth).unwrap_or(u32::MAX);
    }
    FileOptions {
        limits,
        exclude: [settings.config.exclude.as_slice(), &args.exclude].concat(),
        respect_gitignore: args.respect_gitignore,
        threads: settings.threads,
        ..FileOptions::default()
    }
}
