//! The first paragraph: is it contained, is it proven, what could it do, what did it do, what is left.

use super::left::Left;
use super::words;
use crate::model::State;
use crate::model::incident::{
    Action, ActionState, Check, Conclusion, Containment, Event, Identity, Incident, Minted, MintedKind,
    Named, Presence, Proven, Timeline, Verb,
};
use crate::report::words::{counted, list, number};

/// How the whole looks at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Warn,
    Bad,
}

pub struct Status {
    pub tone: Tone,
    /// "Contained and proven dead"
    pub words: String,
}

pub struct Answer {
    /// "Is it contained?"
    pub question: &'static str,
    /// One word for a narrow column: "contained".
    pub label: &'static str,
    /// Each a thought of its own, of a sentence or two.
    pub thoughts: Vec<String>,
}

impl Answer {
    pub fn text(&self) -> String {
        self.thoughts.join(" ")
    }
}

pub fn status(conclusion: &Conclusion, incident: &Incident, left: &Left) -> Status {
    let (tone, words) = match (conclusion.containment, &conclusion.proven) {
        (Containment::Contained, Proven::Refused { .. }) => (Tone::Good, "Contained, and proven dead"),
        (Containment::Contained, Proven::Record { .. }) => (Tone::Good, "Contained, as the record says"),
        (Containment::Contained, Proven::No) => (Tone::Warn, "Contained, not proven"),
        (Containment::Partly, _) => (Tone::Warn, "Only partly contained"),
        (Containment::Live, _) if waits(incident) => (Tone::Bad, "Not contained: it starts to work later"),
        (Containment::Live, _) => (Tone::Bad, "Not contained: it still works"),
        (Containment::Unknown, _) => (Tone::Warn, "Not known whether it still works"),
    };
    // A dead credential is not the end while its holder is a member, or has code running, or may have.
    let but = match (tone, left.things, &incident.timeline) {
        (Tone::Good, 1.., _) => "; what it made is still there",
        (Tone::Good, 0, None) => "; what it did is not known",
        (_, _, _) => "",
    };
    Status { tone: if but.is_empty() { tone } else { Tone::Warn }, words: format!("{words}{but}") }
}

pub fn answers(conclusion: &Conclusion, incident: &Incident, left: &Left) -> Vec<Answer> {
    let answer = |question, label, thoughts| Answer { question, label, thoughts };
    vec![
        answer("Is it contained?", "ended", vec![contained(conclusion, incident)]),
        answer("Is it proven?", "proven", vec![proven(conclusion, incident)]),
        answer("What could it do?", "could do", could(incident)),
        answer("What did it do?", "did", did(incident)),
        answer("What is left?", "left", vec![remains(conclusion, left)]),
    ]
}

fn remains(conclusion: &Conclusion, left: &Left) -> String {
    match (conclusion.containment, left.is_empty()) {
        (Containment::Unknown, true) => "First of all, to find out whether it still works.".to_owned(),
        (Containment::Live, true) => "First of all, to end it: no step is planned.".to_owned(),
        (_, _) => left.sentence(),
    }
}

/// The last check that told something.
fn last_check(incident: &Incident) -> Option<&Check> {
    incident.checks.iter().rev().find(|check| check.state != State::NotChecked)
}

fn waits(incident: &Incident) -> bool {
    last_check(incident).is_some_and(|check| check.state == State::NotYetActive)
}

fn contained(conclusion: &Conclusion, incident: &Incident) -> String {
    let subject = words::subject(incident);
    match conclusion.containment {
        Containment::Contained => {
            let ended = incident.actions.iter().filter(|action| action.target.minted && action.is_done());
            let rest = match ended.count() as u64 {
                0 => String::new(),
                count => {
                    format!(" {} minted with it {} ended too.", counted(count, "credential"), was(count))
                }
            };
            format!("Yes. The leaked {subject} no longer works.{rest}")
        }
        Containment::Partly => {
            let count = conclusion.minted_alive as u64;
            let lives = if count == 1 { "lives" } else { "live" };
            format!(
                "Only in part. The leaked {subject} no longer works, but {} minted with it {lives} on.",
                counted(count, "credential")
            )
        }
        Containment::Live => format!("No. {} {}", still_live(&subject, incident), nothing_changed(incident)),
        Containment::Unknown => format!("Nobody could tell whether the leaked {subject} still works."),
    }
    .trim_end()
    .to_owned()
}

fn still_live(subject: &str, incident: &Incident) -> String {
    match last_check(incident).map(|check| check.state) {
        Some(State::NotYetActive) => {
            format!("The leaked {subject} does not work yet; it will, by itself, from its start date on.")
        }
        Some(State::Restricted) => {
            format!("The leaked {subject} still works from the addresses it is limited to.")
        }
        Some(_) | None => format!("The leaked {subject} still works for whoever holds it."),
    }
}

fn nothing_changed(incident: &Incident) -> String {
    let is_plan = incident.actions.iter().all(|action| action.state == ActionState::Planned);
    match incident.actions.len() as u64 {
        0 => String::new(),
        count if is_plan => {
            format!("Nothing was changed yet: {} planned.", counted_are(count, "step"))
        }
        _ => String::new(),
    }
}

fn was(count: u64) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// `1 step is`, `2 steps are`
fn counted_are(count: u64, noun: &str) -> String {
    format!("{} {}", counted(count, noun), if count == 1 { "is" } else { "are" })
}

fn proven(conclusion: &Conclusion, incident: &Incident) -> String {
    match &conclusion.proven {
        Proven::Refused { at, after: Some(after) } => format!(
            "Yes. Cloudflare refused it at {}, {} after it was {}.",
            words::at(*at),
            words::lasting(*after),
            ending(incident)
        ),
        Proven::Refused { at, after: None } => {
            format!("Yes. Cloudflare refused it at {}.", words::at(*at))
        }
        Proven::Record { at } => format!(
            "By the record only: at {} Cloudflare listed it as ended. The value was not at hand, so nobody \
             saw it refused.",
            words::at(*at)
        ),
        Proven::No => unproven(incident),
    }
}

fn unproven(incident: &Incident) -> String {
    let Some(check) = incident.checks.last() else {
        return "No. Nobody has asked Cloudflare about it yet.".to_owned();
    };
    let at = words::at(check.at);
    match check.state {
        State::Live | State::Restricted | State::NotYetActive => {
            format!("The opposite: at {at} Cloudflare accepted it ({}).", words::cut(&check.reason))
        }
        State::Disabled | State::Expired | State::Dead | State::Unknown | State::NotChecked => {
            format!("No. The last look, at {at}, told nothing: {}.", words::cut(&check.reason))
        }
    }
}

/// What was done to it last: "frozen".
fn ending(incident: &Incident) -> &'static str {
    let is_done = |action: &&Action| !action.target.minted && action.is_done() && action.verb != Verb::ByHand;
    incident.actions.iter().rev().find(is_done).map_or("ended", |action| words::done(action.verb))
}

fn could(incident: &Incident) -> Vec<String> {
    let Some(reach) = &incident.reach else {
        return vec!["Not known: how far it reaches was not worked out.".to_owned()];
    };
    let mut headline = words::cut(&reach.headline);
    if !headline.ends_with(['.', '!', '?']) {
        headline.push('.');
    }
    let reached = incident.identity.as_ref().and_then(reached);
    std::iter::once(headline).chain(reached).chain([words::basis(reach.basis).to_owned()]).collect()
}

fn reached(identity: &Identity) -> Option<String> {
    let accounts = names_of("account", &identity.accounts);
    let zones = names_of("zone", &identity.zones);
    let parts: Vec<String> = accounts.into_iter().chain(zones).collect();
    let more = if identity.zones_complete { "" } else { ", and zones that could not be listed" };
    (!parts.is_empty()).then(|| format!("It reached {}{more}.", list(&parts)))
}

/// `2 accounts (a and b)`
fn names_of(noun: &str, named: &[Named]) -> Option<String> {
    let count = named.len() as u64;
    (count > 0).then(|| format!("{} ({})", counted(count, noun), words::names(named, 3)))
}

fn did(incident: &Incident) -> Vec<String> {
    let Some(timeline) = &incident.timeline else {
        return vec!["Not known: no audit log was read.".to_owned()];
    };
    let events: Vec<&Event> = timeline.in_window().collect();
    let since = words::when(timeline.since);
    if events.is_empty() {
        return vec![format!(
            "The audit logs that were read show nothing since {since}. They do not record everything: reads \
             leave no entry."
        )];
    }
    let actions = format!("Since {since} the audit logs show {}.", actions(&events));
    let thoughts = [
        Some(actions),
        of_the_owner(&events),
        first_and_last(&events),
        addresses(timeline),
        left_behind(incident),
    ];
    thoughts.into_iter().flatten().collect()
}

/// `14 actions: 4 to keep access and 10 to code; 2 more were refused`
fn actions(events: &[&Event]) -> String {
    let (refused, done): (Vec<&Event>, Vec<&Event>) = events.iter().partition(|event| event.failed());
    let mut text = counted(done.len() as u64, "action");
    if !done.is_empty() {
        text = format!("{text}: {}", words::purposes(done.iter().map(|event| (event.class, 1))));
    }
    match refused.len() {
        0 => text,
        1 => format!("{text}; 1 attempt was refused"),
        count => format!("{text}; {} attempts were refused", number(count as u64)),
    }
}

/// What a log without tokens tells may have been somebody else with the owner's account.
fn of_the_owner(events: &[&Event]) -> Option<String> {
    let count = events.iter().filter(|event| event.generation.is_none()).count() as u64;
    let is = if count == 1 { "is" } else { "are" };
    (count > 0).then(|| {
        format!(
            "{} of these {is} its owner's, and the log does not say with which credential.",
            number(count)
        )
    })
}

fn first_and_last(events: &[&Event]) -> Option<String> {
    let (first, last) = (events.first()?, events.last()?);
    Some(match first.time == last.time {
        true => format!("It was on {}.", words::when(first.time)),
        false => {
            format!("The first was on {}, the last on {}.", words::when(first.time), words::when(last.time))
        }
    })
}

fn addresses(timeline: &Timeline) -> Option<String> {
    let new: Vec<&str> =
        timeline.addresses.iter().filter(|seen| seen.is_new).map(|seen| seen.value.as_str()).collect();
    let mut shown: Vec<String> = new.iter().take(3).map(|address| words::cut(address)).collect();
    if let more @ 1.. = new.len().saturating_sub(3) {
        shown.push(format!("{} more", number(more as u64)));
    }
    let count = match new.len() {
        0 => return None,
        1 => "an address".to_owned(),
        count => format!("{} addresses", number(count as u64)),
    };
    Some(format!("It came from {count} never seen before the leak: {}.", list(&shown)))
}

fn left_behind(incident: &Incident) -> Option<String> {
    let minted: Vec<&Minted> = incident.minted.iter().filter(|minted| !minted.is_suspect).collect();
    if minted.is_empty() {
        return None;
    }
    let mut kinds: Vec<MintedKind> = minted.iter().map(|minted| minted.kind).collect();
    kinds.sort_unstable();
    let made: Vec<String> =
        kinds.chunk_by(|a, b| a == b).map(|same| words::made(same[0], same.len())).collect();
    let there = minted.iter().filter(|minted| minted.presence == Presence::Exists).count() as u64;
    let there = match (there, minted.len()) {
        (0, _) => "none of it is still active".to_owned(),
        (1, 1) => "it is still there".to_owned(),
        (1, _) => "1 of them is still there".to_owned(),
        (count, _) => format!("{} of them are still there", number(count)),
    };
    Some(format!("It made {}; {there}.", list(&made)))
}
