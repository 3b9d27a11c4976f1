//! Cells of a page, and the values in them.

use super::Error;
use super::pager::Pager;
use super::residue::Reached;
use super::wal::be32;
use std::ops::Range;

/// How a database keeps its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16le,
    Utf16be,
}

/// A row or an index entry, put together from its page and the pages it overflows to.
#[derive(Debug, Default)]
pub struct Cell {
    pub rowid: i64,
    pub payload: Vec<u8>,
    /// Bytes of the payload that were over the limit, or on pages that are not there.
    pub missing: u64,
}

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

impl<'a> Value<'a> {
    pub fn bytes(&self) -> Option<&'a [u8]> {
        match *self {
            Value::Text(bytes) | Value::Blob(bytes) => Some(bytes),
            Value::Null | Value::Integer(_) | Value::Real(_) => None,
        }
    }

    /// As a person would write it; binary values and UTF-16 are left out.
    pub fn word(&self) -> Option<String> {
        match *self {
            Value::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Real(number) => Some(number.to_string()),
            Value::Null | Value::Blob(_) => None,
        }
    }
}

/// What kind of page a cell stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    LeafTable,
    InteriorTable,
    LeafIndex,
    InteriorIndex,
}

impl Kind {
    pub fn of(flag: u8) -> Option<Self> {
        match flag {
            0x0d => Some(Kind::LeafTable),
            0x05 => Some(Kind::InteriorTable),
            0x0a => Some(Kind::LeafIndex),
            0x02 => Some(Kind::InteriorIndex),
            _ => None,
        }
    }

    pub fn is_leaf(self) -> bool {
        matches!(self, Kind::LeafTable | Kind::LeafIndex)
    }
}

/// Where a cell's parts stand on its page.
#[derive(Clone, Debug)]
pub struct Layout {
    pub child: Option<u32>,
    pub rowid: i64,
    /// The payload's length, most of which may be elsewhere.
    pub total: u64,
    pub local: Range<usize>,
    pub overflow: Option<u32>,
    /// The whole cell.
    pub span: Range<usize>,
}

/// Reads where things stand in the cell at `at`; `None` if it does not fit its page.
pub fn layout(page: &[u8], at: usize, kind: Kind, usable: usize) -> Option<Layout> {
    let mut cursor = at;
    let mut child = None;
    if !kind.is_leaf() {
        child = Some(be32(page.get(cursor..cursor + 4)?, 0));
        cursor += 4;
    }
    let mut next = || {
        let (value, len) = varint(page.get(cursor..)?)?;
        cursor += len;
        Some(value)
    };
    let total = if kind == Kind::InteriorTable { 0 } else { next()? };
    let rowid = if matches!(kind, Kind::LeafTable | Kind::InteriorTable) { next()? as i64 } else { 0 };
    let here = local_len(total, kind, usable);
    let local = cursor..cursor + here;
    let is_split = (here as u64) < total;
    let end = local.end + if is_split { 4 } else { 0 };
    let overflow = if is_split { Some(be32(page.get(local.end..end)?, 0)) } else { None };
    (end <= page.len()).then_some(Layout { child, rowid, total, local, overflow, span: at..end })
}

/// How much of a payload stands on the page itself (fileformat2, "Cell payload overflow pages").
fn local_len(total: u64, kind: Kind, usable: usize) -> usize {
    let most = match kind {
        Kind::LeafTable => usable - 35,
        Kind::LeafIndex | Kind::InteriorIndex => (usable - 12) * 64 / 255 - 23,
        Kind::InteriorTable => return 0,
    };
    if total <= most as u64 {
        return total as usize;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let even = least + ((total - least as u64) % (usable as u64 - 4)) as usize;
    if even <= most { even } else { least }
}

/// Puts the payload together.
pub fn payload(
    pager: &mut Pager<'_>,
    page: &[u8],
    layout: &Layout,
    reached: &mut Reached,
) -> Result<Cell, Error> {
    let wanted = layout.total.min(pager.limit as u64) as usize;
    let mut cell = Cell { rowid: layout.rowid, ..Cell::default() };
    cell.payload
        .extend_from_slice(&page[layout.local.start..layout.local.end.min(layout.local.start + wanted)]);
    let mut next = layout.overflow;
    let mut left = layout.total - layout.local.len() as u64;
    while let Some(number) = next.filter(|number| *number != 0) {
        let Some(page) = pager.page(number)? else { break };
        // A chain that comes back to itself ends where the payload does.
        if left == 0 {
            break;
        }
        let len = left.min(pager.usable as u64 - 4) as usize;
        let room = wanted - cell.payload.len();
        cell.payload.extend_from_slice(&page.bytes[4..4 + len.min(room)]);
        left -= len as u64;
        reached.overflow(&page, number, 4 + len);
        next = Some(be32(&page.bytes, 0));
    }
    cell.missing = layout.total - cell.payload.len() as u64;
    Ok(cell)
}

/// The values of a record. A record cut short gives the values that are whole, and the start of the one that is cut.
pub fn values(payload: &[u8]) -> Vec<Value<'_>> {
    let mut values = Vec::new();
    let Some((header_len, first)) = varint(payload) else { return values };
    let header_end = (header_len as usize).min(payload.len());
    let (mut at, mut body) = (first, header_end);
    while at < header_end {
        let Some((serial, len)) = varint(&payload[at..header_end]) else { break };
        at += len;
        let Some((value, len)) = value(serial, payload.get(body..).unwrap_or_default()) else { break };
        values.push(value);
        body = body.saturating_add(len);
    }
    values
}

fn value(serial: u64, bytes: &[u8]) -> Option<(Value<'_>, usize)> {
    let integer = |len: usize| {
        let raw = bytes.get(..len)?;
        let negative = raw.first().is_some_and(|byte| byte & 0x80 != 0);
        let start: i64 = if negative { -1 } else { 0 };
        Some((Value::Integer(raw.iter().fold(start, |sum, byte| sum << 8 | i64::from(*byte))), len))
    };
    match serial {
        0 => Some((Value::Null, 0)),
        1..=4 => integer(serial as usize),
        5 => integer(6),
        6 => integer(8),
        7 => {
            let eight: [u8; 8] = bytes.get(..8)?.try_into().ok()?;
            Some((Value::Real(f64::from_be_bytes(eight)), 8))
        }
        8 => Some((Value::Integer(0), 0)),
        9 => Some((Value::Integer(1), 0)),
        10 | 11 => None,
        _ => {
            let len = usize::try_from((serial - 12) / 2).ok()?;
            let there = &bytes[..len.min(bytes.len())];
            let value = if serial.is_multiple_of(2) { Value::Blob(there) } else { Value::Text(there) };
            Some((value, len))
        }
    }
}

/// A number of one to nine bytes, and how many they were.
pub fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (index, &byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some((value << 8 | u64::from(byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_are_read() {
        assert_eq!(varint(&[0x05]), Some((5, 1)));
        assert_eq!(varint(&[0x81, 0x00]), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0x80]), None);
        assert_eq!(varint(&[]), None);
    }

    #[test]
    fn a_record_cut_short_gives_what_there_is() {
        // Header of 4 bytes: NULL, the integer -2 in one byte, a text of 5 bytes of which 3 are there.
        let record = [4, 0, 1, 23, 0xfe, b'a', b'b', b'c'];
        assert_eq!(values(&record), [Value::Null, Value::Integer(-2), Value::Text(b"abc")]);
        assert_eq!(values(&[]), []);
        assert_eq!(values(&[200, 200, 200]), []);
    }
}
