//! What is text in a git directory besides objects: ref names, configuration, reflogs, messages under way.

use super::history::{History, provenance};
use super::repository::{Repository, is_git_dir};
use crate::model::{Chunk, GitObjectKind, GitOrigin, Provenance, Skip, SkipReason};
use crate::source::limits::Limits;
use crate::source::{Flow, Sink, files};
use gix::bstr::ByteSlice;
use gix::objs::Kind;
use std::path::Path;
use std::sync::Arc;

/// Looks at the names of all refs.
pub fn ref_names(history: &History<'_>, sink: &dyn Sink) -> Flow {
    let names: Vec<&[u8]> = history.refs.tips.iter().map(|tip| tip.name.as_slice()).collect();
    let listing = names.join(&b'\n');
    // One look at all of them; almost always there is nothing to tell.
    if listing.is_empty() || sink.probe(&Chunk::whole(Provenance::git(None).into(), &listing)).is_empty() {
        return Flow::Continue;
    }
    for tip in &history.refs.tips {
        let origin = GitOrigin {
            kind: GitObjectKind::Ref,
            reachable: true,
            refs: vec![tip.name.to_str_lossy().into_owned()],
            ..history.origin(&tip.id, Kind::Commit)
        };
        if sink.chunk(&Chunk::whole(Arc::new(provenance(origin)), &tip.name)) == Flow::Stop {
            return Flow::Stop;
        }
    }
    Flow::Continue
}

/// Reads every file of a git directory that is not an object: `config` and remotes, `logs`, `FETCH_HEAD`, `MERGE_MSG`,
/// hooks, the index, LFS objects.
pub fn files(repository: &Repository, limits: &Limits, sink: &dyn Sink) -> Flow {
    let mut left = vec![repository.common_dir.clone()];
    // A linked work tree's own directory is inside of the shared one, unless somebody moved it.
    if !repository.git_dir.starts_with(&repository.common_dir) {
        left.push(repository.git_dir.clone());
    }
    while let Some(directory) = left.pop() {
        let entries = match std::fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) => {
                let (provenance, detail) = (Provenance::file(directory), error.to_string());
                sink.skip(Skip { provenance, reason: SkipReason::Unreadable, detail });
                continue;
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && is_own_directory(&path) => left.push(path),
                Ok(kind)
                    if kind.is_file()
                        && files::one(&path, Provenance::file(&path), limits, sink) == Flow::Stop =>
                {
                    return Flow::Stop;
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
    Flow::Continue
}

/// Objects are read as objects, submodules (and a linked work tree's hooks into them) as repositories.
fn is_own_directory(path: &Path) -> bool {
    let is_store = path.ends_with("objects") && !path.ends_with("lfs/objects");
    let is_submodule = is_git_dir(path) && !path.join("commondir").exists();
    !is_store && !is_submodule
}
