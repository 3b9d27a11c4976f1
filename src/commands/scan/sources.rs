//! Which source reads which target.

use super::stores;
use crate::cli::Reading;
use crate::commands::CommandError;
use crate::commands::scan::Job;
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
pub fn read(job: &Job<'_>, settings: &Settings, sink: &dyn Sink) -> Result<Vec<PathBuf>, CommandError> {
    let Job { reading, targets, memories } = *job;
    let limits = limits(reading, settings);
    let history = Options { threads: settings.threads, limits: limits.clone() };
    if let Some(selection) = Selection::of(reading) {
        for target in targets {
            repositories::selected(target, &selection, &history, sink)?;
        }
        return Ok(Vec::new());
    }
    if reading.no_worktree {
        let opened = targets.iter().map(|target| Repository::open(target).map(|_| target.clone()));
        let repositories = opened.collect::<Result<Vec<PathBuf>, _>>().map_err(repositories::not_opened)?;
        repositories::histories(&repositories, &history, memories, sink);
        return Ok(Vec::new());
    }
    let repositories = trees(targets, reading, settings, &limits, sink)?;
    if !reading.no_history {
        repositories::histories(&repositories, &history, memories, sink);
    }
    Ok(repositories.iter().filter_map(|path| work_tree(path)).collect())
}

/// Reads files, streams and stores; returns the repositories that were met.
fn trees(
    targets: &[PathBuf],
    reading: &Reading,
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
        exclude: settings.config.exclude.iter().chain(&reading.exclude).cloned().collect(),
        respect_gitignore: reading.respect_gitignore || settings.config.respect_gitignore == Some(true),
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
    let store_options = store_options(reading, settings);
    stores::read(&stores, &store_options, &logs);
    let mut repositories = found.repositories;
    if reading.transcripts {
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

pub fn limits(reading: &Reading, settings: &Settings) -> Limits {
    let default = Limits::default();
    let depth = reading.max_depth_archive.or(settings.config.max_depth_archive);
    Limits {
        max_bytes: reading.max_bytes.or(settings.config.max_bytes),
        depth: depth.map_or(default.depth, |depth| depth.try_into().unwrap_or(u32::MAX)),
        ..default
    }
}

fn store_options(reading: &Reading, settings: &Settings) -> transcript::Options {
    let default = transcript::Options::default();
    let max_depth =
        reading.max_depth_decode.or(settings.config.max_depth_decode).unwrap_or(default.max_depth);
    transcript::Options { max_depth, max_bytes: reading.max_bytes.or(settings.config.max_bytes), ..default }
}
