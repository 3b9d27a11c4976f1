//! Cutting bytes into chunks so that the cuts change nothing.
//!
//! Every byte is in the core of exactly one chunk, and every chunk shows the context around its core. Cuts fall at
//! even offsets, so no UTF-16 code unit is ever split.

use super::buffer::{Buffer, Filled};
use super::lines::{Advance, Encoding, START};
use super::{Flow, Sink};
use crate::model::{Chunk, Position, Provenance, Raw};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

/// Bytes of one core: large against [`CONTEXT`], which is scanned twice, and small against memory. Also the size up
/// to which a file is read whole.
pub const PIECE: usize = 4 << 20;

/// Bytes shown before and after a core: more than any value and the evidence around it takes.
pub const CONTEXT: usize = 64 << 10;

/// Where to cut.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    pub piece: usize,
    pub context: usize,
}

/// One piece of something whose length is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub start: u64,
    pub len: usize,
    /// Within the window.
    pub core: Range<usize>,
}

impl Cut {
    pub const USUAL: Cut = Cut { piece: PIECE, context: CONTEXT };

    pub fn count(self, len: u64) -> u64 {
        len.div_ceil(self.piece as u64)
    }

    pub fn window_start(self, index: u64) -> u64 {
        (index * self.piece as u64).saturating_sub(self.context as u64)
    }

    pub fn window(self, index: u64, len: u64) -> Window {
        let core_start = index * self.piece as u64;
        let core_end = len.min(core_start + self.piece as u64);
        let start = self.window_start(index);
        let end = len.min(core_end + self.context as u64);
        let within = |offset: u64| (offset - start) as usize;
        Window { start, len: within(end), core: within(core_start)..within(core_end) }
    }
}

/// Whose bytes are cut, and who gets the chunks.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub provenance: &'a Arc<Provenance>,
    pub sink: &'a dyn Sink,
    pub cut: Cut,
}

/// How a stream ended. What came before a failure was handed over.
#[derive(Debug)]
pub struct Ended {
    pub flow: Flow,
    pub bytes: u64,
    pub failure: Option<io::Error>,
}

impl Target<'_> {
    pub fn push(&self, bytes: &[u8], offset: u64, at: Position, core: Range<usize>) -> Flow {
        self.sink.chunk(&Chunk {
            provenance: Arc::clone(self.provenance),
            text: bytes,
            raw: Raw { bytes, offset, at },
            map: None,
            layers: &[],
            core,
        })
    }

    /// Hands over bytes that are all in memory.
    pub fn slice(&self, bytes: &[u8]) -> Flow {
        if bytes.is_empty() {
            return Flow::Continue;
        }
        if bytes.len() <= self.cut.piece + self.cut.context {
            return self.push(bytes, 0, START, 0..bytes.len());
        }
        let encoding = Encoding::of(bytes);
        let (mut at, mut counted) = (START, 0);
        for index in 0..self.cut.count(bytes.len() as u64) {
            let window = self.cut.window(index, bytes.len() as u64);
            let start = window.start as usize;
            at = Advance::over(&bytes[counted..start], encoding).from(at);
            counted = start;
            if self.push(&bytes[start..start + window.len], window.start, at, window.core) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    /// Hands over `buffer`, the beginning (up to a piece, read already: it tells the encoding), and the rest of
    /// `reader`, never holding more than one piece and its context. `offset` is where the buffer begins.
    pub fn stream(&self, reader: &mut dyn Read, buffer: &mut Buffer, mut offset: u64) -> Ended {
        let encoding = Encoding::of(buffer);
        let (mut at, mut core_start, first) = (START, 0, offset);
        loop {
            let wanted = core_start + self.cut.piece + self.cut.context;
            let filled = buffer.fill(reader, wanted);
            let is_last = !matches!(filled, Filled::Full);
            let core_end = if is_last { buffer.len() } else { core_start + self.cut.piece };
            let flow = match core_start < core_end {
                true => self.push(buffer, offset, at, core_start..core_end),
                false => Flow::Continue,
            };
            if is_last || flow == Flow::Stop {
                let bytes = offset - first + buffer.len() as u64;
                return Ended { flow, bytes, failure: filled.failure() };
            }
            let dropped = core_end.saturating_sub(self.cut.context);
            at = Advance::over(&buffer[..dropped], encoding).from(at);
            offset += dropped as u64;
            buffer.drop_front(dropped);
            core_start = core_end - dropped;
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::model::Skip;
    use proptest::prelude::*;
    use std::sync::Mutex;

    /// One chunk as a sink saw it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Seen {
        pub place: String,
        pub text: Vec<u8>,
        pub offset: u64,
        pub at: Position,
        pub core: Range<usize>,
        pub provenance: Arc<Provenance>,
    }

    impl Seen {
        fn core_start(&self) -> u64 {
            self.offset + self.core.start as u64
        }
    }

    /// Remembers everything.
    #[derive(Debug, Default)]
    pub struct Memory {
        pub chunks: Mutex<Vec<Seen>>,
        pub skips: Mutex<Vec<Skip>>,
        pub files: Mutex<Vec<u64>>,
        /// Answers `Stop` from this chunk on.
        pub stop_at: Option<usize>,
    }

    impl Sink for Memory {
        fn chunk(&self, chunk: &Chunk<'_>) -> Flow {
            let mut chunks = self.chunks.lock().unwrap();
            chunks.push(Seen {
                place: chunk.provenance.display(),
                text: chunk.text.to_vec(),
                offset: chunk.raw.offset,
                at: chunk.raw.at,
                core: chunk.core.clone(),
                provenance: Arc::clone(&chunk.provenance),
            });
            match self.stop_at {
                Some(limit) if chunks.len() >= limit => Flow::Stop,
                _ => Flow::Continue,
            }
        }

        fn skip(&self, skip: Skip) {
            self.skips.lock().unwrap().push(skip);
        }

        fn file(&self, bytes: u64) {
            self.files.lock().unwrap().push(bytes);
        }

        fn object(&self, _bytes: u64) {}
    }

    impl Memory {
        /// Sorted by place and offset.
        pub fn chunks(&self) -> Vec<Seen> {
            let mut chunks = self.chunks.lock().unwrap().clone();
            chunks.sort_by(|a, b| (&a.place, a.core_start()).cmp(&(&b.place, b.core_start())));
            chunks
        }

        /// `place reason`, sorted.
        pub fn skips(&self) -> Vec<String> {
            let skips = self.skips.lock().unwrap();
            let mut lines: Vec<String> = skips
                .iter()
                .map(|skip| format!("{} {}", skip.provenance.display(), skip.reason.as_str()))
                .collect();
            lines.sort();
            lines
        }

        /// Every place and what its cores spell, put together.
        pub fn texts(&self) -> Vec<(String, String)> {
            let mut texts: Vec<(String, String)> = Vec::new();
            for chunk in self.chunks() {
                let core = String::from_utf8_lossy(&chunk.text[chunk.core.clone()]).into_owned();
                match texts.last_mut() {
                    Some((place, text)) if *place == chunk.place && chunk.core_start() > 0 => {
                        text.push_str(&core)
                    }
                    _ => texts.push((chunk.place, core)),
                }
            }
            texts
        }
    }

    /// The cores are `whole`, each byte once; every window shows the true bytes, at the true position, with all the
    /// context there is.
    pub fn assert_cut_changes_nothing(chunks: &[Seen], whole: &[u8], encoding: Encoding, cut: Cut) {
        let mut next = 0;
        for seen in chunks {
            let start = seen.offset as usize;
            let window = start..start + seen.text.len();
            let core = start + seen.core.start..start + seen.core.end;
            assert_eq!(seen.text, whole[window.clone()]);
            assert_eq!(core.start, next, "cores adjoin");
            assert_eq!(core.start % 2, 0, "cuts are even");
            assert_eq!(seen.at, Advance::over(&whole[..start], encoding).from(START));
            assert_eq!(window.start, core.start.saturating_sub(cut.context));
            assert!(window.end == whole.len() || window.end >= core.end + cut.context);
            next = core.end;
        }
        assert_eq!(next, whole.len(), "cores reach the end");
    }

    /// Gives a few bytes at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let len = buffer.len().min(self.1).min(self.0.len());
            buffer[..len].copy_from_slice(&self.0[..len]);
            self.0 = &self.0[len..];
            Ok(len)
        }
    }

    proptest! {
        #[test]
        fn a_cut_stream_is_the_whole(
            text in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            piece in 1usize..40, context in 0usize..30, step in 1usize..9, head in 0usize..60,
        ) {
            let cut = Cut { piece: piece * 2, context: context * 2 };
            let (memory, provenance) = (Memory::default(), Arc::new(Provenance::stdin()));
            let target = Target { provenance: &provenance, sink: &memory, cut };
            let (read, rest) = text.split_at(head.min(text.len()).min(cut.piece));
            let mut buffer = Buffer::default();
            buffer.fill(&mut { read }, read.len());
            let encoding = Encoding::of(read);
            let ended = target.stream(&mut Drip(rest, step), &mut buffer, 0);
            prop_assert!(ended.failure.is_none());
            prop_assert_eq!(ended.bytes, text.len() as u64);
            assert_cut_changes_nothing(&memory.chunks(), &text, encoding, cut);
        }

        #[test]
        fn a_cut_slice_is_the_whole(
            text in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            piece in 1usize..40, context in 0usize..30,
        ) {
            let cut = Cut { piece: piece * 2, context: context * 2 };
            let (memory, provenance) = (Memory::default(), Arc::new(Provenance::stdin()));
            Target { provenance: &provenance, sink: &memory, cut }.slice(&text);
            assert_cut_changes_nothing(&memory.chunks(), &text, Encoding::of(&text), cut);
        }
    }

    #[test]
    fn what_came_before_a_failure_is_handed_over() {
        struct Breaks;
        impl Read for Breaks {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        }
        let (memory, provenance) = (Memory::default(), Arc::new(Provenance::stdin()));
        let target = Target { provenance: &provenance, sink: &memory, cut: Cut { piece: 4, context: 2 } };
        let ended = target.stream(&mut (&b"0123456789"[..]).chain(Breaks), &mut Buffer::default(), 0);
        assert_eq!(ended.failure.map(|error| error.kind()), Some(io::ErrorKind::UnexpectedEof));
        assert_eq!(memory.texts(), [("-".to_owned(), "0123456789".to_owned())]);
    }

    #[test]
    fn stop_ends_a_stream() {
        let memory = Memory { stop_at: Some(2), ..Memory::default() };
        let provenance = Arc::new(Provenance::stdin());
        let target = Target { provenance: &provenance, sink: &memory, cut: Cut { piece: 4, context: 2 } };
        let ended = target.stream(&mut io::repeat(b'x'), &mut Buffer::default(), 0);
        assert_eq!((ended.flow, memory.chunks().len()), (Flow::Stop, 2));
    }
}
