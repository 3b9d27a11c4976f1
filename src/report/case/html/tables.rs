use super::super::copies::{notes, position};
use super::super::left::Item;
use super::super::record::Entry;
use super::super::words;
use super::page::{Table, code, list, more, step, text};
use crate::model::incident::{Copies, Evidence, Rotation, Run};
use crate::report::markup::html;

/// Longer tables are for machines.
const ROWS: usize = 60;

/// A box for a pen.
const TICK: &str = "<span class=\"tick-box\" aria-hidden=\"true\"></span> ";

pub fn copies(copies: &Copies) -> String {
    let mut table = Table::new("copies", &["Where", "What", "Notes"]);
    for place in copies.places.iter().take(ROWS) {
        table.row(&[
            code(&position(place)),
            words::copy_form(place.form).to_owned(),
            text(&notes(place).join(", ")),
        ]);
    }
    table.done("Places that hold the credential or a part of it")
        + &more(copies.places.len().saturating_sub(ROWS))
}

pub fn record(entries: &[Entry]) -> String {
    let mut table = Table::new("record", &["When (UTC)", "What", "Result", "Proof"]);
    for entry in entries {
        let mut result = text(&entry.result);
        if let Some(undo) = &entry.undo {
            result.push_str(&format!("<small>To undo: {}</small>", text(undo)));
        }
        let proof = list("plain", entry.proof.iter().map(|proof| code(proof)));
        table.row(&[words::stamp(entry.at), html(&entry.what), result, proof]);
    }
    table.done("Oldest first")
}

pub fn open(items: &[Item]) -> String {
    let mut table = Table::new("open", &["What", "Why and how", "Owner", "Due"]);
    for item in items.iter().take(ROWS) {
        let how = list("plain", item.how.iter().map(step));
        table.row(&[
            format!("{TICK}<b>{}</b>", html(&item.what)),
            format!("{}{how}", html(&item.why)),
            String::new(),
            String::new(),
        ]);
    }
    table.done("To fill in") + &more(items.len().saturating_sub(ROWS))
}

pub fn rotations(rotations: &[Rotation]) -> String {
    let mut table = Table::new("open", &["What", "Why and how", "Owner", "Done"]);
    for rotation in rotations.iter().take(ROWS) {
        table.row(&[
            format!("{TICK}<b>{}</b>", text(&rotation.what)),
            format!("{}<br>{}", text(&rotation.why), step(&words::step_of(&rotation.how))),
            String::new(),
            String::new(),
        ]);
    }
    table.done("To fill in") + &more(rotations.len().saturating_sub(ROWS))
}

pub fn evidence(evidence: &[Evidence]) -> String {
    let mut table = Table::new("evidence", &["File", "What", "When (UTC)"]);
    for evidence in evidence.iter().take(ROWS) {
        table.row(&[code(&evidence.path), code(&evidence.what), words::stamp(evidence.at)]);
    }
    table.done("Answers of Cloudflare, without values") + &more(evidence.len().saturating_sub(ROWS))
}

pub fn runs(runs: &[Run]) -> String {
    let mut table = Table::new("runs", &["When (UTC)", "Who", "Command", "With", "Ended (UTC)"]);
    for run in runs {
        table.row(&[
            words::stamp(run.at),
            text(&run.by),
            code(&run.command),
            list("plain", run.responders.iter().map(|responder| text(responder))),
            run.ended.map_or("not ended".to_owned(), words::stamp),
        ]);
    }
    table.done("Runs of cfleak on this case")
}
