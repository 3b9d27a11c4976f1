//! The proof of the patterns: every example is found where it says and as it says, in every carrier, however the text
//! is cut; no rule claims another's examples.

use cfleak::model::{Candidate, Chunk, Confidence, Position, Provenance, Raw};
use cfleak::rules::examples::{Seed, expand};
use cfleak::rules::{CarrierSyntax, ExampleSyntax, Rule, RuleSet, carriers, lint, parse_confidence, spell};
use cfleak::scan::{Engine, Hits, Options};
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::builtin(), &[], Options::default()));

fn provenance(path: Option<&str>) -> Arc<Provenance> {
    Arc::new(path.map_or_else(Provenance::stdin, Provenance::file))
}

fn scan(text: &[u8], path: Option<&str>) -> Vec<Candidate> {
    let mut hits = Hits::default();
    ENGINE.scan(&Chunk::whole(provenance(path), text), &mut hits);
    hits.candidates
}

fn reported(text: &[u8], path: Option<&str>) -> Vec<Candidate> {
    scan(text, path).into_iter().filter(|candidate| candidate.confidence >= Confidence::Medium).collect()
}

/// Every example of every rule, expanded: rule, example, secret, text.
fn examples() -> Vec<(&'static Rule, &'static ExampleSyntax, String, String)> {
    let mut seed = Seed(2026);
    let mut list = Vec::new();
    for rule in &ENGINE.rules().rules {
        for example in &rule.syntax.matches {
            let secret = expand(&example.secret, "", &mut seed);
            let text = expand(&example.text, &secret, &mut seed);
            list.push((rule, example, secret, text));
        }
    }
    list
}

fn describe(candidates: &[Candidate]) -> String {
    let one =
        |c: &Candidate| format!("{} {} {:?} {:?}", c.rule, c.confidence.as_str(), c.place.decoded, c.reasons);
    candidates.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_example_is_found_as_its_own_kind_and_no_other() {
    for (rule, example, secret, text) in examples() {
        let found = scan(text.as_bytes(), example.path.as_deref());
        let wanted = parse_confidence(&example.confidence).expect("linted");
        assert_eq!(found.len(), 1, "{}: {:?} gives\n{}", rule.id, example.text, describe(&found));
        assert_eq!(
            (found[0].rule.clone(), found[0].confidence),
            (rule.id.clone(), wanted),
            "{}\n{}",
            example.text,
            describe(&found)
        );
        let span = found[0].place.span;
        let at = text.find(&secret).expect("the example holds its secret");
        let inside = at as u64 <= span.start && span.end <= (at + secret.len()) as u64;
        assert!(inside, "{}: {:?} at {}..{}, not {at}", rule.id, example.text, span.start, span.end);
    }
}

#[test]
fn no_counterexample_is_reported() {
    let mut seed = Seed(7);
    for rule in &ENGINE.rules().rules {
        for example in &rule.syntax.no_matches {
            let text = expand(&example.text, "", &mut seed);
            let found = reported(text.as_bytes(), example.path.as_deref());
            assert!(
                found.is_empty(),
                "{} ({}): {:?} gives\n{}",
                rule.id,
                example.why,
                example.text,
                describe(&found)
            );
        }
    }
}

/// The carrier's text with the value in it.
fn carry(carrier: &CarrierSyntax, label: &str, value: &str) -> Vec<u8> {
    let line = format!("{label}={value}\n");
    let mut out = Vec::new();
    let mut rest = carrier.text.as_str();
    while let Some(open) = rest.find('{') {
        let (name, end) =
            rest[open..].find('}').map_or(("", 0), |close| (&rest[open + 1..open + close], close + 1));
        let bytes = match name.split_once(':').unwrap_or((name, "")) {
            ("label", "") => Some(label.as_bytes().to_vec()),
            ("value", "") => Some(value.as_bytes().to_vec()),
            ("value", how) => spell(value, how),
            ("line", how) => spell(&line, how),
            _ => None,
        };
        out.extend_from_slice(&rest.as_bytes()[..open]);
        match bytes {
            Some(bytes) => {
                out.extend(bytes);
                rest = &rest[open + end..];
            }
            None => {
                out.push(b'{');
                rest = &rest[open + 1..];
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// A key of two thousand characters is never put together from pieces; no JSON writer escapes the `_` of a URL.
fn fits(carrier: &CarrierSyntax, rule: &Rule) -> bool {
    let keys_stand_whole = ["value:", "line:utf-16", "line:xxd"];
    match &*rule.id {
        "stream-signing-key" => !keys_stand_whole.iter().any(|spelling| carrier.text.contains(spelling)),
        "deploy-hook" => !carrier.text.contains("value:unicode"),
        _ => true,
    }
}

#[test]
fn every_carried_example_is_found_in_every_carrier() {
    let mut misses = Vec::new();
    let mut tried = 0;
    for (rule, example, secret, _) in examples().into_iter().filter(|(_, example, _, _)| example.carried) {
        let label = example.label.as_deref().expect("a carried example has a label");
        for carrier in carriers().iter().filter(|carrier| fits(carrier, rule)) {
            let text = carry(carrier, label, &secret);
            tried += 1;
            let found = reported(&text, carrier.path.as_deref());
            let hit = found
                .iter()
                .any(|c| c.rule == rule.id && c.secret.expose().contains(secret_part(rule, &secret)));
            if !hit || found.len() != 1 {
                misses.push(format!("{} in {}: {}", rule.id, carrier.name, describe(&found)));
            }
        }
    }
    assert!(misses.is_empty(), "{} of {tried} missed:\n{}", misses.len(), misses.join("\n"));
}

/// The finding of a key holds the text between its marks.
fn secret_part<'a>(rule: &Rule, secret: &'a str) -> &'a str {
    if &*rule.id == "stream-signing-key" { "" } else { secret }
}

/// A text with every example in it, for the tests that cut.
fn everything() -> Vec<u8> {
    let mut out = Vec::new();
    for (_, example, secret, text) in examples() {
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(
            b"\n\n-- filler between examples, long enough to keep their surroundings apart --\n",
        );
        out.extend_from_slice(&vec![b'.'; 1500]);
        out.push(b'\n');
        if example.carried {
            for carrier in carriers().iter().filter(|carrier| !carrier.text.contains("utf-16")) {
                out.extend(carry(carrier, example.label.as_deref().unwrap_or("x"), &secret));
                out.extend_from_slice(&vec![b'.'; 1500]);
                out.push(b'\n');
            }
            break;
        }
    }
    out
}

fn places(candidates: &[Candidate]) -> Vec<(String, u64, u64, u64)> {
    let one =
        |c: &Candidate| (c.rule.to_string(), c.place.span.start, c.place.span.end, c.place.position.line);
    let mut list: Vec<_> = candidates.iter().map(one).collect();
    list.sort();
    list
}

#[test]
fn cutting_a_text_changes_nothing() {
    const CONTEXT: usize = 8 << 10;
    let text = everything();
    let whole = places(&scan(&text, None));
    assert!(whole.len() > 40, "{} found", whole.len());
    for step in [997, 4096, 30_011] {
        let mut hits = Hits::default();
        for start in (0..text.len()).step_by(step) {
            let end = (start + step).min(text.len());
            let (from, to) = (start.saturating_sub(CONTEXT), (end + CONTEXT).min(text.len()));
            let line = 1 + memchr::memchr_iter(b'\n', &text[..from]).count() as u64;
            let column = from - memchr::memrchr(b'\n', &text[..from]).map_or(0, |at| at + 1) + 1;
            let bytes = &text[from..to];
            let raw = Raw { bytes, offset: from as u64, at: Position { line, column: column as u64 } };
            let chunk =
                Chunk { raw, core: start - from..end - from, ..Chunk::whole(provenance(None), bytes) };
            ENGINE.scan(&chunk, &mut hits);
        }
        assert_eq!(places(&hits.candidates), whole, "cut every {step} bytes");
    }
}

#[test]
fn every_shipped_rule_is_clean() {
    for rule in &ENGINE.rules().rules {
        assert_eq!(lint(rule), Vec::<String>::new(), "{}", rule.id);
    }
}
