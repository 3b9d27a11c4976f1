//! Does it still work? Asked with the value where it is at hand, else told by the record.

use crate::cloudflare::{Auth, Call, Patience};
use crate::commands::CommandError;
use crate::commands::edge;
use crate::commands::respond::session::Session;
use crate::model::incident::{Action, ActionState, Check, CheckedBy, Identity, TargetKind, Verb};
use crate::model::{Asked, Grant, Judgement, State};
use crate::respond::case::Occurrence;
use crate::respond::identify::{self, Identified, Sought};
use crate::verify::{Context, Judge, Mode};
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;

/// Asks once with the value. `None` where the value is not at hand.
pub fn by_value(session: &mut Session<'_>) -> Result<Option<Grant>, CommandError> {
    let Some(finding) = session.leaked.finding.clone() else { return Ok(None) };
    let mut context = Context::gather([&finding], edge::now());
    for account in session.responders.iter().flat_map(|responder| &responder.accounts) {
        let mut elsewhere = finding.clone();
        elsewhere.companions.account_ids = vec![account.id.clone()];
        context.add(&elsewhere);
    }
    let judge = Judge::new(Arc::clone(&session.client));
    let interrupted = session.interrupt.raised();
    let mut judged = session.runtime.block_on(judge.judge(&[finding], Mode::All, &context, interrupted));
    let Some(Judgement { verdict, asked }) = judged.pop() else { return Ok(None) };
    let grant = verdict.grant().cloned();
    record(session, (&verdict).into(), verdict.reason(), CheckedBy::Value, asked)?;
    Ok(grant)
}

/// The id of a token that works, or not, in a way that no verdict has a word for: verify names it all the same.
pub fn id_of_odd(session: &Session<'_>, sought: &Sought) -> Option<String> {
    let check = session.incident.checks.last().filter(|check| check.state == State::Unknown)?;
    let is_known = |asked: &&Asked| asked.http == Some(200) && asked.endpoint.ends_with("/tokens/verify");
    let asked = check.asked.iter().find(is_known)?;
    let path = asked.endpoint.strip_prefix("GET ")?;
    let call = Call::get(path, Auth::Bearer(sought.secret.clone()?));
    let answer = session.runtime.block_on(session.client.demand(&call, &mut Patience::for_one_credential()));
    answer.ok()?.result()["id"].as_str().map(str::to_owned)
}

/// What the record says, for what cannot be asked itself or was given by its id alone.
pub fn by_record(session: &mut Session<'_>, found: &Identified) -> Result<(), CommandError> {
    let status = found.identity.as_ref().and_then(|identity| identity.status.clone());
    let (state, reason) = match (found.in_force, status.as_deref()) {
        (Some(true), _) => (State::Live, "the record holds the same secret".to_owned()),
        (Some(false), _) => (State::Dead, "the record holds another secret".to_owned()),
        (None, Some("active")) => (State::Live, "the record says active".to_owned()),
        (None, Some("disabled")) => (State::Disabled, "the record says disabled".to_owned()),
        (None, Some("expired")) => (State::Expired, "the record says expired".to_owned()),
        (None, Some(word)) => (State::Unknown, format!("the record says \"{word}\"")),
        (None, None) => return Ok(()),
    };
    record(session, state, reason, CheckedBy::Record, Vec::new())
}

/// What is bound to addresses, or begins later, is refused here whether or not it works elsewhere: there the record
/// has the last word.
pub fn weigh(session: &mut Session<'_>, found: &Identified) -> Result<(), CommandError> {
    let Some(identity) = &found.identity else { return Ok(()) };
    let (Some(there), Some(status)) = (elsewhere(identity), identity.status.as_deref()) else {
        return Ok(());
    };
    let has_new_value = session.incident.actions.iter().any(replaces_secret);
    let told = match (last_state(session), status) {
        (State::Dead, "active") if !has_new_value => there,
        (State::Restricted | State::NotYetActive, "disabled") => State::Disabled,
        (State::Restricted | State::NotYetActive, "expired") => State::Expired,
        (_, _) => return Ok(()),
    };
    let reason = format!("from here it cannot be told; its record says {status}");
    record(session, told, reason, CheckedBy::Record, Vec::new())
}

/// How an active token is that does not work here and now.
fn elsewhere(identity: &Identity) -> Option<State> {
    let is_bound = !identity.condition.allowed.is_empty() || !identity.condition.refused.is_empty();
    let is_early = identity.not_before.is_some_and(|begin| begin > edge::now());
    match (is_early, is_bound) {
        (true, _) => Some(State::NotYetActive),
        (false, true) => Some(State::Restricted),
        (false, false) => None,
    }
}

fn record(
    session: &mut Session<'_>,
    state: State,
    reason: String,
    by: CheckedBy,
    asked: Vec<Asked>,
) -> Result<(), CommandError> {
    let said = Occurrence::Check { state: state.as_str().to_owned(), reason: reason.clone() };
    // What was answered is known, whether or not it can be written down.
    session.incident.checks.push(Check { at: edge::now(), state, reason, by, asked });
    session.note(said)
}

/// The last answer that said anything.
pub fn last_state(session: &Session<'_>) -> State {
    session
        .incident
        .checks
        .iter()
        .rev()
        .map(|check| check.state)
        .find(|state| *state != State::NotChecked)
        .unwrap_or(State::NotChecked)
}

/// Asks until it is refused, or until patience ends: Cloudflare takes its time to spread a change. Where nothing
/// was changed, asking once is enough.
pub fn until_refused(session: &mut Session<'_>, sought: &Sought, patience: u32) -> Result<(), CommandError> {
    let started = edge::now();
    let has_changed = session.incident.actions.iter().any(|action| !action.target.minted && action.is_done());
    let deadline = SignedDuration::from_secs(if has_changed { patience.into() } else { 0 });
    let mut pause = Duration::from_millis(250);
    loop {
        ask_again(session, sought)?;
        let waited = edge::now().duration_since(started);
        if last_state(session).is_ended() || waited >= deadline || session.interrupt.is_set() {
            return Ok(());
        }
        session.runtime.block_on(async { tokio::time::sleep(pause).await });
        pause = (pause * 2).min(Duration::from_secs(8));
    }
}

fn ask_again(session: &mut Session<'_>, sought: &Sought) -> Result<(), CommandError> {
    by_value(session)?;
    let by_value_alone = session
        .incident
        .checks
        .last()
        .is_some_and(|check| check.by == CheckedBy::Value && check.state != State::NotChecked);
    if by_value_alone {
        let is_bound = session.incident.identity.as_ref().is_some_and(|record| elsewhere(record).is_some());
        if is_bound && matches!(last_state(session), State::Dead | State::Restricted | State::NotYetActive) {
            let found = session.runtime.block_on(identify::identify(sought, &session.responders));
            weigh(session, &found)?;
        }
        return Ok(());
    }
    if let Some(action) = session.incident.actions.iter().find(|action| replaces_secret(action)) {
        // No record shows the secret of a service token: the answer to its rotation is all there is.
        let reason = format!("{}: the old secret ended with it", action.id);
        return record(session, State::Dead, reason, CheckedBy::Record, Vec::new());
    }
    let found = session.runtime.block_on(identify::identify(sought, &session.responders));
    by_record(session, &found)
}

fn replaces_secret(action: &Action) -> bool {
    let is_done = matches!(action.state, ActionState::Done(_));
    let gone = action.verb == Verb::Delete && action.is_done();
    let rotated = action.verb == Verb::Rotate && is_done && action.target.kind == TargetKind::ServiceToken;
    !action.target.minted && (rotated || gone || (action.verb == Verb::Roll && is_done))
}
