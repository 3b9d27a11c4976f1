//! Who says what in a record: the rules of a format, applied to one parsed record.

use super::query::{Condition, Field, Path, View};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

/// What is known of a stretch of a record. Inherited from the stretch around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    pub session: Option<String>,
    pub record: Option<String>,
    pub role: Option<String>,
    pub tool: Option<String>,
    pub tool_use_id: Option<String>,
    pub time: Option<String>,
    /// Of the session, for what has no time of its own.
    pub session_time: Option<String>,
    pub surface: Option<String>,
    /// Where it is known otherwise than by counting.
    pub turn: Option<u64>,
}

/// One rule of a format: the nodes it speaks of, and what it knows about them.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    pub at: Path,
    pub when: Vec<Condition>,
    pub session: Option<Field>,
    pub record: Option<Field>,
    pub role: Option<Field>,
    pub tool: Option<Field>,
    pub tool_use_id: Option<Field>,
    pub time: Option<Field>,
    pub session_time: Option<Field>,
    pub surface: Option<Field>,
    /// The node is something that a person typed; the path leads to the words.
    pub prompt: Option<Path>,
    /// The elements hold pieces of one text, cut where the stream happened to be cut.
    pub join: Option<Path>,
}

impl Rule {
    fn apply(&self, view: View<'_>, node: usize, label: &mut Label) {
        let fields = [
            (&self.session, &mut label.session),
            (&self.record, &mut label.record),
            (&self.tool, &mut label.tool),
            (&self.tool_use_id, &mut label.tool_use_id),
            (&self.time, &mut label.time),
            (&self.session_time, &mut label.session_time),
            (&self.surface, &mut label.surface),
        ];
        for (field, slot) in fields {
            if let Some(value) = field.as_ref().and_then(|field| field.value(view, node)) {
                *slot = Some(value);
            }
        }
        if let Some(word) = self.role.as_ref().and_then(|field| field.value(view, node)) {
            label.role = role_of(&word).map(str::to_owned);
        }
    }
}

/// The five roles of CONTRACT section 4, from the words that stores use.
pub fn role_of(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "user" | "human" | "prompt" | "1" => Some("user"),
        "assistant" | "model" | "gemini" | "qwen" | "ai" | "agent" | "bot" | "2" => Some("assistant"),
        "tool_input" => Some("tool_input"),
        "tool_output" | "tool" | "function" | "toolresult" | "tool_result" | "environment" => {
            Some("tool_output")
        }
        "system" | "developer" | "info" | "error" | "warning" => Some("system"),
        _ => None,
    }
}

/// Something a person typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Which rule saw it: a store may keep a prompt twice, in two kinds of records.
    pub rule: usize,
    pub words: u64,
}

/// A stretch of a record that has a label of its own.
#[derive(Clone, Debug)]
pub struct Part {
    pub node: usize,
    pub label: Label,
    pub prompt: Option<Prompt>,
    pub join: Option<Path>,
}

/// The parts of a record, in document order; the first is the record itself.
pub fn parts(rules: &[Rule], view: View<'_>, outer: &Label) -> Vec<Part> {
    let Some(root) = view.tape.root() else { return Vec::new() };
    let mut hits = vec![(root, None)];
    for (index, rule) in rules.iter().enumerate() {
        rule.at.each(view, root, &mut |node| {
            if rule.when.iter().all(|condition| condition.holds(view, node)) {
                hits.push((node, Some(index)));
            }
            ControlFlow::Continue(())
        });
    }
    hits.sort_unstable();
    let mut parts: Vec<Part> = Vec::new();
    let mut around: Vec<usize> = Vec::new();
    for (node, rule) in hits {
        if parts.last().is_none_or(|part| part.node != node) {
            while around.last().is_some_and(|&part| view.tape.after(parts[part].node) <= node) {
                around.pop();
            }
            let label = around.last().map_or(outer, |&part| &parts[part].label).clone();
            around.push(parts.len());
            parts.push(Part { node, label, prompt: None, join: None });
        }
        let (Some(rule_index), Some(part)) = (rule, parts.last_mut()) else { continue };
        let rule = &rules[rule_index];
        rule.apply(view, node, &mut part.label);
        if let Some(path) = &rule.prompt {
            part.prompt = Some(Prompt { rule: rule_index, words: hash(path.text(view, node).as_deref()) });
        }
        if rule.join.is_some() {
            part.join.clone_from(&rule.join);
        }
    }
    parts
}

fn hash(words: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.map(str::trim).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::json::Tape;

    #[test]
    fn parts_inherit_what_stands_around_them() {
        let json = br#"{"id":"r1","role":"assistant","content":[{"type":"text","text":"hi"},
            {"type":"tool_use","id":"t1","name":"Bash","input":{"command":"ls"}}]}"#;
        let rules = [
            Rule { record: Some(Field::parse("@id")), role: Some(Field::parse("@role")), ..Rule::default() },
            Rule {
                at: Path::parse("content.*"),
                when: vec![Condition::parse("type=tool_use")],
                role: Some(Field::parse("tool_input")),
                tool: Some(Field::parse("@name")),
                tool_use_id: Some(Field::parse("@id")),
                ..Rule::default()
            },
        ];
        let mut tape = Tape::default();
        tape.parse(json);
        let parts = parts(&rules, View { bytes: json, tape: &tape }, &Label::default());
        let seen: Vec<_> = parts
            .iter()
            .map(|part| {
                let label = &part.label;
                [&label.record, &label.role, &label.tool, &label.tool_use_id]
                    .map(|field| field.as_deref().unwrap_or("-"))
                    .join(" ")
            })
            .collect();
        assert_eq!(seen, ["r1 assistant - -", "r1 tool_input Bash t1"]);
    }
}
