use crate::cli::incident::{Acting, Leak};
use clap::Args;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0    contained, proven and looked into
  2    usage, configuration or fatal error; nothing was changed
  3    it still works, or something that it minted does
  4    nobody could tell, or a step was not done; the report says which
  130  interrupted; the same command continues";

/// From a suspected leak to a closed incident.
///
/// Identifies the credential, ends it (with --apply), proves that it is dead, finds every copy, says what it could
/// do and what it did, and writes the report into the case directory. The same command on the same directory
/// continues where it stopped.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Respond {
    #[command(flatten)]
    pub leak: Leak,
    #[command(flatten)]
    pub acting: Acting,

    /// When it leaked, as 2026-11-20 or 2026-11-20T09:00:00Z [default: the first time known]
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,

    /// Where to look for copies: a file, directory, repository or archive; any number of times
    #[arg(long = "hunt", value_name = "TARGET")]
    pub hunt: Vec<PathBuf>,

    /// Without a record of its rights, try what the leaked credential itself may read; it is used for that
    #[arg(long)]
    pub probe: bool,
}
