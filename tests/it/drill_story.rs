//! The rehearsed incident can be solved: everything a responder needs is there to be found.

use cfleak::drill::story::{Cast, Story, incident};
use cfleak::drill::{Act, Clock, World};
use cfleak::model::Secret;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const NOW: &str = "2026-11-22T10:00:00Z";

struct Responder {
    world: World,
    cast: Cast,
}

fn responder() -> Responder {
    let Story { world, cast } = incident(1, Clock::new(|| NOW.parse().expect("a time")));
    Responder { world, cast }
}

impl Responder {
    fn ask(&mut self, bearer: &Secret, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.world.act(&Act {
            at: NOW.parse().expect("a time"),
            from: [127, 0, 0, 1].into(),
            agent: "cfleak/0.1.0",
            bearer,
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            body,
        })
    }

    fn get(&mut self, path: &str) -> Value {
        let bearer = self.cast.responder.value.clone();
        let (status, body) = self.ask(&bearer, "GET", path, Value::Null);
        assert_eq!(status, 200, "{path}: {body}");
        body["result"].clone()
    }

    /// What a token did in an account since before the leak, oldest first.
    fn deeds(&mut self, account: &str, token: &str) -> Vec<Value> {
        let range = format!("since=2026-11-15&before={NOW}&direction=asc&limit=1000");
        let path = format!("/accounts/{account}/logs/audit?{range}&actor_token_id={token}");
        self.get(&path).as_array().cloned().unwrap_or_default()
    }

    /// Tokens that this token minted, and those that they minted.
    fn descendants(&mut self, token: &str) -> Vec<String> {
        let production = self.cast.production.clone();
        let minted = self.deeds(&production, token).into_iter().filter(|entry| {
            entry["raw"]["method"] == "POST" && entry["raw"]["uri"] == "/user/tokens" && succeeded(entry)
        });
        let children: Vec<String> =
            minted.filter_map(|entry| entry["resource"]["id"].as_str().map(str::to_owned)).collect();
        let later: Vec<String> = children.iter().flat_map(|child| self.descendants(child)).collect();
        children.into_iter().chain(later).collect()
    }

    fn freeze(&mut self, id: &str) {
        let mut record = self.get(&format!("/user/tokens/{id}"));
        record["status"] = json!("disabled");
        let bearer = self.cast.responder.value.clone();
        let (status, body) = self.ask(&bearer, "PUT", &format!("/user/tokens/{id}"), record);
        assert_eq!(status, 200, "{body}");
    }
}

fn succeeded(entry: &Value) -> bool {
    entry["action"]["result"] == "success"
}

#[test]
fn the_log_leads_from_the_leaked_token_to_its_grandchild() {
    let mut responder = responder();
    let leaked = responder.cast.leaked.id.clone();
    let found = responder.descendants(&leaked);
    assert_eq!(found, responder.cast.minted);
}

#[test]
fn what_the_attacker_did_is_new_against_what_the_token_was_for() {
    let mut responder = responder();
    let (production, leaked) = (responder.cast.production.clone(), responder.cast.leaked.id.clone());
    let deeds = responder.deeds(&production, &leaked);
    let by = |address: &str| -> BTreeSet<String> {
        let own = deeds.iter().filter(|entry| entry["actor"]["ip_address"] == address);
        own.filter(|entry| succeeded(entry)).map(|entry| format!("{}", entry["resource"]["type"])).collect()
    };
    let attack = by("203.0.113.66");
    for kind in ["token", "script", "route", "record", "job", "member"] {
        assert!(attack.contains(&format!("\"{kind}\"")), "{kind}: {attack:?}");
    }
    let failures = deeds.iter().filter(|entry| !succeeded(entry)).count();
    assert_eq!(failures, 2);
    let runners: Vec<_> =
        deeds.iter().filter(|entry| entry["raw"]["user_agent"] == "wrangler/4.125.0").collect();
    assert!(!runners.is_empty() && runners.iter().all(|entry| entry["resource"]["id"] == "shop"));
}

#[test]
fn freezing_the_family_ends_it_and_keeps_the_records() {
    let mut responder = responder();
    let leaked = responder.cast.leaked.clone();
    let family: Vec<String> = [vec![leaked.id.clone()], responder.cast.minted.clone()].concat();
    for id in &family {
        responder.freeze(id);
        assert_eq!(responder.world.token_status(id), Some("disabled"));
    }
    let (status, body) = responder.ask(&leaked.value, "GET", "/user/tokens/verify", Value::Null);
    assert_eq!((status, &body["result"]["status"]), (200, &json!("disabled")));
    let (status, _) = responder.ask(&leaked.value, "GET", "/accounts", Value::Null);
    assert_eq!(status, 403);
    let changes = responder.world.seen().iter().filter(|seen| seen.mutating).count();
    assert_eq!(changes, family.len());
}
