//! The words every room speaks.
//!
//! Plain values: no I/O, no clock, no regex, no network. A stage of the pipe wraps the value of the stage
//! before it; nothing here is edited by a later room.

mod candidate;
mod chunk;
mod finding;
mod fingerprint;
pub mod incident;
mod kind;
mod offset_map;
mod place;
mod secret;
mod shown;
mod skip;
mod tally;
mod tidy;
mod verdict;

pub use candidate::{Candidate, Checksum, Confidence, Partial, Reason};
pub use chunk::{Chunk, Raw};
pub use finding::{Allowed, AllowedBy, Companions, Finding};
pub use fingerprint::Fingerprint;
pub use kind::Kind;
pub use offset_map::{OffsetMap, Segment};
pub use place::{
    CiOrigin, Exposure, GitObjectKind, GitOrigin, Layer, Place, Position, Provenance, SourceKind, Span,
    TranscriptOrigin,
};
pub use secret::{Secret, masked, redacted};
pub use shown::{Shown, is_deceptive};
pub use skip::{Skip, SkipReason};
pub use tally::{Count, Tally};
pub use tidy::tidy;
pub use verdict::{
    Asked, DeadReason, Grant, Judgement, NotCheckedReason, Proof, State, UnknownReason, Verdict,
};
