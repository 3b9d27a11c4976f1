use crate::model::Secret;
use sha2::{Digest, Sha256};

/// Chance with a seed: the same drill twice has the same identifiers and the same (worthless) credentials.
///
/// `SplitMix64`, which is enough for values that protect nothing. Every secret of the fake is made here at
/// run time, so that no tracked file holds anything that looks like a leak.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX: &[u8] = b"0123456789abcdef";

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        let size = alphabet.len() as u64;
        (0..length).map(|_| char::from(alphabet[usize::try_from(self.next() % size).unwrap_or(0)])).collect()
    }

    /// An identifier of accounts, zones, users, tokens.
    pub fn id(&mut self) -> String {
        self.text(HEX, 32)
    }

    pub fn hex(&mut self, length: usize) -> String {
        self.text(HEX, length)
    }

    pub fn uuid(&mut self) -> String {
        let h = self.text(HEX, 32);
        format!("{}-{}-4{}-8{}-{}", &h[..8], &h[8..12], &h[13..16], &h[17..20], &h[20..])
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// `prefix` + 40 alphanumerics + CRC32 of those 40 (CLOUDFLARE.md 1.2).
    pub fn checksummed(&mut self, prefix: &str) -> Secret {
        let body = self.text(ALPHANUMERIC, 40);
        let checksum = crc32fast::hash(body.as_bytes());
        Secret::new(format!("{prefix}{body}{checksum:08x}"))
    }

    /// The 40-character form of before the prefixes. Always with digits and both cases, as rules expect.
    pub fn legacy_token(&mut self) -> Secret {
        Secret::new(format!("{}aZ7{}", self.text(URL_SAFE, 20), self.text(ALPHANUMERIC, 17)))
    }

    pub fn legacy_global_key(&mut self) -> Secret {
        Secret::new(self.text(HEX, 37))
    }

    pub fn origin_ca_key(&mut self) -> Secret {
        Secret::new(format!("v1.0-{}-{}", self.text(HEX, 24), self.text(HEX, 146)))
    }

    /// Two 32-byte parts in base64url (CLOUDFLARE.md 1.6).
    pub fn oauth(&mut self, prefix: &str) -> Secret {
        Secret::new(format!("{prefix}{}.{}", self.text(URL_SAFE, 43), self.text(URL_SAFE, 43)))
    }

    /// 35 characters, so that it cannot be taken for a site key (at most 32; CLOUDFLARE.md 1.13).
    pub fn turnstile_secret(&mut self) -> Secret {
        Secret::new(format!("0x4{}", self.text(URL_SAFE, 32)))
    }

    pub fn turnstile_sitekey(&mut self) -> String {
        format!("0x4{}", self.text(ALPHANUMERIC, 19))
    }
}

pub(crate) fn sha256_hex(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_the_published_vectors() {
        // CLOUDFLARE.md 1.2: 40 times `A` has the checksum 2ae98c30.
        assert_eq!(format!("{:08x}", crc32fast::hash("A".repeat(40).as_bytes())), "2ae98c30");
        let token = Chance::new(1).checksummed("cfut_");
        let (body, checksum) = token.expose()["cfut_".len()..].split_at(40);
        assert_eq!(format!("{:08x}", crc32fast::hash(body.as_bytes())), checksum);
    }

    #[test]
    fn same_seed_same_world_and_other_seed_other_world() {
        assert_eq!(Chance::new(7).checksummed("cfat_"), Chance::new(7).checksummed("cfat_"));
        assert_ne!(Chance::new(7).id(), Chance::new(8).id());
    }

    #[test]
    fn shapes_have_the_documented_lengths() {
        let mut chance = Chance::new(3);
        assert_eq!(chance.checksummed("cfk_").len(), 52);
        assert_eq!(chance.legacy_token().len(), 40);
        assert_eq!(chance.origin_ca_key().len(), 176);
        assert_eq!(chance.oauth("cfoat_").len(), 93);
        assert_eq!(chance.turnstile_secret().len(), 35);
        assert_eq!(chance.uuid().len(), 36);
    }
}
