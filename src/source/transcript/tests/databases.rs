use super::super::protobuf::string_field;
use super::super::{Options, detect, read_file};
use crate::model::{Layer, Provenance};
use crate::source::testing::{Spy, token, write};
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};

type Done = Result<(), Box<dyn std::error::Error>>;

struct Store {
    _dir: tempfile::TempDir,
    path: PathBuf,
    connection: Connection,
}

fn store(path: &str, schema: &str) -> Result<Store, Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join(path);
    write(&path, "");
    let connection = Connection::open(&path)?;
    connection.execute_batch(schema)?;
    Ok(Store { _dir: dir, path, connection })
}

fn read(path: &Path, values: &[&str]) -> Spy {
    let spy = Spy::looking_for(values);
    let kind = detect(path, b"SQLite format 3\0").unwrap_or_else(|| panic!("{} is no store", path.display()));
    let options = Options { file_time: Some("2026-01-01T00:00:00Z".to_owned()), ..Options::default() };
    let outcome = read_file(kind, &Provenance::file(path), &spy, &options);
    assert!(outcome.is_read && spy.skips().is_empty(), "{outcome:?} {:?}", spy.skips());
    spy
}

/// `inside`, then the story.
fn told(spy: &Spy, value: &str) -> String {
    let seen = spy.one(value);
    assert_eq!(seen.end - seen.start, value.len() as u64);
    format!("{} {}", seen.provenance.inside.join("!"), seen.story())
}

#[test]
fn opencode_parts_know_their_message() -> Done {
    let [typed, output] = [1, 2].map(token);
    // The parts' table is older than the messages': rows that are referred to are read first all the same.
    let db = store(
        ".local/share/opencode/opencode.db",
        "CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL,
           time_created integer NOT NULL, time_updated integer, data text NOT NULL);
         CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL,
           time_updated integer, data text NOT NULL);",
    )?;
    let message = "INSERT INTO message VALUES (?, 'ses_1', ?, 0, ?)";
    let part = "INSERT INTO part VALUES (?, ?, 'ses_1', ?, 0, ?)";
    let time = 1_772_359_200_000_i64;
    db.connection.execute(message, params!["msg_1", time, r#"{"role":"user"}"#])?;
    db.connection.execute(message, params!["msg_2", time + 1000, r#"{"role":"assistant"}"#])?;
    let text = format!(r#"{{"type":"text","text":"use {typed}"}}"#);
    db.connection.execute(part, params!["prt_1", "msg_1", time, text])?;
    let tool = format!(
        r#"{{"type":"tool","callID":"c1","tool":"bash","state":{{"input":{{"command":"env"}},"output":"{output}"}}}}"#
    );
    db.connection.execute(part, params!["prt_2", "msg_2", time + 2000, tool])?;
    let spy = read(&db.path, &[&typed, &output]);
    assert_eq!(
        told(&spy, &typed),
        "part/data/prt_1 transcript ses_1 1 prt_1 user - - 2026-03-01T10:00:00Z exact"
    );
    assert_eq!(
        told(&spy, &output),
        "part/data/prt_2 transcript ses_1 1 prt_2 tool_output bash c1 2026-03-01T10:00:02Z exact"
    );
    assert_eq!(spy.one(&output).layers, [Layer::Json]);
    Ok(())
}

#[test]
fn cursor_values_are_told_by_their_keys() -> Done {
    let [typed, args, prompt] = [1, 2, 3].map(token);
    let db = store(
        ".config/Cursor/User/globalStorage/state.vscdb",
        "CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
         CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);",
    )?;
    let bubble = "INSERT INTO cursorDiskKV VALUES (?, ?)";
    let one = format!(r#"{{"type":1,"text":"use {typed}","createdAt":"2026-03-01T10:00:00.000Z"}}"#);
    db.connection.execute(bubble, params!["bubbleId:comp:b1", one])?;
    let two = format!(
        r#"{{"type":2,"text":"","toolFormerData":{{"name":"run_terminal_cmd","toolCallId":"t1","rawArgs":"{{\"command\":\"echo {args}\"}}"}}}}"#
    );
    db.connection.execute(bubble, params!["bubbleId:comp:b2", two])?;
    let prompts = format!(r#"[{{"text":"do {prompt}"}}]"#);
    db.connection.execute("INSERT INTO ItemTable VALUES ('aiService.prompts', ?)", [prompts])?;
    let spy = read(&db.path, &[&typed, &args, &prompt]);
    assert_eq!(
        told(&spy, &typed),
        "cursorDiskKV/value/bubbleId:comp:b1 transcript comp 1 b1 user - - 2026-03-01T10:00:00.000Z exact"
    );
    assert_eq!(
        told(&spy, &args),
        "cursorDiskKV/value/bubbleId:comp:b2 transcript comp 1 b2 tool_input run_terminal_cmd t1 \
         2026-03-01T10:00:00.000Z session"
    );
    assert_eq!(spy.one(&args).layers, [Layer::Json, Layer::Json]);
    assert_eq!(
        told(&spy, &prompt),
        "ItemTable/value/aiService.prompts prompt-history - - - user - - 2026-01-01T00:00:00Z file"
    );
    Ok(())
}

#[test]
fn zed_threads_are_unpacked() -> Done {
    let value = token(1);
    let db = store(
        ".local/share/zed/threads/threads.db",
        "CREATE TABLE threads (id TEXT PRIMARY KEY, summary TEXT NOT NULL, updated_at TEXT NOT NULL,
           data_type TEXT NOT NULL, data BLOB NOT NULL);",
    )?;
    let thread = format!(
        r#"{{"title":"x","messages":[{{"User":{{"id":"u1","content":[{{"Text":"hi"}}]}}}},{{"Agent":{{"content":[{{"ToolUse":{{"id":"t1","name":"terminal","input":{{"command":"env"}}}}}}],"tool_results":{{"t1":{{"tool_use_id":"t1","tool_name":"terminal","content":{{"Text":"{value}"}}}}}}}}}}]}}"#
    );
    let packed = zstd::encode_all(thread.as_bytes(), 3)?;
    db.connection.execute(
        "INSERT INTO threads VALUES ('th_1', 's', '2026-03-01T10:00:00+00:00', 'zstd', ?)",
        [packed],
    )?;
    let spy = read(&db.path, &[&value]);
    assert_eq!(
        told(&spy, &value),
        "threads/data/th_1 transcript th_1 1 th_1 tool_output terminal t1 2026-03-01T10:00:00+00:00 session"
    );
    assert_eq!(spy.one(&value).layers, [Layer::Zstd, Layer::Json]);
    Ok(())
}

#[test]
fn protobuf_values_are_read_field_by_field() -> Done {
    let [text, json] = [1, 2].map(token);
    let db = store(
        ".cursor/chats/h1/s-1/store.db",
        "CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB); CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);",
    )?;
    let inner = string_field(1, format!("see {text}").as_bytes());
    let record = format!(r#"{{"role":"user","content":"use {json}"}}"#);
    let message = [vec![0x08, 0x01], string_field(2, &inner), string_field(3, record.as_bytes())].concat();
    db.connection.execute("INSERT INTO blobs VALUES ('b1', ?)", [message])?;
    let spy = read(&db.path, &[&text, &json]);
    assert_eq!(spy.one(&text).layers, [Layer::Protobuf]);
    assert_eq!(spy.one(&json).layers, [Layer::Protobuf, Layer::Json]);
    assert_eq!(told(&spy, &json), "blobs/data/b1 transcript s-1 - - user - - 2026-01-01T00:00:00Z file");
    Ok(())
}

#[test]
fn a_value_that_only_the_log_has_is_under_the_log() -> Done {
    let [old, new, gone] = [1, 2, 3].map(token);
    let db = store(
        ".local/share/goose/sessions/sessions.db",
        "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=OFF;
         CREATE TABLE messages (id INTEGER PRIMARY KEY, message_id TEXT, session_id TEXT, role TEXT,
           content_json TEXT, created_timestamp INTEGER);",
    )?;
    let insert = "INSERT INTO messages VALUES (NULL, ?, 's1', 'user', ?, 1772359200)";
    let content = |value: &str| format!(r#"[{{"type":"text","text":"use {value}"}}]"#);
    db.connection.execute(insert, params!["m1", content(&old)])?;
    db.connection.execute(insert, params!["m2", content(&gone)])?;
    db.connection.execute_batch("DELETE FROM messages WHERE id = 2; PRAGMA wal_checkpoint(TRUNCATE);")?;
    db.connection.execute(insert, params!["m3", content(&new)])?;
    let spy = read(&db.path, &[&old, &new, &gone]);
    let path = |value: &str| {
        let seen = spy.one(value);
        let name = seen.provenance.path.as_deref().and_then(Path::file_name);
        format!(
            "{} {}",
            name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            told(&spy, value)
        )
    };
    let story = "transcript s1";
    assert_eq!(
        path(&old),
        format!("sessions.db messages/content_json/1 {story} 1 m1 user - - 2026-03-01T10:00:00Z exact")
    );
    assert_eq!(
        path(&new),
        format!("sessions.db-wal messages/content_json/2 {story} 2 m3 user - - 2026-03-01T10:00:00Z exact")
    );
    let deleted = spy.one(&gone);
    assert!(deleted.provenance.inside.is_empty(), "free space has no table");
    let file = std::fs::read(&db.path)?;
    assert_eq!(&file[deleted.start as usize..deleted.end as usize], gone.as_bytes());
    Ok(())
}

#[test]
fn the_other_columns_of_a_row_are_context() -> Done {
    let value = token(1);
    let db =
        store("notes/anything.db", "CREATE TABLE settings (id INTEGER PRIMARY KEY, name TEXT, value TEXT);")?;
    db.connection.execute("INSERT INTO settings VALUES (7, 'CLOUDFLARE_API_TOKEN', ?)", [&value])?;
    let spy = read(&db.path, &[&value]);
    let seen = spy.one(&value);
    assert_eq!(seen.before, "\"name\": \"CLOUDFLARE_API_TOKEN\", \"value\": ");
    assert_eq!(seen.provenance.inside, ["settings/value/7"]);
    assert!(seen.provenance.transcript.is_none(), "a database of nobody in particular");
    Ok(())
}

#[test]
fn other_agents_databases_are_located() -> Done {
    let value = token(1);
    let crush = format!(
        r#"[{{"type":"tool_result","data":{{"tool_call_id":"c1","name":"bash","content":"{value}"}}}}]"#
    );
    let amazon = format!(
        r#"{{"conversation_id":"q1","history":[{{"user":{{"content":{{"Prompt":{{"prompt":"hi"}}}},"timestamp":"2026-03-01T10:00:00Z"}},"assistant":{{"ToolUse":{{"message_id":"a1","tool_uses":[{{"id":"t1","name":"execute_bash","args":{{"command":"env"}}}}]}}}}}},{{"user":{{"content":{{"ToolUseResults":{{"tool_use_results":[{{"tool_use_id":"t1","content":[{{"Text":"{value}"}}]}}]}}}}}},"assistant":{{"Response":{{"content":"ok"}}}}}}]}}"#
    );
    let table = [
        (
            "shop/.crush/crush.db",
            "CREATE TABLE messages (id TEXT PRIMARY KEY, session_id TEXT, role TEXT, parts TEXT, created_at INTEGER);",
            "INSERT INTO messages VALUES ('m1', 's1', 'tool', ?, 1772359200)",
            crush.as_str(),
            "messages/parts/m1 transcript s1 - m1 tool_output bash c1 2026-03-01T10:00:00Z exact",
        ),
        (
            ".local/share/amazon-q/data.sqlite3",
            "CREATE TABLE conversations (key TEXT PRIMARY KEY, value TEXT);",
            "INSERT INTO conversations VALUES ('/h/shop', ?)",
            &amazon,
            "conversations/value//h/shop transcript q1 1 /h/shop tool_output execute_bash t1 2026-03-01T10:00:00Z \
             session",
        ),
        (
            ".local/state/warp-terminal/warp.sqlite",
            "CREATE TABLE blocks (id INTEGER PRIMARY KEY, block_id TEXT, stylized_command BLOB, stylized_output BLOB,
               start_ts TEXT);",
            "INSERT INTO blocks VALUES (1, 'k1', 'env', ?, '2026-03-01 10:00:00')",
            &format!("\u{1b}[1mT={value}\u{1b}[0m"),
            "blocks/stylized_output/1 transcript - - k1 tool_output - - 2026-03-01T10:00:00Z exact",
        ),
        (
            ".copilot/session-store.db",
            "CREATE TABLE turns (id INTEGER PRIMARY KEY, session_id TEXT, user_message TEXT, assistant_response TEXT,
               timestamp TEXT);",
            "INSERT INTO turns VALUES (4, 's1', ?, 'ok', '2026-03-01T10:00:00Z')",
            &value,
            "turns/user_message/4 transcript s1 - 4 user - - 2026-03-01T10:00:00Z exact",
        ),
    ];
    for (path, schema, insert, content, want) in table {
        let db = store(path, schema)?;
        db.connection.execute(insert, [content])?;
        assert_eq!(told(&read(&db.path, &[&value]), &value), want);
    }
    Ok(())
}
