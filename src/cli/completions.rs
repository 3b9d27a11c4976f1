use clap::Args;
use clap_complete::Shell;

/// Print a completion script for a shell.
#[derive(Args, Debug)]
pub struct Completions {
    #[arg(value_enum)]
    pub shell: Shell,
}
