use crate::cli::size;
use clap::Args;
use std::path::PathBuf;

/// What is read, and what of it is left out: the same for every command that looks through targets.
#[derive(Args, Clone, Debug, Default)]
pub struct Reading {
    /// File, directory, git repository, bundle or archive; `-` for stdin [default: .]
    #[arg(value_name = "TARGET")]
    pub targets: Vec<PathBuf>,

    /// Leave out the history of git repositories
    #[arg(long, conflicts_with_all = ["no_worktree", "staged", "range", "since"])]
    pub no_history: bool,

    /// Read the coding agents' stores of this user, beside TARGET or instead of it
    #[arg(long, conflicts_with_all = ["no_worktree", "staged", "range", "since"])]
    pub transcripts: bool,

    /// Read the history of git repositories and nothing else
    #[arg(long, conflicts_with_all = ["staged", "range", "since"])]
    pub no_worktree: bool,

    /// Read what is staged in a git repository
    #[arg(long, conflicts_with_all = ["range", "since"])]
    pub staged: bool,

    /// Read what these commits brought: A..B, A...B, or everything that B has
    #[arg(long, value_name = "A..B", conflicts_with = "since")]
    pub range: Option<String>,

    /// Read what was committed after this revision, up to HEAD
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,

    /// Leave out paths that match; any number of times
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,

    /// Leave out what git ignores; by default it is read, since an ignored file is a place a credential lives
    #[arg(long)]
    pub respect_gitignore: bool,

    /// Open archives in archives this deep [default: 8]
    #[arg(long, value_name = "N")]
    pub max_depth_archive: Option<usize>,

    /// Undo encodings in encodings this deep [default: 4]
    #[arg(long, value_name = "N")]
    pub max_depth_decode: Option<usize>,

    /// Skip files larger than this (and say so); K, M, G, T
    #[arg(long, value_name = "N", value_parser = size::parse)]
    pub max_bytes: Option<u64>,
}
