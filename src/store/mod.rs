//! What earlier runs learned, kept in the user's cache: objects in which nothing was found.
//!
//! Only remembers. Leaves out what an object is, and whether a memory may be used: whoever asks brings the hash of
//! everything that the answer depends on (patterns, limits, version), and a store made under another is not read.

mod clean;

pub use clean::{CleanStore, StoreError};
