//! What is left for people beside the steps of the plan, the things that were minted and the secrets to replace,
//! which the case file lists by themselves.

use crate::model::Exposure;
use crate::model::incident::{Action, CopyForm, CopyPlace, Incident, Task, Verb};

pub fn tasks(incident: &Incident) -> Vec<Task> {
    let frozen = incident.actions.iter().filter_map(frozen);
    copies(incident).into_iter().chain(replacement(incident)).chain(frozen).collect()
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
