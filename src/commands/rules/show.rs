use super::Form;
use crate::commands::settings::Settings;
use crate::commands::{CommandError, outputs};
use crate::rules::{Rule, RuleSet, Severity};
use crate::ui::exit_code::Ending;
use serde::Serialize;
use std::fmt::Write;

/// A rule as machines see it.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    kind: &'a str,
    title: &'a str,
    severity: Severity,
    power: &'a str,
    remedy: &'a str,
    reference: &'a str,
    own: bool,
}

impl<'a> From<&'a Rule> for Listed<'a> {
    fn from(rule: &'a Rule) -> Self {
        Listed {
            id: &rule.id,
            kind: rule.kind.as_str(),
            title: &rule.title,
            severity: rule.severity,
            power: &rule.power,
            remedy: &rule.remedy,
            reference: &rule.reference,
            own: rule.own,
        }
    }
}

pub fn list(rules: &RuleSet, form: Form, settings: &Settings) -> Result<Ending, CommandError> {
    let listed: Vec<Listed> = rules.rules.iter().map(Listed::from).collect();
    let text = match form {
        Form::Human => table(&listed, settings),
        Form::Json => json(&listed)?,
        Form::Jsonl => lines(&listed)?,
    };
    outputs::to_stdout(text.as_bytes())?;
    Ok(Ending::Clean)
}

pub fn one(rules: &RuleSet, name: &str, form: Form, settings: &Settings) -> Result<Ending, CommandError> {
    let rule = rules
        .rules
        .iter()
        .find(|rule| *rule.id == *name || rule.kind.as_str() == name)
        .ok_or_else(|| unknown(rules, name))?;
    let listed = Listed::from(rule);
    let text = match form {
        Form::Human => page(rule, settings),
        Form::Json => json(&listed)?,
        Form::Jsonl => lines(&[listed])?,
    };
    outputs::to_stdout(text.as_bytes())?;
    Ok(Ending::Clean)
}

fn unknown(rules: &RuleSet, name: &str) -> CommandError {
    let nearest = rules.rules.iter().min_by_key(|rule| strsim::damerau_levenshtein(name, &rule.id));
    let error = CommandError::usage(format!("no rule or kind `{name}`"));
    match nearest {
        Some(rule) if strsim::damerau_levenshtein(name, &rule.id) <= 4 => {
            error.hint(format!("cfleak rules show {}", rule.id))
        }
        Some(_) | None => error.hint("cfleak rules list"),
    }
}

fn table(rules: &[Listed], settings: &Settings) -> String {
    let width = |text: fn(&Listed) -> usize| rules.iter().map(text).max().unwrap_or(0);
    let (ids, kinds) = (width(|rule| rule.id.len()), width(|rule| rule.kind.len()));
    let mut text = String::new();
    for rule in rules {
        let own = if rule.own { " (own)" } else { "" };
        let severity = settings.style.severity(rule.severity.as_str());
        let _ = writeln!(text, "{:ids$}  {:kinds$}  {severity}  {}{own}", rule.id, rule.kind, rule.title);
    }
    text
}

fn page(rule: &Rule, settings: &Settings) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<11}{value}");
    };
    line("rule", &rule.id);
    line("kind", rule.kind.as_str());
    line("title", &rule.title);
    line("severity", settings.style.severity(rule.severity.as_str()).trim_end());
    line("gives", &rule.power);
    line("end it", &rule.remedy);
    line("format", &rule.reference);
    for shape in &rule.syntax.shape {
        if let Some(regex) = &shape.regex {
            line("matches", regex);
        }
        if let Some(run) = &shape.run {
            line("matches", &format!("{} to {} characters, {}", run.length[0], run.length[1], run.class));
        }
    }
    for example in &rule.syntax.matches {
        line("finds", &format!("{} ({})", example.text.trim_end().escape_debug(), example.confidence));
    }
    for example in &rule.syntax.no_matches {
        line("leaves", &format!("{} ({})", example.text.trim_end().escape_debug(), example.why));
    }
    text
}

fn json(value: &impl Serialize) -> Result<String, CommandError> {
    let text = serde_json::to_string_pretty(value).map_err(cannot_serialise)?;
    Ok(text + "\n")
}

fn lines(rules: &[Listed]) -> Result<String, CommandError> {
    rules.iter().map(|rule| Ok(serde_json::to_string(rule).map_err(cannot_serialise)? + "\n")).collect()
}

fn cannot_serialise(error: serde_json::Error) -> CommandError {
    CommandError::fatal("cannot write the rules as JSON").because(error)
}
