//! The fake Cloudflare, tested from outside.

#[path = "it/drill_audit.rs"]
mod drill_audit;
#[path = "it/drill_client.rs"]
mod drill_client;
#[path = "it/drill_failures.rs"]
mod drill_failures;
#[path = "it/drill_hosts.rs"]
mod drill_hosts;
#[path = "it/drill_surface.rs"]
mod drill_surface;
#[path = "it/drill_tokens.rs"]
mod drill_tokens;
#[path = "it/drill_verify.rs"]
mod drill_verify;
