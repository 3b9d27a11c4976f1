use crate::cli::Reading;
use clap::Args;
use std::path::PathBuf;

/// Find leaks in files, directories, git repositories, archives or stdin.
#[derive(Args, Debug, Default)]
pub struct Scan {
    #[command(flatten)]
    pub reading: Reading,

    /// Look at every object of a history again, and remember none
    #[arg(long)]
    pub no_cache: bool,

    /// Do not count findings that this file lists
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Write what was found as a baseline
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,

    /// Ignore every allow comment and allow file
    #[arg(long)]
    pub no_allow: bool,
}
