use super::{read_as, stories};
use crate::source::testing::token;

#[test]
fn aider_chat_is_told_by_its_marks() {
    let [typed, output, said, again] = [1, 2, 3, 4].map(token);
    let template = "
# aider chat started at 2026-03-01 10:00:00

> Aider v0.86.0  
> Git repo: .git with 3 files  

#### hello  

Hi.

#### /run env  
#### and use {typed}  

> T={output}  

You printed {said}.

# aider chat started at 2026-03-02 10:00:00

#### use {again}  
";
    let values = [("typed", typed.as_str()), ("output", &output), ("said", &said), ("again", &again)];
    let (spy, content) = read_as("/h/shop/.aider.chat.history.md", template, &values);
    assert_eq!(
        stories(&spy, &content),
        [
            "transcript 2026-03-01 10:00:00 2 - user - - 2026-03-01T10:00:00Z session",
            "transcript 2026-03-01 10:00:00 2 - tool_output - - 2026-03-01T10:00:00Z session",
            "transcript 2026-03-01 10:00:00 2 - assistant - - 2026-03-01T10:00:00Z session",
            "transcript 2026-03-02 10:00:00 1 - user - - 2026-03-02T10:00:00Z session",
        ]
    );
    let lines: Vec<u64> = spy.seen().iter().map(|seen| seen.line).collect();
    let want: Vec<u64> = [&typed, &output, &said, &again]
        .map(|value| content[..content.find(value.as_str()).unwrap_or(0)].matches('\n').count() as u64 + 1)
        .to_vec();
    assert_eq!(lines, want);
}

#[test]
fn aider_input_has_times() {
    let value = token(1);
    let template =
        "\n# 2026-03-01 10:00:00.123456\n+hello\n\n# 2026-03-01 10:05:00.123456\n+first\n+use {t}\n";
    let (spy, content) = read_as("/h/shop/.aider.input.history", template, &[("t", &value)]);
    assert_eq!(stories(&spy, &content), ["prompt-history - - - user - - 2026-03-01T10:05:00.123456Z exact"]);
    assert!(spy.one(&value).before.ends_with("first\nuse "));
}

#[test]
fn events_that_are_files_are_located() {
    let value = token(1);
    let run = r#"{"id":7,"timestamp":"2026-03-01T10:00:00","source":"agent","action":"run","args":{"command":"echo {t}"}}"#;
    let seen = r#"{"id":8,"timestamp":"2026-03-01T10:00:01","source":"agent","observation":"run","content":"{t}","cause":7}"#;
    let new = r#"{"id":"ev9","timestamp":"2026-03-01T10:00:02","source":"environment","kind":"ObservationEvent","tool_name":"terminal","tool_call_id":"c1","observation":{"content":[{"type":"text","text":"{t}"}]}}"#;
    let message = r#"{"id":"msg_1","sessionID":"ses_1","role":"user","time":{"created":1772359200000},"summary":"{t}"}"#;
    let part = r#"{"id":"prt_1","sessionID":"ses_1","messageID":"msg_1","type":"tool","callID":"c1","tool":"bash","state":{"status":"completed","input":{"command":"env"},"output":"{t}","time":{"start":1772359200000,"end":1772359201000}}}"#;
    let table = [
        (
            "/h/.openhands/sessions/s1/events/7.json",
            run,
            "transcript s1 - 7 tool_input run 7 2026-03-01T10:00:00Z exact",
        ),
        (
            "/h/.openhands/sessions/s1/events/8.json",
            seen,
            "transcript s1 - 8 tool_output run 7 2026-03-01T10:00:01Z exact",
        ),
        (
            "/h/.openhands/conversations/c1/events/event-9.json",
            new,
            "transcript c1 - ev9 tool_output terminal c1 2026-03-01T10:00:02Z exact",
        ),
        (
            "/h/.local/share/opencode/storage/message/ses_1/msg_1.json",
            message,
            "transcript ses_1 - msg_1 user - - 2026-03-01T10:00:00Z exact",
        ),
        (
            "/h/.local/share/opencode/storage/part/msg_1/prt_1.json",
            part,
            "transcript ses_1 - prt_1 tool_output bash c1 2026-03-01T10:00:01Z exact",
        ),
    ];
    for (path, template, story) in table {
        let (spy, content) = read_as(path, template, &[("t", &value)]);
        assert_eq!(stories(&spy, &content), [story], "{path}");
    }
}

#[test]
fn lines_and_documents_of_other_agents_are_located() {
    let value = token(1);
    let droid = r#"{"type":"session_start","id":"d-1","cwd":"/h"}
{"type":"message","id":"m1","timestamp":"2026-03-01T10:00:00.000Z","message":{"role":"user","content":[{"type":"text","text":"hi"}]}}
{"type":"message","id":"m2","timestamp":"2026-03-01T10:00:01.000Z","message":{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"Execute","input":{"command":"env"}}]}}
{"type":"message","id":"m3","timestamp":"2026-03-01T10:00:02.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"{t}"}]}}
"#;
    let goose = r#"{"working_dir":"/h","description":"x"}
{"role":"user","created":1772359200,"content":[{"type":"text","text":"hi"}]}
{"role":"assistant","created":1772359201,"content":[{"type":"toolRequest","id":"t1","toolCall":{"status":"success","value":{"name":"developer__shell","arguments":{"command":"env"}}}}]}
{"role":"user","created":1772359202,"content":[{"type":"toolResponse","id":"t1","toolResult":{"value":[{"text":"{t}"}]}}]}
"#;
    let cont = r#"{"sessionId":"k-1","title":"x","history":[{"message":{"role":"user","content":"hi"},"contextItems":[]},
{"message":{"role":"assistant","content":""},"toolCallStates":[{"toolCallId":"t1","toolCall":{"function":{"name":"run_terminal_command","arguments":"{}"}},"output":[{"content":"{t}"}]}]}]}"#;
    let amp = r#"{"id":"T-1","messages":[{"role":"user","messageId":0,"content":[{"type":"text","text":"hi"}],"meta":{"sentAt":1772359200000}},
{"role":"assistant","messageId":1,"content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"cmd":"env"}}]},
{"role":"user","messageId":2,"content":[{"type":"tool_result","toolUseID":"t1","run":{"result":{"output":"{t}"}}}]}]}"#;
    let kiro = r#"{"version":"v1","kind":"Prompt","data":{"message_id":"p1","content":[{"kind":"text","data":"hi"}]}}
{"version":"v1","kind":"AssistantMessage","data":{"message_id":"a1","content":[{"kind":"toolUse","data":{"toolUseId":"t1","name":"execute_bash","input":{"command":"env"}}}]}}
{"version":"v1","kind":"ToolResults","data":{"message_id":"r1","content":[{"kind":"toolResult","data":{"toolUseId":"t1","content":[{"kind":"text","data":"{t}"}]}}]}}
"#;
    let table = [
        (
            "/h/.factory/sessions/-h/d-1.jsonl",
            droid,
            "droid transcript d-1 1 m3 tool_output Execute t1 2026-03-01T10:00:02.000Z exact",
        ),
        (
            "/h/.local/share/goose/sessions/20260301.jsonl",
            goose,
            "goose transcript 20260301 1 - tool_output developer__shell t1 2026-03-01T10:00:02Z exact",
        ),
        (
            "/h/.continue/sessions/k-1.json",
            cont,
            "continue transcript k-1 1 - tool_output run_terminal_command t1 2026-01-01T00:00:00Z file",
        ),
        (
            "/h/.local/share/amp/threads/T-1.json",
            amp,
            "amp transcript T-1 1 2 tool_output Bash t1 2026-03-01T10:00:00Z session",
        ),
        (
            "/h/.kiro/sessions/cli/s1.jsonl",
            kiro,
            "kiro transcript s1 1 r1 tool_output execute_bash t1 2026-01-01T00:00:00Z file",
        ),
    ];
    for (path, template, story) in table {
        let (spy, content) = read_as(path, template, &[("t", &value)]);
        let agent = spy.one(&value).transcript().agent;
        assert_eq!(
            stories(&spy, &content).iter().map(|line| format!("{agent} {line}")).collect::<Vec<_>>(),
            [story],
            "{path}"
        );
        assert!(
            spy.one(&value).before.contains("env") || agent == "continue",
            "{path}: the input comes along"
        );
    }
}
