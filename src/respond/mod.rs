//! From a suspected leak to a closed incident: what the credential is, what it could do and did, and how it ends.
//!
//! Looks with a responder's credential, plans as data, and changes only what was consented to, with the intent
//! on disk before the request leaves. Leaves out asking people, printing, and searching files.

pub mod apply;
mod assets;
pub mod audit;
pub mod case;
pub mod classify;
mod desk;
pub mod identify;
pub mod minted;
mod permissions;
pub mod plan;
pub mod probes;
pub mod reach;
mod record;
pub mod replacement;
pub mod responder;
pub mod tasks;
pub mod timeline;

pub use desk::{Desk, Exhibit};
