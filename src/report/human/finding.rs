//! One credential: what, how sure, where, why, and what to do.

use crate::model::{Asked, Companions, Confidence, Place, Shown};
use crate::report::human::pen::Pen;
use crate::report::human::told;
use crate::report::{Entry, Outcome, Report, State, words};
use std::io;
use std::path::Path;

/// How many places are shown where nobody asked for all.
const PLACES: usize = 10;

pub fn print(pen: &mut Pen, report: &Report, entry: &Entry) -> io::Result<()> {
    let title = report.title(entry);
    pen.line(format_args!("{} {}", pen.bold(Shown(&title)), pen.value(&entry.redacted)))?;
    if let Some(secret) = &entry.secret {
        pen.item("value", &Shown(secret.expose()).to_string())?;
    }
    let standing = standing(pen, entry);
    pen.item("is", &standing)?;
    told::print(pen, entry)?;
    places(pen, report, entry)?;
    pen.text("because", &Shown(&entry.reasons.join(", ")).to_string())?;
    if let Some(beside) = beside(&entry.companions) {
        pen.text("beside", &beside)?;
    }
    for asked in &entry.verdict.asked {
        pen.text("asked", &question(asked))?;
    }
    if let Some(allowed) = &entry.allowed {
        pen.text("allowed", &format!("by {}, but it is live", Shown(&allowed.at)))?;
    }
    next(pen, report, entry)?;
    told::next(pen, entry)?;
    pen.blank()
}

fn standing(pen: &Pen, entry: &Entry) -> String {
    let fingerprint = pen.dim(entry.fingerprint);
    format!("{}, {}  {fingerprint}", sureness(pen, entry.confidence), verdict(pen, &entry.verdict))
}

fn sureness(pen: &Pen, confidence: Confidence) -> String {
    match confidence {
        Confidence::Certain => pen.bad("certain").to_string(),
        Confidence::High => pen.bad("high").to_string(),
        Confidence::Medium => pen.warn("medium").to_string(),
        Confidence::Low => pen.dim("low").to_string(),
    }
}

fn verdict(pen: &Pen, outcome: &Outcome) -> String {
    let reason = Shown(&outcome.reason);
    match outcome.state {
        State::Live => format!("{} ({reason}){}", pen.alarm("live"), until(outcome)),
        State::Restricted => format!("{} ({reason}){}", pen.alarm("live"), until(outcome)),
        State::Disabled | State::NotYetActive => pen.warn(reason).to_string(),
        State::Expired => pen.good(reason).to_string(),
        State::Dead => pen.good(format_args!("dead ({reason})")).to_string(),
        State::Unknown => pen.warn(format_args!("unknown ({reason})")).to_string(),
        State::NotChecked => pen.dim(format_args!("not checked ({reason})")).to_string(),
    }
}

fn until(outcome: &Outcome) -> String {
    outcome.expires_on.as_ref().map_or(String::new(), |time| format!(" until {}", Shown(time)))
}

fn places(pen: &mut Pen, report: &Report, entry: &Entry) -> io::Result<()> {
    let limit = if pen.verbose() { usize::MAX } else { PLACES };
    let mut label = "at";
    for place in entry.places.iter().take(limit) {
        let line = spot(pen, report, place);
        pen.item(label, &line)?;
        label = "";
    }
    pen.more(entry.places.len().saturating_sub(limit))
}

fn spot(pen: &Pen, report: &Report, place: &Place) -> String {
    let origin = words::position(place);
    let mut notes = words::notes(place);
    notes.extend(repository(report, place).map(|name| format!("repository {name}")));
    let notes = if notes.is_empty() { String::new() } else { format!("  {}", notes.join(", ")) };
    format!("{}{}", pen.place(Shown(&origin)), pen.dim(Shown(&notes)))
}

/// The repository of a find in a history, unless it is the one thing that was asked for.
fn repository<'a>(report: &Report, place: &'a Place) -> Option<&'a str> {
    let name = place.provenance.git.as_ref().map(|git| git.repository.as_str())?;
    let is_target = |target: &String| Path::new(target) == Path::new(name);
    let is_plain = matches!(report.targets.as_slice(), [target] if is_target(target));
    (!is_plain).then_some(name)
}

fn beside(companions: &Companions) -> Option<String> {
    let groups = [
        ("e-mail", &companions.emails),
        ("account", &companions.account_ids),
        ("zone", &companions.zone_ids),
        ("token id", &companions.token_ids),
    ];
    let named: Vec<String> = groups
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| format!("{name} {}", values.join(" ")))
        .collect();
    (!named.is_empty()).then(|| Shown(&named.join(", ")).to_string())
}

fn question(asked: &Asked) -> String {
    let mut text = asked.endpoint.clone();
    match asked.http {
        Some(status) => text.push_str(&format!(" → {status}")),
        None => text.push_str(" → no answer"),
    }
    if let Some(code) = asked.code {
        text.push_str(&format!(", code {code}"));
    }
    if let Some(ray) = &asked.ray {
        text.push_str(&format!(", ray {ray}"));
    }
    Shown(&format!("{text}, {}", asked.at)).to_string()
}

fn next(pen: &mut Pen, report: &Report, entry: &Entry) -> io::Result<()> {
    match report.rules.get(&entry.rule) {
        Some(note) if !note.remedy.is_empty() => pen.text("next", &Shown(&note.remedy).to_string()),
        Some(_) | None => Ok(()),
    }
}
