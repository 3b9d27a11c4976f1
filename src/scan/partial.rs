//! What masks and cuts leave of a value: worth a record, never a finding.

use crate::scan::check::{is_hex_id, is_uuid};
use crate::scan::class::is_token;
use crate::scan::surroundings::wide_window;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::OnceLock;

/// Fewer visible characters than this say nothing.
const MIN_VISIBLE: usize = 4;
/// More than this in a row is no longer a mask with a tail.
const MAX_VISIBLE: usize = 48;
const PREFIXES: [&str; 6] = ["cfut_", "cfat_", "cfk_", "cfoat_", "cfast_", "v1.0-"];

/// A value of which only part is to be seen.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Of the text, mask included.
    pub len: usize,
    /// What a redacted form may show of it.
    pub shown: String,
}

/// A masked or cut value behind a public prefix: `cfut_ab…wxyz`, `cfut_****wxyz`.
pub(crate) fn after_prefix(text: &[u8], start: usize) -> Option<Shown> {
    let prefix = PREFIXES.into_iter().find(|prefix| text[start..].starts_with(prefix.as_bytes()))?;
    let masked = masked(text, start + prefix.len())?;
    Some(Shown { len: prefix.len() + masked.len, shown: format!("{prefix}…{}", masked.shown) })
}

/// What a mask left behind a name: `***abcd`, `abcd****wxyz`.
pub(crate) fn after_name(text: &[u8], start: usize) -> Option<Shown> {
    let masked = masked(text, start)?;
    // `opts...` is a program's, not a mask's.
    let tells = !masked.shown.is_empty() || text[start..start + masked.len].contains(&b'*');
    tells.then(|| Shown { len: masked.len, shown: format!("…{}", masked.shown) })
}

/// `head MASK tail`, where head or tail shows at least four characters.
fn masked(text: &[u8], start: usize) -> Option<Shown> {
    let visible =
        |at: usize| text[at..].iter().take(MAX_VISIBLE + 1).take_while(|&&byte| is_token(byte)).count();
    let head = visible(start);
    let mask = mask_len(&text[start + head..]);
    if mask == 0 {
        return None;
    }
    let tail_at = start + head + mask;
    let tail = visible(tail_at);
    if head.max(tail) < MIN_VISIBLE || head > MAX_VISIBLE || tail > MAX_VISIBLE {
        return None;
    }
    let last_four = &text[tail_at + tail.saturating_sub(4)..tail_at + tail];
    let shown =
        if tail >= MIN_VISIBLE { String::from_utf8_lossy(last_four).into_owned() } else { String::new() };
    Some(Shown { len: head + mask + tail, shown })
}

/// The bytes of a mask: at least three stars or dots, or bullets, or an ellipsis.
fn mask_len(rest: &[u8]) -> usize {
    let run = |byte: u8| rest.iter().take_while(|&&other| other == byte).count();
    match rest.first() {
        Some(b'*') if run(b'*') >= 3 => run(b'*'),
        Some(b'.') if run(b'.') >= 3 => run(b'.'),
        Some(0xe2) => {
            let bullets = ["\u{2022}", "\u{2026}", "\u{25cf}", "\u{2588}"];
            let Some(bullet) = bullets.iter().find(|bullet| rest.starts_with(bullet.as_bytes())) else {
                return 0;
            };
            rest.chunks_exact(3).take_while(|chunk| *chunk == bullet.as_bytes()).count() * 3
        }
        _ => 0,
    }
}

/// `AccountTag` and `TunnelID` in the object that holds a tunnel's secret (CLOUDFLARE.md 1.9).
pub(crate) fn tunnel_fields(text: &[u8], secret: &Range<usize>) -> Option<(String, String)> {
    static FIELDS: OnceLock<[Regex; 2]> = OnceLock::new();
    let [account, tunnel] = FIELDS.get_or_init(|| {
        [r"AccountTag[^A-Za-z0-9]{1,40}([0-9a-f]{32})", r"TunnelID[^A-Za-z0-9]{1,40}([0-9A-Fa-f-]{36})"]
            .map(|pattern| Regex::new(pattern).expect("a constant pattern"))
    });
    let window = &text[wide_window(text, secret, 800)];
    let field = |regex: &Regex| Some(String::from_utf8_lossy(&regex.captures(window)?[1]).into_owned());
    let (account, tunnel) = (field(account)?, field(tunnel)?);
    (is_hex_id(&account) && is_uuid(&tunnel)).then_some((account, tunnel))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_seen_and_show_little() {
        let table = [
            ("cfut_abcd****wxyz", Some("cfut_…wxyz")),
            ("cfut_…wxyz", Some("cfut_…wxyz")),
            ("cfat_abcdef...", Some("cfat_…")),
            ("cfut_••••••wxyz", Some("cfut_…wxyz")),
            ("cfut_dir", None),
            ("cfut_...", None),
        ];
        for (text, expected) in table {
            assert_eq!(after_prefix(text.as_bytes(), 0).map(|s| s.shown).as_deref(), expected, "{text}");
        }
        assert_eq!(after_name(b"***abcd", 0).map(|s| s.shown).as_deref(), Some("…abcd"));
        assert_eq!(after_name(b"***", 0), None);
        assert_eq!(after_name(b"opts...)", 0), None);
    }
}
