//! The entries of a tree object, without a word about what they mean.

use gix::hash::{Kind as HashKind, oid};
use std::ops::Range;

/// What an entry's mode says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Tree,
    Blob,
    /// A commit of another repository.
    Submodule,
}

#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub kind: EntryKind,
    pub name: &'a [u8],
    pub id: &'a oid,
    /// Where in the tree object it stands.
    pub at: Range<usize>,
}

/// The entries in order, up to the first that is damaged.
pub fn entries(tree: &[u8], hash: HashKind) -> impl Iterator<Item = Entry<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = tree.get(at..)?;
        // The longest mode has six digits.
        let space = rest.iter().take(7).position(|byte| *byte == b' ')?;
        let name_end = space + memchr::memchr(0, &rest[space..])?;
        let id = rest.get(name_end + 1..)?.get(..hash.len_in_bytes())?;
        let start = at;
        at += name_end + 1 + id.len();
        Some(Entry {
            kind: kind(&rest[..space]),
            name: &rest[space + 1..name_end],
            id: oid::from_bytes_unchecked(id),
            at: start..at,
        })
    })
}

fn kind(mode: &[u8]) -> EntryKind {
    match mode {
        b"40000" | b"040000" => EntryKind::Tree,
        b"160000" => EntryKind::Submodule,
        // Files, executables, symbolic links, and modes that old tools wrote.
        _ => EntryKind::Blob,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_end_at_damage() {
        let mut tree = Vec::new();
        for (mode, name, first) in [("40000", "dir", 1u8), ("100644", ".env", 2), ("160000", "sub", 3)] {
            tree.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            tree.extend_from_slice(&[first; 20]);
        }
        let whole = tree.len();
        tree.extend_from_slice(b"100644 cut\0abc");
        let found: Vec<_> = entries(&tree, HashKind::Sha1)
            .map(|entry| (entry.kind, entry.name.to_vec(), entry.id.as_bytes()[0], entry.at.end))
            .collect();
        let expected = [
            (EntryKind::Tree, b"dir".to_vec(), 1, 30),
            (EntryKind::Blob, b".env".to_vec(), 2, 62),
            (EntryKind::Submodule, b"sub".to_vec(), 3, whole),
        ];
        assert_eq!(found, expected);
    }
}
