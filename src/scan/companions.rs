//! What must be known together with a credential to judge it: e-mail addresses, account, zone and key ids.
//!
//! Identifiers, not secrets. Found near a value, nearest first.

use crate::model::Companions;
use crate::scan::surroundings::wide_window;
use crate::scan::view::View;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::OnceLock;

/// Companions may stand further off than evidence: they only have to be in the same piece of configuration.
const REACH: usize = 4096;
const MOST: usize = 8;

struct Patterns {
    email: Regex,
    account: Regex,
    zone: Regex,
    key_id: Regex,
}

fn patterns() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    let regex = |text: &str| Regex::new(text).expect("a constant pattern");
    PATTERNS.get_or_init(|| Patterns {
        email: regex(r"(?-u)\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,62})*\.[A-Za-z]{2,24}\b"),
        account: regex(
            r#"(?-u)(?i:account[a-z_.\- ]{0,12}(?:id|tag)?|\ba)\\*["']?[\s=:>]{1,8}\\*["']?([0-9a-f]{32})\b|accounts/([0-9a-f]{32})\b|dash\.cloudflare\.com/([0-9a-f]{32})\b|\b([0-9a-f]{32})(?:\.(?:eu|fedramp))?\.r2\.cloudflarestorage\.com"#,
        ),
        zone: regex(
            r#"(?-u)(?i:zone[a-z_.\- ]{0,12}(?:id|tag)?)\\*["']?[\s=:>]{1,8}\\*["']?([0-9a-f]{32})\b|zones/([0-9a-f]{32})\b"#,
        ),
        key_id: regex(
            r#"(?-u)(?i:access_?-?key_?-?id|key_?id|access_?key|token_?id|\bkey)\\*["']?[\s=:>,]{1,8}\\*["']?([0-9a-f]{32})\b"#,
        ),
    })
}

/// E-mail addresses in a text, in order.
pub(crate) fn emails(text: &[u8]) -> Vec<String> {
    if memchr::memchr(b'@', text).is_none() {
        return Vec::new();
    }
    patterns()
        .email
        .find_iter(text)
        .map(|found| String::from_utf8_lossy(found.as_bytes()).into_owned())
        .collect()
}

/// Everything useful around `value`, here and around the texts this one was decoded from.
pub(crate) fn around(view: &View<'_>, value: Range<usize>) -> Companions {
    let window = wide_window(view.text, &value, REACH);
    let text = &view.text[window.clone()];
    let middle = (value.start + value.end) / 2 - window.start;
    let nearest = |pattern: &Regex| -> Vec<String> {
        let mut found: Vec<(usize, String)> = pattern
            .captures_iter(text)
            .filter_map(|captures| {
                let group = captures.iter().skip(1).flatten().next().or_else(|| captures.get(0))?;
                Some((group.start().abs_diff(middle), String::from_utf8_lossy(group.as_bytes()).into_owned()))
            })
            .collect();
        found.sort();
        let mut list = Vec::new();
        for (_, item) in found {
            if !list.contains(&item) && list.len() < MOST {
                list.push(item);
            }
        }
        list
    };
    let patterns = patterns();
    let mut companions = Companions {
        emails: if memchr::memchr(b'@', text).is_some() { nearest(&patterns.email) } else { Vec::new() },
        account_ids: nearest(&patterns.account),
        zone_ids: nearest(&patterns.zone),
        token_ids: nearest(&patterns.key_id),
    };
    if let Some((outer, range)) = view.outer(value) {
        companions.absorb(&around(outer, range));
    }
    companions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Chunk, Provenance};

    #[test]
    fn ids_are_found_in_every_spelling_nearest_first() {
        let (one, two) = ("1".repeat(32), "2".repeat(32));
        let text = format!(
            "accounts/{two}/x\nCF_ACCOUNT_ID={one}\nVALUE\nzone_id: \"{two}\"\nuser dev@example.net\nAWS_ACCESS_KEY_ID={one}"
        );
        let chunk = Chunk::whole(Provenance::stdin().into(), text.as_bytes());
        let at = text.find("VALUE").expect("there");
        let companions = around(&View::top(&chunk), at..at + 5);
        assert_eq!(companions.account_ids, [one.clone(), two.clone()]);
        assert_eq!(companions.zone_ids, [two]);
        assert_eq!(companions.emails, ["dev@example.net"]);
        assert_eq!(companions.token_ids, [one]);
    }
}
