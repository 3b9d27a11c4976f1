use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// Bytes, half-open, counted from the start of the innermost thing a person can open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: u64,
    pub end: u64,
}

/// A place for people: both count from 1, columns in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: u64,
    pub column: u64,
}

/// One layer of spelling that was undone to reach the value (CONTRACT section 4, `decoded`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    Json,
    Percent,
    Base64,
    Base64url,
    Hex,
    UnicodeEscape,
    Html,
    QuotedPrintable,
    #[serde(rename = "utf-16le")]
    Utf16le,
    #[serde(rename = "utf-16be")]
    Utf16be,
    Ansi,
    Wrapped,
    Shell,
    Concatenated,
    Pem,
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    ZeroWidth,
    Protobuf,
}

/// What kind of source a place was read from (`source` in the output).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    File,
    Stdin,
    Git,
    Ci,
    Transcript,
    Forge,
}

impl SourceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            SourceKind::File => "file",
            SourceKind::Stdin => "stdin",
            SourceKind::Git => "git",
            SourceKind::Ci => "ci",
            SourceKind::Transcript => "transcript",
            SourceKind::Forge => "forge",
        }
    }
}

/// How far a work-tree file has travelled already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    Committed,
    Tracked,
    Staged,
    Untracked,
    Ignored,
    OutsideGit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GitObjectKind {
    Blob,
    Commit,
    Tag,
    Tree,
    Ref,
}

/// Where in a repository's history a place stands (CONTRACT section 4, `git`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GitOrigin {
    pub repository: String,
    pub object: String,
    pub kind: GitObjectKind,
    /// The commit that introduced the object; `None` where no commit is known to hold it.
    pub commit: Option<String>,
    pub author: Option<String>,
    pub author_email: Option<String>,
    /// RFC 3339.
    pub time: Option<String>,
    pub summary: Option<String>,
    pub path: Option<String>,
    pub reachable: bool,
    pub at_head: bool,
    /// At most ten.
    pub refs: Vec<String>,
}

impl GitOrigin {
    /// An object of which nothing but its id is known yet.
    pub fn of_object(repository: &str, object: String, kind: GitObjectKind) -> Self {
        GitOrigin {
            repository: repository.to_owned(),
            object,
            kind,
            commit: None,
            author: None,
            author_email: None,
            time: None,
            summary: None,
            path: None,
            reachable: false,
            at_head: false,
            refs: Vec::new(),
        }
    }
}

/// Where in an agent's store a place stands (CONTRACT section 4, `transcript`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TranscriptOrigin {
    pub agent: String,
    pub surface: String,
    pub session: Option<String>,
    pub turn: Option<u64>,
    pub record: Option<String>,
    pub role: Option<String>,
    pub tool: Option<String>,
    pub tool_use_id: Option<String>,
    pub time: Option<String>,
    pub time_quality: Option<String>,
}

/// Where in a CI run a place stands (CONTRACT section 4, `ci`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CiOrigin {
    pub provider: String,
    pub run: Option<String>,
    pub job: Option<String>,
    pub step: Option<String>,
    pub time: Option<String>,
}

/// How a person walks back to where bytes came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Provenance {
    pub source: SourceKind,
    /// The file on disk as reached from the target (git: the path in the tree); `None` for stdin.
    pub path: Option<PathBuf>,
    /// The way into containers, outermost first, the file itself not repeated.
    pub inside: Vec<String>,
    /// Layers that the source undid itself to get at these bytes (`gzip` of a `.gz` file).
    pub unwrapped: Vec<Layer>,
    pub exposure: Option<Exposure>,
    pub git: Option<Box<GitOrigin>>,
    pub transcript: Option<Box<TranscriptOrigin>>,
    pub ci: Option<Box<CiOrigin>>,
    pub url: Option<String>,
}

impl Provenance {
    fn bare(source: SourceKind, path: Option<PathBuf>) -> Self {
        Provenance {
            source,
            path,
            inside: Vec::new(),
            unwrapped: Vec::new(),
            exposure: None,
            git: None,
            transcript: None,
            ci: None,
            url: None,
        }
    }

    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::bare(SourceKind::File, Some(path.into()))
    }

    pub fn stdin() -> Self {
        Self::bare(SourceKind::Stdin, None)
    }

    pub fn git(path: Option<PathBuf>) -> Self {
        Self::bare(SourceKind::Git, path)
    }

    /// The same place, one container deeper.
    pub fn enter(&self, member: impl Into<String>) -> Self {
        let mut inner = self.clone();
        inner.inside.push(member.into());
        inner
    }

    /// The name that says most about the bytes: the innermost member, else the file, else `-`.
    pub fn leaf_name(&self) -> String {
        match (self.inside.last(), &self.path) {
            (Some(member), _) => member.clone(),
            (None, Some(path)) => path.to_string_lossy().into_owned(),
            (None, None) => "-".to_owned(),
        }
    }

    /// `path!member!member`, for people.
    pub fn display(&self) -> String {
        let path = self.path.as_ref().map_or("-".into(), |path| path.to_string_lossy());
        std::iter::once(path.as_ref())
            .chain(self.inside.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join("!")
    }
}

/// One spot where a credential was seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub provenance: Arc<Provenance>,
    pub position: Position,
    pub span: Span,
    /// Layers undone, outermost first.
    pub decoded: Vec<Layer>,
}
