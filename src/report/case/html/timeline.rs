use super::super::activity::{Activity, Row};
use super::super::view::View;
use super::super::words;
use super::chart;
use super::page::{Section, Table, badge, code, more, text};
use crate::model::incident::{Conclusion, LogRead, SeenFrom};

/// Addresses and programs that fit a page.
const SOURCES: usize = 20;

pub fn section(view: &View<'_>) -> Section {
    let Some(activity) = &view.activity else {
        return Section {
            id: "timeline",
            title: "What it did",
            lead: "Not known: no audit log was read.".to_owned(),
            body: String::new(),
        };
    };
    let mut body = chart::chart(activity, view.incident, &Conclusion::of(view.incident).proven);
    body.push_str(&rows(activity));
    if let Some(hidden) = &activity.hidden {
        body.push_str(&format!("<p class=\"more\">{}</p>\n", text(hidden)));
    }
    body.push_str(&seen(&activity.timeline.addresses, "Addresses it was used from"));
    body.push_str(&seen(&activity.timeline.agents, "Programs that used it"));
    body.push_str(&logs(&activity.timeline.logs));
    let lead = format!(
        "What Cloudflare's audit logs record of the credential and of what it minted. {}",
        text(&activity.before)
    );
    Section { id: "timeline", title: "What it did", lead, body }
}

fn rows(activity: &Activity<'_>) -> String {
    let mut table = Table::new("events", &["Time", "Class", "What", "From", "By"]);
    for day in &activity.days {
        table.band(&day.title);
        day.rows.iter().for_each(|row| table.row(&cells(row)));
    }
    table.done("The telling entries, oldest first")
}

fn cells(row: &Row<'_>) -> [String; 5] {
    let event = row.event;
    let mut what = text(&row.words());
    if event.failed() {
        what.push_str(&format!(" {}", badge("refused", "refused")));
    }
    let mut from = event.address.as_deref().map_or(String::new(), code);
    if event.is_new {
        from.push_str(&format!(" {}", badge("new", "◆ new")));
    }
    if let Some(agent) = &event.user_agent {
        from.push_str(&format!("<small>{}</small>", text(agent)));
    }
    [row.time(), words::class(event.class).to_owned(), what, from, text(&row.by())]
}

fn seen(seen: &[SeenFrom], caption: &str) -> String {
    let mut table = Table::new("seen", &["Which", "New?", "First", "Last", "Entries", "Refused"]);
    for seen in seen.iter().take(SOURCES) {
        let known = if seen.is_new { badge("new", "◆ new") } else { "known before".to_owned() };
        table.row(&[
            code(&seen.value),
            known,
            words::when(seen.first),
            words::when(seen.last),
            seen.count.to_string(),
            seen.failures.to_string(),
        ]);
    }
    table.done(caption) + &more(seen.len().saturating_sub(SOURCES))
}

fn logs(logs: &[LogRead]) -> String {
    let mut table = Table::new("seen", &["Log", "Account", "From", "Until", "Entries", "Complete"]);
    for read in logs {
        let complete = match (read.complete, &read.why) {
            (true, _) => "yes".to_owned(),
            (false, why) => format!("{} {}", badge("warn", "no"), why.as_deref().map_or(String::new(), text)),
        };
        table.row(&[
            words::sentence(words::log(read.log)),
            read.account.as_deref().map_or("the user's own".to_owned(), text),
            words::when(read.from),
            words::when(read.until),
            read.entries.to_string(),
            complete,
        ]);
    }
    table.done("Logs that were read")
}
