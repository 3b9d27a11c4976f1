//! What may be kept of an answer: everything but values, and what stands for a value (CONTRACT section 7).

use crate::model::{Secret, masked};
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

const CUT: &str = "[cut out by cfleak]";

/// Fields whose text is a credential or opens something: token values and hashes, widget, tunnel, client and TSIG
/// secrets, destinations of Logpush with keys in their address, keys of Stream and Images (CLOUDFLARE.md 4.1, 7).
const FIELDS: [&str; 22] = [
    "value",
    "secret",
    "token",
    "key",
    "pem",
    "jwk",
    "password",
    "client_secret",
    "tunnel_secret",
    "destination_conf",
    "ownership_challenge",
    "old_token_hash",
    "new_token_hash",
    "access_token",
    "refresh_token",
    "secretaccesskey",
    "secret_access_key",
    "sessiontoken",
    "session_token",
    "streamkey",
    "passphrase",
    "credentials",
];

/// An unbroken run of hex digits that is as long as a SHA-256 may be one: of a token, that is its R2 secret.
const HASH: usize = 64;

/// Takes values out of answers. Knows the values of this run, so that none gets past whatever field it is in.
#[derive(Clone, Debug, Default)]
pub struct Scrubber {
    values: Vec<Secret>,
}

impl Scrubber {
    /// `values`: the leaked credential and those of the responders.
    pub fn new(values: impl IntoIterator<Item = Secret>) -> Self {
        let mut known = Vec::new();
        for value in values.into_iter().filter(|value| value.len() >= 8) {
            known.push(Secret::new(HEXLOWER.encode(&Sha256::digest(value.expose()))));
            // The secret half of `ID:SECRET` and of `EMAIL:KEY` is one by itself.
            let half = value.expose().rsplit_once(':').map(|(_, secret)| Secret::new(secret));
            known.extend(half.filter(|secret| secret.len() >= 16));
            known.push(value);
        }
        known.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Scrubber { values: known }
    }

    pub fn scrub(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.scrub_text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.scrub(item)).collect(),
            Value::Object(fields) => {
                let clean = |(name, value): (String, Value)| {
                    let value = if hides(&name, &value) { CUT.into() } else { self.scrub(value) };
                    (self.scrub_text(&name), value)
                };
                Value::Object(fields.into_iter().map(clean).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }

    pub fn scrub_text(&self, text: &str) -> String {
        without_hashes(&masked(&self.without_values(text)))
    }

    /// Takes only the values of this run out: for what is no answer of the API, and has hashes and names of its own.
    pub fn cover(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.without_values(&text).into_owned()),
            Value::Array(items) => items.into_iter().map(|item| self.cover(item)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, value)| (name, self.cover(value))).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }

    fn without_values<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for value in &self.values {
            if text.contains(value.expose()) {
                text = Cow::Owned(text.replace(value.expose(), CUT));
            }
        }
        text
    }
}

/// A group of a policy has a `key` too, and a setting a `value`: only text that could be a credential is hidden.
fn hides(name: &str, value: &Value) -> bool {
    const SHORTEST: usize = 16;
    let name = name.to_ascii_lowercase();
    let named = FIELDS.contains(&name.as_str()) || name.ends_with("_secret") || name.ends_with("_token_hash");
    let could_be = match value {
        Value::String(text) => text.len() >= SHORTEST,
        Value::Array(_) | Value::Object(_) => name == "credentials",
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    };
    named && could_be
}

fn without_hashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars() {
        if letter.is_ascii_hexdigit() {
            run.push(letter);
            continue;
        }
        flush(&mut run, &mut out);
        out.push(letter);
    }
    flush(&mut run, &mut out);
    out
}

fn flush(run: &mut String, out: &mut String) {
    out.push_str(if run.len() >= HASH { CUT } else { run });
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn leaked() -> Secret {
        Secret::new(format!("{}x9", "Ab3-".repeat(10)))
    }

    #[test]
    fn values_and_what_stands_for_them_are_cut_out() {
        let hash = HEXLOWER.encode(&Sha256::digest("something else"));
        let own_hash = HEXLOWER.encode(&Sha256::digest(leaked().expose()));
        let kept = json!({"id": "0".repeat(32), "value": "full", "name": "Workers Scripts Write", "key": 7});
        let answer = json!({
            "result": [kept.clone(), {"value": "s".repeat(40)}, {"metadata": {"old_token_hash": hash.clone()}}],
            "destination_conf": "r2://bucket?secret-access-key=abc",
            "action": {"info": format!("key digest: {hash}")},
            "request": format!("{{\"token\":\"{}\"}}", leaked().expose()),
            "new": {"widget_secret": "0x4".to_owned() + &"A".repeat(31)},
            "note": own_hash,
        });
        let scrubbed = Scrubber::new([leaked()]).scrub(answer);
        let text = scrubbed.to_string();
        for gone in [leaked().expose(), hash.as_str(), own_hash.as_str(), "ssss", "abc", "AAAA"] {
            assert!(!text.contains(gone), "{text}");
        }
        assert_eq!(scrubbed["result"][0], kept);
        assert_eq!(scrubbed["action"]["info"], format!("key digest: {CUT}"));
    }

    #[test]
    fn a_value_that_announces_itself_is_masked_in_any_text() {
        let text = format!("Bearer cfut_{}", "Ab3".repeat(16));
        assert_eq!(Scrubber::default().scrub_text(&text), "Bearer cfut_…3Ab3");
    }
}
