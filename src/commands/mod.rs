//! The commands: arguments → settings → rooms → report.
//!
//! The only room that sees all others, and where the machine is asked: clock, environment, signals. Logic worth
//! a unit test lives elsewhere.

mod completions;
mod drill;
mod edge;
mod engine;
mod error;
mod hook;
mod hunt;
mod interrupt;
mod judge;
mod line;
mod man;
mod outputs;
mod report;
mod respond;
mod rules;
mod scan;
mod settings;
mod verify;
mod worker;
mod writeup;

pub use error::CommandError;

use crate::cli::{Cli, Command};
use crate::ui::Talk;
use crate::ui::exit_code::Ending;
use clap::Parser;
use edge::Edge;
use settings::Settings;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs cfleak with the arguments of this process.
pub fn main() -> ExitCode {
    hush_panics();
    let code = std::panic::catch_unwind(|| match Cli::try_parse() {
        Ok(cli) => run(&cli),
        Err(error) if error.use_stderr() => {
            Talk { color: false, quiet: false }.misunderstood(&error.render().to_string());
            Ending::Failed.code(false)
        }
        // Help and the version are no errors, and go to stdout.
        Err(error) => error.exit(),
    });
    ExitCode::from(code.unwrap_or(Ending::Failed.code(false)))
}

fn run(cli: &Cli) -> u8 {
    let edge = Edge::look();
    let talk = Talk {
        color: edge.terminal.color_stderr(settings::choice(cli.global.color)),
        quiet: cli.global.quiet,
    };
    if cli.global.debug {
        trace();
    }
    match dispatch(cli, &edge, talk) {
        Ok(ending) => ending.code(cli.global.exit_zero),
        Err(error) => {
            talk.failure(error.label(), &error.message(), error.hints());
            Ending::Failed.code(false)
        }
    }
}

fn dispatch(cli: &Cli, edge: &Edge, talk: Talk) -> Result<Ending, CommandError> {
    match &cli.command {
        Command::Scan(args) => {
            let near = args.reading.targets.first().map(PathBuf::as_path);
            scan::run(args, &Settings::new(&cli.global, edge, talk, near)?)
        }
        Command::Hunt(args) => {
            let near = args.reading.targets.first().map(PathBuf::as_path);
            hunt::run(args, Settings::new(&cli.global, edge, talk, near)?)
        }
        Command::Verify(args) => {
            verify::run(args, Settings::new(&cli.global, edge, talk, args.from.as_deref())?)
        }
        Command::Report(args) => report::run(args, &Settings::new(&cli.global, edge, talk, None)?),
        Command::Rules(args) => rules::run(args, &cli.global, &Settings::new(&cli.global, edge, talk, None)?),
        Command::Respond(args) => respond::run(args, &Settings::new(&cli.global, edge, talk, None)?),
        Command::Revoke(args) => respond::revoke(args, &Settings::new(&cli.global, edge, talk, None)?),
        Command::Hook(args) => hook::run(args, &cli.global, edge, talk),
        Command::Drill(args) => drill::run(args, cli, edge, talk),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    }
}

/// `--debug`: what is being done, on stderr. Values are formatted by their types, and a `Secret` masks itself.
fn trace() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// A panic's message may quote what was being read, and that may be a credential: say where, not what.
fn hush_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or(String::new(), |at| format!(" at {}:{}", at.file(), at.line()));
        let talk = Talk { color: false, quiet: false };
        talk.error(&format!("this is a bug in cfleak{place}"));
    }));
}
