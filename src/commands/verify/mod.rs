//! `cfleak verify`: take credentials that a person hands over, judge, report.

pub(super) mod again;
pub(super) mod lines;

use crate::cli::Verify;
use crate::commands::interrupt::Interrupt;
use crate::commands::judge::Bench;
use crate::commands::settings::Settings;
use crate::commands::writeup::{self, Run};
use crate::commands::{CommandError, engine};
use crate::model::{Confidence, Count, Finding, Skip};
use crate::scan::{Collected, Options};
use crate::ui::exit_code::Ending;
use std::time::Instant;

/// What there is to judge, and what could not be read.
pub(super) struct Docket {
    pub targets: Vec<String>,
    pub collected: Collected,
    /// Seen on the way: they may know an account, and are not judged.
    pub others: Vec<Finding>,
    pub skips: Vec<Skip>,
    pub count: Count,
}

pub fn run(args: &Verify, mut settings: Settings) -> Result<Ending, CommandError> {
    settings.outputs.probe()?;
    let bench = Bench::prepare(&settings)?;
    let clock = Instant::now();
    let interrupt = Interrupt::listen();
    let engine = engine::engine(&settings.config, Options::default())?;
    let docket = match &args.from {
        Some(findings) => again::read(findings, &settings, &engine, &interrupt)?,
        None => lines::read(&settings.talk)?,
    };
    let judgements = bench.judge(&docket.collected.findings, &docket.others, &interrupt);
    let open = judgements.iter().any(|judgement| judgement.verdict.is_open());
    // Whoever hands a value over wants to see it judged, however little it looks like a credential.
    settings.min_confidence = Confidence::Low;
    let run = Run {
        targets: docket.targets,
        collected: docket.collected,
        judgements,
        skips: docket.skips,
        count: docket.count,
        seconds: clock.elapsed().as_secs_f64(),
        interrupted: interrupt.is_set(),
        baseline: false,
        rules: engine::notes(engine.rules()),
    };
    let report = writeup::report(run, &settings);
    settings.outputs.write(&report, &settings.style)?;
    let summary = &report.summary;
    Ok(Ending::of_verify(summary.live, open || !summary.complete, summary.interrupted))
}
