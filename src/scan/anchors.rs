//! One pass over the bytes for every literal that announces a value.
//!
//! May say yes too often, never no wrongly: a false yes costs one look, a false no hides a leak. Does not
//! look at values; it says where to look and what for.

use crate::rules::{LabelName, RuleSet, ShapeForm};
use crate::scan::class::is_token;
use aho_corasick::AhoCorasick;
use aho_corasick::packed;
use data_encoding::BASE64;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a literal announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// A value of one of these (rule, shape) begins here.
    Shape(Vec<(usize, usize)>),
    /// The `_` of a prefix or a name, spelled as an escape.
    Spelled,
    /// A prefix inside base64 text; the literal begins at this letter of its group of four.
    Base64(usize),
    /// Compressed text in base64 begins here.
    Packed,
    /// What follows is spelled as mail is.
    QuotedPrintable,
    /// Bytes in hexadecimal, one by one.
    Dump,
    /// A word of a name: a value in pieces may follow.
    Label,
}

/// The literals, compiled.
#[derive(Debug)]
pub(crate) struct Anchors {
    searcher: Searcher,
    entries: Vec<(Vec<u8>, Anchor)>,
    /// Names of the user's own, which would not fit beside the others.
    own_labels: Option<Searcher>,
}

#[derive(Debug)]
enum Searcher {
    /// Teddy: vector instructions, up to 64 literals.
    Packed(packed::Searcher),
    /// Machines without them, and users with many literals.
    Automaton(AhoCorasick),
}

/// `_`, which every prefix and nearly every name has, in the escapes that keep ASCII readable, cut where upper and lower
/// case part. Four bytes at least: the vector searcher looks at as many bytes as its shortest literal has.
const SPELLED: [&str; 5] = ["%5F%", "\\u005", "\\x5f", "&#95", "&#x5"];

/// How gzip and zstd begin in base64. Half of what follows has no run without `/` or `+` long enough to be
/// met.
const PACKED: [&str; 2] = ["H4sI", "KLUv"];

/// Of the header `Content-Transfer-Encoding`, in either case.
const QUOTED_PRINTABLE: &str = "uoted-printable";

/// `cf` as dumps show it, and how dumps begin.
const DUMPS: [&str; 4] = ["63 66 ", "6366 ", "0x63,", "00000000"];

/// Words that begin the names of credentials that cannot speak for themselves.
const LABELS: [&str; 20] = [
    "cloudflare",
    "CLOUDFLARE",
    "Cloudflare",
    "X-Auth-",
    "x-auth-",
    "TURNSTILE",
    "turnstile",
    "R2_SECRET",
    "TUNNEL_TOKEN",
    "TURN_KEY",
    "CALLS_",
    "DEPLOY_HOOK",
    "CF_A",
    "CF_T",
    "CF_K",
    "CF_D",
    "MCP_",
    "cf_a",
    "cf_t",
    "cf_d",
];

impl Anchors {
    pub(crate) fn new(rules: &RuleSet, labels: &[LabelName]) -> Self {
        let mut map: BTreeMap<Vec<u8>, Anchor> = BTreeMap::new();
        for (rule_index, rule) in rules.rules.iter().enumerate() {
            for (shape_index, shape) in rule.shapes.iter().enumerate() {
                if let ShapeForm::Anchored { literal, .. } = &shape.form {
                    for stem in stems(literal) {
                        let entry = map.entry(stem).or_insert_with(|| Anchor::Shape(Vec::new()));
                        if let Anchor::Shape(list) = entry {
                            list.push((rule_index, shape_index));
                        }
                    }
                    if literal.ends_with(b"_") {
                        for (needle, phase) in base64_needles(literal) {
                            map.insert(needle, Anchor::Base64(phase));
                        }
                    }
                }
            }
        }
        map.extend(SPELLED.map(|text| (text.into(), Anchor::Spelled)));
        map.extend(PACKED.map(|text| (text.into(), Anchor::Packed)));
        map.insert(QUOTED_PRINTABLE.into(), Anchor::QuotedPrintable);
        map.extend(DUMPS.map(|text| (text.into(), Anchor::Dump)));
        map.extend(LABELS.map(|text| (text.into(), Anchor::Label)));
        let entries: Vec<_> = map.into_iter().collect();
        let searcher = Searcher::new(entries.iter().map(|(literal, _)| literal.as_slice()));
        let own_labels =
            (!labels.is_empty()).then(|| Searcher::new(labels.iter().map(|label| label.name.as_bytes())));
        Anchors { searcher, entries, own_labels }
    }

    /// Calls `found` for every literal in `text`, with where it begins and ends.
    pub(crate) fn for_each(&self, text: &[u8], mut found: impl FnMut(Range<usize>, &Anchor)) {
        self.searcher.for_each(text, |pattern, range| found(range, &self.entries[pattern].1));
        if let Some(own) = &self.own_labels {
            own.for_each(text, |_, range| found(range, &Anchor::Label));
        }
    }
}

impl Searcher {
    fn new<'a>(literals: impl Iterator<Item = &'a [u8]> + Clone) -> Self {
        match packed::Searcher::new(literals.clone()) {
            Some(packed) => Searcher::Packed(packed),
            None => Searcher::Automaton(
                AhoCorasick::builder()
                    .match_kind(aho_corasick::MatchKind::LeftmostFirst)
                    .build(literals)
                    .expect("a few dozen short literals make an automaton"),
            ),
        }
    }
}

impl Searcher {
    fn for_each(&self, text: &[u8], mut found: impl FnMut(usize, Range<usize>)) {
        match self {
            Searcher::Packed(packed) => {
                packed.find_iter(text).for_each(|m| found(m.pattern().as_usize(), m.start()..m.end()));
            }
            Searcher::Automaton(automaton) => {
                automaton.find_iter(text).for_each(|m| found(m.pattern().as_usize(), m.start()..m.end()));
            }
        }
    }
}

/// `cfut` of `cfut_`, `v1.0` of `v1.0-`: a sign is the first thing that an encoding changes. A stem of three bytes
/// (`cfk`) would stand everywhere, so it comes with its sign and with the beginnings of its spellings.
fn stems(literal: &[u8]) -> Vec<Vec<u8>> {
    let Some(stem) = literal.strip_suffix(b"_").or(literal.strip_suffix(b"-")) else {
        return vec![literal.to_vec()];
    };
    if stem.len() > 3 {
        return vec![stem.to_vec()];
    }
    ["_", "%", "\\", "&", "="].map(|next| [stem, next.as_bytes()].concat()).into()
}

/// The letters that base64 of `literal` has at each alignment, whatever stands around it (SURFACES.md T4),
/// and which letter of its group the first one is.
pub(crate) fn base64_needles(literal: &[u8]) -> [(Vec<u8>, usize); 3] {
    [0, 1, 2].map(|shift: usize| {
        let encoded = BASE64.encode(&[&vec![0; shift], literal].concat());
        let first = (shift * 8).div_ceil(6);
        let last = (shift + literal.len()) * 8 / 6;
        (encoded.as_bytes()[first..last].to_vec(), first % 4)
    })
}

/// Does the text at `start` go on as the literal does? With its sign, or with something that may spell it.
pub(crate) fn goes_on(text: &[u8], start: usize, literal: &[u8]) -> bool {
    let sign = literal.last().filter(|&&last| last == b'_' || last == b'-');
    match (sign, text.get(start + literal.len() - 1)) {
        (None, _) => true,
        (Some(sign), Some(byte)) => sign == byte || !is_token(*byte),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needles_are_those_of_the_sheet() {
        let needles = |literal: &str| {
            base64_needles(literal.as_bytes()).map(|(n, _)| String::from_utf8(n).unwrap_or_default())
        };
        assert_eq!(needles("cfut_"), ["Y2Z1dF", "NmdXRf", "jZnV0X"]);
        assert_eq!(needles("cfat_"), ["Y2ZhdF", "NmYXRf", "jZmF0X"]);
        assert_eq!(needles("cfk_"), ["Y2ZrX", "Nma1", "jZmtf"]);
    }

    #[test]
    fn literals_fit_the_vector_searcher() {
        let anchors = Anchors::new(&RuleSet::builtin(), &[]);
        assert!(anchors.entries.len() <= 64, "{} literals", anchors.entries.len());
        let mut seen = Vec::new();
        anchors
            .for_each(b"x cfut_a CF_TOKEN \\u005f", |range, anchor| seen.push((range.start, anchor.clone())));
        assert!(matches!(seen[0], (2, Anchor::Shape(_))), "{seen:?}");
        assert_eq!(seen[1..], [(9, Anchor::Label), (18, Anchor::Spelled)]);
    }
}
