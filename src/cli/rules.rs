use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The patterns, built in and your own.
#[derive(Args, Debug)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Rules {
    #[command(subcommand)]
    pub command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List every rule
    List,
    /// Show one rule: what it finds, what that gives away, how to end it
    Show {
        /// Id of a rule, or a kind
        #[arg(value_name = "RULE")]
        rule: String,
    },
    /// Check pattern files and their examples; without a path, all that the configuration names
    Check {
        /// Pattern files, or directories of them
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
}
