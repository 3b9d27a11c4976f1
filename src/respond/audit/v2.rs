//! Version 2 names the token of each entry (CLOUDFLARE.md 4.2). Read leniently: any field may be missing or null.

use super::entry::{Entry, Thing, object, text};
use crate::cloudflare::is_id;
use crate::model::incident::{Event, Log, MintedKind};
use crate::respond::classify::{self, Deed};
use serde_json::Value;

/// Fields of a request that name what it is about. Never those that could hold a value.
const NAMES: [&str; 8] = [
    "/resource/request/name",
    "/resource/request/pattern",
    "/resource/request/email",
    "/resource/request/title",
    "/resource/request/hostname",
    "/resource/request/client_name",
    "/resource/request/queue_name",
    "/resource/request/id",
];

/// `None` for an entry without a time: it has no place on a line of time.
pub fn parse(entry: &Value, asked_account: &str, generation: Option<u32>) -> Option<Entry> {
    let time = text(entry, &["/action/time", "/when"])?.parse().ok()?;
    let method = text(entry, &["/raw/method"]).unwrap_or_default();
    let uri = text(entry, &["/raw/uri"]);
    let deed = classify::by_request(&method, uri.as_deref().unwrap_or_default());
    let result = result(entry);
    let failed = result == "failure";
    let id = thing_id(entry);
    let name = text(entry, &NAMES);
    let called = object(id.as_deref(), name.as_deref());
    let is_about_user = text(entry, &["/resource/scope"]).as_deref() == Some("user");
    let account_id = text(entry, &["/account/id"]).unwrap_or_else(|| asked_account.to_owned());
    let event = Event {
        time,
        // What a user does to the user is written in each of the user's accounts.
        account: (!is_about_user)
            .then(|| text(entry, &["/account/name"]).unwrap_or_else(|| account_id.clone())),
        zone: text(entry, &["/zone/name", "/zone/id"]),
        class: deed.class,
        words: words(entry, deed, name.as_deref().or(id.as_deref()), failed),
        action: text(entry, &["/action/type"]).unwrap_or_default(),
        object: called,
        result: result.to_owned(),
        actor: text(entry, &["/actor/email", "/actor/id", "/actor/type"]),
        token_id: text(entry, &["/actor/token_id"]),
        token_name: text(entry, &["/actor/token_name"]),
        address: text(entry, &["/actor/ip_address"]),
        user_agent: text(entry, &["/raw/user_agent"]),
        method: Some(method.clone()).filter(|method| !method.is_empty()),
        uri: uri.clone(),
        ray: text(entry, &["/raw/cf_ray_id"]),
        audit_id: text(entry, &["/id"]).unwrap_or_default(),
        log: Log::V2,
        generation,
        is_new: false,
    };
    let left = deed.mints.filter(|_| !failed && method != "DELETE");
    let thing =
        left.map(|kind| Thing { kind, path: look_at(&method, uri.as_deref(), id.as_deref()), id, name });
    Some(Entry {
        event,
        account_id: (!is_about_user).then_some(account_id),
        zone_id: text(entry, &["/zone/id"]),
        thing,
        needs: deed.needs,
    })
}

/// The log's own description where the table has no words.
fn words(entry: &Value, deed: &Deed, called: Option<&str>, failed: bool) -> String {
    let description = || text(entry, &["/action/description"]);
    match (deed.needs.is_empty() && deed.mints.is_none(), description()) {
        (true, Some(description)) => description,
        (true, None) | (false, _) => deed.words(called, failed),
    }
}

/// `success` or `failure`: a string here, a boolean in version 1, and where it is missing the status says it.
fn result(entry: &Value) -> &'static str {
    let status = entry.pointer("/raw/status_code").and_then(Value::as_u64);
    match (entry.pointer("/action/result"), status) {
        (Some(Value::Bool(true)), _) => "success",
        (Some(Value::Bool(false)), _) => "failure",
        (Some(Value::String(word)), _) if word.eq_ignore_ascii_case("success") => "success",
        (Some(Value::String(word)), _) if word.eq_ignore_ascii_case("failure") => "failure",
        (_, Some(200..=399)) => "success",
        (_, Some(400..=599)) => "failure",
        (_, Some(_) | None) => "",
    }
}

/// The id of what was made is in the resource, or in the answer; an account is no name of a thing in it.
fn thing_id(entry: &Value) -> Option<String> {
    let account = text(entry, &["/account/id"]);
    ["/resource/id", "/resource/response/id", "/resource/response/result/id"]
        .iter()
        .filter_map(|pointer| text(entry, &[pointer]))
        .find(|id| Some(id) != account.as_ref())
}

/// The path of the thing itself: what was posted to a list is behind its id.
fn look_at(method: &str, uri: Option<&str>, id: Option<&str>) -> Option<String> {
    let path = classify::relative(uri?);
    let is_safe = |part: &str| {
        !part.is_empty()
            && part.len() <= 128
            && !part.chars().all(|letter| letter == '.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let path = match (method, id) {
        ("POST", Some(id)) if path.ends_with(id) => path.to_owned(),
        ("POST", Some(id)) => format!("{path}/{id}"),
        ("POST", None) => return None,
        (_, _) => path.trim_end_matches("/value").trim_end_matches("/content").to_owned(),
    };
    // It comes from a log and becomes a request: only what an id or a name looks like.
    path.split('/').skip(1).all(is_safe).then_some(path)
}

/// What tells an entry from another. Entries about the user are in the log of every account, under different ids,
/// and one of them is enough.
pub fn mark(entry: &Entry) -> String {
    let event = &entry.event;
    if entry.account_id.is_some() && !event.audit_id.is_empty() {
        return event.audit_id.clone();
    }
    let place = entry.account_id.as_deref().unwrap_or("user");
    format!(
        "{} {place} {:?} {:?} {:?} {:?} {}",
        event.time, event.token_id, event.method, event.uri, event.object, event.result
    )
}

/// A token that the entry shows being minted, rolled or widened.
pub fn minted_token(entry: &Entry) -> Option<&str> {
    let thing = entry.thing.as_ref().filter(|thing| thing.kind == MintedKind::Token)?;
    thing.id.as_deref().filter(|id| is_id(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::incident::{Class, MintedKind};
    use serde_json::json;

    fn documented() -> Value {
        json!({
            "id": "00000000-0000-4000-8000-000000000002",
            "account": {"id": "00000000000000000000000000000aaa", "name": "Example"},
            "action": {"type": "update", "description": "Update Worker Script", "result": "success",
                "time": "2026-11-20T09:00:00Z"},
            "actor": {"type": "account", "id": "00000000000000000000000000000aaa", "context": "api_token",
                "email": null, "ip_address": "203.0.113.7", "token_id": "00000000000000000000000000000001",
                "token_name": "ci-deploy"},
            "raw": {"cf_ray_id": "0000000000000001", "method": "PUT", "status_code": 200,
                "uri": "/accounts/00000000000000000000000000000aaa/workers/scripts/api",
                "user_agent": "python-requests/2.32"},
            "resource": {"id": "api", "product": "workers", "type": "script", "scope": "accounts", "request": {},
                "response": {}},
            "zone": {"id": null, "name": null},
        })
    }

    #[test]
    fn the_documented_entry_is_read_whole() {
        let entry = parse(&documented(), "x", Some(0)).unwrap();
        let event = &entry.event;
        assert_eq!((event.class, event.words.as_str()), (Class::Code, "uploaded the Worker api"));
        assert_eq!((event.result.as_str(), event.account.as_deref()), ("success", Some("Example")));
        assert_eq!((event.zone.as_deref(), event.object.as_deref()), (None, Some("api")));
        assert_eq!(event.actor.as_deref(), Some("00000000000000000000000000000aaa"));
        assert_eq!(entry.thing.as_ref().map(|thing| thing.kind), Some(MintedKind::Worker));
    }

    #[test]
    fn a_result_may_be_a_word_a_boolean_or_only_a_status() {
        for (result, status, said) in [
            (json!("success"), json!(200), "success"),
            (json!("Failure"), json!(200), "failure"),
            (json!(true), json!(null), "success"),
            (json!(false), json!(200), "failure"),
            (json!(null), json!(403), "failure"),
            (json!(null), json!(204), "success"),
            (json!(null), json!(null), ""),
        ] {
            let mut entry = documented();
            entry["action"]["result"] = result;
            entry["raw"]["status_code"] = status;
            assert_eq!(parse(&entry, "x", None).unwrap().event.result, said);
        }
    }

    #[test]
    fn almost_nothing_is_still_an_entry_and_no_time_is_none() {
        let bare = parse(&json!({"action": {"time": "2026-11-20T09:00:00Z"}}), "acc", Some(0)).unwrap();
        assert_eq!((bare.event.class, bare.account_id.as_deref()), (Class::Other, Some("acc")));
        for nothing in [json!({}), json!(null), json!([]), json!({"action": {"time": "soon"}})] {
            assert!(parse(&nothing, "acc", None).is_none());
        }
    }

    #[test]
    fn values_in_a_request_are_never_taken() {
        let mut entry = documented();
        let secret = format!("s3cr3t{}", "Qq7".repeat(12));
        entry["resource"]["request"] =
            json!({"name": "archive", "destination_conf": secret, "value": secret, "text": secret});
        entry["resource"]["response"] = json!({"result": {"value": secret}});
        entry["action"]["description"] = json!("update script");
        let read = format!("{:?}", parse(&entry, "x", Some(0)).unwrap());
        assert!(read.contains("archive") && !read.contains(&secret), "{read}");
    }

    #[test]
    fn a_path_out_of_a_log_is_a_plain_one_or_none() {
        let id = "0".repeat(32);
        for (method, uri, id, path) in [
            (
                "POST",
                "/client/v4/zones/z/dns_records?x=1",
                Some(id.as_str()),
                Some(format!("/zones/z/dns_records/{id}")),
            ),
            ("PATCH", "/zones/z/dns_records/r", None, Some("/zones/z/dns_records/r".to_owned())),
            ("PUT", "/user/tokens/t/value", Some("t"), Some("/user/tokens/t".to_owned())),
            ("POST", "/user/tokens", None, None),
            ("PUT", "/accounts/../user", None, None),
            ("PUT", "/accounts/a%2f..", None, None),
            ("PUT", "/accounts//x", None, None),
        ] {
            assert_eq!(look_at(method, Some(uri), id), path, "{method} {uri}");
        }
    }
}
