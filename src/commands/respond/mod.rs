//! `cfleak respond` and `cfleak revoke`: one incident, step by step, each step written down before the next.
//!
//! The order comes from practice: end it first, then prove it, then look at everything else.

mod check;
mod close;
mod contain;
mod copies;
mod hunt;
mod intake;
mod look;
mod people;
mod session;

use crate::cli::{self, Acting};
use crate::commands::CommandError;
use crate::commands::interrupt::Interrupt;
use crate::commands::settings::Settings;
use crate::model::incident::{Action, Gap, TargetKind};
use crate::model::{Grant, Kind};
use crate::respond::identify::{self, Identified, Sought};
use crate::respond::plan::{self, Subject};
use crate::respond::responder::Handed;
use crate::ui::ask;
use crate::ui::exit_code::Ending;
use session::{Beginning, Session};
use std::path::PathBuf;

pub fn run(args: &cli::Respond, settings: &Settings) -> Result<Ending, CommandError> {
    let since = args.since.as_deref().map(intake::time).transpose()?;
    let looking = Looking { hunt: args.hunt.clone(), probe: args.probe };
    respond(Request { leak: &args.leak, acting: &args.acting, since, looking: Some(looking) }, settings)
}

pub fn revoke(args: &cli::Revoke, settings: &Settings) -> Result<Ending, CommandError> {
    respond(Request { leak: &args.leak, acting: &args.acting, since: None, looking: None }, settings)
}

/// What is wanted of this run.
struct Request<'a> {
    leak: &'a cli::Leak,
    acting: &'a Acting,
    since: Option<jiff::Timestamp>,
    /// `None` where the credential is only to be ended.
    looking: Option<Looking>,
}

/// What is looked into beside the credential itself.
struct Looking {
    hunt: Vec<PathBuf>,
    probe: bool,
}

fn respond(request: Request<'_>, settings: &Settings) -> Result<Ending, CommandError> {
    let acting = request.acting;
    contain::check(acting, ask::is_possible())?;
    let interrupt = Interrupt::listen();
    let leaked = intake::read(request.leak, settings, &interrupt)?;
    let handed = people::read(&acting.responders, leaked.secret())?;
    let mut session = Session::begin(Beginning {
        settings,
        leaked,
        handed: &handed,
        directory: acting.case_directory.clone(),
        since: request.since,
        interrupt,
    })?;
    let is_response = request.looking.is_some();
    match work(&mut session, &request, &handed) {
        Ok(()) => close::close(session, is_response, None),
        // What was changed is changed: that is told, whatever came after.
        Err(error) if session.may_have_changed_anything() => close::close(session, is_response, Some(error)),
        Err(error) => {
            session.give_up();
            Err(error)
        }
    }
}

fn work(session: &mut Session<'_>, request: &Request<'_>, handed: &[Handed]) -> Result<(), CommandError> {
    let acting = request.acting;
    session.meet(handed, acting.apply)?;
    let (sought, found) = identify(session)?;
    plan(session, &found, acting)?;
    if acting.apply {
        if let Some(looking) = request.looking.as_ref().filter(|_| contain::names_strangers(session, acting))
        {
            // An id that is not in the plan may be that of a token it minted: looked for before anything is changed.
            name(session, &sought)?;
            look_into(session, &sought, &found, looking, acting, false)?;
        }
        contain(session, &sought, acting)?;
    }
    name(session, &sought)?;
    match &request.looking {
        Some(looking) => look_into(session, &sought, &found, looking, acting, acting.apply),
        None => Ok(()),
    }
}

/// Kind, verdict, and the record of the token, as far as somebody may read it.
fn identify(session: &mut Session<'_>) -> Result<(Sought, Identified), CommandError> {
    let grant = check::by_value(session)?;
    refuse_other_id(session, grant.as_ref())?;
    let mut sought = sought(session, grant);
    if sought.id.is_none() {
        sought.id = check::id_of_odd(session, &sought);
    }
    let mut found = session.runtime.block_on(identify::identify(&sought, &session.responders));
    refuse_leaked_responder(session, &found)?;
    remember_target(&session.incident.actions, &mut found);
    let is_open =
        session.incident.checks.last().is_none_or(|check| check.state == crate::model::State::NotChecked);
    match is_open {
        true => check::by_record(session, &found)?,
        false => check::weigh(session, &found)?,
    }
    let target = &found.target;
    // As the person named it: the same command must know the case again.
    let known = session.leaked.id.clone().or_else(|| target.id.clone());
    session.incident.leak.token_id = known.or(session.incident.leak.token_id.take());
    if let Some(kind) = told_kind(&sought.kind, target.kind) {
        kind.as_str().clone_into(&mut session.incident.leak.kind);
    }
    if found.identity.is_some() {
        session.incident.identity.clone_from(&found.identity);
    }
    session.incident.gaps.clone_from(&found.gaps);
    let says = format!(
        "identified: {}{}",
        target.kind.as_str(),
        target.name.as_ref().map_or(String::new(), |name| format!(" \"{name}\""))
    );
    session.finish("identify", &says)?;
    Ok((sought, found))
}

fn sought(session: &Session<'_>, grant: Option<Grant>) -> Sought {
    let leaked = &session.leaked;
    let kind = leaked.kind();
    let key_id = leaked
        .secret()
        .filter(|_| kind == Kind::R2S3Credentials)
        .and_then(|pair| pair.expose().split_once(':').map(|(id, _)| id.to_owned()));
    let companions = leaked.finding.as_ref().map(|finding| finding.companions.clone()).unwrap_or_default();
    let near = companions.account_ids.iter().filter_map(|id| crate::cloudflare::AccountId::new(id));
    let mut accounts = leaked.accounts.clone();
    accounts.extend(near);
    if let Some(grant) = &grant {
        accounts.extend(grant.accounts.iter().filter_map(|(id, _)| crate::cloudflare::AccountId::new(id)));
    }
    let told = grant.as_ref().and_then(|grant| grant.token_id.clone());
    Sought {
        kind,
        secret: leaked.secret().cloned(),
        id: leaked.id.clone().or(told).or(key_id).or_else(|| session.incident.leak.token_id.clone()),
        accounts,
        grant,
        emails: companions.emails,
    }
}

/// A record that is gone, or cannot be read just now, was read by an earlier run: its steps are about the same thing.
fn remember_target(plan: &[Action], found: &mut Identified) {
    let is_same = |action: &&Action| {
        !action.target.minted && action.responder.is_some() && action.target.id == found.target.id
    };
    if let (None, Some(known)) = (&found.identity, plan.iter().find(is_same)) {
        found.target = known.target.clone();
    }
}

/// A legacy token's owner is told by the door that knew it.
fn told_kind(kind: &Kind, target: TargetKind) -> Option<Kind> {
    match (kind, target) {
        (Kind::LegacyApiToken, TargetKind::AccountToken) => Some(Kind::AccountApiToken),
        (Kind::LegacyApiToken, TargetKind::UserToken) => Some(Kind::UserApiToken),
        _known => None,
    }
}

/// The value says which token it is. Another id beside it would end another token.
fn refuse_other_id(session: &Session<'_>, grant: Option<&Grant>) -> Result<(), CommandError> {
    let told = grant.and_then(|grant| grant.token_id.as_deref());
    match (&session.leaked.id, told) {
        (Some(given), Some(told)) if given != told => Err(CommandError::usage(format!(
            "--token-id {given}: the value is that of token {told}; nothing was changed"
        ))),
        _same_or_unknown => Ok(()),
    }
}

fn refuse_leaked_responder(session: &Session<'_>, found: &Identified) -> Result<(), CommandError> {
    let is_leaked = |responder: &&crate::respond::responder::Responder| {
        responder.token_id.is_some() && responder.token_id == found.target.id
    };
    match session.responders.iter().find(is_leaked) {
        Some(responder) => Err(session::is_leaked_token(&responder.source)),
        None => Ok(()),
    }
}

fn plan(session: &mut Session<'_>, found: &Identified, acting: &Acting) -> Result<(), CommandError> {
    let fingerprint = session.incident.leak.fingerprint.clone();
    let responder = found.responder.map(|index| session.responders[index].desk.name().to_owned());
    let subject = Subject {
        target: &found.target,
        fingerprint: fingerprint.as_deref(),
        responder: responder.as_deref(),
    };
    let steps = plan::for_leak(&subject, contain::wish(acting.action));
    contain::extend(session, steps, false);
    contain::reopen(session);
    session.finish("plan", "planned")
}

fn contain(session: &mut Session<'_>, sought: &Sought, acting: &Acting) -> Result<(), CommandError> {
    let consent = contain::consent(session, acting, &acting.confirm)?;
    contain::prepare_new_value(session, acting.new_value.as_deref())?;
    contain::carry_out_all(session, &consent, acting.new_value.as_deref(), false)
        .and_then(|()| session.finish("contain", "the plan was carried out"))
        .or_else(|broken| prove_all_the_same(session, sought, acting.prove_for, broken))?;
    check::until_refused(session, sought, acting.prove_for)?;
    let says = match check::last_state(session) {
        state if state.is_ended() => format!("proven: Cloudflare says {}", state.as_str()),
        state => format!("not proven: the last answer was {}", state.as_str()),
    };
    session.finish("prove", &says)
}

/// A case that cannot be written any more ends the run; whether what was sent had its effect is asked all the same.
fn prove_all_the_same(
    session: &mut Session<'_>,
    sought: &Sought,
    patience: u32,
    broken: CommandError,
) -> Result<(), CommandError> {
    if session.may_have_changed_anything() {
        let _ = check::until_refused(session, sought, patience);
    }
    Err(broken)
}

/// Everything beside the credential itself.
fn look_into(
    session: &mut Session<'_>,
    sought: &Sought,
    found: &Identified,
    looking: &Looking,
    acting: &Acting,
    may_act: bool,
) -> Result<(), CommandError> {
    if !session.has_finished("hunt") || session.incident.copies.is_none() {
        hunt::copies(session, &looking.hunt)?;
    }
    look::trail(session, sought, found)?;
    let responder = found.responder.map(|index| session.responders[index].desk.name().to_owned());
    let steps = plan::for_minted(&session.incident.minted, responder.as_deref());
    contain::extend(session, steps, true);
    if may_act {
        contain::end_minted(session, acting)?;
    }
    look::reach(session, sought, looking.probe)
}

fn name(session: &mut Session<'_>, sought: &Sought) -> Result<(), CommandError> {
    let Some(mut identity) = session.incident.identity.clone() else { return Ok(()) };
    let gaps: Vec<Gap> =
        session.runtime.block_on(identify::add_names(&mut identity, sought, &session.responders));
    session.incident.gaps.extend(gaps);
    session.incident.identity = Some(identity);
    session.finish("name", "accounts and zones are named")
}
