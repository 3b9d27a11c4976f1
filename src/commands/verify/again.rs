//! The findings of an earlier report, judged again.
//!
//! A report holds no values, so they are read again at their places: those files are scanned as before, and
//! what was not in the report helps to find accounts but is not asked about.

use super::Docket;
use crate::cli::Reading;
use crate::commands::interrupt::Interrupt;
use crate::commands::settings::Settings;
use crate::commands::{CommandError, report, scan};
use crate::model::{Finding, Fingerprint, Place, Provenance, Skip, SkipReason, Tally};
use crate::report::{Entry, Report};
use crate::scan::{Collected, Engine};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Places of one credential that are tried: the first may be gone, a tenth tells nothing new.
const PLACES: usize = 3;

pub fn read(
    path: &Path,
    settings: &Settings,
    engine: &Engine,
    interrupt: &Interrupt,
) -> Result<Docket, CommandError> {
    let recorded = report::read(path)?;
    let targets = targets(&recorded);
    let tally = Arc::new(Tally::default());
    let (found, skips) = match targets.is_empty() {
        true => Default::default(),
        false => scan_again(&targets, settings, engine, &tally, interrupt)?,
    };
    Ok(docket(path, recorded, found, skips, &tally))
}

fn scan_again(
    targets: &[PathBuf],
    settings: &Settings,
    engine: &Engine,
    tally: &Arc<Tally>,
    interrupt: &Interrupt,
) -> Result<(Collected, Vec<Skip>), CommandError> {
    let reading = Reading::default();
    let memories = scan::memories(&reading, settings, engine.options())?;
    scan::read(
        &scan::Job { reading: &reading, targets, memories: &memories },
        settings,
        engine,
        tally,
        interrupt,
    )
}

/// Keeps what the report speaks of, and says what is not there any more.
fn docket(path: &Path, recorded: Report, found: Collected, mut skips: Vec<Skip>, tally: &Tally) -> Docket {
    let mut wanted: HashMap<Fingerprint, Entry> =
        recorded.findings.into_iter().map(|entry| (entry.fingerprint, entry)).collect();
    let (mut findings, others): (Vec<Finding>, Vec<Finding>) =
        found.findings.into_iter().partition(|finding| wanted.contains_key(&finding.fingerprint));
    for finding in &mut findings {
        if let Some(entry) = wanted.remove(&finding.fingerprint) {
            finding.companions.absorb(&entry.companions);
        }
    }
    let mut gone: Vec<Skip> = wanted.into_values().map(gone).collect();
    gone.sort_by(|a, b| a.detail.cmp(&b.detail));
    skips.extend(gone);
    Docket {
        targets: vec![path.to_string_lossy().into_owned()],
        collected: Collected { findings, partials: Vec::new() },
        others,
        skips,
        count: tally.read(),
    }
}

fn gone(entry: Entry) -> Skip {
    Skip {
        provenance: entry
            .places
            .first()
            .map_or_else(Provenance::stdin, |place| place.provenance.as_ref().clone()),
        reason: SkipReason::Vanished,
        detail: format!("{} {} is not there any more", entry.fingerprint, entry.redacted),
    }
}

fn targets(recorded: &Report) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let places = recorded.findings.iter().flat_map(|entry| entry.places.iter().take(PLACES));
    places.filter_map(target).filter(|path| path.exists() && seen.insert(path.clone())).collect()
}

/// What to scan to reach a place: its file, or the repository it was found in.
fn target(place: &Place) -> Option<PathBuf> {
    let provenance = &place.provenance;
    match &provenance.git {
        Some(git) => Some(PathBuf::from(&git.repository)),
        None => provenance.path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded() -> Report {
        let place =
            r#"{"source":"file","path":"deploy/.env","line":1,"column":1,"start":0,"end":9,"inside":[],
            "decoded":[],"exposure":null,"git":null,"transcript":null,"ci":null,"url":null}"#
                .replace('\n', "");
        let finding = format!(
            r#"{{"schema":"cfleak/1","type":"finding","fingerprint":"cf1:{}","kind":"user_api_token","rule":"r",
            "confidence":"high","checksum":null,"redacted":"cfut_…a1b2","reasons":[],"companions":{{"email":null,
            "account_id":null,"zone_id":null,"token_id":null}},"places":[{place}],"verdict":{{"state":"unknown",
            "reason":"","token_id":null,"expires_on":null,"asked":[]}},"allowed":null}}"#,
            "0".repeat(32)
        )
        .replace('\n', "");
        let begin = r#"{"schema":"cfleak/1","type":"begin","version":"0","started":"","targets":[]}"#;
        Report::read(&mut format!("{begin}\n{finding}\n").as_bytes()).unwrap()
    }

    #[test]
    fn what_is_gone_is_said() {
        let docket =
            docket(Path::new("f.jsonl"), recorded(), Collected::default(), Vec::new(), &Tally::default());
        assert_eq!(docket.skips.len(), 1);
        assert_eq!(docket.skips[0].provenance.path, Some(PathBuf::from("deploy/.env")));
        assert!(docket.skips[0].detail.ends_with("cfut_…a1b2 is not there any more"));
    }
}
