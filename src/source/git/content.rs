//! How the bytes of a blob are looked at, and how what was found is told.

use super::blocks::{Blocks, Origin, Window};
use super::hash::ContentHash;
use super::seen::Seen;
use crate::model::{Chunk, Position, Provenance, Raw, Skip};
use crate::source::limits::Limits;
use crate::source::lines::{Advance, Encoding, START};
use crate::source::{Asking, Flow, Sink, container};
use std::ops::Range;
use std::sync::Arc;

/// What is shown on either side of a find: more than the scan looks at to say what stands near a value.
const CONTEXT: usize = 8 << 10;

/// What one run has seen of contents.
pub struct Contents<'a> {
    sink: &'a dyn Sink,
    limits: &'a Limits,
    hash: ContentHash,
    seen: Seen,
}

impl<'a> Contents<'a> {
    /// `blobs` is how many are expected, about.
    pub fn new(sink: &'a dyn Sink, limits: &'a Limits, blobs: usize) -> Self {
        // A blob has a handful of blocks, most of them like those of its other versions.
        Contents { sink, limits, hash: ContentHash::new(), seen: Seen::for_about(blobs.saturating_mul(8)) }
    }

    /// A number for a file name, to be given with contents of that name.
    pub fn name(&self, name: &[u8]) -> u64 {
        self.hash.of(name)
    }

    /// Looks at what is new in a text. Tells the ranges in which something was found.
    pub fn look(
        &self,
        bytes: &[u8],
        name: u64,
        origin: Option<Origin<'_>>,
        provenance: &Arc<Provenance>,
    ) -> (Blocks, Vec<Range<usize>>) {
        let mut blocks = Blocks::of(bytes, name, origin, &self.hash);
        for window in blocks.unseen(&self.seen, &self.hash) {
            let Window { text, core } = &window;
            let hits = self.sink.probe(&chunk(bytes, text, core, START, provenance));
            let hits: Vec<usize> = hits.into_iter().map(|hit| hit as usize).collect();
            blocks.scanned(&window, &hits, &self.seen, &self.hash);
        }
        let dirty = blocks.dirty().into_iter().map(|window| window.core).collect();
        (blocks, dirty)
    }

    /// Takes in a text that an earlier run found clean.
    pub fn known(&self, bytes: &[u8], name: u64, origin: Option<Origin<'_>>) -> Blocks {
        let blocks = Blocks::of(bytes, name, origin, &self.hash);
        blocks.all_clean(&self.seen, &self.hash);
        blocks
    }

    /// Opens an archive or compressed file, and tells what came of it.
    pub fn open(&self, bytes: &[u8], provenance: &Arc<Provenance>) -> Opened {
        let asking = Asking::new(self.sink);
        let _ = container::scan(bytes, provenance, self.limits, &asking);
        Opened { is_skipped: asking.has_skipped(), is_found: !asking.answers().is_empty() }
    }

    /// Shows the sink what was found: the given ranges with everything near them, or a whole archive.
    pub fn tell(&self, bytes: &[u8], cores: &[Range<usize>], provenance: &Arc<Provenance>) {
        if container::sniff(bytes).is_some() {
            let _ = container::scan(bytes, provenance, self.limits, &ChunksOnly(self.sink));
            return;
        }
        let (mut at, mut counted) = (START, 0);
        for core in cores {
            let text = core.start.saturating_sub(CONTEXT)..bytes.len().min(core.end + CONTEXT);
            at = Advance::over(&bytes[counted..text.start], Encoding::Bytes).from(at);
            counted = text.start;
            let _ = self.sink.chunk(&chunk(bytes, &text, core, at, provenance));
        }
    }
}

/// What came of opening something packed.
#[derive(Clone, Copy, Debug)]
pub struct Opened {
    pub is_found: bool,
    /// Something in it was not read.
    pub is_skipped: bool,
}

fn chunk<'a>(
    bytes: &'a [u8],
    text: &Range<usize>,
    core: &Range<usize>,
    at: Position,
    provenance: &Arc<Provenance>,
) -> Chunk<'a> {
    let shown = &bytes[text.clone()];
    Chunk {
        provenance: Arc::clone(provenance),
        text: shown,
        raw: Raw { bytes: shown, offset: text.start as u64, at },
        map: None,
        layers: &[],
        core: core.start - text.start..core.end - text.start,
    }
}

/// What could not be unpacked was said at the first look.
struct ChunksOnly<'a>(&'a dyn Sink);

impl Sink for ChunksOnly<'_> {
    fn chunk(&self, chunk: &Chunk<'_>) -> Flow {
        self.0.chunk(chunk)
    }

    fn skip(&self, _skip: Skip) {}

    fn file(&self, _bytes: u64) {}

    fn object(&self, _bytes: u64) {}
}
