use super::read_as;
use crate::model::Layer;
use crate::source::testing::token;

const PATH: &str = "/home/me/.claude/projects/-home-me-shop/5a0f.jsonl";
const SESSION: &str = r#"{"type":"file-history-snapshot","messageId":"m0","snapshot":{}}
{"parentUuid":null,"isSidechain":false,"cwd":"/home/me/shop","sessionId":"5a0f","type":"user","message":{"role":"user","content":"why does deploy fail?"},"uuid":"u1","timestamp":"2026-03-01T10:00:00.000Z"}
{"parentUuid":"u1","sessionId":"5a0f","type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"Looking."},{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"cat .dev.vars"}}]},"uuid":"u2","timestamp":"2026-03-01T10:00:05.000Z"}
{"parentUuid":"u2","sessionId":"5a0f","type":"user","message":{"role":"user","content":[{"tool_use_id":"toolu_1","type":"tool_result","content":"\u001b[1mA=1\nCLOUDFLARE_API_TOKEN={output}\n"}]},"uuid":"u3","timestamp":"2026-03-01T10:00:06.000Z","toolUseResult":{"stdout":"A=1\nCLOUDFLARE_API_TOKEN={output}","stderr":"","interrupted":false}}
{"parentUuid":"u3","sessionId":"5a0f","type":"user","isMeta":true,"message":{"role":"user","content":"Caveat: not a prompt"},"uuid":"u4","timestamp":"2026-03-01T10:00:07.000Z"}
{"parentUuid":"u4","sessionId":"5a0f","type":"user","message":{"role":"user","content":[{"type":"text","text":"use {prompt} please"}]},"uuid":"u5","timestamp":"2026-03-01T10:01:00.000Z"}
{"parentUuid":"u5","sessionId":"5a0f","type":"assistant","message":{"role":"assistant","content":[{"type":"tool_use","id":"toolu_2","name":"Write","input":{"file_path":"a.json","content":"{\n \"token\": \"{nested}\"\n}"}}]},"uuid":"u6","timestamp":"2026-03-01T10:01:05.000Z"}
{"parentUuid":"u6","sessionId":"5a0f","type":"user","message":{"role":"user","content":[{"tool_use_id":"toolu_3","type":"tool_result","content":"     1→{read}\n     2→x"}]},"uuid":"u7","timestamp":"2026-03-01T10:01:06.000Z"}
{"type":"summary","summary":"{cut}"#;

#[test]
fn claude_records_are_located() {
    let [output, prompt, nested, read, cut] = [1, 2, 3, 4, 5].map(token);
    let values = [
        ("output", output.as_str()),
        ("prompt", &prompt),
        ("nested", &nested),
        ("read", &read),
        ("cut", &cut),
    ];
    let (spy, content) = read_as(PATH, SESSION, &values);
    let table = [
        (&output, 0, "transcript 5a0f 1 u3 tool_output Bash toolu_1 2026-03-01T10:00:06.000Z exact", 4, 1),
        (&output, 1, "transcript 5a0f 1 u3 tool_output Bash toolu_1 2026-03-01T10:00:06.000Z exact", 4, 1),
        (&prompt, 0, "transcript 5a0f 2 u5 user - - 2026-03-01T10:01:00.000Z exact", 6, 1),
        (&nested, 0, "transcript 5a0f 2 u6 tool_input Write toolu_2 2026-03-01T10:01:05.000Z exact", 7, 2),
        (&read, 0, "transcript 5a0f 2 u7 tool_output - toolu_3 2026-03-01T10:01:06.000Z exact", 8, 1),
        (&cut, 0, "transcript 5a0f 2 - system - - 2026-03-01T10:01:06.000Z session", 9, 1),
    ];
    for (value, index, story, line, depth) in table {
        let seen = &spy.of(value)[index];
        assert_eq!((seen.story().as_str(), seen.line), (story, line));
        assert_eq!(&content[seen.start as usize..seen.end as usize], value);
        assert_eq!(seen.layers, vec![Layer::Json; depth], "{story}");
    }
    assert_eq!(spy.seen().len(), table.len());
}

#[test]
fn a_tool_output_comes_with_its_input() {
    let output = token(1);
    let (spy, _) = read_as(PATH, SESSION, &[("output", &output)]);
    for seen in spy.of(&output) {
        assert!(seen.before.contains("cat .dev.vars"), "{}", seen.before);
    }
}

#[test]
fn escapes_inside_a_value_are_covered_by_its_span() {
    let value = token(1);
    let escaped = value.replace('_', "\\u005f");
    let line = r#"{"type":"user","sessionId":"s","uuid":"u","message":{"role":"user","content":"{it}"}}"#;
    let line = line.replace("{it}", &escaped);
    let (spy, _) = read_as(PATH, &line, &[("none", &value)]);
    let seen = spy.one(&value);
    assert_eq!(&line[seen.start as usize..seen.end as usize], escaped);
}

#[test]
fn side_stores_have_their_surface() {
    let table = [
        ("/home/me/.claude/paste-cache/00ff.txt", "paste - - - - - - 2026-01-01T00:00:00Z file"),
        ("/h/.claude/file-history/5a0f/77@v1", "file-history 5a0f - - - - - 2026-01-01T00:00:00Z file"),
        (
            "/h/.claude/shell-snapshots/snapshot-bash-1.sh",
            "shell-snapshot - - - - - - 2026-01-01T00:00:00Z file",
        ),
        (
            "/h/.claude/projects/-h/5a0f/tool-results/toolu_9.txt",
            "tool-spill 5a0f - - - - toolu_9 2026-01-01T00:00:00Z file",
        ),
        ("/h/.claude/projects/-h/memory/MEMORY.md", "memory - - - - - - 2026-01-01T00:00:00Z file"),
        ("/h/shop/.claude/settings.local.json", "settings - - - - - - 2026-01-01T00:00:00Z file"),
        ("/h/shop/.mcp.json", "mcp-config - - - - - - 2026-01-01T00:00:00Z file"),
        (
            "/h/.cache/claude-cli-nodejs/-h/mcp-logs-cf/1.jsonl",
            "mcp-log - - - - - - 2026-01-01T00:00:00Z file",
        ),
    ];
    let value = token(1);
    for (path, story) in table {
        let (spy, content) = read_as(path, "export CLOUDFLARE_API_TOKEN={t}\n", &[("t", &value)]);
        let seen = spy.one(&value);
        assert_eq!(seen.story(), story, "{path}");
        assert_eq!(&content[seen.start as usize..seen.end as usize], value);
    }
}

#[test]
fn prompt_history_and_pastes_are_told_apart() {
    let [typed, pasted] = [1, 2].map(token);
    let line = r#"{"display":"deploy {typed}","pastedContents":{"1":{"id":1,"type":"text","content":"A={pasted}"}},"timestamp":1772359200000,"project":"/h/shop","sessionId":"5a0f"}"#;
    let (spy, _) =
        read_as("/h/.claude/history.jsonl", line, &[("typed", typed.as_str()), ("pasted", &pasted)]);
    assert_eq!(spy.one(&typed).story(), "prompt-history 5a0f - - user - - 2026-03-01T10:00:00Z exact");
    assert_eq!(spy.one(&pasted).story(), "paste 5a0f - - user - - 2026-03-01T10:00:00Z exact");
}

#[test]
fn a_permission_that_is_a_command_is_read() {
    let value = token(1);
    let settings = r#"{"permissions":{"allow":["Bash(curl -H \"Authorization: Bearer {t}\" x)"]}}"#;
    let (spy, _) = read_as("/h/shop/.claude/settings.local.json", settings, &[("t", &value)]);
    assert!(spy.one(&value).before.ends_with("Authorization: Bearer "));
}
