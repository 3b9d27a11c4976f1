//! `cfleak report`: a findings file or a case in another form.

use crate::cli;
use crate::commands::settings::Settings;
use crate::commands::{CommandError, engine};
use crate::model::incident::Incident;
use crate::report::{ReadError, Report};
use crate::rules::RuleSet;
use crate::ui::exit_code::Ending;
use std::fs;
use std::io;
use std::path::Path;

/// What can be shown again.
enum Subject {
    Findings(Box<Report>),
    Case(Box<Incident>),
}

/// Ends well once the report is written: what the findings say was said by the scan.
pub fn run(args: &cli::Report, settings: &Settings) -> Result<Ending, CommandError> {
    match subject(&args.file)? {
        Subject::Findings(report) => findings(*report, settings)?,
        Subject::Case(incident) => {
            settings.outputs.probe()?;
            settings.outputs.write_case(&incident, &settings.style)?;
        }
    }
    Ok(Ending::Clean)
}

fn findings(mut report: Report, settings: &Settings) -> Result<(), CommandError> {
    settings.outputs.probe()?;
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
    settings.outputs.write(&report, &settings.style)
}

/// A directory is a case. A file is one where its schema says so.
fn subject(path: &Path) -> Result<Subject, CommandError> {
    if path.is_dir() {
        let file = path.join("case.json");
        return case(&file, &text(&file)?);
    }
    let text = text(path)?;
    // A case that lost its end is no JSON, and is told by how it starts, or by its name.
    let is_case = starts_as_case(&text) || path.file_name().is_some_and(|name| name == "case.json");
    if is_case { case(path, &text) } else { read_text(path, &text).map(Box::new).map(Subject::Findings) }
}

/// `{"schema":"cfleak-case/…`, with any spaces between.
fn starts_as_case(text: &str) -> bool {
    let parts = ["{", "\"schema\"", ":", "\"cfleak-case/"];
    parts.iter().try_fold(text, |rest, part| rest.trim_start().strip_prefix(part)).is_some()
}

fn case(path: &Path, text: &str) -> Result<Subject, CommandError> {
    Incident::from_json(text).map(Box::new).map(Subject::Case).map_err(|error| {
        CommandError::usage(format!("{} is no case", path.display()))
            .because(error)
            .hint("give the directory that cfleak respond wrote, or its case.json")
    })
}

/// A findings file, or a hint how to make one.
pub fn read(path: &Path) -> Result<Report, CommandError> {
    read_text(path, &text(path)?)
}

fn read_text(path: &Path, text: &str) -> Result<Report, CommandError> {
    Report::read(&mut text.as_bytes()).map_err(|error| not_readable(path, error))
}

fn text(path: &Path) -> Result<String, CommandError> {
    let read = if path == Path::new("-") {
        io::read_to_string(io::stdin().lock())
    } else {
        fs::read_to_string(path)
    };
    read.map_err(|error| CommandError::usage(format!("cannot read {}", path.display())).because(error))
}

fn not_readable(path: &Path, error: ReadError) -> CommandError {
    CommandError::usage(format!("{} is no findings file", path.display()))
        .because(error)
        .hint("cfleak scan -o jsonl=findings.jsonl")
}
