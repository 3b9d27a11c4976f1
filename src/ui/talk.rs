use crate::model::{Shown, masked};
use anstyle::{AnsiColor, Color, Style};
use std::io::Write;

/// What is said to the person beside the results: on stderr, with outside text made safe.
#[derive(Clone, Copy, Debug)]
pub struct Talk {
    pub color: bool,
    pub quiet: bool,
}

impl Talk {
    pub fn error(&self, message: &str) {
        self.failure("error:", message, &[]);
    }

    /// Something failed; `hints` are what to try.
    pub fn failure(&self, label: &str, message: &str, hints: &[String]) {
        let mut lines = vec![format!("{} {}", self.paint(label, AnsiColor::Red), Shown(&masked(message)))];
        lines.extend(
            hints
                .iter()
                .map(|hint| format!("  {} {}", self.paint("try:", AnsiColor::Cyan), Shown(&masked(hint)))),
        );
        say(&lines);
    }

    /// Something the person should know, though the run goes on.
    pub fn warn(&self, message: &str) {
        if !self.quiet {
            say(&[format!("{} {}", self.paint("warning:", AnsiColor::Yellow), Shown(&masked(message)))]);
        }
    }

    /// What cfleak waits for, where it would only seem to hang.
    pub fn note(&self, message: &str) {
        if !self.quiet {
            say(&[Shown(&masked(message)).to_string()]);
        }
    }

    /// Arguments that could not be understood, in the words of the parser, which quotes them. One may be a credential
    /// that somebody put there: no word that could be one is repeated.
    pub fn misunderstood(&self, words: &str) {
        say(&words.lines().map(|line| Shown(&without_values(&masked(line))).to_string()).collect::<Vec<_>>());
    }

    fn paint(&self, word: &str, color: AnsiColor) -> String {
        let style =
            if self.color { Style::new().bold().fg_color(Some(Color::Ansi(color))) } else { Style::new() };
        format!("{style}{word}{}", style.render_reset())
    }
}

/// Credentials without a public prefix have 37 characters or more.
fn without_values(line: &str) -> String {
    const SHORTEST: usize = 37;
    let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_inside) {
        let word = &rest[start..];
        let end = word.find(|c| !is_inside(c)).unwrap_or(word.len());
        out.push_str(&rest[..start]);
        out.push_str(if end < SHORTEST { &word[..end] } else { "…" });
        rest = &word[end..];
    }
    out + rest
}

/// Nobody can be told that stderr is closed, so that is ignored.
fn say(lines: &[String]) {
    let mut stderr = std::io::stderr().lock();
    for line in lines {
        let _ = writeln!(stderr, "{line}");
    }
}
