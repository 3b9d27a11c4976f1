//! The fake Cloudflare, tested from outside.

#[path = "it/drill_client.rs"]
mod drill_client;
#[path = "it/drill_verify.rs"]
mod drill_verify;
