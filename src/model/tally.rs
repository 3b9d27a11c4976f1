use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What a run did so far, counted by many threads and watched by whoever shows progress.
///
/// Numbers for people: each is right by itself, but two read together need not belong to the same moment.
#[derive(Debug, Default)]
pub struct Tally {
    bytes: AtomicU64,
    files: AtomicU64,
    objects: AtomicU64,
    hits: AtomicU64,
}

impl Tally {
    pub fn file(&self, bytes: u64) {
        self.files.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
    }

    pub fn object(&self, bytes: u64) {
        self.objects.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
    }

    pub fn hits(&self, count: usize) {
        self.hits.fetch_add(count as u64, Relaxed);
    }

    pub fn read(&self) -> Count {
        Count {
            bytes: self.bytes.load(Relaxed),
            files: self.files.load(Relaxed),
            objects: self.objects.load(Relaxed),
            hits: self.hits.load(Relaxed),
        }
    }
}

/// The tally at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub bytes: u64,
    pub files: u64,
    pub objects: u64,
    /// Places where something was seen, before they are gathered into findings.
    pub hits: u64,
}
