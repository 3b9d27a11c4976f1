//! One run on one case: what every step needs, and the two ways a step leaves a trace.

use crate::cloudflare::{AccountId, Auth, Client};
use crate::commands::interrupt::Interrupt;
use crate::commands::respond::intake::Leaked;
use crate::commands::settings::Settings;
use crate::commands::{CommandError, edge, line};
use crate::model::Checksum;
use crate::model::incident::{ActionState, Incident, Leak, Run, SCHEMA, SINCE_GUESSED};
use crate::respond::case::{Case, CaseError, Journal, Occurrence, Scrubber};
use crate::respond::responder::{Handed, Responder};
use crate::ui::exit_code::Ending;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Runtime;

pub struct Session<'a> {
    pub settings: &'a Settings,
    pub runtime: Runtime,
    pub client: Arc<Client>,
    pub leaked: Leaked,
    pub responders: Vec<Responder>,
    pub case: Case,
    pub incident: Incident,
    pub interrupt: Interrupt,
    /// Steps that this run finished, and an earlier one before it was cut off.
    finished: Vec<String>,
    /// Lists that broke off in this run.
    pub not_listed: Vec<String>,
    /// Lines that the journal had before this run.
    began_at: usize,
}

/// What is needed to begin.
pub struct Beginning<'a> {
    pub settings: &'a Settings,
    pub leaked: Leaked,
    pub handed: &'a [Handed],
    pub directory: Option<PathBuf>,
    pub since: Option<Timestamp>,
    pub interrupt: Interrupt,
}

impl<'a> Session<'a> {
    /// Opens the case and the line to Cloudflare. Nothing is asked yet.
    pub fn begin(beginning: Beginning<'a>) -> Result<Self, CommandError> {
        let Beginning { settings, leaked, handed, directory, since, interrupt } = beginning;
        let client = client(settings)?;
        let runtime = line::runtime()
            .map_err(|error| CommandError::fatal("cannot start the network part").because(error))?;
        let directory =
            directory.unwrap_or_else(|| PathBuf::from(format!("cfleak-case-{}", leaked.short_name())));
        let values = leaked.secret().into_iter().cloned().chain(handed.iter().map(|one| one.value.clone()));
        let mut case = Case::open(&directory, Scrubber::new(values)).map_err(cannot_use)?;
        if let Some(torn) = &case.torn {
            settings.talk.warn(&format!(
                "the last line of the journal was torn by a crash; what there was of it is in {}",
                torn.display()
            ));
        }
        let now = edge::now();
        let mut incident = match case.before.take() {
            Some(before) => continued(*before, &leaked, &directory)?,
            None => opened(&leaked, since, now),
        };
        if let Some(since) = since {
            (incident.leak.since, incident.leak.since_source) = (since, "--since".to_owned());
        }
        settle_cut_off(&mut incident, case.journal());
        let (finished, began_at) = (finished(case.history()), case.history().len());
        let run = Run {
            at: now,
            by: edge::who(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: case.scrub_text(&edge::command_line()),
            responders: handed.iter().map(|one| one.source.clone()).collect(),
            ended: None,
        };
        let opening = Occurrence::Opened {
            by: run.by.clone(),
            version: run.version.clone(),
            command: run.command.clone(),
        };
        incident.runs.push(run);
        case.journal().write(now, opening).map_err(cannot_use)?;
        case.save(&incident).map_err(cannot_use)?;
        Ok(Session {
            settings,
            runtime,
            client,
            leaked,
            responders: Vec::new(),
            case,
            incident,
            interrupt,
            finished,
            not_listed: Vec::new(),
            began_at,
        })
    }

    /// Learns who the responders are, and refuses one that is the leaked token by its id, or that may be.
    pub fn meet(&mut self, handed: &[Handed], may_act: bool) -> Result<(), CommandError> {
        let beside = self.leaked.finding.iter().flat_map(|finding| &finding.companions.account_ids);
        let mut near = self.leaked.accounts.clone();
        near.extend(beside.filter_map(|id| AccountId::new(id)));
        for one in handed {
            let responder = self.runtime.block_on(Responder::meet(&self.client, one, &near));
            let cannot_tell = responder.token_id.is_none() && matches!(one.auth(), Auth::Bearer(_));
            if may_act && cannot_tell && self.leaked.finding.is_none() {
                return Err(CommandError::usage(format!(
                    "--responder {} does not say which token it is, so it may be the leaked one; nothing was changed",
                    one.source
                ))
                .hint("--account of the account it belongs to, or hand the leaked value over with --value-stdin"));
            }
            let is_leaked = responder.token_id.is_some() && responder.token_id == self.incident.leak.token_id;
            if is_leaked || (self.leaked.id.is_some() && responder.token_id == self.leaked.id) {
                return Err(is_leaked_token(&one.source));
            }
            if let Some(why) = &responder.trouble {
                self.not_listed.push(why.clone());
            }
            self.responders.push(responder);
        }
        if let Some(run) = self.incident.runs.last_mut() {
            run.responders =
                self.responders.iter().map(|responder| responder.desk.name().to_owned()).collect();
        }
        Ok(())
    }

    /// Was this step finished by this run, or by one that was cut off? A run that ended by itself is followed by a
    /// fresh look.
    pub fn has_finished(&self, step: &str) -> bool {
        self.finished.iter().any(|finished| finished == step)
    }

    /// The state is on disk before the journal says that the step is done.
    pub fn finish(&mut self, step: &str, says: &str) -> Result<(), CommandError> {
        self.keep_evidence()?;
        let mut seen = HashSet::new();
        self.incident.gaps.retain(|gap| seen.insert(gap.clone()));
        self.incident.updated = edge::now();
        self.case.save(&self.incident).map_err(cannot_use)?;
        let says = self.case.scrub_text(says);
        let done = Occurrence::Step { step: step.to_owned(), says: says.clone() };
        self.case.journal().write(edge::now(), done).map_err(cannot_use)?;
        self.finished.push(step.to_owned());
        self.settings.talk.note(&says);
        Ok(())
    }

    pub fn note(&mut self, what: Occurrence) -> Result<(), CommandError> {
        self.case.journal().write(edge::now(), what).map_err(cannot_use)
    }

    pub fn keep_evidence(&mut self) -> Result<(), CommandError> {
        for responder in &self.responders {
            self.not_listed.extend(responder.desk.take_troubles());
            let exhibits = responder.desk.take_exhibits();
            self.case.keep(exhibits, &mut self.incident.evidence).map_err(cannot_use)?;
        }
        Ok(())
    }

    /// Did this run send a request that may have changed something?
    pub fn may_have_changed_anything(&self) -> bool {
        let own = &self.case.history()[self.began_at..];
        own.iter().any(|entry| matches!(entry.what, Occurrence::Intent { .. }))
    }

    /// The end of a run that changed nothing. What it wrote so far is sealed as far as that is possible: the error
    /// that stopped it is the one to tell.
    pub fn give_up(&mut self) {
        let says = "stopped by an error; nothing was changed".to_owned();
        let _ = self.keep_evidence();
        let saved = self.case.save(&self.incident);
        let noted = saved.and_then(|()| {
            let closed = Occurrence::Closed { exit_code: Ending::Failed.code(false), says };
            self.case.journal().write(edge::now(), closed)
        });
        let _ = noted.and_then(|()| self.case.seal());
    }
}

/// The refusal of a responder that turns out to be the leaked token.
pub fn is_leaked_token(source: &str) -> CommandError {
    CommandError::usage(format!(
        "--responder {source} is the leaked token itself, by its id; nothing was changed"
    ))
    .hint("make another token for this, with the right to manage tokens")
}

/// A case that cannot be written is no place to act from.
pub fn cannot_use(error: CaseError) -> CommandError {
    let hint = match &error.cause {
        crate::respond::case::Cause::Foreign => Some("--case another-directory"),
        crate::respond::case::Cause::Io(_)
        | crate::respond::case::Cause::Busy
        | crate::respond::case::Cause::Unreadable(_)
        | crate::respond::case::Cause::BrokenChain { .. } => None,
    };
    let failed = CommandError::fatal(error.to_string());
    match hint {
        Some(hint) => failed.hint(hint),
        None => failed,
    }
}

fn client(settings: &Settings) -> Result<Arc<Client>, CommandError> {
    if settings.offline {
        return Err(CommandError::usage("this asks Cloudflare, and --offline forbids it"));
    }
    line::client(line::services(settings)?, settings.pace)
        .map_err(|error| CommandError::fatal(error.to_string()))
}

fn opened(leaked: &Leaked, since: Option<Timestamp>, now: Timestamp) -> Incident {
    const UNTOLD: SignedDuration = SignedDuration::from_hours(90 * 24);
    let (since, since_source) = match (since, &leaked.first_seen) {
        (Some(since), _) => (since, "--since".to_owned()),
        (None, Some((time, place))) => (*time, place.clone()),
        (None, None) => {
            let since = now.checked_sub(UNTOLD).unwrap_or(now);
            (since, SINCE_GUESSED.to_owned())
        }
    };
    let companions = leaked.finding.as_ref().map(|finding| finding.companions.clone()).unwrap_or_default();
    let checksum = leaked.finding.as_ref().and_then(|finding| finding.checksum);
    Incident {
        schema: SCHEMA.to_owned(),
        id: format!("{}-{}", now.strftime("%Y-%m-%d"), leaked.short_name()),
        opened: now,
        updated: now,
        runs: Vec::new(),
        leak: Leak {
            fingerprint: leaked.fingerprint(),
            kind: leaked.kind().as_str().to_owned(),
            redacted: leaked.redacted(),
            checksum: checksum.map(|checksum| checksum == Checksum::Valid),
            token_id: leaked.id.clone(),
            emails: companions.emails,
            accounts: companions.account_ids,
            since,
            since_source,
        },
        checks: Vec::new(),
        identity: None,
        actions: Vec::new(),
        minted: Vec::new(),
        copies: None,
        reach: None,
        timeline: None,
        replacement: None,
        gaps: Vec::new(),
        tasks: Vec::new(),
        evidence: Vec::new(),
    }
}

/// The same case only goes on with the same credential.
fn continued(mut before: Incident, leaked: &Leaked, directory: &Path) -> Result<Incident, CommandError> {
    let differs = |known: &Option<String>, given: Option<String>| matches!((known, given), (Some(known), Some(given)) if *known != given);
    let has_both = before.leak.fingerprint.is_some() && leaked.finding.is_some();
    // One credential has several ids (a service token and its client), and one value.
    if differs(&before.leak.fingerprint, leaked.fingerprint())
        || (!has_both && differs(&before.leak.token_id, leaked.id.clone()))
    {
        return Err(CommandError::usage(format!(
            "{} is the case of another credential",
            directory.display()
        ))
        .hint("--case another-directory"));
    }
    if before.leak.fingerprint.is_none() && leaked.finding.is_some() {
        before.leak.fingerprint = leaked.fingerprint();
        before.leak.redacted = leaked.redacted();
        leaked.kind().as_str().clone_into(&mut before.leak.kind);
    }
    Ok(before)
}

/// Killed when the journal had the outcome and the case file had not: what was done is done.
fn settle_cut_off(incident: &mut Incident, journal: &Journal) {
    for action in incident.actions.iter_mut().filter(|action| !action.is_done()) {
        if let Some(receipt) = journal.receipt(&action.id) {
            action.state = ActionState::Done(receipt);
        }
    }
}

/// Steps since the last opening of a run that did not close.
fn finished(history: &[crate::respond::case::Entry]) -> Vec<String> {
    let mut steps = Vec::new();
    for entry in history {
        match &entry.what {
            Occurrence::Step { step, .. } => steps.push(step.clone()),
            Occurrence::Closed { .. } => steps.clear(),
            Occurrence::Opened { .. }
            | Occurrence::Consent { .. }
            | Occurrence::Intent { .. }
            | Occurrence::Outcome { .. }
            | Occurrence::Check { .. } => {}
        }
    }
    steps
}
