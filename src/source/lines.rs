//! Line ends: where a byte stands, for people, without reading anything twice.

use crate::model::Position;

/// How text is spelled in bytes, as far as line ends are concerned. In UTF-16 a line end is a code unit: counting
/// its byte would also count the second half of 上 (U+4E0A).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Bytes,
    Utf16le,
    Utf16be,
}

/// Enough of a file to see whether it is UTF-16 without a mark.
const LOOK: usize = 1024;

impl Encoding {
    /// Judged by the byte order mark, else by where the zero bytes of a mostly Latin text stand.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => return Encoding::Utf16le,
            [0xfe, 0xff, ..] => return Encoding::Utf16be,
            _ => {}
        }
        let (units, _) = head[..head.len().min(LOOK)].as_chunks::<2>();
        let zeros_first = units.iter().filter(|unit| unit[0] == 0).count();
        let zeros_second = units.iter().filter(|unit| unit[1] == 0).count();
        let most = units.len() * 7 / 10;
        let few = units.len() / 10;
        if zeros_second > most && zeros_first <= few {
            Encoding::Utf16le
        } else if zeros_first > most && zeros_second <= few {
            Encoding::Utf16be
        } else {
            Encoding::Bytes
        }
    }

    /// The length of one character that ends a line.
    fn width(self) -> usize {
        match self {
            Encoding::Bytes => 1,
            Encoding::Utf16le | Encoding::Utf16be => 2,
        }
    }
}

pub const START: Position = Position { line: 1, column: 1 };

/// What a stretch of text does to a position. Stretches are counted apart and applied in order, so the pieces of a
/// file may be counted on any thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Advance {
    line_ends: u64,
    /// Bytes after the last line end, or all of them.
    tail: u64,
}

impl Advance {
    /// A stretch of UTF-16 must begin with a whole code unit.
    pub fn over(text: &[u8], encoding: Encoding) -> Self {
        let line_end: [u8; 2] = match encoding {
            Encoding::Bytes => {
                let line_ends = memchr::memchr_iter(b'\n', text).count() as u64;
                let tail = memchr::memrchr(b'\n', text).map_or(text.len(), |last| text.len() - last - 1);
                return Advance { line_ends, tail: tail as u64 };
            }
            Encoding::Utf16le => [b'\n', 0],
            Encoding::Utf16be => [0, b'\n'],
        };
        let (units, _) = text.as_chunks::<2>();
        let line_ends = units.iter().filter(|unit| **unit == line_end).count() as u64;
        let last = units.iter().rposition(|unit| *unit == line_end);
        let tail = last.map_or(text.len(), |last| text.len() - (last + 1) * encoding.width());
        Advance { line_ends, tail: tail as u64 }
    }

    pub fn from(self, at: Position) -> Position {
        match self.line_ends {
            0 => Position { line: at.line, column: at.column + self.tail },
            ends => Position { line: at.line + ends, column: 1 + self.tail },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, spell: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(spell).collect()
    }

    #[test]
    fn positions_are_those_of_an_editor() {
        let table: [(&[u8], u64, u64); 5] =
            [(b"", 1, 1), (b"ab", 1, 3), (b"ab\n", 2, 1), (b"\n\nabc", 3, 4), (b"a\r\nb", 2, 2)];
        for (text, line, column) in table {
            assert_eq!(Advance::over(text, Encoding::Bytes).from(START), Position { line, column });
        }
    }

    #[test]
    fn utf16_lines_are_lines_of_text() {
        let text = "上上\nx"; // U+4E0A holds the byte of a line end
        for (encoding, spell) in [
            (Encoding::Utf16le, u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (Encoding::Utf16be, u16::to_be_bytes as fn(u16) -> [u8; 2]),
        ] {
            let bytes = utf16(text, spell);
            assert_eq!(Advance::over(&bytes, encoding).from(START), Position { line: 2, column: 3 });
        }
    }

    #[test]
    fn encodings_are_told_apart() {
        let text = "NAME=value of some length\r\n";
        let table = [
            (text.as_bytes().to_vec(), Encoding::Bytes),
            (utf16(text, u16::to_le_bytes), Encoding::Utf16le),
            (utf16(text, u16::to_be_bytes), Encoding::Utf16be),
            (utf16("\u{feff}上", u16::to_le_bytes), Encoding::Utf16le),
            (utf16("\u{feff}上", u16::to_be_bytes), Encoding::Utf16be),
            (vec![0; 512], Encoding::Bytes),
            (Vec::new(), Encoding::Bytes),
        ];
        for (bytes, encoding) in table {
            assert_eq!(Encoding::of(&bytes), encoding, "{bytes:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn two_stretches_are_one(text in "[ab\n]{0,40}", cut in 0usize..40) {
            let text = text.as_bytes();
            let (left, right) = text.split_at(cut.min(text.len()));
            let apart = Advance::over(right, Encoding::Bytes).from(Advance::over(left, Encoding::Bytes).from(START));
            proptest::prop_assert_eq!(apart, Advance::over(text, Encoding::Bytes).from(START));
        }
    }
}
