//! What is left for people, in the order in which it matters.

use crate::model::Exposure;
use crate::model::incident::{
    Action, ActionState, CopyForm, CopyPlace, Incident, Minted, MintedKind, Presence, Task, Verb,
};

pub fn tasks(incident: &Incident) -> Vec<Task> {
    let still_works = incident.checks.last().is_none_or(|check| !check.state.is_ended());
    let mut tasks: Vec<Task> =
        incident.actions.iter().filter_map(|action| open_step(action, still_works)).collect();
    tasks.extend(incident.minted.iter().filter_map(left_behind));
    tasks.extend(rotations(incident));
    tasks.extend(copies(incident));
    tasks.extend(replacement(incident));
    tasks.extend(incident.actions.iter().filter_map(frozen));
    tasks
}

/// A step of the plan that is not done. What a person was to do is done when the credential is dead.
fn open_step(action: &Action, still_works: bool) -> Option<Task> {
    let (why, how) = match &action.state {
        ActionState::Done(_) | ActionState::AlreadyDone { .. } => return None,
        ActionState::ByHand if !still_works => return None,
        ActionState::ByHand => (action.says.clone(), action.by_hand.clone()),
        ActionState::Planned => {
            let word = action.confirm.first().map_or("", String::as_str);
            (
                "nobody has agreed to it yet".to_owned(),
                vec![format!("the same command with --apply --confirm {word}")],
            )
        }
        ActionState::Failed { why, .. } => {
            (why.clone(), vec!["the same command with a --responder that may do it".to_owned()])
        }
        ActionState::Unknown { why, .. } => {
            (why.clone(), vec!["the same command again: it looks before it does anything".to_owned()])
        }
    };
    Some(Task { title: title(action), why, how })
}

fn title(action: &Action) -> String {
    let target = &action.target;
    let name = target.name.as_ref().map_or(String::new(), |name| format!(" \"{name}\""));
    let origin = if target.minted { ", which was minted with the leaked credential" } else { "" };
    match action.verb {
        Verb::ByHand => format!("End the {}{name}{origin}", target.kind.as_str()),
        Verb::Freeze
        | Verb::Roll
        | Verb::Delete
        | Verb::Revoke
        | Verb::Rotate
        | Verb::Disable
        | Verb::DropConnections => {
            let verb = action.verb.as_str();
            let verb = verb[..1].to_uppercase() + &verb[1..];
            format!("{verb}: the {}{name}{origin}", target.kind.as_str())
        }
    }
}

/// Tokens are in the plan; everything else that outlives the leaked credential is for a person to judge.
fn left_behind(minted: &Minted) -> Option<Task> {
    let is_gone = matches!(minted.presence, Presence::Gone | Presence::Inactive);
    if is_gone || minted.kind == MintedKind::Token {
        return None;
    }
    let name = minted.name.as_deref().or(minted.id.as_deref()).unwrap_or("without a name");
    Some(Task {
        title: format!("Look at the {} {name}", minted.kind.as_str()),
        why: format!("made or changed with the leaked credential: {}", minted.evidence),
        how: vec![minted.advice.clone()],
    })
}

fn rotations(incident: &Incident) -> Option<Task> {
    let rotations = &incident.reach.as_ref()?.rotations;
    (!rotations.is_empty()).then(|| Task {
        title: format!("Replace {} that could be read or overwritten", counted(rotations.len(), "secret")),
        why: "whoever held the credential may have them, and reading leaves no entry in any log".to_owned(),
        how: rotations.iter().map(|rotation| format!("{}: {}", rotation.what, rotation.how)).collect(),
    })
}

fn copies(incident: &Incident) -> Option<Task> {
    let places = &incident.copies.as_ref()?.places;
    let standing: Vec<&CopyPlace> =
        places.iter().filter(|place| place.form != CopyForm::Masked && stands(place)).collect();
    (!standing.is_empty()).then(|| Task {
        title: format!("Take the credential out of {}", counted(standing.len(), "place")),
        why: "an ended credential does no harm there, and still sets off every scanner".to_owned(),
        how: standing.iter().map(|place| format!("{}:{}", place.path, place.line)).collect(),
    })
}

/// History cannot be taken back from those who cloned it; what is on disk or at a branch's tip can be cleaned.
fn stands(place: &CopyPlace) -> bool {
    place.at_head != Some(false) || place.exposure.is_some_and(|exposure| exposure != Exposure::Committed)
}

fn replacement(incident: &Incident) -> Option<Task> {
    let replacement = incident.replacement.as_ref()?;
    let link = replacement.link.iter().map(|link| format!("the form, filled in: {link}"));
    Some(Task {
        title: "Make a narrower token, and put it where the old one was used".to_owned(),
        why: "what the audit log shows was really needed is in the report; a new token first when the old is dead"
            .to_owned(),
        how: link.chain(replacement.caveats.iter().cloned()).collect(),
    })
}

fn frozen(action: &Action) -> Option<Task> {
    let is_frozen = action.verb == Verb::Freeze && action.is_done();
    is_frozen.then(|| Task {
        title: format!("Delete the frozen {}{}", action.target.kind.as_str(), named(action)),
        why: "whoever may edit tokens can enable it again".to_owned(),
        how: vec![
            "when nothing needs it any more: the same command with --action delete".to_owned(),
            format!("to take it back: {}", action.undo.as_deref().unwrap_or("not possible")),
        ],
    })
}

fn named(action: &Action) -> String {
    action.target.name.as_ref().map_or(String::new(), |name| format!(" \"{name}\""))
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
