//! A value read across everything that breaks it up.

use crate::model::{Layer, OffsetMap};
use crate::scan::joints::joint_at;

/// Characters of one value, put together again.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    pub text: Vec<u8>,
    /// Back to the text it was read from.
    pub map: OffsetMap,
    joints: Vec<Link>,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    /// The character that the joint spells or stands before.
    at: usize,
    layer: Layer,
    breaks: bool,
}

impl Chain {
    /// What was undone in the first `end` characters, each layer once. Empty for a value that stands whole.
    pub(crate) fn layers(&self, end: usize) -> Vec<Layer> {
        let mut layers = Vec::new();
        for link in self.joints.iter().filter(|link| link.at < end) {
            if !layers.contains(&link.layer) {
                layers.push(link.layer);
            }
        }
        layers
    }

    /// Where the value may end: in front of every joint that only breaks, and at the end.
    pub(crate) fn ends(&self) -> impl Iterator<Item = usize> {
        let breaks = self.joints.iter().filter(|link| link.breaks && link.at > 0).map(|link| link.at);
        breaks.chain([self.text.len()])
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.joints.iter().any(|link| link.at < self.text.len())
    }
}

/// Reads from `start` on, at most `limit` characters, each of which must pass `is_value`.
///
/// Nothing says where a broken value ends, so this reads on as long as joints and characters follow each other; a
/// shape then matches the beginning of what was read.
pub(crate) fn read(text: &[u8], start: usize, limit: usize, is_value: impl Fn(u8) -> bool) -> Chain {
    let mut chain = Chain::default();
    let mut at = start;
    while chain.text.len() < limit && at < text.len() {
        let plain =
            text[at..].iter().take(limit - chain.text.len()).take_while(|&&byte| is_value(byte)).count();
        if plain > 0 {
            chain.text.extend_from_slice(&text[at..at + plain]);
            chain.map.copied(at, plain);
            at += plain;
            continue;
        }
        let Some(joint) = joint_at(text, at) else { break };
        // A break in front of the first character is none of the value's.
        if joint.spells.is_some() || !chain.text.is_empty() {
            let breaks = joint.spells.is_none();
            chain.joints.push(Link { at: chain.text.len(), layer: joint.layer, breaks });
        }
        match joint.spells {
            Some(byte) if is_value(byte) => {
                chain.text.push(byte);
                chain.map.push(at, joint.len, 1, 1, joint.len.min(255) as u8);
            }
            Some(_) => break,
            None => {}
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
        assert_eq!(chain.layers(9), [Layer::Ansi, Layer::UnicodeEscape, Layer::Wrapped]);
        assert_eq!(chain.layers(2), []);
        assert_eq!(chain.ends().collect::<Vec<_>>(), [2, 7, 9]);
        assert_eq!(chain.map.raw_span(0..9), 2..23);
    }

    #[test]
    fn a_whole_value_is_not_broken() {
        let chain = read(b"abc def", 0, 99, is_token);
        assert_eq!((chain.text.as_slice(), chain.is_broken()), (b"abc".as_slice(), false));
    }
}
