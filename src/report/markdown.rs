//! For an issue, a pull request or a job summary.

use crate::report::markup::{code, markdown};
use crate::report::words::{bytes, counted, number};
use crate::report::{Entry, Report, words};
use std::io::{self, Write};

/// A table of a hundred places helps nobody; the other formats have all of them.
const PLACES: usize = 20;

pub fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = &report.summary;
    writeln!(out, "# Cloudflare credentials\n")?;
    writeln!(
        out,
        "{}, {} live, in {} ({}). {}\n",
        counted(summary.findings, "finding"),
        number(summary.live),
        counted(summary.files, "file"),
        bytes(summary.bytes),
        if summary.complete { "Everything asked for was read." } else { "**Not everything was read.**" }
    )?;
    for entry in &report.findings {
        finding(report, entry, out)?;
    }
    skips(report, out)?;
    writeln!(out, "cfleak {}, {}", markdown(&report.version), markdown(&report.started))
}

fn finding(report: &Report, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## {} {}\n", markdown(&report.title(entry)), code(&entry.redacted))?;
    if let Some(secret) = &entry.secret {
        writeln!(out, "- Value: {}", code(secret.expose()))?;
    }
    writeln!(
        out,
        "- Verdict: **{}** ({})",
        words::state(entry.verdict.state),
        markdown(&entry.verdict.reason)
    )?;
    writeln!(out, "- Confidence: {} ({})", entry.confidence.as_str(), markdown(&entry.reasons.join(", ")))?;
    writeln!(out, "- Fingerprint: `{}`", entry.fingerprint)?;
    if let Some(allowed) = &entry.allowed {
        writeln!(out, "- Allowed by {}", code(&allowed.at))?;
    }
    if let Some(note) = report.rules.get(&entry.rule) {
        writeln!(out, "- Next: {}", markdown(&note.remedy))?;
    }
    writeln!(out, "\n| place | line | notes |\n|---|---|---|")?;
    for place in entry.places.iter().take(PLACES) {
        let origin = words::origin(&place.provenance);
        let notes = words::notes(place).join(", ");
        writeln!(out, "| {} | {} | {} |", code(&origin), place.position.line, markdown(&notes))?;
    }
    if let more @ 1.. = entry.places.len().saturating_sub(PLACES) {
        writeln!(out, "| … and {} more | | |", number(more as u64))?;
    }
    writeln!(out)
}

fn skips(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.skips.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Not read\n\n| what | why |\n|---|---|")?;
    for skip in &report.skips {
        writeln!(out, "| {} | {} |", code(&words::origin(&skip.provenance)), markdown(&words::skip(skip)))?;
    }
    writeln!(out)
}
