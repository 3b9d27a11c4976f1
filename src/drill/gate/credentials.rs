use super::super::refusal::{Refusal, Style};
use super::super::request::Request;
use crate::model::{Fingerprint, Secret};

/// The credential that came with a request, judged by shape alone.
#[derive(Clone, Debug)]
pub(crate) enum Presented {
    Bearer(Secret),
    Key { email: String, key: Secret },
    ServiceKey(Secret),
}

impl Presented {
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Presented::Bearer(value) | Presented::Key { key: value, .. } | Presented::ServiceKey(value) => {
                Fingerprint::of(value)
            }
        }
    }
}

/// `Authorization` wins over the other headers, as it does at Cloudflare's own clients.
pub(crate) fn presented(request: &Request, style: Style) -> Result<Presented, Refusal> {
    if request.headers.contains_key("authorization") {
        return bearer(request);
    }
    match (request.header("x-auth-key"), request.header("x-auth-email")) {
        (Some(key), Some(email)) => key_pair(key, email),
        (Some(_), None) => Err(Refusal::half_a_key("X-Auth-Email")),
        (None, Some(_)) => Err(Refusal::half_a_key("X-Auth-Key")),
        (None, None) => match request.header("x-auth-user-service-key") {
            Some(key) => Ok(Presented::ServiceKey(Secret::new(key))),
            None => Err(Refusal::no_credential(style)),
        },
    }
}

fn bearer(request: &Request) -> Result<Presented, Refusal> {
    let malformed = Refusal::malformed_authorization;
    let value = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
    let value = value.ok_or_else(malformed)?;
    if could_be_a_token(value) { Ok(Presented::Bearer(Secret::new(value))) } else { Err(malformed()) }
}

/// A Global key as a bearer is malformed (CLOUDFLARE.md 2.4): the old form is too short, the new one has its
/// own prefix.
fn could_be_a_token(value: &str) -> bool {
    let token = (40..=80).contains(&value.len()) && !value.starts_with("cfk_") && value.bytes().all(url_safe);
    token || could_be_oauth(value)
}

fn could_be_oauth(value: &str) -> bool {
    let parts = value.strip_prefix("cfoat_").unwrap_or(value);
    parts.len() == 87
        && parts
            .split_once('.')
            .is_some_and(|(a, b)| a.len() == 43 && a.bytes().chain(b.bytes()).all(url_safe))
}

fn key_pair(key: &str, email: &str) -> Result<Presented, Refusal> {
    let old = (37..=45).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let new = key.len() == 52 && key.starts_with("cfk_") && key.bytes().all(url_safe);
    if !old && !new {
        return Err(Refusal::malformed_key());
    }
    if !email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) {
        return Err(Refusal::malformed_email());
    }
    Ok(Presented::Key { email: email.to_owned(), key: Secret::new(key) })
}

fn url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_pass_for_tokens() {
        let parts = format!("{}.{}", "a".repeat(43), "b".repeat(43));
        let cases = [
            ("a".repeat(40), true),
            ("a".repeat(39), false),
            (format!("cfut_{}", "Ab3".repeat(16)), true),
            (format!("cfk_{}", "Ab3".repeat(16)), false),
            (parts.clone(), true),
            (format!("cfoat_{parts}"), true),
            (format!("cfoat_{parts}c"), false),
            (format!("{}!", "a".repeat(40)), false),
            ("a".repeat(81), false),
        ];
        for (value, expected) in cases {
            assert_eq!(could_be_a_token(&value), expected, "{} characters", value.len());
        }
    }
}
