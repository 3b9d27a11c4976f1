//! What was done and asked, in order of time, with what proves it.

use super::words;
use crate::model::incident::{Action, ActionState, Check, CheckedBy, Incident};
use crate::model::{Asked, State};
use jiff::Timestamp;

pub struct Entry {
    pub at: Timestamp,
    /// "Froze…" in the words of the plan, or "Asked whether it works".
    pub what: String,
    pub result: String,
    /// Requests, answers, `CF-Ray`.
    pub proof: Vec<String>,
    /// How to take it back.
    pub undo: Option<String>,
}

pub fn record(incident: &Incident) -> Vec<Entry> {
    let actions = incident.actions.iter().filter_map(action);
    let mut entries: Vec<Entry> = incident.checks.iter().map(check).chain(actions).collect();
    entries.sort_by_key(|entry| entry.at);
    entries
}

fn check(check: &Check) -> Entry {
    let what = match check.by {
        CheckedBy::Value => "Asked Cloudflare whether it works",
        CheckedBy::Record => "Looked up its record",
    };
    let state = match check.state {
        State::Live | State::Restricted => "It works",
        State::Disabled | State::Expired | State::Dead => "Refused",
        State::NotYetActive => "Not active yet",
        State::Unknown => "No telling answer",
        State::NotChecked => "Not asked",
    };
    Entry {
        at: check.at,
        what: what.to_owned(),
        result: format!("{state}: {}", words::cut(&check.reason)),
        proof: check.asked.iter().map(question).collect(),
        undo: None,
    }
}

fn question(asked: &Asked) -> String {
    let status = asked.http.map_or("no answer".to_owned(), |status| format!("HTTP {status}"));
    let code = asked.code.map(|code| format!(", code {code}")).unwrap_or_default();
    let ray = asked.ray.as_ref().map(|ray| format!(", CF-Ray {ray}")).unwrap_or_default();
    words::cut(&format!("{}: {status}{code}{ray}", asked.endpoint))
}

/// `None` for what was not tried.
fn action(action: &Action) -> Option<Entry> {
    let (at, result, mut proof) = match &action.state {
        ActionState::Planned | ActionState::ByHand => return None,
        ActionState::Done(receipt) => {
            let how = if receipt.by_look { "Done, as a look afterwards shows" } else { "Done" };
            let status = receipt.http.map(|status| format!("HTTP {status}"));
            let ray = receipt.ray.as_ref().map(|ray| format!("CF-Ray {ray}"));
            (receipt.at, how.to_owned(), status.into_iter().chain(ray).collect::<Vec<_>>())
        }
        ActionState::AlreadyDone { at, how } => (*at, format!("Nothing to do: {how}"), Vec::new()),
        ActionState::Failed { at, why } => (*at, format!("Refused, nothing changed: {why}"), Vec::new()),
        ActionState::Unknown { at, why } => {
            (*at, format!("Not known whether it happened: {why}"), Vec::new())
        }
    };
    if let Some(request) = &action.request {
        let answer = proof.join(", ");
        let joint = if answer.is_empty() { "" } else { ": " };
        proof = vec![words::cut(&format!("{request}{joint}{answer}"))];
    }
    let undo = action.is_done().then(|| action.undo.as_deref().map(words::cut)).flatten();
    Some(Entry { at, what: words::step(action), result: words::cut(&result), proof, undo })
}
