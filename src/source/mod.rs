//! Where bytes come from: files, stdin, archives, git, logs, agent stores.
//!
//! A source pushes [`Chunk`]s and knows no rules. It leaves out what a secret looks like.

mod buffer;
pub mod ci;
pub mod container;
pub mod files;
pub mod git;
pub mod json;
mod large;
pub mod limits;
mod lines;
mod pieces;
pub mod sqlite;
pub mod stdin;
#[cfg(test)]
mod testing;
pub mod time;
pub mod transcript;

use crate::model::{Chunk, Skip};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a sink answers to a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Continue,
    /// The person interrupted, or the reader of our output is gone: stop soon, report what there is.
    Stop,
}

impl Flow {
    /// The next step, unless it is time to stop.
    pub fn then(self, next: impl FnOnce() -> Flow) -> Flow {
        match self {
            Flow::Continue => next(),
            Flow::Stop => Flow::Stop,
        }
    }
}

/// Where a source pushes what it read.
///
/// Push rather than pull: a source walks, decompresses and decodes on as many threads as suit it, and hands over
/// borrowed bytes that live only for the call. So every method takes `&self` and may be called from many threads
/// at once; the call does the matching on the caller's thread.
pub trait Sink: Sync {
    /// Scans one chunk. `Flow::Stop` asks the source to end early; what it then leaves out it need not report.
    fn chunk(&self, chunk: &Chunk<'_>) -> Flow;

    /// Where `chunk` would find something: offsets in the thing a person can open, of the first byte of each find in
    /// the core. Reports nothing.
    ///
    /// For a source that meets the same bytes again and again and can spare both sides the work once they are known
    /// to hold nothing. A sink that cannot tell says that there may be something.
    fn probe(&self, chunk: &Chunk<'_>) -> Vec<u64> {
        vec![chunk.raw.offset + chunk.to_raw(chunk.core.clone()).start as u64]
    }

    /// Something asked for was not read.
    fn skip(&self, skip: Skip);

    /// One file (or stdin) was opened; `bytes` of it will be or were read.
    fn file(&self, bytes: u64);

    /// One git object was read.
    fn object(&self, bytes: u64);
}

/// Turns chunks into questions: for a sink that passes on others than it gets, and is asked what would come of them.
pub struct Asking<'a> {
    sink: &'a dyn Sink,
    answers: Mutex<Vec<u64>>,
    skipped: AtomicBool,
}

impl<'a> Asking<'a> {
    pub fn new(sink: &'a dyn Sink) -> Self {
        Asking { sink, answers: Mutex::default(), skipped: AtomicBool::new(false) }
    }

    /// Something was not read.
    pub fn has_skipped(&self) -> bool {
        self.skipped.load(Ordering::Relaxed)
    }

    /// Where something would be found.
    pub fn answers(self) -> Vec<u64> {
        self.answers.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Asking<'_> {
    fn chunk(&self, chunk: &Chunk<'_>) -> Flow {
        let found = self.sink.probe(chunk);
        if !found.is_empty() {
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
        }
        Flow::Continue
    }

    fn skip(&self, skip: Skip) {
        self.skipped.store(true, Ordering::Relaxed);
        self.sink.skip(skip);
    }

    fn file(&self, _bytes: u64) {}

    fn object(&self, _bytes: u64) {}
}
