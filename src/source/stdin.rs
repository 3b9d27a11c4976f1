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

#[cfg(test)]
mod tests {
    use super::super::pieces::tests::Memory;
    use super::*;

    #[test]
    fn a_stream_is_one_file_of_the_bytes_that_came() {
        let memory = Memory::default();
        let limits = Limits::default();
        assert_eq!(read(&mut &b"one\ntwo"[..], &limits, &memory), Flow::Continue);
        assert_eq!(memory.texts(), [("-".to_owned(), "one\ntwo".to_owned())]);
        assert_eq!(*memory.files.lock().unwrap(), [7]);
    }

    #[test]
    fn a_stream_is_read_up_to_max_bytes_and_no_further() {
        let memory = Memory::default();
        let limits = Limits { max_bytes: Some(10 << 20), ..Limits::default() };
        read(&mut io::repeat(b'x'), &limits, &memory);
        assert_eq!(memory.skips(), ["- over-max-bytes"]);
        assert_eq!(*memory.files.lock().unwrap(), [(10 << 20) + 1]);
    }

    #[test]
    fn a_stream_that_breaks_is_read_as_far_as_it_came() {
        struct Breaks;
        impl Read for Breaks {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from_raw_os_error(5)) // EIO
            }
        }
        let memory = Memory::default();
        read(&mut (&b"so far"[..]).chain(Breaks), &Limits::default(), &memory);
        assert_eq!(memory.texts(), [("-".to_owned(), "so far".to_owned())]);
        assert_eq!(memory.skips(), ["- unreadable"]);
    }
}
