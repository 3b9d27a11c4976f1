//! gzip, zstd, xz and bzip2: one stream inside, perhaps in several members, perhaps with something after it.

use super::meter::{Meter, Metered};
use super::{Opened, Spot, Unpacker, is_limit};
use crate::model::Layer;
use crate::source::Flow;
use crate::source::buffer::{Buffer, Filled};
use crate::source::stdin::Counted;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
}

impl Codec {
    /// Does a stream, or one more member of it, begin here?
    pub fn begins(self, bytes: &[u8]) -> bool {
        match self {
            // Method 8 is the only one there is, and the upper flags are reserved (RFC 1952 2.3).
            Codec::Gzip => matches!(bytes, [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0),
            // A frame, or a skippable one before it (RFC 8878 3.1).
            Codec::Zstd => {
                matches!(bytes, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
            }
            Codec::Xz => bytes.starts_with(b"\xfd7zXZ\0"),
            // "BZh" and a digit is a likely beginning of a text, so the mark of a block or of the end must follow.
            Codec::Bzip2 => {
                matches!(bytes, [b'B', b'Z', b'h', b'1'..=b'9', mark @ ..]
                    if mark.starts_with(b"1AY&SY") || mark.starts_with(b"\x17\x72\x45\x38\x50\x90"))
            }
        }
    }

    fn layer(self) -> Layer {
        match self {
            Codec::Gzip => Layer::Gzip,
            Codec::Zstd => Layer::Zstd,
            Codec::Xz => Layer::Xz,
            Codec::Bzip2 => Layer::Bzip2,
        }
    }
}

impl Unpacker<'_> {
    pub(super) fn compressed(&self, codec: Codec, input: &mut dyn Read, spot: &Spot) -> Opened {
        let packed = Cell::new(0);
        let input = BufReader::with_capacity(64 << 10, Counted { inner: input, count: &packed });
        let mut members = Members::new(codec, input);
        let meter = Meter::new(&self.budget, &packed);
        let mut metered = Metered { inner: &mut members, meter: &meter };
        let mut buffer = self.spare.borrow_mut().pop().unwrap_or_default();
        buffer.clear();
        if let Filled::Failed(error) = buffer.fill(&mut metered, 1) {
            self.failed(&error, spot);
            return if is_limit(&error) { Opened::Done(Flow::Continue) } else { Opened::AsIs };
        }
        let flow = self.stream_with(&mut buffer, &mut metered, &spot.under(codec.layer()));
        let opened = match (meter.into_met(), members.state) {
            (Some(met), _) => {
                self.limit_met(met, spot);
                Opened::Done(flow)
            }
            (None, State::After(rest)) if flow == Flow::Continue => {
                let offset = packed.get() - rest.buffer().len() as u64;
                Opened::Done(self.after_the_end(rest, offset, &mut buffer, spot))
            }
            // A text that begins like a stream can go on for some bytes before it makes no sense any more.
            (None, State::Broken) if flow == Flow::Continue && !self.budget.is_exhausted() => Opened::AsIs,
            (None, State::After(_) | State::Inside(_) | State::Broken) => Opened::Done(flow),
        };
        self.spare.borrow_mut().push(buffer);
        opened
    }

    /// Bytes after the last member belong to no stream, but somebody put them there.
    fn after_the_end(&self, mut rest: impl Read, offset: u64, buffer: &mut Buffer, spot: &Spot) -> Flow {
        buffer.clear();
        match buffer.fill(&mut rest, self.cut.piece) {
            Filled::Full | Filled::End => self.plain_from(buffer, offset, &mut rest, spot),
            Filled::Failed(error) => {
                self.failed(&error, spot);
                Flow::Continue
            }
        }
    }
}

/// All members of a stream, one after the other.
struct Members<R: BufRead> {
    codec: Codec,
    state: State<R>,
}

enum State<R: BufRead> {
    Inside(Box<Decoder<R>>),
    /// After the last member, and the zero bytes some writers pad with.
    After(R),
    /// A decoder failed, and so does every read from then on.
    Broken,
}

impl<R: BufRead> Members<R> {
    fn new(codec: Codec, input: R) -> Self {
        Members { codec, state: State::After(input) }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Broken) {
                State::Inside(mut decoder) => match decoder.read(buffer)? {
                    0 if !buffer.is_empty() => self.state = State::After(skip_zeros(decoder.into_inner())?),
                    read => {
                        self.state = State::Inside(decoder);
                        return Ok(read);
                    }
                },
                State::After(mut input) => {
                    if !self.codec.begins(input.fill_buf()?) {
                        self.state = State::After(input);
                        return Ok(0);
                    }
                    self.state = State::Inside(Box::new(Decoder::new(self.codec, input)?));
                }
                State::Broken => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
    }
}

fn skip_zeros<R: BufRead>(mut input: R) -> io::Result<R> {
    loop {
        let ahead = input.fill_buf()?;
        let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
        let is_end = zeros < ahead.len() || ahead.is_empty();
        input.consume(zeros);
        if is_end {
            return Ok(input);
        }
    }
}

/// The dictionary of `xz -9` is 64 MiB. One that wants much more wants our memory.
const XZ_MEMORY: u64 = 160 << 20;

enum Decoder<R: BufRead> {
    Gzip(flate2::bufread::GzDecoder<R>),
    Zstd(zstd::Decoder<'static, R>),
    Xz(liblzma::bufread::XzDecoder<R>),
    Bzip2(bzip2::bufread::BzDecoder<R>),
}

impl<R: BufRead> Decoder<R> {
    /// Of one member, so that what follows it can be judged.
    fn new(codec: Codec, input: R) -> io::Result<Self> {
        Ok(match codec {
            Codec::Gzip => Decoder::Gzip(flate2::bufread::GzDecoder::new(input)),
            Codec::Zstd => Decoder::Zstd(zstd::Decoder::with_buffer(input)?.single_frame()),
            Codec::Xz => {
                let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, 0)?;
                Decoder::Xz(liblzma::bufread::XzDecoder::new_stream(input, stream))
            }
            Codec::Bzip2 => Decoder::Bzip2(bzip2::bufread::BzDecoder::new(input)),
        })
    }

    fn into_inner(self) -> R {
        match self {
            Decoder::Gzip(decoder) => decoder.into_inner(),
            Decoder::Zstd(decoder) => decoder.finish(),
            Decoder::Xz(decoder) => decoder.into_inner(),
            Decoder::Bzip2(decoder) => decoder.into_inner(),
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(decoder) => decoder.read(buffer),
            Decoder::Zstd(decoder) => decoder.read(buffer),
            Decoder::Xz(decoder) => decoder.read(buffer),
            Decoder::Bzip2(decoder) => decoder.read(buffer),
        }
    }
}
