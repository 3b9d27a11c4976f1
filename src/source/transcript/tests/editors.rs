use super::{read_as, stories};
use crate::source::testing::token;

#[test]
fn vscode_patch_logs_are_located() {
    let [typed, said, joined, late] = [1, 2, 3, 4].map(token);
    let (head, tail) = joined.split_at(20);
    let template = r#"{"kind":0,"v":{"version":3,"sessionId":"v-1","creationDate":1772359200000,"requests":[]}}
{"kind":2,"k":["requests"],"v":[{"requestId":"r1","timestamp":1772359201000,"message":{"text":"use {typed}"},"response":[]}]}
{"kind":2,"k":["requests",0,"response"],"v":[{"value":"I see {said}"},{"value":" and {head}"},{"value":"{tail}."}]}
{"kind":1,"k":["requests",0,"result"],"v":{"metadata":{"toolCallRounds":[{"toolCalls":[{"id":"c1","name":"run_in_terminal","arguments":"{\"command\":\"echo {late}\"}"}]}]}}}
"#;
    let values = [
        ("typed", typed.as_str()),
        ("said", &said),
        ("head", head),
        ("tail", tail),
        ("late", &late),
        ("joined", &joined),
    ];
    let path = "/h/.config/Code/User/workspaceStorage/ff/chatSessions/v-1.jsonl";
    let (spy, content) = read_as(path, template, &values);
    let story = |value: &str| spy.one(value).story();
    assert_eq!(story(&typed), "transcript v-1 1 r1 user - - 2026-03-01T10:00:01Z exact");
    assert_eq!(story(&said), "transcript v-1 1 - assistant - - 2026-03-01T10:00:01Z session");
    assert_eq!(story(&late), "transcript v-1 1 - tool_input run_in_terminal c1 2026-03-01T10:00:01Z session");
    let seen = spy.one(&joined);
    let raw = &content[seen.start as usize..seen.end as usize];
    assert!(raw.starts_with(head) && raw.ends_with(tail), "a value cut by the stream is whole: {raw}");
}

#[test]
fn vscode_documents_are_located() {
    let [typed, said] = [1, 2].map(token);
    let template = r#"{"version":3,"sessionId":"v-2","requests":[{"requestId":"r1","timestamp":1772359201000,"message":{"text":"hi"},"response":[]},
{"requestId":"r2","timestamp":1772359202000,"message":{"text":"use {typed}"},"response":[{"value":"{said}"}]}]}"#;
    let path = "/Users/me/Library/Application Support/Code/User/workspaceStorage/ff/chatSessions/v-2.json";
    let (spy, content) = read_as(path, template, &[("typed", &typed), ("said", &said)]);
    assert_eq!(
        stories(&spy, &content),
        [
            "transcript v-2 2 r2 user - - 2026-03-01T10:00:02Z exact",
            "transcript v-2 2 r2 assistant - - 2026-03-01T10:00:02Z exact",
        ]
    );
}

#[test]
fn copilot_events_are_located() {
    let [typed, args, result] = [1, 2, 3].map(token);
    let template = r#"{"type":"session.start","data":{"sessionId":"c-1","context":{"cwd":"/h"}},"id":"e0","timestamp":"2026-03-01T10:00:00.000Z"}
{"type":"user.message","data":{"content":"use {typed}","transformedContent":"<t>use {typed}</t>"},"id":"e1","timestamp":"2026-03-01T10:00:01.000Z"}
{"type":"assistant.message","data":{"content":"","toolRequests":[{"toolCallId":"t1","name":"bash","arguments":{"command":"echo {args}"}}]},"id":"e2","timestamp":"2026-03-01T10:00:02.000Z"}
{"type":"tool.execution_start","data":{"toolCallId":"t1","toolName":"bash","arguments":{"command":"echo {args}"}},"id":"e3","timestamp":"2026-03-01T10:00:03.000Z"}
{"type":"tool.execution_complete","data":{"toolCallId":"t1","success":true,"result":{"content":"{result}"}},"id":"e4","timestamp":"2026-03-01T10:00:04.000Z"}
"#;
    let values = [("typed", typed.as_str()), ("args", &args), ("result", &result)];
    let (spy, content) = read_as("/h/.copilot/session-state/c-1/events.jsonl", template, &values);
    assert_eq!(
        stories(&spy, &content),
        [
            "transcript c-1 1 e1 user - - 2026-03-01T10:00:01.000Z exact",
            "transcript c-1 1 e1 user - - 2026-03-01T10:00:01.000Z exact",
            "transcript c-1 1 e2 tool_input bash t1 2026-03-01T10:00:02.000Z exact",
            "transcript c-1 1 e3 tool_input bash t1 2026-03-01T10:00:03.000Z exact",
            "transcript c-1 1 e4 tool_output bash t1 2026-03-01T10:00:04.000Z exact",
        ]
    );
}

#[test]
fn cline_documents_are_located() {
    let [typed, result, ui] = [1, 2, 3].map(token);
    let api = r#"[{"role":"user","content":[{"type":"text","text":"<task>\ndeploy\n</task>"}],"ts":1772359200000},
{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"execute_command","input":{"command":"env"}}],"ts":1772359201000},
{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"T={result}"}],"ts":1772359202000},
{"role":"user","content":[{"type":"text","text":"<feedback>use {typed}</feedback>"}],"ts":1772359203000}]"#;
    let storage = "/h/.config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1772";
    let values = [("typed", typed.as_str()), ("result", &result)];
    let (spy, content) = read_as(&format!("{storage}/api_conversation_history.json"), api, &values);
    assert_eq!(
        stories(&spy, &content),
        [
            "transcript 1772 1 /2 tool_output execute_command t1 2026-03-01T10:00:02Z exact",
            "transcript 1772 2 /3 user - - 2026-03-01T10:00:03Z exact",
        ]
    );
    let messages = r#"[{"ts":1772359200000,"type":"say","say":"task","text":"deploy"},
{"ts":1772359201000,"type":"say","say":"api_req_started","text":"{\"request\":\"X-Auth-Key: {ui}\"}"}]"#;
    let (spy, content) = read_as(&format!("{storage}/ui_messages.json"), messages, &[("ui", &ui)]);
    assert_eq!(stories(&spy, &content), ["transcript 1772 1 /1 assistant - - 2026-03-01T10:00:01Z exact"]);
    assert_eq!(spy.one(&ui).layers.len(), 2);
    for (storage, agent) in [("rooveterinaryinc.roo-cline", "roo"), ("kilocode.kilo-code", "kilo")] {
        let path = format!("/h/.vscode-server/data/User/globalStorage/{storage}/tasks/9/ui_messages.json");
        let (spy, _) = read_as(&path, messages, &[("ui", &ui)]);
        assert_eq!(spy.one(&ui).transcript().agent, agent);
    }
}

#[test]
fn cursor_command_line_transcripts_are_located() {
    let [typed, spill] = [1, 2].map(token);
    let template = r#"{"role":"user","message":{"content":[{"type":"text","text":"use {typed}"}]}}"#;
    let project = "/h/.cursor/projects/-h-shop";
    let path = format!("{project}/agent-transcripts/u-1/u-1.jsonl");
    let (spy, content) = read_as(&path, template, &[("typed", &typed)]);
    assert_eq!(stories(&spy, &content), ["transcript u-1 1 - user - - 2026-01-01T00:00:00Z file"]);
    let (spy, content) = read_as(&format!("{project}/agent-tools/t9.txt"), "T={s}", &[("s", &spill)]);
    assert_eq!(stories(&spy, &content), ["tool-spill - - - - - t9 2026-01-01T00:00:00Z file"]);
    let (spy, content) =
        read_as("/h/.config/cursor/prompt_history.json", r#"["a","b {s}"]"#, &[("s", &spill)]);
    assert_eq!(stories(&spy, &content), ["prompt-history - - /1 user - - 2026-01-01T00:00:00Z file"]);
}
