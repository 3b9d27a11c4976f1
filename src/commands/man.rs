use crate::cli::{Cli, Man};
use crate::commands::{CommandError, outputs};
use crate::ui::exit_code::Ending;
use clap::CommandFactory;

pub fn run(_: &Man) -> Result<Ending, CommandError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|error| CommandError::fatal("cannot render the manual page").because(error))?;
    outputs::to_stdout(&page)?;
    Ok(Ending::Clean)
}
