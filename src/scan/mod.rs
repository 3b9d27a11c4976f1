//! From bytes to candidates: prefilter, decode, match, weigh, collect.
//!
//! No files, no network, no printing: chunks come in, candidates go out.

mod allow;
mod chain;
mod check;
mod class;
mod companions;
mod evidence;
mod joints;
mod label;
mod quality;
mod surroundings;
mod view;

use crate::model::{Candidate, Chunk, Partial};

/// What one chunk holds.
#[derive(Debug, Default)]
pub struct Hits {
    pub candidates: Vec<Candidate>,
    pub partials: Vec<Partial>,
    /// Spellings were nested deeper than the limit, or more than the budget: a `skip` for this chunk.
    pub over_decode: bool,
}

/// The compiled patterns, ready to scan chunks on any number of threads.
#[derive(Debug)]
pub struct Engine {}

impl Engine {
    /// Adds what `chunk` holds to `hits`.
    pub fn scan(&self, _chunk: &Chunk<'_>, _hits: &mut Hits) {}
}
