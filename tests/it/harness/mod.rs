//! A place to run the built binary in: own home, cleared environment, own directory.
//!
//! Every value a test plants is looked for, in every spelling, in everything the run wrote: stdout, stderr, files.
//! Only `--show-secrets` may show one.

pub mod git;
mod spellings;

use cfleak::rules::examples::Seed;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub struct Sandbox {
    /// Holds `home` and `work`.
    root: TempDir,
    seed: RefCell<Seed>,
    planted: RefCell<Vec<String>>,
    /// What the test itself wrote, which may hold values.
    inputs: RefCell<BTreeMap<PathBuf, Vec<u8>>>,
    /// The clock of the commits.
    minutes: Cell<u64>,
}

impl Sandbox {
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        let sandbox = Sandbox {
            root,
            seed: RefCell::new(Seed(11)),
            planted: RefCell::default(),
            inputs: RefCell::default(),
            minutes: Cell::new(0),
        };
        for directory in [sandbox.home(), sandbox.work()] {
            fs::create_dir(directory).expect("a fresh directory");
        }
        sandbox
    }

    /// The directory commands run in.
    pub fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// A made-up token with a valid checksum. It must never be seen again.
    pub fn token(&self, prefix: &str) -> String {
        let token = self.seed.borrow_mut().checked_token(prefix);
        self.plant(&token);
        token
    }

    pub fn plant(&self, value: &str) {
        self.planted.borrow_mut().push(value.to_owned());
    }

    /// Writes a file below the working directory.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        self.write_at(&self.work().join(path), content)
    }

    pub fn write_at(&self, path: &Path, content: impl AsRef<[u8]>) -> PathBuf {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).expect("directories");
        }
        fs::write(path, content.as_ref()).expect("a file");
        self.inputs.borrow_mut().insert(path.to_owned(), content.as_ref().to_vec());
        path.to_owned()
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.work().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Runs `cfleak` with these words.
    pub fn run(&self, line: &str) -> Run {
        self.run_with(line, b"", &[])
    }

    pub fn run_with(&self, line: &str, stdin: &[u8], environment: &[(&str, &str)]) -> Run {
        self.run_in("", line, stdin, environment)
    }

    /// Runs `cfleak` in a directory below the working directory.
    pub fn run_in(&self, below: &str, line: &str, stdin: &[u8], environment: &[(&str, &str)]) -> Run {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cfleak"))
            .args(line.split_whitespace())
            .current_dir(self.work().join(below))
            .env_clear()
            .env("HOME", self.home())
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        // A run that does not read its stdin closes the pipe, and that is fine.
        let _ = child.stdin.take().expect("a pipe").write_all(stdin);
        let output = child.wait_with_output().expect("the binary ends");
        let run = Run {
            command: format!("cfleak {line}"),
            directory: self.work().join(below),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        if !line.contains("--show-secrets") {
            self.look_for_values(&run);
        }
        run
    }

    fn look_for_values(&self, run: &Run) {
        let mut written =
            vec![("stdout".to_owned(), run.stdout.clone()), ("stderr".to_owned(), run.stderr.clone())];
        for path in files(self.root.path()) {
            let content = fs::read(&path).unwrap_or_default();
            if self.inputs.borrow().get(&path) != Some(&content) {
                written.push((path.display().to_string(), String::from_utf8_lossy(&content).into_owned()));
            }
        }
        for value in self.planted.borrow().iter() {
            for (name, spelling) in spellings::of(value) {
                for (place, text) in &written {
                    assert!(!text.contains(&spelling), "a planted value shows in {place}, as {name}\n{run}");
                }
            }
        }
    }
}

/// Every file below, whatever cannot be read left out.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&path)),
            Ok(kind) if kind.is_file() => found.push(path),
            Ok(_) | Err(_) => {}
        }
    }
    found
}

/// What a run said.
pub struct Run {
    command: String,
    directory: PathBuf,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The exit code is the one thing every test states.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n{self}");
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "stdout lacks {text:?}\n{self}");
        self
    }

    #[track_caller]
    pub fn complains(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr lacks {text:?}\n{self}");
        self
    }

    #[track_caller]
    pub fn keeps_stderr_silent(self) -> Self {
        assert_eq!(self.stderr, "", "\n{self}");
        self
    }

    /// The records of JSON Lines.
    #[track_caller]
    pub fn records(&self) -> Vec<serde_json::Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}\n{self}")))
            .collect()
    }

    #[track_caller]
    pub fn records_of(&self, kind: &str) -> Vec<serde_json::Value> {
        self.records().into_iter().filter(|record| record["type"] == kind).collect()
    }

    #[track_caller]
    pub fn summary(&self) -> serde_json::Value {
        self.records_of("summary").pop().unwrap_or_else(|| panic!("no summary\n{self}"))
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        writeln!(text, "$ {}   (in {}, exit code {:?})", self.command, self.directory.display(), self.code)?;
        writeln!(text, "--- stdout\n{}--- stderr\n{}", self.stdout, self.stderr)?;
        f.write_str(&text)
    }
}
