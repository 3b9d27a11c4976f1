//! One fixture a format, filled with placeholder values at run time.

mod claude;
mod codex;
mod databases;
mod editors;
mod gemini;
mod home;
mod others;
mod stream;

use super::{Options, detect, read};
use crate::model::Provenance;
use crate::source::testing::{Spy, fill};
use std::path::Path;

/// Reads a template as the file at `path`, with `{name}` filled in, and returns what was seen and the bytes.
fn read_as(path: &str, template: &str, values: &[(&str, &str)]) -> (Spy, String) {
    let content = fill(template, values);
    let words: Vec<&str> = values.iter().map(|(_, value)| *value).collect();
    let spy = Spy::looking_for(&words);
    let kind = detect(Path::new(path), content.as_bytes()).unwrap_or_else(|| panic!("{path} is no store"));
    let options = Options { file_time: Some("2026-01-01T00:00:00Z".to_owned()), ..Options::default() };
    read(kind, &Provenance::file(path), &mut content.as_bytes(), &spy, &options)
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    (spy, content)
}

/// Every sight's story, in the order of the file; each must cover exactly what was looked for.
fn stories(spy: &Spy, content: &str) -> Vec<String> {
    let seen = spy.seen().into_iter();
    seen.map(|seen| {
        assert_eq!(content[seen.start as usize..seen.end as usize], seen.value);
        seen.story()
    })
    .collect()
}
