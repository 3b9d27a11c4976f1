//! The bricks of the page.

use super::super::opening::Tone;
use super::super::words::{self, Step};
use crate::report::markup::html;
use std::io::{self, Write};

/// A part of the page with a heading; its body is finished markup.
pub struct Section {
    pub id: &'static str,
    pub title: &'static str,
    /// One sentence for a reader who has never seen such a report.
    pub lead: String,
    pub body: String,
}

impl Section {
    pub fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "<section id=\"{0}\" aria-labelledby=\"{0}-title\">", self.id)?;
        writeln!(out, "<h2 id=\"{}-title\">{}</h2>", self.id, self.title)?;
        if !self.lead.is_empty() {
            writeln!(out, "<p class=\"lead\">{}</p>", self.lead)?;
        }
        writeln!(out, "{}\n</section>", self.body)
    }
}

/// Text from outside, cut to what people read, as markup.
pub fn text(text: &str) -> String {
    html(&words::cut(text))
}

pub fn code(text: &str) -> String {
    format!("<code>{}</code>", self::text(text))
}

/// A word in a frame. The word says it; the colour only helps.
pub fn badge(class: &str, word: &str) -> String {
    format!("<span class=\"badge {class}\">{word}</span>")
}

pub fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
    }
}

/// A tick, a triangle, a cross: shapes that differ without colour. The words stand beside it.
pub fn icon(tone: Tone) -> String {
    let shape = match tone {
        Tone::Good => "<circle cx=\"12\" cy=\"12\" r=\"11\"/><path d=\"m7 12.5 3.5 3.5L17 9\"/>",
        Tone::Warn => "<path d=\"M12 2 23 21H1Z\"/><path d=\"M12 9v6m0 2.4v.6\"/>",
        Tone::Bad => "<path d=\"M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9Z\"/><path d=\"m8 8 8 8m0-8-8 8\"/>",
    };
    format!(
        "<svg class=\"icon\" viewBox=\"0 0 24 24\" width=\"24\" height=\"24\" aria-hidden=\"true\">{shape}</svg>"
    )
}

pub fn step(step: &Step) -> String {
    match step {
        Step::Link { before, link } => {
            format!("{}<a href=\"{1}\" rel=\"noreferrer\">{1}</a>", text(before), html(link))
        }
        Step::Command(command) => code(command),
        Step::Text(words) => text(words),
    }
}

pub fn list(class: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("<li>{item}</li>\n")).collect();
    if items.is_empty() { items } else { format!("<ul class=\"{class}\">\n{items}</ul>\n") }
}

/// A table whose cells carry the name of their column, for a phone, where each row becomes a card.
pub struct Table {
    class: &'static str,
    header: &'static [&'static str],
    rows: String,
}

impl Table {
    pub fn new(class: &'static str, header: &'static [&'static str]) -> Self {
        Table { class, header, rows: String::new() }
    }

    /// Cells are finished markup; the first one names the row.
    pub fn row(&mut self, cells: &[String]) {
        self.rows.push_str("<tr>");
        for (name, cell) in self.header.iter().zip(cells) {
            self.rows.push_str(&format!("<td data-name=\"{name}\">{cell}</td>"));
        }
        self.rows.push_str("</tr>\n");
    }

    /// A line over the whole width.
    pub fn band(&mut self, words: &str) {
        let width = self.header.len();
        self.rows.push_str(&format!(
            "<tr class=\"band\"><th colspan=\"{width}\" scope=\"colgroup\">{words}</th></tr>\n"
        ));
    }

    pub fn done(self, caption: &str) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let header: String =
            self.header.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
        format!(
            "<table class=\"{}\">\n<caption>{caption}</caption>\n<thead><tr>{header}</tr></thead>\n\
             <tbody>\n{}</tbody>\n</table>\n",
            self.class, self.rows
        )
    }
}

/// "… and 12 more", where a table was cut.
pub fn more(hidden: usize) -> String {
    match hidden {
        0 => String::new(),
        hidden => format!("<p class=\"more\">… and {hidden} more in the JSON report.</p>\n"),
    }
}
