//! The index: what the next commit would hold.

use super::entries::EntryKind;
use super::head::TreeOf;
use super::lookup::Lookup;
use gix::bstr::{BStr, BString};
use gix::hash::{Kind as HashKind, ObjectId};
use gix::index::extension::Tree;
use std::fmt;
use std::path::{Path, PathBuf};

/// A file whose staged content HEAD does not have at that path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    pub path: BString,
    pub id: ObjectId,
}

#[derive(Debug)]
pub struct IndexError {
    path: PathBuf,
    why: String,
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read the index {}: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for IndexError {}

/// Opens an index file; one that is not there is an empty index.
pub fn open(path: &Path, hash: HashKind) -> Result<Option<gix::index::File>, IndexError> {
    if !path.exists() {
        return Ok(None);
    }
    let opened = gix::index::File::at(path, hash, false, gix::index::decode::Options::default());
    opened.map(Some).map_err(|error| IndexError { path: path.to_owned(), why: error.to_string() })
}

/// What would be new in a commit made of `index` with these parents: nothing of what a merge takes from either side.
/// Files that conflict count with every version of them.
pub fn staged(index: &gix::index::File, lookup: &Lookup, parents: &[ObjectId]) -> Vec<Staged> {
    let trees: Vec<TreeOf<'_>> = parents.iter().map(|parent| TreeOf::commit(lookup, Some(parent))).collect();
    let mut unchanged = Vec::new();
    for tree in &trees {
        if let (Some(cached), Some(root)) = (index.tree(), tree.root()) {
            same_directories(cached, BString::default(), (EntryKind::Tree, root), tree, &mut unchanged);
        }
    }
    unchanged.sort_unstable();
    let changed = index.entries().iter().filter_map(|entry| {
        let path = entry.path(index);
        let is_no_content = entry.mode.is_submodule() || entry.mode.is_sparse();
        if is_no_content || is_below(&unchanged, path) {
            return None;
        }
        let is_there = trees.iter().any(|tree| tree.get(path).is_some_and(|(_, id)| id == entry.id));
        (!is_there).then(|| Staged { path: path.to_owned(), id: entry.id })
    });
    changed.collect()
}

/// Directories whose tree git noted in the index and that are the same in HEAD: all that a large work tree has in
/// common with it is passed over without a look.
fn same_directories(
    cached: &Tree,
    path: BString,
    at_head: (EntryKind, ObjectId),
    tree: &TreeOf<'_>,
    unchanged: &mut Vec<BString>,
) {
    if cached.num_entries.is_some() && at_head == (EntryKind::Tree, cached.id) {
        unchanged.push(path);
        return;
    }
    for child in &cached.children {
        let mut path = path.clone();
        path.extend_from_slice(&child.name);
        if let Some(at_head) = tree.get(path.as_ref()) {
            path.push(b'/');
            same_directories(child, path, at_head, tree, unchanged);
        }
    }
}

/// Is `path` in one of the directories, given sorted and with a slash at the end (the root: empty)?
fn is_below(directories: &[BString], path: &BStr) -> bool {
    let after = directories.partition_point(|directory| directory.as_slice() <= path);
    directories[..after].last().is_some_and(|directory| path.starts_with(directory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_a_directory() {
        let directories: Vec<BString> = ["a/b/", "lib/"].map(BString::from).to_vec();
        let table =
            [("a/b/c", true), ("a/bc", false), ("a/b", false), ("lib/x/y", true), ("z", false), ("", false)];
        for (path, below) in table {
            assert_eq!(is_below(&directories, path.into()), below, "{path}");
        }
        assert!(is_below(&[BString::default()], "anything".into()));
    }
}
