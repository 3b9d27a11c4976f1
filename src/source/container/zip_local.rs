//! zip, by the headers before each member: for streams that cannot be held, and for archives whose directory is
//! damaged or was cut off.

use super::meter::{Meter, Metered};
use super::{Exactly, Opened, Spot, Unpacker};
use crate::model::SkipReason;
use crate::source::Flow;
use crate::source::stdin::Counted;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

/// What must be known of a member to read it.
pub struct Entry {
    pub name: String,
    pub method: Option<u16>,
    pub is_encrypted: bool,
    /// `None` where a descriptor behind the content says it.
    pub packed: Option<u64>,
    pub unpacked: Option<u64>,
    pub checksum: Option<u32>,
}

/// APPNOTE.TXT 4.3.7.
pub struct LocalHeader {
    flags: u16,
    method: u16,
    checksum: u32,
    packed: u64,
    unpacked: u64,
    name: Vec<u8>,
}

impl LocalHeader {
    pub const SIGNATURE: [u8; 4] = *b"PK\x03\x04";

    /// Reads what follows the signature, up to the content.
    pub fn read(reader: &mut impl Read) -> io::Result<Self> {
        let mut fixed = [0; 26];
        reader.read_exact(&mut fixed)?;
        let u16_at = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let u32_at = |at: usize| u64::from(u16_at(at)) | u64::from(u16_at(at + 2)) << 16;
        let mut name = vec![0; usize::from(u16_at(22))];
        let mut extra = vec![0; usize::from(u16_at(24))];
        reader.read_exact(&mut name)?;
        reader.read_exact(&mut extra)?;
        let mut header = LocalHeader {
            flags: u16_at(2),
            method: u16_at(4),
            checksum: u32_at(10) as u32,
            packed: u32_at(14),
            unpacked: u32_at(18),
            name,
        };
        if header.packed == u64::from(u32::MAX) || header.unpacked == u64::from(u32::MAX) {
            header.read_zip64(&extra);
        }
        Ok(header)
    }

    /// Both sizes stand in field 1, the unpacked one first (APPNOTE.TXT 4.5.3).
    fn read_zip64(&mut self, mut extra: &[u8]) {
        while let [id_low, id_high, len_low, len_high, rest @ ..] = extra {
            let len = usize::from(u16::from_le_bytes([*len_low, *len_high])).min(rest.len());
            let (field, after) = rest.split_at(len);
            if (*id_low, *id_high) == (1, 0)
                && let (sizes, _) = field.as_chunks::<8>()
                && let [unpacked, packed, ..] = sizes
            {
                (self.unpacked, self.packed) = (u64::from_le_bytes(*unpacked), u64::from_le_bytes(*packed));
            }
            extra = after;
        }
    }

    /// A text that begins like a header does not go on like one.
    fn makes_sense(&self) -> bool {
        !self.name.is_empty() && matches!(self.method, 0..=20 | 93..=99)
    }

    fn into_entry(self) -> Entry {
        let is_told_later = self.flags & 8 != 0 && self.packed == 0;
        let told = |size: u64| (!is_told_later).then_some(size);
        Entry {
            name: String::from_utf8_lossy(&self.name).into_owned(),
            method: Some(self.method),
            is_encrypted: self.flags & 1 != 0,
            packed: told(self.packed),
            unpacked: told(self.unpacked),
            checksum: (!is_told_later).then_some(self.checksum),
        }
    }
}

impl Unpacker<'_> {
    /// `is_reported`: that the archive does not reach its end was said before.
    pub(super) fn zip_without_directory(
        &self,
        input: &mut dyn Read,
        is_reported: bool,
        spot: &Spot,
    ) -> Opened {
        let read = Cell::new(0);
        let mut input = BufReader::with_capacity(64 << 10, Counted { inner: input, count: &read });
        let mut members = 0;
        loop {
            let entry = match next_header(&mut input) {
                Ok(Some(header)) => header.into_entry(),
                Ok(None) => break,
                Err(_) if is_reported => break,
                Err(error) => {
                    self.failed(&error, spot);
                    break;
                }
            };
            members += 1;
            if self.in_order(&entry, &mut input, &read, spot) == Flow::Stop {
                return Opened::Done(Flow::Stop);
            }
            if self.budget.is_exhausted() {
                break;
            }
        }
        if members == 0 { Opened::AsIs } else { Opened::Done(Flow::Continue) }
    }

    fn in_order(&self, entry: &Entry, input: &mut impl BufRead, read: &Cell<u64>, spot: &Spot) -> Flow {
        let Some(packed) = entry.packed else {
            if entry.method == Some(0) || entry.is_encrypted {
                let detail = "where it ends stands only in the directory".to_owned();
                self.skip(&spot.member(&entry.name), SkipReason::Unsupported, detail);
                return Flow::Continue;
            }
            return self.entry_of_unknown_size(entry, input, read, spot);
        };
        let mut content = BufReader::new(Exactly { inner: &mut *input, left: packed, broke: false });
        let flow = self.entry(entry, &mut content, spot);
        let content = content.into_inner();
        if flow == Flow::Continue && !content.broke {
            // What was left over of it: nothing, unless it was skipped or broken.
            let left = content.left;
            if let Err(error) = io::copy(&mut input.take(left), &mut io::sink()) {
                self.failed(&error, spot);
            }
        }
        flow
    }

    fn entry_of_unknown_size(
        &self,
        entry: &Entry,
        input: &mut impl BufRead,
        read: &Cell<u64>,
        spot: &Spot,
    ) -> Flow {
        match decoder(entry.method, input) {
            Some(mut content) => {
                let before = read.get();
                let packed = Cell::new(0);
                let mut content = Tracking { inner: &mut content, total: read, before, packed: &packed };
                self.metered(entry, &mut content, &packed, spot)
            }
            None => self.unknown_method(entry, spot),
        }
    }

    /// One member whose packed bytes are `content`, no more and no less.
    pub(super) fn entry(&self, entry: &Entry, content: &mut impl BufRead, spot: &Spot) -> Flow {
        if entry.is_encrypted {
            self.skip(&spot.member(&entry.name), SkipReason::Encrypted, "needs a password".to_owned());
            return Flow::Continue;
        }
        match decoder(entry.method, content) {
            Some(content) => {
                let packed = Cell::new(entry.packed.unwrap_or(0));
                self.metered(entry, &mut Checked::new(content, entry.checksum), &packed, spot)
            }
            None => self.unknown_method(entry, spot),
        }
    }

    pub(super) fn metered(
        &self,
        entry: &Entry,
        content: &mut dyn Read,
        packed: &Cell<u64>,
        spot: &Spot,
    ) -> Flow {
        let meter = Meter::new(&self.budget, packed);
        let flow =
            self.member(&entry.name, entry.unpacked, &mut Metered { inner: content, meter: &meter }, spot);
        if let Some(met) = meter.into_met() {
            self.limit_met(met, &spot.member(&entry.name));
        }
        flow
    }

    fn unknown_method(&self, entry: &Entry, spot: &Spot) -> Flow {
        let method = entry.method.map_or("unknown".to_owned(), |number| number.to_string());
        let detail = format!("compression method {method} is not read");
        self.skip(&spot.member(&entry.name), SkipReason::Unsupported, detail);
        Flow::Continue
    }
}

/// APPNOTE.TXT 4.4.5.
fn decoder<'r>(method: Option<u16>, content: &'r mut impl BufRead) -> Option<Box<dyn Read + 'r>> {
    Some(match method? {
        0 => Box::new(content),
        8 => Box::new(flate2::bufread::DeflateDecoder::new(content)),
        12 => Box::new(bzip2::bufread::BzDecoder::new(content)),
        93 => Box::new(zstd::Decoder::with_buffer(content).ok()?.single_frame()),
        95 => Box::new(liblzma::bufread::XzDecoder::new(content)),
        _ => return None,
    })
}

/// Fails at the end of content that does not have the checksum it should.
struct Checked<R> {
    inner: R,
    expected: Option<u32>,
    sum: crc32fast::Hasher,
}

impl<R> Checked<R> {
    fn new(inner: R, expected: Option<u32>) -> Self {
        Checked { inner, expected, sum: crc32fast::Hasher::new() }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.sum.update(&buffer[..read]);
        let is_wrong = || self.expected.is_some_and(|expected| expected != self.sum.clone().finalize());
        if read == 0 && !buffer.is_empty() && is_wrong() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum does not match"));
        }
        Ok(read)
    }
}

/// Keeps `packed` at what was read of the archive since `before`.
struct Tracking<'a, R> {
    inner: R,
    total: &'a Cell<u64>,
    before: u64,
    packed: &'a Cell<u64>,
}

impl<R: Read> Read for Tracking<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        self.packed.set(self.total.get() - self.before);
        read
    }
}

/// The next member's header, over whatever stands before it: a descriptor, or damage. `None` where the directory
/// begins.
fn next_header(input: &mut impl BufRead) -> io::Result<Option<LocalHeader>> {
    let mut window = [0; 4];
    loop {
        let ahead = input.fill_buf()?;
        let Some(&byte) = ahead.first() else { return Err(io::ErrorKind::UnexpectedEof.into()) };
        input.consume(1);
        window.rotate_left(1);
        window[3] = byte;
        match &window {
            b"PK\x03\x04" => {
                let header = LocalHeader::read(input)?;
                if header.makes_sense() {
                    return Ok(Some(header));
                }
            }
            b"PK\x01\x02" | b"PK\x05\x06" | b"PK\x06\x06" => return Ok(None),
            _ => {}
        }
    }
}
