//! For people: findings grouped by credential, then what was and was not read, then what to do.
//!
//! Everything that comes from outside passes [`Shown`] on its way here. Lists that could flood a screen are cut,
//! and say so.

mod finding;
mod pen;
mod told;

use crate::model::{Shown, Skip};
use crate::report::words::{self, bytes, counted, list, number, seconds};
use crate::report::{Entry, Hunted, Report, Summary};
pub use pen::Pen;
use std::io::{self, Write};

/// How to write for the person at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    pub color: bool,
    /// Columns; `None` where nobody counts them.
    pub width: Option<usize>,
    /// Every place, every skip.
    pub verbose: bool,
}

impl Style {
    /// A severity, padded to stand in a column.
    pub fn severity(&self, severity: &str) -> String {
        let mut nowhere = io::sink();
        let pen = Pen::new(&mut nowhere, self);
        let padded = format!("{severity:<8}");
        match severity {
            "critical" | "high" => pen.bad(padded).to_string(),
            "medium" => pen.warn(padded).to_string(),
            _ => pen.dim(padded).to_string(),
        }
    }
}

/// How many skips are shown where nobody asked for all.
const SKIPS: usize = 5;

pub fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut pen = Pen::new(out, style);
    if let Some(hunted) = &report.hunted {
        quarry(&mut pen, hunted)?;
    }
    let (counted, allowed): (Vec<_>, Vec<_>) = report.findings.iter().partition(|entry| entry.counts());
    for entry in &counted {
        finding::print(&mut pen, report, entry)?;
    }
    allowed_findings(&mut pen, report, &allowed)?;
    partials(&mut pen, report)?;
    skips(&mut pen, report)?;
    summary(&mut pen, report, allowed.len() as u64)
}

fn quarry(pen: &mut Pen, hunted: &Hunted) -> io::Result<()> {
    let fingerprint = hunted.fingerprint.map_or(String::new(), |fingerprint| format!(" ({fingerprint})"));
    pen.line(format_args!("hunted: {}{}", pen.value(&hunted.shown), pen.dim(fingerprint)))?;
    pen.blank()
}

fn allowed_findings(pen: &mut Pen, report: &Report, allowed: &[&Entry]) -> io::Result<()> {
    if allowed.is_empty() {
        return Ok(());
    }
    pen.line(format_args!("{}", pen.bold("Allowed, not counted")))?;
    for entry in allowed {
        let by = entry.allowed.as_ref().map_or("", |allowed| allowed.at.as_str());
        pen.line(format_args!(
            "  {} {}  {}",
            Shown(&report.title(entry)),
            pen.value(&entry.redacted),
            pen.dim(Shown(by))
        ))?;
    }
    pen.blank()
}

fn partials(pen: &mut Pen, report: &Report) -> io::Result<()> {
    if report.partials.is_empty() {
        return Ok(());
    }
    pen.line(format_args!("{}", pen.bold("Parts of values, masked or cut")))?;
    let shown = if pen.verbose() { report.partials.len() } else { SKIPS };
    for partial in report.partials.iter().take(shown) {
        let place = format!("{}:{}", words::origin(&partial.place.provenance), partial.place.position.line);
        pen.line(format_args!(
            "  {} {}  {}",
            Shown(&partial.kind.as_str().replace('_', " ")),
            pen.value(&partial.shown),
            Shown(&place)
        ))?;
    }
    pen.more(report.partials.len().saturating_sub(shown))?;
    pen.blank()
}

fn skips(pen: &mut Pen, report: &Report) -> io::Result<()> {
    let shown: Vec<&Skip> =
        report.skips.iter().filter(|skip| pen.verbose() || skip.reason.leaves_a_hole()).collect();
    if shown.is_empty() {
        return Ok(());
    }
    pen.line(format_args!("{}", pen.bold("Not read")))?;
    let limit = if pen.verbose() { shown.len() } else { SKIPS };
    for skip in shown.iter().take(limit) {
        let origin = words::origin(&skip.provenance);
        pen.line(format_args!("  {}  {}", Shown(&origin), pen.dim(words::skip(skip))))?;
    }
    pen.more(shown.len().saturating_sub(limit))?;
    pen.blank()
}

fn summary(pen: &mut Pen, report: &Report, allowed: u64) -> io::Result<()> {
    let summary = &report.summary;
    let headline = match report.hunted {
        Some(_) => hunted_headline(pen, report),
        None => headline(pen, summary),
    };
    let allowed = if allowed > 0 { format!(", {} allowed", number(allowed)) } else { String::new() };
    pen.line(format_args!("{headline}{allowed} {}", scope(summary)))?;
    if summary.below > 0 {
        let threshold = summary.threshold.map_or("the threshold", |confidence| confidence.as_str());
        pen.line(format_args!(
            "{} more below {threshold}; --min-confidence low shows them",
            number(summary.below)
        ))?;
    }
    if summary.interrupted {
        pen.line(format_args!("{}", pen.warn("Interrupted: this is what was found so far.")))?;
    }
    if summary.complete && report.hunted.is_some() {
        pen.line(format_args!("Everything asked for was read."))?;
    }
    if !summary.complete && !summary.interrupted {
        let reasons: Vec<String> = report
            .skipped()
            .into_iter()
            .filter(|(reason, _)| reason.leaves_a_hole())
            .map(|(reason, count)| format!("{} {}", number(count), words::skip_reason(reason)))
            .collect();
        pen.line(format_args!("{}", pen.warn(format_args!("Not everything was read: {}.", list(&reasons)))))?;
    }
    if summary.files == 0 && summary.objects == 0 && summary.findings == 0 {
        pen.line(format_args!("Nothing was scanned: {}.", nothing_scanned(report)))?;
    }
    // It may exclude and allow, and may have come with what was scanned.
    if let Some(path) = &report.configuration {
        pen.line(format_args!("{}", pen.dim(format_args!("Configured by {}", Shown(path)))))?;
    }
    Ok(())
}

fn headline(pen: &Pen, summary: &Summary) -> String {
    if summary.findings == 0 && summary.complete {
        return pen.good("No Cloudflare credentials found").to_string();
    }
    if summary.findings == 0 {
        return pen
            .warn(if summary.interrupted { "Nothing found so far" } else { "Nothing found" })
            .to_string();
    }
    let findings = pen.bad(counted(summary.findings, "credential")).to_string();
    match summary.live {
        0 => findings,
        live => format!("{findings}, {}", pen.alarm(format_args!("{} live", number(live)))),
    }
}

/// A masked remain is not the credential: "not found" stays true.
fn hunted_headline(pen: &Pen, report: &Report) -> String {
    let summary = &report.summary;
    let places: usize = report.findings.iter().map(|entry| entry.places.len()).sum();
    let headline = match (places, summary.complete) {
        (0, true) => pen.good("Not found").to_string(),
        (0, false) => pen.warn("Not found so far as it was read").to_string(),
        (places, _) => pen.bad(format_args!("Found in {}", counted(places as u64, "place"))).to_string(),
    };
    match report.partials.len() as u64 {
        0 => headline,
        remains => format!("{headline}, {}", counted(remains, "masked or cut part")),
    }
}

fn scope(summary: &Summary) -> String {
    let (files, objects) = (counted(summary.files, "file"), counted(summary.objects, "git object"));
    let read = match (summary.files, summary.objects) {
        (_, 0) => files,
        (0, _) => objects,
        (_, _) => format!("{files} and {objects}"),
    };
    format!("in {read} ({}, {})", bytes(summary.bytes), seconds(summary.seconds))
}

fn nothing_scanned(report: &Report) -> String {
    if report.targets.is_empty() {
        return "there was nothing to read".to_owned();
    }
    let targets: Vec<String> = report.targets.iter().map(|target| Shown(target).to_string()).collect();
    if report.skips.is_empty() {
        format!("no file in {}; see --exclude and the configuration if that surprises", list(&targets))
    } else {
        format!("everything in {} was skipped; -v says why", list(&targets))
    }
}
