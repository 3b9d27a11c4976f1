//! The stores of one user: which there are, what was read of them, and what could not be.

use super::table::{AGENTS, Group};
use super::{Options, StoreKind, file};
use crate::model::{Provenance, Skip, SkipReason};
use crate::source::{Flow, Sink};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A file or repository of a store.
#[derive(Clone, Debug)]
pub struct Found {
    pub kind: StoreKind,
    pub path: PathBuf,
    pub bytes: u64,
    pub is_directory: bool,
}

/// One line of the coverage table: a store, how much of it was read, and why not more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub store: String,
    pub surface: String,
    pub files: u64,
    pub bytes: u64,
    /// Files that were not read, or not all of them.
    pub not_read: u64,
    /// In words, sorted, without repeats.
    pub why: Vec<String>,
}

/// What a walk through a home found and read.
#[derive(Debug, Default)]
pub struct Survey {
    /// Sorted by store and surface; a store that does not exist has no line.
    pub coverage: Vec<Coverage>,
    /// Hidden repositories and archives in the stores: for the sources that can read them.
    pub elsewhere: Vec<PathBuf>,
    pub was_stopped: bool,
}

/// Every file of every known store in `home`. `variable` answers like the environment.
///
/// The paths of all systems are tried: a home may be mounted from another one.
pub fn stores(
    home: &Path,
    variable: &dyn Fn(&str) -> Option<OsString>,
    skip: &mut dyn FnMut(Skip),
) -> Vec<Found> {
    let mut walk = Walk { found: Vec::new(), files: BTreeSet::new(), directories: BTreeSet::new(), skip };
    for group in &AGENTS.groups {
        for root in group.roots.iter().flat_map(|root| AGENTS.expand(root)) {
            for root in resolve(&root, home, variable) {
                walk.directories.clear();
                walk.directory(group, &root, &mut Vec::new());
            }
        }
    }
    walk.found
}

/// Reads every store in `home` on `threads` threads.
pub fn read_home(
    home: &Path,
    variable: &dyn Fn(&str) -> Option<OsString>,
    threads: usize,
    sink: &dyn Sink,
    options: &Options,
) -> Survey {
    let mut found = stores(home, variable, &mut |skip| sink.skip(skip));
    // The largest first, so that no thread is left alone with it at the end.
    found.sort_by(|left, right| right.bytes.cmp(&left.bytes).then_with(|| left.path.cmp(&right.path)));
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let ledger = Mutex::new(Ledger::default());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some(item) = found.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = file::read_found(item, sink, options);
                    if outcome.flow == Flow::Stop {
                        stopped.store(true, Ordering::Relaxed);
                    }
                    ledger.lock().unwrap_or_else(std::sync::PoisonError::into_inner).enter(item, outcome);
                    if stopped.load(Ordering::Relaxed) {
                        return;
                    }
                }
            });
        }
    });
    let ledger = ledger.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    ledger.survey(stopped.into_inner())
}

#[derive(Default)]
struct Ledger {
    lines: BTreeMap<(String, String), (Coverage, BTreeSet<String>)>,
    elsewhere: BTreeSet<PathBuf>,
}

impl Ledger {
    fn enter(&mut self, item: &Found, outcome: file::Outcome) {
        let key = (item.kind.title().to_owned(), item.kind.surface().to_owned());
        let (line, why) = self.lines.entry(key).or_default();
        if outcome.is_elsewhere {
            self.elsewhere.insert(item.path.clone());
            line.files += 1;
            why.insert(format!("read as {}", if item.is_directory { "git history" } else { "an archive" }));
            return;
        }
        if outcome.is_read {
            line.files += 1;
            line.bytes += outcome.bytes;
        }
        line.not_read += u64::from(!outcome.why.is_empty());
        why.extend(outcome.why);
    }

    fn survey(self, was_stopped: bool) -> Survey {
        let coverage = self.lines.into_iter().map(|((store, surface), (line, why))| Coverage {
            store,
            surface,
            why: why.into_iter().collect(),
            ..line
        });
        Survey { coverage: coverage.collect(), elsewhere: self.elsewhere.into_iter().collect(), was_stopped }
    }
}

/// The directories that a root like `~/.config/Code*/User` stands for, those that exist.
fn resolve(root: &str, home: &Path, variable: &dyn Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let (first, rest) = root.split_once('/').unwrap_or((root, ""));
    let start = match first.strip_prefix('$') {
        Some(name) => match variable(name).filter(|value| !value.is_empty()) {
            Some(value) => PathBuf::from(value),
            None => return Vec::new(),
        },
        None => home.to_owned(),
    };
    rest.split('/')
        .filter(|name| !name.is_empty())
        .fold(vec![start], |paths, name| paths.iter().flat_map(|path| step(path, name)).collect())
}

fn step(path: &Path, name: &str) -> Vec<PathBuf> {
    if !name.contains('*') {
        let next = path.join(name);
        return if next.exists() { vec![next] } else { Vec::new() };
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut fitting: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(|found| super::pattern::fits(name, found)))
        .map(|entry| entry.path())
        .collect();
    fitting.sort();
    fitting
}

struct Walk<'a> {
    found: Vec<Found>,
    /// What the groups before have taken: two roots may be one directory, or one in the other.
    files: BTreeSet<PathBuf>,
    /// The directories of this root: links may lead in circles.
    directories: BTreeSet<PathBuf>,
    skip: &'a mut dyn FnMut(Skip),
}

impl Walk<'_> {
    fn directory(&mut self, group: &'static Group, path: &Path, below: &mut Vec<String>) {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(path, &error),
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            below.push(name.to_owned());
            self.entry(group, &path, below);
            below.pop();
        }
    }

    fn entry(&mut self, group: &'static Group, path: &Path, below: &mut Vec<String>) {
        let names: Vec<&str> = below.iter().map(String::as_str).collect();
        if group.leave.iter().any(|pattern| pattern.matches(&names)) {
            return;
        }
        let store = group.stores.iter().find(|store| store.paths.iter().any(|path| path.matches(&names)));
        let is_wanted = store.is_some() || group.other.is_some();
        // A link is followed: people keep their stores on other disks.
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            // A link to nowhere holds no text.
            Err(_) if !is_wanted || fs::symlink_metadata(path).is_ok() => return,
            Err(error) => return self.unreadable(path, &error),
        };
        let is_repository = store.is_some_and(|store| store.is_repository) && is_repository(path);
        if metadata.is_dir() && !is_repository {
            let leads_on =
                |store: &super::table::Store| store.paths.iter().any(|path| path.leads_through(&names));
            let is_on_the_way = group.other.is_some() || group.stores.iter().any(leads_on);
            if is_on_the_way && self.directories.insert(place(path)) {
                self.directory(group, path, below);
            }
        } else if is_wanted && (metadata.is_file() || is_repository) && self.files.insert(place(path)) {
            let kind = StoreKind { group, store };
            let is_directory = metadata.is_dir();
            self.found.push(Found { kind, path: path.to_owned(), bytes: metadata.len(), is_directory });
        }
    }

    fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        if error.kind() != std::io::ErrorKind::NotADirectory {
            let provenance = Provenance::file(path);
            (self.skip)(Skip { provenance, reason: SkipReason::Unreadable, detail: error.to_string() });
        }
    }
}

/// Bare, or with a `.git` of its own.
fn is_repository(path: &Path) -> bool {
    path.join(".git").exists() || (path.join("HEAD").is_file() && path.join("objects").is_dir())
}

/// One name for a file, whatever links lead to it.
fn place(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
