//! One binary for every test that runs the whole.

mod allow;
mod architecture;
mod config;
mod corpus;
mod drill_audit;
mod drill_client;
mod drill_command;
mod drill_failures;
mod drill_hosts;
mod drill_sdk;
mod drill_story;
mod drill_surface;
mod drill_tokens;
mod drill_verify;
mod harness;
mod hooks;
mod patterns;
mod report;
mod rules;
mod scan;
mod scan_git;
mod transcripts;
mod verify;
mod verify_command;
