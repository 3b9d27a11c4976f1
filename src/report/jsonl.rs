//! JSON Lines: one record a line, in the order of a run.

use crate::report::v1::{Line, Record};
use crate::report::{Report, safe_json};
use std::io::{self, Write};

pub fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let records = std::iter::once(Record::Begin(report.into()))
        .chain(report.findings.iter().map(|entry| Record::Finding(Box::new(entry.into()))))
        .chain(report.partials.iter().map(|partial| Record::Partial(partial.into())))
        .chain(report.skips.iter().map(|skip| Record::Skip(skip.into())))
        .chain(std::iter::once(Record::Summary(report.into())));
    for record in records {
        safe_json::line(out, &Line::new(record))?;
    }
    Ok(())
}
