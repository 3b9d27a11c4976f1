//! A value read across everything that breaks it up.

use crate::model::{Layer, OffsetMap};
use crate::scan::joints::joint;

/// Characters of one value, put together again.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    pub text: Vec<u8>,
    /// Back to the text it was read from.
    pub map: OffsetMap,
    /// What was undone, each once, in order of appearance. Empty for a value that stands whole.
    pub layers: Vec<Layer>,
    /// Where each stretch between joints that only break (rather than spell) begins, in `text`.
    pub seams: Vec<usize>,
    /// Just behind the last character read.
    pub end: usize,
}

/// Reads from `start` on, at most `limit` characters, each of which must pass `is_value`.
///
/// Nothing says where a broken value ends, so this reads on as long as joints and characters follow each other; a
/// shape then matches the beginning of what was read.
pub(crate) fn read(text: &[u8], start: usize, limit: usize, is_value: impl Fn(u8) -> bool) -> Chain {
    let mut chain = Chain { end: start, ..Chain::default() };
    let mut at = start;
    while chain.text.len() < limit && at < text.len() {
        let plain = text[at..].iter().take(limit - chain.text.len()).take_while(|&&byte| is_value(byte)).count();
        if plain > 0 {
            chain.text.extend_from_slice(&text[at..at + plain]);
            chain.map.copied(at, plain);
            at += plain;
            chain.end = at;
            continue;
        }
        let before = at.checked_sub(1).map(|index| text[index]);
        let Some(joint) = joint(before, &text[at..]) else { break };
        match joint.spells {
            Some(byte) if is_value(byte) => {
                chain.text.push(byte);
                chain.map.push(at, joint.len, 1, 1, joint.len.min(255) as u8);
                chain.end = at + joint.len;
            }
            Some(_) => break,
            None => chain.seams.push(chain.text.len()),
        }
        if !chain.layers.contains(&joint.layer) {
            chain.layers.push(joint.layer);
        }
        at += joint.len;
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::class::is_token;

    #[test]
    fn pieces_become_one_value_and_map_back() {
        let text = b"k=ab\x1b[1mcd\\u005fef\n  gh; rest";
        let chain = read(text, 2, 99, is_token);
        assert_eq!(chain.text, b"abcd_efgh");
        assert_eq!(chain.layers, [Layer::Ansi, Layer::UnicodeEscape, Layer::Wrapped]);
        assert_eq!(chain.seams, [2, 7]);
        assert_eq!(chain.map.raw_span(0..9), 2..23);
        assert_eq!(&text[chain.end..], b"; rest");
    }

    #[test]
    fn a_whole_value_has_no_layers() {
        let chain = read(b"abc def", 0, 99, is_token);
        assert_eq!((chain.text.as_slice(), chain.layers.len(), chain.end), (b"abc".as_slice(), 0, 3));
    }
}
