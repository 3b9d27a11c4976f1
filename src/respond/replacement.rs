//! The token that would have done the job: what honest use needed, and no more.
//!
//! Honest use is what the credential did before the leak, and since then what looks the same. Reads leave no
//! trace, so this is a proposal with its doubts written next to it. Nothing is created.

use crate::model::incident::{Gap, Identity, Named, OwnerKind, Replacement, ResourceKind};
use crate::respond::audit::{Entry, Question, Trail};
use crate::respond::permissions;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Resource keys (CLOUDFLARE.md 3.2).
const ACCOUNT: &str = "com.cloudflare.api.account.";
const ZONE: &str = "com.cloudflare.api.account.zone.";
const USER: &str = "com.cloudflare.api.user.";

/// A permission group on one resource, and what in the log needed it.
#[derive(Clone, Debug, Default)]
struct Need {
    deeds: u64,
    example: String,
    last: Option<Timestamp>,
    labels: BTreeSet<String>,
}

/// The trail must have been through `timeline::tell`, which marks what is new. `None` where the log shows no
/// honest use to go by.
pub fn propose(identity: &Identity, question: &Question, trail: &Trail) -> (Option<Replacement>, Vec<Gap>) {
    if identity.policies.is_empty() {
        return (None, vec![gap("its policies are not known, so a narrower one cannot be made of them")]);
    }
    let honest: Vec<&Entry> = trail.entries.iter().filter(|entry| is_honest(entry, question.since)).collect();
    let mut needs: BTreeMap<(String, String), Need> = BTreeMap::new();
    let mut caveats = Vec::new();
    for entry in &honest {
        match (group_for(entry, identity), resource_for(entry, identity)) {
            (Some(group), Some(resource)) => add(&mut needs, entry, group, resource),
            (None, _) | (_, None) => note_unplaced(&mut caveats, entry),
        }
    }
    if needs.is_empty() {
        return (
            None,
            vec![gap("the log shows nothing it did before the leak, or that looks like what it did then")],
        );
    }
    let used: BTreeSet<&str> = needs.keys().map(|(group, _)| group.as_str()).collect();
    let all: BTreeSet<&str> = groups(identity).map(Named::label).collect();
    let dropped: Vec<String> = all.difference(&used).map(|group| (*group).to_owned()).collect();
    caveats.extend(cautions(identity, trail, question, &dropped));
    let replacement = Replacement {
        body: body(identity, &needs),
        link: link(identity, &needs),
        kept: needs.iter().map(|((group, _), need)| kept(group, need)).collect(),
        dropped,
        caveats,
    };
    (Some(replacement), Vec::new())
}

fn gap(why: &str) -> Gap {
    Gap::new("a narrower replacement", why)
}

/// By the credential itself, done, and either before the leak or not new since.
fn is_honest(entry: &Entry, since: Timestamp) -> bool {
    let event = &entry.event;
    let is_usual = event.time < since || !event.is_new;
    event.generation == Some(0) && event.result == "success" && is_usual
}

fn groups(identity: &Identity) -> impl Iterator<Item = &Named> {
    let allowed = identity.policies.iter().filter(|policy| policy.effect != "deny");
    allowed.flat_map(|policy| &policy.groups)
}

/// The narrowest group that is enough for the deed and that the old token had.
fn group_for<'i>(entry: &Entry, identity: &'i Identity) -> Option<&'i Named> {
    entry.needs.iter().find_map(|need| groups(identity).find(|group| group.label() == *need))
}

/// The one account, zone or user it was done to, instead of `*`.
fn resource_for(entry: &Entry, identity: &Identity) -> Option<String> {
    match (&entry.zone_id, &entry.account_id) {
        (Some(zone), _) => Some(format!("{ZONE}{zone}")),
        (None, Some(account)) => Some(format!("{ACCOUNT}{account}")),
        (None, None) => {
            let resources = identity.policies.iter().flat_map(|policy| &policy.resources);
            let user =
                resources.filter(|resource| resource.kind == ResourceKind::User).find_map(|r| r.id.clone());
            user.map(|user| format!("{USER}{user}"))
        }
    }
}

fn add(needs: &mut BTreeMap<(String, String), Need>, entry: &Entry, group: &Named, resource: String) {
    let need = needs.entry((group.label().to_owned(), resource)).or_default();
    need.deeds += 1;
    need.example.clone_from(&entry.event.words);
    need.last = need.last.max(Some(entry.event.time));
    need.labels.extend(entry.event.zone.clone().or_else(|| entry.event.account.clone()));
}

fn note_unplaced(caveats: &mut Vec<String>, entry: &Entry) {
    let request = [entry.event.method.as_deref(), entry.event.uri.as_deref()].map(Option::unwrap_or_default);
    let caveat = format!("which permission was needed for this is not known: {}", request.join(" "));
    if !caveats.contains(&caveat) {
        caveats.push(caveat);
    }
}

fn kept(group: &str, need: &Need) -> String {
    let on = need.labels.iter().cloned().collect::<Vec<_>>().join(", ");
    let times = if need.deeds == 1 { "once".to_owned() } else { format!("{} times", need.deeds) };
    let last = need.last.map(|last| format!(", last on {}", day(last))).unwrap_or_default();
    format!("{group} on {on}: used {times}{last} (\"{}\")", need.example)
}

fn day(time: Timestamp) -> String {
    time.to_string().split('T').next().unwrap_or_default().to_owned()
}

/// Ready for `POST …/tokens`. The former condition stays; a new one is only suggested.
fn body(identity: &Identity, needs: &BTreeMap<(String, String), Need>) -> Value {
    let mut by_resource: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (group, resource) in needs.keys() {
        let id = groups(identity).find(|known| known.label() == group).map(|known| known.id.as_str());
        by_resource.entry(resource).or_default().push(json!({"id": id, "name": group}));
    }
    let policies: Vec<Value> = by_resource
        .into_iter()
        .map(|(resource, groups)| {
            json!({"effect": "allow", "resources": {resource: "*"}, "permission_groups": groups})
        })
        .collect();
    let mut body = json!({"name": new_name(identity), "policies": policies});
    let condition = &identity.condition;
    if !condition.allowed.is_empty() || !condition.refused.is_empty() {
        body["condition"] = json!({"request_ip": {"in": condition.allowed, "not_in": condition.refused}});
    }
    body
}

fn new_name(identity: &Identity) -> String {
    format!("{} (replacement)", identity.name.as_deref().unwrap_or("token"))
}

/// The form for a user's token can be filled in where the dashboard's words for all groups are known; an account's
/// has no such form (CLOUDFLARE.md 8.3).
fn link(identity: &Identity, needs: &BTreeMap<(String, String), Need>) -> Option<String> {
    let owner = identity.owner.as_ref()?;
    if owner.kind == OwnerKind::Account {
        return owner.id.as_deref().map(|id| format!("https://dash.cloudflare.com/{id}/api-tokens"));
    }
    let groups: BTreeSet<&str> = needs.keys().map(|(group, _)| group.as_str()).collect();
    let keys: Option<Vec<Value>> = groups
        .iter()
        .map(|group| permissions::form_key(group).map(|(key, kind)| json!({"key": key, "type": kind})))
        .collect();
    let keys = Value::Array(keys?).to_string();
    let only = |prefix: &str, other: &str| {
        let ids: BTreeSet<&str> = needs
            .keys()
            .filter_map(|(_, resource)| resource.strip_prefix(prefix))
            .filter(|id| !id.contains('.'))
            .collect();
        let mut ids = ids.into_iter();
        match (ids.next(), ids.next()) {
            (Some(one), None) => one.to_owned(),
            (_, _) => other.to_owned(),
        }
    };
    let parameters = [
        ("permissionGroupKeys", keys),
        ("accountId", only(ACCOUNT, "*")),
        ("zoneId", only(ZONE, "all")),
        ("name", new_name(identity)),
    ];
    let query: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    Some(format!("https://dash.cloudflare.com/profile/api-tokens?{}", query.join("&")))
}

/// Everything but RFC 3986's unreserved characters.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn cautions(identity: &Identity, trail: &Trail, question: &Question, dropped: &[String]) -> Vec<String> {
    let mut cautions = vec![
        "Reads are not in the log: if the job also reads, it needs the matching Read permissions, and will say so by \
         failing with 403."
            .to_owned(),
        format!(
            "Made from what the log shows since {}: a job that runs more rarely is not in it.",
            day(question.baseline_since)
        ),
    ];
    let reads: Vec<&str> =
        dropped.iter().map(String::as_str).filter(|group| group.ends_with(" Read")).collect();
    if !reads.is_empty() {
        cautions.push(format!(
            "Read permissions of the old token that the log cannot judge: {}.",
            reads.join(", ")
        ));
    }
    let before = trail.entries.iter().filter(|entry| is_honest(entry, question.since));
    let addresses: BTreeSet<&str> = before.filter_map(|entry| entry.event.address.as_deref()).collect();
    if !addresses.is_empty() && addresses.len() <= 20 && identity.condition.allowed.is_empty() {
        let networks: Vec<&str> = addresses.into_iter().collect();
        let condition = json!({"condition": {"request_ip": {"in": networks}}});
        cautions.push(format!(
            "Before the leak it was used from {}; if these addresses are the job's for good, add {condition}.",
            networks.join(", ")
        ));
    }
    cautions.push("Set expires_on: ninety days are enough for a job that somebody looks after.".to_owned());
    cautions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_encoded_whole() {
        assert_eq!(encoded("a b&c=[\"d\"]"), "a%20b%26c%3D%5B%22d%22%5D");
    }
}
