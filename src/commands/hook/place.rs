//! Where git looks for hooks, and what keeps them from running.

use super::script::{self, Guard};
use crate::cli::{HookName, Place};
use crate::commands::scan::repositories;
use crate::commands::{CommandError, edge};
use crate::source::git::repository::{Repository, Trust};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A directory of hooks.
#[derive(Debug)]
pub struct Hooks {
    pub directory: PathBuf,
    pub kind: Kind,
    /// The guards that belong there.
    pub guards: Vec<Guard>,
    /// The git directory whose skips are noted.
    pub git_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A repository's own.
    Own,
    /// Where `core.hooksPath` of a repository leads.
    Configured,
    /// Where `core.hooksPath` of the user leads.
    Global,
}

impl Hooks {
    pub fn find(place: &Place) -> Result<Self, CommandError> {
        if place.global { Self::global(place) } else { Self::of_repository(place) }
    }

    fn of_repository(place: &Place) -> Result<Self, CommandError> {
        let repository =
            Repository::around_with(Path::new("."), Trust::Own).map_err(repositories::not_opened)?;
        let gix = repository.gix().ok_or_else(|| {
            CommandError::fatal(format!("cannot read the configuration of {}", repository.name))
                .because(repository.problem.clone().unwrap_or_default())
        })?;
        let base = gix.workdir().unwrap_or(&repository.git_dir);
        let (directory, kind) = match configured(gix) {
            Some(path) if global_path()?.as_ref() == Some(&path) => (path, Kind::Global),
            // Relative to where hooks run (git-config(1), `core.hooksPath`).
            Some(path) => (base.join(path), Kind::Configured),
            None => (repository.common_dir.join("hooks"), Kind::Own),
        };
        let defaults: &[Guard] = if gix.workdir().is_none() { &SERVER } else { &CLIENT };
        let git_dir = Some(repository.common_dir.clone());
        Ok(Hooks { directory, kind, guards: chosen(place, defaults), git_dir })
    }

    fn global(place: &Place) -> Result<Self, CommandError> {
        let directory = match global_path()? {
            Some(path) => path,
            None => default_global()?,
        };
        Ok(Hooks { directory, kind: Kind::Global, guards: chosen(place, &CLIENT), git_dir: None })
    }

    /// What is done to the user's directory is done to every repository, so it has to be meant.
    pub fn refuse_unmeant(&self, place: &Place) -> Result<(), CommandError> {
        if self.kind != Kind::Global || place.global {
            return Ok(());
        }
        let what =
            format!("git looks for the hooks of all your repositories in {}", self.directory.display());
        Err(CommandError::usage(what).hint("use --global, or set core.hooksPath of this repository"))
    }

    /// Husky writes its directory anew with every install of packages: what is put there does not stay.
    pub fn is_husky(&self) -> bool {
        self.directory.ends_with(".husky/_")
    }
}

const CLIENT: [Guard; 4] =
    [script::PRE_COMMIT, script::PRE_MERGE_COMMIT, script::COMMIT_MSG, script::PRE_PUSH];
const SERVER: [Guard; 1] = [script::PRE_RECEIVE];

fn chosen(place: &Place, defaults: &[Guard]) -> Vec<Guard> {
    if place.hooks.is_empty() {
        return defaults.to_vec();
    }
    let mut names = place.hooks.clone();
    names.sort_unstable();
    names.dedup();
    let guard = |name: HookName| match name {
        HookName::PreCommit => script::PRE_COMMIT,
        HookName::PreMergeCommit => script::PRE_MERGE_COMMIT,
        HookName::CommitMsg => script::COMMIT_MSG,
        HookName::PrePush => script::PRE_PUSH,
        HookName::PreReceive => script::PRE_RECEIVE,
    };
    names.into_iter().map(guard).collect()
}

/// `core.hooksPath`, of the repository or of its user.
fn configured(repository: &gix::Repository) -> Option<PathBuf> {
    let path = repository.config_snapshot().trusted_path("core.hooksPath").ok()??;
    Some(path).filter(|path| !path.as_os_str().is_empty())
}

/// The user's hook directory, where there is none yet.
pub fn default_global() -> Result<PathBuf, CommandError> {
    let home = edge::config_home().ok_or_else(|| {
        CommandError::usage(
            "cannot find your configuration directory: neither XDG_CONFIG_HOME nor HOME is set",
        )
    })?;
    Ok(home.join("cfleak").join("hooks"))
}

pub fn global_path() -> Result<Option<PathBuf>, CommandError> {
    let answer = git(&["config", "--global", "--type=path", "--get", "core.hooksPath"])?;
    Ok(answer.map(PathBuf::from).filter(|path| !path.as_os_str().is_empty()))
}

pub fn set_global_path(path: Option<&Path>) -> Result<(), CommandError> {
    let refused = || CommandError::fatal("git did not accept core.hooksPath for your configuration");
    let done = match path {
        Some(path) => git(&["config", "--global", "core.hooksPath", &path.to_string_lossy()])?,
        None => git(&["config", "--global", "--unset", "core.hooksPath"])?,
    };
    done.map(drop).ok_or_else(refused)
}

/// Asks git about the user's own configuration, which may be in several files that include each other. No repository
/// is involved: it runs at the root of the file system, without the `GIT_` variables that lead to one.
fn git(words: &[&str]) -> Result<Option<String>, CommandError> {
    let mut command = Command::new("git");
    command.args(words).current_dir("/");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_CONFIG", "GIT_INDEX_FILE", "GIT_COMMON_DIR"] {
        command.env_remove(OsString::from(name));
    }
    let output = command.output().map_err(|error| CommandError::fatal("cannot run git").because(error))?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim_end().to_owned()))
}
