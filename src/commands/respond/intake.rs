//! Which credential it is about: from stdin, from a report, or by its id alone.

use crate::cli;
use crate::cloudflare::endpoints::AccountId;
use crate::commands::interrupt::Interrupt;
use crate::commands::settings::Settings;
use crate::commands::verify::{again, lines};
use crate::commands::{CommandError, engine};
use crate::model::{Finding, Kind, Secret, redacted};
use crate::scan::Options;
use jiff::Timestamp;

/// The credential as far as it was handed over.
#[derive(Debug)]
pub struct Leaked {
    /// `None` where only its id was given.
    pub finding: Option<Finding>,
    /// From `--token-id`.
    pub id: Option<String>,
    /// From `--account`, checked.
    pub accounts: Vec<AccountId>,
    /// The earliest moment a place of it is known to have held it, and which place.
    pub first_seen: Option<(Timestamp, String)>,
}

impl Leaked {
    pub fn secret(&self) -> Option<&Secret> {
        self.finding.as_ref().map(|finding| &finding.secret)
    }

    /// A token that is only named by its id is a token of an owner nobody knows yet.
    pub fn kind(&self) -> Kind {
        self.finding.as_ref().map_or(Kind::LegacyApiToken, |finding| finding.kind.clone())
    }

    pub fn fingerprint(&self) -> Option<String> {
        self.finding.as_ref().map(|finding| finding.fingerprint.to_string())
    }

    pub fn redacted(&self) -> Option<String> {
        self.secret().map(redacted)
    }

    /// Eight characters that name it in a directory's name.
    pub fn short_name(&self) -> String {
        let whole = self.fingerprint().or_else(|| self.id.clone()).unwrap_or_default();
        let plain = whole.trim_start_matches("cf1:").chars().filter(char::is_ascii_alphanumeric);
        plain.take(8).collect()
    }
}

pub fn read(args: &cli::Leak, settings: &Settings, interrupt: &Interrupt) -> Result<Leaked, CommandError> {
    let accounts = args.accounts.iter().map(|text| account(text)).collect::<Result<Vec<_>, _>>()?;
    let finding = match (&args.from, args.value_stdin) {
        (Some(_), _) => Some(from_report(args, settings, interrupt)?),
        (None, true) => Some(from_stdin(settings)?),
        (None, false) => None,
    };
    let first_seen = finding.as_ref().and_then(first_seen);
    Ok(Leaked { finding, id: args.token_id.clone(), accounts, first_seen })
}

fn account(text: &str) -> Result<AccountId, CommandError> {
    AccountId::new(text).ok_or_else(|| CommandError::usage("--account: an account id is 32 hex digits"))
}

fn from_stdin(settings: &Settings) -> Result<Finding, CommandError> {
    let docket = lines::read(&settings.talk)?;
    let mut findings = docket.collected.findings;
    match (findings.len(), docket.skips.first()) {
        (1, _) => Ok(findings.remove(0)),
        (0, Some(skip)) => Err(CommandError::usage(format!("stdin holds no credential: {}", skip.detail))
            .hint("one line: VALUE [email=…] [account=…]")),
        (0, None) => Err(CommandError::usage("stdin is empty").hint("cfleak respond --value-stdin < value")),
        (_several, _) => Err(CommandError::usage("stdin holds more than one credential")
            .hint("one run, one credential: each has a case of its own")),
    }
}

/// Reads the value again at its place, as `verify --from` does.
fn from_report(
    args: &cli::Leak,
    settings: &Settings,
    interrupt: &Interrupt,
) -> Result<Finding, CommandError> {
    let Some(path) = &args.from else { return Err(CommandError::usage("no report was given")) };
    let engine = engine::engine(&settings.config, Options::default())?;
    let docket = again::read(path, settings, &engine, interrupt)?;
    let mut findings = docket.collected.findings;
    if let Some(wanted) = &args.fingerprint {
        findings.retain(|finding| finding.fingerprint.to_string() == *wanted);
    }
    match (findings.len(), &args.fingerprint) {
        (1, _) => Ok(findings.remove(0)),
        (0, _) => {
            let why = docket
                .skips
                .first()
                .map_or_else(|| "it names no such finding".to_owned(), |skip| skip.detail.clone());
            Err(CommandError::usage(format!("{}: the credential is not to be had: {why}", path.display()))
                .hint("hand the value over itself, with --value-stdin"))
        }
        (several, _) => Err(CommandError::usage(format!("{} holds {several} credentials", path.display()))
            .hint(format!("--fingerprint {}", findings[0].fingerprint))),
    }
}

/// The earliest time any of its places tells.
fn first_seen(finding: &Finding) -> Option<(Timestamp, String)> {
    let times = finding.places.iter().filter_map(|place| {
        let provenance = &place.provenance;
        let git = provenance.git.as_ref().and_then(|git| git.time.clone());
        let transcript = provenance.transcript.as_ref().and_then(|origin| origin.time.clone());
        let ci = provenance.ci.as_ref().and_then(|origin| origin.time.clone());
        let time: Timestamp = git.or(transcript).or(ci)?.parse().ok()?;
        Some((time, format!("the earliest place known: {}", provenance.display())))
    });
    times.min()
}

/// `--since`: a time, or a day, which begins at midnight UTC.
pub fn time(text: &str) -> Result<Timestamp, CommandError> {
    let by_day = || format!("{text}T00:00:00Z").parse().ok();
    text.parse().ok().or_else(by_day).ok_or_else(|| {
        CommandError::usage(format!("--since: {text} is no time"))
            .hint("--since 2026-11-20, or 2026-11-20T09:00:00Z")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_or_a_moment() {
        for (text, expected) in [
            ("2026-11-20", Some("2026-11-20T00:00:00Z")),
            ("2026-11-20T09:00:00+01:00", Some("2026-11-20T08:00:00Z")),
            ("yesterday", None),
        ] {
            assert_eq!(time(text).ok(), expected.map(|time| time.parse().unwrap()), "{text}");
        }
    }
}
