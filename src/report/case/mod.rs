//! The report of an incident: the case file in words, for people, spreadsheets and programs.
//!
//! What is said is decided once, in [`View`] and the words beside it; the printers only give it a form. Leaves
//! out everything that changes a case.

mod activity;
mod copies;
mod csv;
mod facts;
mod html;
mod human;
mod json;
mod left;
mod lineage;
mod markdown;
mod opening;
mod record;
mod veil;
mod view;
mod words;

use crate::model::incident::Incident;
use crate::report::{Format, Style};
use std::fmt;
use std::io::{self, Write};
use view::View;

/// The forms the report of a case can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseFormat {
    /// A summary for a terminal.
    Human,
    /// `report.md`
    Markdown,
    /// `report.html`
    Html,
    /// `report.json`
    Json,
    /// `timeline.csv`
    Csv,
}

/// Prints a case. No credential is in it, and what looks like one all the same is masked on the way.
pub fn print(incident: &Incident, format: CaseFormat, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let incident = &veil::veiled(incident)?;
    match format {
        CaseFormat::Human => human::print(&View::of(incident), style, out),
        CaseFormat::Markdown => markdown::print(&View::of(incident), out),
        CaseFormat::Html => html::print(&View::of(incident), out),
        CaseFormat::Json => json::print(incident, out),
        CaseFormat::Csv => csv::print(incident, out),
    }
}

impl TryFrom<Format> for CaseFormat {
    type Error = NoSuchForm;

    fn try_from(format: Format) -> Result<Self, NoSuchForm> {
        match format {
            Format::Human => Ok(CaseFormat::Human),
            Format::Markdown => Ok(CaseFormat::Markdown),
            Format::Html => Ok(CaseFormat::Html),
            Format::Json => Ok(CaseFormat::Json),
            Format::Csv => Ok(CaseFormat::Csv),
            Format::Jsonl | Format::Sarif | Format::Junit | Format::Gitlab => Err(NoSuchForm(format)),
        }
    }
}

/// A form that is for findings: it has no words for a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchForm(pub Format);

impl NoSuchForm {
    pub const HINT: &'static str = "a case can be human, markdown, html, json or csv (its timeline)";
}

impl fmt::Display for NoSuchForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            Format::Human => "human",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Sarif => "sarif",
            Format::Csv => "csv",
            Format::Html => "html",
            Format::Markdown => "markdown",
            Format::Junit => "junit",
            Format::Gitlab => "gitlab",
        };
        write!(f, "a case has no form {name}")
    }
}

impl std::error::Error for NoSuchForm {}
