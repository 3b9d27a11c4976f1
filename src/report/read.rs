//! A findings file, read back: JSON Lines or the JSON document.

use crate::model::{
    Asked, Companions, Fingerprint, Kind, Partial, Place, Position, Provenance, Skip, SourceKind, Span,
};
use crate::report::v1::{
    Begin, Beside, Document, Finding, Gap, Line, Part, Question, Record, SCHEMA, Spot, Verdict,
};
use crate::report::{Entry, Outcome, Report, Summary};
use std::fmt;
use std::io::{self, BufRead};
use std::path::PathBuf;
use std::sync::Arc;

/// Why a file is no findings file.
#[derive(Debug)]
pub enum ReadError {
    Io(io::Error),
    /// The line, from 1, and what is wrong with it. Never a part of it: it may hold values.
    Line {
        line: usize,
        what: String,
    },
    Empty,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io(_) => f.write_str("cannot be read"),
            ReadError::Line { line, what } => write!(f, "line {line}: {what}"),
            ReadError::Empty => f.write_str("holds no findings of cfleak"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReadError::Io(source) => Some(source),
            ReadError::Line { .. } | ReadError::Empty => None,
        }
    }
}

impl Report {
    /// Reads what `--format jsonl` or `--format json` wrote. Notes about rules and the base are left to the caller.
    ///
    /// A file without its last line, the summary, is that of a run that was cut off: it is not complete.
    pub fn read(input: &mut dyn BufRead) -> Result<Report, ReadError> {
        let mut text = String::new();
        input.read_to_string(&mut text).map_err(ReadError::Io)?;
        if let Ok(document) = serde_json::from_str::<Document>(&text) {
            return of_document(document);
        }
        let mut reading = Reading::default();
        for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let line_number = nth + 1;
            let wrong = |what: String| ReadError::Line { line: line_number, what };
            let line: Line = serde_json::from_str(line)
                .map_err(|error| wrong(format!("no record of {SCHEMA}, at column {}", error.column())))?;
            reading.line(line).map_err(wrong)?;
        }
        reading.finish()
    }
}

fn of_document(document: Document) -> Result<Report, ReadError> {
    let wrong = |what: String| ReadError::Line { line: 1, what };
    let mut reading = Reading::default();
    let begin = Line { schema: document.schema, record: Record::Begin(document.begin) };
    let records = document.findings.into_iter().chain(document.partials).chain(document.skips);
    for line in std::iter::once(begin).chain(records).chain([document.summary]) {
        reading.line(line).map_err(wrong)?;
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    begin: Option<Begin>,
    findings: Vec<Entry>,
    partials: Vec<Partial>,
    skips: Vec<Skip>,
    summary: Option<Summary>,
}

impl Reading {
    fn line(&mut self, line: Line) -> Result<(), String> {
        if line.schema != SCHEMA {
            return Err(format!("the schema is not {SCHEMA}"));
        }
        match line.record {
            Record::Begin(begin) => self.begin = Some(begin),
            Record::Finding(finding) => self.findings.push((*finding).try_into()?),
            Record::Partial(part) => self.partials.push(part.into()),
            Record::Skip(gap) => self.skips.push(gap.into()),
            Record::Summary(summary) => {
                self.summary = Some(Summary {
                    findings: summary.findings,
                    live: summary.live,
                    complete: summary.complete,
                    bytes: summary.bytes,
                    files: summary.files,
                    objects: summary.objects,
                    seconds: summary.seconds,
                    ..Summary::default()
                });
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Report, ReadError> {
        let begin = self.begin.ok_or(ReadError::Empty)?;
        let mut report = Report {
            version: begin.version,
            started: begin.started,
            targets: begin.targets,
            findings: self.findings,
            partials: self.partials,
            skips: self.skips,
            summary: Summary::default(),
            rules: Default::default(),
            configuration: None,
            base: Default::default(),
            hunted: None,
        };
        report.summary = self.summary.unwrap_or_else(|| Summary { interrupted: true, ..report.counted() });
        Ok(report)
    }
}

impl TryFrom<Finding> for Entry {
    type Error = String;

    fn try_from(finding: Finding) -> Result<Self, String> {
        let fingerprint: Fingerprint =
            finding.fingerprint.parse().map_err(|error| format!("the fingerprint is wrong: {error}"))?;
        Ok(Entry {
            fingerprint,
            kind: Kind::from_name(&finding.kind),
            rule: finding.rule,
            confidence: finding.confidence,
            checksum: finding.checksum,
            redacted: finding.redacted,
            reasons: finding.reasons,
            companions: finding.companions.into(),
            places: finding.places.into_iter().map(Place::from).collect(),
            verdict: finding.verdict.into(),
            allowed: finding.allowed,
            secret: finding.secret,
        })
    }
}

impl From<Beside> for Companions {
    fn from(beside: Beside) -> Self {
        Companions {
            emails: beside.email.into_iter().collect(),
            account_ids: beside.account_id.into_iter().collect(),
            zone_ids: beside.zone_id.into_iter().collect(),
            token_ids: beside.token_id.into_iter().collect(),
        }
    }
}

impl From<Spot> for Place {
    fn from(spot: Spot) -> Self {
        let mut provenance = provenance(spot.source, spot.path, spot.inside);
        provenance.exposure = spot.exposure;
        provenance.git = spot.git;
        provenance.transcript = spot.transcript;
        provenance.ci = spot.ci;
        provenance.url = spot.url;
        Place {
            provenance: Arc::new(provenance),
            position: Position { line: spot.line, column: spot.column },
            span: Span { start: spot.start, end: spot.end },
            decoded: spot.decoded,
        }
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        Outcome {
            state: verdict.state,
            reason: verdict.reason,
            token_id: verdict.token_id,
            expires_on: verdict.expires_on,
            asked: verdict.asked.into_iter().map(Asked::from).collect(),
            // A report keeps what machines need; these are for the person who was there.
            grant: None,
            next: None,
        }
    }
}

impl From<Question> for Asked {
    fn from(question: Question) -> Self {
        Asked {
            endpoint: question.endpoint,
            http: question.http,
            code: question.code,
            ray: question.ray,
            at: question.at,
        }
    }
}

impl From<Part> for Partial {
    fn from(part: Part) -> Self {
        Partial {
            kind: Kind::from_name(&part.kind),
            shown: part.shown,
            place: Place {
                provenance: Arc::new(provenance(part.place.source, part.place.path, part.place.inside)),
                position: Position { line: part.place.line, column: 1 },
                span: Span { start: 0, end: 0 },
                decoded: Vec::new(),
            },
        }
    }
}

impl From<Gap> for Skip {
    fn from(gap: Gap) -> Self {
        let provenance = provenance(gap.source, gap.path, gap.inside);
        Skip { provenance, reason: gap.reason, detail: gap.detail }
    }
}

fn provenance(source: SourceKind, path: Option<String>, inside: Vec<String>) -> Provenance {
    let path = path.filter(|path| !(source == SourceKind::Stdin && path == "-"));
    Provenance {
        source,
        path: path.map(PathBuf::from),
        inside,
        unwrapped: Vec::new(),
        exposure: None,
        git: None,
        transcript: None,
        ci: None,
        url: None,
    }
}
