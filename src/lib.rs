//! cfleak finds leaked Cloudflare credentials and runs the response.
//!
//! One pipe: `source → scan → verify → respond → report`. See `docs/architecture.md` for the rooms and what each
//! leaves to others.

pub mod cli;
pub mod cloudflare;
pub mod commands;
pub mod config;
pub mod drill;
pub mod model;
pub mod report;
pub mod respond;
pub mod rules;
pub mod scan;
pub mod source;
pub mod store;
pub mod ui;
pub mod verify;
