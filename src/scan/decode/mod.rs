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
    let ascii = head.iter().all(|&byte| is_texty(byte));
    let wide = head.len() >= 8
        && (head.chunks_exact(2).all(|pair| is_texty(pair[0]) && pair[1] == 0)
            || head.chunks_exact(2).all(|pair| is_texty(pair[1]) && pair[0] == 0)
            || head.starts_with(&[0xff, 0xfe])
            || head.starts_with(&[0xfe, 0xff]));
    ascii || wide || head.starts_with(&[0xef, 0xbb, 0xbf])
}

fn is_texty(byte: u8) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x1b)
}
