//! Putting hooks in place, taking them away, and telling what there is.

use super::place::{self, Hooks, Kind};
use super::script::{self, Guard, KEPT, Shadowed};
use super::skip;
use crate::cli::Place;
use crate::commands::{CommandError, edge, outputs};
use crate::ui::Talk;
use crate::ui::exit_code::Ending;
use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

pub fn install(place: &Place, talk: Talk) -> Result<Ending, CommandError> {
    let hooks = Hooks::find(place)?;
    hooks.refuse_unmeant(place)?;
    refuse_husky(&hooks)?;
    let cfleak = edge::own_path()
        .ok_or_else(|| CommandError::fatal("cannot tell where this program is, for the hooks to find it"))?;
    let shadowed = if hooks.kind == Kind::Global { Shadowed::KeptOrOwn } else { Shadowed::Kept };
    let mut said = String::new();
    for guard in &hooks.guards {
        let done = put(&hooks.directory.join(guard.file), &script::guard(guard, shadowed, &cfleak))?;
        let _ = writeln!(said, "{:<18} {done}", guard.file);
    }
    if hooks.kind == Kind::Global {
        hand_on(&hooks)?;
        place::set_global_path(Some(&hooks.directory))?;
    }
    let _ = writeln!(said, "in {}", hooks.directory.display());
    outputs::to_stdout(said.as_bytes())?;
    if hooks.kind == Kind::Configured {
        talk.note("core.hooksPath leads there; if that directory is part of the repository, commit the hooks for all.");
    }
    Ok(Ending::Clean)
}

/// The user's directory hides the hooks of every repository, so those that are not ours are handed on.
fn hand_on(hooks: &Hooks) -> Result<(), CommandError> {
    let ours: Vec<&str> = hooks.guards.iter().map(|guard| guard.file).collect();
    let client = [script::PRE_COMMIT, script::PRE_MERGE_COMMIT, script::COMMIT_MSG, script::PRE_PUSH];
    let others = client.iter().map(|guard| guard.file).chain(script::HANDED_ON);
    for file in others.filter(|file| !ours.contains(file)) {
        let path = hooks.directory.join(file);
        // One that is there already hides the repositories' own by its owner's will.
        if !path.exists() {
            put(&path, &script::handing_on(file))?;
        }
    }
    Ok(())
}

/// Writes a script; what is in its place and not ours is kept beside it.
fn put(path: &Path, script: &str) -> Result<&'static str, CommandError> {
    let failed = |error: io::Error| {
        CommandError::fatal(format!("cannot put a hook at {}", path.display())).because(error)
    };
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    let done = match state(path).map_err(failed)? {
        State::Absent => "installed",
        State::Ours => "renewed",
        State::Other => {
            let kept = kept(path);
            if fs::symlink_metadata(&kept).is_ok() {
                let what = format!("both {} and {} are there", path.display(), kept.display());
                return Err(
                    CommandError::fatal(what).hint("put into one what should run, and delete the other")
                );
            }
            fs::rename(path, &kept).map_err(failed)?;
            "installed; the hook that was there is kept and chained"
        }
    };
    write(path, script).map_err(failed)?;
    Ok(done)
}

/// Appears whole or not at all: git may look at any moment.
fn write(path: &Path, script: &str) -> io::Result<()> {
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(script.as_bytes())?;
    file.as_file().set_permissions(Permissions::from_mode(0o755))?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

enum State {
    Absent,
    Ours,
    Other,
}

fn state(path: &Path) -> io::Result<State> {
    match fs::read(path) {
        Ok(script) if script::is_ours(&script) => Ok(State::Ours),
        Ok(_) => Ok(State::Other),
        // A link that leads nowhere is something of somebody's.
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
            Ok(State::Absent)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::Other),
        Err(error) => Err(error),
    }
}

fn kept(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(KEPT);
    name.into()
}

fn refuse_husky(hooks: &Hooks) -> Result<(), CommandError> {
    if !hooks.is_husky() {
        return Ok(());
    }
    let mut error =
        CommandError::usage("husky manages the hooks here, and writes its directory anew each time");
    for guard in &hooks.guards {
        error = error.hint(format!("add to .husky/{}: cfleak hook {} \"$@\"", guard.file, guard.command));
    }
    Err(error)
}

pub fn uninstall(place: &Place, talk: Talk) -> Result<Ending, CommandError> {
    let hooks = Hooks::find(place)?;
    hooks.refuse_unmeant(place)?;
    let mut said = String::new();
    let handed_on = script::HANDED_ON.iter().filter(|_| hooks.kind == Kind::Global && place.hooks.is_empty());
    let files = hooks.guards.iter().map(|guard| guard.file).chain(handed_on.copied());
    for file in files {
        let path = hooks.directory.join(file);
        let failed = |error: io::Error| {
            CommandError::fatal(format!("cannot take away {}", path.display())).because(error)
        };
        if !matches!(state(&path).map_err(failed)?, State::Ours) {
            continue;
        }
        let kept = kept(&path);
        let done = if fs::symlink_metadata(&kept).is_ok() {
            fs::rename(&kept, &path).map_err(failed)?;
            "taken away; the hook that was there before is back"
        } else {
            fs::remove_file(&path).map_err(failed)?;
            "taken away"
        };
        let _ = writeln!(said, "{file:<18} {done}");
    }
    if said.is_empty() {
        talk.note(&format!("no hook of cfleak's in {}", hooks.directory.display()));
    }
    forget_global(&hooks)?;
    outputs::to_stdout(said.as_bytes())?;
    Ok(Ending::Clean)
}

/// An empty directory of ours need not be named any longer.
fn forget_global(hooks: &Hooks) -> Result<(), CommandError> {
    let is_own = hooks.kind == Kind::Global && hooks.directory == place::default_global()?;
    if is_own && fs::remove_dir(&hooks.directory).is_ok() && place::global_path()?.is_some() {
        place::set_global_path(None)?;
    }
    Ok(())
}

pub fn status(place: &Place) -> Result<Ending, CommandError> {
    let hooks = Hooks::find(place)?;
    let mut said = String::new();
    let mut complete = true;
    for guard in &hooks.guards {
        let (state, is_in_place) = describe(&hooks, guard)?;
        complete &= is_in_place;
        let _ = writeln!(said, "{:<18} {state}", guard.file);
    }
    let why = match hooks.kind {
        Kind::Own => "",
        Kind::Configured => " (core.hooksPath)",
        Kind::Global => " (core.hooksPath of this user; a repository may set its own)",
    };
    let _ = writeln!(said, "in {}{why}", hooks.directory.display());
    if hooks.is_husky() {
        let _ = writeln!(said, "husky manages these; what counts is in .husky");
    }
    if hooks.kind == Kind::Global && place::global_path()?.is_none() {
        complete = false;
        let _ = writeln!(said, "core.hooksPath of this user is not set, so git does not look there");
    }
    if let Some(git_dir) = &hooks.git_dir {
        let log = skip::log(git_dir);
        let skips = fs::read_to_string(&log).map_or(0, |text| text.lines().count());
        if skips > 0 {
            let _ = writeln!(said, "skipped {skips} times, see {}", log.display());
        }
    }
    outputs::to_stdout(said.as_bytes())?;
    Ok(if complete { Ending::Clean } else { Ending::Incomplete })
}

fn describe(hooks: &Hooks, guard: &Guard) -> Result<(&'static str, bool), CommandError> {
    let path = hooks.directory.join(guard.file);
    let found = state(&path)
        .map_err(|error| CommandError::fatal(format!("cannot read {}", path.display())).because(error))?;
    let is_executable = fs::metadata(&path).is_ok_and(|about| about.permissions().mode() & 0o111 != 0);
    Ok(match found {
        State::Ours if !is_executable => ("in place, but not executable, so git does not run it", false),
        State::Ours if fs::symlink_metadata(kept(&path)).is_ok() => {
            ("in place, and another hook with it", true)
        }
        State::Ours => ("in place", true),
        State::Other if hooks.is_husky() => ("husky's", false),
        State::Other => ("another hook, without cfleak", false),
        State::Absent => ("absent", false),
    })
}
