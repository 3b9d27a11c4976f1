//! A case file from disk is read, refused, or printed in every form; what looks like a value is masked on the way.

#![no_main]

use cfleak::model::incident::Incident;
use cfleak::report::Style;
use cfleak::report::case::{self, CaseFormat};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(incident) = Incident::from_json(text) else { return };
    let forms =
        [CaseFormat::Human, CaseFormat::Markdown, CaseFormat::Html, CaseFormat::Json, CaseFormat::Csv];
    for form in forms {
        let mut out = Vec::new();
        case::print(&incident, form, &Style::default(), &mut out).expect("a vector takes everything");
        assert!(!out.contains(&0x1b) || form == CaseFormat::Human);
    }
});
