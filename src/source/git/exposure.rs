//! How far a work-tree file has travelled: committed, staged, tracked, untracked, ignored.
//!
//! Asked about the few files in which something was found, so it looks up paths and never lists a tree.

use super::entries::EntryKind;
use super::head::TreeOf;
use super::index;
use super::lookup::Lookup;
use super::repository::Repository;
use crate::model::Exposure;
use gix::bstr::ByteSlice;
use gix::hash::{Kind as HashKind, ObjectId};
use gix::objs::Kind;
use gix::worktree::stack::state::ignore::Source;
use std::borrow::Cow;
use std::path::Path;

/// A work tree whose files can be asked about.
pub struct WorkTree<'a> {
    root: &'a Path,
    gix: &'a gix::Repository,
    index: Option<gix::index::File>,
    head: TreeOf<'a>,
    hash: HashKind,
}

impl<'a> WorkTree<'a> {
    /// `root` is the directory of the work tree, spelled like the paths that will be asked about. `None` for a
    /// repository that has no work tree, or that gix cannot open.
    pub fn new(root: &'a Path, repository: &'a Repository, lookup: &'a Lookup) -> Option<Self> {
        let gix = repository.gix()?;
        let index = index::open(&repository.index_path(), repository.hash).ok().flatten();
        let head = TreeOf::commit(lookup, repository.head().as_deref());
        Some(WorkTree { root, gix, index, head, hash: repository.hash })
    }

    /// Of a file at or below the root.
    pub fn exposure(&self, path: &Path) -> Exposure {
        let Ok(below) = path.strip_prefix(self.root) else { return Exposure::OutsideGit };
        if below.components().any(|part| part.as_os_str() == ".git") {
            return Exposure::OutsideGit;
        }
        let Ok(name) = gix::path::into_bstr(below) else { return Exposure::Untracked };
        let name = gix::path::to_unix_separators_on_windows(name);
        let at_head = self.head.get(&name).filter(|(kind, _)| *kind == EntryKind::Blob).map(|(_, id)| id);
        let in_index = self.index.as_ref().and_then(|index| index.entry_by_path(&name)).map(|entry| entry.id);
        if at_head.is_none() && in_index.is_none() {
            return if self.is_ignored(below) { Exposure::Ignored } else { Exposure::Untracked };
        }
        let here = ids_of(path, self.hash);
        match (at_head, in_index) {
            (Some(id), _) if here.contains(&id) => Exposure::Committed,
            (_, Some(id)) if here.contains(&id) => Exposure::Staged,
            // The file is known, and what is in it now is not yet.
            (Some(_), _) | (_, Some(_)) => Exposure::Tracked,
            (None, None) => Exposure::Untracked,
        }
    }

    fn is_ignored(&self, below: &Path) -> bool {
        let empty = gix::index::State::new(self.hash);
        let index = self.index.as_ref().map_or(&empty, |index| index);
        let excludes = self.gix.excludes(index, None, Source::WorktreeThenIdMappingIfNotSkipped);
        excludes
            .is_ok_and(|mut stack| stack.at_path(below, None).is_ok_and(|platform| platform.is_excluded()))
    }
}

/// The blob ids that a file's content may have: as it is, and as git stores it where it turns line ends around.
fn ids_of(path: &Path, hash: HashKind) -> Vec<ObjectId> {
    let bytes = std::fs::read(path).unwrap_or_default();
    let spellings = [Cow::Borrowed(bytes.as_slice()), Cow::Owned(bytes.replace("\r\n", "\n"))];
    spellings.iter().filter_map(|bytes| gix::objs::compute_hash(hash, Kind::Blob, bytes).ok()).collect()
}
