use clap::{Args, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
A hook that ends with anything but 0 stops what git is about to do:
  0    clean, and everything was read
  1    findings, none known to be live
  2    the hook could not do its work
  3    at least one credential is live
  4    nothing found, but not everything was read

CFLEAK_SKIP=REASON lets one commit or push through and is noted in cfleak/skips.log of the git directory.";

/// Run as a git hook, or put the hooks in place.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES, disable_help_subcommand = true)]
pub struct Hook {
    #[command(subcommand)]
    pub command: HookCommand,
}

#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Look at what is staged (git runs this before a commit)
    PreCommit,
    /// Look at a commit message (git runs this before a commit)
    CommitMsg {
        /// The file that holds the message
        file: PathBuf,
    },
    /// Look at everything that a push would send (git runs this before a push, and tells what is pushed on stdin)
    PrePush {
        /// Name of the remote
        remote: Option<OsString>,
        /// Where it is
        url: Option<OsString>,
    },
    /// Look at everything that was pushed here (git runs this on a server before it accepts a push)
    PreReceive,
    /// Put hooks in place; what is there already is kept and runs too
    Install(Place),
    /// Take the hooks away and put back what was there
    Uninstall(Place),
    /// Tell which hooks are in place and what may keep them from running
    Status(Place),
}

/// Which hooks are meant.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// For all repositories of this user, through core.hooksPath
    #[arg(long)]
    pub global: bool,

    /// Only these hooks; any number of times [default: pre-commit, pre-merge-commit, commit-msg and pre-push; in a
    /// bare repository pre-receive]
    #[arg(long = "hook", value_name = "HOOK", value_enum)]
    pub hooks: Vec<HookName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum HookName {
    PreCommit,
    PreMergeCommit,
    CommitMsg,
    PrePush,
    PreReceive,
}
