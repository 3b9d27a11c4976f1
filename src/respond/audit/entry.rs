//! An entry of either log in our words. Only fields that are named here are taken from it, and none of them as
//! it came: token hashes and the like stay behind (CLOUDFLARE.md 4.1).

use crate::model::incident::{Event, MintedKind};
use crate::model::{is_deceptive, masked};
use serde_json::Value;

/// One entry, and what is needed to follow it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub event: Event,
    pub account_id: Option<String>,
    pub zone_id: Option<String>,
    /// What it left behind, where it succeeded.
    pub thing: Option<Thing>,
    /// Permission groups of which any one was enough for it.
    pub needs: &'static [&'static str],
}

/// What a deed made or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    pub kind: MintedKind,
    pub id: Option<String>,
    pub name: Option<String>,
    /// Where it can be looked at: the path of the request, with the id behind it where that made the thing.
    pub path: Option<String>,
}

/// The first of these places that holds text; numbers are text too.
pub(super) fn text(entry: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().find_map(|pointer| {
        let found = match entry.pointer(pointer)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        (!found.is_empty()).then(|| clean(&found)).flatten()
    })
}

/// Text from a log for people: no credential, nothing that stands for one, nothing that deceives, not endless.
fn clean(text: &str) -> Option<String> {
    const LONGEST: usize = 400;
    if longest_hex_run(text) >= 64 {
        // As long as a SHA-256: of a token that is its R2 secret.
        return None;
    }
    let shown = masked(text).chars().filter(|letter| !is_deceptive(*letter)).take(LONGEST).collect();
    Some(shown)
}

fn longest_hex_run(text: &str) -> usize {
    text.split(|letter: char| !letter.is_ascii_hexdigit()).map(str::len).max().unwrap_or(0)
}

/// `ci-deploy-2 (0123…)`: the name people know and the id that finds it.
pub(super) fn object(id: Option<&str>, name: Option<&str>) -> Option<String> {
    match (id, name) {
        (Some(id), Some(name)) if id != name => Some(format!("{name} ({id})")),
        (_, Some(one)) | (Some(one), None) => Some(one.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn hashes_values_and_deceptions_do_not_get_in() {
        let token = format!("cfut_{}", "Ab3".repeat(16));
        for (value, shown) in [
            (json!("shop"), Some("shop")),
            (json!(7), Some("7")),
            (json!(" "), None),
            (json!(null), None),
            (json!(["a"]), None),
            (json!("a".repeat(64)), None),
            (json!(format!("key digest: {}", "0b".repeat(32))), None),
            (json!("a\u{202e}b\nc"), Some("abc")),
        ] {
            assert_eq!(text(&json!({ "x": value }), &["/y", "/x"]).as_deref(), shown, "{value}");
        }
        let hidden = text(&json!({ "x": format!("named {token}") }), &["/x"]);
        assert!(hidden.is_some_and(|hidden| hidden.starts_with("named ") && !hidden.contains(&token)));
    }

    #[test]
    fn an_object_is_called_by_name_and_id() {
        assert_eq!(object(Some("1"), Some("a")).as_deref(), Some("a (1)"));
        assert_eq!(object(Some("shop"), Some("shop")).as_deref(), Some("shop"));
        assert_eq!(object(Some("1"), None).as_deref(), Some("1"));
        assert_eq!(object(None, None), None);
    }
}
