//! The case on a screen: the answers, what could not be seen, and what to do first.

use super::left::Item;
use super::opening::Tone;
use super::view::View;
use super::words::Step;
use crate::model::Shown;
use crate::report::Style;
use crate::report::human::Pen;
use std::io::{self, Write};

/// How much is listed where nobody asked for all.
const ITEMS: usize = 6;

/// The first steps tell what it is about; the report has all of them.
const STEPS: usize = 3;

pub fn print(view: &View<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut pen = Pen::new(out, style);
    let status = match view.status.tone {
        Tone::Good => pen.good(&view.status.words).to_string(),
        Tone::Warn => pen.warn(&view.status.words).to_string(),
        Tone::Bad => pen.alarm(&view.status.words).to_string(),
    };
    pen.line(format_args!("{status}  {}", pen.dim(format_args!("case {}", Shown(&view.incident.id)))))?;
    let shown_as = view.incident.leak.redacted.as_deref().unwrap_or_default();
    pen.line(format_args!("{} {}", pen.bold(Shown(&view.title)), pen.value(Shown(shown_as))))?;
    pen.blank()?;
    for answer in &view.answers {
        pen.text(answer.label, &Shown(&answer.text()).to_string())?;
    }
    gaps(&mut pen, view)?;
    items(&mut pen, &view.left.items)
}

fn gaps(pen: &mut Pen<'_>, view: &View<'_>) -> io::Result<()> {
    let gaps = &view.incident.gaps;
    if gaps.is_empty() {
        return Ok(());
    }
    pen.blank()?;
    pen.line(format_args!("{}", pen.warn("Not seen")))?;
    let limit = if pen.verbose() { usize::MAX } else { ITEMS };
    for gap in gaps.iter().take(limit) {
        pen.text("", &Shown(&format!("{}: {}", gap.what, gap.why)).to_string())?;
    }
    pen.more(gaps.len().saturating_sub(limit))
}

fn items(pen: &mut Pen<'_>, items: &[Item]) -> io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    pen.blank()?;
    pen.line(format_args!("{}", pen.bold("To do")))?;
    let limit = if pen.verbose() { usize::MAX } else { ITEMS };
    for (nth, item) in items.iter().enumerate().take(limit) {
        pen.text(&format!("{}.", nth + 1), &Shown(&item.what).to_string())?;
        item.how.iter().take(STEPS).try_for_each(|step| self::step(pen, step))?;
    }
    pen.more(items.len().saturating_sub(limit))
}

/// What is copied stays on one line.
fn step(pen: &mut Pen<'_>, step: &Step) -> io::Result<()> {
    match step {
        Step::Text(text) => pen.text("", &Shown(text).to_string()),
        Step::Command(text) => pen.item("", &Shown(text).to_string()),
        Step::Link { before, link } => pen.item("", &format!("{}{}", Shown(before), Shown(link))),
    }
}
