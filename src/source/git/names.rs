//! The file name under which each object is known, learned from trees.
//!
//! A name is evidence (`.dev.vars`, `cert.pem`), and a path may itself hold a credential.

use super::objects::Number;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Names, each once, and the best name of every object.
pub struct Names {
    shared: Mutex<Interner>,
    /// Rank and id of the best name, so that the lower value wins; all ones where there is none.
    best: Vec<AtomicU64>,
}

#[derive(Default)]
struct Interner {
    ids: HashMap<Arc<[u8]>, u32>,
    list: Vec<Arc<[u8]>>,
}

/// What one thread knows already.
#[derive(Default)]
pub struct Known(HashMap<Arc<[u8]>, u32>);

impl Names {
    pub fn new(objects: usize) -> Self {
        let none = || AtomicU64::new(u64::MAX);
        Names { shared: Mutex::default(), best: std::iter::repeat_with(none).take(objects).collect() }
    }

    pub fn note(&self, known: &mut Known, object: Option<Number>, name: &[u8]) {
        let id = match known.0.get(name) {
            Some(id) => *id,
            None => self.intern(known, name),
        };
        if let Some(object) = object {
            let ranked = u64::from(rank(name)) << 32 | u64::from(id);
            self.best[object.at()].fetch_min(ranked, Ordering::Relaxed);
        }
    }

    fn intern(&self, known: &mut Known, name: &[u8]) -> u32 {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let name: Arc<[u8]> = Arc::from(name);
        let id = match shared.ids.get(&name) {
            Some(id) => *id,
            None => {
                let id = shared.list.len() as u32;
                shared.list.push(Arc::clone(&name));
                shared.ids.insert(Arc::clone(&name), id);
                id
            }
        };
        known.0.insert(name, id);
        id
    }

    /// All names, in no particular order, and what they are names of.
    pub fn settle(self) -> SettledNames {
        let shared = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        let best = self.best.into_iter().map(|best| best.into_inner() as u32).collect();
        SettledNames { list: shared.list, best }
    }
}

/// The names, once all trees were read.
pub struct SettledNames {
    pub list: Vec<Arc<[u8]>>,
    best: Vec<u32>,
}

impl SettledNames {
    pub fn of(&self, object: Number) -> Option<&Arc<[u8]>> {
        self.list.get(self.best[object.at()] as usize)
    }
}

/// Which of an object's several names counts must not depend on which thread saw it first. Dot files go before the
/// rest: their names say most.
fn rank(name: &[u8]) -> u32 {
    hash(name) >> 1 | u32::from(!name.starts_with(b".")) << 31
}

/// A short hash of a name, the same in every run: FNV-1a.
pub fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_name_does_not_depend_on_the_order() {
        let orders: [&[&str]; 2] = [&["a", ".env", "b"], &["b", "a", ".env"]];
        for order in orders {
            let (names, mut known) = (Names::new(2), Known::default());
            for name in order {
                names.note(&mut known, Some(Number(1)), name.as_bytes());
            }
            names.note(&mut known, None, b"nobody's");
            let settled = names.settle();
            assert_eq!(settled.of(Number(1)).map(|name| name.to_vec()), Some(b".env".to_vec()));
            assert_eq!(settled.of(Number(0)), None);
            assert_eq!(settled.list.len(), 4);
        }
    }
}
