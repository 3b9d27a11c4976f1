//! One large file, its pieces on all cores.
//!
//! Positioned reads into a buffer per thread rather than a memory map: a log that its writer truncates meanwhile is a
//! short read here and would be a fatal signal there, memory stays bounded, and no `unsafe` is needed. On a 2 GB file in
//! the page cache the copy costs 0.03 s a gigabyte.

use super::lines::{Advance, Encoding, START};
use super::pieces::{Cut, Ended, Target};
use super::{Flow, Sink};
use crate::model::{Position, Provenance, Skip, SkipReason};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Scans a file that begins with `head`, and reports what could not be read.
pub fn scan_reporting(
    file: &File,
    len: u64,
    head: &[u8],
    provenance: &Arc<Provenance>,
    sink: &dyn Sink,
) -> Flow {
    let target = Target { provenance, sink, cut: Cut::USUAL };
    let ended = scan(file, len, Encoding::of(head), &target);
    if let Some(error) = ended.failure {
        let (reason, detail) = match error.kind() {
            io::ErrorKind::UnexpectedEof => (SkipReason::Truncated, "shrank while it was read".to_owned()),
            _ => (SkipReason::Unreadable, error.to_string()),
        };
        sink.skip(Skip { provenance: Provenance::clone(provenance), reason, detail });
    }
    ended.flow
}

/// Scans the first `len` bytes of `file`. A file that is shorter by now fails with `UnexpectedEof`.
fn scan(file: &File, len: u64, encoding: Encoding, target: &Target<'_>) -> Ended {
    let job = Job {
        file,
        len,
        encoding,
        target,
        next: AtomicU64::new(0),
        stopped: AtomicBool::new(false),
        failure: Mutex::new(None),
        positions: Positions::default(),
    };
    let pieces = target.cut.count(len);
    let workers = pieces.min(rayon::current_num_threads() as u64);
    rayon::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|_| job.work(pieces));
        }
    });
    let flow = if job.stopped.into_inner() { Flow::Stop } else { Flow::Continue };
    let failure = job.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ended { flow, bytes: len, failure }
}

struct Job<'a> {
    file: &'a File,
    len: u64,
    encoding: Encoding,
    target: &'a Target<'a>,
    next: AtomicU64,
    stopped: AtomicBool,
    failure: Mutex<Option<io::Error>>,
    positions: Positions,
}

impl Job<'_> {
    fn work(&self, pieces: u64) {
        let mut buffer = Vec::new();
        while !self.stopped.load(Ordering::Relaxed) {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= pieces {
                return;
            }
            if self.piece(index, &mut buffer) == Flow::Stop {
                self.stopped.store(true, Ordering::Relaxed);
            }
        }
    }

    fn piece(&self, index: u64, buffer: &mut Vec<u8>) -> Flow {
        let window = self.target.cut.window(index, self.len);
        buffer.resize(window.len, 0);
        let (read, failure) = read_at(self.file, buffer, window.start);
        if let Some(error) = failure {
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        // Up to where the next window begins: each byte of the file is counted by one piece.
        let own = (self.target.cut.window_start(index + 1) - window.start).min(read as u64) as usize;
        let at = self.positions.take(index, Advance::over(&buffer[..own], self.encoding));
        let core = window.core.start.min(read)..window.core.end.min(read);
        if core.is_empty() {
            return Flow::Continue;
        }
        self.target.push(&buffer[..read], window.start, at, core)
    }
}

/// Reads until `buffer` is full; says how much came.
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> (usize, Option<io::Error>) {
    let mut read = 0;
    while read < buffer.len() {
        match file.read_at(&mut buffer[read..], offset + read as u64) {
            Ok(0) => return (read, Some(io::ErrorKind::UnexpectedEof.into())),
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (read, Some(error)),
        }
    }
    (read, None)
}

/// Where each window begins, handed from piece to piece.
///
/// A piece waits only for the reading and counting of the pieces before it, never for their scan, and those are all
/// in the hands of running threads: pieces are taken in order.
struct Positions {
    next: Mutex<(u64, Position)>,
    passed: Condvar,
}

impl Default for Positions {
    fn default() -> Self {
        Positions { next: Mutex::new((0, START)), passed: Condvar::new() }
    }
}

impl Positions {
    fn take(&self, index: u64, advance: Advance) -> Position {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next =
            self.passed.wait_while(next, |next| next.0 != index).unwrap_or_else(PoisonError::into_inner);
        let at = next.1;
        *next = (index + 1, advance.from(at));
        self.passed.notify_all();
        at
    }
}

#[cfg(test)]
mod tests {
    use super::super::pieces::tests::{Memory, assert_cut_changes_nothing};
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn scan_with(text: &[u8], len: u64, cut: Cut) -> (Memory, Ended) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        let (memory, provenance) = (Memory::default(), Arc::new(Provenance::file("x")));
        let target = Target { provenance: &provenance, sink: &memory, cut };
        let ended = scan(&file, len, Encoding::of(text), &target);
        (memory, ended)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn pieces_on_many_threads_are_the_whole(
            text in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 1..300),
            piece in 1usize..40, context in 0usize..60,
        ) {
            let cut = Cut { piece: piece * 2, context: context * 2 };
            let (memory, ended) = scan_with(&text, text.len() as u64, cut);
            prop_assert!(ended.failure.is_none());
            assert_cut_changes_nothing(&memory.chunks(), &text, Encoding::of(&text), cut);
        }
    }

    #[test]
    fn a_file_that_shrank_is_read_to_its_new_end() {
        let (memory, ended) = scan_with(b"0123456789", 40, Cut { piece: 4, context: 2 });
        assert_eq!(ended.failure.map(|error| error.kind()), Some(io::ErrorKind::UnexpectedEof));
        assert_eq!(memory.texts(), [("x".to_owned(), "0123456789".to_owned())]);
    }
}
