//! A fake Cloudflare on loopback, for rehearsals and for the tests.
//!
//! Stateful: it keeps users, accounts, zones and credentials, enforces permissions, limits and conditions,
//! writes audit logs about its own changes, and fails on demand. It is written from CLOUDFLARE.md alone and
//! shares no code with the client it is used to test, so that each checks the other. What the sheet marks as
//! unknown is a switch in [`Choices`]. Leaves out anything real: no credential of it opens anything anywhere.

mod act;
mod api;
mod audit;
mod builder;
mod chance;
mod choices;
mod clock;
mod failure;
mod gate;
mod hosts;
mod refusal;
mod reply;
mod request;
mod seen;
mod server;
pub mod story;
mod things;
mod wire;
mod world;

pub use act::Act;
pub use builder::{Builder, Login, Minted, On, R2Pair, Shape, TokenSpec, TunnelMade, WRANGLER_CLIENT};
pub use choices::{
    AccountsList, Choices, CursorPlace, Forbidden, FromElsewhere, Lockout, OriginCa, Propagation, Quota,
    TooEarly, WithoutPermission, WrongDoor,
};
pub use clock::{Clock, Hand};
pub use failure::{FailureKind, FailureRule};
pub use seen::{Access, Seen};
pub use server::{Background, CannotListen, CannotListenCause, Server};
pub use things::holders::HookKind;
pub use things::people::Role;
pub use things::policy::Effect;
pub use things::token::{Owner, Status};
pub use world::World;
