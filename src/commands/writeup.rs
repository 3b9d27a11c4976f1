//! From what a run found to the report of it: what is listed, what counts, how it ended.

use crate::commands::settings::Settings;
use crate::model::{Count, Judgement, Skip};
use crate::report::{Entry, Report, RuleNote, Summary, Veil};
use crate::scan::Collected;
use crate::ui::exit_code::Ending;
use std::collections::BTreeMap;

/// Everything a run has to tell.
pub struct Run {
    pub targets: Vec<String>,
    pub collected: Collected,
    /// One a finding, in the same order.
    pub judgements: Vec<Judgement>,
    pub skips: Vec<Skip>,
    pub count: Count,
    pub seconds: f64,
    pub interrupted: bool,
    /// Findings were compared with a baseline.
    pub baseline: bool,
    pub rules: BTreeMap<String, RuleNote>,
}

pub fn report(run: Run, settings: &Settings) -> Report {
    let veil = match settings.show_secrets {
        true => Veil::default(),
        false => Veil::over(run.collected.findings.iter().map(|finding| &finding.secret)),
    };
    let entries = run
        .collected
        .findings
        .into_iter()
        .zip(run.judgements)
        .map(|(finding, judgement)| Entry::new(finding, judgement, settings.show_secrets));
    // A live credential is shown however little it looks like one.
    let (findings, below): (Vec<Entry>, Vec<Entry>) = entries
        .partition(|entry| entry.confidence >= settings.min_confidence || entry.verdict.state.is_live());
    let summary = Summary {
        findings: 0,
        live: 0,
        complete: !run.interrupted && !run.skips.iter().any(|skip| skip.reason.leaves_a_hole()),
        bytes: run.count.bytes,
        files: run.count.files,
        objects: run.count.objects,
        seconds: (run.seconds * 1000.0).round() / 1000.0,
        below: below.len() as u64,
        threshold: Some(settings.min_confidence),
        interrupted: run.interrupted,
        baseline: run.baseline,
    };
    let mut report = Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: settings.started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        targets: run.targets,
        findings,
        partials: run.collected.partials,
        skips: run.skips,
        summary,
        rules: run.rules,
        configuration: settings.configured_by(),
        base: settings.base.clone(),
        hunted: None,
    };
    veil.report(&mut report);
    report.summary = report.counted();
    report
}

pub fn ending(report: &Report) -> Ending {
    let summary = &report.summary;
    Ending::of_scan(summary.findings, summary.live, summary.complete, summary.interrupted)
}
