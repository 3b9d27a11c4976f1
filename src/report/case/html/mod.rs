//! `report.html`: one page for a browser, a phone and paper. No script, and nothing loaded from anywhere.

mod chart;
mod page;
mod picture;
mod sections;
mod tables;
mod timeline;

use super::view::View;
use crate::report::markup::html;
use page::{Section, icon};
use std::io::{self, Write};

const STYLE: &str = include_str!("page.css");

pub fn print(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>",
        html(&view.title)
    )?;
    banner(view, out)?;
    let sections = sections::all(view);
    contents(&sections, out)?;
    for section in &sections {
        section.print(out)?;
    }
    writeln!(
        out,
        "<footer>{} · All times are UTC · Names and numbers, never values: no credential is in this report\
         </footer>\n</main>\n</body>\n</html>",
        html(&view.imprint())
    )
}

fn banner(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let tone = page::tone(view.status.tone);
    writeln!(
        out,
        "<header class=\"{tone}\">\n<p class=\"case\">Incident <span>{}</span></p>\n<h1>{}</h1>\n\
         <p class=\"status\">{}{}</p>\n</header>",
        html(&view.incident.id),
        html(&view.title),
        icon(view.status.tone),
        view.status.words
    )
}

fn contents(sections: &[Section], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<nav aria-label=\"Contents\">\n<ul>")?;
    for section in sections {
        writeln!(out, "<li><a href=\"#{}\">{}</a></li>", section.id, section.title)?;
    }
    writeln!(out, "</ul>\n</nav>")
}
