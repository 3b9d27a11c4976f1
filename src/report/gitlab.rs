//! GitLab's secret detection report.
//!
//! Format: https://gitlab.com/gitlab-org/security-products/security-report-schemas, `secret-detection`, version 15.

use crate::model::{Confidence, Place};
use crate::report::uri::Uri;
use crate::report::{Entry, Report, safe_json, words};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use std::io::{self, Write};

const VERSION: &str = "15.2.1";
/// What GitLab's own analyzer says where no commit is known.
const NO_COMMIT: &str = "0000000";

pub fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let vulnerabilities: Vec<Value> = report
        .findings
        .iter()
        .filter(|entry| entry.counts())
        .flat_map(|entry| {
            entry.places.iter().enumerate().map(move |(nth, place)| vulnerability(report, entry, place, nth))
        })
        .collect();
    let document = json!({
        "version": VERSION,
        "vulnerabilities": vulnerabilities,
        "scan": scan(report),
    });
    safe_json::pretty(out, &document)
}

fn scan(report: &Report) -> Value {
    let tool = json!({
        "id": "cfleak",
        "name": "cfleak",
        "version": report.version,
        "vendor": { "name": "cfleak" },
    });
    let messages: Vec<Value> = report
        .skips
        .iter()
        .filter(|skip| skip.reason.leaves_a_hole())
        .map(|skip| {
            let text = format!("{}: {}", words::origin(&skip.provenance), words::skip(skip));
            json!({ "level": "warn", "value": text })
        })
        .collect();
    json!({
        "analyzer": tool,
        "scanner": tool,
        "type": "secret_detection",
        "start_time": local(&report.started),
        "end_time": local(&ended(report)),
        "status": if report.summary.complete { "success" } else { "failure" },
        "messages": messages,
    })
}

fn ended(report: &Report) -> String {
    let seconds = report.summary.seconds.ceil() as i64;
    report
        .started
        .parse::<Timestamp>()
        .ok()
        .and_then(|started| started.checked_add(seconds.seconds()).ok())
        .map_or_else(|| report.started.clone(), |ended| ended.to_string())
}

/// The schema wants times without a zone: `2026-11-22T10:00:00`.
fn local(time: &str) -> &str {
    time.get(..19).unwrap_or(time)
}

fn vulnerability(report: &Report, entry: &Entry, place: &Place, nth: usize) -> Value {
    let title = report.title(entry);
    let note = report.rules.get(&entry.rule);
    let mut vulnerability = json!({
        "id": format!("{}:{}", entry.fingerprint, nth + 1),
        "name": title,
        "description": format!("{title} {} at {}", entry.redacted, words::position(place)),
        "severity": severity(note.map_or("", |note| &note.severity), entry.confidence),
        "location": location(report, place),
        "identifiers": [
            { "type": "cfleak_rule_id", "name": format!("cfleak {}", entry.rule), "value": entry.rule },
            { "type": "cwe", "name": "CWE-798", "value": "798", "url": "https://cwe.mitre.org/data/definitions/798.html" },
        ],
    });
    if let Some(note) = note.filter(|note| !note.remedy.is_empty()) {
        vulnerability["solution"] = json!(note.remedy);
    }
    if let Some(secret) = &entry.secret {
        vulnerability["raw_source_code_extract"] = json!(secret.expose());
    }
    vulnerability
}

fn severity(severity: &str, confidence: Confidence) -> &'static str {
    match (confidence, severity) {
        (Confidence::Low, _) => "Low",
        (_, "critical") => "Critical",
        (_, "medium") => "Medium",
        (_, "low") => "Low",
        (Confidence::Medium | Confidence::High | Confidence::Certain, _) => "High",
    }
}

fn location(report: &Report, place: &Place) -> Value {
    let uri = Uri::of(&place.provenance, &report.base);
    let git = place.provenance.git.as_deref();
    json!({
        "file": uri.as_str(),
        "start_line": place.position.line,
        "end_line": place.position.line,
        "commit": {
            "sha": git.and_then(|git| git.commit.as_deref()).unwrap_or(NO_COMMIT),
            "author": git.and_then(|git| git.author.as_deref()).unwrap_or_default(),
            "date": git.and_then(|git| git.time.as_deref()).unwrap_or_default(),
            "message": git.and_then(|git| git.summary.as_deref()).unwrap_or_default(),
        },
    })
}
