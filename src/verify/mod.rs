//! Is it alive? One polite examination a credential, and a verdict that can be defended.
//!
//! `table` says what an answer means, a file per kind what that makes of a credential, `judge` runs the
//! questions. Doubt is unknown, never dead. Leaves out everything that changes an account, and printing.

mod account_token;
mod course;
mod gate;
mod global_key;
mod handed;
mod hearing;
mod judge;
mod legacy_token;
mod look;
mod oauth_token;
#[cfg(test)]
mod properties;
mod question;
mod r2_pair;
mod subject;
mod table;
mod turnstile;
mod user_token;

pub use gate::{Mode, may_ask};
pub use handed::{Handed, StrangeWord, read_line};
pub use judge::{Judge, not_asked};
pub use subject::Context;
pub use table::as_markdown as table_as_markdown;
