//! `timeline.csv` (CONTRACT section 7): one row an action, in full.

use crate::model::incident::{Event, Incident};
use crate::report::csv::row;
use std::io::{self, Write};

const HEADER: [&str; 16] = [
    "time",
    "account",
    "zone",
    "class",
    "action",
    "object",
    "result",
    "actor",
    "token_id",
    "token_name",
    "address",
    "user_agent",
    "method",
    "uri",
    "ray",
    "audit_id",
];

pub fn print(incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    row(out, HEADER.into_iter().map(str::to_owned))?;
    let events = incident.timeline.iter().flat_map(|timeline| &timeline.events);
    events.map(cells).try_for_each(|cells| row(out, cells.into_iter()))
}

fn cells(event: &Event) -> [String; HEADER.len()] {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        event.time.to_string(),
        optional(&event.account),
        optional(&event.zone),
        event.class.as_str().to_owned(),
        event.action.clone(),
        optional(&event.object),
        event.result.clone(),
        optional(&event.actor),
        optional(&event.token_id),
        optional(&event.token_name),
        optional(&event.address),
        optional(&event.user_agent),
        optional(&event.method),
        optional(&event.uri),
        optional(&event.ray),
        event.audit_id.clone(),
    ]
}
