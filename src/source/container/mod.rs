//! What is packed: compressed streams and archives, nested, each opened once and within limits.
//!
//! Judged by the first bytes, never by the name. Takes bytes from anywhere (a file, a git blob, a member of something
//! else) and hands their content over as chunks. The packed bytes themselves are not scanned, except where they cannot
//! be opened: then there is a skip, and the bytes are scanned as they are.

mod compressed;
mod meter;
mod sniff;
mod tar;
#[cfg(test)]
mod tests;
mod zip;
mod zip_local;

use super::buffer::{Buffer, Filled};
use super::limits::{Budget, LimitMet, Limits, over_max_bytes};
use super::pieces::{Cut, Target};
use super::stdin::Counted;
use super::{Flow, Sink, large};
use crate::model::{Layer, Provenance, Skip, SkipReason};
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::Arc;

pub use sniff::{Format, sniff, sniff_file};

/// Scans bytes that are all in memory: as they are, or what is packed in them.
pub fn scan(bytes: &[u8], provenance: &Arc<Provenance>, limits: &Limits, sink: &dyn Sink) -> Flow {
    if sniff(bytes).is_none() {
        return Target { provenance, sink, cut: Cut::USUAL }.slice(bytes);
    }
    Unpacker::new(Budget::new(limits, Some(bytes.len() as u64)), sink)
        .bytes(bytes, &Spot::outermost(provenance))
}

/// Memory for archives that must be held whole to be read in any order, all depths together.
const SPOOL: usize = 64 << 20;

/// Opens what one file on disk (or blob, or stream) contains.
pub struct Unpacker<'a> {
    budget: Budget<'a>,
    sink: &'a dyn Sink,
    /// One buffer a depth, kept for the next member.
    spare: RefCell<Vec<Buffer>>,
    spooled: Cell<usize>,
    cut: Cut,
}

/// Where the unpacking stands.
#[derive(Clone)]
struct Spot {
    provenance: Arc<Provenance>,
    /// Archives opened on the way here.
    depth: u32,
}

impl Spot {
    fn outermost(provenance: &Arc<Provenance>) -> Self {
        Spot { provenance: Arc::clone(provenance), depth: 0 }
    }

    /// A member of the archive here. Positions speak of the member, so what was undone outside of it is no layer
    /// of its spelling.
    fn member(&self, name: &str) -> Self {
        let mut provenance = self.provenance.enter(name);
        provenance.unwrapped.clear();
        Spot { provenance: Arc::new(provenance), depth: self.depth }
    }

    fn under(&self, layer: Layer) -> Self {
        let mut provenance = Provenance::clone(&self.provenance);
        provenance.unwrapped.push(layer);
        Spot { provenance: Arc::new(provenance), depth: self.depth }
    }
}

/// Packed bytes, as far as they can be reached.
enum Input<'a> {
    Seekable(&'a mut dyn ReadSeek, u64),
    Stream(&'a mut dyn Read),
}

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// What became of an attempt to open something.
enum Opened {
    Done(Flow),
    /// It is no container after all, or broken, or not ours to open, and that has been reported: scan it as it is.
    AsIs,
}

impl<'a> Unpacker<'a> {
    pub fn new(budget: Budget<'a>, sink: &'a dyn Sink) -> Self {
        Unpacker { budget, sink, spare: RefCell::default(), spooled: Cell::new(0), cut: Cut::USUAL }
    }

    /// A large file that begins with `head` and seems to be of `format`.
    pub fn file(
        &self,
        file: &File,
        len: u64,
        head: &[u8],
        format: Format,
        provenance: &Arc<Provenance>,
    ) -> Flow {
        let mut reader = file;
        let opened = match reader.rewind() {
            Ok(()) => self.open(format, Input::Seekable(&mut reader, len), &Spot::outermost(provenance)),
            Err(_) => Opened::AsIs,
        };
        match opened {
            Opened::Done(flow) => flow,
            Opened::AsIs => large::scan_reporting(file, len, head, provenance, self.sink),
        }
    }

    /// A whole stream, of which `buffer` was read already.
    pub fn stream_from(
        &self,
        buffer: &mut Buffer,
        reader: &mut dyn Read,
        provenance: &Arc<Provenance>,
    ) -> Flow {
        self.stream_with(buffer, reader, &Spot::outermost(provenance))
    }

    fn bytes(&self, bytes: &[u8], spot: &Spot) -> Flow {
        let Some(format) = sniff(bytes) else {
            self.over_max_bytes(bytes.len() as u64, spot);
            return self.target(spot).slice(bytes);
        };
        let mut reader = io::Cursor::new(bytes);
        match self.open(format, Input::Seekable(&mut reader, bytes.len() as u64), spot) {
            Opened::Done(flow) => flow,
            Opened::AsIs => self.target(spot).slice(bytes),
        }
    }

    /// The content of a container, itself perhaps one.
    fn stream(&self, reader: &mut dyn Read, spot: &Spot) -> Flow {
        let mut buffer = self.spare.borrow_mut().pop().unwrap_or_default();
        buffer.clear();
        let flow = self.stream_with(&mut buffer, reader, spot);
        self.spare.borrow_mut().push(buffer);
        flow
    }

    fn stream_with(&self, buffer: &mut Buffer, reader: &mut dyn Read, spot: &Spot) -> Flow {
        let failure = match buffer.fill(reader, self.cut.piece) {
            Filled::Full => return self.longer(buffer, reader, spot),
            Filled::End => None,
            Filled::Failed(error) => Some(error),
        };
        let flow = self.bytes(buffer, spot);
        if let Some(error) = failure {
            self.failed(&error, spot);
        }
        flow
    }

    /// A stream that goes on after the first piece.
    fn longer(&self, buffer: &mut Buffer, reader: &mut dyn Read, spot: &Spot) -> Flow {
        match sniff(buffer) {
            None => self.plain(buffer, reader, spot),
            Some(Format::Zip) => self.spool(buffer, reader, spot),
            Some(format) => self.streamed(format, buffer, reader, spot),
        }
    }

    fn streamed(&self, format: Format, buffer: &mut Buffer, reader: &mut dyn Read, spot: &Spot) -> Flow {
        let read_on = Cell::new(0);
        let mut rest = Counted { inner: &mut *reader, count: &read_on };
        match self.open(format, Input::Stream(&mut (&buffer[..]).chain(&mut rest)), spot) {
            Opened::Done(flow) => flow,
            Opened::AsIs if read_on.get() == 0 => self.plain(buffer, reader, spot),
            // The rest is gone; that the stream is damaged was said.
            Opened::AsIs => self.target(spot).slice(buffer),
        }
    }

    /// Holds a zip whole, so that its directory, which stands at the end, can be used.
    fn spool(&self, buffer: &mut Buffer, reader: &mut dyn Read, spot: &Spot) -> Flow {
        let room = SPOOL.saturating_sub(self.spooled.get()).max(buffer.len());
        match buffer.fill(reader, room) {
            Filled::Full => self.streamed(Format::Zip, buffer, reader, spot),
            ended @ (Filled::End | Filled::Failed(_)) => {
                let held = buffer.len();
                self.spooled.set(self.spooled.get() + held);
                let flow = self.bytes(buffer, spot);
                self.spooled.set(self.spooled.get() - held);
                if let Some(error) = ended.failure() {
                    self.failed(&error, spot);
                }
                flow
            }
        }
    }

    fn plain(&self, buffer: &mut Buffer, reader: &mut dyn Read, spot: &Spot) -> Flow {
        self.plain_from(buffer, 0, reader, spot)
    }

    fn plain_from(&self, buffer: &mut Buffer, offset: u64, reader: &mut dyn Read, spot: &Spot) -> Flow {
        let most = self.budget.limits.max_bytes.map_or(u64::MAX, |limit| limit.saturating_add(1));
        let left = most.saturating_sub(buffer.len() as u64);
        let ended = self.target(spot).stream(&mut reader.take(left), buffer, offset);
        if let Some(error) = ended.failure {
            self.failed(&error, spot);
        }
        self.over_max_bytes(ended.bytes, spot);
        ended.flow
    }

    fn open(&self, format: Format, input: Input<'_>, spot: &Spot) -> Opened {
        // A compressed tar is one archive to people.
        let is_inner_half = format == Format::Tar && !spot.provenance.unwrapped.is_empty();
        let depth = spot.depth + u32::from(!is_inner_half);
        if let Format::Unsupported(name) = format {
            self.skip(spot, SkipReason::Unsupported, format!("{name} is not unpacked"));
            return Opened::AsIs;
        }
        if depth > self.budget.limits.depth {
            let detail = format!("{depth} archives deep, limit {}", self.budget.limits.depth);
            self.skip(spot, SkipReason::OverDepth, detail);
            return Opened::AsIs;
        }
        let spot = &Spot { provenance: Arc::clone(&spot.provenance), depth };
        match (format, input) {
            (Format::Zip, input) => self.zip(input, spot),
            (Format::Tar, Input::Seekable(reader, _)) => self.tar(reader, spot),
            (Format::Tar, Input::Stream(reader)) => self.tar(reader, spot),
            (Format::Compressed(codec), Input::Seekable(reader, _)) => self.compressed(codec, reader, spot),
            (Format::Compressed(codec), Input::Stream(reader)) => self.compressed(codec, reader, spot),
            (Format::Unsupported(_), _) => Opened::AsIs,
        }
    }

    /// One member of the archive at `archive`. `size` is what the archive says, if it does.
    fn member(&self, name: &str, size: Option<u64>, reader: &mut dyn Read, archive: &Spot) -> Flow {
        if let Err(met) = self.budget.enter_member() {
            self.limit_met(met, archive);
            return Flow::Continue;
        }
        let spot = archive.member(name);
        if size.is_some_and(|size| self.over_max_bytes(size, &spot)) {
            return Flow::Continue;
        }
        self.stream(reader, &spot)
    }

    fn over_max_bytes(&self, bytes: u64, spot: &Spot) -> bool {
        let Some(limit) = self.budget.limits.max_bytes.filter(|limit| bytes > *limit) else { return false };
        self.skip(spot, SkipReason::OverMaxBytes, over_max_bytes(bytes, limit));
        true
    }

    fn target<'s>(&self, spot: &'s Spot) -> Target<'s>
    where
        'a: 's,
    {
        Target { provenance: &spot.provenance, sink: self.sink, cut: self.cut }
    }

    fn limit_met(&self, met: LimitMet, spot: &Spot) {
        self.skip(spot, met.reason, met.detail);
    }

    /// Reports why reading broke off, unless whoever set the limit that was met does.
    fn failed(&self, error: &io::Error, spot: &Spot) {
        if let Some((reason, detail)) = explain(error) {
            self.skip(spot, reason, detail);
        }
    }

    fn skip(&self, spot: &Spot, reason: SkipReason, detail: String) {
        self.sink.skip(Skip { provenance: Provenance::clone(&spot.provenance), reason, detail });
    }
}

/// Content whose length was promised: an end before it is an error.
struct Exactly<R> {
    inner: R,
    left: u64,
    /// Reading failed, so what follows cannot be reached either.
    broke: bool,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let result = match self.inner.read(&mut buffer[..most]) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            other => other,
        };
        match &result {
            Ok(read) => self.left -= *read as u64,
            Err(error) => self.broke = error.kind() != io::ErrorKind::Interrupted,
        }
        result
    }
}

/// `None` for a limit of ours.
fn explain(error: &io::Error) -> Option<(SkipReason, String)> {
    if is_limit(error) {
        return None;
    }
    Some(match error.kind() {
        io::ErrorKind::UnexpectedEof => (SkipReason::Truncated, "ends too early".to_owned()),
        io::ErrorKind::Unsupported => (SkipReason::Unsupported, error.to_string()),
        // The system's own words are about the disk, not about the format.
        _ if error.raw_os_error().is_some() => (SkipReason::Unreadable, error.to_string()),
        _ => (SkipReason::Damaged, error.to_string()),
    })
}

/// Readers wrap the errors of the readers below them.
fn is_limit(error: &io::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LimitMet>() {
            return true;
        }
        cause = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}
