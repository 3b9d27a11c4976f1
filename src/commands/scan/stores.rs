//! The stores of coding agents: those that a walk meets, and those of this user.

use crate::commands::CommandError;
use crate::commands::edge;
use crate::commands::settings::Settings;
use crate::model::{Provenance, Skip, SkipReason};
use crate::source::Sink;
use crate::source::transcript::{self, Coverage, Options};
use jiff::Timestamp;
use rayon::prelude::*;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Enough of a file to tell a store by its first bytes.
const HEAD: usize = 4096;

/// Is this file a store, read better by its own reader than as plain bytes?
pub fn claims(path: &Path, head: &[u8]) -> bool {
    transcript::detect(path, head).is_some()
}

/// Reads the stores that a walk met.
pub fn read(paths: &[PathBuf], options: &Options, sink: &dyn Sink) {
    paths.par_iter().for_each(|path| {
        let provenance = Provenance::file(path);
        match look(path) {
            Ok((head, bytes, time)) => match transcript::detect(path, &head) {
                Some(kind) => {
                    sink.file(bytes);
                    transcript::read_file(
                        kind,
                        &provenance,
                        sink,
                        &Options { file_time: time, ..options.clone() },
                    );
                }
                // It was a store a moment ago.
                None => sink.skip(Skip {
                    provenance,
                    reason: SkipReason::Vanished,
                    detail: "it changed".to_owned(),
                }),
            },
            Err(error) => {
                sink.skip(Skip { provenance, reason: SkipReason::Unreadable, detail: error.to_string() });
            }
        }
    });
}

/// A file's first bytes, its size, and when it was last written.
fn look(path: &Path) -> std::io::Result<(Vec<u8>, u64, Option<String>)> {
    let mut head = Vec::new();
    let file = File::open(path)?;
    let about = file.metadata()?;
    file.take(HEAD as u64).read_to_end(&mut head)?;
    let time = about.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    Ok((head, about.len(), time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())))
}

/// Reads every known store of this user, and tells what was and was not read. Returns the hidden repositories and
/// archives in them, which others read.
pub fn home(options: &Options, settings: &Settings, sink: &dyn Sink) -> Result<Vec<PathBuf>, CommandError> {
    let Some(home) = edge::home() else {
        return Err(CommandError::usage("cannot find the agent stores of this user: HOME is not set"));
    };
    let threads = if settings.threads == 0 { rayon::current_num_threads() } else { settings.threads };
    let survey = transcript::read_home(&home, &edge::variable, threads, sink, options);
    table(&survey.coverage).iter().for_each(|line| settings.talk.note(line));
    Ok(survey.elsewhere)
}

/// The coverage, a line a store.
fn table(coverage: &[Coverage]) -> Vec<String> {
    if coverage.is_empty() {
        return vec!["No agent store of this user was found.".to_owned()];
    }
    let names: Vec<String> = coverage.iter().map(|line| format!("{} {}", line.store, line.surface)).collect();
    let width = names.iter().map(String::len).max().unwrap_or_default();
    let row = |name: &str, files: &str, bytes: &str, not_read: &str, why: &str| {
        format!("{name:<width$}  {files:>6}  {bytes:>12}  {not_read:>8}  {why}").trim_end().to_owned()
    };
    let mut lines = vec![row("store", "files", "bytes", "not read", "why")];
    for (line, name) in coverage.iter().zip(&names) {
        let [files, bytes, not_read] =
            [line.files, line.bytes, line.not_read].map(|number| number.to_string());
        lines.push(row(name, &files, &bytes, &not_read, &line.why.join("; ")));
    }
    lines
}
