//! Line numbers that a tool printed before each line of a file.
//!
//! They stand between the lines of a key, and a `12-` touches the value behind it (SURFACES.md 1.0).

use crate::source::json::Text;
use std::ops::Range;

/// Takes the gutter off the text behind `from`, if it has one on every line.
pub fn strip(text: &mut Text, from: usize) {
    let Some(gutters) = find(&text.bytes[from..]) else { return };
    let old = text.clone();
    text.truncate(from);
    let mut at = from;
    for gutter in gutters {
        text.copy(old.origin(), at..from + gutter.start);
        at = from + gutter.end;
    }
    text.copy(old.origin(), at..old.len());
}

/// The gutters of all lines. Reminders and notes that a tool puts before or behind a listing have none.
fn find(text: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut style = None;
    let mut gutters: Vec<Range<usize>> = Vec::new();
    let mut previous = 0;
    let mut at = 0;
    let (mut lines, mut plain) = (0, 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match gutter(line) {
            Some(found) if style.is_none_or(|style| style == found.mark) && found.number > previous => {
                style = Some(found.mark);
                previous = found.number;
                gutters.push(at..at + found.len);
                lines += 1;
            }
            Some(_) | None => {
                plain += usize::from(!line.trim_ascii().is_empty());
                // Ordinary text has no line number in its first lines; decide early.
                if lines == 0 && plain > 3 {
                    return None;
                }
            }
        }
        at += line.len();
    }
    (lines > 0 && plain <= lines.max(3)).then_some(gutters)
}

struct Gutter {
    len: usize,
    number: u64,
    mark: &'static [u8],
}

/// `   12→`, `12⇥`, `12|`, `12:` or `12-`: what Read, `cat -n`, Cursor, Cline and `grep -n` print.
fn gutter(line: &[u8]) -> Option<Gutter> {
    let blanks = line.iter().take_while(|byte| **byte == b' ').count();
    let digits = line[blanks..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > 7 || blanks > 8 {
        return None;
    }
    let number =
        line[blanks..blanks + digits].iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    let rest = &line[blanks + digits..];
    // A time of day or a range of numbers is no gutter.
    let is_number_again = rest.get(1).is_some_and(u8::is_ascii_digit);
    let mark: &'static [u8] = match rest {
        [0xe2, 0x86, 0x92, ..] => "→".as_bytes(),
        [b'\t', ..] => b"\t",
        [b'|', ..] => b"|",
        // grep marks hits with a colon and the lines around them with a dash.
        [b':' | b'-', ..] if !is_number_again => b":",
        _ => return None,
    };
    Some(Gutter { len: blanks + digits + mark.len(), number, mark })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::json::Origin;

    #[test]
    fn numbered_lines_lose_their_numbers_and_others_keep_them() {
        let table = [
            ("     1→A=b\n     2→C=d\n", "A=b\nC=d\n"),
            ("1\tA\n2\tB", "A\nB"),
            ("10| x\n11| y\n", " x\n y\n"),
            ("3:one\n4-two\n7:three\n", "one\ntwo\nthree\n"),
            (
                "     1→A\n\n<system-reminder>note</system-reminder>\n",
                "A\n\n<system-reminder>note</system-reminder>\n",
            ),
            ("12:30:05 started\n", "12:30:05 started\n"),
            ("total 3\n1 a\n", "total 3\n1 a\n"),
            ("plain\ntext\n", "plain\ntext\n"),
        ];
        for (input, want) in table {
            let mut text = Text::default();
            text.copy(Origin::raw(input.as_bytes()), 0..input.len());
            strip(&mut text, 0);
            assert_eq!(String::from_utf8_lossy(&text.bytes), want, "{input}");
        }
    }

    #[test]
    fn what_is_left_maps_back() {
        let input = b"x: 1|ab\n2|cd";
        let mut text = Text::default();
        text.copy(Origin::raw(input), 0..input.len());
        strip(&mut text, 3);
        assert_eq!(text.bytes, b"x: ab\ncd");
        assert_eq!(text.map.raw_span(3..5), 5..7);
        assert_eq!(text.map.raw_span(6..8), 10..12);
    }
}
