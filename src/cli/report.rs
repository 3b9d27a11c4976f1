use clap::Args;
use std::path::PathBuf;

/// Render a findings file or a case again, in any format.
#[derive(Args, Debug)]
pub struct Report {
    /// A file that `--format jsonl` or `--format json` wrote, `-` for stdin; or the directory of a case
    #[arg(value_name = "FILE_OR_CASE")]
    pub file: PathBuf,
}
