//! Line numbers that a tool printed before each line of a file.
//!
//! They stand between the lines of a key, and a `12-` touches the value behind it (SURFACES.md 1.0). Looked for in the
//! text as JSON spells it, so that taking them off costs no second copy.

use memchr::memmem;
use std::ops::Range;

/// Ordinary text has no line number in its first lines.
const FIRST_LINES: usize = 4;

/// The gutters of a string's lines, if nearly every line has one: where in `raw`, the inside of a JSON string.
///
/// Reminders and notes that a tool puts before or behind a listing have none.
pub fn find(raw: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut style = None;
    let mut gutters: Vec<Range<usize>> = Vec::new();
    let mut previous = 0;
    let mut plain = 0;
    for line in lines(raw) {
        match gutter(&raw[line.clone()]) {
            Some(found) if style.is_none_or(|style| style == found.style) && found.number > previous => {
                style = Some(found.style);
                previous = found.number;
                gutters.push(line.start..line.start + found.len);
            }
            Some(_) | None => {
                plain += usize::from(!raw[line].trim_ascii().is_empty());
                if gutters.is_empty() && plain >= FIRST_LINES {
                    return None;
                }
            }
        }
    }
    (!gutters.is_empty() && plain <= gutters.len().max(FIRST_LINES - 1)).then_some(gutters)
}

/// Lines between escaped line feeds.
fn lines(raw: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut ends = memmem::find_iter(raw, b"\\n").filter(|at| !is_escaped(raw, *at));
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let end = ends.next();
        next = end.map(|end| end + 2);
        Some(start..end.unwrap_or(raw.len()))
    })
}

/// Is the backslash at `at` the second half of an escaped backslash?
fn is_escaped(raw: &[u8], at: usize) -> bool {
    raw[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Arrow,
    Tab,
    Bar,
    /// grep marks hits with a colon and the lines around them with a dash.
    Grep,
}

struct Gutter {
    len: usize,
    number: u64,
    style: Style,
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
    let (mark, style) = match rest {
        [0xe2, 0x86, 0x92, ..] => (3, Style::Arrow),
        _ if rest.starts_with(b"\\u2192") => (6, Style::Arrow),
        [b'\\', b't', ..] => (2, Style::Tab),
        [b'|', ..] => (1, Style::Bar),
        [b':' | b'-', ..] if !is_number_again => (1, Style::Grep),
        _ => return None,
    };
    Some(Gutter { len: blanks + digits + mark, number, style })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_lines_lose_their_numbers_and_others_keep_them() {
        let table = [
            (r"     1→A=b\n     2→C=d\n", r"A=b\nC=d\n"),
            (r"1\tA\n2\tB", r"A\nB"),
            (r"1\u2192A\n2\u2192B", r"A\nB"),
            (r"10| x\n11| y\n", r" x\n y\n"),
            (r"3:one\n4-two\n7:three\n", r"one\ntwo\nthree\n"),
            (r"     1→A\n\n<reminder>note</reminder>\n", r"A\n\n<reminder>note</reminder>\n"),
            (r"1→a\\n2→b\n2→c", r"a\\n2→b\nc"),
            (r"12:30:05 started\n", r"12:30:05 started\n"),
            (r"total 3\n1 a\n", r"total 3\n1 a\n"),
            (r"plain\ntext\n", r"plain\ntext\n"),
            ("", ""),
        ];
        for (raw, want) in table {
            let mut left = String::new();
            let mut at = 0;
            for gutter in find(raw.as_bytes()).unwrap_or_default() {
                left += &raw[at..gutter.start];
                at = gutter.end;
            }
            left += &raw[at..];
            assert_eq!(left, want, "{raw}");
        }
    }
}
