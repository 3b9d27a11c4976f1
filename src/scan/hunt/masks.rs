//! What masks and cuts left of a known value: its first or last characters beside a mask.
//!
//! Stricter than `scan::partial`, which knows no value: everything that is to be seen has to fit.

use crate::model::Kind;
use crate::scan::class::is_token;
use std::ops::Range;

const PREFIXES: [(&str, Kind); 6] = [
    ("cfut_", Kind::UserApiToken),
    ("cfat_", Kind::AccountApiToken),
    ("cfk_", Kind::GlobalApiKey),
    ("cfoat_", Kind::OauthAccessToken),
    ("cfast_", Kind::AccessServiceToken),
    ("v1.0-", Kind::OriginCaKey),
];

/// What masks begin with.
pub(crate) const MASKS: [&str; 14] = [
    "***", "...", "xxxx", "XXXX", "\u{2022}", "\u{2026}", "\u{25cf}", "\u{2588}", "\\u2022", "\\u2026",
    "\\u25cf", "\\u25CF", "&hellip;", "&bull;",
];

/// Fewer visible characters than this say nothing.
const VISIBLE: usize = 4;
/// Behind a public prefix fewer do: `cfut_ab****`.
const BEHIND_PREFIX: usize = 2;
/// So many characters and no mask: the value was cut.
const CUT: usize = 8;
/// More than this in a row is no longer what a mask leaves.
const LONGEST: usize = 48;
/// Letters alone may be a word behind `...`, unless there are so many.
const WORD: usize = 6;

/// Part of the value, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Remains {
    pub range: Range<usize>,
    /// What a redacted form may show of it.
    pub shown: String,
}

/// The public prefix that `value` begins with, or nothing.
pub(crate) fn public_prefix(value: &str) -> &'static str {
    PREFIXES.iter().map(|(prefix, _)| *prefix).find(|prefix| value.starts_with(prefix)).unwrap_or("")
}

/// The kind that a public prefix stands for.
pub(crate) fn kind_of_prefix(public: &str) -> Option<Kind> {
    PREFIXES.iter().find(|(prefix, _)| *prefix == public).map(|(_, kind)| kind.clone())
}

/// Looks around the mask that begins at `at`. Says where the mask ends, too.
pub(crate) fn remains(value: &str, text: &[u8], at: usize) -> (usize, Option<Remains>) {
    let mask = Mask::read(text, at);
    let end = at + mask.len;
    if mask.len == 0 {
        return (at + 1, None);
    }
    let head_len = text[..at].iter().rev().take(LONGEST + 1).take_while(|&&byte| is_token(byte)).count();
    let tail_len = text[end..].iter().take(LONGEST + 1).take_while(|&&byte| is_token(byte)).count();
    let public = public_prefix(value);
    let head = own_head(&text[at - head_len..at], public);
    let tail = &text[end..end + tail_len];
    let fits = value.as_bytes().starts_with(head)
        && value.as_bytes().ends_with(tail)
        && head.len() + tail.len() < value.len()
        && tail.len() <= LONGEST;
    let tells = has_head(head, public) || has_tail(tail, mask.is_strong || !head.is_empty());
    let found = (fits && tells).then(|| Remains {
        range: at - head.len()..end + tail.len(),
        shown: shown(public, if tail.len() >= VISIBLE { tail } else { b"" }),
    });
    (end, found)
}

/// Does a mask begin at `at`?
pub(crate) fn is_mask(text: &[u8], at: usize) -> bool {
    Mask::read(text, at).len > 0
}

/// The beginning of the value at `at`, if it ends where a word does.
pub(crate) fn cut(value: &str, text: &[u8], at: usize) -> Option<Remains> {
    let public = public_prefix(value);
    let length = value.bytes().zip(&text[at..]).take_while(|(own, byte)| own == *byte).count();
    let end = at + length;
    let is_cut = length >= public.len() + CUT
        && length < value.len()
        && text.get(end).is_none_or(|&byte| !is_token(byte))
        && (at == 0 || !is_token(text[at - 1]))
        && !is_mask(text, end);
    is_cut.then(|| Remains { range: at..end, shown: shown(public, b"") })
}

fn shown(public: &str, tail: &[u8]) -> String {
    format!("{public}…{}", String::from_utf8_lossy(&tail[tail.len().saturating_sub(VISIBLE)..]))
}

/// Without the word that a public prefix is glued to: `\ncfut_ab***`, `token_cfut_ab***`.
fn own_head<'t>(head: &'t [u8], public: &str) -> &'t [u8] {
    let own = memchr::memmem::rfind(head, public.as_bytes()).filter(|_| !public.is_empty());
    own.map_or(head, |at| &head[at..])
}

fn has_head(head: &[u8], public: &str) -> bool {
    head.len() >= if public.is_empty() { VISIBLE } else { public.len() + BEHIND_PREFIX }
}

/// `***abcd` is a value's end. Behind dots and crosses it has to look less like a word.
fn has_tail(tail: &[u8], is_strong: bool) -> bool {
    let has = |test: fn(&u8) -> bool| tail.iter().any(test);
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let is_no_word = is_mixed || has(u8::is_ascii_digit);
    tail.len() >= if is_strong || is_no_word { VISIBLE } else { WORD }
}

struct Mask {
    len: usize,
    /// Nothing else is written this way.
    is_strong: bool,
}

impl Mask {
    fn read(text: &[u8], at: usize) -> Mask {
        let mut mask = Mask { len: 0, is_strong: false };
        loop {
            let rest = &text[at + mask.len..];
            let (len, is_strong) = piece(rest);
            if len == 0 {
                return mask;
            }
            // One dot of a list stands in front of a word as well; a row of them does not.
            mask.is_strong |= is_strong || mask.len > 0;
            mask.len += len;
        }
    }
}

/// How long the run of one mask character is, and whether it is a mask whatever stands around.
fn piece(rest: &[u8]) -> (usize, bool) {
    let run = |byte: u8| rest.iter().take_while(|&&other| other == byte).count();
    let row = |least: usize, is_strong: bool| {
        let count = rest.first().map_or(0, |&byte| run(byte));
        if count >= least { (count, is_strong) } else { (0, false) }
    };
    match rest.first() {
        Some(b'*') => row(3, true),
        Some(b'.') => row(3, false),
        Some(b'x' | b'X') => row(4, false),
        Some(0xe2 | b'\\' | b'&') => {
            let is_mask = |mask: &&str| !mask.is_ascii() || mask.starts_with(['\\', '&']);
            let mask = MASKS.into_iter().filter(is_mask).find(|mask| rest.starts_with(mask.as_bytes()));
            (mask.map_or(0, str::len), false)
        }
        Some(_) | None => (0, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value() -> String {
        format!("cfut_abcd{}9f0e", "Zy7".repeat(13))
    }

    fn of_first_mask(value: &str, text: &str) -> Option<String> {
        let at = MASKS.iter().filter_map(|mask| text.find(mask)).min().expect("the text has a mask");
        remains(value, text.as_bytes(), at).1.map(|remains| {
            assert!(text.get(remains.range).is_some(), "{text}");
            remains.shown
        })
    }

    #[test]
    fn what_fits_the_value_is_seen_and_shows_little() {
        for (text, expected) in [
            ("cfut_abcd****9f0e", Some("cfut_…9f0e")),
            ("\"cfut_ab****\"", Some("cfut_…")),
            ("cfut_…9f0e", Some("cfut_…9f0e")),
            ("cfut_...9f0e,", Some("cfut_…9f0e")),
            ("ends in ***9f0e", Some("cfut_…9f0e")),
            ("••••9f0e", Some("cfut_…9f0e")),
            ("xxxxxxxx9f0e", Some("cfut_…9f0e")),
            ("XXXX9f0e", Some("cfut_…9f0e")),
            ("cfut_abcdxxxxxxxx", Some("cfut_…")),
            ("\\u2022\\u20229f0e", Some("cfut_…9f0e")),
            ("&hellip;9f0e", Some("cfut_…9f0e")),
            ("x\\ncfut_abcd…", Some("cfut_…")),
            ("...9f0e", Some("cfut_…9f0e")),
            ("cfut_***", None),
            ("cfut_xxxxxxxx", None),
            ("cfut_abcd****aaaa", None),
            ("cfut_abce****9f0e", None),
            ("other***9f0e", None),
            ("***9f0e0", None),
            ("***f0e", None),
        ] {
            assert_eq!(of_first_mask(&value(), text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_word_behind_dots_is_no_tail() {
        let value = format!("Q{}then", "Zy7".repeat(12));
        for (text, is_seen) in [
            ("and ...then it broke", false),
            ("…then", false),
            ("xxxxthen", false),
            ("***then", true),
            ("•then", false),
            ("••then", true),
            ("QZy7...", true),
            ("QZy7...then", true),
            ("QZy...", false),
        ] {
            assert_eq!(of_first_mask(&value, text).is_some(), is_seen, "{text}");
        }
    }

    #[test]
    fn a_cut_value_ends_where_a_word_does() {
        let value = value();
        for (text, is_seen) in [
            (value[..13].to_owned(), true),
            (format!("{} and", &value[..20]), true),
            (format!("{}!", &value[..12]), false),
            (format!("{}Q", &value[..20]), false),
            (format!("{}...", &value[..20]), false),
            (value.clone(), false),
        ] {
            assert_eq!(cut(&value, text.as_bytes(), 0).is_some(), is_seen, "{} characters", text.len());
        }
    }
}
