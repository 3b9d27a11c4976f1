//! Labels as words: `CLOUDFLARE_API_TOKEN`, `cloudflareApiToken` and `cloudflare-apitoken` are one label.

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

/// A set of words, all of which a label must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelPattern {
    words: Vec<String>,
    /// `=token`: these words and no others.
    exact: bool,
}

impl LabelPattern {
    pub fn new(written: &str) -> Self {
        let (exact, written) = match written.strip_prefix('=') {
            Some(rest) => (true, rest),
            None => (false, written),
        };
        LabelPattern { words: words(written.as_bytes()), exact }
    }

    pub fn fits(&self, label: &[String]) -> bool {
        self.words.iter().all(|word| label.contains(word)) && (!self.exact || self.words.len() == label.len())
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
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
}
