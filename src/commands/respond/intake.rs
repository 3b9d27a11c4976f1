//! Which credential it is about: from stdin, from a report, or by its id alone.

use crate::cli;
use crate::cloudflare::endpoints::AccountId;
use crate::commands::interrupt::Interrupt;
use crate::commands::settings::Settings;
use crate::commands::verify::{again, lines};
use crate::commands::{CommandError, engine};
use crate::model::{Finding, Kind, Secret, masked, redacted};
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

    /// What is only named by its id is told by the shape of that.
    pub fn kind(&self) -> Kind {
        match (&self.finding, &self.id) {
            (Some(finding), _) => finding.kind.clone(),
            (None, Some(id)) => kind_of_id(id),
            (None, None) => Kind::LegacyApiToken,
        }
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

fn kind_of_id(id: &str) -> Kind {
    let is_uuid = id.len() == 36 && id.bytes().filter(|byte| *byte == b'-').count() == 4;
    if id.ends_with(".access") {
        Kind::AccessServiceToken
    } else if id.starts_with("0x4") {
        Kind::TurnstileSecret
    } else if is_uuid {
        Kind::TunnelToken
    } else {
        // A token of an owner nobody knows yet.
        Kind::LegacyApiToken
    }
}

pub fn read(args: &cli::Leak, settings: &Settings, interrupt: &Interrupt) -> Result<Leaked, CommandError> {
    let accounts = args.accounts.iter().map(|text| account(text)).collect::<Result<Vec<_>, _>>()?;
    let mut finding = match (&args.from, args.value_stdin) {
        (Some(_), _) => Some(from_report(args, settings, interrupt)?),
        (None, true) => Some(from_stdin(settings)?),
        (None, false) => None,
    };
    if let Some(finding) = &mut finding {
        // Who names an account has looked: it goes before whatever stood near the value.
        let named = accounts.iter().map(|account| account.as_str().to_owned());
        finding.companions.account_ids.splice(0..0, named);
    }
    if let Some(id) = args.token_id.as_deref().filter(|id| is_no_id(id)) {
        return Err(CommandError::usage(format!("--token-id: {} characters of something else", id.len()))
            .hint(
                "an id is 32 hex digits, a UUID, a client id or a site key; a value goes to --value-stdin",
            ));
    }
    let first_seen = finding.as_ref().and_then(first_seen);
    Ok(Leaked { finding, id: args.token_id.clone(), accounts, first_seen })
}

/// A value in the place of its id must not become the name of a directory. Site keys are the longest ids without
/// marks between, and have 24 characters.
fn is_no_id(id: &str) -> bool {
    let has_marks = id.contains(['-', '.']);
    id.is_empty() || masked(id) != id || (id.len() > 32 && !has_marks) || id.len() > 64
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
    fn ids_tell_what_they_are_of() {
        let hex = "0f".repeat(16);
        for (id, kind) in [
            (hex.clone(), Kind::LegacyApiToken),
            (format!("{hex}.access"), Kind::AccessServiceToken),
            ("0x4AAAAAAAAAAAAAAAAAAAAA".to_owned(), Kind::TurnstileSecret),
            ("00000000-0000-4000-8000-000000000001".to_owned(), Kind::TunnelToken),
        ] {
            assert_eq!(kind_of_id(&id), kind, "{id}");
        }
    }

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
