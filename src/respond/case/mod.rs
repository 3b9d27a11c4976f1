//! The case directory: everything about one incident, on disk, so that any run can go on where the last one
//! stopped (CONTRACT section 5).
//!
//! What is in it holds no credential and nothing that stands for one. One run at a time works on a case.

mod evidence;
mod journal;
mod manifest;

pub use evidence::Scrubber;
pub use journal::{Entry, Journal, Occurrence};

use crate::model::incident::{Evidence, Incident, SCHEMA};
use crate::respond::Exhibit;
use jiff::Timestamp;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const STATE: &str = "case.json";
const JOURNAL: &str = "journal.jsonl";
const EVIDENCE: &str = "evidence";
const HALF: &str = ".half";

/// A case that this run has for itself.
#[derive(Debug)]
pub struct Case {
    directory: PathBuf,
    journal: Journal,
    scrubber: Scrubber,
    /// What the last run left, if there was one.
    pub before: Option<Box<Incident>>,
    /// The end of the journal was torn by a crash, and set aside here.
    pub torn: Option<PathBuf>,
}

/// Why a case cannot be worked on.
#[derive(Debug)]
pub struct CaseError {
    pub path: PathBuf,
    pub cause: Cause,
}

#[derive(Debug)]
pub enum Cause {
    Io(io::Error),
    /// The directory holds other things, and no case.
    Foreign,
    /// Another run works on it.
    Busy,
    /// `case.json` is no case file this version understands.
    Unreadable(String),
    /// A line of the journal does not continue the line before it.
    BrokenChain {
        line: u64,
    },
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Cause::Io(error)
    }
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.cause {
            Cause::Io(error) => write!(f, "cannot use {path}: {error}"),
            Cause::Foreign => write!(f, "{path} is not empty and is no case directory"),
            Cause::Busy => write!(f, "another run of cfleak works on {path}"),
            Cause::Unreadable(why) => write!(f, "{path} is no case file of this version: {why}"),
            Cause::BrokenChain { line } => {
                write!(
                    f,
                    "{path}:{line}: this line does not continue the one before: the journal was changed"
                )
            }
        }
    }
}

impl std::error::Error for CaseError {}

impl Case {
    /// Opens the case in `directory`, or begins one there. Fails before anything was changed anywhere else.
    pub fn open(directory: &Path, scrubber: Scrubber) -> Result<Case, CaseError> {
        let failed = |path: &Path, cause| CaseError { path: path.to_owned(), cause };
        let io = |path: &Path| {
            let path = path.to_owned();
            move |error| CaseError { path, cause: Cause::Io(error) }
        };
        let is_case = directory.join(JOURNAL).exists();
        if !is_case && fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(failed(directory, Cause::Foreign));
        }
        make_private(directory).map_err(io(directory))?;
        // The journal first: it is what makes this a case, for a run that comes after a crash right here.
        let (journal, torn) = Journal::open(&directory.join(JOURNAL))?;
        make_private(&directory.join(EVIDENCE)).map_err(io(directory))?;
        clear_halves(directory).map_err(io(directory))?;
        sync(directory).map_err(io(directory))?;
        let state = directory.join(STATE);
        let before = match fs::read(&state) {
            Ok(bytes) => Some(read(&bytes).map_err(|why| failed(&state, Cause::Unreadable(why)))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(&state, Cause::Io(error))),
        };
        Ok(Case { directory: directory.to_owned(), journal, scrubber, before, torn })
    }

    /// A text that comes from elsewhere, without the values of this run.
    pub fn scrub_text(&self, text: &str) -> String {
        self.scrubber.scrub_text(text)
    }

    /// Nobody puts a credential into a case; a token, a file or an entry of a log may be named like this one.
    pub fn cover(&self, incident: &Incident) -> Result<Incident, CaseError> {
        let failed = |error: serde_json::Error| self.failed(STATE, io::Error::other(error.to_string()));
        let document = serde_json::to_value(incident).map_err(failed)?;
        serde_json::from_value(self.scrubber.cover(document)).map_err(failed)
    }

    pub fn journal(&mut self) -> &mut Journal {
        &mut self.journal
    }

    /// Was this change about to be made, without a line that says how it ended?
    pub fn is_unsettled(&self, action: &str) -> bool {
        self.journal.is_unsettled(action)
    }

    /// Lines of earlier runs.
    pub fn history(&self) -> &[Entry] {
        self.journal.entries()
    }

    /// Writes the state; what was there stays whole until the new one is.
    pub fn save(&self, incident: &Incident) -> Result<(), CaseError> {
        let text = serde_json::to_vec_pretty(&self.cover(incident)?)
            .map_err(|error| self.failed(STATE, io::Error::other(error.to_string())))?;
        self.write(STATE, &text)
    }

    /// Writes a file of the case, whole or not at all, for its owner alone.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), CaseError> {
        replace(&self.directory.join(name), content).map_err(|error| self.failed(name, error))
    }

    /// Keeps answers as evidence, without what stands for a credential.
    pub fn keep(&self, exhibits: Vec<Exhibit>, kept: &mut Vec<Evidence>) -> Result<(), CaseError> {
        for exhibit in exhibits {
            let path = format!("{EVIDENCE}/{:04}-{}.json", kept.len() + 1, slug(&exhibit.what));
            let body = self.scrubber.scrub(exhibit.body);
            let what = self.scrubber.scrub_text(&exhibit.what);
            let page = serde_json::json!({"asked": what, "at": exhibit.at, "result": body});
            let text = serde_json::to_vec_pretty(&page)
                .map_err(|error| self.failed(&path, io::Error::other(error.to_string())))?;
            self.write(&path, &text)?;
            kept.push(Evidence { path, what, at: exhibit.at.parse().unwrap_or(Timestamp::UNIX_EPOCH) });
        }
        Ok(())
    }

    /// The hashes of every other file, written last.
    pub fn seal(&self) -> Result<(), CaseError> {
        let text = manifest::of(&self.directory).map_err(|error| self.failed(manifest::NAME, error))?;
        self.write(manifest::NAME, text.as_bytes())
    }

    fn failed(&self, name: &str, error: io::Error) -> CaseError {
        CaseError { path: self.directory.join(name), cause: Cause::Io(error) }
    }
}

fn read(bytes: &[u8]) -> Result<Box<Incident>, String> {
    let incident: Incident = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    match incident.schema == SCHEMA {
        true => Ok(Box::new(incident)),
        false => Err(format!("its schema is not {SCHEMA}")),
    }
}

/// Mode 0700, also where the directory was there before.
fn make_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// A new file is only safe from a crash when its name is on disk too.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

/// A new file for the owner alone, where none may be.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let half = directory.join(format!(".{}{HALF}", path.file_name().unwrap_or_default().to_string_lossy()));
    let mut file = create_private(&half)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    match written.and_then(|()| fs::rename(&half, path)).and_then(|()| sync(directory)) {
        Ok(()) => Ok(()),
        Err(error) => {
            // What is left of the attempt is no part of the case.
            let _ = fs::remove_file(&half);
            Err(error)
        }
    }
}

/// Files that a crash left half written are no part of the case.
fn clear_halves(directory: &Path) -> io::Result<()> {
    for place in [directory.to_owned(), directory.join(EVIDENCE)] {
        for entry in fs::read_dir(place)? {
            let entry = entry?;
            let name = entry.file_name();
            if name.to_string_lossy().starts_with('.') && name.to_string_lossy().ends_with(HALF) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

/// `GET /user/tokens/0123…?x` as part of a file name.
fn slug(what: &str) -> String {
    const LONGEST: usize = 60;
    let path = what.split('?').next().unwrap_or(what);
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // Ids are in the file itself; here they only make names long.
    let words: Vec<String> = words.filter(|word| word.len() < 24).map(str::to_ascii_lowercase).collect();
    words.join("-").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_with_other_things_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("mine.txt"), "mine").unwrap();
        let error = Case::open(directory.path(), Scrubber::default()).unwrap_err();
        assert!(matches!(error.cause, Cause::Foreign));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_run_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let first = Case::open(directory.path(), Scrubber::default()).unwrap();
        let second = Case::open(directory.path(), Scrubber::default()).unwrap_err();
        assert!(matches!(second.cause, Cause::Busy));
        drop(first);
        assert!(Case::open(directory.path(), Scrubber::default()).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_look() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("case");
        let case = Case::open(&directory, Scrubber::default()).unwrap();
        case.write("report.md", b"text").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        for file in ["report.md", JOURNAL] {
            assert_eq!(mode(&directory.join(file)), 0o600, "{file}");
        }
    }

    #[test]
    fn slugs_are_short_and_hold_no_ids() {
        let id = "0f".repeat(16);
        assert_eq!(slug(&format!("GET /user/tokens/{id}?a=b")), "get-user-tokens");
        assert_eq!(slug("GET /accounts/x/logs/audit"), "get-accounts-x-logs-audit");
    }
}
