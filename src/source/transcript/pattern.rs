//! Paths with `*` (any part of a name) and `**` (any number of directories), compared name by name.
//!
//! Compiling a few hundred globs to regexes would cost more than a whole scan of a small tree.

use std::path::{Component, Path};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    names: Vec<String>,
}

impl Pattern {
    pub fn parse(text: &str) -> Self {
        Pattern { names: text.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect() }
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn matches(&self, names: &[&str]) -> bool {
        matches(&self.names, names)
    }

    /// Could something in the directory `names` match?
    pub fn leads_through(&self, names: &[&str]) -> bool {
        let mut pattern = self.names.as_slice();
        for name in names {
            match pattern.split_first() {
                Some((first, _)) if first == "**" => return true,
                Some((first, rest)) if fits(first, name) => pattern = rest,
                Some(_) | None => return false,
            }
        }
        !pattern.is_empty()
    }
}

/// The names of a path, as text; parts that are no names are left out.
pub fn names(path: &Path) -> Vec<&str> {
    path.components()
        .filter_map(|component| match component {
            Component::Normal(name) => name.to_str(),
            Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
        })
        .collect()
}

fn matches(pattern: &[String], names: &[&str]) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return names.is_empty() };
    if first == "**" {
        return (0..=names.len()).any(|skipped| matches(rest, &names[skipped..]));
    }
    names.split_first().is_some_and(|(name, others)| fits(first, name) && matches(rest, others))
}

/// Does a name fit a pattern with any number of stars?
pub fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(head) else { return false };
    if tail.is_empty() {
        return true;
    }
    rest.char_indices().any(|(at, _)| fits(tail, &rest[at..])) || fits(tail, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_directories_on_the_way_are_walked() {
        let table = [
            ("projects/*/*.jsonl", "", true),
            ("projects/*/*.jsonl", "projects", true),
            ("projects/*/*.jsonl", "projects/a", true),
            ("projects/*/*.jsonl", "projects/a/b", false),
            ("projects/*/*.jsonl", "todos", false),
            ("a/**/b", "a/x/y", true),
            (".claude.json", ".claude", false),
        ];
        for (pattern, path, want) in table {
            assert_eq!(
                Pattern::parse(pattern).leads_through(&names(Path::new(path))),
                want,
                "{pattern} {path}"
            );
        }
    }

    #[test]
    fn stars_match_as_people_expect() {
        let table = [
            ("projects/*/*.jsonl", "projects/-home-me/1.jsonl", true),
            ("projects/*/*.jsonl", "projects/-home-me/x/1.jsonl", false),
            ("projects/**/*.jsonl", "projects/1.jsonl", true),
            ("projects/**/*.jsonl", "projects/a/b/1.jsonl", true),
            ("opencode*.db", "opencode.db", true),
            ("opencode*.db", "opencode-dev.db", true),
            ("opencode*.db", "opencode.db-wal", false),
            ("history", "history", true),
            ("history", "history.jsonl", false),
            ("a*b*c", "a-b-c", true),
            ("**", "x/y", true),
        ];
        for (pattern, path, want) in table {
            let names = names(Path::new(path));
            assert_eq!(Pattern::parse(pattern).matches(&names), want, "{pattern} {path}");
        }
    }
}
