//! The walls of the house: which room may import which, who prints, who sees values.
//!
//! The table is that of `docs/architecture.md`. A wall that is in the way is moved there and here, by intent.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may import besides itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("rules", &["model"]),
    ("source", &["model"]),
    ("scan", &["model", "rules"]),
    ("cloudflare", &["model"]),
    ("verify", &["model", "cloudflare"]),
    ("respond", &["model", "cloudflare"]),
    ("redact", &["model", "source"]),
    ("forge", &["model"]),
    ("store", &["model"]),
    ("drill", &["model"]),
    ("config", &["model"]),
    ("report", &["model"]),
    ("ui", &["model"]),
    ("cli", &["model"]),
];

/// Rooms that may wait for a network.
const ASYNC: &[&str] = &["cloudflare", "verify", "respond", "forge", "drill", "commands"];
const ASYNC_WORDS: &[&str] =
    &["async fn", "async move", ".await", "tokio::", "reqwest::", "axum::", "hyper::"];

/// What only `ui` does.
const PRINTING: &[&str] = &["println!(", "print!(", "eprintln!(", "eprint!(", "dbg!("];

struct Line {
    path: String,
    number: usize,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every line that is not a comment.
fn source_lines() -> Vec<Line> {
    let mut lines = Vec::new();
    for path in rust_files(&root()) {
        let text = fs::read_to_string(&path).expect("a source file");
        let name = path.strip_prefix(root()).expect("below src").to_string_lossy().replace('\\', "/");
        for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            lines.push(Line { path: name.clone(), number: nth + 1, text: line.to_owned() });
        }
    }
    assert!(lines.len() > 1000, "the source was not found");
    lines
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

impl Line {
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Rooms named as `crate::room`, also inside `use crate::{a, b}`.
    fn imports(&self) -> Vec<String> {
        let mut rooms = Vec::new();
        for (at, _) in self.text.match_indices("crate::") {
            let rest = &self.text[at + "crate::".len()..];
            let names = match rest.strip_prefix('{') {
                Some(group) => group.split('}').next().unwrap_or_default().split(',').collect(),
                None => vec![rest],
            };
            for name in names {
                let room: String = name
                    .trim()
                    .chars()
                    .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                    .collect();
                rooms.push(room);
            }
        }
        rooms
    }

    fn complain(&self, complaints: &mut String, what: &str) {
        let _ = writeln!(complaints, "src/{}:{}: {what}", self.path, self.number);
    }
}

#[test]
fn imports_point_one_way() {
    let mut complaints = String::new();
    for line in source_lines() {
        let Some((room, allowed)) = ROOMS.iter().find(|(room, _)| *room == line.room()) else { continue };
        for import in line.imports() {
            let known = ROOMS.iter().any(|(other, _)| *other == import) || import == "commands";
            if known && import != *room && !allowed.contains(&import.as_str()) {
                line.complain(&mut complaints, &format!("{room} may not import {import}"));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn every_room_has_its_line_in_the_table() {
    let mut complaints = String::new();
    for line in source_lines() {
        let room = line.room();
        let known =
            ROOMS.iter().any(|(name, _)| *name == room) || ["commands", "lib", "main"].contains(&room);
        if !known && line.number < 3 {
            line.complain(
                &mut complaints,
                &format!("the room {room} is not in the table of tests/it/architecture.rs"),
            );
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn only_rooms_that_ask_the_network_wait_for_it() {
    let mut complaints = String::new();
    for line in source_lines().iter().filter(|line| !ASYNC.contains(&line.room())) {
        for word in ASYNC_WORDS.iter().filter(|word| line.text.contains(**word)) {
            line.complain(&mut complaints, &format!("{} may not use `{word}`", line.room()));
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn only_ui_prints() {
    let mut complaints = String::new();
    for line in source_lines().iter().filter(|line| line.room() != "ui") {
        for word in PRINTING.iter().filter(|word| starts_a_word(&line.text, word)) {
            line.complain(&mut complaints, &format!("{} may not print: `{word}…)`", line.room()));
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn nothing_is_unsafe() {
    let mut complaints = String::new();
    for line in source_lines().iter().filter(|line| starts_a_word(&line.text, "unsafe ")) {
        line.complain(&mut complaints, "unsafe code has no place here");
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// Every use of `expose()` hands out a value. A new one changes this list, and the list is looked at.
#[test]
fn uses_of_values_are_known() {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for line in source_lines().into_iter().filter(|line| !line.path.contains("tests")) {
        let uses = line.text.matches("expose(").count() + line.text.matches("::expose").count();
        if uses == 0 {
            continue;
        }
        match counts.last_mut() {
            Some((path, count)) if *path == line.path => *count += uses,
            Some(_) | None => counts.push((line.path.clone(), uses)),
        }
    }
    let list: String = counts.iter().map(|(path, count)| format!("{path}: {count}\n")).collect();
    insta::assert_snapshot!(list);
}

fn starts_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        text[..at]
            .chars()
            .next_back()
            .is_none_or(|before| !before.is_alphanumeric() && !"_\"`".contains(before))
    })
}
