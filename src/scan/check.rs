//! Proofs and readings that a regex cannot do.

use crate::model::{Checksum, Secret};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
use serde_json::Value;

/// Compares the last 8 hex digits with the CRC32 of the 40 characters before them. `None` where the form is another.
pub(crate) fn checksum(value: &[u8]) -> Option<Checksum> {
    let body_at = value.iter().position(|&byte| byte == b'_')? + 1;
    let body = value.get(body_at..body_at + 40)?;
    let digits = std::str::from_utf8(value.get(body_at + 40..)?).ok()?;
    if digits.len() != 8 || digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let stated = u32::from_str_radix(digits, 16).ok()?;
    Some(if stated == crc32fast::hash(body) { Checksum::Valid } else { Checksum::Invalid })
}

/// What a tunnel token tells: whose account, and that the rest is a secret (CLOUDFLARE.md 1.9).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TunnelToken {
    pub account: String,
}

/// Does base64 text begin as a tunnel token with `a` first does: `{"a":"` and hex digits? One look that spares trying
/// every end of a text that only repeats its beginning.
pub(crate) fn begins_as_tunnel_token(base64: &[u8]) -> bool {
    let head = base64.get(..16).and_then(|head| BASE64.decode(head).ok());
    head.is_some_and(|head| head[6..].iter().all(u8::is_ascii_hexdigit))
}

/// Base64 of JSON with `a` (32 hex), `t` (UUID) and `s` (base64 of at least 32 bytes), in any order.
pub(crate) fn tunnel_token(base64: &[u8]) -> Option<TunnelToken> {
    let json: Value = serde_json::from_slice(&any_base64(base64)?).ok()?;
    let text = |key: &str| json.get(key).and_then(Value::as_str);
    let (account, tunnel, secret) = (text("a")?, text("t")?, text("s")?);
    let honest = is_hex_id(account) && is_uuid(tunnel) && is_tunnel_secret(secret);
    honest.then(|| TunnelToken { account: account.to_owned() })
}

pub(crate) fn is_tunnel_secret(text: &str) -> bool {
    any_base64(text.as_bytes())
        .is_some_and(|bytes| bytes.len() >= 32 && bytes.iter().any(|&byte| byte != bytes[0]))
}

/// Bytes as a machine makes them: people who write an example repeat few.
pub(crate) fn is_random_tunnel_secret(text: &str) -> bool {
    let Some(mut bytes) = any_base64(text.as_bytes()) else { return false };
    let length = bytes.len();
    bytes.sort_unstable();
    bytes.dedup();
    length >= 32 && bytes.len() * 2 > length
}

/// Strict in everything but the alphabet and the padding.
pub(crate) fn any_base64(text: &[u8]) -> Option<Vec<u8>> {
    [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD].iter().find_map(|alphabet| alphabet.decode(text).ok())
}

pub(crate) fn is_hex_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The key between the marks without white space, from PEM; or a private JWK without white space.
pub(crate) fn private_key(text: &[u8]) -> Option<Secret> {
    if text.starts_with(b"-----BEGIN") {
        return pem_body(&unescape_breaks(text)).map(Secret::new);
    }
    let jwk: Value = serde_json::from_slice(text).ok()?;
    jwk.get("d")?;
    let compact = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    String::from_utf8(compact).ok().map(Secret::new)
}

fn unescape_breaks(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match text[at..] {
            [b'\\', b'n' | b'r', ..] => at += 2,
            [b'\\', ..] => at += 1,
            [byte, ..] => {
                out.push(byte);
                at += 1;
            }
            [] => break,
        }
    }
    out
}

fn pem_body(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let after = text.strip_prefix("-----BEGIN ")?.split_once("-----")?.1;
    let body: String = after.split("-----").next()?.chars().filter(|c| !c.is_whitespace()).collect();
    let is_key = text.contains("PRIVATE KEY") && body.len() > 100 && any_base64(body.as_bytes()).is_some();
    is_key.then_some(body)
}

/// `0x4` and a body that is no number: a 128-bit constant begins like a Turnstile secret.
pub(crate) fn is_turnstile(value: &[u8]) -> bool {
    !value.iter().skip(2).all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::examples::Seed;

    #[test]
    fn checksum_is_crc32_of_the_body() {
        let mut seed = Seed(3);
        for prefix in ["cfut_", "cfat_", "cfk_", "cfast_"] {
            let good = seed.checked_token(prefix);
            assert_eq!(checksum(good.as_bytes()), Some(Checksum::Valid));
            let bad = format!("{}{}", &good[..good.len() - 8], "00000000");
            assert_eq!(checksum(bad.as_bytes()), Some(Checksum::Invalid));
            assert_eq!(checksum(&good.as_bytes()[..good.len() - 1]), None);
        }
    }

    #[test]
    fn tunnel_tokens_parse_in_any_order() {
        let mut seed = Seed(4);
        for order in ["ast", "tas", "sta"] {
            assert!(tunnel_token(seed.tunnel_token(order).as_bytes()).is_some(), "{order}");
        }
        assert_eq!(tunnel_token(seed.tunnel_token("as").as_bytes()), None);
        assert_eq!(tunnel_token(BASE64.encode(b"{\"a\":\"b\"}").as_bytes()), None);
    }

    #[test]
    fn a_private_key_is_the_same_with_breaks_real_or_spelled() {
        let pem = Seed(5).pem("RSA PRIVATE KEY");
        let plain = private_key(pem.as_bytes());
        assert!(plain.is_some());
        assert_eq!(private_key(pem.replace('\n', "\\n").as_bytes()), plain);
        assert_eq!(private_key(Seed(5).pem("CERTIFICATE").as_bytes()), None);
    }
}
