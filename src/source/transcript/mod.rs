//! What coding agents keep: transcripts, prompt histories, pasted text, snapshots, logs, configuration.
//!
//! Which files those are, and what their fields mean, is data: `agents/*.toml`. How they are stored is not: JSON in
//! lines or whole, patch logs, SQLite, compressed and protobuf values, plain text. An agent is added by an entry
//! and a fixture (SURFACES.md 1).
//!
//! Leaves out what a secret looks like, and repositories, whose history `git` reads.

mod aider;
mod database;
mod detect;
mod file;
mod gutter;
mod home;
mod label;
mod pattern;
mod protobuf;
mod query;
mod record;
mod render;
mod session;
mod stream;
mod table;

pub use detect::{StoreKind, detect};
pub use file::{Outcome, read_file};
pub use home::{Coverage, Found, Survey, read_home, stores};
pub use render::Unread;

use crate::model::{Provenance, TranscriptOrigin};
use crate::source::{Sink, sqlite};
use session::Session;
use std::io::{self, Read};
use table::Reader;

/// How deep and how much.
#[derive(Clone, Debug)]
pub struct Options {
    /// `--max-depth-decode`; the JSON of a record is the first layer.
    pub max_depth: usize,
    /// A record that is larger is read as plain text from here on.
    pub record_cap: usize,
    /// When the file was last written (RFC 3339), for records that have no time of their own.
    pub file_time: Option<String>,
    /// `--max-bytes`: larger files are skipped.
    pub max_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Options { max_depth: 4, record_cap: 64 << 20, file_time: None, max_bytes: None }
    }
}

/// What was read of a store, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub records: u64,
    pub unread: Unread,
    /// A record was too large and lost its labels; a skip says so.
    pub is_cut: bool,
    /// The sink asked for an early end.
    pub was_stopped: bool,
}

/// Reads a store that is a database, at hand as bytes: an archive member, a blob.
pub fn read_database(
    kind: StoreKind,
    provenance: &Provenance,
    bytes: &[u8],
    sink: &dyn Sink,
    options: &Options,
) -> Result<Tally, sqlite::Error> {
    let input = database::Input { main: sqlite::Bytes::Memory(bytes), wal: None };
    database::read(kind, provenance, input, sink, options)
}

/// Reads a store that is a stream of records or text.
pub fn read(
    kind: StoreKind,
    provenance: &Provenance,
    input: &mut dyn Read,
    sink: &dyn Sink,
    options: &Options,
) -> io::Result<Tally> {
    let mut session = Session::new(kind, provenance, options.file_time.clone(), false);
    match kind.reader() {
        Reader::ByContent => stream::read(input, &mut session, kind.rules(), sink, options),
        Reader::AiderChat => aider::chat(input, &mut session, sink, options),
        Reader::AiderInput => aider::input(input, &mut session, sink, options),
    }
}

/// How a person opens the session of a place again, where the agent has a way.
pub fn reopen_hint(origin: &TranscriptOrigin) -> Option<String> {
    let group = table::AGENTS
        .groups
        .iter()
        .find(|group| group.agent.as_ref() == Some(&origin.agent) && group.reopen.is_some())?;
    Some(group.reopen.as_ref()?.replace("{session}", origin.session.as_deref()?))
}

#[cfg(test)]
mod tests;
