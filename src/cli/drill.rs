use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Rehearse an incident against a fake Cloudflare on this machine.
///
/// Plays the whole story: files that leak a token, somebody who used it; scan, respond, report. With --serve, only
/// the fake is served, to try commands on. It is stateful: tokens, permissions, audit logs, rate limits. No value
/// of it opens anything anywhere.
#[derive(Args, Debug)]
pub struct Drill {
    /// Only serve the fake, here, until Ctrl-C, for example 127.0.0.1:8787; port 0 takes any free one
    #[arg(long, value_name = "ADDR")]
    pub serve: Option<SocketAddr>,

    /// Where the story is played; must be new [default: cfleak-drill]
    #[arg(long, value_name = "DIR", conflicts_with = "serve")]
    pub directory: Option<PathBuf>,

    /// Write the values to this file, in the form that `cfleak verify` reads; only you can read it
    #[arg(long, requires = "serve", value_name = "PATH")]
    pub secrets_file: Option<PathBuf>,

    /// Write the value of a responder's token to this file, for `--responder file:PATH`
    #[arg(long, requires = "serve", value_name = "PATH")]
    pub responder_file: Option<PathBuf>,

    /// Write a repository, a CI log, an agent transcript and a home directory that leak them, to scan
    #[arg(long, requires = "serve", value_name = "DIR")]
    pub samples: Option<PathBuf>,

    /// Another seed is another company, with other values
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Seconds in which a disabled, rolled or deleted token still works
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub propagation: u32,
}
