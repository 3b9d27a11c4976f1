//! `cfleak report`: a findings file in another form.

use crate::cli;
use crate::commands::settings::Settings;
use crate::commands::{CommandError, engine};
use crate::report::{ReadError, Report};
use crate::rules::RuleSet;
use crate::ui::exit_code::Ending;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Ends well once the report is written: what the findings say was said by the scan.
pub fn run(args: &cli::Report, settings: &Settings) -> Result<Ending, CommandError> {
    settings.outputs.probe()?;
    let mut report = read(&args.file)?;
    report.rules = engine::notes(&RuleSet::builtin());
    report.base = settings.base.clone();
    if let Some(threshold) = settings.asked_confidence {
        let before = report.findings.len();
        report.findings.retain(|entry| entry.confidence >= threshold || entry.verdict.state.is_live());
        report.summary = report.counted();
        report.summary.below = (before - report.findings.len()) as u64;
        report.summary.threshold = Some(threshold);
    }
    if !settings.show_secrets {
        // The file may have been written with the flag; showing again needs it again.
        report.findings.iter_mut().for_each(|entry| entry.secret = None);
    }
    settings.outputs.write(&report, &settings.style)?;
    Ok(Ending::Clean)
}

/// A findings file, or a hint how to make one.
pub fn read(path: &Path) -> Result<Report, CommandError> {
    Report::read(&mut *open(path)?).map_err(|error| not_readable(path, error))
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, CommandError> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path)
        .map_err(|error| CommandError::usage(format!("cannot read {}", path.display())).because(error))?;
    Ok(Box::new(BufReader::new(file)))
}

fn not_readable(path: &Path, error: ReadError) -> CommandError {
    CommandError::usage(format!("{} is no findings file", path.display()))
        .because(error)
        .hint("cfleak scan -o jsonl=findings.jsonl")
}
