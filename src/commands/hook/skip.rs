//! `CFLEAK_SKIP=REASON`: the way through, which leaves a mark.

use crate::commands::{CommandError, edge};
use jiff::Timestamp;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The reason that was given, if any.
pub fn reason() -> Result<Option<String>, CommandError> {
    let Some(reason) = edge::variable("CFLEAK_SKIP") else { return Ok(None) };
    let reason: String =
        reason.to_string_lossy().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match reason.trim() {
        "" => Err(CommandError::usage("CFLEAK_SKIP is set but gives no reason")),
        reason => Ok(Some(reason.to_owned())),
    }
}

/// The file in a git directory that keeps the reasons.
pub fn log(git_dir: &Path) -> PathBuf {
    git_dir.join("cfleak").join("skips.log")
}

/// Notes that a hook did not look, and why. What cannot be noted is not skipped.
pub fn note(git_dir: &Path, hook: &str, reason: &str, at: Timestamp) -> Result<(), CommandError> {
    let path = log(git_dir);
    let line = format!("{}\t{hook}\t{reason}\n", at.strftime("%Y-%m-%dT%H:%M:%SZ"));
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(git_dir))?;
        OpenOptions::new().create(true).append(true).open(&path)?.write_all(line.as_bytes())
    };
    write().map_err(|error| {
        CommandError::fatal(format!("cannot note the skip in {}", path.display())).because(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_skip_is_a_line() {
        let directory = tempfile::tempdir().unwrap();
        for reason in ["first", "second time"] {
            note(directory.path(), "pre-push", reason, Timestamp::from_second(1_700_000_000).unwrap())
                .unwrap();
        }
        let expected = "2023-11-14T22:13:20Z\tpre-push\tfirst\n2023-11-14T22:13:20Z\tpre-push\tsecond time\n";
        assert_eq!(fs::read_to_string(log(directory.path())).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_noted_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("cfleak"), "in the way").unwrap();
        assert!(note(directory.path(), "pre-push", "x", Timestamp::UNIX_EPOCH).is_err());
    }
}
