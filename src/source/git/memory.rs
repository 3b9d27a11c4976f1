//! What earlier runs found clean, as a history asks for it.

use gix::hash::{ObjectId, oid};

/// Remembers objects. May be asked by many threads at once.
pub trait Memory: Sync {
    /// Was this object clean when it was looked at, under this name if one is given?
    fn is_clean(&self, id: &oid, name: Option<u32>) -> bool;

    /// Everything that is clean now, in place of what was known.
    fn learn(&self, clean: Vec<(ObjectId, u32)>);
}

/// Remembers nothing.
pub struct Nothing;

impl Memory for Nothing {
    fn is_clean(&self, _id: &oid, _name: Option<u32>) -> bool {
        false
    }

    fn learn(&self, _clean: Vec<(ObjectId, u32)>) {}
}
