//! Line and column of a place, for people.

use crate::model::{Layer, Position, Raw};

/// How lines end in the raw bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    Bytes,
    /// UTF-16: a line feed is two bytes, and its byte alone may be half of another character.
    Wide(Layer),
}

/// Counts lines up to ascending offsets, each byte once.
pub(crate) struct Counter<'a> {
    raw: Raw<'a>,
    lines: Lines,
    counted: usize,
    at: Position,
    line_start: Option<usize>,
}

impl<'a> Counter<'a> {
    pub(crate) fn new(raw: Raw<'a>, lines: Lines) -> Self {
        Counter { raw, lines, counted: 0, at: raw.at, line_start: None }
    }

    /// The position of the raw byte at `offset`, which must not be smaller than the one asked before.
    pub(crate) fn position(&mut self, offset: usize) -> Position {
        let offset = offset.min(self.raw.bytes.len());
        for found in memchr::memchr_iter(b'\n', &self.raw.bytes[self.counted..offset]) {
            let feed = self.counted + found;
            if self.is_line_end(feed) {
                self.at.line += 1;
                self.line_start = Some(feed + self.feed_len());
            }
        }
        self.counted = offset.max(self.counted);
        let column = match self.line_start {
            Some(start) => offset.saturating_sub(start) as u64 + 1,
            None => self.raw.at.column + offset as u64,
        };
        Position { line: self.at.line, column }
    }

    fn is_line_end(&self, feed: usize) -> bool {
        let other = |index: Option<usize>| index.and_then(|index| self.raw.bytes.get(index)) == Some(&0);
        let even = (self.raw.offset + feed as u64).is_multiple_of(2);
        match self.lines {
            Lines::Bytes => true,
            Lines::Wide(Layer::Utf16be) => !even && other(feed.checked_sub(1)),
            Lines::Wide(_) => even && other(Some(feed + 1)),
        }
    }

    fn feed_len(&self) -> usize {
        match self.lines {
            Lines::Bytes | Lines::Wide(Layer::Utf16be) => 1,
            Lines::Wide(_) => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(bytes: &[u8]) -> Raw<'_> {
        Raw { bytes, offset: 0, at: Position { line: 1, column: 1 } }
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let mut counter = Counter::new(raw(b"ab\ncd\n\ne"), Lines::Bytes);
        let positions: Vec<_> =
            [0, 1, 3, 4, 7].map(|at| counter.position(at)).map(|p| (p.line, p.column)).into();
        assert_eq!(positions, [(1, 1), (1, 2), (2, 1), (2, 2), (4, 1)]);
    }

    #[test]
    fn utf16_lines_are_lines_of_text() {
        let bytes: Vec<u8> = "a\nਊb".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut counter = Counter::new(raw(&bytes), Lines::Wide(Layer::Utf16le));
        assert_eq!(counter.position(6), Position { line: 2, column: 3 });
    }
}
