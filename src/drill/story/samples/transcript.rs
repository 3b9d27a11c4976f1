use super::super::company::Cast;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Below the home directory (SURFACES.md 1.1): the working directory with every other character a dash.
pub(super) const PATH: &str = ".claude/projects/-home-maria-shop/5f0c2d1e-8a44-4c8e-9d3b-0b1f6f2a7c55.jsonl";
const SESSION: &str = "5f0c2d1e-8a44-4c8e-9d3b-0b1f6f2a7c55";

/// A session of an agent that read a file it should not have: one leak, twice in one record.
pub(super) fn text(cast: &Cast) -> String {
    let env = format!(
        "CLOUDFLARE_API_TOKEN={}\nCLOUDFLARE_ACCOUNT_ID={}\n",
        cast.leaked.value.expose(),
        cast.production
    );
    let asked = json!({"role": "user", "content": "The deploy fails with an authentication error. Why?"});
    let call = json!({
        "role": "assistant",
        "model": "claude",
        "content": [
            {"type": "text", "text": "I will look at the environment the deploy uses."},
            {"type": "tool_use", "id": "toolu_01", "name": "Bash", "input": {"command": "cat deploy/.env"}},
        ],
    });
    let result = json!({
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "toolu_01", "content": env, "is_error": false}],
    });
    let said = json!({
        "role": "assistant",
        "model": "claude",
        "content": [{"type": "text", "text": "The token is there; the account id is another one."}],
    });
    let records = [
        record(cast, 0, "user", asked, Value::Null),
        record(cast, 1, "assistant", call, Value::Null),
        record(cast, 2, "user", result, json!({"stdout": env, "stderr": "", "interrupted": false})),
        record(cast, 3, "assistant", said, Value::Null),
    ];
    records.iter().map(|record| format!("{record}\n")).collect()
}

fn record(cast: &Cast, number: i64, kind: &str, message: Value, result: Value) -> Value {
    let time =
        cast.leaked_at.checked_add(SignedDuration::from_secs(600 + number * 7)).unwrap_or(cast.leaked_at);
    let uuid = |number: i64| format!("00000000-0000-4000-8000-{number:012}");
    let mut record = json!({
        "parentUuid": (number > 0).then(|| uuid(number - 1)),
        "isSidechain": false,
        "userType": "external",
        "cwd": "/home/maria/shop",
        "sessionId": SESSION,
        "version": "2.1.197",
        "gitBranch": "main",
        "type": kind,
        "message": message,
        "uuid": uuid(number),
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
    });
    if !result.is_null() {
        record["toolUseResult"] = result;
    }
    record
}
