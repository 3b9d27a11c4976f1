use super::Error;
use super::pager::Bytes;
use std::collections::HashMap;

const HEADER: usize = 32;
pub const FRAME_HEADER: usize = 24;

/// A write-ahead log: which frame has the newest committed version of a page.
#[derive(Debug)]
pub struct Log<'a> {
    pub bytes: Bytes<'a>,
    pub page_size: usize,
    /// From a page's number to the offset of its content.
    pub pages: HashMap<u32, u64>,
    /// Offset and page number of every frame that holds no newest version: older ones, ones never committed, and ones
    /// of an earlier use of the file. They stay until they are overwritten.
    pub stale: Vec<(u64, u32)>,
}

impl<'a> Log<'a> {
    /// `None` for a file that is no log: empty, or truncated after a checkpoint.
    pub fn open(mut bytes: Bytes<'a>) -> Result<Option<Self>, Error> {
        let mut header = [0; HEADER];
        if bytes.len()? < HEADER as u64 {
            return Ok(None);
        }
        bytes.read_at(0, &mut header)?;
        let big_endian = match be32(&header, 0) {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return Ok(None),
        };
        let page_size = be32(&header, 8) as usize;
        if !page_size.is_power_of_two() || !(512..=65536).contains(&page_size) {
            return Ok(None);
        }
        let mut log = Log { bytes, page_size, pages: HashMap::new(), stale: Vec::new() };
        log.read_frames(&header, big_endian)?;
        Ok(Some(log))
    }

    fn read_frames(&mut self, header: &[u8; HEADER], big_endian: bool) -> Result<(), Error> {
        let frame_size = (FRAME_HEADER + self.page_size) as u64;
        let count = (self.bytes.len()? - HEADER as u64) / frame_size;
        let mut sum = checksum(&header[..24], (0, 0), big_endian);
        let mut is_chained = sum == (be32(header, 24), be32(header, 28));
        let mut pending: Vec<(u32, u64)> = Vec::new();
        let mut frame = vec![0; FRAME_HEADER + self.page_size];
        for index in 0..count {
            let offset = HEADER as u64 + index * frame_size;
            self.bytes.read_at(offset, &mut frame)?;
            let page = be32(&frame, 0);
            let content = offset + FRAME_HEADER as u64;
            // A frame counts if its salts are the header's and its checksum continues the one before it.
            is_chained = is_chained && frame[8..16] == header[16..24];
            if is_chained {
                sum = checksum(&frame[..8], sum, big_endian);
                sum = checksum(&frame[FRAME_HEADER..], sum, big_endian);
                is_chained = sum == (be32(&frame, 16), be32(&frame, 20));
            }
            if !is_chained {
                self.stale.push((content, page));
                continue;
            }
            pending.push((page, content));
            let is_commit = be32(&frame, 4) != 0;
            if is_commit {
                self.commit(&mut pending);
            }
        }
        self.stale.extend(pending.into_iter().map(|(page, content)| (content, page)));
        self.stale.sort_unstable();
        Ok(())
    }

    fn commit(&mut self, pending: &mut Vec<(u32, u64)>) {
        for (page, content) in pending.drain(..) {
            if let Some(older) = self.pages.insert(page, content) {
                self.stale.push((older, page));
            }
        }
    }
}

pub fn be32(bytes: &[u8], at: usize) -> u32 {
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[at..at + 4]);
    u32::from_be_bytes(four)
}

/// The running checksum of <https://sqlite.org/fileformat2.html#checksum_algorithm>.
fn checksum(bytes: &[u8], start: (u32, u32), big_endian: bool) -> (u32, u32) {
    let word = |four: &[u8]| {
        let value = be32(four, 0);
        if big_endian { value } else { value.swap_bytes() }
    };
    bytes.chunks_exact(8).fold(start, |(one, two), eight| {
        let one = one.wrapping_add(word(&eight[..4])).wrapping_add(two);
        let two = two.wrapping_add(word(&eight[4..])).wrapping_add(one);
        (one, two)
    })
}
