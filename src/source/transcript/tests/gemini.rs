use super::{read_as, stories};
use crate::source::testing::token;

#[test]
fn gemini_lines_are_located() {
    let [typed, args, result] = [1, 2, 3].map(token);
    let template = r#"{"sessionId":"g-1","projectHash":"ff","startTime":"2026-03-01T10:00:00.000Z","kind":"main"}
{"id":"m1","timestamp":"2026-03-01T10:00:01.000Z","type":"user","content":[{"text":"use {typed}"}]}
{"id":"m2","timestamp":"2026-03-01T10:00:02.000Z","type":"gemini","content":"","toolCalls":[{"id":"c1","name":"run_shell_command","args":{"command":"echo {args}"},"status":"success","timestamp":"2026-03-01T10:00:03.000Z","result":[{"functionResponse":{"id":"c1","response":{"output":"T={result}"}}}]}]}
{"$set":{"lastUpdated":"2026-03-01T10:00:04.000Z","summary":"about {typed}"}}
"#;
    let values = [("typed", typed.as_str()), ("args", &args), ("result", &result)];
    let path = "/h/.gemini/tmp/shop/chats/session-2026-03-01T10-00-g1.jsonl";
    let (spy, content) = read_as(path, template, &values);
    assert_eq!(
        stories(&spy, &content),
        [
            "transcript g-1 1 m1 user - - 2026-03-01T10:00:01.000Z exact",
            "transcript g-1 1 m2 tool_input run_shell_command c1 2026-03-01T10:00:03.000Z exact",
            "transcript g-1 1 m2 tool_output run_shell_command c1 2026-03-01T10:00:03.000Z exact",
            "transcript g-1 1 - - - - 2026-03-01T10:00:03.000Z session",
        ]
    );
}

#[test]
fn gemini_documents_are_located() {
    let [typed, result] = [1, 2].map(token);
    let template = r#"{
 "sessionId": "g-2",
 "startTime": "2026-03-01T10:00:00.000Z",
 "messages": [
  {"id": "m1", "timestamp": "2026-03-01T10:00:01.000Z", "type": "user", "content": "hello"},
  {"id": "m2", "timestamp": "2026-03-01T10:00:02.000Z", "type": "user", "content": "use {typed}"},
  {"id": "m3", "type": "gemini", "content": "ok",
   "toolCalls": [{"id": "c1", "name": "read_file", "args": {"path": ".dev.vars"}, "resultDisplay": "T={result}"}]}
 ]
}"#;
    let values = [("typed", typed.as_str()), ("result", &result)];
    let (spy, content) = read_as("/h/.gemini/tmp/ffff/chats/session-1.json", template, &values);
    assert_eq!(
        stories(&spy, &content),
        [
            "transcript g-2 2 m2 user - - 2026-03-01T10:00:02.000Z exact",
            "transcript g-2 2 m3 tool_output read_file c1 2026-03-01T10:00:02.000Z session",
        ]
    );
    assert!(spy.one(&result).before.contains(".dev.vars"), "the output comes with its input");
}

#[test]
fn gemini_side_stores_are_located() {
    let value = token(1);
    let log = r#"[{"sessionId":"g-3","messageId":0,"timestamp":"2026-03-01T10:00:00Z","type":"user","message":"use {t}"}]"#;
    let checkpoint = r#"{"history":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"functionCall":{"id":"c9","name":"edit","args":{"new":"{t}"}}}]}],"toolCall":{}}"#;
    let table = [
        ("/h/.gemini/tmp/p/logs.json", log, "prompt-history g-3 - 0 user - - 2026-03-01T10:00:00Z exact"),
        (
            "/h/.gemini/tmp/p/checkpoints/1.json",
            checkpoint,
            "checkpoint - 1 /history/1 tool_input edit c9 2026-01-01T00:00:00Z file",
        ),
        ("/h/.gemini/tmp/p/shell_history", "A={t}\n", "prompt-history - - - - - - 2026-01-01T00:00:00Z file"),
        (
            "/h/shop/.gemini/settings.json",
            "{\"k\":\"{t}\"}",
            "settings - - - - - - 2026-01-01T00:00:00Z file",
        ),
    ];
    for (path, template, story) in table {
        let (spy, content) = read_as(path, template, &[("t", &value)]);
        assert_eq!(stories(&spy, &content), [story], "{path}");
    }
}

#[test]
fn qwen_lines_are_located() {
    let [typed, result] = [1, 2].map(token);
    let template = r#"{"uuid":"q1","parentUuid":null,"sessionId":"s-q","timestamp":"2026-03-01T10:00:01.000Z","type":"user","cwd":"/h","message":{"role":"user","parts":[{"text":"use {typed}"}]}}
{"uuid":"q2","sessionId":"s-q","timestamp":"2026-03-01T10:00:02.000Z","type":"assistant","message":{"role":"model","parts":[{"functionCall":{"id":"c1","name":"run_shell_command","args":{"command":"env"}}}]}}
{"uuid":"q3","sessionId":"s-q","timestamp":"2026-03-01T10:00:03.000Z","type":"tool_result","message":{"role":"user","parts":[{"functionResponse":{"id":"c1","name":"run_shell_command","response":{"output":"T={result}"}}}]}}
"#;
    let values = [("typed", typed.as_str()), ("result", &result)];
    let (spy, content) = read_as("/h/.qwen/projects/-h/chats/s-q.jsonl", template, &values);
    assert_eq!(
        stories(&spy, &content),
        [
            "transcript s-q 1 q1 user - - 2026-03-01T10:00:01.000Z exact",
            "transcript s-q 1 q3 tool_output run_shell_command c1 2026-03-01T10:00:03.000Z exact",
        ]
    );
}

#[test]
fn what_only_antigravity_can_read_is_said() {
    use super::super::{Options, detect, read_file};
    use crate::model::{Provenance, SkipReason};
    use crate::source::testing::Spy;
    use std::path::Path;
    for path in [
        "/h/.gemini/antigravity-cli/implicit/1.pb",
        "/h/.gemini/antigravity/conversations/1.pb",
        "/h/.codeium/windsurf/cascade/1.pb",
    ] {
        let kind = detect(Path::new(path), b"").unwrap_or_else(|| panic!("{path} is no store"));
        let spy = Spy::default();
        let outcome = read_file(kind, &Provenance::file(path), &spy, &Options::default());
        assert!(!outcome.is_read);
        assert_eq!(spy.skips().iter().map(|skip| skip.reason).collect::<Vec<_>>(), [SkipReason::Opaque]);
    }
}
