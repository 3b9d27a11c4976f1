//! Which source reads which target.

use super::stores;
use crate::cli::Scan;
use crate::commands::CommandError;
use crate::commands::settings::Settings;
use crate::model::{Provenance, Skip, SkipReason};
use crate::source::ci::Logs;
use crate::source::files::{self, FileOptions, Found};
use crate::source::limits::Limits;
use crate::source::{Sink, stdin, transcript};
use std::io;
use std::path::{Path, PathBuf};

/// Reads every target into `sink`. A target that is not there is an error before anything is read.
pub fn read(
    targets: &[PathBuf],
    args: &Scan,
    settings: &Settings,
    sink: &dyn Sink,
) -> Result<(), CommandError> {
    let limits = limits(args, settings);
    // A CI log is known by its content, whatever source it comes from.
    let logs = Logs::new(sink);
    let sink: &dyn Sink = &logs;
    let (streams, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        targets.iter().cloned().partition(|target| target == Path::new("-"));
    let options = FileOptions {
        limits: limits.clone(),
        exclude: settings.config.exclude.iter().chain(&args.exclude).cloned().collect(),
        respect_gitignore: args.respect_gitignore || settings.config.respect_gitignore == Some(true),
        threads: settings.threads,
        claim: &stores::claims,
    };
    let found = files::walk(&paths, &options, sink)?;
    histories(&found, args, sink);
    let stores = store_options(args, settings);
    stores::read(&found.claimed, &stores, sink);
    if args.transcripts {
        stores::home(&stores, settings, sink)?;
    }
    if !streams.is_empty() {
        stdin::read(&mut io::stdin().lock(), &limits, sink);
    }
    Ok(())
}

fn limits(args: &Scan, settings: &Settings) -> Limits {
    let default = Limits::default();
    let depth = args.max_depth_archive.or(settings.config.max_depth_archive);
    Limits {
        max_bytes: args.max_bytes.or(settings.config.max_bytes),
        depth: depth.map_or(default.depth, |depth| depth.try_into().unwrap_or(u32::MAX)),
        ..default
    }
}

fn store_options(args: &Scan, settings: &Settings) -> transcript::Options {
    let default = transcript::Options::default();
    let max_depth = args.max_depth_decode.or(settings.config.max_depth_decode).unwrap_or(default.max_depth);
    transcript::Options { max_depth, max_bytes: args.max_bytes.or(settings.config.max_bytes), ..default }
}

/// The seam for the git source. Until it reads them, histories are a hole, and said to be one.
fn histories(found: &Found, args: &Scan, sink: &dyn Sink) {
    if args.no_history {
        return;
    }
    for repository in &found.repositories {
        sink.skip(Skip {
            provenance: Provenance::git(Some(repository.clone())),
            reason: SkipReason::Unsupported,
            detail: "this build does not read history".to_owned(),
        });
    }
}
