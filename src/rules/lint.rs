//! What a pattern file gets wrong although it compiles: `cfleak rules check`.

use crate::model::Confidence;
use crate::rules::compile::{Rule, ShapeForm};

/// Complaints about a rule, each a sentence.
pub fn lint(rule: &Rule) -> Vec<String> {
    let mut complaints = Vec::new();
    let id_ok =
        rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if rule.id.is_empty() || !id_ok {
        complaints.push("the id should be lower-case words joined by `-`".to_owned());
    }
    if rule.syntax.matches.is_empty() {
        complaints.push("no [[match]] example: nothing shows that the rule finds anything".to_owned());
    }
    if rule.syntax.no_matches.is_empty() {
        complaints.push("no [[no-match]] example: nothing shows where the rule stops".to_owned());
    }
    for example in &rule.syntax.matches {
        if parse_confidence(&example.confidence).is_none() {
            complaints
                .push(format!("confidence `{}` is none of certain, high, medium, low", example.confidence));
        }
    }
    let contextual = rule.shapes.iter().any(|shape| shape.needs_context);
    if contextual && rule.context.strong.is_empty() && rule.context.weak.is_empty() {
        complaints.push("a shape needs context, but [context] names no label".to_owned());
    }
    for shape in &rule.shapes {
        complaints.extend(lint_form(&shape.form));
    }
    complaints
}

fn lint_form(form: &ShapeForm) -> Option<String> {
    match form {
        ShapeForm::Anchored { literal, .. } if literal.len() < 4 => {
            Some("an anchor shorter than 4 bytes stands everywhere; the scan will be slow".to_owned())
        }
        ShapeForm::Free { keywords, .. } if keywords.iter().any(|word| word.len() < 3) => {
            Some("a keyword shorter than 3 bytes stands everywhere; the scan will be slow".to_owned())
        }
        ShapeForm::Anchored { .. } | ShapeForm::Free { .. } | ShapeForm::Run { .. } => None,
    }
}

pub fn parse_confidence(word: &str) -> Option<Confidence> {
    [Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Certain]
        .into_iter()
        .find(|confidence| confidence.as_str() == word)
}
