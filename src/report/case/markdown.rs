//! `report.md`: for an issue, a wiki, a chat.

use super::activity::Activity;
use super::copies::{notes, position, searched};
use super::facts::works_from;
use super::lineage::Branch;
use super::view::View;
use super::words::{self, Step};
use crate::model::incident::{Copies, LogRead, Reach, Replacement, SeenFrom};
use crate::report::markup::{code, markdown};
use crate::report::safe_json;
use std::io::{self, Write};

/// Longer tables are for machines.
const ROWS: usize = 60;

pub fn print(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let incident = view.incident;
    writeln!(out, "# {}\n", markdown(&view.title))?;
    writeln!(out, "**{}.** Incident {}.\n", view.status.words, code(&incident.id))?;
    for answer in &view.answers {
        writeln!(out, "**{}** {}\n", answer.question, markdown(&answer.text()))?;
    }
    gaps(view, out)?;
    facts(view, out)?;
    if let Some(activity) = &view.activity {
        timeline(activity, out)?;
    }
    if let Some(reach) = &incident.reach {
        self::reach(view, reach, out)?;
    }
    minted(view, out)?;
    if let Some(copies) = &incident.copies {
        self::copies(copies, out)?;
    }
    record(view, out)?;
    open(view, out)?;
    if let Some(replacement) = &incident.replacement {
        self::replacement(replacement, out)?;
    }
    rotations(view, out)?;
    papers(view, out)?;
    writeln!(out, "{}", markdown(&view.imprint()))
}

fn table(out: &mut dyn Write, header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> io::Result<()> {
    writeln!(out, "| {} |\n|{}", header.join(" | "), "---|".repeat(header.len()))?;
    for row in rows {
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    writeln!(out)
}

fn more(out: &mut dyn Write, hidden: usize) -> io::Result<()> {
    match hidden {
        0 => Ok(()),
        hidden => writeln!(out, "… and {hidden} more in the JSON report.\n"),
    }
}

/// Text where there is some.
fn cell(text: Option<&str>) -> String {
    text.map_or(String::new(), |text| markdown(&words::cut(text)))
}

fn code_cell(text: Option<&str>) -> String {
    text.map_or(String::new(), |text| code(&words::cut(text)))
}

fn gaps(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    if view.incident.gaps.is_empty() {
        return Ok(());
    }
    writeln!(out, "## What could not be seen\n")?;
    for gap in &view.incident.gaps {
        writeln!(out, "- **{}**: {}", cell(Some(&gap.what)), cell(Some(&gap.why)))?;
    }
    writeln!(out)
}

fn facts(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## The credential\n")?;
    for fact in &view.facts {
        let value = if fact.is_code { code(&fact.value) } else { markdown(&fact.value) };
        writeln!(out, "- {}: {value}", fact.label)?;
    }
    writeln!(out)
}

fn timeline(activity: &Activity<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## What it did\n\n{}\n", markdown(&activity.before))?;
    if activity.days.is_empty() {
        writeln!(out, "The logs that were read show nothing since the leak.\n")?;
    }
    for day in &activity.days {
        writeln!(out, "### {}\n", day.title)?;
        let rows = day.rows.iter().map(|row| {
            let event = row.event;
            let marks = [(event.is_new, "**new**"), (event.failed(), "**refused**")];
            let marks: Vec<&str> = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect();
            vec![
                row.time(),
                words::class(event.class).to_owned(),
                markdown(&row.words()),
                code_cell(event.address.as_deref()),
                markdown(&row.by()),
                marks.join(", "),
            ]
        });
        table(out, &["time (UTC)", "class", "what", "from", "by", ""], rows)?;
    }
    if let Some(hidden) = &activity.hidden {
        writeln!(out, "{}\n", markdown(hidden))?;
    }
    seen(&activity.timeline.addresses, "address", out)?;
    seen(&activity.timeline.agents, "program", out)?;
    logs(&activity.timeline.logs, out)
}

fn logs(logs: &[LogRead], out: &mut dyn Write) -> io::Result<()> {
    let rows = logs.iter().map(|read| {
        vec![
            words::log(read.log).to_owned(),
            cell(read.account.as_deref()),
            words::when(read.from),
            words::when(read.until),
            read.entries.to_string(),
            if read.complete { "yes".to_owned() } else { cell(read.why.as_deref().or(Some("no"))) },
        ]
    });
    table(out, &["log", "account", "from", "until", "entries", "complete"], rows)
}

fn seen(seen: &[SeenFrom], what: &str, out: &mut dyn Write) -> io::Result<()> {
    if seen.is_empty() {
        return Ok(());
    }
    let rows = seen.iter().take(ROWS).map(|seen| {
        vec![
            code_cell(Some(&seen.value)),
            if seen.is_new { "**new**".to_owned() } else { "known".to_owned() },
            words::when(seen.first),
            words::when(seen.last),
            seen.count.to_string(),
            seen.failures.to_string(),
        ]
    });
    table(out, &[what, "new?", "first", "last", "actions", "refused"], rows)?;
    more(out, seen.len().saturating_sub(ROWS))
}

fn reach(view: &View<'_>, reach: &Reach, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## What it could do\n\n{}\n", cell(Some(&reach.headline)))?;
    if let Some(identity) = &view.incident.identity {
        writeln!(out, "It works from {}.\n", markdown(&works_from(&identity.condition)))?;
    }
    let powers = reach.powers.iter().map(|power| {
        let abilities: Vec<&str> = power.abilities.iter().copied().map(words::ability).collect();
        vec![
            words::tier(power.tier).to_owned(),
            cell(Some(&power.group)),
            cell(Some(&power.words)),
            abilities.join(", "),
            cell(Some(&power.on.join(", "))),
        ]
    });
    table(out, &["how bad", "permission", "in plain words", "abilities", "on"], powers)?;
    if reach.assets.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Within reach, by name\n")?;
    let assets = reach.assets.iter().map(|asset| {
        let mut names: Vec<String> = asset.names.iter().take(12).map(|name| code_cell(Some(name))).collect();
        if let hidden @ 1.. = asset.names.len().saturating_sub(12) {
            names.push(format!("{hidden} more"));
        }
        let why =
            if asset.complete { String::new() } else { cell(asset.why.as_deref().or(Some("not complete"))) };
        vec![cell(Some(&asset.family)), cell(Some(&asset.of)), names.join(", "), why]
    });
    table(out, &["what", "in", "names", "not listed"], assets)
}

fn minted(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    if view.lineage.branches.is_empty() {
        return Ok(());
    }
    writeln!(out, "## What it made\n")?;
    view.lineage.branches.iter().try_for_each(|branch| self::branch(branch, 0, out))?;
    writeln!(out)?;
    more(out, view.lineage.hidden)
}

fn branch(branch: &Branch<'_>, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let minted = branch.minted;
    writeln!(
        out,
        "{}- {}, {}: **{}**. {}",
        "  ".repeat(depth),
        markdown(&branch.title()),
        markdown(&branch.origin()),
        words::presence(minted.presence),
        markdown(&branch.notes())
    )?;
    branch.children.iter().try_for_each(|child| self::branch(child, depth + 1, out))
}

fn copies(copies: &Copies, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Where it lies\n\n{}\n", markdown(&searched(copies)))?;
    if !copies.places.is_empty() {
        let rows = copies.places.iter().take(ROWS).map(|place| {
            vec![
                code_cell(Some(&position(place))),
                words::copy_form(place.form).to_owned(),
                markdown(&notes(place).join(", ")),
            ]
        });
        table(out, &["where", "what", "notes"], rows)?;
        more(out, copies.places.len().saturating_sub(ROWS))?;
    }
    for skipped in copies.skipped.iter().take(ROWS) {
        writeln!(out, "- Not read: {}", cell(Some(skipped)))?;
    }
    writeln!(out)
}

fn record(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    if view.record.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Actions taken\n")?;
    let rows = view.record.iter().map(|entry| {
        let mut result = markdown(&entry.result);
        if let Some(undo) = &entry.undo {
            result.push_str(&format!(" (to undo: {})", markdown(undo)));
        }
        let proof: Vec<String> = entry.proof.iter().map(|proof| code(proof)).collect();
        vec![words::stamp(entry.at), markdown(&entry.what), result, proof.join("<br>")]
    });
    table(out, &["when (UTC)", "what", "result", "proof"], rows)
}

fn open(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    if view.left.items.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Open actions\n")?;
    let rows = view.left.items.iter().take(ROWS).enumerate().map(|(nth, item)| {
        let how: Vec<String> = item.how.iter().map(step).collect();
        let why = markdown(&item.why);
        vec![
            format!("{}", nth + 1),
            format!("**{}**", markdown(&item.what)),
            std::iter::once(why).chain(how).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("<br>"),
            String::new(),
            String::new(),
        ]
    });
    table(out, &["", "what", "why and how", "owner", "due"], rows)?;
    more(out, view.left.items.len().saturating_sub(ROWS))
}

fn step(step: &Step) -> String {
    match step {
        Step::Link { before, link } => format!("{}<{link}>", markdown(before)),
        Step::Command(command) => code(command),
        Step::Text(text) => markdown(text),
    }
}

fn replacement(replacement: &Replacement, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## A narrower replacement\n\nNot created: this is a proposal.\n")?;
    if let Some(link) = replacement.link.as_deref().filter(|link| words::is_cloudflare_page(link)) {
        writeln!(out, "[Open it in the dashboard]({link})\n")?;
    }
    let lists = [("Keep", &replacement.kept), ("Drop", &replacement.dropped), ("Mind", &replacement.caveats)];
    for (label, texts) in lists {
        for text in texts {
            writeln!(out, "- {label}: {}", cell(Some(text)))?;
        }
    }
    // A line of backticks would end the block, and no line of JSON begins with one.
    writeln!(out, "\n```json")?;
    safe_json::pretty(out, &replacement.body)?;
    writeln!(out, "```\n")
}

fn rotations(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rotations = view.incident.reach.iter().flat_map(|reach| &reach.rotations);
    let mut lines = rotations
        .map(|rotation| {
            format!(
                "- [ ] **{}**: {} {}",
                cell(Some(&rotation.what)),
                cell(Some(&rotation.why)),
                step(&words::step_of(&rotation.how))
            )
        })
        .peekable();
    if lines.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "## Credentials to replace\n")?;
    lines.try_for_each(|line| writeln!(out, "{line}"))?;
    writeln!(out)
}

fn papers(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let incident = view.incident;
    if !incident.evidence.is_empty() {
        writeln!(out, "## Evidence\n\n`MANIFEST.sha256` holds the hash of every file.\n")?;
        let rows = incident.evidence.iter().take(ROWS).map(|evidence| {
            vec![code_cell(Some(&evidence.path)), code_cell(Some(&evidence.what)), words::stamp(evidence.at)]
        });
        table(out, &["file", "what", "when (UTC)"], rows)?;
        more(out, incident.evidence.len().saturating_sub(ROWS))?;
    }
    writeln!(out, "## Who ran what\n")?;
    let rows = incident.runs.iter().map(|run| {
        vec![
            words::stamp(run.at),
            cell(Some(&run.by)),
            code_cell(Some(&run.command)),
            cell(Some(&run.responders.join(", "))),
            run.ended.map_or("not ended".to_owned(), words::stamp),
        ]
    });
    table(out, &["when (UTC)", "who", "command", "with", "ended (UTC)"], rows)
}
