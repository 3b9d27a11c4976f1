//! Speaking to Cloudflare: where to, how fast, and what came back.
//!
//! Names every way an answer can look and every way it can fail to come. Leaves to others why a call is made
//! and what an answer means: `verify` reads, `respond` may write. Reads neither clock nor environment.

mod answer;
mod budget;
mod call;
pub mod changes;
mod client;
pub mod endpoints;
mod envelope;
mod error;
mod hosts;
mod line;
mod page;
mod retry;
mod sigv4;
#[cfg(test)]
pub(crate) mod stub;

pub use answer::{Answer, Body, Failure, Outcome, Xml};
pub use budget::Pace;
pub use call::{Auth, Call, Payload, Target, is_id};
pub use client::{Client, Clock, Limits, Reply, Settings, SetupError, USER_AGENT};
pub use endpoints::AccountId;
pub use envelope::{Envelope, Notice, PageInfo};
pub use error::ApiError;
pub use hosts::{Refused, Services, Setting, Wanted, Why};
pub use page::{Listing, Success};
pub use reqwest::Method;
pub use retry::Patience;
