//! Schema `cfleak/1`, frozen: CONTRACT section 4 word for word.
//!
//! Fields keep their order and are never left out (`secret` excepted). A change of meaning is `cfleak/2`.

use crate::model::{
    Allowed, Asked, Checksum, CiOrigin, Companions, Confidence, Exposure, GitOrigin, Layer, Partial, Place,
    Provenance, Secret, Skip, SkipReason, SourceKind, TranscriptOrigin,
};
use crate::report::{Entry, Outcome, Report, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub const SCHEMA: &str = "cfleak/1";

#[derive(Debug, Serialize, Deserialize)]
pub struct Begin {
    pub version: String,
    pub started: String,
    pub targets: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Finding {
    pub fingerprint: String,
    pub kind: String,
    pub rule: String,
    pub confidence: Confidence,
    pub checksum: Option<Checksum>,
    pub redacted: String,
    #[serde(default, with = "shown_secret", skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
    pub reasons: Vec<String>,
    pub companions: Beside,
    pub places: Vec<Spot>,
    pub verdict: Verdict,
    pub allowed: Option<Allowed>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Beside {
    pub email: Option<String>,
    pub account_id: Option<String>,
    pub zone_id: Option<String>,
    pub token_id: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Spot {
    pub source: SourceKind,
    pub path: Option<String>,
    pub line: u64,
    pub column: u64,
    pub start: u64,
    pub end: u64,
    pub inside: Vec<String>,
    pub decoded: Vec<Layer>,
    pub exposure: Option<Exposure>,
    pub git: Option<Box<GitOrigin>>,
    pub transcript: Option<Box<TranscriptOrigin>>,
    pub ci: Option<Box<CiOrigin>>,
    pub url: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Verdict {
    pub state: State,
    pub reason: String,
    pub token_id: Option<String>,
    pub expires_on: Option<String>,
    pub asked: Vec<Question>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    pub endpoint: String,
    pub http: Option<u16>,
    pub code: Option<i64>,
    pub ray: Option<String>,
    pub at: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Part {
    pub kind: String,
    pub shown: String,
    pub place: PartSpot,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct PartSpot {
    pub source: SourceKind,
    pub path: Option<String>,
    pub inside: Vec<String>,
    pub line: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Gap {
    pub source: SourceKind,
    pub path: Option<String>,
    pub inside: Vec<String>,
    pub reason: SkipReason,
    pub detail: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Summary {
    pub findings: u64,
    pub live: u64,
    pub complete: bool,
    pub bytes: u64,
    pub files: u64,
    pub objects: u64,
    pub skipped: BTreeMap<SkipReason, u64>,
    pub seconds: f64,
}

/// One line of JSON Lines: an object that says what it is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Record {
    Begin(Begin),
    Finding(Box<Finding>),
    Partial(Part),
    Skip(Gap),
    Summary(Summary),
}

/// A record under the name of the schema.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    pub schema: String,
    #[serde(flatten)]
    pub record: Record,
}

impl Line {
    pub fn new(record: Record) -> Self {
        Line { schema: SCHEMA.to_owned(), record }
    }
}

/// The JSON document: the same records in one object.
#[derive(Debug, Serialize, Deserialize)]
pub struct Document {
    pub schema: String,
    #[serde(flatten)]
    pub begin: Begin,
    pub findings: Vec<Line>,
    pub partials: Vec<Line>,
    pub skips: Vec<Line>,
    pub summary: Line,
}

/// The only way a value gets into an output: somebody said `--show-secrets`.
mod shown_secret {
    use super::Secret;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::expose).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
    }
}

impl From<&Report> for Begin {
    fn from(report: &Report) -> Self {
        Begin {
            version: report.version.clone(),
            started: report.started.clone(),
            targets: report.targets.clone(),
        }
    }
}

impl From<&Entry> for Finding {
    fn from(entry: &Entry) -> Self {
        Finding {
            fingerprint: entry.fingerprint.to_string(),
            kind: entry.kind.to_string(),
            rule: entry.rule.clone(),
            confidence: entry.confidence,
            checksum: entry.checksum,
            redacted: entry.redacted.clone(),
            secret: entry.secret.clone(),
            reasons: entry.reasons.clone(),
            companions: (&entry.companions).into(),
            places: entry.places.iter().map(Spot::from).collect(),
            verdict: (&entry.verdict).into(),
            allowed: entry.allowed.clone(),
        }
    }
}

impl From<&Companions> for Beside {
    fn from(companions: &Companions) -> Self {
        Beside {
            email: companions.emails.first().cloned(),
            account_id: companions.account_ids.first().cloned(),
            zone_id: companions.zone_ids.first().cloned(),
            token_id: companions.token_ids.first().cloned(),
        }
    }
}

impl From<&Place> for Spot {
    fn from(place: &Place) -> Self {
        let provenance = &place.provenance;
        Spot {
            source: provenance.source,
            path: path_text(provenance),
            line: place.position.line,
            column: place.position.column,
            start: place.span.start,
            end: place.span.end,
            inside: provenance.inside.clone(),
            decoded: place.decoded.clone(),
            exposure: provenance.exposure,
            git: provenance.git.clone(),
            transcript: provenance.transcript.clone(),
            ci: provenance.ci.clone(),
            url: provenance.url.clone(),
        }
    }
}

impl From<&Outcome> for Verdict {
    fn from(outcome: &Outcome) -> Self {
        Verdict {
            state: outcome.state,
            reason: outcome.reason.clone(),
            token_id: outcome.token_id.clone(),
            expires_on: outcome.expires_on.clone(),
            asked: outcome.asked.iter().map(Question::from).collect(),
        }
    }
}

impl From<&Asked> for Question {
    fn from(asked: &Asked) -> Self {
        Question {
            endpoint: asked.endpoint.clone(),
            http: asked.http,
            code: asked.code,
            ray: asked.ray.clone(),
            at: asked.at.clone(),
        }
    }
}

impl From<&Partial> for Part {
    fn from(partial: &Partial) -> Self {
        let provenance = &partial.place.provenance;
        Part {
            kind: partial.kind.to_string(),
            shown: partial.shown.clone(),
            place: PartSpot {
                source: provenance.source,
                path: path_text(provenance),
                inside: provenance.inside.clone(),
                line: partial.place.position.line,
            },
        }
    }
}

impl From<&Skip> for Gap {
    fn from(skip: &Skip) -> Self {
        Gap {
            source: skip.provenance.source,
            path: path_text(&skip.provenance),
            inside: skip.provenance.inside.clone(),
            reason: skip.reason,
            detail: skip.detail.clone(),
        }
    }
}

impl From<&Report> for Summary {
    fn from(report: &Report) -> Self {
        let summary = &report.summary;
        Summary {
            findings: summary.findings,
            live: summary.live,
            complete: summary.complete,
            bytes: summary.bytes,
            files: summary.files,
            objects: summary.objects,
            skipped: report.skipped(),
            seconds: summary.seconds,
        }
    }
}

/// The path as text; stdin under the name that was typed for it.
fn path_text(provenance: &Provenance) -> Option<String> {
    match (&provenance.path, provenance.source) {
        (Some(path), _) => Some(path.to_string_lossy().into_owned()),
        (None, SourceKind::Stdin) => Some("-".to_owned()),
        (
            None,
            SourceKind::File | SourceKind::Git | SourceKind::Ci | SourceKind::Transcript | SourceKind::Forge,
        ) => None,
    }
}
