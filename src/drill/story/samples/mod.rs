//! What the leaks look like on disk: a repository with a history, a CI log, an agent's transcript, a home
//! directory.

mod ci_log;
mod repository;
mod transcript;

use super::company::Cast;
use jiff::Timestamp;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where the samples are.
#[derive(Clone, Debug)]
pub struct Samples {
    pub repository: PathBuf,
    pub ci_log: PathBuf,
    pub transcript: PathBuf,
    pub home: PathBuf,
}

/// The samples could not be written.
#[derive(Debug)]
pub struct CannotWrite {
    pub path: PathBuf,
    pub cause: Cause,
}

#[derive(Debug)]
pub enum Cause {
    /// Somebody's own files are not mixed with made-up leaks.
    NotEmpty,
    Io(io::Error),
    Git(String),
}

impl fmt::Display for CannotWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.cause {
            Cause::NotEmpty => write!(f, "{path} is not empty; the samples want a directory of their own"),
            Cause::Io(error) => write!(f, "cannot write {path}: {error}"),
            Cause::Git(error) => write!(f, "cannot make the repository {path}: {error}"),
        }
    }
}

impl std::error::Error for CannotWrite {}

/// Writes all samples below `directory`, which must not exist yet or be empty.
pub fn write_samples(directory: &Path, cast: &Cast, now: Timestamp) -> Result<Samples, CannotWrite> {
    let taken = fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        return Err(CannotWrite { path: directory.to_owned(), cause: Cause::NotEmpty });
    }
    let samples = Samples {
        repository: directory.join("shop"),
        ci_log: directory.join("ci/3_Deploy.txt"),
        transcript: directory.join("home").join(transcript::PATH),
        home: directory.join("home"),
    };
    repository::make(&samples.repository, cast, now)?;
    write(&samples.ci_log, &ci_log::text(cast))?;
    write(&samples.transcript, &transcript::text(cast))?;
    for (path, text) in home(cast) {
        write(&samples.home.join(path), &text)?;
    }
    Ok(samples)
}

/// Files of the home directory; what shares a path is written one after the other.
fn home(cast: &Cast) -> Vec<(&'static str, String)> {
    let mut files: Vec<(&'static str, String)> = Vec::new();
    for planted in &cast.planted {
        let text = planted.text(&cast.production);
        match files.iter_mut().find(|(path, _)| *path == planted.path) {
            Some((_, before)) => before.push_str(&text),
            None => files.push((planted.path, text)),
        }
    }
    files
}

fn write(path: &Path, text: &str) -> Result<(), CannotWrite> {
    let failed = |error| CannotWrite { path: path.to_owned(), cause: Cause::Io(error) };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::super::incident;
    use super::*;
    use crate::drill::Clock;

    fn every_file(directory: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).expect("a directory").flatten().map(|entry| entry.path());
        entries.flat_map(|path| if path.is_dir() { every_file(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn every_planted_value_is_on_disk_and_the_leaked_one_only_where_it_leaked() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        let cast = incident(1, Clock::new(move || now)).cast;
        let directory = tempfile::tempdir().expect("a directory");
        let samples = write_samples(directory.path(), &cast, now).expect("written");
        let files = every_file(directory.path());
        let texts: Vec<_> = files.iter().map(|path| fs::read(path).expect("readable")).collect();
        let holds = |text: &[u8], value: &str| memchr::memmem::find(text, value.as_bytes()).is_some();
        for planted in &cast.planted {
            let found = texts.iter().filter(|text| holds(text, planted.value.expose())).count();
            assert_eq!(found, 1, "{}", planted.label);
        }
        let leaked = cast.leaked.value.expose();
        let in_plain: Vec<_> =
            files.iter().zip(&texts).filter(|(_, text)| holds(text, leaked)).map(|(p, _)| p).collect();
        assert_eq!(
            in_plain.len(),
            2,
            "the log and the transcript; the repository has it compressed: {in_plain:?}"
        );
        let repository =
            gix::open_opts(&samples.repository, gix::open::Options::isolated()).expect("a repository");
        let head = repository.head_id().expect("a commit");
        assert_eq!(head.ancestors().all().expect("a walk").count(), 3);
    }

    #[test]
    fn a_directory_in_use_is_left_alone() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        let cast = incident(1, Clock::new(move || now)).cast;
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("mine.txt"), "mine").expect("written");
        let refused = write_samples(directory.path(), &cast, now).expect_err("in use");
        assert!(refused.to_string().ends_with("is not empty; the samples want a directory of their own"));
    }
}
