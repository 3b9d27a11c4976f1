//! Each format of one run that has something of everything.

use super::*;
use crate::model::{
    Allowed, AllowedBy, Asked, Checksum, CiOrigin, Companions, Exposure, Fingerprint, GitObjectKind,
    GitOrigin, Kind, Layer, Place, Position, Provenance, Secret, Span, TranscriptOrigin,
};
use std::sync::Arc;

fn place(provenance: Provenance, line: u64) -> Place {
    Place {
        provenance: Arc::new(provenance),
        position: Position { line, column: 22 },
        span: Span { start: line * 20, end: line * 20 + 53 },
        decoded: Vec::new(),
    }
}

fn entry(nth: u8, kind: Kind, rule: &str, state: State, places: Vec<Place>) -> Entry {
    Entry {
        fingerprint: Fingerprint::of(&Secret::new(format!("value {nth}"))),
        kind,
        rule: rule.to_owned(),
        confidence: Confidence::Certain,
        checksum: Some(Checksum::Valid),
        redacted: format!("cfut_…a1b{nth}"),
        reasons: vec!["checksum valid".to_owned(), "variable CLOUDFLARE_API_TOKEN".to_owned()],
        companions: Companions::default(),
        places,
        verdict: Outcome {
            state,
            reason: "active".to_owned(),
            token_id: None,
            expires_on: None,
            asked: Vec::new(),
            grant: None,
            next: None,
        },
        allowed: None,
        secret: None,
    }
}

fn live() -> Entry {
    let mut file = Provenance::file("deploy/.env");
    file.exposure = Some(Exposure::Tracked);
    let mut git = Provenance::git(Some("deploy/.env".into()));
    git.git = Some(Box::new(GitOrigin {
        repository: ".".into(),
        object: "2".repeat(40),
        kind: GitObjectKind::Blob,
        commit: Some("1".repeat(40)),
        author: Some("Ada".into()),
        author_email: Some("ada@example.com".into()),
        time: Some("2026-01-02T03:04:05Z".into()),
        summary: Some("Deploy | it".into()),
        path: Some("deploy/.env".into()),
        reachable: true,
        at_head: true,
        refs: vec!["refs/heads/main".into()],
    }));
    let mut member = place(Provenance::file("logs.zip").enter("build/3_deploy.txt"), 7);
    member.decoded = vec![Layer::Json, Layer::Base64];
    let mut entry = entry(
        1,
        Kind::UserApiToken,
        "user-api-token",
        State::Live,
        vec![place(file, 14), place(git, 14), member],
    );
    entry.companions.emails = vec!["ada@example.com".into(), "bob@example.com".into()];
    entry.companions.account_ids = vec!["0123456789abcdef".repeat(2)];
    entry.verdict.token_id = Some("fedcba9876543210".repeat(2));
    entry.verdict.asked = vec![Asked {
        endpoint: "GET /user/tokens/verify".into(),
        http: Some(200),
        code: Some(10000),
        ray: Some("8f0000000000abcd".into()),
        at: "2026-11-22T10:00:01Z".into(),
    }];
    entry
}

fn hostile() -> Entry {
    let mut transcript = Provenance::file("/home/ada/.claude/projects/x.jsonl");
    transcript.source = crate::model::SourceKind::Transcript;
    transcript.transcript = Some(Box::new(TranscriptOrigin {
        agent: "claude-code".into(),
        surface: "transcript".into(),
        session: Some("s1".into()),
        turn: Some(5),
        record: Some("r9".into()),
        role: Some("tool_output".into()),
        tool: Some("Bash".into()),
        tool_use_id: None,
        time: Some("2026-11-22T09:00:00Z".into()),
        time_quality: Some("exact".into()),
    }));
    let mut ci = Provenance::file("=evil,\u{202e}<b>|`\u{1b}[2J.log");
    ci.ci = Some(Box::new(CiOrigin {
        provider: "github-actions".into(),
        run: Some("77".into()),
        job: Some("deploy".into()),
        step: None,
        time: None,
    }));
    let mut entry = entry(
        2,
        Kind::Other("own_kind".into()),
        "own-rule",
        State::Unknown,
        vec![place(transcript, 3), place(ci, 1)],
    );
    entry.verdict.reason = "no answer in time".to_owned();
    entry.confidence = Confidence::Medium;
    entry.checksum = None;
    entry
}

fn allowed(by: AllowedBy, at: &str, nth: u8, state: State) -> Entry {
    let places = vec![place(Provenance::file(format!("tests/{nth}.py")), 1)];
    let mut entry = entry(nth, Kind::AccountApiToken, "account-api-token", state, places);
    entry.allowed = Some(Allowed { by, at: at.to_owned() });
    entry
}

pub fn full() -> Report {
    let note = |title: &str| RuleNote {
        title: title.to_owned(),
        severity: "high".to_owned(),
        power: "Acts as the user who made it.".to_owned(),
        remedy: "Disable or delete it under My Profile > API Tokens \
                 (https://dash.cloudflare.com/profile/api-tokens)."
            .to_owned(),
        reference: "https://developers.cloudflare.com/fundamentals/api/".to_owned(),
    };
    let skip = |path: &str, reason, detail: &str| Skip {
        provenance: Provenance::file(path),
        reason,
        detail: detail.to_owned(),
    };
    let mut report = Report {
        version: "0.1.0".to_owned(),
        started: "2026-11-22T10:00:00Z".to_owned(),
        targets: vec![".".to_owned()],
        findings: vec![
            live(),
            hostile(),
            allowed(AllowedBy::Comment, "cfleak:allow at tests/3.py:1", 3, State::NotChecked),
            allowed(AllowedBy::Baseline, "baseline.txt:2", 4, State::Restricted),
            allowed(AllowedBy::Baseline, "baseline.txt:3", 5, State::Dead),
        ],
        partials: vec![Partial {
            kind: Kind::UserApiToken,
            shown: "cfut_…a1b2".to_owned(),
            place: place(Provenance::file("log.zip").enter("build/3_deploy.txt"), 7),
        }],
        skips: vec![
            skip("big.bin", SkipReason::OverMaxBytes, "12 GB, limit 4 GB"),
            skip("run/pipe", SkipReason::SpecialFile, "FIFO"),
        ],
        summary: Summary {
            bytes: 123_456,
            files: 12,
            objects: 345,
            seconds: 0.01,
            below: 3,
            threshold: Some(Confidence::Medium),
            baseline: true,
            ..Summary::default()
        },
        rules: [
            ("user-api-token".to_owned(), note("Cloudflare user API token")),
            ("account-api-token".to_owned(), note("Cloudflare account-owned API token")),
        ]
        .into(),
        configuration: Some(".cfleak.toml".to_owned()),
        hunted: None,
        base: Base {
            working_directory: Some("/home/ada/repo".into()),
            repository: Some("/home/ada/repo".into()),
        },
    };
    report.summary = report.counted();
    report
}

fn clean() -> Report {
    Report {
        findings: Vec::new(),
        partials: Vec::new(),
        skips: Vec::new(),
        summary: Summary { complete: true, bytes: 2_500_000, files: 54, seconds: 0.2, ..Summary::default() },
        ..full()
    }
}

fn printed(report: &Report, format: Format) -> String {
    printed_with(report, format, &Style { color: false, width: Some(80), verbose: false })
}

fn printed_with(report: &Report, format: Format, style: &Style) -> String {
    let mut out = Vec::new();
    report.print(format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const ALL: [Format; 9] = [
    Format::Human,
    Format::Json,
    Format::Jsonl,
    Format::Sarif,
    Format::Csv,
    Format::Html,
    Format::Markdown,
    Format::Junit,
    Format::Gitlab,
];

#[test]
fn every_format_of_a_full_run() {
    for format in ALL {
        insta::assert_snapshot!(format!("full_{format:?}"), printed(&full(), format));
    }
}

#[test]
fn every_format_of_a_clean_run_is_a_document() {
    for format in ALL {
        insta::assert_snapshot!(format!("clean_{format:?}"), printed(&clean(), format));
    }
}

#[test]
fn human_in_colour_and_in_full() {
    let style = Style { color: true, width: Some(160), verbose: true };
    insta::assert_snapshot!(printed_with(&full(), Format::Human, &style).replace('\u{1b}', "␛"));
}

#[test]
fn nothing_from_outside_reaches_a_terminal_as_a_control_character() {
    for format in ALL {
        let text = printed(&full(), format);
        let deceptive: Vec<char> = text
            .chars()
            .filter(|character| crate::model::is_deceptive(*character) && !"\n\r".contains(*character))
            .collect();
        assert!(deceptive.is_empty(), "{format:?}: {deceptive:?}");
    }
}

#[test]
fn a_value_is_shown_only_with_the_flag() {
    let value = "Ab3".repeat(13);
    for format in ALL {
        let mut report = full();
        assert!(!printed(&report, format).contains(&value));
        report.findings[0].secret = Some(Secret::new(value.clone()));
        let shown = printed(&report, format).contains(&value);
        // A test report is kept by CI systems for everybody: it has no place for values.
        assert_eq!(shown, format != Format::Junit, "{format:?}");
    }
}

#[test]
fn what_machines_write_is_read_back_the_same() {
    for format in [Format::Json, Format::Jsonl] {
        let text = printed(&full(), format);
        let mut again = Report::read(&mut text.as_bytes()).unwrap();
        assert_eq!(printed(&again, format), text, "{format:?}");
        again.rules = full().rules;
        again.base = full().base;
        again.summary.baseline = true;
        assert_eq!(printed(&again, Format::Sarif), printed(&full(), Format::Sarif), "{format:?}");
    }
}

#[test]
fn a_findings_file_that_was_cut_is_not_complete() {
    let text = printed(&full(), Format::Jsonl);
    let cut = &text[..text.trim_end().rfind('\n').unwrap()];
    let report = Report::read(&mut cut.as_bytes()).unwrap();
    assert!(!report.summary.complete);
    assert_eq!((report.summary.findings, report.summary.live), (3, 2));
}

#[test]
fn a_file_that_is_no_findings_file_is_refused_without_quoting_it() {
    for text in ["", "{}", "not json", "{\"schema\":\"cfleak/2\",\"type\":\"begin\"}"] {
        let error = Report::read(&mut text.as_bytes()).unwrap_err().to_string();
        assert!(text.is_empty() || !error.contains(text), "{error}");
    }
}
