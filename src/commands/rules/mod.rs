//! `cfleak rules`: what is looked for.

mod check;
mod show;

use crate::cli::{Format, Global, Rules, RulesCommand};
use crate::commands::settings::Settings;
use crate::commands::{CommandError, engine};
use crate::scan::Options;
use crate::ui::exit_code::Ending;

pub fn run(args: &Rules, global: &Global, settings: &Settings) -> Result<Ending, CommandError> {
    match &args.command {
        RulesCommand::List => {
            let engine = engine::engine(&settings.config, Options::default())?;
            show::list(engine.rules(), form(global)?, settings)
        }
        RulesCommand::Show { rule } => {
            let engine = engine::engine(&settings.config, Options::default())?;
            show::one(engine.rules(), rule, form(global)?, settings)
        }
        RulesCommand::Check { paths } => check::run(paths, settings),
    }
}

/// How rules can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Human,
    Json,
    Jsonl,
}

fn form(global: &Global) -> Result<Form, CommandError> {
    match global.format {
        None | Some(Format::Human) => Ok(Form::Human),
        Some(Format::Json) => Ok(Form::Json),
        Some(Format::Jsonl) => Ok(Form::Jsonl),
        Some(
            Format::Sarif | Format::Csv | Format::Html | Format::Markdown | Format::Junit | Format::Gitlab,
        ) => Err(CommandError::usage("rules are shown as human, json or jsonl")),
    }
}
