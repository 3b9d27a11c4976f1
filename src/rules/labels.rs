//! Labels as words: `CLOUDFLARE_API_TOKEN`, `cloudflareApiToken` and `cloudflare-apitoken` are one label.

use crate::rules::Words;

/// Words that people write together. Longest first, so that `apitoken` is `api` and `token`.
const VOCABULARY: [&str; 34] = [
    "authorization",
    "cloudflared",
    "cloudflare",
    "turnstile",
    "signing",
    "account",
    "refresh",
    "service",
    "password",
    "wrangler",
    "access",
    "client",
    "tunnel",
    "stream",
    "global",
    "secret",
    "origin",
    "images",
    "access",
    "token",
    "oauth",
    "email",
    "zone",
    "auth",
    "user",
    "api",
    "key",
    "dns",
    "app",
    "r2",
    "cf",
    "id",
    "ca",
    "s3",
];

/// The words of a label, lower case: split at punctuation, at camel humps, and where known words are glued.
pub fn words(label: &[u8]) -> Vec<String> {
    let mut list = Vec::new();
    let mut word = String::new();
    let mut previous = 0u8;
    for (index, &byte) in label.iter().enumerate() {
        let next_is_lower = label.get(index + 1).is_some_and(u8::is_ascii_lowercase);
        let hump = byte.is_ascii_uppercase()
            && (previous.is_ascii_lowercase() || (previous.is_ascii_uppercase() && next_is_lower));
        if !byte.is_ascii_alphanumeric() || hump {
            finish(&mut word, &mut list);
        }
        if byte.is_ascii_alphanumeric() {
            word.push(byte.to_ascii_lowercase() as char);
        }
        previous = byte;
    }
    finish(&mut word, &mut list);
    list
}

fn finish(word: &mut String, list: &mut Vec<String>) {
    if !word.is_empty() {
        match unglue(word) {
            Some(parts) => list.extend(parts.into_iter().map(str::to_owned)),
            None => list.push(word.clone()),
        }
        word.clear();
    }
}

/// `cloudflareapitoken` as its parts, if it is made of known words only.
fn unglue(word: &str) -> Option<Vec<&'static str>> {
    let mut parts = Vec::new();
    let mut rest = word;
    while !rest.is_empty() {
        let part = VOCABULARY.iter().find(|part| rest.starts_with(**part))?;
        parts.push(*part);
        rest = &rest[part.len()..];
    }
    Some(parts)
}

/// What a label must be made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelPattern {
    /// `cloudflare+token`: all these words.
    With(Vec<String>),
    /// `=token`: these words and no others.
    Exactly(Vec<String>),
    /// `*`: words that say "a credential" and not whose.
    Anybodys,
}

impl LabelPattern {
    pub fn new(written: &str) -> Self {
        match (written, written.strip_prefix('=')) {
            ("*", _) => LabelPattern::Anybodys,
            (_, Some(rest)) => LabelPattern::Exactly(words(rest.as_bytes())),
            (_, None) => LabelPattern::With(words(written.as_bytes())),
        }
    }

    pub fn fits(&self, label: &[String]) -> bool {
        let has_all = |words: &[String]| words.iter().all(|word| label.contains(word));
        match self {
            LabelPattern::With(words) => has_all(words),
            LabelPattern::Exactly(words) => words.len() == label.len() && has_all(words),
            LabelPattern::Anybodys => is_anybodys(label),
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            LabelPattern::With(words) | LabelPattern::Exactly(words) => words.is_empty(),
            LabelPattern::Anybodys => false,
        }
    }
}

/// `api_key_secret`, `deployToken`; but not `secret_key`, which every web framework has.
fn is_anybodys(label: &[String]) -> bool {
    let shipped = Words::shipped();
    let has = |word: &str| label.iter().any(|other| other == word);
    let of_an_api = ["api", "auth", "authorization", "bearer", "dns", "zone", "global"].into_iter().any(has);
    let names_one =
        has("token") || (of_an_api && label.iter().any(|word| shipped.credentials.contains(word)));
    names_one && label.iter().all(|word| shipped.credentials.contains(word) || shipped.neutral.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_words() {
        let table: [(&str, &[&str]); 9] = [
            ("CLOUDFLARE_API_TOKEN", &["cloudflare", "api", "token"]),
            ("cloudflareApiToken", &["cloudflare", "api", "token"]),
            ("cfAPIToken", &["cf", "api", "token"]),
            ("X-Auth-Key", &["x", "auth", "key"]),
            ("apitoken", &["api", "token"]),
            ("SAVED_CF_Token", &["saved", "cf", "token"]),
            ("dns.cloudflare.apiKey", &["dns", "cloudflare", "api", "key"]),
            ("keyboard", &["keyboard"]),
            ("R2_SECRET", &["r2", "secret"]),
        ];
        for (label, expected) in table {
            assert_eq!(words(label.as_bytes()), expected, "{label}");
        }
    }

    #[test]
    fn a_pattern_is_a_set_of_words() {
        let label = words(b"TF_VAR_cloudflare_api_token");
        assert!(LabelPattern::new("cloudflare+token").fits(&label));
        assert!(!LabelPattern::new("cloudflare+key").fits(&label));
        assert!(!LabelPattern::new("=api_token").fits(&label));
        assert!(LabelPattern::new("=api_token").fits(&words(b"apiToken")));
    }

    #[test]
    fn a_star_fits_what_could_be_anybodys_credential() {
        for label in ["apiKeySecret", "DEPLOY_TOKEN", "dns_api_password", "token"] {
            assert!(LabelPattern::new("*").fits(&words(label.as_bytes())), "{label}");
        }
        for label in ["SECRET_KEY", "app_secret", "github_token", "api_zone", "token_hash", "password"] {
            assert!(!LabelPattern::new("*").fits(&words(label.as_bytes())), "{label}");
        }
    }
}
