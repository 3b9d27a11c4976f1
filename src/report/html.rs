//! One page for a browser: no script, nothing loaded from anywhere.

use crate::report::markup::html;
use crate::report::words::{bytes, counted, number};
use crate::report::{Entry, Report, words};
use std::io::{self, Write};

const STYLE: &str = include_str!("html.css");

pub fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Cloudflare credentials</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>Cloudflare credentials</h1>"
    )?;
    overview(report, out)?;
    for entry in &report.findings {
        finding(report, entry, out)?;
    }
    skips(report, out)?;
    writeln!(
        out,
        "<footer>cfleak {}, {}, {}</footer>\n</body>\n</html>",
        html(&report.version),
        html(&report.started),
        html(&report.targets.join(" "))
    )
}

fn overview(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = &report.summary;
    let (class, complete) = match summary.complete {
        true => ("good", "Everything asked for was read."),
        false => ("bad", "Not everything was read."),
    };
    writeln!(
        out,
        "<p><b>{}</b>, <b>{} live</b>, in {} ({}). <span class=\"{class}\">{complete}</span></p>",
        counted(summary.findings, "finding"),
        number(summary.live),
        counted(summary.files, "file"),
        bytes(summary.bytes)
    )
}

fn finding(report: &Report, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let class = if entry.verdict.state.is_live() { "live" } else { "finding" };
    writeln!(out, "<section class=\"{class}\">")?;
    writeln!(out, "<h2>{} <code>{}</code></h2>\n<dl>", html(&report.title(entry)), html(&entry.redacted))?;
    let mut line = |name: &str, text: &str| writeln!(out, "<dt>{name}</dt><dd>{}</dd>", html(text));
    if let Some(secret) = &entry.secret {
        line("Value", secret.expose())?;
    }
    line("Verdict", &format!("{} ({})", words::state(entry.verdict.state), entry.verdict.reason))?;
    line("Confidence", &format!("{} ({})", entry.confidence.as_str(), entry.reasons.join(", ")))?;
    line("Fingerprint", &entry.fingerprint.to_string())?;
    if let Some(allowed) = &entry.allowed {
        line("Allowed by", &allowed.at)?;
    }
    if let Some(note) = report.rules.get(&entry.rule) {
        line("Next", &note.remedy)?;
    }
    writeln!(out, "</dl>\n<table>\n<tr><th>Place</th><th>Notes</th></tr>")?;
    for place in &entry.places {
        let (at, notes) = (html(&words::position(place)), html(&words::notes(place).join(", ")));
        writeln!(out, "<tr><td><code>{at}</code></td><td>{notes}</td></tr>")?;
    }
    writeln!(out, "</table>\n</section>")
}

fn skips(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.skips.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Not read</h2>\n<table>\n<tr><th>What</th><th>Why</th></tr>")?;
    for skip in &report.skips {
        let (what, why) = (html(&words::origin(&skip.provenance)), html(&words::skip(skip)));
        writeln!(out, "<tr><td><code>{what}</code></td><td>{why}</td></tr>")?;
    }
    writeln!(out, "</table>")
}
