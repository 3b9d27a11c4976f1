//! One known credential: what to look for besides what the patterns look for.
//!
//! A hunt is a scan that keeps one credential only. The value's own letters become anchors, in every spelling that a
//! decoder undoes, so that no name, prefix or alignment is needed; what the ordinary passes find is kept if it is the
//! credential. Leaves the looking itself to `scanner::hunted`.

mod masks;
mod needles;
#[cfg(test)]
mod tests;

use masks::{MASKS, kind_of_prefix};
pub(crate) use masks::{cut, is_mask, public_prefix, remains};
pub(crate) use needles::{Act, Needles};

use crate::model::{Fingerprint, Kind, Reason, Secret};
use crate::scan::check;
use crate::scan::class::is_token;
use crate::scan::recognize;
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;

/// Shorter values stand in honest words.
const SHORTEST: usize = 16;
/// Characters behind the public prefix that must be known, and that may be: more would be most of a value, and a
/// prefix is written on a command line.
const KNOWN: std::ops::RangeInclusive<usize> = 4..=16;

/// The credential that is hunted.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// In its canonical form.
    Value(Secret),
    /// Where the value may not be held.
    Fingerprint(Fingerprint),
    /// The public prefix and the next few characters, or the first few where there is no public prefix.
    Prefix(Secret),
}

/// Why something cannot be hunted. Says nothing of what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    Empty,
    Short,
    NotOneWord,
    PrefixShort,
    PrefixLong,
    PrefixLetters,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Empty => f.write_str("there is no value on stdin"),
            Unfit::Short => {
                write!(f, "the value has fewer than {SHORTEST} characters, which stand in honest words")
            }
            Unfit::NotOneWord => {
                f.write_str("stdin holds more than one value, or characters that no credential has")
            }
            Unfit::PrefixShort => {
                write!(f, "a prefix is the public prefix and at least {} more characters", KNOWN.start())
            }
            Unfit::PrefixLong => {
                write!(f, "more than {} characters behind the public prefix are most of a value", KNOWN.end())
            }
            Unfit::PrefixLetters => f.write_str("a prefix is made of letters, digits, `_` and `-`"),
        }
    }
}

impl std::error::Error for Unfit {}

impl Wanted {
    /// A value as a person hands it over: `EMAIL:KEY` and a tunnel's credentials file are understood.
    pub fn value(text: &str) -> Result<Wanted, Unfit> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Unfit::Empty);
        }
        if let Some(known) = recognize(text) {
            return Ok(Wanted::Value(known.secret));
        }
        let text = match text.split_once(':') {
            Some((email, key)) if email.contains('@') => key,
            Some(_) | None => text,
        };
        if text.len() < SHORTEST {
            return Err(Unfit::Short);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Unfit::NotOneWord);
        }
        Ok(Wanted::Value(Secret::new(text)))
    }

    pub fn prefix(text: &str) -> Result<Wanted, Unfit> {
        let text = text.trim();
        let body = &text[public_prefix(text).len()..];
        if !body.bytes().all(is_token) {
            return Err(Unfit::PrefixLetters);
        }
        if body.len() < *KNOWN.start() {
            return Err(Unfit::PrefixShort);
        }
        if body.len() > *KNOWN.end() {
            return Err(Unfit::PrefixLong);
        }
        Ok(Wanted::Prefix(Secret::new(text)))
    }
}

/// What the engine looks for, compiled.
#[derive(Debug)]
pub(crate) struct Quarry {
    wanted: Wanted,
    /// What parts of the value are called.
    pub kind: Kind,
    /// What is known by its letters.
    pub faces: Vec<Face>,
    /// What a mask begins with; none where nothing behind a mask could be told.
    pub masks: Option<Needles>,
}

impl Quarry {
    pub(crate) fn new(wanted: &Wanted) -> Self {
        let (faces, masks) = match wanted {
            Wanted::Value(value) => (faces(value), Some(Needles::literal(&MASKS))),
            Wanted::Fingerprint(_) => (Vec::new(), None),
            Wanted::Prefix(prefix) => (vec![Face::new(prefix.clone(), Stands::Beginning)], None),
        };
        Quarry { kind: kind_of(wanted), wanted: wanted.clone(), faces, masks }
    }

    pub(crate) fn value(&self) -> Option<&Secret> {
        match &self.wanted {
            Wanted::Value(value) => Some(value),
            Wanted::Fingerprint(_) | Wanted::Prefix(_) => None,
        }
    }

    /// Is the hunted one known by its letters? Else every run of the right shape has to be looked at.
    pub(crate) fn asks_for_runs(&self) -> bool {
        self.value().is_none()
    }

    /// Why `secret` is the one that is hunted, if it is.
    pub(crate) fn wants(&self, secret: &Secret) -> Option<Reason> {
        let (is_it, why) = match &self.wanted {
            Wanted::Value(value) => (value == secret, "it is the hunted value"),
            Wanted::Fingerprint(wanted) => {
                (Fingerprint::of(secret) == *wanted, "it has the hunted fingerprint")
            }
            Wanted::Prefix(prefix) => {
                (secret.expose().starts_with(prefix.expose()), "it begins as the hunted value does")
            }
        };
        is_it.then_some(Reason::Hunted(why))
    }

    /// Is there no doubt about what is wanted? Several values may begin alike.
    pub(crate) fn is_certain(&self) -> bool {
        match &self.wanted {
            Wanted::Value(_) | Wanted::Fingerprint(_) => true,
            Wanted::Prefix(_) => false,
        }
    }
}

/// A text that stands for the credential wherever it is seen.
#[derive(Debug)]
pub(crate) struct Face {
    pub text: Secret,
    pub stands: Stands,
    pub needles: Needles,
    alphabet: [bool; 256],
    /// Hexadecimal is the same in either case.
    is_hex: bool,
}

/// What it means to have seen a face.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    Whole(Kind),
    /// The part of the value that is secret.
    Part(Kind),
    /// SHA-256 of an API token is the secret of its R2 key (CLOUDFLARE.md 1.7).
    R2Secret,
    /// How the value begins; what follows is to be seen.
    Beginning,
}

impl Face {
    fn new(text: Secret, stands: Stands) -> Self {
        let bytes = text.expose().as_bytes();
        let is_hex = bytes.iter().all(u8::is_ascii_hexdigit) && stands != Stands::Beginning;
        let mut alphabet = [false; 256];
        for &byte in bytes {
            alphabet[byte as usize] = true;
            alphabet[byte.to_ascii_uppercase() as usize] |= is_hex;
            alphabet[byte.to_ascii_lowercase() as usize] |= is_hex;
        }
        Face { needles: Needles::of(bytes, is_hex), text, stands, alphabet, is_hex }
    }

    pub(crate) fn has(&self, byte: u8) -> bool {
        self.alphabet[byte as usize]
    }

    pub(crate) fn is(&self, text: &[u8]) -> bool {
        let own = self.text.expose().as_bytes();
        own == text || (self.is_hex && own.eq_ignore_ascii_case(text))
    }
}

fn kind_of(wanted: &Wanted) -> Kind {
    let known = match wanted {
        Wanted::Value(value) => recognize(value.expose()).map(|known| known.kind),
        Wanted::Fingerprint(_) => None,
        Wanted::Prefix(prefix) => kind_of_prefix(public_prefix(prefix.expose())),
    };
    known.unwrap_or_else(|| Kind::Other("credential".into()))
}

/// Everything that gives the credential away when it is seen.
fn faces(value: &Secret) -> Vec<Face> {
    let text = value.expose();
    let kind = kind_of(&Wanted::Value(value.clone()));
    let mut faces = vec![Face::new(without_padding(text), Stands::Whole(kind.clone()))];
    if let Some(part) = secret_part(text, &kind) {
        faces.push(Face::new(part, Stands::Part(kind.clone())));
    }
    if matches!(kind, Kind::UserApiToken | Kind::AccountApiToken | Kind::LegacyApiToken) {
        let secret = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        faces.push(Face::new(Secret::new(secret), Stands::R2Secret));
    }
    faces
}

/// Ids beside a secret are no secrets: the secret alone is as good as all of it.
fn secret_part(value: &str, kind: &Kind) -> Option<Secret> {
    let part = match kind {
        Kind::R2S3Credentials => value.split_once(':').map(|(_, secret)| secret.to_owned()),
        Kind::TunnelCredentials => value.rsplit(':').next().map(str::to_owned),
        Kind::TunnelToken => {
            let json: Value = serde_json::from_slice(&check::any_base64(value.as_bytes())?).ok()?;
            json.get("s").and_then(Value::as_str).map(str::to_owned)
        }
        _alone => None,
    }?;
    (part.len() >= SHORTEST).then(|| without_padding(&part))
}

/// Padding is spelled, dropped and added.
fn without_padding(text: &str) -> Secret {
    Secret::new(text.trim_end_matches('='))
}
