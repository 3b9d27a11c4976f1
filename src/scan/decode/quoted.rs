//! Quoted-printable, the way mail spells text that is mostly ASCII: `=3D`, and lines broken by `=`.

use crate::model::{Layer, OffsetMap};
use crate::scan::decode::Decoded;
use crate::scan::view::Back;

/// A longer body is scanned only so far.
const MAX_BODY: usize = 1 << 20;

/// The body behind a header that ends at `header`, up to the next part; and where that begins.
pub(crate) fn printable(text: &[u8], header: usize) -> (usize, Option<Decoded>) {
    let Some(body) = body_start(&text[header..]) else { return (header, None) };
    let start = header + body;
    let limit = text.len().min(start + MAX_BODY);
    let end = memchr::memmem::find(&text[start..limit], b"\n--").map_or(limit, |at| start + at);
    let mut out = Vec::with_capacity(end - start);
    let mut map = OffsetMap::new();
    let mut at = start;
    let mut spelled = false;
    while at < end {
        let plain = memchr::memchr(b'=', &text[at..end]).unwrap_or(end - at);
        out.extend_from_slice(&text[at..at + plain]);
        map.copied(at, plain);
        at += plain;
        match text[at..end] {
            [b'=', b'\r', b'\n', ..] => at += 3,
            [b'=', b'\n', ..] => at += 2,
            [b'=', high, low, ..] if is_digit(high) && is_digit(low) => {
                out.push(digit(high) * 16 + digit(low));
                map.push(at, 3, 1, 1, 3);
                at += 3;
            }
            [byte, ..] => {
                out.push(byte);
                map.copied(at, 1);
                at += 1;
                continue;
            }
            [] => break,
        }
        spelled = true;
    }
    let layers = vec![Layer::QuotedPrintable];
    (end, spelled.then_some(Decoded { text: out, back: Back::Map(map), layers, region: start..end }))
}

/// Behind the blank line that ends the headers.
fn body_start(headers: &[u8]) -> Option<usize> {
    let near = &headers[..headers.len().min(4096)];
    let found = |blank: &[u8]| memchr::memmem::find(near, blank).map(|at| at + blank.len());
    match (found(b"\n\n"), found(b"\r\n\r\n")) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)
}

fn digit(byte: u8) -> u8 {
    if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_decodes_up_to_the_next_part_and_maps_back() {
        let text =
            b"Content-Transfer-Encoding: quoted-printable\r\nX: y\r\n\r\nA=3Dlo=\r\nng =zz\n--next\nA=3D";
        let header = 43;
        let found = printable(text, header).1.expect("has escapes");
        assert_eq!(String::from_utf8_lossy(&found.text), "A=long =zz");
        let at = memchr::memmem::find(&found.text, b"ng").expect("there");
        assert_eq!(&text[found.back.span(at..at + 2)], b"ng");
        assert!(printable(b"quoted-printable\n\nplain text", 16).1.is_none());
    }
}
