use crate::model::OffsetMap;
use memchr::memchr;
use std::ops::Range;

/// Bytes to take text from, and how they map to the raw window if they were decoded already.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    pub bytes: &'a [u8],
    pub map: Option<&'a OffsetMap>,
}

impl<'a> Origin<'a> {
    pub fn raw(bytes: &'a [u8]) -> Self {
        Origin { bytes, map: None }
    }

    pub fn raw_span(&self, range: Range<usize>) -> Range<usize> {
        match self.map {
            Some(map) => map.raw_span(range),
            None => range,
        }
    }
}

/// Decoded text under construction, with its way back to the raw window.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub bytes: Vec<u8>,
    pub map: OffsetMap,
}

impl Text {
    pub fn with_capacity(bytes: usize) -> Self {
        Text { bytes: Vec::with_capacity(bytes), map: OffsetMap::new() }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn origin(&self) -> Origin<'_> {
        Origin { bytes: &self.bytes, map: Some(&self.map) }
    }

    /// Takes bytes as they are.
    pub fn copy(&mut self, from: Origin<'_>, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        match from.map {
            Some(map) => self.map.append(map, range.clone()),
            None => self.map.copied(range.start, range.len()),
        }
        self.bytes.extend_from_slice(&from.bytes[range]);
    }

    /// Adds words that stand for the bytes `range`: an escape undone, or a space for the marks between arguments.
    pub fn replace(&mut self, from: Origin<'_>, range: Range<usize>, words: &[u8]) {
        if words.is_empty() {
            return;
        }
        let raw = from.raw_span(range);
        // An escape under four layers has some dozen bytes; more than 255 would need escapes of escapes of escapes.
        let per_raw = raw.len().min(255);
        let per_text = words.len().min(255);
        self.map.push(raw.start, per_raw, words.len(), per_text as u8, per_raw as u8);
        self.bytes.extend_from_slice(words);
    }

    /// Takes the inside of a JSON string, escapes undone.
    pub fn unescape(&mut self, from: Origin<'_>, range: Range<usize>) {
        let mut at = range.start;
        while let Some(found) = memchr(b'\\', &from.bytes[at..range.end]) {
            self.copy(from, at..at + found);
            at += found;
            let escape = &from.bytes[at..range.end];
            let (len, decoded) = decode_escape(escape);
            match decoded {
                Decoded::Byte(byte) => self.replace(from, at..at + len, &[byte]),
                Decoded::Char(char) => {
                    self.replace(from, at..at + len, char.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Decoded::AsIs => self.copy(from, at..at + len),
            }
            at += len;
        }
        self.copy(from, at..range.end);
    }
}

enum Decoded {
    Byte(u8),
    Char(char),
    /// Not an escape that JSON knows; kept as it stands.
    AsIs,
}

/// What the escape at the start of `bytes` stands for, and its length.
fn decode_escape(bytes: &[u8]) -> (usize, Decoded) {
    let byte = match bytes.get(1) {
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(&plain @ (b'"' | b'\\' | b'/')) => plain,
        Some(b'u') => return decode_unicode(bytes),
        Some(_) => return (2, Decoded::AsIs),
        None => return (bytes.len(), Decoded::AsIs),
    };
    (2, Decoded::Byte(byte))
}

fn decode_unicode(bytes: &[u8]) -> (usize, Decoded) {
    let Some(first) = hex4(bytes.get(2..6)) else { return (2, Decoded::AsIs) };
    if let Some(char) = char::from_u32(first) {
        return (6, Decoded::Char(char));
    }
    let second = (bytes.get(6..8) == Some(b"\\u")).then(|| hex4(bytes.get(8..12))).flatten();
    match second {
        Some(low @ 0xdc00..0xe000) if first < 0xdc00 => {
            let joined = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
            (12, Decoded::Char(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER)))
        }
        Some(_) | None => (6, Decoded::Char(char::REPLACEMENT_CHARACTER)),
    }
}

fn hex4(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0, |sum, &digit| Some(sum * 16 + char::from(digit).to_digit(16)?))
}

/// The inside of a JSON string without its escapes, where no way back is needed.
pub(super) fn unescaped(raw: &[u8]) -> Vec<u8> {
    let mut text = Text::with_capacity(raw.len());
    text.unescape(Origin::raw(raw), 0..raw.len());
    text.bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_map_back_whole() {
        let raw = br#"a\u005fb\n\"c\\d\ud83d\ude00e\q\u12"#;
        let mut text = Text::default();
        text.unescape(Origin::raw(raw), 0..raw.len());
        assert_eq!(String::from_utf8_lossy(&text.bytes), "a_b\n\"c\\d😀e\\q\\u12");
        let at = |needle: &[u8]| memchr::memmem::find(&text.bytes, needle).map(|at| at..at + needle.len());
        let spans = [("_", 1..7), ("b\n", 7..10), ("\"c", 10..13), ("😀", 16..28), ("a_b", 0..8)];
        for (needle, want) in spans {
            assert_eq!(at(needle.as_bytes()).map(|span| text.map.raw_span(span)), Some(want), "{needle}");
        }
    }

    #[test]
    fn json_in_json_maps_to_the_outermost_bytes() {
        let raw = br#"{\"k\":\"a\\u005fb\"}"#;
        let mut outer = Text::default();
        outer.unescape(Origin::raw(raw), 0..raw.len());
        assert_eq!(outer.bytes, br#"{"k":"a\u005fb"}"#);
        let mut inner = Text::default();
        inner.unescape(outer.origin(), 6..14);
        assert_eq!(inner.bytes, b"a_b");
        assert_eq!(inner.map.raw_span(0..3), 9..18);
        assert_eq!(inner.map.raw_span(1..2), 10..17);
    }
}
