//! Arguments as meant: flags, then the environment and the configuration, then defaults.

use crate::cli::{Global, VerifyScope, When};
use crate::commands::CommandError;
use crate::commands::edge::Edge;
use crate::commands::outputs::Outputs;
use crate::model::Confidence;
use crate::report::Style;
use crate::ui::{Choice, Talk};
use jiff::Timestamp;
use std::path::PathBuf;

/// What every command needs to know.
#[derive(Debug)]
pub struct Settings {
    pub started: Timestamp,
    pub working_directory: Option<PathBuf>,
    pub talk: Talk,
    pub style: Style,
    pub outputs: Outputs,
    pub progress: bool,
    pub min_confidence: Confidence,
    pub verify: VerifyScope,
    pub offline: bool,
    pub show_secrets: bool,
    /// 0 means one a core.
    pub threads: usize,
}

impl Settings {
    pub fn new(global: &Global, edge: &Edge, talk: Talk) -> Result<Self, CommandError> {
        let outputs = Outputs::plan(global)?;
        Ok(Settings {
            started: edge.started,
            working_directory: edge.working_directory.clone(),
            talk,
            style: Style {
                color: edge.terminal.color_stdout(choice(global.color)),
                width: edge.terminal.width,
                verbose: global.verbose,
            },
            outputs,
            progress: !global.quiet && choice(global.progress).decide(edge.terminal.stderr),
            min_confidence: global.min_confidence.unwrap_or(Confidence::Medium),
            verify: global.verify.unwrap_or(VerifyScope::High),
            offline: global.offline || edge.offline,
            show_secrets: global.show_secrets,
            threads: global.threads.unwrap_or(0),
        })
    }
}

pub fn choice(when: When) -> Choice {
    match when {
        When::Auto => Choice::Auto,
        When::Always => Choice::Always,
        When::Never => Choice::Never,
    }
}
