//! zip, by its central directory: every entry listed there, also two of one name, and the bytes outside of entries.

use super::zip_local::{Entry, LocalHeader};
use super::{Exactly, Input, Opened, ReadSeek, Spot, Unpacker};
use crate::model::SkipReason;
use crate::source::Flow;
use crate::source::buffer::{Buffer, Filled};
use ::zip::read::{Config, ZipFileEntry};
use ::zip::result::ZipError;
// It lists entries of one name apart and needs no memory for a million of them; hence the exact version in Cargo.toml.
use ::zip::unstable::read::ZipIterable;
use ::zip::{CompressionMethod, ZipReadOptions};
use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

impl Unpacker<'_> {
    pub(super) fn zip(&self, input: Input<'_>, spot: &Spot) -> Opened {
        let (reader, len) = match input {
            Input::Seekable(reader, len) => (reader, len),
            Input::Stream(reader) => return self.zip_without_directory(reader, false, spot),
        };
        let error: io::Error = match self.directory(reader, len, spot) {
            Ok(flow) => return Opened::Done(flow),
            Err(error) => error.into(),
        };
        match has_end_record(reader, len) {
            Ok(false) => self.skip(spot, SkipReason::Truncated, "ends before its directory".to_owned()),
            Ok(true) => self.failed(&error, spot),
            Err(error) => self.failed(&error, spot),
        }
        if reader.rewind().is_err() {
            return Opened::AsIs;
        }
        self.zip_without_directory(reader, true, spot)
    }

    fn directory(&self, reader: &mut dyn ReadSeek, len: u64, spot: &Spot) -> Result<Flow, ZipError> {
        let mut archive = ZipIterable::try_new(BufReader::new(reader), Config::default())?;
        let entries = archive.files()?;
        let (mut first_entry, mut directory, mut claimed) = (None, None, 0);
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let start = entry.header_start();
            first_entry = Some(first_entry.map_or(start, |first: u64| first.min(start)));
            directory.get_or_insert(entry.central_header_start());
            claimed += entry.compressed_size();
            if claimed > len {
                // The densest bombs let all members share their bytes (bamsoftware.com/hacks/zipbomb).
                self.skip(spot, SkipReason::OverRatio, "its members share the same bytes".to_owned());
                return Ok(Flow::Continue);
            }
            if self.listed(entry, entries.reader_mut(), spot) == Flow::Stop {
                return Ok(Flow::Stop);
            }
            if self.budget.is_exhausted() {
                return Ok(Flow::Continue);
            }
        }
        self.outside(entries.reader_mut(), first_entry.unwrap_or(0), directory.unwrap_or(0), spot)
    }

    fn listed<R: Read + Seek>(&self, listed: ZipFileEntry<'_>, reader: &mut R, spot: &Spot) -> Flow {
        let name = match listed.name() {
            Ok(name) => name.into_owned(),
            Err(_) => String::from_utf8_lossy(listed.name_raw()).into_owned(),
        };
        let packed = listed.compressed_size();
        if listed.is_dir() && packed == 0 {
            return Flow::Continue;
        }
        let entry = Entry {
            name,
            method: method_number(listed.compression()),
            is_encrypted: listed.encrypted(),
            packed: Some(packed),
            unpacked: Some(listed.size()),
            checksum: Some(listed.crc32()),
        };
        if entry.method == Some(DEFLATE64) && !entry.is_encrypted {
            return match listed.with_reader(reader, ZipReadOptions::new()) {
                Ok(mut content) => self.metered(&entry, &mut content, &Cell::new(packed), spot),
                Err(error) => self.lost(&entry, error.into(), spot),
            };
        }
        match seek_to_content(reader, listed.header_start()) {
            Ok(()) => {
                let content = Exactly { inner: reader, left: packed, broke: false };
                self.entry(&entry, &mut BufReader::new(content), spot)
            }
            Err(error) => self.lost(&entry, error, spot),
        }
    }

    fn lost(&self, entry: &Entry, error: io::Error, spot: &Spot) -> Flow {
        self.failed(&error, &spot.member(&entry.name));
        Flow::Continue
    }

    /// A program before the archive; names and comments in and after its directory.
    fn outside<R: Read + Seek>(
        &self,
        reader: &mut R,
        first_entry: u64,
        directory: u64,
        spot: &Spot,
    ) -> Result<Flow, ZipError> {
        let mut buffer = Buffer::default();
        for (start, end) in [(0, first_entry), (directory, u64::MAX)] {
            reader.seek(SeekFrom::Start(start))?;
            let mut bytes = reader.by_ref().take(end - start);
            buffer.clear();
            if let Filled::Failed(error) = buffer.fill(&mut bytes, self.cut.piece) {
                return Err(error.into());
            }
            if self.plain_from(&mut buffer, start, &mut bytes, spot) == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Continue)
    }
}

const DEFLATE64: u16 = 9;

fn method_number(method: CompressionMethod) -> Option<u16> {
    // The only way the crate tells the number of a method it was not built for.
    #[allow(deprecated)]
    match method {
        CompressionMethod::Stored => Some(0),
        CompressionMethod::Deflated => Some(8),
        CompressionMethod::Deflate64 => Some(DEFLATE64),
        CompressionMethod::Bzip2 => Some(12),
        CompressionMethod::Zstd => Some(93),
        CompressionMethod::Unsupported(number) => Some(number),
        _ => None,
    }
}

fn seek_to_content(reader: &mut (impl Read + Seek), header_start: u64) -> io::Result<()> {
    reader.seek(SeekFrom::Start(header_start))?;
    let mut signature = [0; 4];
    reader.read_exact(&mut signature)?;
    if signature != LocalHeader::SIGNATURE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no member where the directory says"));
    }
    LocalHeader::read(reader).map(drop)
}

/// Is there an end record where one may stand, before a comment of at most 64 KiB?
fn has_end_record(reader: &mut dyn ReadSeek, len: u64) -> io::Result<bool> {
    const REACH: u64 = (64 << 10) + 22;
    reader.seek(SeekFrom::Start(len.saturating_sub(REACH)))?;
    let mut end = Vec::new();
    reader.read_to_end(&mut end)?;
    Ok(memchr::memmem::rfind(&end, b"PK\x05\x06").is_some())
}
