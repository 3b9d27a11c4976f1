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
                Ok(kind) if kind.is_file() => {
                    let flow = match lists_ids(&path, repository) {
                        true => without_ids(&path, limits, sink),
                        false => files::one(&path, Provenance::file(&path), limits, sink),
                    };
                    if flow == Flow::Stop {
                        return Flow::Stop;
                    }
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
    Flow::Continue
}

/// Files whose lines begin with ids of objects.
fn lists_ids(path: &Path, repository: &Repository) -> bool {
    let names = ["packed-refs", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD", "shallow"];
    let is_one_of_them = path.file_name().is_some_and(|name| names.iter().any(|known| name == *known));
    is_one_of_them
        || [&repository.common_dir, &repository.git_dir].iter().any(|dir| path.starts_with(dir.join("logs")))
}

/// Reads a file with its ids blanked: forty hex digits in front of a branch `wrangler/fix` are not its key, and there
/// may be a hundred thousand of them.
fn without_ids(path: &Path, limits: &Limits, sink: &dyn Sink) -> Flow {
    let is_small = std::fs::metadata(path).is_ok_and(|about| about.len() <= LARGEST_LIST);
    let read = if is_small { std::fs::read(path).ok() } else { None };
    let Some(mut text) = read else { return files::one(path, Provenance::file(path), limits, sink) };
    blank_ids(&mut text);
    sink.file(text.len() as u64);
    sink.chunk(&Chunk::whole(Provenance::file(path).into(), &text))
}

/// A list of more than a million refs is read as it stands, since that takes no memory.
const LARGEST_LIST: u64 = 64 << 20;

/// Puts spaces in place of the ids at the beginning of each line: one, two in a reflog, one behind `^`.
fn blank_ids(text: &mut [u8]) {
    for line in text.split_mut(|byte| *byte == b'\n') {
        let mut start = usize::from(line.first() == Some(&b'^'));
        for _ in 0..2 {
            let len = line[start..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            let is_id = matches!(len, 40 | 64) && matches!(line.get(start + len), None | Some(b' ' | b'\t'));
            if !is_id {
                break;
            }
            line[start..start + len].fill(b' ');
            start = line.len().min(start + len + 1);
        }
    }
}

/// Objects are read as objects, submodules (and a linked work tree's hooks into them) as repositories.
fn is_own_directory(path: &Path) -> bool {
    let is_store = path.ends_with("objects") && !path.ends_with("lfs/objects");
    let is_submodule = is_git_dir(path) && !path.join("commondir").exists();
    !is_store && !is_submodule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_at_the_beginning_of_lines_are_blanked_and_nothing_moves() {
        let (id, long) = ("0123456789abcdef0123456789abcdef01234567", "a".repeat(64));
        let table = [
            (format!("{id} refs/heads/wrangler\n^{id}\n"), " refs/heads/wrangler\n^"),
            (
                format!("{id} {long} Ada <a@example.com> 1 +0000\tcommit: {id}"),
                &format!("  Ada <a@example.com> 1 +0000\tcommit: {id}"),
            ),
            (format!("{id}abc x"), &format!("{id}abc x")),
            (format!("# pack-refs with: peeled\n{long}\n"), "# pack-refs with: peeled\n\n"),
        ];
        for (before, words) in table {
            let mut after = before.clone().into_bytes();
            blank_ids(&mut after);
            assert_eq!(after.len(), before.len());
            let squeezed = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(squeezed(&String::from_utf8(after).unwrap()), squeezed(words), "{before:?}");
        }
    }
}
