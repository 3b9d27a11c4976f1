use crate::cli::Reading;
use clap::Args;

const EXIT_CODES: &str = "\
Exit codes:
  0    not found, and everything asked for was read; masked remains alone are told and end with 0 too
  1    found
  2    usage, configuration or fatal error; nothing is claimed
  4    not found, but not everything was read
  130  interrupted";

/// Look for one known credential, in every encoding and partly masked.
///
/// Reads what `cfleak scan` reads and keeps what is this credential: spelled, encoded, wrapped, in archives, histories
/// and transcripts, with or without a name beside it; the R2 secret that an API token gives away; and what masks left
/// of it. Asks nobody: a hunt is offline.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
#[group(id = "wanted", required = true, multiple = false, args = ["value_stdin", "fingerprint", "prefix"])]
pub struct Hunt {
    /// Read the value from stdin, where no other process sees it
    #[arg(long)]
    pub value_stdin: bool,

    /// Know it by its fingerprint, as reports tell it: for who must not hold the value
    #[arg(long, value_name = "cf1:…")]
    pub fingerprint: Option<String>,

    /// Know it by its first characters: the public prefix and at least four more
    #[arg(long, value_name = "cfut_ab…")]
    pub prefix: Option<String>,

    #[command(flatten)]
    pub reading: Reading,
}
