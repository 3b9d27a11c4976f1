//! Bytes that come once and in order: stdin, a FIFO, a device.

use super::buffer::Buffer;
use super::container::Unpacker;
use super::limits::{Budget, Limits};
use super::{Flow, Sink};
use crate::model::Provenance;
use std::cell::Cell;
use std::io::{self, Read};
use std::sync::Arc;

/// Scans `reader` to its end, in bounded memory. Compressed streams and archives are unpacked on the way.
pub fn read(reader: &mut dyn Read, limits: &Limits, sink: &dyn Sink) -> Flow {
    read_as(reader, Provenance::stdin(), limits, sink)
}

/// The same under another name.
pub fn read_as(reader: &mut dyn Read, provenance: Provenance, limits: &Limits, sink: &dyn Sink) -> Flow {
    let count = Cell::new(0);
    let mut counted = Counted { inner: reader, count: &count };
    let unpacker = Unpacker::new(Budget::new(limits, None), sink);
    let flow = unpacker.stream_from(&mut Buffer::default(), &mut counted, &Arc::new(provenance));
    sink.file(count.get());
    flow
}

/// Counts what comes through.
pub struct Counted<'a, R> {
    pub inner: R,
    pub count: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}
