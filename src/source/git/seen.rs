//! Which blocks of content were found clean in this run: a set that many threads fill, of bounded size.

use std::sync::atomic::{AtomicU64, Ordering};

/// How far from its place a key may lie. A key that finds no place is forgotten, and its block scanned again.
const PROBES: usize = 8;

/// Sixteen megabytes of keys: some eight gigabytes of different text.
const MOST_SLOTS: usize = 1 << 21;

pub struct Seen {
    slots: Vec<AtomicU64>,
}

impl Seen {
    /// Room for about `keys` keys, within the bound.
    pub fn for_about(keys: usize) -> Self {
        let len = keys.saturating_mul(2).clamp(1 << 10, MOST_SLOTS).next_power_of_two();
        Seen { slots: std::iter::repeat_with(AtomicU64::default).take(len).collect() }
    }

    pub fn contains(&self, key: u64) -> bool {
        let key = nonzero(key);
        self.places(key)
            .map(|slot| slot.load(Ordering::Relaxed))
            .take_while(|held| *held != 0)
            .any(|held| held == key)
    }

    pub fn insert(&self, key: u64) {
        let key = nonzero(key);
        for slot in self.places(key) {
            match slot.compare_exchange(0, key, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(held) if held == key => return,
                Err(_) => {}
            }
        }
    }

    fn places(&self, key: u64) -> impl Iterator<Item = &AtomicU64> {
        let mask = self.slots.len() - 1;
        (0..PROBES).map(move |step| &self.slots[(key as usize).wrapping_add(step) & mask])
    }
}

/// Zero is an empty slot.
fn nonzero(key: u64) -> u64 {
    key.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in_and_forgets_when_full() {
        let seen = Seen::for_about(100);
        let keys = (0..100u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        keys.clone().for_each(|key| seen.insert(key));
        assert!(keys.clone().all(|key| seen.contains(key)));
        assert!(!seen.contains(0x1234_5678_9abc_def0));
        (0..100_000).for_each(|key| seen.insert(key));
        assert!((0..100_000).filter(|key| seen.contains(*key)).count() <= seen.slots.len());
    }
}
