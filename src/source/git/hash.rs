//! A fast keyed hash of content, for telling within one run whether bytes were seen before.
//!
//! Not for names of anything, and never written down: the seed is new in every run, so nobody can prepare two texts
//! that look alike here.

use std::hash::{BuildHasher, RandomState};

/// Odd, and with half of their bits set.
const LANES: [u64; 4] =
    [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03, 0xa24b_aed4_963e_e407, 0x8ebc_6af0_9c88_c6e3];

#[derive(Clone, Copy, Debug)]
pub struct ContentHash {
    seed: [u64; 4],
}

impl ContentHash {
    pub fn new() -> Self {
        let random = RandomState::new();
        ContentHash { seed: LANES.map(|lane| random.hash_one(lane) | 1) }
    }

    pub fn of(&self, bytes: &[u8]) -> u64 {
        let mut lanes = self.seed;
        let (blocks, rest) = bytes.as_chunks::<64>();
        for block in blocks {
            self.absorb(&mut lanes, block);
        }
        if !rest.is_empty() {
            let mut last = [0; 64];
            last[..rest.len()].copy_from_slice(rest);
            self.absorb(&mut lanes, &last);
        }
        let [a, b, c, d] = lanes;
        self.join(&[bytes.len() as u64, a, b, c, d])
    }

    /// One hash of several, in order.
    pub fn join(&self, parts: &[u64]) -> u64 {
        let [seed, step, ..] = self.seed;
        parts.iter().fold(seed, |hash, part| fold(hash ^ part, step) ^ hash.rotate_left(23))
    }

    /// Four independent multiplications, so that none waits for another.
    fn absorb(&self, lanes: &mut [u64; 4], block: &[u8; 64]) {
        let words = block.as_chunks::<8>().0;
        for (at, lane) in lanes.iter_mut().enumerate() {
            let low = u64::from_le_bytes(words[2 * at]);
            let high = u64::from_le_bytes(words[2 * at + 1]);
            *lane = fold(low ^ *lane, high ^ LANES[at]) ^ lane.rotate_left(29);
        }
    }
}

/// Both halves of the product: every bit of either factor moves about half of the result's.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn small_changes_change_the_hash() {
        let hash = ContentHash::new();
        let text: Vec<u8> = (0..300u32).map(|n| (n * 7) as u8).collect();
        let mut seen = HashSet::new();
        for len in 0..text.len() {
            assert!(seen.insert(hash.of(&text[..len])), "length {len}");
            let mut zero_extended = text[..len].to_vec();
            zero_extended.push(0);
            assert_ne!(hash.of(&text[..len]), hash.of(&zero_extended));
        }
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            assert!(seen.insert(hash.of(&changed)), "byte {at}");
        }
    }

    #[test]
    fn order_counts_and_the_seed_is_new() {
        let (one, other) = (ContentHash::new(), ContentHash::new());
        assert_ne!(one.join(&[1, 2]), one.join(&[2, 1]));
        assert_ne!(one.of(b"same"), other.of(b"same"));
    }
}
