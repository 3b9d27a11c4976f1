use super::super::audit::{EntryV2, FILTERS};
use super::super::choices::CursorPlace;
use super::super::refusal::Refusal;
use super::super::reply::{Answer, Reply};
use super::super::request::Request;
use super::super::world::World;
use super::paging::after_cursor;
use super::time_range::{TimeRange, kept_since};
use super::{Call, Needs, Route};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    const READ: Needs = Needs::Read(&["Account Settings"]);
    let routes = [
        Route::get("/accounts/{account}/logs/audit", READ, list),
        Route::get("/accounts/{account}/logs/audit/{entry}/history", READ, history),
        Route::get("/accounts/{account}/logs/audit/product_categories", READ, product_categories),
    ];
    routes.into_iter().map(|route| route.about("accounts/subresources/logs", "audit_log")).collect()
}

fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let range = TimeRange::required(call.request)?;
    let limit = limit(call.request, world.choices.audit_v2_default_limit)?;
    let entries = visible(world, call, range).filter(|entry| wanted(&entry.json, call.request));
    let mut listed: Vec<Value> = entries.map(|entry| entry.json.clone()).collect();
    if call.request.query("direction") != Some("asc") {
        listed.reverse();
    }
    let (shown, cursor) = after_cursor(listed, call.request, limit);
    let info = info(world, shown.len(), cursor);
    Ok(Reply::page(Value::Array(shown), info))
}

fn limit(request: &Request, default: usize) -> Result<usize, Refusal> {
    let limit = request.number("limit").unwrap_or(default);
    if (1..=1000).contains(&limit) {
        Ok(limit)
    } else {
        Err(Refusal::new(400, 1001, "limit: must be 1 to 1000"))
    }
}

/// Entries of the account in the order of time, as far back as this version goes.
fn visible<'w>(
    world: &'w World,
    call: &'w Call<'_>,
    range: TimeRange,
) -> impl Iterator<Item = &'w EntryV2> + 'w {
    let first: Timestamp = world.choices.audit_v2_since.parse().unwrap_or(Timestamp::MIN);
    let first = first.max(kept_since(call.request.at));
    let of_account = world.audit.v2.iter().filter(|entry| entry.account == call.account());
    let mut entries: Vec<&EntryV2> = of_account.filter(move |e| e.at >= first && range.holds(e.at)).collect();
    entries.sort_by_key(|entry| entry.at);
    entries.into_iter()
}

fn wanted(entry: &Value, request: &Request) -> bool {
    FILTERS.iter().all(|(name, pointer)| {
        let field = entry.pointer(pointer).map(text).unwrap_or_default();
        let given = |suffix: &str| {
            let name = format!("{name}{suffix}");
            request
                .query
                .iter()
                .filter(move |(key, _)| *key == name)
                .map(|(_, value)| value.as_str())
                .collect()
        };
        let (only, never): (Vec<&str>, Vec<&str>) = (given(""), given(".not"));
        (only.is_empty() || only.contains(&field.as_str())) && !never.contains(&field.as_str())
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn info(world: &World, count: usize, cursor: Option<String>) -> Value {
    let count = if world.choices.audit_v2_count_is_text { json!(count.to_string()) } else { json!(count) };
    match (world.choices.audit_v2_cursor, cursor) {
        (CursorPlace::Flat, Some(cursor)) => json!({"count": count, "cursor": cursor}),
        (CursorPlace::Nested, Some(cursor)) => json!({"count": count, "cursors": {"after": cursor}}),
        (CursorPlace::Flat | CursorPlace::Nested, None) => json!({ "count": count }),
    }
}

/// What happened to the resource of one entry.
fn history(world: &mut World, call: &Call<'_>) -> Answer {
    let range = TimeRange::required(call.request)?;
    if call.request.query("action_time").is_none() {
        return Err(Refusal::new(400, 1001, "action_time is required"));
    }
    let of_account = |entry: &&EntryV2| entry.account == call.account();
    let start =
        world.audit.v2.iter().filter(of_account).find(|entry| entry.json["id"] == call.param("entry"));
    let start = start.ok_or_else(|| Refusal::not_found(1003, "Audit log not found"))?;
    let same = |entry: &Value| {
        ["id", "product", "type"]
            .iter()
            .all(|field| entry["resource"][field] == start.json["resource"][field])
    };
    let entries = visible(world, call, range).map(|entry| &entry.json).filter(|entry| same(entry));
    let listed: Vec<Value> = entries.cloned().collect();
    let (shown, cursor) = after_cursor(listed, call.request, limit(call.request, 100)?);
    let mut info = info(world, shown.len(), cursor);
    info["history_status"] = json!("exact");
    Ok(Reply::page(Value::Array(shown), info))
}

fn product_categories(world: &mut World, call: &Call<'_>) -> Answer {
    let entries = world.audit.v2.iter().filter(|entry| entry.account == call.account());
    let mut products: Vec<String> = entries.map(|entry| text(&entry.json["resource"]["product"])).collect();
    products.sort();
    products.dedup();
    // The real categories are not known: here each product is a category of its own.
    let category =
        |name: String| json!({"label": name, "value": name, "products": [{"label": name, "value": name}]});
    Ok(Reply::result(products.into_iter().map(category).collect()))
}
