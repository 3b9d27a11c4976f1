//! JSON as agents and CI systems write it: read fast, forgive much, remember where every byte stood.
//!
//! [`Tape`] is the shape of one record, [`Text`] is decoded text with its way back to the raw bytes. Neither knows
//! what a record means; `transcript` and `ci` do. A record that is cut short, has comments or trailing commas is
//! read as far as it goes, and the reader says how far that was.

mod tape;
mod text;

pub use tape::{Kind, Node, Tape};
pub use text::{Origin, Text};
