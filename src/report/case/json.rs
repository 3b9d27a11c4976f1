//! `report.json`: the case file and what follows from it. It reads back as a case file.

use crate::model::incident::{Conclusion, Containment, Incident, Proven};
use crate::report::safe_json;
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    incident: &'a Incident,
    conclusion: Finding,
}

#[derive(Serialize)]
struct Finding {
    containment: &'static str,
    proven: &'static str,
    proven_at: Option<Timestamp>,
    /// From the step that ended it to the first refusal.
    proven_after_seconds: Option<f64>,
    minted_alive: usize,
    steps_open: usize,
}

pub fn print(incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    safe_json::pretty(out, &Document { incident, conclusion: Conclusion::of(incident).into() })
}

impl From<Conclusion> for Finding {
    fn from(conclusion: Conclusion) -> Self {
        let containment = match conclusion.containment {
            Containment::Contained => "contained",
            Containment::Partly => "partly",
            Containment::Live => "live",
            Containment::Unknown => "unknown",
        };
        let (proven, proven_at, after) = match conclusion.proven {
            Proven::Refused { at, after } => ("refused", Some(at), after),
            Proven::Record { at } => ("record", Some(at), None),
            Proven::No => ("no", None, None),
        };
        Finding {
            containment,
            proven,
            proven_at,
            proven_after_seconds: after.map(|after| after.as_secs_f64()),
            minted_alive: conclusion.minted_alive,
            steps_open: conclusion.steps_open,
        }
    }
}
