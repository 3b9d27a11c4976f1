use super::wal::{Log, be32};
use super::{Error, Part};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The bytes of a database file, on disk or in an archive member.
#[derive(Debug)]
pub enum Bytes<'a> {
    File(File),
    Memory(&'a [u8]),
}

impl Bytes<'_> {
    pub fn len(&self) -> io::Result<u64> {
        match self {
            Bytes::File(file) => Ok(file.metadata()?.len()),
            Bytes::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    pub fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        match self {
            Bytes::File(file) => {
                file.seek(SeekFrom::Start(offset))?;
                file.read_exact(buffer)
            }
            Bytes::Memory(bytes) => {
                let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
                let end = start.checked_add(buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
                buffer.copy_from_slice(bytes.get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
        }
    }
}

/// Pages by number: the main file's, or the log's where it has a newer one.
#[derive(Debug)]
pub struct Pager<'a> {
    main: Bytes<'a>,
    log: Option<Log<'a>>,
    is_log_hidden: bool,
    pub page_size: usize,
    /// What a page has for content; the rest is reserved for extensions.
    pub usable: usize,
    /// Of the main file.
    pub page_count: u32,
    /// The most of one row that is held in memory.
    pub limit: usize,
}

/// One page, and where it was read.
#[derive(Clone, Debug)]
pub struct Page {
    pub bytes: Vec<u8>,
    pub part: Part,
    /// Of the page in its file.
    pub offset: u64,
}

impl<'a> Pager<'a> {
    pub fn new(mut main: Bytes<'a>, log: Option<Log<'a>>, limit: usize) -> Result<Self, Error> {
        let len = main.len()?;
        let mut header = [0; 100];
        let (page_size, reserved) = if len >= 100 {
            main.read_at(0, &mut header)?;
            sizes(&header)?
        } else {
            // A database that was never checkpointed is all in its log.
            (log.as_ref().ok_or(Error::Header("it is empty"))?.page_size, 0)
        };
        if log.as_ref().is_some_and(|log| log.page_size != page_size) {
            return Err(Error::Header("its log has pages of another size"));
        }
        let page_count = u32::try_from(len / page_size as u64).unwrap_or(u32::MAX);
        let usable = page_size - reserved;
        Ok(Pager { main, log, is_log_hidden: false, page_size, usable, page_count, limit })
    }

    pub fn has_log(&self) -> bool {
        self.log.is_some()
    }

    pub fn main_mut(&mut self) -> &mut Bytes<'a> {
        &mut self.main
    }

    pub fn log_mut(&mut self) -> Option<&mut Log<'a>> {
        self.log.as_mut()
    }

    /// Looks at the main file alone.
    pub fn without_log<T>(&mut self, look: impl FnOnce(&mut Self) -> T) -> T {
        self.is_log_hidden = true;
        let seen = look(self);
        self.is_log_hidden = false;
        seen
    }

    /// `None` for a page that is not there.
    pub fn page(&mut self, number: u32) -> Result<Option<Page>, Error> {
        let mut bytes = vec![0; self.page_size];
        let is_log_hidden = self.is_log_hidden;
        if let Some(log) = self.log.as_mut().filter(|_| !is_log_hidden)
            && let Some(&offset) = log.pages.get(&number)
        {
            log.bytes.read_at(offset, &mut bytes)?;
            return Ok(Some(Page { bytes, part: Part::Wal, offset }));
        }
        if number == 0 || number > self.page_count {
            return Ok(None);
        }
        let offset = u64::from(number - 1) * self.page_size as u64;
        self.main.read_at(offset, &mut bytes)?;
        Ok(Some(Page { bytes, part: Part::Main, offset }))
    }
}

/// Page size and reserved bytes a page, by the header.
fn sizes(header: &[u8; 100]) -> Result<(usize, usize), Error> {
    if !super::is_database(header) {
        return Err(Error::Header("encrypted, or another format"));
    }
    let page_size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65536,
        size => usize::from(size),
    };
    let reserved = usize::from(header[20]);
    if !page_size.is_power_of_two() || page_size < 512 || page_size - reserved < 480 {
        return Err(Error::Header("its page size makes no sense"));
    }
    Ok((page_size, reserved))
}

/// The text encoding that page 1 names.
pub fn encoding(page_one: &[u8]) -> super::Encoding {
    match be32(page_one, 56) {
        2 => super::Encoding::Utf16le,
        3 => super::Encoding::Utf16be,
        _ => super::Encoding::Utf8,
    }
}
