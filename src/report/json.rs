//! One JSON document, with the objects of JSON Lines.

use crate::report::v1::{Document, Line, Record, SCHEMA};
use crate::report::{Report, safe_json};
use std::io::{self, Write};

pub fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema: SCHEMA.to_owned(),
        begin: report.into(),
        findings: report
            .findings
            .iter()
            .map(|entry| Line::new(Record::Finding(Box::new(entry.into()))))
            .collect(),
        partials: report.partials.iter().map(|partial| Line::new(Record::Partial(partial.into()))).collect(),
        skips: report.skips.iter().map(|skip| Line::new(Record::Skip(skip.into()))).collect(),
        summary: Line::new(Record::Summary(report.into())),
    };
    safe_json::pretty(out, &document)
}
