use crate::model::{Layer, OffsetMap, Position, Provenance, Span};
use std::ops::Range;
use std::sync::Arc;

/// The bytes a person can open, or a window of them.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
    pub bytes: &'a [u8],
    /// Offset of the first byte in the file, blob, member or value.
    pub offset: u64,
    /// Where the first byte stands.
    pub at: Position,
}

/// Bytes and their provenance: the unit of parallel work.
///
/// Usually `text` is `raw.bytes` and `map` is `None`. A reader that took text out of a record (a JSON string, a
/// rejoined log line) hands over the decoded text with a map back to the raw bytes and the layers it undid.
#[derive(Clone, Debug)]
pub struct Chunk<'a> {
    pub provenance: Arc<Provenance>,
    pub text: &'a [u8],
    pub raw: Raw<'a>,
    /// From `text` to `raw.bytes`; `None` where they are the same.
    pub map: Option<&'a OffsetMap>,
    /// What the reader undid to get `text`, outermost first.
    pub layers: &'a [Layer],
    /// Only a value that starts in here is this chunk's to report; the rest of `text` is context that
    /// neighbouring chunks report. Cutting a file must change nothing.
    pub core: Range<usize>,
}

impl<'a> Chunk<'a> {
    /// A whole file, blob or member that fits in memory.
    pub fn whole(provenance: Arc<Provenance>, bytes: &'a [u8]) -> Self {
        Chunk {
            provenance,
            text: bytes,
            raw: Raw { bytes, offset: 0, at: Position { line: 1, column: 1 } },
            map: None,
            layers: &[],
            core: 0..bytes.len(),
        }
    }

    /// From a range of `text` to a range of `raw.bytes`.
    pub fn to_raw(&self, text: Range<usize>) -> Range<usize> {
        match self.map {
            Some(map) => map.raw_span(text),
            None => text,
        }
    }

    /// The span, in the thing a person can open, of a range of `raw.bytes`.
    pub fn span(&self, raw: &Range<usize>) -> Span {
        Span { start: self.raw.offset + raw.start as u64, end: self.raw.offset + raw.end as u64 }
    }
}
