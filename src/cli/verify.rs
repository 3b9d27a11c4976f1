use clap::Args;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0    every value was judged, and none is live
  2    usage, configuration or fatal error
  3    at least one value is live, if perhaps not from this address
  4    at least one value could not be judged
  130  interrupted";

/// Ask Cloudflare whether credentials are live.
///
/// Reads one credential a line from stdin: `VALUE [email=…] [account=…]`; a Global API key also as `EMAIL:KEY`, an
/// R2 pair as `ID:SECRET`. `#` begins a comment. Nothing is changed anywhere, and no value is shown.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Verify {
    /// Judge the findings of a report again (JSON or JSON Lines), reading the values at their places
    #[arg(long, value_name = "FINDINGS")]
    pub from: Option<PathBuf>,
}
