//! UTF-16, both ways: whole files, and stretches inside binary files.

use crate::model::{Layer, OffsetMap};
use crate::scan::decode::Decoded;
use crate::scan::view::Back;
use std::ops::Range;

/// A stretch shorter than this many characters holds no credential.
const MIN_CHARACTERS: usize = 24;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn layer(self) -> Layer {
        match self {
            Order::Little => Layer::Utf16le,
            Order::Big => Layer::Utf16be,
        }
    }

    fn unit(self, pair: &[u8]) -> u16 {
        match self {
            Order::Little => u16::from_le_bytes([pair[0], pair[1]]),
            Order::Big => u16::from_be_bytes([pair[0], pair[1]]),
        }
    }
}

/// The whole of `text` as UTF-16, if it says so (byte order mark) or looks so: of every second byte nine in ten zero.
pub(crate) fn whole(text: &[u8]) -> Option<Decoded> {
    let order = match text {
        [0xff, 0xfe, ..] => Order::Little,
        [0xfe, 0xff, ..] => Order::Big,
        _ => looks_like(text)?,
    };
    Some(decode(text, 0..text.len() / 2 * 2, order))
}

fn looks_like(text: &[u8]) -> Option<Order> {
    let sample = &text[..text.len().min(1024) / 2 * 2];
    if sample.len() < 2 * MIN_CHARACTERS {
        return None;
    }
    let zeros =
        |odd: usize| sample.chunks_exact(2).filter(|pair| pair[odd] == 0 && pair[1 - odd] != 0).count();
    let most = sample.len() / 2 * 9 / 10;
    match (zeros(1) >= most, zeros(0) >= most) {
        (true, false) => Some(Order::Little),
        (false, true) => Some(Order::Big),
        _ => None,
    }
}

/// Line by line text stays one byte a character, so that positions in it can be counted: what is no ASCII becomes
/// a byte that ends every value.
fn decode(text: &[u8], range: Range<usize>, order: Order) -> Decoded {
    let bytes = &text[range.clone()];
    let ascii = |unit: u16| if unit < 0x80 { unit as u8 } else { 0x80 };
    let out: Vec<u8> = bytes.chunks_exact(2).map(|pair| ascii(order.unit(pair))).collect();
    let mut map = OffsetMap::new();
    map.push(range.start, range.len(), out.len(), 1, 2);
    Decoded { text: out, back: Back::Map(map), layers: vec![order.layer()], region: range }
}

/// Every stretch of UTF-16 text in bytes that are mostly something else.
pub(crate) fn stretches(text: &[u8]) -> Vec<Decoded> {
    let mut list = Vec::new();
    let mut floor = 0;
    for zero in memchr::memchr_iter(0, text) {
        if zero < floor + 1 {
            continue;
        }
        for order in [Order::Little, Order::Big] {
            let first = if order == Order::Little { zero - 1 } else { zero };
            let range = stretch(text, first, order);
            if range.len() >= 2 * MIN_CHARACTERS {
                floor = range.end;
                list.push(decode(text, range, order));
                break;
            }
        }
    }
    list
}

fn stretch(text: &[u8], start: usize, order: Order) -> Range<usize> {
    let is_text = |pair: &[u8]| {
        let unit = order.unit(pair);
        (0x20..0x7f).contains(&unit) || matches!(unit, 0x09 | 0x0a | 0x0d)
    };
    let pairs = text[start..].chunks_exact(2).take_while(|pair| is_text(pair)).count();
    start..start + pairs * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str, order: Order) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if order == Order::Little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn whole_files_decode_with_and_without_a_mark() {
        let line = "PS C:\\> $env:CLOUDFLARE_API_TOKEN = 'x' und überhaupt\r\n";
        for order in [Order::Little, Order::Big] {
            let bytes = wide(line, order);
            let found = whole(&bytes).expect("looks like it");
            assert!(String::from_utf8_lossy(&found.text).contains("CLOUDFLARE_API_TOKEN"));
            assert_eq!(found.back.span(0..2), 0..4);
            let marked = [wide("\u{feff}", order), bytes].concat();
            assert_eq!(whole(&marked).expect("has a mark").layers, [order.layer()]);
        }
        assert!(whole(line.as_bytes()).is_none());
    }

    #[test]
    fn stretches_in_binary_files_are_found() {
        let text = "CLOUDFLARE_API_TOKEN=0123456789";
        for order in [Order::Little, Order::Big] {
            let bytes = [vec![1, 2, 0xff, 0x90, 7], wide(text, order), vec![0xff, 0xff, 3]].concat();
            let found = stretches(&bytes);
            assert!(
                found.iter().any(|decoded| String::from_utf8_lossy(&decoded.text).contains(text)),
                "{:?}",
                order.layer()
            );
        }
    }
}
