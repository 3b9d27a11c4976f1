//! The end of a run: the report in the case, the same on the screen, the seal, and what the exit code says.

use crate::commands::respond::session::{Session, cannot_use};
use crate::commands::{CommandError, edge};
use crate::model::State;
use crate::model::incident::{Action, ActionState, Conclusion, Containment, Gap, Incident, Verb};
use crate::report::Style;
use crate::report::case::{self, CaseFormat};
use crate::respond::case::Occurrence;
use crate::respond::tasks::tasks;
use crate::ui::exit_code::Ending;

const FILES: [(&str, CaseFormat); 4] = [
    ("report.md", CaseFormat::Markdown),
    ("report.html", CaseFormat::Html),
    ("report.json", CaseFormat::Json),
    ("timeline.csv", CaseFormat::Csv),
];

/// Writes everything down and says how it ended. `broken` is what stopped the run after something was changed.
pub fn close(
    mut session: Session<'_>,
    is_response: bool,
    broken: Option<CommandError>,
) -> Result<Ending, CommandError> {
    settle_ended(&mut session.incident);
    let _ = session.keep_evidence();
    name_what_broke_off(&mut session);
    session.incident.tasks = tasks(&session.incident);
    session.incident.updated = edge::now();
    if let Some(run) = session.incident.runs.last_mut() {
        run.ended = Some(edge::now());
    }
    let mut unfinished = unfinished(&session.incident, is_response);
    if is_response {
        unfinished
            .extend(session.not_listed.iter().map(|why| format!("a list was not read to its end: {why}")));
    }
    session.incident = session.case.cover(&session.incident).map_err(cannot_use)?;
    let mut ending = ending(&session, broken.is_some() || !unfinished.is_empty());
    let said = ending;
    let written = write(&mut session, ending);
    if let Some(error) = broken.as_ref().or(written.as_ref().err()) {
        session.settings.talk.warn(&format!("the case is not complete: {}", error.message()));
        ending = if ending == Ending::Clean { Ending::Incomplete } else { ending };
    }
    if written.is_err() && ending != said {
        // The journal may still have room to say what became of this run after all.
        let says = "the case could not be written to its end".to_owned();
        let _ = session.note(Occurrence::Closed { exit_code: ending.code(false), says });
    }
    session.settings.outputs.write_case(&session.incident, &session.settings.style)?;
    for step in &unfinished {
        session.settings.talk.warn(&format!("not done: {step}"));
    }
    Ok(ending)
}

/// Where a list that broke off belongs to nothing that names it yet, a gap of its own does.
fn name_what_broke_off(session: &mut Session<'_>) {
    session.not_listed.sort();
    session.not_listed.dedup();
    for why in &session.not_listed {
        let is_named = session.incident.gaps.iter().any(|gap| gap.why == *why);
        if !is_named {
            session.incident.gaps.push(Gap::new("a list that was not read to its end", why));
        }
    }
}

/// A credential that Cloudflare refuses needs no step any more, whoever ended it.
fn settle_ended(incident: &mut Incident) {
    let Some(check) = incident.checks.last().filter(|check| check.state.is_ended()) else { return };
    let how = format!("Cloudflare says {} of it", check.state.as_str());
    let is_waiting = |action: &&mut Action| {
        let is_enough = match action.verb {
            Verb::Delete => check.state == State::Dead,
            // Who is connected stays so, whatever became of the secret.
            Verb::DropConnections => false,
            Verb::Freeze | Verb::Roll | Verb::Revoke | Verb::Rotate | Verb::Disable | Verb::ByHand => true,
        };
        let is_open = matches!(action.state, ActionState::Planned | ActionState::ByHand);
        !action.target.minted && is_open && is_enough
    };
    for action in incident.actions.iter_mut().filter(is_waiting) {
        action.state = ActionState::AlreadyDone { at: check.at, how: how.clone() };
    }
}

fn write(session: &mut Session<'_>, ending: Ending) -> Result<(), CommandError> {
    session.case.save(&session.incident).map_err(cannot_use)?;
    let on_paper = Style { color: false, width: None, ..session.settings.style };
    for (name, format) in FILES {
        let mut text = Vec::new();
        case::print(&session.incident, format, &on_paper, &mut text)
            .map_err(|error| CommandError::fatal(format!("cannot make {name}")).because(error))?;
        session.case.write(name, &text).map_err(cannot_use)?;
    }
    let says = says(&Conclusion::of(&session.incident)).to_owned();
    session.note(Occurrence::Closed { exit_code: ending.code(false), says })?;
    session.case.seal().map_err(cannot_use)
}

fn says(conclusion: &Conclusion) -> &'static str {
    match conclusion.containment {
        Containment::Contained => "contained",
        Containment::Partly => "contained, and something it minted lives on",
        Containment::Live => "live",
        Containment::Unknown => "nobody could tell whether it works",
    }
}

/// Live beats open, open beats done (CONTRACT sections 3 and 7).
fn ending(session: &Session<'_>, is_open: bool) -> Ending {
    if session.interrupt.is_set() {
        return Ending::Interrupted;
    }
    match Conclusion::of(&session.incident).containment {
        Containment::Live | Containment::Partly => Ending::Live,
        Containment::Unknown => Ending::Incomplete,
        Containment::Contained if is_open => Ending::Incomplete,
        Containment::Contained => Ending::Clean,
    }
}

/// What was asked for and not done, a line each.
fn unfinished(incident: &Incident, is_response: bool) -> Vec<String> {
    let mut open: Vec<String> = incident.actions.iter().filter_map(failed).collect();
    if !is_response {
        return open;
    }
    match &incident.timeline {
        None => open.push("no audit log was read".to_owned()),
        Some(timeline) => open.extend(timeline.logs.iter().filter(|log| !log.complete).map(|log| {
            let account = log.account.as_deref().unwrap_or("the user");
            format!("the audit log of {account}: {}", log.why.as_deref().unwrap_or("not read to its end"))
        })),
    }
    if let Some(copies) = incident.copies.as_ref().filter(|copies| !copies.complete) {
        let first = copies.skipped.first().map_or("", String::as_str);
        open.push(format!("the hunt for copies: {} not read, among them {first}", copies.skipped.len()));
    }
    open
}

fn failed(action: &Action) -> Option<String> {
    match &action.state {
        ActionState::Failed { why, .. } | ActionState::Unknown { why, .. } => {
            Some(format!("{}: {why}", action.id))
        }
        ActionState::Planned
        | ActionState::Done(_)
        | ActionState::AlreadyDone { .. }
        | ActionState::ByHand => None,
    }
}
