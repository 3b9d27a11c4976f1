//! What cfleak did, line by line, each line holding on to the one before.
//!
//! A line is on disk before [`Journal::write`] returns: the intent of a change is there before its request leaves,
//! whatever happens to this process then.

use super::{CaseError, Cause, create_private};
use crate::model::incident::Receipt;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Before the first line there is nothing to hash.
const NO_LINE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts from 1.
    pub line: u64,
    pub at: Timestamp,
    #[serde(flatten)]
    pub what: Occurrence,
    /// SHA-256 of the bytes of the line before, without its newline.
    pub prev: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Occurrence {
    /// A run began.
    Opened { by: String, version: String, command: String },
    /// A step of the response is done; `says` is its result in one line.
    Step { step: String, says: String },
    /// Somebody agreed to these steps of the plan.
    Consent { actions: Vec<String>, how: String },
    /// A changing request is about to leave.
    Intent {
        action: String,
        request: String,
        responder: String,
        /// What the record said before, where that tells afterwards whether it was done: the time of its last
        /// change, the fingerprint of a tunnel's secret.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mark: Option<String>,
    },
    /// What became of it.
    Outcome { action: String, state: String, http: Option<u16>, ray: Option<String>, why: Option<String> },
    /// Asked whether the credential still works.
    Check { state: String, reason: String },
    /// The run ended by itself.
    Closed { exit_code: u8, says: String },
}

#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Holds the lock that keeps other runs away.
    file: File,
    /// Of the lines that are whole.
    length: u64,
    last: String,
    entries: Vec<Entry>,
}

impl Journal {
    /// Opens and checks the whole chain. A torn last line, as a crash leaves it, is moved to a file of its own.
    pub(super) fn open(path: &Path) -> Result<(Journal, Option<PathBuf>), CaseError> {
        let failed = |cause| CaseError { path: path.to_owned(), cause };
        let file = open_locked(path).map_err(&failed)?;
        let bytes = fs::read(path).map_err(|error| failed(Cause::Io(error)))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let torn = set_aside(path, &file, &bytes, whole).map_err(|error| failed(Cause::Io(error)))?;
        let (entries, last) = check(&bytes[..whole]).map_err(|line| failed(Cause::BrokenChain { line }))?;
        Ok((Journal { path: path.to_owned(), file, length: whole as u64, last, entries }, torn))
    }

    /// Appends a line, and returns when it is on disk.
    pub fn write(&mut self, at: Timestamp, what: Occurrence) -> Result<(), CaseError> {
        let entry = Entry { line: self.entries.len() as u64 + 1, at, what, prev: self.last.clone() };
        let failed = |error| CaseError { path: self.path.clone(), cause: Cause::Io(error) };
        let mut line =
            serde_json::to_vec(&entry).map_err(|error| failed(io::Error::other(error.to_string())))?;
        let hash = HEXLOWER.encode(&Sha256::digest(&line));
        line.push(b'\n');
        if let Err(error) = self.file.write_all(&line).and_then(|()| self.file.sync_data()) {
            self.cut_back();
            return Err(failed(error));
        }
        self.length += line.len() as u64;
        self.last = hash;
        self.entries.push(entry);
        Ok(())
    }

    /// Half a line, as a full disk leaves it, must not become the beginning of the next.
    fn cut_back(&self) {
        // Where even this fails, the next run sets aside what is torn.
        let _ = self.file.set_len(self.length).and_then(|()| self.file.sync_data());
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Was this change about to be made, without a line that says how it ended?
    pub fn is_unsettled(&self, action: &str) -> bool {
        let last = self.entries.iter().rev().find_map(|entry| match &entry.what {
            Occurrence::Intent { action: id, .. } if id == action => Some(true),
            Occurrence::Outcome { action: id, .. } if id == action => Some(false),
            Occurrence::Opened { .. }
            | Occurrence::Step { .. }
            | Occurrence::Consent { .. }
            | Occurrence::Intent { .. }
            | Occurrence::Outcome { .. }
            | Occurrence::Check { .. }
            | Occurrence::Closed { .. } => None,
        });
        last.unwrap_or(false)
    }
}

/// An action's lines that tell how far it came.
impl Journal {
    /// That this was done, where the run that did it was cut off: a run that closed left its state in the case.
    pub fn receipt(&self, action: &str) -> Option<Receipt> {
        let is_about = |entry: &&Entry| match &entry.what {
            Occurrence::Intent { action: id, .. } | Occurrence::Outcome { action: id, .. } => id == action,
            Occurrence::Opened { .. }
            | Occurrence::Step { .. }
            | Occurrence::Consent { .. }
            | Occurrence::Check { .. }
            | Occurrence::Closed { .. } => false,
        };
        let is_open = |entry: &&Entry| !matches!(entry.what, Occurrence::Closed { .. });
        let entry = self.entries.iter().rev().take_while(is_open).find(is_about)?;
        match &entry.what {
            Occurrence::Outcome { state, http, ray, .. } if state == "done" => {
                Some(Receipt { at: entry.at, http: *http, ray: ray.clone(), by_look: http.is_none() })
            }
            _other => None,
        }
    }

    /// The mark in the last intent.
    pub fn mark(&self, action: &str) -> Option<&String> {
        self.entries.iter().rev().find_map(|entry| match &entry.what {
            Occurrence::Intent { action: id, mark, .. } if id == action => Some(mark.as_ref()),
            _other => None,
        })?
    }
}

fn open_locked(path: &Path) -> Result<File, Cause> {
    if !path.exists() {
        create_private(path).map_err(Cause::Io)?;
    }
    let file = OpenOptions::new().append(true).read(true).open(path).map_err(Cause::Io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Cause::Busy),
        Err(TryLockError::Error(error)) => Err(Cause::Io(error)),
    }
}

fn set_aside(path: &Path, file: &File, bytes: &[u8], whole: usize) -> io::Result<Option<PathBuf>> {
    if whole == bytes.len() {
        return Ok(None);
    }
    let mut number = 1;
    let mut aside = path.with_extension("torn");
    while aside.exists() {
        number += 1;
        aside = path.with_extension(format!("torn-{number}"));
    }
    let mut torn = create_private(&aside)?;
    torn.write_all(&bytes[whole..])?;
    torn.sync_all()?;
    file.set_len(whole as u64)?;
    Ok(Some(aside))
}

/// The lines and the hash of the last; the number of the first line that does not fit, else.
fn check(bytes: &[u8]) -> Result<(Vec<Entry>, String), u64> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut last = NO_LINE.to_owned();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let number = entries.len() as u64 + 1;
        let entry: Entry = serde_json::from_slice(line).map_err(|_| number)?;
        if entry.prev != last || entry.line != number {
            return Err(number);
        }
        last = HEXLOWER.encode(&Sha256::digest(line));
        entries.push(entry);
    }
    Ok((entries, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn step(name: &str) -> Occurrence {
        Occurrence::Step { step: name.to_owned(), says: "done".to_owned() }
    }

    fn intent(action: &str) -> Occurrence {
        let (request, responder) = ("PUT /x".to_owned(), "env:R".to_owned());
        Occurrence::Intent { action: action.to_owned(), request, responder, mark: None }
    }

    fn outcome(action: &str) -> Occurrence {
        let state = "done".to_owned();
        Occurrence::Outcome { action: action.to_owned(), state, http: Some(200), ray: None, why: None }
    }

    fn written(lines: &[Occurrence]) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        let (mut journal, torn) = Journal::open(&path).unwrap();
        assert_eq!(torn, None);
        for (second, line) in (0..).zip(lines) {
            journal.write(at(second), line.clone()).unwrap();
        }
        (directory, path)
    }

    #[test]
    fn lines_chain_and_are_read_back() {
        let (_directory, path) = written(&[step("a"), step("b"), intent("freeze token x")]);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let second: serde_json::Value = serde_json::from_str(lines[1]).unwrap();
        assert_eq!(second["prev"], HEXLOWER.encode(&Sha256::digest(lines[0])));
        let (journal, _) = Journal::open(&path).unwrap();
        assert_eq!(journal.entries().len(), 3);
        assert_eq!(journal.entries()[2].what, intent("freeze token x"));
    }

    #[test]
    fn a_changed_or_missing_line_is_told_by_its_number() {
        for (edit, line) in [
            ((|text: &str| text.replacen("done", "gone", 1)) as fn(&str) -> String, 2),
            (|text| text.lines().skip(1).fold(String::new(), |all, line| all + line + "\n"), 1),
            (|text| text.replace("\"line\":3", "\"line\":4"), 3),
        ] {
            let (_directory, path) = written(&[step("a"), step("b"), step("c")]);
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, edit(&text)).unwrap();
            let error = Journal::open(&path).unwrap_err();
            assert!(matches!(error.cause, Cause::BrokenChain { line: found } if found == line), "{error}");
        }
    }

    #[test]
    fn a_torn_line_is_set_aside_wherever_it_was_torn() {
        let (_directory, path) = written(&[step("a"), step("b")]);
        let whole = fs::read(&path).unwrap();
        let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for cut in first + 1..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let (mut journal, torn) = Journal::open(&path).unwrap();
            let torn = torn.expect("something was torn");
            assert_eq!(fs::read(&torn).unwrap(), &whole[first..cut]);
            assert_eq!(journal.entries().len(), 1);
            journal.write(at(9), step("again")).unwrap();
            drop(journal);
            assert_eq!(Journal::open(&path).unwrap().0.entries().len(), 2);
        }
    }

    #[test]
    fn an_intent_without_an_outcome_is_unsettled() {
        for (lines, unsettled) in [
            (vec![], false),
            (vec![intent("a")], true),
            (vec![intent("a"), outcome("a")], false),
            (vec![intent("a"), outcome("a"), intent("a")], true),
            (vec![intent("a"), outcome("b")], true),
            (vec![intent("b")], false),
        ] {
            let (_directory, path) = written(&lines);
            assert_eq!(Journal::open(&path).unwrap().0.is_unsettled("a"), unsettled, "{lines:?}");
        }
    }
}
