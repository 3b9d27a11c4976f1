use crate::model::{Companions, Kind, Place, Secret};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// How sure the scan is that a value is a credential (CONTRACT section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Shape with little context; a checksum that fails; a documentation sample.
    Low,
    /// Shape and weaker context.
    Medium,
    /// Shape and a strong label: variable, header, host, file type.
    High,
    /// Proved offline: the checksum is valid, or the structure decodes and parses.
    Certain,
}

impl Confidence {
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
            Confidence::Certain => "certain",
        }
    }
}

/// What the checksum of a new-format token says (CLOUDFLARE.md 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checksum {
    Valid,
    Invalid,
}

/// Why a value counts, or does not. The texts are shown to people and never hold any part of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    ChecksumValid,
    ChecksumInvalid,
    /// The prefix or frame stands for this kind alone.
    OwnForm,
    /// The value decodes and parses as what it claims to be.
    Parses(&'static str),
    Variable(String),
    Key(String),
    Header(String),
    Host(String),
    Option(String),
    FileType(String),
    Neighbour(String),
    /// Cloudflare is spoken of near by, no more.
    Mentioned(String),
    Linked(String),
    /// It is what was hunted, and in which form.
    Hunted(&'static str),
    DocumentationSample,
    Placeholder,
    Retired(&'static str),
    LittleContext,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::ChecksumValid => f.write_str("checksum valid"),
            Reason::ChecksumInvalid => f.write_str("checksum does not match"),
            Reason::OwnForm => f.write_str("a form that only this kind has"),
            Reason::Parses(what) => write!(f, "decodes as {what}"),
            Reason::Variable(name) => write!(f, "variable {name}"),
            Reason::Key(name) => write!(f, "key {name}"),
            Reason::Header(name) => write!(f, "header {name}"),
            Reason::Host(name) => write!(f, "host {name}"),
            Reason::Option(name) => write!(f, "option {name}"),
            Reason::FileType(name) => write!(f, "file type {name}"),
            Reason::Neighbour(what) => write!(f, "{what} near by"),
            Reason::Mentioned(what) => write!(f, "\"{what}\" near by"),
            Reason::Linked(what) => f.write_str(what),
            Reason::Hunted(what) => f.write_str(what),
            Reason::DocumentationSample => f.write_str("documentation sample"),
            Reason::Placeholder => f.write_str("placeholder"),
            Reason::Retired(when) => write!(f, "retired format ({when})"),
            Reason::LittleContext => f.write_str("shape with little context"),
        }
    }
}

/// A rule's span that may be a credential: sometimes wrong, never missing.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub kind: Kind,
    /// The id of the rule that matched.
    pub rule: Arc<str>,
    pub secret: Secret,
    pub place: Place,
    pub confidence: Confidence,
    pub checksum: Option<Checksum>,
    pub reasons: Vec<Reason>,
    pub companions: Companions,
    /// An allow comment stood on the line (which one).
    pub allow_comment: Option<&'static str>,
}

/// Part of a value, masked or cut: never a finding, but useful to `hunt`.
#[derive(Clone, Debug)]
pub struct Partial {
    pub kind: Kind,
    /// What was visible, cut down to what a redacted form may show.
    pub shown: String,
    pub place: Place,
}
