//! Plan, show, consent, do: the only place from which an account is changed.

use crate::cli::{self, Acting};
use crate::commands::respond::session::{Session, cannot_use};
use crate::commands::{CommandError, edge, outputs};
use crate::model::incident::{Action, ActionState, Presence, Verb};
use crate::model::{Secret, State};
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

/// Adds steps that are not in the plan yet. What became of a step of an earlier run stays; a step that was only
/// planned, and is not wished any more, goes.
pub fn extend(plan: &mut Vec<Action>, steps: Vec<Action>, minted: bool) {
    let is_wanted = |action: &Action| {
        let untouched = matches!(action.state, ActionState::Planned | ActionState::ByHand);
        action.target.minted != minted || !untouched || steps.iter().any(|step| step.id == action.id)
    };
    plan.retain(is_wanted);
    for step in steps {
        if !plan.iter().any(|action| action.id == step.id) {
            plan.push(step);
        }
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
        CommandError::usage(format!(
            "--confirm {}: nothing in the plan goes by that; nothing was changed",
            words.join(", ")
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
    for index in 0..session.incident.actions.len() {
        let mut action = session.incident.actions[index].clone();
        if action.target.minted != minted || !consent.covers(&action) || session.interrupt.is_set() {
            continue;
        }
        let desk = session
            .responders
            .iter()
            .map(|responder| &responder.desk)
            .find(|desk| action.verb == Verb::Revoke || action.responder.as_deref() == Some(desk.name()));
        let Some(desk) = desk.or_else(|| session.responders.first().map(|responder| &responder.desk)) else {
            action.state = ActionState::Failed { at: edge::now(), why: NOBODY.to_owned() };
            session.incident.actions[index] = action;
            continue;
        };
        let mut hands = Hands {
            desk,
            leaked: session.leaked.secret(),
            still_works,
            journal: session.case.journal(),
            clock: &edge::now,
            keep: &mut |action, value| keep(action, &value, new_value),
        };
        session.runtime.block_on(carry_out(&mut action, consent, &mut hands)).map_err(cannot_use)?;
        session.settings.talk.note(&told(&action));
        session.incident.actions[index] = action;
        session.case.save(&session.incident).map_err(cannot_use)?;
    }
    Ok(())
}

/// Is something confirmed that the plan does not know (yet)?
pub fn names_strangers(session: &Session<'_>, acting: &Acting) -> bool {
    Consent::given(&session.incident.actions, &acting.confirm).is_err()
}

/// The tokens it minted: those whose ids were confirmed, or that the person at the terminal agrees to.
pub fn end_minted(session: &mut Session<'_>, acting: &Acting) -> Result<(), CommandError> {
    let open = |action: &&Action| action.target.minted && !action.is_done();
    let ids: Vec<String> =
        session.incident.actions.iter().filter(open).flat_map(|action| action.confirm.clone()).collect();
    let words: Vec<String> = match acting.confirm.is_empty() {
        false => acting.confirm.iter().filter(|word| ids.contains(word)).cloned().collect(),
        true => typed(session, &ids)?,
    };
    if words.is_empty() {
        return Ok(());
    }
    let consent = agree(session, &words, if acting.confirm.is_empty() { "typed" } else { "--confirm" })?;
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

/// Asks for each token by itself: each may be somebody's work.
fn typed(session: &Session<'_>, ids: &[String]) -> Result<Vec<String>, CommandError> {
    let mut agreed = Vec::new();
    for action in session.incident.actions.iter().filter(|action| action.target.minted && !action.is_done()) {
        let Some(id) = action.confirm.first().filter(|id| ids.contains(id)) else { continue };
        let name = action.target.name.as_deref().unwrap_or("without a name");
        let question =
            format!("It minted the token \"{name}\". Type {id} to freeze it, or Enter to leave it: ");
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
