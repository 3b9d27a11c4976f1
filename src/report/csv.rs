//! One row a place, for spreadsheets (RFC 4180).

use crate::model::{Place, Shown};
use crate::report::{Entry, Report, words};
use std::io::{self, Write};

const HEADER: &[&str] = &[
    "fingerprint",
    "kind",
    "rule",
    "confidence",
    "checksum",
    "redacted",
    "verdict",
    "verdict_reason",
    "allowed",
    "source",
    "path",
    "inside",
    "line",
    "column",
    "decoded",
    "exposure",
    "commit",
    "author",
    "time",
    "reasons",
];

pub fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let secrets = report.findings.iter().any(|entry| entry.secret.is_some());
    let header = HEADER.iter().copied().chain(secrets.then_some("secret"));
    row(out, header.map(str::to_owned))?;
    for entry in &report.findings {
        for place in &entry.places {
            let secret = entry.secret.as_ref().map(|secret| secret.expose().to_owned());
            row(out, cells(entry, place).into_iter().chain(secret))?;
        }
    }
    Ok(())
}

fn cells(entry: &Entry, place: &Place) -> [String; HEADER.len()] {
    let provenance = &place.provenance;
    let git = provenance.git.as_deref();
    let optional = |text: Option<&String>| text.cloned().unwrap_or_default();
    [
        entry.fingerprint.to_string(),
        entry.kind.to_string(),
        entry.rule.clone(),
        entry.confidence.as_str().to_owned(),
        entry.checksum.map_or(String::new(), |checksum| words::checksum(checksum).to_owned()),
        entry.redacted.clone(),
        entry.verdict.state.as_str().to_owned(),
        entry.verdict.reason.clone(),
        entry.allowed.as_ref().map_or(String::new(), |allowed| allowed.at.clone()),
        provenance.source.as_str().to_owned(),
        provenance.path.as_ref().map_or(String::new(), |path| path.to_string_lossy().into_owned()),
        provenance.inside.join("!"),
        place.position.line.to_string(),
        place.position.column.to_string(),
        place.decoded.iter().copied().map(words::layer).collect::<Vec<_>>().join(" "),
        provenance.exposure.map_or(String::new(), |exposure| words::exposure(exposure).to_owned()),
        optional(git.and_then(|git| git.commit.as_ref())),
        optional(git.and_then(|git| git.author.as_ref())),
        optional(git.and_then(|git| git.time.as_ref())),
        entry.reasons.join("; "),
    ]
}

pub fn row(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    let quoted: Vec<String> = cells.map(|cell| quote(&cell)).collect();
    write!(out, "{}\r\n", quoted.join(","))
}

/// A file name like `=cmd()` must not become a formula where a spreadsheet opens this (OWASP, "CSV injection").
fn quote(cell: &str) -> String {
    let cell = Shown(cell).to_string();
    let is_formula = cell.starts_with(['=', '+', '-', '@']);
    let safe = if is_formula { format!("'{cell}") } else { cell };
    if safe.contains(['"', ',']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn cells_are_quoted_and_are_never_formulas() {
        for (cell, quoted) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("-x,y", "\"'-x,y\""),
        ] {
            assert_eq!(quote(cell), quoted);
        }
    }
}
