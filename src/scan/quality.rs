//! Does a value look as a machine would make it, or as a person would write it to be replaced?

use crate::rules::{Words, documentation_samples};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::OnceLock;

/// A well-known sample of Cloudflare's documentation.
pub(crate) fn is_documentation_sample(value: &str) -> bool {
    documentation_samples().contains(HEXLOWER.encode(&Sha256::digest(value.as_bytes())).as_str())
}

/// Written to be replaced: a word that says so, one character over and over, or the alphabet in order.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    is_monotonous(value) || repeats(value) || has_placeholder_word(value)
}

/// What [`is_placeholder`] and [`looks_random`] say about one value, however many rules ask.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    placeholder: OnceCell<bool>,
    random: OnceCell<bool>,
}

impl Looks {
    pub(crate) fn like_placeholder(&self, value: &[u8]) -> bool {
        *self.placeholder.get_or_init(|| is_placeholder(value))
    }

    pub(crate) fn random(&self, value: &[u8]) -> bool {
        *self.random.get_or_init(|| looks_random(value))
    }
}

/// Seven times the same character, eight that follow one another, or hardly any that differ.
fn is_monotonous(value: &[u8]) -> bool {
    let (mut repeat, mut sequence) = (1, 1);
    for pair in value.windows(2) {
        let (before, byte) = (pair[0], pair[1]);
        let same = before.eq_ignore_ascii_case(&byte);
        let next = before.wrapping_add(1) == byte && byte.is_ascii_alphanumeric();
        repeat = if same { repeat + 1 } else { 1 };
        sequence = if next { sequence + 1 } else { 1 };
        if repeat >= 7 || sequence >= 8 {
            return true;
        }
    }
    distinct(value) <= 6
}

/// The same dozen characters over and over: `1a2b3c4d5e6f1a2b3c…`
fn repeats(value: &[u8]) -> bool {
    // One character decides most periods before the rest is compared.
    let begins_again = |period: &usize| value[*period] == value[0];
    (1..=value.len() / 2).filter(begins_again).any(|period| value[period..] == value[..value.len() - period])
}

/// Four letters stand by chance in one of ten thousand random values, but hardly in one case and beside a
/// sign or an edge.
fn says_so(value: &[u8], word: Range<usize>) -> bool {
    const LONG: usize = 6;
    let letters = &value[word.clone()];
    let one_case =
        letters[1..].iter().all(u8::is_ascii_lowercase) || letters.iter().all(u8::is_ascii_uppercase);
    let at_edge = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let bounded = at_edge(word.start.checked_sub(1).map(|at| &value[at])) || at_edge(value.get(word.end));
    letters.len() >= LONG || (one_case && bounded)
}

fn has_placeholder_word(value: &[u8]) -> bool {
    static WORDS: OnceLock<AhoCorasick> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&Words::shipped().placeholders)
            .expect("a few dozen short literals make an automaton")
    });
    words.find_iter(value).any(|found| says_so(value, found.range()))
}

/// Random text of 40 characters has about 30 different ones, changes class every other character, and hardly
/// ever has a dozen letters of one case in a row. Identifiers and sentences are the other way round: they
/// change seldom and hardly ever have more than 25 different characters.
pub(crate) fn looks_random(value: &[u8]) -> bool {
    if distinct(value) >= 27 {
        return true;
    }
    distinct(value) * 5 >= value.len().min(40) * 2
        && class_changes(value) * 8 >= value.len() * 3
        && longest_same_class(value) <= 12
        && (count(value, SIGN) <= 5 || count(value, DIGIT) >= 4)
}

/// Somebody else's token of the same length.
pub(crate) fn is_foreign(value: &[u8]) -> bool {
    Words::shipped().foreign_prefixes.iter().any(|prefix| value.starts_with(prefix.as_bytes()))
}

fn distinct(value: &[u8]) -> usize {
    let mut seen = [0u64; 4];
    for &byte in value {
        seen[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    seen.iter().map(|bits| bits.count_ones() as usize).sum()
}

/// `_` and `-`: words are joined by many and have few digits; random text has one or two signs, six digits.
const SIGN: u8 = 3;
const DIGIT: u8 = 2;

fn count(value: &[u8], class: u8) -> usize {
    value.iter().filter(|&&byte| class_of(byte) == class).count()
}

fn class_of(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => DIGIT,
        _ => SIGN,
    }
}

fn class_changes(value: &[u8]) -> usize {
    value.windows(2).filter(|pair| class_of(pair[0]) != class_of(pair[1])).count()
}

/// The longest stretch in which every neighbour pair passes `goes_on`.
fn longest(value: &[u8], goes_on: impl Fn(u8, u8) -> bool) -> usize {
    let mut best = usize::from(!value.is_empty());
    let mut current = 1;
    for pair in value.windows(2) {
        current = if goes_on(pair[0], pair[1]) { current + 1 } else { 1 };
        best = best.max(current);
    }
    best
}

fn longest_same_class(value: &[u8]) -> usize {
    longest(value, |a, b| class_of(a) == class_of(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::examples::Seed;

    #[test]
    fn machine_made_values_pass() {
        let mut seed = Seed(7);
        let token = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        let misses = (0..2000)
            .filter(|_| {
                let value = seed.text(token, 40);
                !looks_random(value.as_bytes()) || is_placeholder(value.as_bytes())
            })
            .count();
        assert!(misses <= 2, "{misses} of 2000 random values refused");
        let misses = (0..2000).filter(|_| is_placeholder(seed.hex(37).as_bytes())).count();
        assert!(misses <= 4, "{misses} of 2000 random hex values refused");
    }

    #[test]
    fn values_of_people_do_not() {
        for value in [
            "your-cloudflare-api-token-goes-here-0001",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "abcdefghijklmnopqrstuvwxyz0123456789ABCD",
            "0000000000000000000000000000000000000000",
            "YOUR_TOKEN",
            "fake-R2d2c3po",
            "1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        for value in ["CloudflareDurableObjectNamespaceBinding1", "this-is-a-Rather-long-Branch-name-number1"]
        {
            assert!(!looks_random(value.as_bytes()), "{value}");
        }
    }
}
