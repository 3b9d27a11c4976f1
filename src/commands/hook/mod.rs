//! `cfleak hook`: between a person and a leak, at the last moment when it costs nothing to stop.
//!
//! A hook answers from what is here, asks nobody, and fails closed: what it could not read, it does not let pass.

mod advice;
mod guard;
mod install;
mod place;
mod script;
mod skip;

use crate::cli::{Global, Hook, HookCommand, VerifyScope};
use crate::commands::CommandError;
use crate::commands::edge::Edge;
use crate::commands::settings::Settings;
use crate::ui::Talk;
use crate::ui::exit_code::Ending;
use guard::Occasion;
use std::path::Path;

pub fn run(args: &Hook, global: &Global, edge: &Edge, talk: Talk) -> Result<Ending, CommandError> {
    let occasion = match &args.command {
        HookCommand::PreCommit => Occasion::PreCommit,
        HookCommand::CommitMsg { file } => Occasion::CommitMsg { file },
        // The URL says nothing that the name does not: without a name of its own, a remote tells nothing.
        HookCommand::PrePush { remote, url: _ } => Occasion::PrePush { remote: remote.as_deref() },
        HookCommand::PreReceive => Occasion::PreReceive,
        HookCommand::Install(place) => return install::install(place, talk),
        HookCommand::Uninstall(place) => return install::uninstall(place, talk),
        HookCommand::Status(place) => return install::status(place),
    };
    let mut settings = Settings::new(global, edge, talk, Some(Path::new(".")))?;
    // A commit must not wait for a network, unless somebody says so.
    settings.verify = global.verify.unwrap_or(VerifyScope::None);
    guard::run(&occasion, &settings).map_err(|error| error.hint(occasion.way_around()))
}
