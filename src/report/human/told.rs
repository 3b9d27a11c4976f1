//! What a living credential told about itself, and what to run next.

use crate::model::{Grant, Shown};
use crate::report::Entry;
use crate::report::human::pen::Pen;
use std::io;

/// Names that fit on a line or two.
const NAMES: usize = 5;

pub fn print(pen: &mut Pen, entry: &Entry) -> io::Result<()> {
    if let Some(id) = &entry.verdict.token_id {
        pen.item("token id", &Shown(id).to_string())?;
    }
    let Some(grant) = &entry.verdict.grant else { return Ok(()) };
    for (label, line) in lines(grant) {
        pen.text(label, &Shown(&line).to_string())?;
    }
    Ok(())
}

pub fn next(pen: &mut Pen, entry: &Entry) -> io::Result<()> {
    match &entry.verdict.next {
        Some(command) => pen.item("run", &Shown(command).to_string()),
        None => Ok(()),
    }
}

fn lines(grant: &Grant) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(start) = &grant.not_before {
        lines.push(("since", start.clone()));
    }
    if let Some(email) = &grant.email {
        lines.push(("user", email.clone()));
    }
    if !grant.accounts.is_empty() {
        lines.push(("accounts", names(&grant.accounts, None)));
    }
    if !grant.zones.is_empty() {
        lines.push(("zones", names(&grant.zones, grant.zones_total)));
    }
    lines
}

fn names(list: &[(String, String)], total: Option<u64>) -> String {
    let named = list.iter().take(NAMES).map(|(id, name)| match name.is_empty() {
        true => id.clone(),
        false => format!("{name} ({id})"),
    });
    let text = named.collect::<Vec<_>>().join(", ");
    let total = total.unwrap_or(0).max(list.len() as u64);
    match total.saturating_sub(list.len().min(NAMES) as u64) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let zones: Vec<(String, String)> =
            (0..7).map(|n| (format!("id{n}"), format!("z{n}.example"))).collect();
        assert!(names(&zones, Some(70)).ends_with("z4.example (id4) and 65 more"));
        assert_eq!(names(&[("id".into(), String::new())], None), "id");
    }
}
