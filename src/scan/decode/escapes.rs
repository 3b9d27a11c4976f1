//! Text spelled in escapes: `%5F`, `\u005f`, `\x5f`, `&#95;`.
//!
//! A value whose own characters are spelled is put together by `chain`; this is for lines in which the names
//! are spelled too, so that nothing in front of the value can be read as it stands.

use crate::model::{Layer, OffsetMap};
use crate::scan::decode::Decoded;
use crate::scan::joints::spelling;
use crate::scan::view::Back;
use std::ops::Range;

/// How much of a line around an escape is read. Ten times as much in front would still be one line of a URL
/// log; behind stands the value itself, which may be a tunnel token of six letters an escape.
const BEFORE: usize = 1200;
const BEHIND: usize = 4800;

/// The line around the escape at `at`, escapes undone.
pub(crate) fn line(text: &[u8], at: usize) -> Option<Decoded> {
    let region = line_region(text, at);
    let mut out = Vec::with_capacity(region.len());
    let mut map = OffsetMap::new();
    let mut layers: Vec<Layer> = Vec::new();
    let mut from = region.start;
    while from < region.end {
        let rest = &text[from..region.end];
        let plain = memchr::memchr3(b'\\', b'%', b'&', rest).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        map.copied(from, plain);
        from += plain;
        let Some(rest) = text.get(from..region.end).filter(|rest| !rest.is_empty()) else { break };
        match spelling(rest) {
            Some((len, byte, layer)) => {
                out.push(byte);
                map.push(from, len, 1, 1, len.min(255) as u8);
                from += len;
                if !layers.contains(&layer) {
                    layers.push(layer);
                }
            }
            None => {
                out.push(rest[0]);
                map.copied(from, 1);
                from += 1;
            }
        }
    }
    (!layers.is_empty()).then_some(Decoded { text: out, back: Back::Map(map), layers, region })
}

fn line_region(text: &[u8], at: usize) -> Range<usize> {
    let (floor, ceiling) = (at.saturating_sub(BEFORE), text.len().min(at + BEHIND));
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |index| floor + index + 1);
    let end = memchr::memchr(b'\n', &text[at..ceiling]).map_or(ceiling, |index| at + index);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape_is_undone_and_maps_back() {
        let table = [
            ("x\n{\"a\":\"CF\\u005fKEY\\u003dv\"}\ny", "{\"a\":\"CF_KEY=v\"}"),
            ("%43%46%5F%4b%45%59%3dv", "CF_KEY=v"),
            ("CF%255FKEY%253Dv", "CF_KEY=v"),
            ("&#67;&#70;&#95;KEY&#x3d;&quot;v", "CF_KEY=\"v"),
            ("\\x43\\x46\\x5f\\u{4b}\\105Y\\x3dv", "CF_KEY=v"),
        ];
        for (text, expected) in table {
            let at = memchr::memchr3(b'\\', b'%', b'&', text.as_bytes()).unwrap_or(0);
            let found = line(text.as_bytes(), at).expect("has escapes");
            assert_eq!(String::from_utf8_lossy(&found.text), expected, "{text}");
            let last = found.text.iter().rposition(|&byte| byte == b'v').unwrap_or(0);
            assert_eq!(&text.as_bytes()[found.back.span(last..last + 1)], b"v", "{text}");
        }
    }

    #[test]
    fn plain_text_is_not_decoded() {
        assert!(line(b"100 % of a & b \\", 0).is_none());
    }
}
