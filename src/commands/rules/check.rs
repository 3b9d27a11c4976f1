//! `cfleak rules check`: a pattern file has to prove itself before it is used.

use crate::commands::settings::Settings;
use crate::commands::{CommandError, engine, outputs};
use crate::model::{Candidate, Chunk, Confidence, Provenance};
use crate::rules::examples::{Seed, expand};
use crate::rules::{Rule, RuleSet, lint};
use crate::scan::{Engine, Hits, Options};
use crate::ui::exit_code::Ending;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// Any seed does: what an example stands for must be found whatever its letters are.
const SEED: u64 = 2026;

pub fn run(paths: &[PathBuf], settings: &Settings) -> Result<Ending, CommandError> {
    let files = files(paths, settings)?;
    let mut rules = RuleSet::builtin();
    let mut complaints = Vec::new();
    let mut own = Vec::new();
    for path in &files {
        let name = path.display().to_string();
        let text = fs::read_to_string(path)
            .map_err(|error| CommandError::config(format!("cannot read {name}")).because(error))?;
        match rules.add(&name, &text) {
            Ok(()) => own.push((name, rules.rules.len() - 1)),
            Err(error) => complaints.push(error.to_string()),
        }
    }
    let engine = Engine::new(rules, &[], Options::default());
    for (name, index) in &own {
        let rule = &engine.rules().rules[*index];
        let said = lint(rule).into_iter().chain(examples(rule, &engine));
        complaints.extend(said.map(|complaint| format!("{name}: {complaint}")));
    }
    for complaint in &complaints {
        settings.talk.error(complaint);
    }
    if !complaints.is_empty() {
        return Ok(Ending::Failed);
    }
    let count = engine.rules().rules.len();
    outputs::to_stdout(
        format!("{} own and {} built-in rules are fine\n", own.len(), count - own.len()).as_bytes(),
    )?;
    Ok(Ending::Clean)
}

fn files(paths: &[PathBuf], settings: &Settings) -> Result<Vec<PathBuf>, CommandError> {
    if paths.is_empty() {
        return engine::pattern_files(&settings.config.patterns);
    }
    let (directories, mut files): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.iter().cloned().partition(|path| path.is_dir());
    files.extend(engine::pattern_files(&directories)?);
    Ok(files)
}

/// What the examples of a rule disprove.
fn examples(rule: &Rule, engine: &Engine) -> Vec<String> {
    let mut seed = Seed(SEED);
    let mut complaints = Vec::new();
    for example in &rule.syntax.matches {
        let secret = expand(&example.secret, "", &mut seed);
        let text = expand(&example.text, &secret, &mut seed);
        let found = scan(engine, rule, &text, example.path.as_deref());
        let shown = example.text.escape_debug();
        match found.iter().map(|candidate| candidate.confidence).max() {
            None => complaints.push(format!("\"{shown}\" is not found")),
            Some(confidence) if confidence.as_str() != example.confidence => complaints.push(format!(
                "\"{shown}\" is found with confidence {}, not {}",
                confidence.as_str(),
                example.confidence
            )),
            Some(_) => {}
        }
    }
    for example in &rule.syntax.no_matches {
        let text = expand(&example.text, "", &mut seed);
        let found = scan(engine, rule, &text, example.path.as_deref());
        if found.iter().any(|candidate| candidate.confidence >= Confidence::Medium) {
            complaints.push(format!(
                "\"{}\" is found, although {}",
                example.text.escape_debug(),
                example.why
            ));
        }
    }
    complaints
}

fn scan(engine: &Engine, rule: &Rule, text: &str, path: Option<&str>) -> Vec<Candidate> {
    let provenance = path.map_or_else(Provenance::stdin, Provenance::file);
    let mut hits = Hits::default();
    engine.scan(&Chunk::whole(Arc::new(provenance), text.as_bytes()), &mut hits);
    hits.candidates.retain(|candidate| candidate.rule == rule.id);
    hits.candidates
}
