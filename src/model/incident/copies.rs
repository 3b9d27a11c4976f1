use crate::model::{Exposure, Layer};
use serde::{Deserialize, Serialize};

/// Where else the credential lies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copies {
    /// What was searched, as typed.
    pub targets: Vec<String>,
    pub places: Vec<CopyPlace>,
    pub bytes: u64,
    pub files: u64,
    pub objects: u64,
    /// Everything asked for was read.
    pub complete: bool,
    /// What was not, and why.
    pub skipped: Vec<String>,
}

/// One place, in the words of CONTRACT section 4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyPlace {
    pub form: CopyForm,
    /// `file`, `git`, `ci`, `transcript`.
    pub source: String,
    pub path: String,
    pub inside: Vec<String>,
    pub line: u64,
    pub column: u64,
    pub decoded: Vec<Layer>,
    pub exposure: Option<Exposure>,
    /// Of a place in history: repository, commit, author, time, and whether a branch still shows it.
    pub commit: Option<String>,
    pub author: Option<String>,
    pub time: Option<String>,
    pub at_head: Option<bool>,
    /// `claude-code session 0123, tool output`; `github-actions, job deploy, step 3`.
    pub origin: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyForm {
    Value,
    /// SHA-256 of the token: its R2 secret (CLOUDFLARE.md 1.7).
    R2Secret,
    /// A part of it around mask characters.
    Masked,
}
