//! What is left for people, most urgent first.

use super::words::{self, Step};
use crate::model::incident::{Action, ActionState, Incident, Minted, MintedKind, Presence, Task};
use crate::report::words::{list, number};

/// Steps of one task that people read.
const STEPS: usize = 12;

pub struct Left {
    pub items: Vec<Item>,
    steps: u64,
    /// Made with the credential, still there, and in no step of the plan.
    pub things: u64,
    tasks: u64,
    rotations: u64,
}

/// One line of the list: somebody takes it over by writing a name next to it.
pub struct Item {
    pub what: String,
    pub why: String,
    pub how: Vec<Step>,
}

impl Left {
    pub fn of(incident: &Incident) -> Self {
        let steps = incident.actions.iter().filter(|action| is_open(action, incident)).map(step);
        let mut things: Vec<&Minted> =
            incident.minted.iter().filter(|minted| is_orphan(minted, incident)).collect();
        // What is there goes before what may be; credentials and people before what they left.
        things.sort_by_key(|minted| (minted.presence == Presence::Unknown, minted.kind));
        let tasks = incident.tasks.iter().map(task);
        let steps: Vec<Item> = steps.collect();
        Left {
            steps: steps.len() as u64,
            things: things.len() as u64,
            tasks: incident.tasks.len() as u64,
            rotations: incident.reach.as_ref().map_or(0, |reach| reach.rotations.len() as u64),
            items: steps.into_iter().chain(things.into_iter().map(thing)).chain(tasks).collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.rotations == 0
    }

    pub fn sentence(&self) -> String {
        let parts = [
            (self.steps, "step of the plan", "steps of the plan"),
            (self.things, "thing it made to look at", "things it made to look at"),
            (self.tasks, "task", "tasks"),
            (self.rotations, "other credential to replace", "other credentials to replace"),
        ];
        let named: Vec<String> = parts
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| match count {
                1 => format!("1 {one}"),
                count => format!("{} {many}", number(count)),
            })
            .collect();
        match named.as_slice() {
            [] => "Nothing that this case knows of.".to_owned(),
            parts => format!("{}.", words::sentence(&list(parts))),
        }
    }
}

/// What a person was to do is done when the credential is dead.
fn is_open(action: &Action, incident: &Incident) -> bool {
    let is_ended = incident.checks.last().is_some_and(|check| check.state.is_ended());
    match action.state {
        ActionState::ByHand => !is_ended,
        ActionState::Planned | ActionState::Failed { .. } | ActionState::Unknown { .. } => true,
        ActionState::Done(_) | ActionState::AlreadyDone { .. } => false,
    }
}

fn task(task: &Task) -> Item {
    let mut how: Vec<Step> = task.how.iter().take(STEPS).map(|how| words::step_of(how)).collect();
    if let more @ 1.. = task.how.len().saturating_sub(STEPS) {
        how.push(Step::Text(format!("… and {more} more")));
    }
    Item { what: words::cut(&task.title), why: words::sentence(&words::cut(&task.why)), how }
}

fn step(action: &Action) -> Item {
    let how = |texts: &[String]| texts.iter().map(|text| words::step_of(text)).collect::<Vec<Step>>();
    let (why, how) = match &action.state {
        ActionState::Planned => (action.says.clone(), consent(action)),
        ActionState::Failed { at, why } => {
            (format!("Tried at {} and refused: {why}", words::at(*at)), how(&action.by_hand))
        }
        ActionState::Unknown { at, why } => (
            format!("Sent at {}; whether it happened is not known: {why}", words::at(*at)),
            how(&action.by_hand),
        ),
        ActionState::ByHand => (action.says.clone(), how(&action.by_hand)),
        // Done steps are not left.
        ActionState::Done(_) | ActionState::AlreadyDone { .. } => (String::new(), Vec::new()),
    };
    Item { what: words::step(action), why: words::cut(&why), how }
}

fn consent(action: &Action) -> Vec<Step> {
    let Some(word) = action.confirm.first() else {
        return action.by_hand.iter().map(|text| words::step_of(text)).collect();
    };
    vec![Step::Text(format!("the same command with --apply --confirm {}", words::cut(word)))]
}

/// Is it still there, or may it be, and does no step of the plan deal with it?
fn is_orphan(minted: &Minted, incident: &Incident) -> bool {
    let is_there = match minted.presence {
        Presence::Exists | Presence::Unknown => true,
        Presence::Inactive | Presence::Gone => false,
    };
    let has_step =
        || incident.actions.iter().any(|action| minted.id.is_some() && action.target.id == minted.id);
    is_there && !has_step()
}

fn thing(minted: &Minted) -> Item {
    let name = minted.name.as_deref().or(minted.id.as_deref()).map_or(String::new(), words::quoted);
    let verb = match (minted.presence, minted.kind) {
        (Presence::Unknown, _) => "Look at",
        (_, MintedKind::DnsRecord | MintedKind::Worker | MintedKind::Other) => "Undo",
        (_, _) => "Remove",
    };
    Item {
        what: format!("{verb} the {} {name}", minted.kind.as_str()).trim_end().to_owned(),
        why: words::cut(&minted.evidence),
        how: vec![words::step_of(&minted.advice)],
    }
}
