//! Text in protobuf messages whose schema is not known.

use std::ops::Range;

/// Messages in messages; real ones are a handful deep.
const MAX_DEPTH: usize = 24;

/// The strings of a message, in order. `None` if the bytes are no message from start to end.
pub fn strings(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    message(bytes, 0, 0, &mut found)?;
    (!found.is_empty()).then_some(found)
}

fn message(bytes: &[u8], base: usize, depth: usize, found: &mut Vec<Range<usize>>) -> Option<()> {
    let mut at = 0;
    while at < bytes.len() {
        let (tag, len) = varint(&bytes[at..])?;
        at += len;
        if tag >> 3 == 0 || tag >> 3 > 1 << 29 {
            return None;
        }
        at += match tag & 7 {
            0 => varint(&bytes[at..])?.1,
            1 => 8,
            2 => {
                let (len, width) = varint(&bytes[at..])?;
                let start = at + width;
                let end = start.checked_add(usize::try_from(len).ok()?)?;
                field(bytes.get(start..end)?, base + start, depth, found);
                end - at
            }
            5 => 4,
            _ => return None,
        };
    }
    (at == bytes.len()).then_some(())
}

/// A field is text if it reads like text, else a message if it is one, else bytes of some other kind.
fn field(bytes: &[u8], base: usize, depth: usize, found: &mut Vec<Range<usize>>) {
    let span = base..base + bytes.len();
    if is_text(bytes) {
        found.push(span);
        return;
    }
    let before = found.len();
    if depth >= MAX_DEPTH || message(bytes, base, depth + 1, found).is_none() {
        found.truncate(before);
        found.push(span);
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let is_odd = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b);
    !bytes.is_empty() && !bytes.iter().any(is_odd) && std::str::from_utf8(bytes).is_ok()
}

fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(7 * index as u32)?;
        if byte < &0x80 {
            return Some((value, index + 1));
        }
    }
    None
}

#[cfg(test)]
pub(super) fn string_field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut len = content.len();
    while len >= 0x80 {
        field.push(len as u8 | 0x80);
        len >>= 7;
    }
    field.push(len as u8);
    field.extend_from_slice(content);
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_in_messages_in_messages() {
        let inner = [string_field(1, b"hello"), vec![0x10, 0x96, 0x01], string_field(3, b"world\n")].concat();
        let outer =
            [string_field(1, &inner), vec![0x25, 1, 2, 3, 4], string_field(2, "é".as_bytes())].concat();
        let found = strings(&outer).unwrap_or_default();
        let texts: Vec<_> = found.iter().map(|span| String::from_utf8_lossy(&outer[span.clone()])).collect();
        assert_eq!(texts, ["hello", "world\n", "é"]);
    }

    #[test]
    fn other_bytes_are_no_message() {
        let table: [&[u8]; 4] = [b"", b"plain text, no message", &[0xff; 40], &[0x0a, 0x7f, 1]];
        for bytes in table {
            assert_eq!(strings(bytes), None, "{bytes:?}");
        }
    }
}
