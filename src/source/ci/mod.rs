//! What CI systems, containers and Terraform print: known by content, made whole, put in its job and step.
//!
//! A runner writes a time before every line, marks around groups, notes into the middle of lines, and cuts long lines
//! in pieces. Here the pieces are joined and the marks taken off, with a map back to the raw bytes, before anything is
//! matched (SURFACES.md 2, and 4 T14 to T16). Escapes that colour text stay: the scan knows them.
//!
//! [`Logs`] is a sink before a sink: whatever source the bytes come from, a log among them is recognised. A log on
//! disk that is larger than one chunk is better read by [`read`], which remembers the step from one chunk to the next.

mod detect;
mod document;
mod lines;
mod marks;
mod origin;
#[cfg(test)]
mod tests;
mod time;

pub use detect::{Format, detect};
pub use time::set_time;

use super::{Asking, Flow, Sink};
use crate::model::{Chunk, Position, Provenance, Raw, Skip};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

/// Looks for logs among the chunks that pass, and makes them whole.
pub struct Logs<'a> {
    sink: &'a dyn Sink,
}

impl<'a> Logs<'a> {
    pub fn new(sink: &'a dyn Sink) -> Self {
        Logs { sink }
    }
}

impl Sink for Logs<'_> {
    fn chunk(&self, chunk: &Chunk<'_>) -> Flow {
        let is_plain = chunk.map.is_none() && chunk.layers.is_empty();
        let is_placed = chunk.provenance.ci.is_some() || chunk.provenance.transcript.is_some();
        if !is_plain || is_placed {
            return self.sink.chunk(chunk);
        }
        // A piece from the middle starts in the middle of a line.
        let start = match chunk.raw.offset {
            0 => 0,
            _ => memchr::memchr(b'\n', chunk.text).map_or(0, |end| end + 1),
        };
        let Some(format) = detect(&chunk.text[start..], &chunk.provenance.leaf_name()) else {
            return self.sink.chunk(chunk);
        };
        let is_whole = chunk.raw.offset == 0 && chunk.core == (0..chunk.text.len());
        if format.is_document() {
            return if is_whole { document::push(format, chunk, self.sink) } else { self.sink.chunk(chunk) };
        }
        lines::Window { format, raw: chunk.raw, core: chunk.core.clone() }.push(
            &chunk.provenance,
            &mut lines::Story::default(),
            self.sink,
        )
    }

    fn probe(&self, chunk: &Chunk<'_>) -> Vec<u64> {
        let asking = Asking::new(self.sink);
        let _ = Logs::new(&asking).chunk(chunk);
        asking.answers()
    }

    fn skip(&self, skip: Skip) {
        self.sink.skip(skip);
    }

    fn file(&self, bytes: u64) {
        self.sink.file(bytes);
    }

    fn object(&self, bytes: u64) {
        self.sink.object(bytes);
    }
}

/// Bytes of one chunk of a log that is read from start to end, and what is shown of its neighbours.
const CORE: usize = 4 << 20;
const CONTEXT: usize = 64 << 10;
/// The largest document that is read as one; what is larger is plain text.
const LARGEST_DOCUMENT: usize = 64 << 20;

/// Reads a whole log of a known format, of any size.
pub fn read(
    format: Format,
    provenance: &Provenance,
    input: &mut dyn Read,
    sink: &dyn Sink,
) -> io::Result<Flow> {
    let provenance = Arc::new(provenance.clone());
    let mut stream = Stream {
        input,
        buffer: Vec::new(),
        is_at_end: false,
        offset: 0,
        at: Position { line: 1, column: 1 },
    };
    if format.is_document() {
        stream.fill(LARGEST_DOCUMENT)?;
        if stream.is_at_end {
            let chunk = Chunk::whole(provenance, &stream.buffer);
            return Ok(document::push(format, &chunk, sink));
        }
    }
    let mut story = lines::Story::default();
    let mut core_start = 0;
    loop {
        stream.fill(core_start + CORE + CONTEXT)?;
        let core = core_start..stream.core_end(core_start);
        let raw = Raw { bytes: &stream.buffer, offset: stream.offset, at: stream.at };
        let window = lines::Window { format, raw, core: core.clone() };
        if window.push(&provenance, &mut story, sink) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        if stream.is_at_end {
            return Ok(Flow::Continue);
        }
        let kept = stream.line_start_before(core.end.saturating_sub(CONTEXT));
        story.forget(&stream.buffer[..kept], format);
        stream.consume(kept);
        core_start = core.end - kept;
    }
}

struct Stream<'a> {
    input: &'a mut dyn Read,
    buffer: Vec<u8>,
    is_at_end: bool,
    offset: u64,
    at: Position,
}

impl Stream<'_> {
    fn fill(&mut self, len: usize) -> io::Result<()> {
        let missing = len.saturating_sub(self.buffer.len());
        if missing > 0 && !self.is_at_end {
            let read = self.input.take(missing as u64).read_to_end(&mut self.buffer)?;
            self.is_at_end = read < missing;
        }
        Ok(())
    }

    fn core_end(&self, core_start: usize) -> usize {
        if self.is_at_end {
            return self.buffer.len();
        }
        let window: Range<usize> = core_start..core_start + CORE;
        memchr::memrchr(b'\n', &self.buffer[window.clone()]).map_or(window.end, |end| window.start + end + 1)
    }

    fn line_start_before(&self, at: usize) -> usize {
        memchr::memrchr(b'\n', &self.buffer[..at]).map_or(at, |end| end + 1)
    }

    fn consume(&mut self, len: usize) {
        self.at.line += memchr::memchr_iter(b'\n', &self.buffer[..len]).count() as u64;
        self.offset += len as u64;
        self.buffer.drain(..len);
    }
}
