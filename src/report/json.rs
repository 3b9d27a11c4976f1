//! One JSON document, with the objects of JSON Lines.

use crate::report::v1::{Begin, Line, Record, SCHEMA};
use crate::report::{Report, safe_json};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    #[serde(flatten)]
    begin: Begin,
    findings: Vec<Line>,
    partials: Vec<Line>,
    skips: Vec<Line>,
    summary: Line,
}

pub fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema: SCHEMA,
        begin: report.into(),
        findings: report.findings.iter().map(|entry| Line::new(Record::Finding(entry.into()))).collect(),
        partials: report.partials.iter().map(|partial| Line::new(Record::Partial(partial.into()))).collect(),
        skips: report.skips.iter().map(|skip| Line::new(Record::Skip(skip.into()))).collect(),
        summary: Line::new(Record::Summary(report.into())),
    };
    safe_json::pretty(out, &document)
}
