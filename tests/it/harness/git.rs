//! Repositories made by the real git, with fixed people and dates.

#![allow(clippy::disallowed_methods, reason = "a test asks where git is")]

use super::{Run, Sandbox, files};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

impl Sandbox {
    /// Runs git below the working directory and returns what it said on stdout.
    #[track_caller]
    pub fn git(&self, directory: &str, line: &str) -> String {
        self.git_words(directory, &line.split_whitespace().collect::<Vec<_>>())
    }

    #[track_caller]
    pub fn git_words(&self, directory: &str, words: &[&str]) -> String {
        let (code, stdout, stderr) = self.try_git(directory, words, &[]);
        assert_eq!(code, Some(0), "git {words:?} in {directory}\n{stdout}{stderr}");
        stdout.trim_end().to_owned()
    }

    /// Runs git, whatever comes of it: the exit code, stdout and stderr.
    pub fn try_git(
        &self,
        directory: &str,
        words: &[&str],
        environment: &[(&str, &str)],
    ) -> (Option<i32>, String, String) {
        let output = Command::new("git")
            .args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", "-c", "gc.auto=0"])
            .args(words)
            .current_dir(self.work().join(directory))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Ada Author")
            .env("GIT_AUTHOR_EMAIL", "ada@example.com")
            .env("GIT_AUTHOR_DATE", self.tick())
            .env("GIT_COMMITTER_NAME", "Carl Committer")
            .env("GIT_COMMITTER_EMAIL", "carl@example.com")
            .env("GIT_COMMITTER_DATE", self.now())
            .envs(environment.iter().copied())
            .output()
            .expect("git runs");
        self.excuse_git_files();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }

    /// Writes a file and commits it, alone.
    #[track_caller]
    pub fn commit(&self, repository: &str, path: &str, content: impl AsRef<[u8]>, message: &str) -> String {
        self.write(&format!("{repository}/{path}"), content);
        self.git_words(repository, &["add", "-f", "--", path]);
        self.git_words(repository, &["commit", "-q", "--allow-empty", "-m", message]);
        self.git(repository, "rev-parse HEAD")
    }

    /// A new repository with one clean commit.
    #[track_caller]
    pub fn repository(&self, name: &str) -> String {
        fs::create_dir_all(self.work().join(name)).expect("a directory");
        self.git(name, "init -q");
        self.commit(name, "README.md", "nothing here\n", "Begin")
    }

    /// What git writes holds what the test planted; that is no leak of ours.
    fn excuse_git_files(&self) {
        let mut inputs = self.inputs.borrow_mut();
        for path in files(&self.work()) {
            let content = fs::read(&path).unwrap_or_default();
            inputs.insert(path, content);
        }
    }

    /// Runs cfleak in a repository, in a world where git is found.
    pub fn cfleak(&self, repository: &str, line: &str) -> Run {
        let path = std::env::var("PATH").unwrap_or_default();
        self.run_in(repository, line, b"", &[("PATH", &path)])
    }

    /// Every commit is a minute after the one before.
    fn tick(&self) -> String {
        self.minutes.set(self.minutes.get() + 1);
        self.now()
    }

    fn now(&self) -> String {
        format!("{} +0000", 1_700_000_000 + 60 * self.minutes.get())
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.work().join(below)
    }
}

/// The files of a repository's object store, by ending.
pub fn object_files(repository: &Path, extension: &str) -> Vec<PathBuf> {
    let all = files(&repository.join("objects"));
    all.into_iter().filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}
