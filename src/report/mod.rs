//! What a run has to say, redacted, and the printers that say it.
//!
//! A [`Report`] is finished: printers neither decide, filter nor deduplicate, and write to whatever they are
//! given. Machine formats are frozen: their structs change with the schema's name, not with the model.

pub mod case;
mod csv;
mod entry;
mod gitlab;
mod html;
mod human;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod markup;
mod next;
mod read;
mod safe_json;
mod sarif;
#[cfg(test)]
mod tests;
mod uri;
mod v1;
mod veil;
mod words;

pub use crate::model::State;
pub use entry::{Entry, Outcome};
pub use human::Style;
pub use read::ReadError;
pub use veil::Veil;

use crate::model::{Confidence, Fingerprint, Partial, Skip, SkipReason};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

/// The redacted copy of a run that printers see.
#[derive(Clone, Debug)]
pub struct Report {
    /// Version of cfleak that made it.
    pub version: String,
    /// RFC 3339, UTC.
    pub started: String,
    /// As typed.
    pub targets: Vec<String>,
    /// In the order of their first place.
    pub findings: Vec<Entry>,
    pub partials: Vec<Partial>,
    pub skips: Vec<Skip>,
    pub summary: Summary,
    /// What is known about each rule, by id.
    pub rules: BTreeMap<String, RuleNote>,
    /// The configuration file that had a say.
    pub configuration: Option<String>,
    /// Where relative paths start, and where the repository does.
    pub base: Base,
    /// The one credential that was looked for.
    pub hunted: Option<Hunted>,
}

/// The numbers of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Findings that count: not allowed, or live.
    pub findings: u64,
    /// Live or restricted.
    pub live: u64,
    /// Everything asked for was read.
    pub complete: bool,
    pub bytes: u64,
    pub files: u64,
    pub objects: u64,
    pub seconds: f64,
    /// Below the confidence that is reported.
    pub below: u64,
    /// That confidence.
    pub threshold: Option<Confidence>,
    pub interrupted: bool,
    /// Findings were compared with a baseline.
    pub baseline: bool,
}

/// One credential, as far as a report may name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunted {
    /// Its redacted form, or what else it is known by.
    pub shown: String,
    pub fingerprint: Option<Fingerprint>,
}

/// What people are told about a kind of credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleNote {
    /// "User API token".
    pub title: String,
    /// `critical`, `high`, `medium` or `low`.
    pub severity: String,
    /// What it gives to whoever finds it.
    pub power: String,
    /// How to end it.
    pub remedy: String,
    /// Where its format is documented.
    pub reference: String,
}

/// Absolute directories, so that a printer can tell a path relative to the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    pub working_directory: Option<PathBuf>,
    pub repository: Option<PathBuf>,
}

/// The forms a report can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Human,
    Json,
    Jsonl,
    Sarif,
    Csv,
    Html,
    Markdown,
    Junit,
    Gitlab,
}

impl Report {
    pub fn print(&self, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Human => human::print(self, style, out),
            Format::Json => json::print(self, out),
            Format::Jsonl => jsonl::print(self, out),
            Format::Sarif => sarif::print(self, out),
            Format::Csv => csv::print(self, out),
            Format::Html => html::print(self, out),
            Format::Markdown => markdown::print(self, out),
            Format::Junit => junit::print(self, out),
            Format::Gitlab => gitlab::print(self, out),
        }
    }

    /// The summary with its counts of findings made again, as after some were left out.
    pub fn counted(&self) -> Summary {
        let counted =
            |test: fn(&Entry) -> bool| self.findings.iter().filter(|entry| test(entry)).count() as u64;
        Summary {
            findings: counted(Entry::counts),
            live: counted(|entry| entry.verdict.state.is_live()),
            ..self.summary.clone()
        }
    }

    /// How often each reason left something unread.
    pub fn skipped(&self) -> BTreeMap<SkipReason, u64> {
        let mut counts = BTreeMap::new();
        for skip in &self.skips {
            *counts.entry(skip.reason).or_insert(0) += 1;
        }
        counts
    }

    /// Title of a rule, or its kind in words where the rule is not known here.
    fn title(&self, entry: &Entry) -> String {
        match self.rules.get(&entry.rule) {
            Some(note) => note.title.clone(),
            None => {
                let words = entry.kind.as_str().replace(['_', '-'], " ");
                let mut letters = words.chars();
                letters.next().map_or(String::new(), |first| {
                    first.to_uppercase().collect::<String>() + letters.as_str()
                })
            }
        }
    }
}
