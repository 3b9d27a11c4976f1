//! What was written down before the run: `.cfleak.toml`, allow files, baselines.
//!
//! Reads files and turns them into plain values. Leaves out flags (they win, in `commands::settings`) and what a
//! finding is worth.
