use super::super::audit::EntryV1;
use super::super::reply::{Answer, Reply};
use super::super::request::Request;
use super::super::things::address;
use super::super::world::World;
use super::paging::numbered;
use super::time_range::{TimeRange, kept_since};
use super::{Call, Needs, Route};
use serde_json::Value;
use std::net::IpAddr;

pub(super) fn routes() -> Vec<Route> {
    let account =
        Route::get("/accounts/{account}/audit_logs", Needs::Read(&["Account Settings"]), of_account);
    let user = Route::get("/user/audit_logs", Needs::Read(&["User Details"]), of_user);
    [account, user].into_iter().map(|route| route.about("audit_logs", "audit_log")).collect()
}

fn of_account(world: &mut World, call: &Call<'_>) -> Answer {
    let account = call.account();
    let hide_user_logs = call.request.query("hide_user_logs") == Some("true");
    let belongs = |entry: &&EntryV1| {
        entry.accounts.iter().any(|id| id == account) && !(entry.user_level && hide_user_logs)
    };
    let entries: Vec<EntryV1> = world.audit.v1.iter().filter(belongs).cloned().collect();
    shown(entries, call.request)
}

fn of_user(world: &mut World, call: &Call<'_>) -> Answer {
    let user = call.user()?;
    let own = world.audit.v1.iter().filter(|entry| entry.user.as_deref() == Some(user));
    let entries = own.cloned().collect();
    shown(entries, call.request)
}

fn shown(mut entries: Vec<EntryV1>, request: &Request) -> Answer {
    let range = TimeRange::optional(request)?;
    let kept = kept_since(request.at);
    entries.retain(|entry| entry.at >= kept && range.holds(entry.at) && wanted(entry, request));
    entries.sort_by_key(|entry| entry.at);
    if request.query("direction") != Some("asc") {
        entries.reverse();
    }
    let json: Vec<Value> = entries.into_iter().map(|entry| entry.json).collect();
    if request.query("export") == Some("true") {
        return Ok(Reply::raw(200, "text/csv", csv(&json).into_bytes()));
    }
    Ok(numbered(json, request, 100, 1000))
}

fn wanted(entry: &EntryV1, request: &Request) -> bool {
    let field = |pointer: &str| entry.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let equal = |name: &str, value: &str| request.query(name).is_none_or(|wanted| wanted == value);
    let address: Option<IpAddr> = field("/actor/ip").parse().ok();
    let from = |network: &str| address.is_some_and(|address| address::covers(network, address));
    equal("id", field("/id"))
        && equal("action.type", field("/action/type"))
        && equal("actor.email", field("/actor/email"))
        && request.query("actor.ip").is_none_or(from)
        && equal("zone.name", entry.zone_name.as_deref().unwrap_or_default())
}

fn csv(entries: &[Value]) -> String {
    let columns = ["/when", "/action/type", "/actor/email", "/actor/ip", "/resource/type", "/resource/id"];
    let row = |entry: &Value| {
        let cells = columns
            .map(|c| entry.pointer(c).and_then(Value::as_str).unwrap_or_default().replace('"', "\"\""));
        cells.map(|cell| format!("\"{cell}\"")).join(",")
    };
    let rows = entries.iter().map(row);
    std::iter::once("when,action,email,ip,resource type,resource id".to_owned())
        .chain(rows)
        .map(|line| line + "\n")
        .collect()
}
