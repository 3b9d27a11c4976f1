//! The forms in which a value could slip out.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

pub fn of(value: &str) -> Vec<(&'static str, String)> {
    let bytes = value.as_bytes();
    let mut forms = vec![
        ("itself", value.to_owned()),
        ("its reverse", value.chars().rev().collect()),
        ("hex", HEXLOWER.encode(bytes)),
        // For an API token this is the R2 secret (CLOUDFLARE.md 1.7), the worst of all.
        ("SHA-256", HEXLOWER.encode(&Sha256::digest(bytes))),
    ];
    // Base64 of a text that holds the value depends on where in a group of three it starts; what stands before and
    // after touches at most the first four and the last four letters.
    for shift in 0..3 {
        let shifted = [&b"\0\0"[..shift], bytes].concat();
        for (name, encoded) in
            [("base64", BASE64_NOPAD.encode(&shifted)), ("base64url", BASE64URL_NOPAD.encode(&shifted))]
        {
            forms.push((name, encoded[4..encoded.len() - 4].to_owned()));
        }
    }
    // Half a value is a leak too.
    if value.len() >= 32 {
        forms.push(("its middle", value[value.len() / 4..value.len() / 4 * 3].to_owned()));
    }
    forms
}
