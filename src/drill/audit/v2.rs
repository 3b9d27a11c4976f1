use super::super::api::Call;
use super::super::clock::rfc3339;
use super::super::reply::Answer;
use super::super::world::World;
use super::{Actor, Place, status_of, verb, without_secrets};
use jiff::Timestamp;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub(crate) struct EntryV2 {
    pub at: Timestamp,
    pub account: String,
    pub json: Value,
}

/// Equality filters and the field each one looks at; `<name>.not` is the opposite (CLOUDFLARE.md 4.2).
pub(crate) const FILTERS: [(&str, &str); 23] = [
    ("id", "/id"),
    ("audit_log_id", "/id"),
    ("account_name", "/account/name"),
    ("action_result", "/action/result"),
    ("action_type", "/action/type"),
    ("actor_context", "/actor/context"),
    ("actor_email", "/actor/email"),
    ("actor_id", "/actor/id"),
    ("actor_ip_address", "/actor/ip_address"),
    ("actor_token_id", "/actor/token_id"),
    ("actor_token_name", "/actor/token_name"),
    ("actor_type", "/actor/type"),
    ("raw_cf_ray_id", "/raw/cf_ray_id"),
    ("raw_method", "/raw/method"),
    ("raw_status_code", "/raw/status_code"),
    ("raw_uri", "/raw/uri"),
    ("resource_id", "/resource/id"),
    ("resource_product", "/resource/product"),
    ("resource_scope", "/resource/scope"),
    ("resource_type", "/resource/type"),
    ("product_category", "/resource/product"),
    ("zone_id", "/zone/id"),
    ("zone_name", "/zone/name"),
];

fn request_shown(body: Value) -> Value {
    if body.is_null() { json!({}) } else { without_secrets(body) }
}

impl World {
    pub(super) fn write_v2(
        &mut self,
        call: &Call<'_>,
        actor: &Actor,
        place: &Place,
        resource: &str,
        answer: &Answer,
    ) {
        for account in &place.accounts {
            let json = self.entry_v2(call, actor, place, resource, answer, account);
            self.audit.v2.push(EntryV2 { at: call.request.at, account: account.clone(), json });
        }
    }

    fn entry_v2(
        &mut self,
        call: &Call<'_>,
        actor: &Actor,
        place: &Place,
        resource: &str,
        answer: &Answer,
        account: &str,
    ) -> Value {
        let request = call.request;
        let kind = verb(&request.method);
        let name = self.account(account).map(|account| account.name.clone());
        let (zone_id, zone_name) = place.zone.clone().unzip();
        json!({
            "id": self.chance.uuid(),
            "account": {"id": account, "name": name},
            "action": {
                "type": kind,
                "description": format!("{kind} {}", call.route.kind),
                "result": if answer.is_ok() { "success" } else { "failure" },
                "time": rfc3339(request.at),
            },
            "actor": {
                "type": actor.kind,
                "id": actor.id,
                "context": actor.context,
                "email": actor.email,
                "ip_address": request.client,
                "token_id": actor.token_id,
                "token_name": actor.token_name,
            },
            "raw": {
                "cf_ray_id": self.ray(),
                "method": request.method.as_str(),
                "status_code": status_of(answer),
                "uri": self.uri(&request.path),
                "user_agent": request.header("user-agent"),
            },
            "resource": {
                "id": resource,
                "product": call.route.product,
                "type": call.route.kind,
                "scope": place.scope,
                "request": request_shown(request.json()),
                "response": {},
            },
            "zone": {"id": zone_id, "name": zone_name},
        })
    }

    /// Examples show the path below `/client/v4`; a client has to cope with both.
    fn uri(&self, path: &str) -> String {
        let short = path.strip_prefix(super::super::api::PREFIX).unwrap_or(path);
        if self.choices.audit_v2_uri_is_whole { path.to_owned() } else { short.to_owned() }
    }
}
