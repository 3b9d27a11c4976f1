use super::{Action, CheckedBy, Incident, Presence, Verb};
use crate::model::State;
use jiff::{SignedDuration, Timestamp};

/// The answers of the report's first paragraph, decided once for the report and for the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    pub containment: Containment,
    pub proven: Proven,
    /// Minted credentials that are still there and not frozen.
    pub minted_alive: usize,
    /// Steps of the plan that are not done.
    pub steps_open: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Containment {
    /// It does not work any more.
    Contained,
    /// The credential itself is dead, and something it minted lives on.
    Partly,
    /// It works, for somebody.
    Live,
    /// Nobody could tell.
    Unknown,
}

/// Was it seen refused?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proven {
    /// By using it: refused at this time; how long after the step that ended it, where one did.
    Refused {
        at: Timestamp,
        after: Option<SignedDuration>,
    },
    /// Only the record says so: the value was not at hand.
    Record {
        at: Timestamp,
    },
    No,
}

impl Conclusion {
    pub fn of(incident: &Incident) -> Self {
        let last = incident.checks.iter().rev().find(|check| check.state != State::NotChecked);
        let state = last.map_or(State::Unknown, |check| check.state);
        let minted_alive = incident.actions.iter().filter(|action| lives_on(action, incident)).count();
        let containment = match state {
            State::Live | State::Restricted => Containment::Live,
            State::Unknown | State::NotChecked => Containment::Unknown,
            // It will work by itself one day.
            State::NotYetActive => Containment::Live,
            State::Disabled | State::Expired | State::Dead if minted_alive > 0 => Containment::Partly,
            State::Disabled | State::Expired | State::Dead => Containment::Contained,
        };
        let steps_open = incident.actions.iter().filter(|action| !action.is_done()).count();
        Conclusion { containment, proven: proven(incident), minted_alive, steps_open }
    }
}

/// A minted credential whose end is planned and not done. A mere suspect is for people to judge.
fn lives_on(action: &Action, incident: &Incident) -> bool {
    let is_gone = incident.minted.iter().any(|minted| {
        minted.id == action.target.id
            && (minted.is_suspect || matches!(minted.presence, Presence::Gone | Presence::Inactive))
    });
    action.target.minted && !action.is_done() && !is_gone
}

fn proven(incident: &Incident) -> Proven {
    let Some(last) = incident.checks.last() else { return Proven::No };
    if !last.state.is_ended() {
        return Proven::No;
    }
    match last.by {
        CheckedBy::Record => Proven::Record { at: last.at },
        CheckedBy::Value => {
            // The first refusal of the unbroken run of them that ends with the last check.
            let refused = incident.checks.iter().rev().take_while(|check| check.state.is_ended());
            let first = refused.last().map_or(last.at, |check| check.at);
            let ended = incident.actions.iter().filter_map(ended_at).filter(|at| *at <= first).max();
            Proven::Refused { at: first, after: ended.map(|at| first.duration_since(at)) }
        }
    }
}

fn ended_at(action: &Action) -> Option<Timestamp> {
    let ends = !action.target.minted && action.verb != Verb::ByHand;
    match (&action.state, ends) {
        (super::ActionState::Done(receipt), true) => Some(receipt.at),
        _other => None,
    }
}
