use clap::Args;
use std::path::PathBuf;

/// Render a findings file (jsonl or json) again, in any format.
#[derive(Args, Debug)]
pub struct Report {
    /// A file that `--format jsonl` or `--format json` wrote; `-` for stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}
