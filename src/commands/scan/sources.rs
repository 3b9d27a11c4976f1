//! Which source reads which target.

use super::stores;
use crate::cli::Scan;
use crate::commands::CommandError;
use crate::commands::scan::memory::Memories;
use crate::commands::scan::repositories::{self, Selection};
use crate::commands::settings::Settings;
use crate::source::ci::Logs;
use crate::source::files::{self, FileOptions};
use crate::source::git::history::Options;
use crate::source::git::repository::Repository;
use crate::source::git::{bundle, whole};
use crate::source::limits::Limits;
use crate::source::{Sink, stdin, transcript};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Reads every target into `sink`. A target that is not there is an error before anything is read.
///
/// Returns the work trees that were met.
pub fn read(
    targets: &[PathBuf],
    args: &Scan,
    settings: &Settings,
    sink: &dyn Sink,
) -> Result<Vec<PathBuf>, CommandError> {
    let limits = limits(args, settings);
    let history = Options { threads: settings.threads, limits: limits.clone() };
    if let Some(selection) = Selection::of(args) {
        for target in targets {
            repositories::selected(target, &selection, &history, sink)?;
        }
        return Ok(Vec::new());
    }
    if args.no_worktree {
        let opened = targets.iter().map(|target| Repository::open(target).map(|_| target.clone()));
        let repositories = opened.collect::<Result<Vec<PathBuf>, _>>().map_err(repositories::not_opened)?;
        repositories::histories(&repositories, &history, &memories(args, settings, &limits)?, sink);
        return Ok(Vec::new());
    }
    let repositories = trees(targets, args, settings, &limits, sink)?;
    if !args.no_history {
        repositories::histories(&repositories, &history, &memories(args, settings, &limits)?, sink);
    }
    Ok(repositories.iter().filter_map(|path| work_tree(path)).collect())
}

fn memories(args: &Scan, settings: &Settings, limits: &Limits) -> Result<Memories, CommandError> {
    if args.no_cache {
        return Ok(Memories::none(settings.talk));
    }
    Memories::new(settings, &super::engine_options(args, settings), limits)
}

/// Reads files, streams and stores; returns the repositories that were met.
fn trees(
    targets: &[PathBuf],
    args: &Scan,
    settings: &Settings,
    limits: &Limits,
    sink: &dyn Sink,
) -> Result<Vec<PathBuf>, CommandError> {
    // A CI log is known by its content, whatever source it comes from.
    let logs = Logs::new(sink);
    let (streams, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        targets.iter().cloned().partition(|target| target == Path::new("-"));
    let options = FileOptions {
        limits: limits.clone(),
        exclude: settings.config.exclude.iter().chain(&args.exclude).cloned().collect(),
        respect_gitignore: args.respect_gitignore || settings.config.respect_gitignore == Some(true),
        threads: settings.threads,
        claim: &|path, head| bundle::is_bundle(head) || stores::claims(path, head),
    };
    let found = files::walk(&paths, &options, &logs)?;
    let (bundles, stores): (Vec<PathBuf>, Vec<PathBuf>) =
        found.claimed.into_iter().partition(|path| is_bundle_file(path));
    let history = Options { threads: settings.threads, limits: limits.clone() };
    for path in &bundles {
        whole::bundle(path, &history, sink);
    }
    let store_options = store_options(args, settings);
    stores::read(&stores, &store_options, &logs);
    let mut repositories = found.repositories;
    if args.transcripts {
        let elsewhere = stores::home(&store_options, settings, &logs)?;
        let (archives, hidden): (Vec<PathBuf>, Vec<PathBuf>) =
            elsewhere.into_iter().partition(|path| path.is_file());
        files::walk(&archives, &FileOptions { claim: &|_, _| false, ..options }, &logs)?;
        repositories.extend(hidden);
    }
    if !streams.is_empty() {
        stdin::read(&mut io::stdin().lock(), limits, &logs);
    }
    Ok(repositories)
}

fn is_bundle_file(path: &Path) -> bool {
    let mut head = [0; 64];
    let read = File::open(path).and_then(|mut file| file.read(&mut head));
    read.is_ok_and(|count| bundle::is_bundle(&head[..count]))
}

/// The directory whose files a `.git` directory or file is about.
fn work_tree(repository: &Path) -> Option<PathBuf> {
    let is_inside = repository.file_name().is_some_and(|name| name == ".git");
    repository.parent().filter(|_| is_inside).map(Path::to_owned)
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
