//! The git side of a scan: whole histories, chosen commits, what is staged, and how far files have travelled.

use crate::cli::Reading;
use crate::commands::CommandError;
use crate::commands::scan::memory::Memories;
use crate::model::{Exposure, Finding, Place, Provenance, Skip, SkipReason, SourceKind, tidy};
use crate::source::git::changes::Changes;
use crate::source::git::exposure::WorkTree;
use crate::source::git::history::Options;
use crate::source::git::lookup::Lookup;
use crate::source::git::newer::newer;
use crate::source::git::repository::{OpenError, Repository};
use crate::source::git::{index, select, whole};
use crate::source::{Flow, Sink};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What of a repository is asked for, if not all of it.
pub enum Selection<'a> {
    Staged,
    Range(&'a str),
    Since(&'a str),
}

impl<'a> Selection<'a> {
    pub fn of(reading: &'a Reading) -> Option<Self> {
        match (reading.staged, &reading.range, &reading.since) {
            (true, _, _) => Some(Selection::Staged),
            (false, Some(range), _) => Some(Selection::Range(range)),
            (false, None, Some(revision)) => Some(Selection::Since(revision)),
            (false, None, None) => None,
        }
    }
}

/// Scans what is selected in a repository. That it is none, or that the revision names nothing, is an error: no
/// commits would look clean.
pub fn selected(
    target: &Path,
    selection: &Selection<'_>,
    options: &Options,
    sink: &dyn Sink,
) -> Result<(), CommandError> {
    let repository = Repository::around(target).map_err(not_opened)?;
    let lookup = lookup(&repository)?;
    let head = repository.head();
    let changes = Changes::new(&repository.name, &lookup, head.as_deref(), &options.limits, sink);
    let chosen = match selection {
        Selection::Staged => {
            let index = index::open(&repository.index_path(), repository.hash)
                .map_err(|error| CommandError::fatal(error.to_string()))?;
            let parents = repository.next_parents();
            let staged = index.map(|index| index::staged(&index, &lookup, &parents));
            changes.staged(&staged.unwrap_or_default());
            return Ok(());
        }
        Selection::Range(range) => select::range(&repository, range),
        Selection::Since(revision) => select::since(&repository, revision),
    };
    let chosen = chosen.map_err(|error| CommandError::usage(error.to_string()))?;
    changes.newer(&newer(&lookup, &chosen.want, &chosen.have));
    Ok(())
}

/// Scans whole histories, each once, and those of submodules inside of them.
pub fn histories(paths: &[PathBuf], options: &Options, memories: &Memories, sink: &dyn Sink) {
    let mut left: Vec<PathBuf> = paths.iter().rev().cloned().collect();
    let mut seen = HashSet::new();
    while let Some(path) = left.pop() {
        let repository = match Repository::open(&path) {
            Ok(repository) => repository,
            Err(error) => {
                let (provenance, detail) = (Provenance::file(path), error.to_string());
                sink.skip(Skip { provenance, reason: SkipReason::Damaged, detail });
                continue;
            }
        };
        // Linked work trees, and links to one place, share a history.
        if !seen.insert(fs::canonicalize(&repository.common_dir).unwrap_or(repository.common_dir.clone())) {
            continue;
        }
        left.extend(repository.nested());
        let memory = memories.of(&repository);
        if whole::repository(&repository, options, memory.as_ref(), sink) == Flow::Stop {
            return;
        }
    }
}

pub fn not_opened(error: OpenError) -> CommandError {
    CommandError::usage(error.to_string())
}

pub fn lookup(repository: &Repository) -> Result<Lookup, CommandError> {
    repository.lookup().map_err(|error| {
        CommandError::fatal(format!("cannot read the objects of {}", repository.name)).because(error)
    })
}

/// Says of every file in which something was found how far it has travelled.
///
/// `roots` are the directories of work trees that are known of.
pub fn tell_exposure(findings: &mut [Finding], roots: &[PathBuf], working_directory: &Path) {
    let whole = |path: &Path| tidy(&working_directory.join(path));
    let asked = findings.iter().flat_map(|finding| &finding.places).filter_map(asks);
    let mut left: BTreeSet<PathBuf> = asked.map(whole).collect();
    let mut exposures: HashMap<PathBuf, Exposure> = HashMap::new();
    // The innermost work tree speaks for a file.
    let mut roots: Vec<PathBuf> = roots.iter().map(|root| whole(root)).collect();
    roots.sort_by_key(|root| Reverse(root.components().count()));
    for root in roots {
        let (here, elsewhere): (BTreeSet<_>, BTreeSet<_>) =
            left.into_iter().partition(|path| path.starts_with(&root));
        left = elsewhere;
        exposures.extend(exposures_in(&root, here));
    }
    exposures.extend(left.into_iter().map(|path| (path, Exposure::OutsideGit)));
    for place in findings.iter_mut().flat_map(|finding| &mut finding.places) {
        if let Some(exposure) = asks(place).and_then(|path| exposures.get(&whole(path))) {
            Arc::make_mut(&mut place.provenance).exposure = Some(*exposure);
        }
    }
}

fn asks(place: &Place) -> Option<&Path> {
    let provenance = &place.provenance;
    let is_open = provenance.source == SourceKind::File && provenance.exposure.is_none();
    provenance.path.as_deref().filter(|_| is_open)
}

/// A repository that cannot be opened says nothing about its files.
fn exposures_in(root: &Path, paths: BTreeSet<PathBuf>) -> Vec<(PathBuf, Exposure)> {
    if paths.is_empty() {
        return Vec::new();
    }
    let Ok(repository) = Repository::open(root) else { return Vec::new() };
    let Ok(lookup) = repository.lookup() else { return Vec::new() };
    let Some(tree) = WorkTree::new(root, &repository, &lookup) else { return Vec::new() };
    paths.into_iter().map(|path| (path.clone(), tree.exposure(&path))).collect()
}
