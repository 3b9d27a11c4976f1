//! Which findings somebody has said are fine.

use crate::cli::Scan;
use crate::commands::settings::{self, Settings};
use crate::commands::{CommandError, outputs};
use crate::config::{self, Allowances};
use crate::model::{AllowedBy, Finding, redacted};
use crate::report::Report;
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};

/// Everything that is written down. `--no-allow` leaves the baseline alone: it was asked for by name.
pub fn allowances(args: &Scan, settings: &Settings, targets: &[PathBuf]) -> Result<Allowances, CommandError> {
    let working_directory = settings.base.working_directory.clone();
    let start = settings::start(working_directory.as_deref(), targets.first().map(PathBuf::as_path));
    let today = TimeZone::UTC.to_datetime(settings.started).date();
    let working_directory = working_directory.unwrap_or_default();
    let mut allowances = Allowances::new(today, working_directory.clone());
    if let Some(path) = &args.baseline {
        allowances.add_file(path, AllowedBy::Baseline)?;
    }
    if args.no_allow {
        return Ok(allowances);
    }
    if let Some(path) = start.as_deref().and_then(config::allow_file) {
        // Named in the report, where nobody wants the whole path.
        allowances.add_file(path.strip_prefix(&working_directory).unwrap_or(&path), AllowedBy::File)?;
    }
    settings.config.add_allowances(&mut allowances)?;
    Ok(allowances)
}

/// Marks what is allowed. A comment in the file itself is the nearest word and comes first.
pub fn apply(findings: &mut [Finding], allowances: &Allowances, settings: &Settings) {
    for finding in findings {
        finding.allowed = finding.allowed.take().or_else(|| allowances.allowed(finding));
        if finding.allowed.is_none()
            && let Some(at) = allowances.expired(finding)
        {
            settings
                .talk
                .warn(&format!("{at} has expired and no longer allows {}", redacted(&finding.secret)));
        }
    }
}

pub fn write_baseline(path: &Path, report: &Report) -> Result<(), CommandError> {
    let text = config::baseline(report.findings.iter().map(|entry| (entry.fingerprint, &entry.kind)));
    outputs::write_file(path, |out| out.write_all(text.as_bytes()))
        .map_err(|error| CommandError::fatal(format!("cannot write {}", path.display())).because(error))
}
