use super::super::{Options, Unread, detect, read};
use super::read_as;
use crate::model::{Provenance, SkipReason};
use crate::source::testing::{Spy, token};
use std::path::Path;

const PATH: &str = "/h/.claude/projects/-h/s.jsonl";

#[test]
fn lines_that_are_no_json_are_text_with_their_neighbours() {
    let value = token(1);
    let content = "{\"type\":\"user\"}\nX-Auth-Email: me@example.com\n{t}\n{\"type\":\"user\"}\n";
    let (spy, _) = read_as(PATH, content, &[("t", &value)]);
    let seen = spy.one(&value);
    assert!(seen.before.contains("X-Auth-Email") && seen.layers.is_empty() && seen.line == 3);
}

#[test]
fn many_batches_give_what_one_gives() {
    let value = token(1);
    let filler =
        r#"{"type":"assistant","message":{"role":"assistant","content":"xxxxxxxxxxxxxxxxxxxxxxxx"}}"#;
    let prompt = r#"{"type":"user","message":{"role":"user","content":"next"}}"#;
    let hit = r#"{"type":"user","message":{"role":"user","content":"use {t}"}}"#;
    let mut content = String::new();
    for _ in 0..3 {
        for _ in 0..600 {
            content += filler;
            content.push('\n');
        }
        content += prompt;
        content.push('\n');
        content += hit;
        content.push('\n');
    }
    let (spy, whole) = read_as(PATH, &content, &[("t", &value)]);
    let turns: Vec<_> = spy.of(&value).iter().map(|seen| seen.transcript().turn).collect();
    assert_eq!(turns, [Some(2), Some(4), Some(6)]);
    for seen in spy.of(&value) {
        assert_eq!(&whole[seen.start as usize..seen.end as usize], value);
        let lines = whole[..seen.start as usize].matches('\n').count() as u64;
        assert_eq!(seen.line, lines + 1);
    }
}

#[test]
fn a_document_over_several_lines_is_one_record() {
    let value = token(1);
    let content = "{\n \"env\": {\n  \"CLOUDFLARE_API_TOKEN\": \"{t}\"\n }\n}\n";
    let (spy, _) = read_as("/h/.claude/settings.json", content, &[("t", &value)]);
    let seen = spy.one(&value);
    assert!(seen.before.ends_with("\"CLOUDFLARE_API_TOKEN\": \""), "{}", seen.before);
    assert_eq!(seen.line, 3);
}

#[test]
fn a_record_over_the_cap_is_read_to_its_end_and_said() {
    let values = [1, 2, 3].map(token);
    let kind = detect(Path::new(PATH), b"").unwrap_or_else(|| panic!("no store"));
    let padding = "word ".repeat(700_000);
    let [early, late, next] = &values;
    let content = format!(
        "{{\"message\":{{\"content\":\"{early} {padding} {late}\"}}}}\n{{\"message\":{{\"content\":\"{next}\"}}}}\n"
    );
    let spy = Spy::looking_for(&[early, late, next]);
    let options = Options { record_cap: 1 << 20, ..Options::default() };
    let tally = read(kind, &Provenance::file(PATH), &mut content.as_bytes(), &spy, &options);
    assert!(tally.is_ok_and(|tally| tally.is_cut));
    for value in &values {
        let seen = spy.one(value);
        assert_eq!(&content[seen.start as usize..seen.end as usize], value);
    }
    let reasons: Vec<_> = spy.skips().iter().map(|skip| skip.reason).collect();
    assert_eq!(reasons, [SkipReason::OverDecode]);
}

#[test]
fn pictures_are_counted_not_scanned() {
    let content = format!(
        r#"{{"content":[{{"type":"image","source":{{"type":"base64","data":"iVBORw0KGgo{}"}}}}]}}"#,
        "A".repeat(500)
    );
    let kind = detect(Path::new(PATH), b"").unwrap_or_else(|| panic!("no store"));
    let spy = Spy::looking_for(&["AAAA"]);
    let tally = read(kind, &Provenance::file(PATH), &mut content.as_bytes(), &spy, &Options::default());
    assert_eq!(tally.map(|tally| tally.unread).ok(), Some(Unread { media: 1, ..Unread::default() }));
    assert!(spy.seen().is_empty());
}

#[test]
fn nested_json_stops_at_the_limit_and_is_still_read() {
    let value = token(1);
    let mut text = format!("{{\"k\":\"{value}\"}}");
    for _ in 0..5 {
        text = format!("{{\"k\":\"{}\"}}", text.replace('\\', "\\\\").replace('"', "\\\""));
    }
    let kind = detect(Path::new(PATH), b"").unwrap_or_else(|| panic!("no store"));
    let spy = Spy::looking_for(&[&value]);
    let tally = read(kind, &Provenance::file(PATH), &mut text.as_bytes(), &spy, &Options::default());
    assert_eq!(tally.map(|tally| tally.unread.too_deep).ok(), Some(1));
    let seen = spy.one(&value);
    assert_eq!(seen.layers.len(), 4);
    assert_eq!(&text[seen.start as usize..seen.end as usize], value);
}
