use crate::cli::{Cli, Completions};
use crate::commands::{CommandError, outputs};
use crate::ui::exit_code::Ending;
use clap::CommandFactory;

pub fn run(args: &Completions) -> Result<Ending, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cfleak", &mut script);
    outputs::to_stdout(&script)?;
    Ok(Ending::Clean)
}
