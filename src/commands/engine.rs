//! The engine for a run: the built-in patterns, and the user's own.

use crate::commands::CommandError;
use crate::config::Config;
use crate::report::RuleNote;
use crate::rules::{LabelName, Rule, RuleSet};
use crate::scan::{Engine, Options};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub fn engine(config: &Config, options: Options) -> Result<Engine, CommandError> {
    let mut rules = RuleSet::builtin();
    for path in pattern_files(&config.patterns)? {
        let text = fs::read_to_string(&path).map_err(|error| cannot_read(&path, error))?;
        rules.add(&path.to_string_lossy(), &text).map_err(|error| {
            CommandError::config(error.to_string()).hint(format!("cfleak rules check {}", path.display()))
        })?;
    }
    let labels: Vec<LabelName> = config
        .labels
        .iter()
        .map(|label| LabelName { name: label.name.clone(), kind: label.kind.clone() })
        .collect();
    rules.add_labels(&labels).map_err(|error| CommandError::config(error.to_string()))?;
    Ok(Engine::new(rules, &labels, options))
}

/// Every `.toml` file in these directories, sorted, so that rules keep their order.
pub fn pattern_files(directories: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    let mut files = Vec::new();
    for directory in directories {
        let entries = fs::read_dir(directory).map_err(|error| cannot_read(directory, error))?;
        for entry in entries {
            let path = entry.map_err(|error| cannot_read(directory, error))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What reports tell about the rules.
pub fn notes(rules: &RuleSet) -> BTreeMap<String, RuleNote> {
    rules.rules.iter().map(|rule| (rule.id.to_string(), note(rule))).collect()
}

fn note(rule: &Rule) -> RuleNote {
    RuleNote {
        title: rule.title.clone(),
        severity: rule.severity.as_str().to_owned(),
        power: rule.power.clone(),
        remedy: rule.remedy.clone(),
        reference: rule.reference.clone(),
    }
}

fn cannot_read(path: &Path, error: std::io::Error) -> CommandError {
    CommandError::config(format!("cannot read the patterns in {}", path.display())).because(error)
}
