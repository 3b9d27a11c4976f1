//! Spellings that hide a whole text: base64, hex, dumps, UTF-16, and compressed text inside them.
//!
//! Each decoder starts from a run or a mark that the scan met anyway, decodes only that region, and gives the way
//! back. Whether anything in the decoded text is a credential is not its business.

mod base64;
mod escapes;
mod hex;
mod inflate;
mod quoted;
mod utf16;

pub(crate) use base64::{
    around_needle as base64_around_needle, packed as base64_packed, region as base64_region,
    with_needle as base64_with_needle,
};
pub(crate) use escapes::line as escaped_line;
pub(crate) use hex::{dump, list as hex_list, run as hex_run};
pub(crate) use inflate::inflate;
pub(crate) use quoted::printable as quoted_printable;
pub(crate) use utf16::{stretches as utf16_stretches, whole as utf16_whole};

use crate::model::Layer;
use crate::scan::view::Back;
use std::ops::Range;

/// A text that was hidden in a region of another.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub text: Vec<u8>,
    pub back: Back,
    pub layers: Vec<Layer>,
    /// The region it was decoded from.
    pub region: Range<usize>,
}

/// Does decoded text begin as text does? Random bytes pass once in a hundred thousand times.
fn begins_as_text(head: &[u8]) -> bool {
    let head = &head[..head.len().min(16)];
    let wide = is_wide(head) && head.len() >= 8;
    head.iter().all(|&byte| is_texty(byte)) || wide || MARKS.iter().any(|mark| head.starts_with(mark))
}

/// Could this be the beginning of what passes [`begins_as_text`], or of compressed text?
fn may_begin(head: &[u8]) -> bool {
    let agrees = |mark: &&[u8]| mark.iter().zip(head).all(|(a, b)| a == b);
    head.iter().all(|&byte| is_texty(byte))
        || is_wide(head)
        || MARKS.iter().chain(&inflate::MAGIC).any(agrees)
}

/// Byte order marks: UTF-8, UTF-16.
const MARKS: [&[u8]; 3] = [&[0xef, 0xbb, 0xbf], &[0xff, 0xfe], &[0xfe, 0xff]];

/// ASCII in UTF-16, so far.
fn is_wide(head: &[u8]) -> bool {
    let mut pairs = head.chunks_exact(2);
    pairs.clone().all(|pair| is_texty(pair[0]) && pair[1] == 0)
        || pairs.all(|pair| is_texty(pair[1]) && pair[0] == 0)
}

fn is_texty(byte: u8) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x1b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn head() -> impl Strategy<Value = Vec<u8>> {
        let marks: Vec<Vec<u8>> = MARKS.iter().chain(&inflate::MAGIC).map(|mark| mark.to_vec()).collect();
        let begins = prop_oneof![Just(Vec::new()), prop::sample::select(marks)];
        let goes_on = prop_oneof![
            "[ -~\t\n]{0,16}".prop_map(String::into_bytes),
            "[ -~]{0,8}".prop_map(|text| text.bytes().flat_map(|byte| [byte, 0]).collect()),
            "[ -~]{0,8}".prop_map(|text| text.bytes().flat_map(|byte| [0, byte]).collect()),
            prop::collection::vec(any::<u8>(), 0..16),
        ];
        (begins, goes_on).prop_map(|(begins, goes_on)| [begins, goes_on].concat())
    }

    proptest! {
        #[test]
        fn what_begins_as_text_may_begin_at_every_length(head in head()) {
            if begins_as_text(&head) || inflate::is_compressed(&head).is_some() {
                prop_assert!((0..=head.len().min(15)).all(|len| may_begin(&head[..len])));
            }
        }
    }
}
