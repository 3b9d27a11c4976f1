//! Arguments as meant: flags, then the environment and the configuration, then defaults.

use crate::cli::{Global, VerifyScope, When};
use crate::cloudflare::{Pace, Setting, Wanted};
use crate::commands::CommandError;
use crate::commands::edge::Edge;
use crate::commands::outputs::Outputs;
use crate::config::{self, Config, Scope, Trust};
use crate::model::{Confidence, tidy};
use crate::report::{Base, Style};
use crate::ui::{Choice, Showing, Talk};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// What every command needs to know.
#[derive(Debug)]
pub struct Settings {
    pub started: Timestamp,
    pub talk: Talk,
    pub style: Style,
    pub outputs: Outputs,
    pub progress: Showing,
    pub min_confidence: Confidence,
    /// The same, if a flag asked for it.
    pub asked_confidence: Option<Confidence>,
    pub verify: VerifyScope,
    pub offline: bool,
    /// Where Cloudflare is said to be; not checked yet.
    pub wanted: Wanted,
    /// How fast it may be asked.
    pub pace: Pace,
    pub show_secrets: bool,
    /// 0 means one a core.
    pub threads: usize,
    pub config: Config,
    pub base: Base,
}

impl Settings {
    /// `near` is the first target: configuration is looked for upwards from there.
    pub fn new(global: &Global, edge: &Edge, talk: Talk, near: Option<&Path>) -> Result<Self, CommandError> {
        let outputs = Outputs::plan(global)?;
        let start = start(edge.working_directory.as_deref(), near);
        let config = config(global, edge, start.as_deref())?;
        if !config.refused_hosts.is_empty() {
            talk.warn(&format!(
                "{}: api-hosts is ignored here; only your own configuration may send credentials elsewhere",
                config.path.as_deref().unwrap_or(Path::new("")).display()
            ));
        }
        let verify = global.verify.or_else(|| config.verify.map(scope)).unwrap_or(VerifyScope::High);
        Ok(Settings {
            started: edge.started,
            talk,
            style: Style {
                color: edge.terminal.color_stdout(choice(global.color)),
                width: edge.terminal.width,
                verbose: global.verbose,
            },
            outputs,
            progress: progress(global, edge.terminal.stderr),
            min_confidence: global.min_confidence.or(config.min_confidence).unwrap_or(Confidence::Medium),
            asked_confidence: global.min_confidence,
            verify,
            // Whoever says offline is believed: nothing can turn the network on again.
            offline: global.offline || edge.offline || config.offline == Some(true),
            wanted: wanted(global, edge, &config),
            pace: Pace::default(),
            show_secrets: global.show_secrets,
            threads: global.threads.unwrap_or(0),
            config,
            base: Base {
                working_directory: edge.working_directory.clone(),
                repository: start.as_deref().and_then(repository),
            },
        })
    }
}

/// The command line beats the environment. Hosts may be allowed by the person, never by what is scanned.
fn wanted(global: &Global, edge: &Edge, config: &Config) -> Wanted {
    let mut wanted = edge.wanted.clone();
    if let Some(value) = &global.api_base {
        wanted.api_base = Some(Setting { name: "--api-base".to_owned(), value: value.clone() });
    }
    wanted.allowed_hosts = [global.allow_api_host.as_slice(), &config.api_hosts].concat();
    wanted
}

impl Settings {
    /// The configuration file, as short as it can be said here.
    pub fn configured_by(&self) -> Option<String> {
        let path = self.config.path.as_deref()?;
        let here = self.base.working_directory.as_deref().unwrap_or(Path::new(""));
        Some(path.strip_prefix(here).unwrap_or(path).display().to_string())
    }
}

/// The directory that the first target is in or is, made absolute.
pub fn start(working_directory: Option<&Path>, near: Option<&Path>) -> Option<PathBuf> {
    let near = near.filter(|near| *near != Path::new("-")).unwrap_or(Path::new("."));
    let whole = tidy(&working_directory?.join(near));
    if whole.is_dir() { Some(whole) } else { whole.parent().map(Path::to_owned) }
}

fn config(global: &Global, edge: &Edge, start: Option<&Path>) -> Result<Config, CommandError> {
    if global.no_config {
        return Ok(Config::default());
    }
    let (path, trust) = match &global.config {
        Some(path) => (path.clone(), Trust::Own),
        None => match config::config_file(start, edge.config_home.as_deref()) {
            Some((path, true)) => (path, Trust::Own),
            Some((path, false)) => (path, Trust::Found),
            None => return Ok(Config::default()),
        },
    };
    tracing::debug!(path = %path.display(), "configuration");
    Ok(Config::read(&path, trust)?)
}

/// The work tree around a target.
pub fn work_tree(working_directory: &Path, target: &Path) -> Option<PathBuf> {
    repository(&start(Some(working_directory), Some(target))?)
}

/// The work tree around a directory.
fn repository(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|directory| directory.join(".git").exists()).map(Path::to_owned)
}

fn scope(scope: Scope) -> VerifyScope {
    match scope {
        Scope::All => VerifyScope::All,
        Scope::High => VerifyScope::High,
        Scope::None => VerifyScope::None,
    }
}

fn progress(global: &Global, on_terminal: bool) -> Showing {
    let wanted = !global.quiet && choice(global.progress).decide(on_terminal);
    match (wanted, on_terminal) {
        (false, _) => Showing::Hidden,
        (true, true) => Showing::Drawn,
        (true, false) => Showing::Logged,
    }
}

pub fn choice(when: When) -> Choice {
    match when {
        When::Auto => Choice::Auto,
        When::Always => Choice::Always,
        When::Never => Choice::Never,
    }
}
