//! What kind of credential a value is when it comes alone, without surroundings to explain it.
//!
//! For values that a person hands over and calls Cloudflare's: nothing is weighed, placeholders are not
//! turned away, and the shape alone decides. Where two kinds share a shape, the one is taken that can do no
//! harm when it is wrong.

use crate::model::{Checksum, Kind, Secret};
use crate::scan::check::{self, is_hex_id, is_uuid};
use serde_json::Value;

/// A value known by its shape, in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognized {
    pub kind: Kind,
    pub secret: Secret,
    pub checksum: Option<Checksum>,
}

/// `None` for what is no credential we know.
pub fn recognize(value: &str) -> Option<Recognized> {
    if let Some(secret) = tunnel_credentials(value) {
        return Some(Recognized { kind: Kind::TunnelCredentials, secret, checksum: None });
    }
    let kind = kind_of(value)?;
    let has_checksum = ["cfut_", "cfat_", "cfk_", "cfast_"].iter().any(|prefix| value.starts_with(prefix));
    let checksum = if has_checksum { check::checksum(value.as_bytes()) } else { None };
    Some(Recognized { kind, secret: Secret::new(value), checksum })
}

fn kind_of(value: &str) -> Option<Kind> {
    let prefixed = [
        ("cfut_", Kind::UserApiToken),
        ("cfat_", Kind::AccountApiToken),
        ("cfk_", Kind::GlobalApiKey),
        ("cfast_", Kind::AccessServiceToken),
    ];
    for (prefix, kind) in prefixed {
        // Cloudflare leaves itself room up to 80 characters (CLOUDFLARE.md 1.1).
        if let Some(body) = value.strip_prefix(prefix) {
            return (is_token(body) && (40..=75).contains(&body.len())).then_some(kind);
        }
    }
    if let Some(pair) = value.strip_prefix("cfoat_") {
        return is_oauth_pair(pair).then_some(Kind::OauthAccessToken);
    }
    if let Some(key) = value.strip_prefix("v1.0-") {
        let is_key = key.len() > 100 && key.bytes().all(|byte| byte == b'-' || is_hex(byte));
        return is_key.then_some(Kind::OriginCaKey);
    }
    if value.starts_with("https://") {
        return is_deploy_hook(value).then_some(Kind::DeployHook);
    }
    if check::tunnel_token(value.as_bytes()).is_some() {
        return Some(Kind::TunnelToken);
    }
    if value.contains(':') {
        return colons(value);
    }
    by_length(value)
}

/// Shapes without any mark: the length and the alphabet are all there is.
fn by_length(value: &str) -> Option<Kind> {
    let all_hex = value.bytes().all(is_hex);
    if value.starts_with("0x4") {
        let is_secret = is_token(value) && (33..=37).contains(&value.len());
        return (is_secret && check::is_turnstile(value.as_bytes())).then_some(Kind::TurnstileSecret);
    }
    // Unprefixed OAuth tokens are either: the access kind expired long before the prefix came, and asking
    // with a refresh token would only look like death. So it is the kind that is not asked about.
    if is_oauth_pair(value) {
        return Some(Kind::OauthRefreshToken);
    }
    match value.len() {
        37..=45 if all_hex => Some(Kind::GlobalApiKey),
        40 if is_token(value) => Some(Kind::LegacyApiToken),
        // An S3 secret, of Access or of Realtime: as the first, the missing id is asked for.
        64 if all_hex => Some(Kind::R2S3Credentials),
        _ => None,
    }
}

fn colons(value: &str) -> Option<Kind> {
    let parts: Vec<&str> = value.split(':').collect();
    match parts[..] {
        [id, secret] if is_hex_id(id) && secret.len() == 64 && secret.bytes().all(is_hex) => {
            Some(Kind::R2S3Credentials)
        }
        [account, tunnel, secret] if is_hex_id(account) && is_uuid(tunnel) => {
            check::is_tunnel_secret(secret).then_some(Kind::TunnelCredentials)
        }
        // CLOUDFLARE.md 1.17
        [user, grant, secret] if !user.is_empty() && grant.len() == 16 && secret.len() == 32 => {
            [user, grant, secret].into_iter().all(is_token).then_some(Kind::McpToken)
        }
        _ => None,
    }
}

/// The JSON of a credentials file on one line.
fn tunnel_credentials(value: &str) -> Option<Secret> {
    let json: Value = serde_json::from_str(value).ok()?;
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let (account, tunnel, secret) = (text("AccountTag")?, text("TunnelID")?, text("TunnelSecret")?);
    let honest = is_hex_id(account) && is_uuid(tunnel) && check::is_tunnel_secret(secret);
    honest.then(|| Secret::new(format!("{account}:{tunnel}:{secret}")))
}

fn is_deploy_hook(url: &str) -> bool {
    let families = ["pages/webhooks", "workers/builds"];
    families.iter().any(|family| {
        let start = format!("https://api.cloudflare.com/client/v4/{family}/deploy_hooks/");
        url.strip_prefix(start.as_str()).is_some_and(is_uuid)
    })
}

fn is_oauth_pair(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(left, right)| [left, right].iter().all(|half| half.len() == 43 && is_token(half)))
}

fn is_token(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::examples::Seed;

    #[test]
    fn a_value_alone_is_known_by_its_shape() {
        let mut seed = Seed(7);
        let mixed = "aB3_x".repeat(8);
        let half = "aB3".repeat(14) + "x";
        let hook =
            format!("https://api.cloudflare.com/client/v4/workers/builds/deploy_hooks/{}", seed.uuid());
        let credentials =
            |seed: &mut Seed| (seed.hex(32), seed.uuid(), data_encoding::BASE64.encode(&seed.bytes(32)));
        let (account, tunnel, secret) = credentials(&mut seed);
        let json = format!(r#"{{"AccountTag":"{account}","TunnelSecret":"{secret}","TunnelID":"{tunnel}"}}"#);
        for (value, kind) in [
            (seed.checked_token("cfut_"), Some(Kind::UserApiToken)),
            (seed.checked_token("cfat_"), Some(Kind::AccountApiToken)),
            (seed.checked_token("cfk_"), Some(Kind::GlobalApiKey)),
            (seed.checked_token("cfast_"), Some(Kind::AccessServiceToken)),
            (format!("cfut_{}", "A".repeat(60)), Some(Kind::UserApiToken)),
            (format!("cfut_{}", "A".repeat(39)), None),
            (format!("cfoat_{half}.{half}"), Some(Kind::OauthAccessToken)),
            (format!("{half}.{half}"), Some(Kind::OauthRefreshToken)),
            (format!("v1.0-{}-{}", seed.hex(24), seed.hex(146)), Some(Kind::OriginCaKey)),
            (seed.tunnel_token("ast"), Some(Kind::TunnelToken)),
            (json, Some(Kind::TunnelCredentials)),
            (format!("{account}:{tunnel}:{secret}"), Some(Kind::TunnelCredentials)),
            (hook, Some(Kind::DeployHook)),
            (format!("{}:{}", seed.hex(32), seed.hex(64)), Some(Kind::R2S3Credentials)),
            (seed.hex(64), Some(Kind::R2S3Credentials)),
            (format!("user:{}:{}", "g".repeat(16), "s".repeat(32)), Some(Kind::McpToken)),
            (format!("0x4{}", "Ab_".repeat(10)), Some(Kind::TurnstileSecret)),
            (format!("0x4{}", "00".repeat(15)), None),
            (seed.hex(37), Some(Kind::GlobalApiKey)),
            (seed.hex(45), Some(Kind::GlobalApiKey)),
            (mixed.clone(), Some(Kind::LegacyApiToken)),
            (format!("{mixed}x"), None),
            (seed.hex(32), None),
            ("https://example.com/".to_owned(), None),
            (String::new(), None),
            ("hello".to_owned(), None),
        ] {
            let found = recognize(&value).map(|known| known.kind);
            assert_eq!(found, kind, "{} characters", value.len());
        }
    }

    #[test]
    fn the_checksum_is_looked_at_where_there_is_one() {
        let mut seed = Seed(8);
        let good = seed.checked_token("cfut_");
        let bad = format!("{}00000000", &good[..good.len() - 8]);
        assert_eq!(recognize(&good).unwrap().checksum, Some(Checksum::Valid));
        assert_eq!(recognize(&bad).unwrap().checksum, Some(Checksum::Invalid));
        assert_eq!(recognize(&seed.hex(37)).unwrap().checksum, None);
    }

    #[test]
    fn credentials_become_their_canonical_form() {
        let mut seed = Seed(9);
        let (account, tunnel) = (seed.hex(32), seed.uuid());
        let secret = data_encoding::BASE64.encode(&seed.bytes(32));
        let json = format!(r#"{{"TunnelID":"{tunnel}","AccountTag":"{account}","TunnelSecret":"{secret}"}}"#);
        assert_eq!(recognize(&json).unwrap().secret, Secret::new(format!("{account}:{tunnel}:{secret}")));
    }
}
