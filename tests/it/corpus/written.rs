//! Cases written down as people would see them, in `tests/data/corpus`.
//!
//! `§§ group` (or `§§ hard: group`) begins a group, `§ found PATH` a case: its text is what follows, up to the next
//! mark. `strong` `nothing` `low` `partial` say what else a scan may have to say. A text that ends with `¬`
//! has no line break there. `«each line»` and `«each kind»` make one case of every entry of the tables in
//! `spelled`.

use super::spelled::{KINDS, LINES};
use super::{Cases, Expect};
use cfleak::model::Confidence;

const FILES: [&str; 9] = [
    include_str!("../../data/corpus/names.txt"),
    include_str!("../../data/corpus/config.txt"),
    include_str!("../../data/corpus/hosts.txt"),
    include_str!("../../data/corpus/programs.txt"),
    include_str!("../../data/corpus/logs.txt"),
    include_str!("../../data/corpus/api.txt"),
    include_str!("../../data/corpus/spelled.txt"),
    include_str!("../../data/corpus/innocent.txt"),
    include_str!("../../data/corpus/more.txt"),
];

pub fn add(cases: &mut Cases) {
    for group in FILES.iter().flat_map(|file| file.split("§§ ").skip(1)) {
        let (title, body) = group.split_once('\n').expect("a group has a title");
        match title.strip_prefix("hard: ") {
            Some(title) => cases.hard_group(title),
            None => cases.group(title),
        }
        for case in body.split("§ ").skip(1) {
            add_case(cases, case);
        }
    }
}

fn add_case(cases: &mut Cases, case: &str) {
    let (head, text) = case.split_once('\n').expect("a case has a head");
    let (expect, path) = head.split_once(' ').unwrap_or((head, ""));
    let text = text.strip_suffix("¬\n").unwrap_or(text);
    for text in each("«each line»", &LINES, text) {
        for text in each("«each kind»", &KINDS, &text) {
            cases.add(expectation(expect), path, text);
        }
    }
}

/// `text` once for every entry if it holds the placeholder, else once.
fn each(placeholder: &str, entries: &[&str], text: &str) -> Vec<String> {
    if !text.contains(placeholder) {
        return vec![text.to_owned()];
    }
    entries.iter().map(|entry| text.replace(placeholder, entry)).collect()
}

fn expectation(word: &str) -> Expect {
    match word {
        "found" => Expect::Found(Confidence::Medium),
        "strong" => Expect::Found(Confidence::High),
        "nothing" => Expect::Nothing,
        "low" => Expect::Low,
        "partial" => Expect::Partial,
        other => panic!("no expectation is called {other}"),
    }
}
