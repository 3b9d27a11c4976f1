use super::super::reopen_hint;
use super::read_as;
use crate::model::Layer;
use crate::source::testing::token;

const PATH: &str =
    "/h/.codex/sessions/2026/03/01/rollout-2026-03-01T10-00-00-0197d1c2-0000-7000-8000-00000000abcd.jsonl";
const ID: &str = "0197d1c2-0000-7000-8000-00000000abcd";
const ROLLOUT: &str = r##"{"timestamp":"2026-03-01T10:00:00.000Z","type":"session_meta","payload":{"id":"0197d1c2-0000-7000-8000-00000000abcd","cwd":"/h/shop","cli_version":"0.60.0","git":{"branch":"main"}}}
{"timestamp":"2026-03-01T10:00:00.100Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"<environment_context>\n <cwd>/h/shop</cwd>"}]}}
{"timestamp":"2026-03-01T10:00:01.000Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"list my zones"}]}}
{"timestamp":"2026-03-01T10:00:01.000Z","type":"event_msg","payload":{"type":"user_message","message":"list my zones","images":[]}}
{"timestamp":"2026-03-01T10:00:03.000Z","type":"response_item","payload":{"type":"reasoning","summary":[],"encrypted_content":"{sealed}"}}
{"timestamp":"2026-03-01T10:00:04.000Z","type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{\"command\":[\"curl\",\"-H\",\"X-Auth-Key:\",\"{argv}\"],\"workdir\":\"/h\"}","call_id":"call_1"}}
{"timestamp":"2026-03-01T10:00:05.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"call_1","output":"{\"output\":\"{\\\"token\\\":\\\"{deep}\\\"}\\n\",\"metadata\":{\"exit_code\":0}}"}}
{"timestamp":"2026-03-01T10:00:09.000Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Your token {said} works"}]}}
{"timestamp":"2026-03-01T10:01:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"again with {typed}"}}
{"timestamp":"2026-03-01T10:01:00.000Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"again with {typed}"}]}}
"##;

#[test]
fn codex_records_are_located() {
    let [argv, deep, said, typed] = [1, 2, 3, 4].map(token);
    let sealed = "gAAAA".repeat(60);
    let values =
        [("argv", argv.as_str()), ("deep", &deep), ("said", &said), ("typed", &typed), ("sealed", &sealed)];
    let (spy, content) = read_as(PATH, ROLLOUT, &values);
    let table = [
        (&argv, 0, "1 - tool_input shell call_1 2026-03-01T10:00:04.000Z exact", 6, 2),
        (&deep, 0, "1 - tool_output shell call_1 2026-03-01T10:00:05.000Z exact", 7, 3),
        (&said, 0, "1 - assistant - - 2026-03-01T10:00:09.000Z exact", 8, 1),
        (&typed, 0, "2 - user - - 2026-03-01T10:01:00.000Z exact", 9, 1),
        (&typed, 1, "2 - user - - 2026-03-01T10:01:00.000Z exact", 10, 1),
    ];
    for (value, index, story, line, depth) in table {
        let seen = &spy.of(value)[index];
        assert_eq!((seen.story(), seen.line), (format!("transcript {ID} {story}"), line));
        assert_eq!(&content[seen.start as usize..seen.end as usize], value);
        assert_eq!(seen.layers, vec![Layer::Json; depth], "{story}");
    }
    assert_eq!(spy.seen().len(), table.len(), "what only the provider can read is not scanned");
}

#[test]
fn an_argument_list_is_one_line_again() {
    let argv = token(1);
    let (spy, _) = read_as(PATH, ROLLOUT, &[("argv", &argv)]);
    assert!(spy.one(&argv).before.ends_with("curl -H X-Auth-Key: "), "{}", spy.one(&argv).before);
}

#[test]
fn a_session_can_be_opened_again() {
    let said = token(3);
    let (spy, _) = read_as(PATH, ROLLOUT, &[("said", &said)]);
    let hint = reopen_hint(&spy.one(&said).transcript());
    assert_eq!(hint, Some(format!("codex resume {ID}")));
}

#[test]
fn a_rollout_is_known_by_its_content() {
    let typed = token(4);
    let (spy, _) = read_as("/tmp/copy.jsonl", ROLLOUT, &[("typed", &typed)]);
    assert_eq!(
        spy.of(&typed)[0].story(),
        format!("transcript {ID} 2 - user - - 2026-03-01T10:01:00.000Z exact")
    );
}

#[test]
fn history_and_snapshots_are_read() {
    let value = token(1);
    let line = r#"{"session_id":"s1","ts":1772359200,"text":"use {t}"}"#;
    let (spy, _) = read_as("/h/.codex/history.jsonl", line, &[("t", &value)]);
    assert_eq!(spy.one(&value).story(), "prompt-history s1 - - user - - 2026-03-01T10:00:00Z exact");
    let snapshot = "# Snapshot file\ndeclare -x CLOUDFLARE_API_TOKEN=\"{t}\"\n";
    let (spy, _) = read_as("/h/.codex/shell_snapshots/s1.1.sh", snapshot, &[("t", &value)]);
    assert_eq!(spy.one(&value).story(), "shell-snapshot - - - - - - 2026-01-01T00:00:00Z file");
}
