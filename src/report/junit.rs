//! JUnit XML, for CI systems that show tests: one case a credential, which fails if it counts.

use crate::report::markup::html as xml;
use crate::report::words::list;
use crate::report::{Entry, Report, words};
use std::io::{self, Write};

pub fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let cases = report.findings.len() + 1;
    let failures = report.summary.findings;
    let errors = u64::from(!report.summary.complete);
    let seconds = report.summary.seconds;
    let counts =
        format!("tests=\"{cases}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{seconds:.3}\"");
    let started = xml(&report.started);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"cfleak\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"cfleak\" {counts} skipped=\"0\" timestamp=\"{started}\">")?;
    coverage(report, out)?;
    for entry in &report.findings {
        case(report, entry, out)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// A run without findings has a case too: some CI systems take an empty suite for a broken one.
fn coverage(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let head = "    <testcase classname=\"cfleak\" name=\"everything asked for was read\"";
    if report.summary.complete {
        return writeln!(out, "{head}/>");
    }
    let holes: Vec<String> = report
        .skips
        .iter()
        .filter(|skip| skip.reason.leaves_a_hole())
        .map(|skip| format!("{}: {}", words::origin(&skip.provenance), words::skip(skip)))
        .collect();
    writeln!(
        out,
        "{head}>\n      <error message=\"Not everything was read\">{}</error>",
        xml(&list(&holes))
    )?;
    writeln!(out, "    </testcase>")
}

fn case(report: &Report, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let name = xml(&format!("{} {} {}", report.title(entry), entry.redacted, entry.fingerprint));
    let head = format!("    <testcase classname=\"cfleak.{}\" name=\"{name}\"", xml(&entry.rule));
    if !entry.counts() {
        return writeln!(out, "{head}/>");
    }
    let places: Vec<String> = entry.places.iter().map(words::position).collect();
    let message = format!("{} confidence, {}", entry.confidence.as_str(), words::state(entry.verdict.state));
    writeln!(out, "{head}>")?;
    writeln!(
        out,
        "      <failure type=\"{}\" message=\"{}\">{}</failure>",
        xml(entry.kind.as_str()),
        xml(&message),
        places.iter().map(|place| xml(place)).collect::<Vec<_>>().join("\n")
    )?;
    writeln!(out, "    </testcase>")
}
