//! The letters of a known text, in every spelling that a decoder can be started from.
//!
//! As with `anchors`: too often is cheap, never is wrong. Every hit is looked at closely by `scanner::hunted`.

use crate::scan::anchors::base64_needles;
use aho_corasick::{AhoCorasick, Input, MatchKind, Span, packed};
use std::collections::BTreeSet;

/// What to do where a literal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// The text begins here, spelled or not.
    Begin,
    /// This far into the text: for one whose beginning is broken up.
    Within(usize),
    /// In base64; the literal begins at this letter of its group of four.
    Base64(usize),
    /// The same further in.
    Base64Within(usize),
    /// In one run of hexadecimal digits.
    Hex,
    /// Byte by byte, as dumps show it.
    Dump,
}

#[derive(Debug)]
pub(crate) struct Needles {
    searcher: Searcher,
    entries: Vec<(Vec<u8>, Act)>,
}

#[derive(Debug)]
enum Searcher {
    /// Teddy, as for `anchors`.
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

/// Letters at the beginning, which nothing announces; and further in, where they must be rare.
const HEAD: usize = 4;
const WINDOW: usize = 6;
/// Windows stand this far apart, so that one break leaves most of them whole.
const STEP: usize = 8;
const WINDOWS: usize = 3;

impl Needles {
    pub(crate) fn of(text: &[u8], is_hex: bool) -> Self {
        let mut set = BTreeSet::new();
        add(&mut set, text);
        if is_hex {
            add(&mut set, &text.to_ascii_uppercase());
            add(&mut set, &text.to_ascii_lowercase());
        }
        Needles::new(set)
    }

    /// These literals and nothing else.
    pub(crate) fn literal(literals: &[&str]) -> Self {
        Needles::new(literals.iter().map(|literal| (literal.as_bytes().to_vec(), Act::Begin)).collect())
    }

    fn new(entries: BTreeSet<(Vec<u8>, Act)>) -> Self {
        let mut literals: Vec<&[u8]> = entries.iter().map(|(literal, _)| literal.as_slice()).collect();
        literals.dedup();
        let searcher = match packed::Searcher::new(&literals) {
            Some(packed) => Searcher::Packed(packed),
            None => Searcher::Automaton(
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostFirst)
                    .build(&literals)
                    .expect("a few dozen short literals make an automaton"),
            ),
        };
        Needles { searcher, entries: entries.into_iter().collect() }
    }

    /// Calls `found` wherever a literal stands, also where two overlap. It says from where to go on.
    pub(crate) fn for_each(&self, text: &[u8], mut found: impl FnMut(usize, Act) -> usize) {
        let mut from = 0;
        while let Some(at) = self.next(text, from) {
            from = at + 1;
            for (_, act) in self.entries.iter().filter(|(literal, _)| text[at..].starts_with(literal)) {
                from = from.max(found(at, *act));
            }
        }
    }

    fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        let end = text.len();
        match &self.searcher {
            Searcher::Packed(packed) if from < end => {
                packed.find_in(text, Span { start: from, end }).map(|found| found.start())
            }
            Searcher::Packed(_) => None,
            Searcher::Automaton(automaton) => {
                automaton.find(Input::new(text).range(from.min(end)..)).map(|found| found.start())
            }
        }
    }
}

fn add(set: &mut BTreeSet<(Vec<u8>, Act)>, text: &[u8]) {
    let mut put = |literal: Vec<u8>, act| {
        set.insert((literal, act));
    };
    put(text[..HEAD.min(text.len())].to_vec(), Act::Begin);
    for at in (1..=WINDOWS).map(|nth| nth * STEP).filter(|at| at + WINDOW <= text.len()) {
        put(text[at..at + WINDOW].to_vec(), Act::Within(at));
    }
    for at in [0, STEP].into_iter().filter(|at| *at == 0 || at + WINDOW <= text.len()) {
        let window = &text[at..text.len().min(at + WINDOW)];
        let act = if at == 0 { Act::Base64 } else { Act::Base64Within };
        base64_needles(window).into_iter().for_each(|(needle, phase)| put(needle, act(phase)));
    }
    let [first, second, third, fourth, ..] = *text else { return };
    spelled(first).into_iter().for_each(|literal| put(literal.into_bytes(), Act::Begin));
    for upper in [false, true] {
        let hex = |bytes: &[u8]| {
            let digits = data_encoding::HEXLOWER.encode(bytes);
            if upper { digits.to_ascii_uppercase() } else { digits }
        };
        let [a, b, c] = [first, second, third].map(|byte| hex(&[byte]));
        put(hex(&[first, second, third, fourth]).into_bytes(), Act::Hex);
        for row in [
            format!("{a} {b} "),
            format!("{a}{b} {c}"),
            format!("{a} {b}{c}"),
            format!("0x{a},"),
            format!("{a}:{b}:"),
        ] {
            put(row.into_bytes(), Act::Dump);
        }
    }
}

/// A first character that is spelled, and the mark with which the next spelled one begins: a text of which all
/// characters are spelled has no other letters to be known by.
fn spelled(byte: u8) -> Vec<String> {
    let mut list = vec![format!("\\{byte:03o}\\"), format!("&#{byte};&"), format!("={byte:02X}=")];
    for digits in [format!("{byte:02x}"), format!("{byte:02X}")] {
        list.extend([
            format!("%{digits}%"),
            format!("%25{digits}%"),
            format!("\\u00{digits}\\"),
            format!("\\x{digits}\\"),
            format!("\\u{{{digits}}}\\"),
            format!("&#x{digits};&"),
        ]);
    }
    list
}
