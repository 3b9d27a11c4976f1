//! Placeholders in pattern files, expanded from a seed: the repository holds nothing that looks leaked.
//!
//! `{secret}` the example's secret · `{alnum:N}` `{token:N}` `{hex:N}` `{base64:N}` (N bytes) random ·
//! `{uuid}` · `{crc:PREFIX}` a token with a valid checksum, `{badcrc:PREFIX}` with a wrong one ·
//! `{repeat:C:N}` · `{tunnel-token}`, `{tunnel-token:tas}` in that field order · `{pem64}` a private key as the Stream API gives it.

use data_encoding::{BASE64, HEXLOWER};

/// A small generator (SplitMix64): the same seed gives the same examples on every machine, forever.
#[derive(Clone, Debug)]
pub struct Seed(pub u64);

impl Seed {
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.number() % limit as u64) as usize
    }

    pub fn text(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet = alphabet.as_bytes();
        (0..length).map(|_| alphabet[self.below(alphabet.len())] as char).collect()
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.number() as u8).collect()
    }

    pub fn hex(&mut self, length: usize) -> String {
        self.text("0123456789abcdef", length)
    }

    pub fn alnum(&mut self, length: usize) -> String {
        self.text(ALNUM, length)
    }

    /// A token of the new format, with a valid checksum.
    pub fn checked_token(&mut self, prefix: &str) -> String {
        let body = self.alnum(40);
        format!("{prefix}{body}{:08x}", crc32fast::hash(body.as_bytes()))
    }

    pub fn uuid(&mut self) -> String {
        let hex = self.hex(32);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// A tunnel token with its fields in the order given by their letters.
    pub fn tunnel_token(&mut self, order: &str) -> String {
        let fields: Vec<String> = order
            .chars()
            .map(|field| match field {
                'a' => format!("\"a\":\"{}\"", self.hex(32)),
                't' => format!("\"t\":\"{}\"", self.uuid()),
                _ => format!("\"s\":\"{}\"", BASE64.encode(&self.bytes(32))),
            })
            .collect();
        BASE64.encode(format!("{{{}}}", fields.join(",")).as_bytes())
    }

    /// A PEM block with random contents: shaped like a key, of no use as one.
    pub fn pem(&mut self, label: &str) -> String {
        let body = BASE64.encode(&self.bytes(1190));
        let lines: Vec<&str> =
            body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }
}

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TOKEN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// Expands every placeholder of `text`. Unknown ones stay as they are: they are braces of the text.
pub fn expand(text: &str, secret: &str, seed: &mut Seed) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let placeholder = rest[open..].find('}').and_then(|close| {
            let name = &rest[open + 1..open + close];
            Some((one(name, secret, seed)?, open + close + 1))
        });
        match placeholder {
            Some((value, end)) => {
                out.push_str(&value);
                rest = &rest[end..];
            }
            None => {
                out.push('{');
                rest = &rest[open + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn one(name: &str, secret: &str, seed: &mut Seed) -> Option<String> {
    let (head, argument) = name.split_once(':').unwrap_or((name, ""));
    let length = || argument.parse::<usize>().ok();
    Some(match head {
        "secret" => secret.to_owned(),
        "alnum" => mixed(seed, ALNUM, length()?),
        "token" => mixed(seed, TOKEN, length()?),
        "hex" => mixed(seed, "0123456789abcdef", length()?),
        "base64" => BASE64.encode(&seed.bytes(length()?)),
        "uuid" => seed.uuid(),
        "crc" => seed.checked_token(argument),
        "badcrc" => {
            let good = seed.checked_token(argument);
            let flipped = if good.ends_with('0') { '1' } else { '0' };
            format!("{}{flipped}", &good[..good.len() - 1])
        }
        "repeat" => {
            let (what, times) = argument.split_once(':')?;
            what.repeat(times.parse().ok()?)
        }
        "tunnel-token" => seed.tunnel_token(if argument.is_empty() { "ast" } else { argument }),
        "pem64" => BASE64.encode(seed.pem("RSA PRIVATE KEY").as_bytes()),
        _ => return None,
    })
}

/// Random text that has digits and letters (both cases where the alphabet has them), as real values do, and begins
/// with a letter or digit.
fn mixed(seed: &mut Seed, alphabet: &str, length: usize) -> String {
    loop {
        let text = seed.text(alphabet, length);
        let has = |test: fn(&char) -> bool| text.chars().any(|c| test(&c));
        let both_cases =
            !alphabet.contains('A') || (has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase));
        let edges = !text.starts_with(['-', '_']) && !text.ends_with(['-', '_']);
        if (length < 12 || (has(char::is_ascii_digit) && has(char::is_ascii_lowercase) && both_cases))
            && edges
        {
            return text;
        }
    }
}

/// Hex of bytes, for carriers that spell values that way.
pub fn hex_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_expand_and_other_braces_stay() {
        let mut seed = Seed(1);
        let text = expand("{a} {secret} {repeat:x:3} {hex:8} ${V}", "S", &mut seed);
        assert!(text.starts_with("{a} S xxx ") && text.ends_with(" ${V}"), "{text}");
    }

    #[test]
    fn checked_tokens_match_the_published_vectors() {
        // CLOUDFLARE.md 1.2
        assert_eq!(format!("{:08x}", crc32fast::hash("A".repeat(40).as_bytes())), "2ae98c30");
        assert_eq!(crc32fast::hash(b"0123456789abcdefghijABCDEFGHIJ0123456789"), 0xfcca_43d2);
    }
}
