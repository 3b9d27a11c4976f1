//! Where the parts meet: a source pushes chunks in, the scan looks at them, the collector keeps what it saw.

use crate::commands::interrupt::Interrupt;
use crate::model::{Candidate, Chunk, Confidence, Reason, Skip, SkipReason, Tally};
use crate::scan::{Collected, Collector, Hits};
use crate::source::{Flow, Sink};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A sink that scans with `S` (the engine, or what a test puts in its place).
pub struct Worker<'a, S> {
    scan: S,
    tally: &'a Tally,
    interrupt: Interrupt,
    least: Confidence,
    gathered: Mutex<Gathered>,
}

/// What all threads add to. They meet here only when they found something.
#[derive(Default)]
struct Gathered {
    collector: Collector,
    skips: Vec<Skip>,
}

impl<'a, S: Fn(&Chunk<'_>, &mut Hits) + Sync> Worker<'a, S> {
    /// `least` is the confidence from which on findings are reported.
    pub fn new(scan: S, tally: &'a Tally, interrupt: Interrupt, least: Confidence) -> Self {
        Worker { scan, tally, interrupt, least, gathered: Mutex::default() }
    }

    /// What was found, and what was not read, sorted.
    pub fn finish(self) -> (Collected, Vec<Skip>) {
        let gathered = self.gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut skips = gathered.skips;
        skips.sort_by(|a, b| {
            (&a.provenance.path, &a.provenance.inside, a.reason, &a.detail).cmp(&(
                &b.provenance.path,
                &b.provenance.inside,
                b.reason,
                &b.detail,
            ))
        });
        // Every piece of a large file may have met the same limit.
        skips.dedup_by(|b, a| a.provenance == b.provenance && a.reason == b.reason && a.detail == b.detail);
        (gathered.collector.finish(), skips)
    }

    /// A thread that panicked while it held the lock left whole records behind: they are pushed in one step.
    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Fn(&Chunk<'_>, &mut Hits) + Sync> Sink for Worker<'_, S> {
    fn chunk(&self, chunk: &Chunk<'_>) -> Flow {
        let mut hits = Hits::default();
        (self.scan)(chunk, &mut hits);
        if hits.over_decode {
            self.skip(Skip {
                provenance: chunk.provenance.as_ref().clone(),
                reason: SkipReason::OverDecode,
                detail: "spellings nested deeper than --max-depth-decode, or more of them than is undone"
                    .to_owned(),
            });
        }
        if !hits.candidates.is_empty() || !hits.partials.is_empty() {
            self.tally.hits(hits.candidates.len());
            self.gathered().collector.take(hits);
        }
        if self.interrupt.is_set() { Flow::Stop } else { Flow::Continue }
    }

    /// A documentation sample is nothing to come back for, unless samples are asked for: no other place can make more
    /// of it, and in some histories every version of every file has one.
    fn probe(&self, chunk: &Chunk<'_>) -> Vec<u64> {
        let mut hits = Hits::only_where();
        (self.scan)(chunk, &mut hits);
        let wants_all = self.least == Confidence::Low;
        let counts =
            |candidate: &&Candidate| wants_all || !candidate.reasons.contains(&Reason::DocumentationSample);
        let candidates = hits.candidates.iter().filter(counts).map(|candidate| candidate.place.span.start);
        let partials = hits.partials.iter().map(|partial| partial.place.span.start);
        let limit =
            hits.over_decode.then(|| chunk.raw.offset + chunk.to_raw(chunk.core.clone()).start as u64);
        candidates.chain(partials).chain(limit).collect()
    }

    fn skip(&self, skip: Skip) {
        tracing::debug!(path = %skip.provenance.display(), reason = skip.reason.as_str(), detail = skip.detail, "skipped");
        self.gathered().skips.push(skip);
    }

    fn file(&self, bytes: u64) {
        self.tally.file(bytes);
    }

    fn object(&self, bytes: u64) {
        self.tally.object(bytes);
    }
}
