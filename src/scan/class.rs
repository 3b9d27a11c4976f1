//! Character classes, and the long runs of token characters that may be values.
//!
//! Ordinary text has few long runs, so the scan's cost on it is one class test a byte. Does not judge a run.

use std::ops::Range;

/// No credential that stands unbroken has a shorter run than this: the shortest is the 32-digit user id that begins
/// an MCP token. Any run of 31 holds one whole aligned block of 16.
pub(crate) const MIN_RUN: usize = 31;
const BLOCK: usize = 16;

/// What a byte is, one bit a class: a table costs one load where comparisons cost five.
const UPPER: u8 = 1;
const LOWER: u8 = 2;
const DIGIT: u8 = 4;
const BEYOND_HEX: u8 = 8;
const SIGN: u8 = 16;
const SLASH_OR_PLUS: u8 = 32;
const TOKEN: u8 = UPPER | LOWER | DIGIT | SIGN;

static CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        table[byte] = match c {
            b'A'..=b'F' => UPPER,
            b'G'..=b'Z' => UPPER | BEYOND_HEX,
            b'a'..=b'f' => LOWER,
            b'g'..=b'z' => LOWER | BEYOND_HEX,
            b'0'..=b'9' => DIGIT,
            b'_' | b'-' => SIGN,
            b'+' | b'/' => SLASH_OR_PLUS,
            _ => 0,
        };
        byte += 1;
    }
    table
};

fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

/// `[A-Za-z0-9_-]`
pub(crate) fn is_token(byte: u8) -> bool {
    class(byte) & TOKEN != 0
}

/// Any base64 alphabet, without padding.
pub(crate) fn is_base64(byte: u8) -> bool {
    class(byte) != 0
}

pub(crate) fn is_hex(byte: u8) -> bool {
    let class = class(byte);
    class & (UPPER | LOWER | DIGIT) != 0 && class & BEYOND_HEX == 0
}

/// Is every byte a token character? Written without branches so that it becomes a handful of vector instructions.
#[inline(always)]
fn all_token(block: &[u8; BLOCK]) -> bool {
    may_be_all_token(block)
        && all(block, |byte| {
            let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
            let digit = byte.wrapping_sub(b'0') < 10;
            let sign = (byte == b'_') | (byte == b'-');
            letter | digit | sign
        })
}

/// One comparison that most blocks of most texts fail: blanks, quotes and commas come before every token character.
#[inline(always)]
fn may_be_all_token(block: &[u8; BLOCK]) -> bool {
    all(block, |byte| byte as i8 >= b'-' as i8)
}

#[inline(always)]
fn all(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> bool {
    // Compared as one number: reading the lanes one by one would cost more than filling them.
    u128::from_ne_bytes(block.map(|byte| if is(byte) { 0 } else { 0xff })) == 0
}

/// Calls `found` for every maximal run of token characters of at least [`MIN_RUN`], in order.
pub(crate) fn for_each_run(text: &[u8], mut found: impl FnMut(Range<usize>)) {
    let blocks = text.as_chunks::<BLOCK>().0;
    let mut block = 0;
    let mut floor = 0;
    while let Some(ahead) = blocks.get(block..).and_then(|rest| rest.iter().position(all_token)) {
        block += ahead;
        let start = start_of_run(text, block * BLOCK, floor);
        let end = end_of_run(text, (block + 1) * BLOCK);
        if end - start >= MIN_RUN {
            found(start..end);
        }
        floor = end;
        block = end.div_ceil(BLOCK);
    }
}

fn start_of_run(text: &[u8], mut at: usize, floor: usize) -> usize {
    while at > floor && is_token(text[at - 1]) {
        at -= 1;
    }
    at
}

fn end_of_run(text: &[u8], mut at: usize) -> usize {
    while text.get(at..).and_then(<[u8]>::first_chunk).is_some_and(all_token) {
        at += BLOCK;
    }
    while at < text.len() && is_token(text[at]) {
        at += 1;
    }
    at
}

/// What characters a run has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Makeup(u8);

impl Makeup {
    pub(crate) fn of(text: &[u8]) -> Self {
        Makeup(text.iter().fold(0, |bits, &byte| bits | class(byte)))
    }

    fn has(self, classes: u8) -> bool {
        self.0 & classes == classes
    }

    pub(crate) fn is_hex(self) -> bool {
        self.0 & (BEYOND_HEX | SIGN) == 0
    }

    pub(crate) fn is_hex_lower(self) -> bool {
        self.is_hex() && !self.has(UPPER) && self.has(LOWER | DIGIT)
    }

    pub(crate) fn is_mixed(self) -> bool {
        self.has(BEYOND_HEX | UPPER | LOWER | DIGIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn runs(text: &[u8]) -> Vec<Range<usize>> {
        let mut list = Vec::new();
        for_each_run(text, |run| list.push(run));
        list
    }

    /// The slow way: split at everything that is no token character.
    fn oracle(text: &[u8]) -> Vec<Range<usize>> {
        let mut list = Vec::new();
        let mut start = 0;
        for at in 0..=text.len() {
            if at == text.len() || !is_token(text[at]) {
                if at - start >= MIN_RUN {
                    list.push(start..at);
                }
                start = at + 1;
            }
        }
        list
    }

    proptest! {
        #[test]
        fn the_block_walk_finds_what_the_slow_walk_finds(text in "([a-zA-Z0-9_-]{0,70}[ =\\n.]{0,3}){0,8}") {
            prop_assert_eq!(runs(text.as_bytes()), oracle(text.as_bytes()));
        }

        #[test]
        fn every_byte_is_classed_alike(block in proptest::collection::vec(any::<u8>(), 16)) {
            let block: [u8; BLOCK] = block.try_into().expect("sixteen bytes");
            prop_assert_eq!(all_token(&block), block.iter().all(|&byte| is_token(byte)));
        }
    }

    #[test]
    fn makeup_tells_hex_from_mixed() {
        assert!(Makeup::of(b"0123456789abcdef").is_hex_lower());
        assert!(!Makeup::of(b"0123456789ABCDEF").is_hex_lower());
        assert!(Makeup::of(b"0Zz").is_mixed() && !Makeup::of(b"0123abcd").is_mixed());
    }
}
