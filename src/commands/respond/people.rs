//! Responder credentials, read where they are and never from the command line.

use crate::cli;
use crate::commands::{CommandError, edge};
use crate::model::Secret;
use crate::respond::responder::{Handed, Unfit};
use std::fs;
use std::path::Path;

const DEFAULT: &str = "CFLEAK_RESPONDER_TOKEN";

/// Every responder of this run. None is fine: then only what needs none is done.
pub fn read(args: &[cli::Responder], leaked: Option<&Secret>) -> Result<Vec<Handed>, CommandError> {
    let mut handed = Vec::new();
    if args.is_empty() {
        handed.extend(from_environment(DEFAULT));
    }
    for responder in args {
        handed.push(match responder {
            cli::Responder::Environment(name) => from_environment(name).ok_or_else(|| {
                CommandError::usage(format!("--responder env:{name}: the variable is not set"))
            })?,
            cli::Responder::File(path) => from_file(path)?,
        });
    }
    for one in &handed {
        one.check(leaked).map_err(|unfit| refused(one, unfit))?;
    }
    Ok(handed)
}

fn from_environment(name: &str) -> Option<Handed> {
    let value = edge::variable(name)?.into_string().ok()?;
    let value = value.trim();
    (!value.is_empty()).then(|| Handed { source: format!("env:{name}"), value: Secret::new(value) })
}

/// The first line that is neither empty nor a comment.
fn from_file(path: &Path) -> Result<Handed, CommandError> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        CommandError::usage(format!("--responder file:{shown}: cannot be read")).because(error)
    })?;
    let text = zeroize::Zeroizing::new(text);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let value = lines.next().unwrap_or_default();
    Ok(Handed { source: format!("file:{shown}"), value: Secret::new(value) })
}

fn refused(handed: &Handed, unfit: Unfit) -> CommandError {
    let source = &handed.source;
    match unfit {
        Unfit::TheLeakedOne => {
            CommandError::usage(format!("--responder {source} is the leaked credential itself; nothing was changed"))
                .hint("make a token with API Tokens Write for the same user, or Account API Tokens Write for the account")
        }
        Unfit::Empty => CommandError::usage(format!("--responder {source} is empty")),
    }
}
