use crate::model::Secret;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// A name for a credential that may be written anywhere.
///
/// Domain-separated on purpose: plain SHA-256 of an API token *is* the R2 S3 secret of that token
/// (CLOUDFLARE.md 1.7), so the plain hash would publish a credential.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// `cf1:` + the first 32 hex digits of SHA-256(`"cfleak-fp-v1"`, one zero byte, the value).
    pub fn of(secret: &Secret) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"cfleak-fp-v1\0");
        hash.update(secret.expose().as_bytes());
        let digest = hash.finalize();
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        Fingerprint(half)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cf1:{}", data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no fingerprint.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAFingerprint;

impl fmt::Display for NotAFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fingerprint is `cf1:` and 32 lower-case hex digits")
    }
}

impl std::error::Error for NotAFingerprint {}

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let digits = text.strip_prefix("cf1:").ok_or(NotAFingerprint)?;
        let bytes = data_encoding::HEXLOWER.decode(digits.as_bytes()).map_err(|_| NotAFingerprint)?;
        Ok(Fingerprint(bytes.try_into().map_err(|_| NotAFingerprint)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprint_is_the_documented_hash() {
        // Checked by hand: printf 'cfleak-fp-v1\0abc' | sha256sum
        let mut hash = Sha256::new();
        hash.update(b"cfleak-fp-v1\x00abc");
        let whole = data_encoding::HEXLOWER.encode(&hash.finalize());
        assert_eq!(Fingerprint::of(&Secret::new("abc")).to_string(), format!("cf1:{}", &whole[..32]));
    }

    #[test]
    fn text_round_trip_and_refusals() {
        let fingerprint = Fingerprint::of(&Secret::new("abc"));
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        for bad in ["", "cf1:", "cf2:00000000000000000000000000000000", "cf1:0000", "00"] {
            assert_eq!(bad.parse::<Fingerprint>(), Err(NotAFingerprint), "{bad}");
        }
    }
}
