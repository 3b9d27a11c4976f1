//! Text in hexadecimal: one long run, a list of bytes, or the rows of a dump.

use crate::model::{Layer, OffsetMap};
use crate::scan::class::is_hex;
use crate::scan::decode::{Decoded, begins_as_text};
use crate::scan::view::Back;
use std::ops::Range;

/// A dump longer than this is scanned only so far.
const MAX_DUMP: usize = 1 << 20;
/// A list of bytes behind a name spells one value.
const MAX_LIST: usize = 4 << 10;

/// A run of hex digits that spells text.
pub(crate) fn run(text: &[u8], run: Range<usize>) -> Option<Decoded> {
    let digits = &text[run.clone()];
    let head: Vec<u8> = digits.chunks_exact(2).take(12).filter_map(byte_of).collect();
    if digits.len() < 48 || digits.len() % 2 == 1 || !begins_as_text(&head) {
        return None;
    }
    let bytes: Option<Vec<u8>> = digits.chunks_exact(2).map(byte_of).collect();
    let mut map = OffsetMap::new();
    map.push(run.start, run.len(), run.len() / 2, 1, 2);
    Some(Decoded { text: bytes?, back: Back::Map(map), layers: vec![Layer::Hex], region: run })
}

fn byte_of(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)
}

/// The bytes of a dump whose first row holds `at`: rows of `xxd`, `hexdump -C`, `od -tx1`, or a list such as
/// `0x63, 0x66` or `63:66:75`. Prose that happens to hold two hex digits is no row.
/// Says up to where it looked.
pub(crate) fn dump(text: &[u8], at: usize) -> (usize, Option<Decoded>) {
    let start = start_of_row(text, at);
    let mut dump = Dump { bytes: Vec::new(), map: OffsetMap::new() };
    let mut line_start = start;
    let limit = text.len().min(start + MAX_DUMP);
    while line_start < limit {
        let line_end =
            memchr::memchr(b'\n', &text[line_start..limit]).map_or(limit, |index| line_start + index);
        let least = if line_end - line_start < 40 { 1 } else { MIN_ROW };
        if dump.row(text, line_start..line_end) < least {
            break;
        }
        line_start = line_end + 1;
    }
    let enough = dump.bytes.len() >= 24;
    let region = start..line_start.min(text.len());
    let end = region.end.max(at + 1);
    let decoded = enough.then(|| Decoded {
        text: dump.bytes,
        back: Back::Map(dump.map),
        layers: vec![Layer::Hex],
        region,
    });
    (end, decoded)
}

/// A full row has at least this many bytes; only the last may be shorter.
const MIN_ROW: usize = 8;

/// Back over everything that may stand in a row.
fn start_of_row(text: &[u8], at: usize) -> usize {
    let in_row = |&&byte: &&u8| is_hex(byte) || matches!(byte, b' ' | b',' | b':' | b'x' | b'\\');
    at - text[at.saturating_sub(400)..at].iter().rev().take_while(in_row).count()
}

/// Bytes listed behind a name from `at` on: `0x41, 0x42`, `41 42 43`, `41:42`.
pub(crate) fn list(text: &[u8], at: usize) -> Option<Decoded> {
    let mut dump = Dump { bytes: Vec::new(), map: OffsetMap::new() };
    let mut end = at;
    while end < text.len().min(at + MAX_LIST) {
        let mark = if text[end..].starts_with(b"0x") { 2 } else { 0 };
        let Some([a, b]) = text.get(end + mark..end + mark + 2) else { break };
        if !(is_hex(*a) && is_hex(*b)) {
            break;
        }
        dump.take(text, end, mark + 2, end + mark);
        end += mark + 2;
        let gap = text[end..].iter().take(8).take_while(|byte| b" ,:\r\n\t".contains(byte)).count();
        if gap == 0 {
            break;
        }
        end += gap;
    }
    let enough = dump.bytes.len() >= 24 && begins_as_text(&dump.bytes);
    enough.then(|| Decoded {
        text: dump.bytes,
        back: Back::Map(dump.map),
        layers: vec![Layer::Hex],
        region: at..end,
    })
}

struct Dump {
    bytes: Vec<u8>,
    map: OffsetMap,
}

impl Dump {
    /// Takes the bytes of one row; says how many there were.
    fn row(&mut self, text: &[u8], line: Range<usize>) -> usize {
        let mut at = line.start + offset_column(&text[line.clone()]);
        let before = self.bytes.len();
        while at < line.end {
            match &text[at..line.end] {
                // The text column: `xxd` and `od` put two blanks in front of it.
                [b' ', b' ', rest @ ..] if self.bytes.len() > before && !starts_with_byte(rest) => break,
                [b'0' | b'\\', b'x', a, b, ..] if is_hex(*a) && is_hex(*b) => {
                    self.take(text, at, 4, at + 2);
                    at += 4;
                }
                [a, b, ..] if is_hex(*a) && is_hex(*b) => {
                    self.take(text, at, 2, at);
                    at += 2;
                }
                [b' ' | b',' | b':' | b'\t' | b'\r', ..] => at += 1,
                _ => break,
            }
        }
        self.bytes.len() - before
    }

    fn take(&mut self, text: &[u8], at: usize, len: usize, digits: usize) {
        if let Some(byte) = byte_of(&text[digits..digits + 2]) {
            self.bytes.push(byte);
            self.map.push(at, len, 1, 1, len as u8);
        }
    }
}

fn starts_with_byte(rest: &[u8]) -> bool {
    matches!(rest, [a, b, after, ..] if is_hex(*a) && is_hex(*b) && matches!(after, b' ' | b'\n'))
}

/// `00000010: `, `0000010  `: the length of a row's offset.
fn offset_column(line: &[u8]) -> usize {
    let blanks = line.iter().take(16).take_while(|&&byte| byte == b' ').count();
    let digits = line[blanks..].iter().take(16).take_while(|&&byte| is_hex(byte)).count();
    match line.get(blanks + digits..) {
        Some([b':', b' ', ..]) if digits >= 4 => blanks + digits + 2,
        Some([b' ', ..]) if digits >= 6 => blanks + digits + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dumps_of_every_tool_decode() {
        let xxd = "00000000: 746f 6b65 6e3d 4142 4344 4546 4748 494a  token=ABCDEFGHIJ\n\
                   00000010: 4b4c 4d4e 4f50 5152 5354 5556            KLMNOPQRSTUV\n\nafter";
        let hexdump = "00000000  74 6f 6b 65 6e 3d 41 42  43 44 45 46 47 48 49 4a  |token=ABCDEFGHIJ|\n\
                       00000010  4b 4c 4d 4e 4f 50 51 52  53 54 55 56              |KLMNOPQRSTUV|\n";
        let list = "char t[] = { 0x74, 0x6f, 0x6b, 0x65, 0x6e, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,\n\
                    0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56 };";
        let colons = "74:6f:6b:65:6e:3d:41:42:43:44:45:46:47:48:49:4a:4b:4c:4d:4e:4f:50:51:52:53:54:55:56";
        for text in [xxd, hexdump, colons] {
            let found = dump(text.as_bytes(), 0).1.expect("decodes");
            assert_eq!(String::from_utf8_lossy(&found.text), "token=ABCDEFGHIJKLMNOPQRSTUV", "{text}");
        }
        let found = dump(list.as_bytes(), 14).1.expect("decodes");
        assert!(String::from_utf8_lossy(&found.text).ends_with("token=ABCDEFGHIJKLMNOPQRSTUV"));
    }

    #[test]
    fn a_list_of_bytes_decodes_up_to_its_end() {
        let bytes: Vec<u8> = (b'A'..b'A' + 26).collect();
        for (joint, mark) in [(", ", "0x"), (" ", ""), (":", ""), (",\n  ", "0x")] {
            let items: Vec<String> = bytes.iter().map(|byte| format!("{mark}{byte:02x}")).collect();
            let text = format!("= {} }};", items.join(joint));
            let found = list(text.as_bytes(), 2).expect("decodes");
            assert_eq!(found.text, bytes, "{text}");
        }
        assert!(list(b"41 rows were deleted", 0).is_none());
    }

    #[test]
    fn a_run_of_digits_decodes_if_it_spells_text() {
        let text = data_encoding::HEXLOWER.encode(b"CLOUDFLARE_API_TOKEN=abc");
        assert!(run(text.as_bytes(), 0..text.len()).is_some());
        let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        assert!(run(digest.as_bytes(), 0..64).is_none());
    }
}
