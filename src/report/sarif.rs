//! SARIF 2.1.0, as GitHub code scanning takes it.
//!
//! One result a place, so that each spot gets its alert. The value is in no message, snippet or fingerprint.
//! Limits: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning

use crate::model::{AllowedBy, Confidence, Place, Skip};
use crate::report::uri::{self, Uri};
use crate::report::{Entry, Report, RuleNote, State, safe_json, words};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::io::{self, Write};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// GitHub refuses a run with more.
const RESULTS: usize = 25_000;

pub fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rules = Rules::of(report);
    let (results, left_out) = results(report, &rules, RESULTS);
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cfleak",
                "version": report.version,
                "semanticVersion": report.version,
                "rules": rules.descriptors,
            }},
            // Runs of other categories do not close each other's alerts.
            "automationDetails": { "id": "cfleak/" },
            "originalUriBaseIds": base_ids(report),
            "invocations": [invocation(report, left_out)],
            "results": results,
        }],
    });
    safe_json::pretty(out, &log)
}

/// The rules that are known, and those that only the findings name.
struct Rules {
    descriptors: Vec<Value>,
    index: HashMap<String, usize>,
}

impl Rules {
    fn of(report: &Report) -> Self {
        let mut rules = Rules { descriptors: Vec::new(), index: HashMap::new() };
        for (id, note) in &report.rules {
            rules.add(id, note);
        }
        for entry in &report.findings {
            if !rules.index.contains_key(&entry.rule) {
                rules.add(&entry.rule, &RuleNote { title: report.title(entry), ..RuleNote::default() });
            }
        }
        rules
    }

    fn add(&mut self, id: &str, note: &RuleNote) {
        self.index.insert(id.to_owned(), self.descriptors.len());
        self.descriptors.push(descriptor(id, note));
    }
}

fn descriptor(id: &str, note: &RuleNote) -> Value {
    let mut rule = json!({
        "id": id,
        "name": camel_case(id),
        "shortDescription": { "text": format!("Leaked {}", note.title) },
        "fullDescription": { "text": sentence(&note.power, &format!("{}, in plain sight.", note.title)) },
        "help": {
            "text": sentence(&note.remedy, "Revoke it in the Cloudflare dashboard."),
            "markdown": help(note),
        },
        "defaultConfiguration": { "level": "error" },
        "properties": {
            "security-severity": security_severity(&note.severity),
            "precision": "high",
            "tags": ["security", "external/cwe/cwe-798", "cloudflare", "secret"],
        },
    });
    if note.reference.starts_with("https://") {
        rule["helpUri"] = json!(note.reference);
    }
    rule
}

fn sentence(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
}

fn help(note: &RuleNote) -> String {
    let mut help = sentence(&note.remedy, "Revoke it in the Cloudflare dashboard.");
    if !note.power.is_empty() {
        help = format!("**What it gives:** {}\n\n**What to do:** {help}", note.power);
    }
    if !note.reference.is_empty() {
        help = format!("{help}\n\n{}", note.reference);
    }
    help
}

/// GitHub's bands: critical from 9.0, high from 7.0, medium from 4.0.
fn security_severity(severity: &str) -> &'static str {
    match severity {
        "critical" => "9.5",
        "medium" => "5.5",
        "low" => "3.0",
        _ => "8.0",
    }
}

/// `user-api-token` → `UserApiToken`.
fn camel_case(id: &str) -> String {
    id.split(['-', '_'])
        .flat_map(|word| {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            [first.to_ascii_uppercase(), rest.to_owned()]
        })
        .collect()
}

/// Every first place before any second one, where not all fit; and how many did not.
fn results(report: &Report, rules: &Rules, limit: usize) -> (Vec<Value>, usize) {
    let mut spots: Vec<(usize, &Entry, &Place)> = report
        .findings
        .iter()
        .flat_map(|entry| entry.places.iter().enumerate().map(move |(nth, place)| (nth, entry, place)))
        .collect();
    let left_out = spots.len().saturating_sub(limit);
    if left_out > 0 {
        spots.sort_by_key(|(nth, _, _)| *nth);
        spots.truncate(limit);
    }
    let mut seen = HashMap::new();
    let results = spots
        .into_iter()
        .map(|(_, entry, place)| {
            let uri = Uri::of(&place.provenance, &report.base);
            let nth = seen.entry((entry.fingerprint, uri.as_str().to_owned())).or_insert(0_u32);
            *nth += 1;
            result(report, rules, entry, place, &uri, *nth)
        })
        .collect();
    (results, left_out)
}

fn result(report: &Report, rules: &Rules, entry: &Entry, place: &Place, uri: &Uri, nth: u32) -> Value {
    let fingerprint = entry.fingerprint.to_string();
    let short = fingerprint.trim_start_matches("cf1:").get(..16).unwrap_or_default();
    let mut result = json!({
        "ruleId": entry.rule,
        "level": level(entry),
        "message": { "text": message(report, entry, place) },
        "locations": [location(place, uri)],
        "partialFingerprints": {
            // Follows the credential when lines move, as GitHub's own hash of the line would.
            "primaryLocationLineHash": format!("{short}:{nth}"),
            "cfleak/v1": fingerprint,
        },
        "properties": properties(entry, place),
    });
    if let Some(index) = rules.index.get(&entry.rule) {
        result["ruleIndex"] = json!(index);
    }
    if !entry.counts() {
        result["suppressions"] = json!([suppression(entry)]);
    }
    if report.summary.baseline {
        result["baselineState"] = json!(if is_in_baseline(entry) { "unchanged" } else { "new" });
    }
    result
}

fn message(report: &Report, entry: &Entry, place: &Place) -> String {
    let inside = if place.provenance.inside.is_empty() {
        String::new()
    } else {
        format!(" in {}, line {}", place.provenance.inside.join("!"), place.position.line)
    };
    format!(
        "{} {}{inside}: {} confidence ({}), {}.",
        report.title(entry),
        entry.redacted,
        entry.confidence.as_str(),
        entry.reasons.join(", "),
        words::state(entry.verdict.state),
    )
}

fn level(entry: &Entry) -> &'static str {
    match (entry.verdict.state, entry.confidence) {
        (State::Live | State::Restricted, _) => "error",
        (State::Dead | State::Expired, _) | (_, Confidence::Low) => "note",
        (State::Disabled | State::NotYetActive | State::Unknown | State::NotChecked, Confidence::Medium) => {
            "warning"
        }
        (
            State::Disabled | State::NotYetActive | State::Unknown | State::NotChecked,
            Confidence::High | Confidence::Certain,
        ) => "error",
    }
}

fn location(place: &Place, uri: &Uri) -> Value {
    let artifact = match uri {
        Uri::Relative(text) => json!({ "uri": text, "uriBaseId": "%SRCROOT%" }),
        Uri::Absolute(text) => json!({ "uri": text }),
    };
    let mut location =
        json!({ "physicalLocation": { "artifactLocation": artifact, "region": region(place) } });
    if !place.provenance.inside.is_empty() {
        let name = place.provenance.inside.join("!");
        location["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": "member" }]);
    }
    location
}

/// Lines of an archive's member are no lines of the archive.
fn region(place: &Place) -> Value {
    if !place.provenance.inside.is_empty() || !place.provenance.unwrapped.is_empty() {
        return json!({ "startLine": 1 });
    }
    json!({
        "startLine": place.position.line,
        "startColumn": place.position.column,
        "byteOffset": place.span.start,
        "byteLength": place.span.end.saturating_sub(place.span.start),
    })
}

fn properties(entry: &Entry, place: &Place) -> Value {
    let mut properties = Map::new();
    properties.insert("kind".to_owned(), json!(entry.kind.as_str()));
    properties.insert("confidence".to_owned(), json!(entry.confidence));
    properties.insert("verdict".to_owned(), json!(entry.verdict.state));
    properties.insert("decoded".to_owned(), json!(place.decoded));
    if let Some(exposure) = place.provenance.exposure {
        properties.insert("exposure".to_owned(), json!(exposure));
    }
    if let Some(commit) = place.provenance.git.as_ref().and_then(|git| git.commit.as_ref()) {
        properties.insert("commit".to_owned(), json!(commit));
    }
    if let Some(secret) = &entry.secret {
        properties.insert("secret".to_owned(), json!(secret.expose()));
    }
    Value::Object(properties)
}

fn is_in_baseline(entry: &Entry) -> bool {
    entry.allowed.as_ref().is_some_and(|allowed| allowed.by == AllowedBy::Baseline)
}

fn suppression(entry: &Entry) -> Value {
    let (kind, why) = match &entry.allowed {
        Some(allowed) if allowed.by == AllowedBy::Comment => ("inSource", allowed.at.as_str()),
        Some(allowed) => ("external", allowed.at.as_str()),
        None => ("external", ""),
    };
    json!({ "kind": kind, "status": "accepted", "justification": why })
}

fn base_ids(report: &Report) -> Value {
    let description = json!({ "text": "The root of the repository" });
    let root = report.base.repository.as_ref().or(report.base.working_directory.as_ref());
    match root {
        Some(root) => json!({ "%SRCROOT%": { "uri": uri::directory(root), "description": description } }),
        None => json!({ "%SRCROOT%": { "description": description } }),
    }
}

fn invocation(report: &Report, left_out: usize) -> Value {
    let mut notifications: Vec<Value> = report.skips.iter().map(|skip| notification(report, skip)).collect();
    if left_out > 0 {
        let text =
            format!("{left_out} more places are left out: code scanning takes {RESULTS} results a run.");
        notifications.push(json!({ "level": "warning", "message": { "text": text } }));
    }
    json!({
        "executionSuccessful": report.summary.complete,
        "startTimeUtc": report.started,
        "toolExecutionNotifications": notifications,
    })
}

fn notification(report: &Report, skip: &Skip) -> Value {
    let uri = Uri::of(&skip.provenance, &report.base);
    let artifact = match &uri {
        Uri::Relative(text) => json!({ "uri": text, "uriBaseId": "%SRCROOT%" }),
        Uri::Absolute(text) => json!({ "uri": text }),
    };
    json!({
        "descriptor": { "id": skip.reason.as_str() },
        "level": if skip.reason.leaves_a_hole() { "warning" } else { "note" },
        "message": { "text": format!("Not read: {}", words::skip(skip)) },
        "locations": [{ "physicalLocation": { "artifactLocation": artifact } }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::full;

    #[test]
    fn every_credential_keeps_its_first_place_where_not_all_fit() {
        let report = full();
        let rules = Rules::of(&report);
        let (all, left_out) = results(&report, &rules, usize::MAX);
        assert_eq!((all.len(), left_out), (8, 0));
        let (cut, left_out) = results(&report, &rules, report.findings.len());
        assert_eq!((cut.len(), left_out), (5, 3));
        let names: std::collections::HashSet<String> =
            cut.iter().map(|result| result["partialFingerprints"]["cfleak/v1"].to_string()).collect();
        assert_eq!(names.len(), 5);
        assert!(invocation(&report, left_out).to_string().contains("3 more places are left out"));
    }

    #[test]
    fn rule_names_are_words() {
        assert_eq!(camel_case("user-api-token"), "UserApiToken");
        assert_eq!(camel_case(""), "");
    }
}
