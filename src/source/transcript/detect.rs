//! Is this file an agent's? By its path, else by how it starts.

use super::label::Rule;
use super::pattern::names;
use super::table::{AGENTS, Group, Reader, Store, Table};
use crate::source::sqlite::is_database;
use memchr::memmem;
use std::path::Path;
use std::sync::LazyLock;

/// Which store a file belongs to.
#[derive(Clone, Copy, Debug)]
pub struct StoreKind {
    pub(super) group: &'static Group,
    /// `None` for a file below an agent's root that no entry names.
    pub(super) store: Option<&'static Store>,
}

impl StoreKind {
    pub fn title(&self) -> &'static str {
        &self.group.title
    }

    pub fn agent(&self) -> Option<&'static str> {
        self.group.agent.as_deref()
    }

    pub fn surface(&self) -> &'static str {
        match (self.store, &self.group.other) {
            (Some(store), _) => &store.surface,
            (None, Some(surface)) => surface,
            (None, None) => "cache",
        }
    }

    /// Why nobody but its owner can read it.
    pub fn opaque(&self) -> Option<&'static str> {
        self.store.and_then(|store| store.opaque.as_deref())
    }

    pub(super) fn tables(&self) -> &'static [Table] {
        self.store.map_or(&[], |store| &store.tables)
    }

    pub(super) fn reader(&self) -> Reader {
        self.store.map_or(Reader::ByContent, |store| store.reader)
    }

    pub(super) fn rules(&self) -> &'static [Rule] {
        self.store.map_or(&[], |store| store.rules)
    }
}

/// The store that a file belongs to, if it is one. `head` is the file's start, as much as is at hand.
///
/// Asked for every file of a scan: a path without a name from the table costs a few hash lookups, and only files
/// that start like JSON are looked into.
///
/// An archive in a store is no store: what opens archives opens it.
pub fn detect(path: &Path, head: &[u8]) -> Option<StoreKind> {
    if head.starts_with(b"PK\x03\x04") {
        return None;
    }
    by_path(path).or_else(|| by_content(head))
}

/// Databases that are no agent's are read by the same reader.
static DATABASES: LazyLock<Group> = LazyLock::new(|| Group {
    title: "SQLite database".to_owned(),
    agent: None,
    reopen: None,
    roots: Vec::new(),
    other: None,
    leave: Vec::new(),
    stores: Vec::new(),
});

fn by_path(path: &Path) -> Option<StoreKind> {
    let names = names(path);
    names.iter().enumerate().find_map(|(depth, name)| {
        let mut markers = AGENTS.markers.get(*name)?.iter();
        let marker = markers.find(|marker| marker.pattern.matches(&names[depth..]))?;
        Some(kind(marker.group, marker.store))
    })
}

/// Enough for the first record of most stores, and for the session header of Codex.
const HEAD: usize = 4096;

fn by_content(head: &[u8]) -> Option<StoreKind> {
    if is_database(head) {
        return Some(StoreKind { group: &DATABASES, store: None });
    }
    if !matches!(head.first(), Some(b'{' | b'[')) {
        return None;
    }
    let head = &head[..head.len().min(HEAD)];
    let is_there = |word: &String| memmem::find(head, word.as_bytes()).is_some();
    AGENTS
        .sniffable
        .iter()
        .find(|&&(group, store)| AGENTS.groups[group].stores[store].sniff.iter().all(is_there))
        .map(|&(group, store)| kind(group, store))
}

fn kind(group: usize, store: usize) -> StoreKind {
    let group = &AGENTS.groups[group];
    StoreKind { group, store: group.stores.get(store) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_told_from_other_files() {
        let claude = b"{\"parentUuid\":null,\"sessionId\":\"s\",\"uuid\":\"u\"}\n";
        let table: [(&str, &[u8], Option<&str>); 9] = [
            ("/h/.claude/projects/-h/s.jsonl", b"", Some("claude-code")),
            ("backup/.claude/paste-cache/x.txt", b"", Some("claude-code")),
            ("copy.jsonl", claude, Some("claude-code")),
            ("copy.txt", b"plain text", None),
            ("src/projects/main.rs", b"fn main() {}", None),
            ("/h/.claude/shares/1.zip", b"PK\x03\x04", None),
            ("shop/.aider.chat.history.md", b"", Some("aider")),
            ("shop/.crush/crush.db", b"SQLite format 3\0", Some("crush")),
            ("/c/Users/me/AppData/Roaming/Cursor/User/globalStorage/state.vscdb", b"", Some("cursor")),
        ];
        for (path, head, want) in table {
            assert_eq!(detect(Path::new(path), head).and_then(|kind| kind.agent()), want, "{path}");
        }
        let plain = detect(Path::new("notes.db"), b"SQLite format 3\0");
        assert_eq!(plain.map(|kind| (kind.agent(), kind.title())), Some((None, "SQLite database")));
    }
}
