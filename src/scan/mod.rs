//! From bytes to candidates: find, decode, match, weigh.
//!
//! Two passes over every text, each made so that ordinary bytes cost next to nothing. `anchors` looks for literals
//! that announce a value (a prefix, a spelled prefix, a name); `class` looks for long runs of token characters, which
//! may be values that only their surroundings explain, or encoded text, which is decoded and looked at the same way.
//!
//! Invariant: no files, no network, no printing. Chunks come in, candidates go out; the same bytes give the same
//! candidates however they are cut.

mod allow;
mod anchors;
mod beside;
mod chain;
mod check;
mod class;
mod collect;
mod companions;
mod decode;
mod engine;
mod evidence;
mod hunt;
mod joints;
mod label;
mod partial;
mod position;
mod quality;
mod recognize;
mod records;
mod scanner;
mod surroundings;
mod view;

pub use collect::{Collected, Collector};
pub use engine::{Engine, Options};
pub use hunt::{Unfit, Wanted};
pub use recognize::{Recognized, recognize};

use crate::model::{Candidate, Partial};

/// What one chunk holds.
#[derive(Debug, Default)]
pub struct Hits {
    pub candidates: Vec<Candidate>,
    pub partials: Vec<Partial>,
    /// Spellings were nested deeper than the limit, or more than the budget: a `skip` for this chunk.
    pub over_decode: bool,
    /// The scan need not read what accompanies a candidate.
    only_where: bool,
}

impl Hits {
    /// For who asks where candidates stand, and will look at them again.
    pub fn only_where() -> Self {
        Hits { only_where: true, ..Hits::default() }
    }
}
