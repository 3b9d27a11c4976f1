//! What runners write before and into the lines of a log.

use memchr::{memchr, memmem};
use std::ops::Range;

/// A time at the start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub len: usize,
    /// Of the fraction of a second.
    pub digits: usize,
    pub is_utc: bool,
}

/// `2025-04-07T12:57:33.2904078Z`, without what stands behind it.
pub fn timestamp(line: &[u8]) -> Option<Stamp> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let head = line.get(..SHAPE.len())?;
    let fits = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        mark => byte == mark,
    });
    if !fits {
        return None;
    }
    let rest = &line[SHAPE.len()..];
    let digits = match rest.first() {
        Some(b'.') => rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let at = SHAPE.len() + if digits > 0 { digits + 1 } else { 0 };
    match line.get(at)? {
        b'Z' => Some(Stamp { len: at + 1, digits, is_utc: true }),
        b'+' | b'-' if line.get(at + 3) == Some(&b':') => Some(Stamp { len: at + 6, digits, is_utc: false }),
        _ => None,
    }
}

/// ` 00O ` or ` 01E+`: the length, the stream, and whether the line continues the one before it.
pub fn gitlab_stream(rest: &[u8]) -> Option<(usize, [u8; 3], bool)> {
    match rest {
        [b' ', one, two, kind @ (b'O' | b'E'), flag @ (b' ' | b'+'), ..]
            if one.is_ascii_hexdigit() && two.is_ascii_hexdigit() =>
        {
            Some((5, [*one, *two, *kind], *flag == b'+'))
        }
        [b' ', one, two, kind @ (b'O' | b'E')] if one.is_ascii_hexdigit() && two.is_ascii_hexdigit() => {
            Some((4, [*one, *two, *kind], false))
        }
        _ => None,
    }
}

/// ` stdout F ` or ` stderr P `: the length, the stream, and whether the line is all there.
pub fn kubernetes_stream(rest: &[u8]) -> Option<(usize, [u8; 3], bool)> {
    let (stream, tail) = match rest {
        [b' ', b's', b't', b'd', b'o', b'u', b't', b' ', tail @ ..] => (*b"out", tail),
        [b' ', b's', b't', b'd', b'e', b'r', b'r', b' ', tail @ ..] => (*b"err", tail),
        _ => return None,
    };
    match tail {
        [b'F', b' ', ..] => Some((10, stream, true)),
        [b'P', b' ', ..] => Some((10, stream, false)),
        // Tags may follow the flag: `P:tag`.
        [flag @ (b'F' | b'P'), b':', more @ ..] => Some((11 + memchr(b' ', more)?, stream, *flag == b'F')),
        _ => None,
    }
}

/// `#12 3.456 ` or `#12 `: the length of what BuildKit puts before a line.
pub fn docker_step(line: &[u8]) -> Option<usize> {
    let digits = line.strip_prefix(b"#")?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let at = 1 + digits;
    if digits == 0 || line.get(at) != Some(&b' ') {
        return None;
    }
    let rest = &line[at + 1..];
    let seconds = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let is_time = seconds >= 3 && rest[..seconds].contains(&b'.') && rest.get(seconds) == Some(&b' ');
    Some(if is_time { at + 1 + seconds + 1 } else { at + 1 })
}

/// Marks in the middle of a line: Buildkite's times and Jenkins' notes.
#[derive(Clone, Copy, Debug)]
pub enum Inline {
    /// `ESC _bk;t=1744030653290 BEL`
    Buildkite,
    /// `ESC [8mha:////<base64> ESC [0m`
    Jenkins,
}

impl Inline {
    fn open(self) -> &'static [u8] {
        match self {
            Inline::Buildkite => b"\x1b_bk;",
            Inline::Jenkins => b"\x1b[8mha:",
        }
    }

    fn close(self) -> &'static [u8] {
        match self {
            Inline::Buildkite => b"\x07",
            Inline::Jenkins => b"\x1b[0m",
        }
    }

    /// What is left of `line` without the marks.
    pub fn strip(self, bytes: &[u8], line: Range<usize>) -> Vec<Range<usize>> {
        let mut kept = Vec::new();
        let mut at = line.start;
        while let Some(found) = memmem::find(&bytes[at..line.end], self.open()) {
            if found > 0 {
                kept.push(at..at + found);
            }
            let inside = at + found + self.open().len();
            at = match memmem::find(&bytes[inside..line.end], self.close()) {
                Some(len) => inside + len + self.close().len(),
                // A mark that does not end is text.
                None => {
                    kept.push(at + found..line.end);
                    return kept;
                }
            };
        }
        if at < line.end {
            kept.push(at..line.end);
        }
        kept
    }
}

/// A section of a GitLab trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section<'a> {
    Start(&'a [u8]),
    End,
}

/// `ESC[0K section_start:1560896352:name[collapsed=true]\r ESC[0K` at the start of a line: its length and the section.
pub fn gitlab_section(line: &[u8]) -> Option<(usize, Section<'_>)> {
    let skipped = if line.starts_with(b"\x1b[0K") { 4 } else { 0 };
    let rest = &line[skipped..];
    let is_start = rest.starts_with(b"section_start:");
    if !is_start && !rest.starts_with(b"section_end:") {
        return None;
    }
    let len = memchr(b'\r', rest).unwrap_or(rest.len());
    let name = rest[..len].splitn(3, |byte| *byte == b':').nth(2).unwrap_or_default();
    let name = &name[..memchr(b'[', name).unwrap_or(name.len())];
    let mut end = skipped + (len + 1).min(rest.len());
    if line[end..].starts_with(b"\x1b[0K") {
        end += 4;
    }
    Some((end, if is_start { Section::Start(name) } else { Section::End }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_their_shape() {
        let stamp =
            |line: &str| timestamp(line.as_bytes()).map(|stamp| (stamp.len, stamp.digits, stamp.is_utc));
        let table = [
            ("2025-04-07T12:57:33.2904078Z x", Some((28, 7, true))),
            ("2025-04-07T12:57:33Z", Some((20, 0, true))),
            ("2025-04-07T12:57:33.290407800+02:00 x", Some((35, 9, false))),
            ("2025-04-07 12:57:33", None),
            ("2025-04-07T12:57:33", None),
            ("", None),
        ];
        for (line, want) in table {
            assert_eq!(stamp(line), want, "{line}");
        }
    }

    #[test]
    fn marks_in_a_line_are_cut_out() {
        let table = [
            (Inline::Buildkite, "\x1b_bk;t=1\x07ab\x1b_bk;t=2\x07cd", "ab|cd"),
            (Inline::Jenkins, "ab\x1b[8mha:////4AA=\x1b[0mcd", "ab|cd"),
            (Inline::Jenkins, "ab\x1b[8mha:////4AA=", "ab|\x1b[8mha:////4AA="),
            (Inline::Buildkite, "plain", "plain"),
            (Inline::Buildkite, "", ""),
        ];
        for (inline, line, want) in table {
            let kept: Vec<&str> =
                inline.strip(line.as_bytes(), 0..line.len()).into_iter().map(|range| &line[range]).collect();
            assert_eq!(kept.join("|"), want);
        }
    }

    #[test]
    fn sections_have_names() {
        let table: [(&[u8], _); 4] = [
            (
                b"\x1b[0Ksection_start:1:get_sources\r\x1b[0KGetting",
                Some((36, Section::Start(b"get_sources"))),
            ),
            (b"section_start:1:x[collapsed=true]\rHead", Some((34, Section::Start(b"x")))),
            (b"\x1b[0Ksection_end:1:get_sources\r\x1b[0K", Some((34, Section::End))),
            (b"text", None),
        ];
        for (line, want) in table {
            assert_eq!(gitlab_section(line), want, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn steps_of_a_build_are_told_from_headings() {
        let table: [(&[u8], _); 5] = [
            (b"#12 3.456 text", Some(10)),
            (b"#12 [4/5] RUN x", Some(4)),
            (b"#12 DONE 0.1s", Some(4)),
            (b"# heading", None),
            (b"#!/bin/sh", None),
        ];
        for (line, want) in table {
            assert_eq!(docker_step(line), want, "{}", String::from_utf8_lossy(line));
        }
    }
}
