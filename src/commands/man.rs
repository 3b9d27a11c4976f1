use crate::cli::{Cli, Man};
use crate::commands::{CommandError, outputs};
use crate::ui::exit_code::Ending;
use clap::{Command, CommandFactory};
use std::io;

/// One page for the program, and below it the pages of its commands.
pub fn run(_: &Man) -> Result<Ending, CommandError> {
    let mut page = Vec::new();
    pages(Cli::command(), &mut page)
        .map_err(|error| CommandError::fatal("cannot render the manual page").because(error))?;
    outputs::to_stdout(&page)?;
    Ok(Ending::Clean)
}

fn pages(mut program: Command, page: &mut Vec<u8>) -> io::Result<()> {
    program.build();
    clap_mangen::Man::new(program.clone()).render(page)?;
    for command in program.get_subcommands() {
        let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
        // Only what is not said above: flags of every command have their place on the first page.
        let own = command.clone().mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
        clap_mangen::Man::new(own).title(name).render(page)?;
    }
    Ok(())
}
