//! Plan, show, consent, do: the only place from which an account is changed.

use crate::cli::{self, Acting};
use crate::cloudflare::Auth;
use crate::commands::respond::session::{Session, cannot_use};
use crate::commands::{CommandError, edge, outputs};
use crate::model::incident::{Action, ActionState, Minted, Presence, Verb};
use crate::model::{Secret, State};
use crate::respond::Desk;
use crate::respond::apply::{Consent, Hands, Unmatched, carry_out};
use crate::respond::case::Occurrence;
use crate::respond::plan::Wish;
use crate::ui::ask;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

pub fn wish(action: cli::Action) -> Wish {
    match action {
        cli::Action::Freeze => Wish::Freeze,
        cli::Action::Roll => Wish::Roll,
        cli::Action::Delete => Wish::Delete,
        cli::Action::None => Wish::Nothing,
    }
}

/// What could not be agreed to later is refused before anything is asked.
pub fn check(acting: &Acting, on_terminal: bool) -> Result<(), CommandError> {
    if acting.apply && acting.confirm.is_empty() && !on_terminal {
        return Err(CommandError::usage(
            "--apply needs --confirm where nobody can be asked; nothing was changed",
        )
        .hint("--confirm TOKEN_ID, or the fingerprint of the credential"));
    }
    if acting.apply && acting.action == cli::Action::Roll && acting.new_value.is_none() {
        return Err(CommandError::usage("--action roll makes a new value, and nobody said where it goes")
            .hint("--new-value PATH"));
    }
    Ok(())
}

/// Adds steps that are not in the plan yet. What became of a step of an earlier run stays; a step that changed
/// nothing, and is not wished any more, goes.
pub fn extend(session: &mut Session<'_>, steps: Vec<Action>, minted: bool) {
    let (plan, case) = (&mut session.incident.actions, &session.case);
    plan.retain(|action| {
        let changed_nothing =
            matches!(action.state, ActionState::Planned | ActionState::ByHand | ActionState::Failed { .. });
        let is_settled = !case.is_unsettled(&action.id);
        let is_wished = steps.iter().any(|step| step.id == action.id);
        action.target.minted != minted || is_wished || !(changed_nothing && is_settled)
    });
    for step in steps {
        match plan.iter_mut().find(|action| action.id == step.id) {
            Some(known) if known.is_done() => {}
            Some(known) => {
                let (state, former) = (known.state.clone(), known.responder.take());
                *known = Action { state, responder: step.responder.clone().or(former), ..step };
            }
            None => plan.push(step),
        }
    }
}

/// A step that was done, and that somebody undid since: the credential works, and its record says so.
pub fn reopen(session: &mut Session<'_>) {
    let is_live = matches!(super::check::last_state(session), State::Live | State::Restricted);
    let record = session.incident.identity.as_ref();
    let Some(record) = record.filter(|record| is_live && record.status.as_deref() == Some("active")) else {
        return;
    };
    let is_undone = |action: &Action| match &action.state {
        // Cloudflare's times have no fractions.
        ActionState::Done(receipt) => {
            record.modified_on.is_some_and(|changed| changed.as_second() >= receipt.at.as_second())
        }
        ActionState::AlreadyDone { .. } => true,
        ActionState::Planned
        | ActionState::Failed { .. }
        | ActionState::Unknown { .. }
        | ActionState::ByHand => false,
    };
    let is_freeze =
        |action: &&mut Action| !action.target.minted && matches!(action.verb, Verb::Freeze | Verb::Disable);
    for action in session.incident.actions.iter_mut().filter(is_freeze).filter(|action| is_undone(action)) {
        action.state = ActionState::Planned;
    }
}

/// What the person agrees to: words from the command line, or typed.
pub fn consent(
    session: &mut Session<'_>,
    acting: &Acting,
    words: &[String],
) -> Result<Consent, CommandError> {
    let typed;
    let (words, how) = if acting.confirm.is_empty() {
        typed = ask::line(&question(&session.incident.actions)).map_err(|error| {
            CommandError::usage("nobody could be asked; nothing was changed").because(error)
        })?;
        (std::slice::from_ref(&typed), "typed")
    } else {
        (words, "--confirm")
    };
    agree(session, words, how)
}

fn agree(session: &mut Session<'_>, words: &[String], how: &str) -> Result<Consent, CommandError> {
    let agreed = Consent::given(&session.incident.actions, words).map_err(|Unmatched(words)| {
        let words = session.case.scrub_text(&words.join(", "));
        CommandError::usage(format!(
            "--confirm {words}: nothing in the plan goes by that; nothing was changed"
        ))
        .hint("the plan names what each step is confirmed by; run without --apply to see it")
    })?;
    let actions = agreed.actions().to_vec();
    session.note(Occurrence::Consent { actions, how: how.to_owned() })?;
    Ok(agreed)
}

fn question(plan: &[Action]) -> String {
    let mut text = "The plan:\n".to_owned();
    for action in plan.iter().filter(|action| action.verb != Verb::ByHand && !action.is_done()) {
        text.push_str(&format!("  {}: {}\n", action.id, action.says));
    }
    let word = plan.iter().flat_map(|action| &action.confirm).next().map_or("", String::as_str);
    format!("{text}Type {word} to do it: ")
}

/// Does the steps that are agreed to, in order. The state is saved after each.
pub fn carry_out_all(
    session: &mut Session<'_>,
    consent: &Consent,
    new_value: Option<&Path>,
    minted: bool,
) -> Result<(), CommandError> {
    let still_works = match super::check::last_state(session) {
        State::Live | State::Restricted => Some(true),
        State::Dead | State::Disabled | State::Expired => Some(false),
        State::NotYetActive | State::Unknown | State::NotChecked => None,
    };
    // A run that is cut off must find every step that it may have done.
    session.case.save(&session.incident).map_err(cannot_use)?;
    for index in 0..session.incident.actions.len() {
        let mut action = session.incident.actions[index].clone();
        if action.target.minted != minted || !consent.covers(&action) || session.interrupt.is_set() {
            continue;
        }
        let done = by_anybody(session, &mut action, consent, still_works, new_value);
        session.settings.talk.note(&told(&action));
        session.incident.actions[index] = action;
        done?;
        session.case.save(&session.incident).map_err(cannot_use)?;
    }
    Ok(())
}

/// Does a step with the responder that read the record, and where that one may not, with the others in turn. The
/// first refusal is the one that says why.
fn by_anybody(
    session: &mut Session<'_>,
    action: &mut Action,
    consent: &Consent,
    still_works: Option<bool>,
    new_value: Option<&Path>,
) -> Result<(), CommandError> {
    if action.is_done() || action.verb == Verb::ByHand {
        return Ok(());
    }
    let nobody = Desk::new(session.client.clone(), Auth::Nobody, "the token itself");
    let mut desks: Vec<&Desk> = session.responders.iter().map(|responder| &responder.desk).collect();
    desks.sort_by_key(|desk| action.responder.as_deref() != Some(desk.name()));
    if action.verb == Verb::Revoke {
        desks = vec![&nobody];
    }
    let mut first_refusal = None;
    for desk in desks {
        let mut hands = Hands {
            desk,
            leaked: session.leaked.secret(),
            still_works,
            journal: session.case.journal(),
            clock: &edge::now,
            keep: &mut |action, value| keep(action, &value, new_value),
        };
        session.runtime.block_on(carry_out(action, consent, &mut hands)).map_err(cannot_use)?;
        if action.is_done() {
            action.responder = Some(desk.name().to_owned());
        }
        if !matches!(action.state, ActionState::Failed { .. }) {
            return Ok(());
        }
        first_refusal.get_or_insert_with(|| action.state.clone());
    }
    let why = NOBODY.to_owned();
    action.state = first_refusal.unwrap_or(ActionState::Failed { at: edge::now(), why });
    Ok(())
}

/// Is something confirmed that the plan does not know (yet)?
pub fn names_strangers(session: &Session<'_>, acting: &Acting) -> bool {
    Consent::given(&session.incident.actions, &acting.confirm).is_err()
}

/// The tokens it minted: those whose ids were confirmed, or that the person at the terminal agrees to.
pub fn end_minted(session: &mut Session<'_>, acting: &Acting) -> Result<(), CommandError> {
    let (words, how) = match acting.confirm.is_empty() {
        true => (typed(session)?, "typed"),
        false => {
            let is_open = |word: &&String| {
                open_steps(&session.incident.actions).any(|action| action.confirm.contains(word))
            };
            (acting.confirm.iter().filter(is_open).cloned().collect(), "--confirm")
        }
    };
    if words.is_empty() {
        return Ok(());
    }
    let consent = agree(session, &words, how)?;
    carry_out_all(session, &consent, None, true)?;
    for minted in &mut session.incident.minted {
        let is_frozen =
            |action: &&Action| action.target.id == minted.id && minted.id.is_some() && action.is_done();
        if session.incident.actions.iter().any(|action| is_frozen(&action)) {
            minted.presence = Presence::Inactive;
        }
    }
    session.finish("contain what it minted", "the tokens that it minted were dealt with")
}

/// Steps on what it minted that are not done.
fn open_steps(plan: &[Action]) -> impl Iterator<Item = &Action> {
    plan.iter().filter(|action| action.target.minted && !action.is_done())
}

/// Asks for each token by itself: each may be somebody's work.
fn typed(session: &Session<'_>) -> Result<Vec<String>, CommandError> {
    let mut agreed = Vec::new();
    for action in open_steps(&session.incident.actions) {
        let Some(id) = action.confirm.first() else { continue };
        let name = action.target.name.as_deref().unwrap_or("without a name");
        let is_suspect = |minted: &Minted| minted.is_suspect && minted.id == action.target.id;
        let says = match session.incident.minted.iter().any(is_suspect) {
            true => format!("No log tells who made the token \"{name}\"."),
            false => format!("It minted the token \"{name}\"."),
        };
        let question = format!("{says} Type {id} to freeze it, or Enter to leave it: ");
        let answer = ask::line(&question).map_err(|error| {
            CommandError::usage("nobody could be asked about what it minted").because(error)
        })?;
        agreed.extend((answer == *id).then(|| id.clone()));
    }
    Ok(agreed)
}

const NOBODY: &str = "no responder credential was given (--responder)";

/// One line for the person who waits.
fn told(action: &Action) -> String {
    let id = &action.id;
    match &action.state {
        ActionState::Done(receipt) if receipt.by_look => format!("{id}: done, as its record shows"),
        ActionState::Done(_) => format!("{id}: done"),
        ActionState::AlreadyDone { how, .. } => format!("{id}: nothing to do, {how}"),
        ActionState::Failed { why, .. } => format!("{id}: not done: {why}"),
        ActionState::Unknown { why, .. } => format!("{id}: nobody knows whether it is done: {why}"),
        ActionState::Planned => format!("{id}: planned"),
        ActionState::ByHand => format!("{id}: for a person"),
    }
}

/// A value that is shown once goes to a new file, for its owner alone; without a place for it, nowhere.
fn keep(action: &Action, value: &Secret, path: Option<&Path>) -> io::Result<()> {
    let Some(path) = path else { return Ok(()) };
    if action.verb == Verb::Roll || action.verb == Verb::Rotate {
        let mut file = OpenOptions::new().append(true).open(path)?;
        file.write_all(value.expose().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
    }
    Ok(())
}

/// Makes the file for a new value before anything is changed, so that there is a place for it. What a run that
/// was cut off wrote there is kept.
pub fn prepare_new_value(session: &Session<'_>, path: Option<&Path>) -> Result<(), CommandError> {
    let Some(path) = path else { return Ok(()) };
    let plan = &session.incident.actions;
    let is_waited_for = plan.iter().any(|action| session.case.is_unsettled(&action.id));
    let is_empty = path.metadata().is_ok_and(|about| about.is_file() && about.len() == 0);
    if is_empty || (is_waited_for && path.exists()) || plan.iter().all(Action::is_done) {
        return Ok(());
    }
    outputs::create_private(path).map_err(|error| {
        CommandError::usage(format!("--new-value {}: cannot be made; nothing was changed", path.display()))
            .because(error)
    })
}
