//! Git repositories: every object, staged changes, what a push would send.
//!
//! Reads in process with gix and its own walk over packs. No git process runs on a repository that is scanned, and
//! nothing that its configuration names is executed or fetched. Leaves out what a secret looks like.

pub mod attribution;
mod blocks;
pub mod bundle;
pub mod changes;
mod content;
mod entries;
pub mod exposure;
pub mod graph;
mod hash;
mod head;
pub mod history;
pub mod index;
pub mod lookup;
pub mod memory;
mod names;
pub mod newer;
pub mod objects;
pub mod push;
pub mod refs;
pub mod repository;
mod seen;
pub mod select;
pub mod texts;
pub mod whole;
mod words;
