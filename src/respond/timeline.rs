//! From the entries of the logs to what a person wants to know: when, from where, with what, and what was new.
//!
//! Asks nobody. "New" means not seen with this credential before the leak.

use crate::model::incident::{Event, Gap, Minted, SeenFrom, Timeline};
use crate::respond::audit::{Question, Trail};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Tells the story, and marks in the trail what is new.
pub fn tell(question: &Question, trail: &mut Trail) -> (Timeline, Vec<Gap>) {
    let mut gaps = trail.gaps.clone();
    let before = Before::of(trail.entries.iter().map(|entry| &entry.event), question.since);
    for entry in &mut trail.entries {
        entry.event.is_new = entry.event.time >= question.since && before.is_news(&entry.event);
    }
    let events: Vec<Event> = trail.entries.iter().map(|entry| entry.event.clone()).collect();
    if before.is_empty() && !events.is_empty() {
        gaps.push(Gap {
            what: "what is new since the leak".to_owned(),
            why: format!(
                "the logs have no use of it from {} to the leak to compare with",
                question.baseline_since
            ),
        });
    }
    let own: Vec<Timestamp> =
        events.iter().filter(|event| is_own(event, question.since)).map(|e| e.time).collect();
    let timeline = Timeline {
        since: question.since,
        until: question.until,
        baseline_since: question.baseline_since,
        logs: trail.logs.clone(),
        first_use: own.first().copied(),
        last_use: own.last().copied(),
        addresses: seen_from(&events, &before.addresses, |event| event.address.as_deref()),
        agents: seen_from(&events, &before.agents, |event| event.user_agent.as_deref()),
        events,
    };
    (timeline, gaps)
}

/// Puts the names that were looked up for `minted` to entries that have only an id: a changed DNS record.
pub fn add_names(timeline: &mut Timeline, minted: &[Minted]) {
    for minted in minted {
        let (Some(id), Some(name)) = (&minted.id, &minted.name) else { continue };
        for event in
            timeline.events.iter_mut().filter(|event| event.object.as_ref() == Some(id) && id != name)
        {
            event.words = event.words.replace(id.as_str(), name);
            event.object = Some(format!("{name} ({id})"));
        }
    }
}

/// Use of the leaked credential itself, as far as the log can tell, in the window.
fn is_own(event: &Event, since: Timestamp) -> bool {
    event.time >= since && matches!(event.generation, Some(0) | None)
}

/// What was usual before the leak.
struct Before {
    addresses: BTreeSet<String>,
    agents: BTreeSet<String>,
    classes: BTreeSet<&'static str>,
}

impl Before {
    fn of<'e>(events: impl Iterator<Item = &'e Event>, since: Timestamp) -> Self {
        let mut before =
            Before { addresses: BTreeSet::new(), agents: BTreeSet::new(), classes: BTreeSet::new() };
        for event in events.filter(|event| event.time < since) {
            before.addresses.extend(event.address.clone());
            before.agents.extend(event.user_agent.clone());
            before.classes.insert(event.class.as_str());
        }
        before
    }

    fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    fn is_news(&self, event: &Event) -> bool {
        let is_unknown = |value: &Option<String>, known: &BTreeSet<String>| {
            value.as_ref().is_some_and(|value| !known.contains(value))
        };
        is_unknown(&event.address, &self.addresses)
            || is_unknown(&event.user_agent, &self.agents)
            || !self.classes.contains(event.class.as_str())
    }
}

/// New ones first, then by the time they were first seen.
fn seen_from(
    events: &[Event],
    known: &BTreeSet<String>,
    value_of: impl Fn(&Event) -> Option<&str>,
) -> Vec<SeenFrom> {
    let mut seen: BTreeMap<&str, SeenFrom> = BTreeMap::new();
    for event in events {
        let Some(value) = value_of(event) else { continue };
        let from = seen.entry(value).or_insert_with(|| SeenFrom {
            value: value.to_owned(),
            first: event.time,
            last: event.time,
            count: 0,
            failures: 0,
            is_new: !known.contains(value),
        });
        from.last = event.time;
        from.count += 1;
        from.failures += u64::from(event.failed());
    }
    let mut seen: Vec<SeenFrom> = seen.into_values().collect();
    seen.sort_by_key(|from| (!from.is_new, from.first));
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::incident::{Class, Log};
    use crate::respond::audit::{Entry, Subject};

    fn event(day: u32, address: &str, agent: Option<&str>, class: Class, result: &str) -> Entry {
        let event = Event {
            time: format!("2026-11-{day:02}T00:00:00Z").parse().unwrap(),
            account: None,
            zone: None,
            class,
            words: String::new(),
            action: String::new(),
            object: None,
            result: result.to_owned(),
            actor: None,
            token_id: None,
            token_name: None,
            address: Some(address.to_owned()),
            user_agent: agent.map(str::to_owned),
            method: None,
            uri: None,
            ray: None,
            audit_id: String::new(),
            log: Log::V2,
            generation: Some(0),
            is_new: false,
        };
        Entry { event, account_id: None, zone_id: None, thing: None, needs: &[] }
    }

    fn question() -> Question {
        let time = |text: &str| text.parse().unwrap();
        Question {
            subject: Subject::Token("t".to_owned()),
            owner_email: None,
            of_user: true,
            own_tokens: Vec::new(),
            accounts: Vec::new(),
            left_out: Vec::new(),
            baseline_since: time("2026-11-01T00:00:00Z"),
            since: time("2026-11-10T00:00:00Z"),
            until: time("2026-11-22T00:00:00Z"),
        }
    }

    #[test]
    fn an_address_a_program_or_a_class_makes_news_after_the_leak_only() {
        let usual = ("192.0.2.1", Some("wrangler"), Class::Code);
        for (day, (address, agent, class), is_new) in [
            (2, usual, false),
            (11, usual, false),
            (11, ("203.0.113.1", Some("wrangler"), Class::Code), true),
            (11, ("192.0.2.1", Some("curl"), Class::Code), true),
            (11, ("192.0.2.1", None, Class::Code), false),
            (11, ("192.0.2.1", Some("wrangler"), Class::Dns), true),
        ] {
            let (base, it) = (
                event(1, usual.0, usual.1, usual.2, "success"),
                event(day, address, agent, class, "success"),
            );
            let mut trail = Trail { entries: vec![base, it], ..Trail::default() };
            let (timeline, gaps) = tell(&question(), &mut trail);
            assert_eq!(timeline.events[1].is_new, is_new, "{address} {agent:?} {class:?} on {day}");
            assert!(gaps.is_empty());
        }
    }

    #[test]
    fn addresses_are_counted_with_their_failures_new_ones_first() {
        let entries = vec![
            event(1, "192.0.2.1", None, Class::Code, "success"),
            event(11, "203.0.113.1", None, Class::Code, "failure"),
            event(12, "203.0.113.1", None, Class::Code, "success"),
            event(13, "192.0.2.1", None, Class::Code, "success"),
        ];
        let (timeline, _) = tell(&question(), &mut Trail { entries, ..Trail::default() });
        let rows: Vec<_> =
            timeline.addresses.iter().map(|a| (a.value.as_str(), a.count, a.failures, a.is_new)).collect();
        assert_eq!(rows, [("203.0.113.1", 2, 1, true), ("192.0.2.1", 2, 0, false)]);
        assert_eq!(timeline.first_use.unwrap().to_string(), "2026-11-11T00:00:00Z");
        assert_eq!(timeline.last_use.unwrap().to_string(), "2026-11-13T00:00:00Z");
    }

    #[test]
    fn without_a_before_everything_is_new_and_that_is_said() {
        let entries = vec![event(11, "203.0.113.1", None, Class::Code, "success")];
        let (timeline, gaps) = tell(&question(), &mut Trail { entries, ..Trail::default() });
        assert!(timeline.events[0].is_new);
        assert_eq!(gaps.len(), 1);
    }
}
