//! The audit logs, which grow with every change the fake makes (CLOUDFLARE.md 4).
//!
//! Version 2 names the token of each entry and never sees a GET; version 1 names only people. Leaves out the
//! endpoints that read them: `api/audit_v1` and `api/audit_v2`.

mod v1;
mod v2;

pub(crate) use v1::EntryV1;
pub(crate) use v2::{EntryV2, FILTERS};

use super::api::Call;
use super::gate::Caller;
use super::reply::{Answer, Reply};
use super::things::token::Owner;
use super::world::World;
use axum::http::Method;
use serde_json::{Value, json};

#[derive(Debug, Default)]
pub(crate) struct AuditLogs {
    pub v1: Vec<EntryV1>,
    pub v2: Vec<EntryV2>,
}

/// What an endpoint tells version 1 about its change, where the usual words do not do.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub action: &'static str,
    pub resource_type: &'static str,
    pub resource_id: String,
    pub metadata: Value,
    pub before: Value,
    pub after: Value,
}

impl Note {
    pub fn new(action: &'static str, resource_type: &'static str, resource_id: &str) -> Note {
        let resource_id = resource_id.to_owned();
        Note { action, resource_type, resource_id, metadata: json!({}), before: json!({}), after: json!({}) }
    }

    pub fn metadata(self, metadata: Value) -> Note {
        Note { metadata, ..self }
    }

    pub fn values(self, before: Value, after: Value) -> Note {
        Note { before, after, ..self }
    }
}

/// Who is written down as having acted.
struct Actor {
    kind: &'static str,
    id: String,
    email: Option<String>,
    context: &'static str,
    token_id: Option<String>,
    token_name: Option<String>,
}

/// The part of the world an entry belongs to.
struct Place {
    scope: &'static str,
    accounts: Vec<String>,
    zone: Option<(String, String)>,
}

impl World {
    /// Writes down a change that was asked for, done or refused. Reads leave no trace.
    pub(crate) fn record(&mut self, call: &Call<'_>, answer: &Answer) {
        let note = self.note.take();
        let Some(caller) = call.caller.as_ref().filter(|_| call.request.changes_something()) else {
            return;
        };
        let actor = self.actor(caller);
        let place = self.place(call, caller);
        let resource = resource_id(call, answer);
        if answer.is_ok() {
            let note =
                note.unwrap_or_else(|| Note::new(verb(&call.request.method), call.route.kind, &resource));
            self.write_v1(call, caller, &actor, &place, note);
        }
        self.write_v2(call, &actor, &place, &resource, answer);
    }

    fn actor(&self, caller: &Caller) -> Actor {
        let (context, token_id, token_name) = match caller {
            Caller::Token(token) => ("api_token", Some(token.id.clone()), Some(token.name.clone())),
            Caller::Oauth(grant) => ("oauth", Some(grant.id.clone()), Some(grant.client_name.clone())),
            Caller::Key { context, .. } => (*context, None, None),
        };
        let user = caller.user().and_then(|id| self.user(id));
        let (kind, id, email) = match (user, caller) {
            (Some(user), _) => ("user", user.id.clone(), Some(user.email.clone())),
            (None, Caller::Token(token)) => match &token.owner {
                Owner::Account(id) | Owner::User(id) => ("account", id.clone(), None),
            },
            (None, Caller::Key { .. } | Caller::Oauth(_)) => ("system", String::new(), None),
        };
        Actor { kind, id, email, context, token_id, token_name }
    }

    /// What a user does to the user is written in every account of the user, if the switch says so.
    fn place(&self, call: &Call<'_>, caller: &Caller) -> Place {
        let zone = self.zone(call.param("zone"));
        if let Some(zone) = zone {
            let named = Some((zone.id.clone(), zone.name.clone()));
            return Place { scope: "zones", accounts: vec![zone.account.clone()], zone: named };
        }
        if !call.account().is_empty() {
            return Place { scope: "accounts", accounts: vec![call.account().to_owned()], zone: None };
        }
        let body_account = call.request.json()["account"]["id"].as_str().map(str::to_owned);
        if let Some(account) = body_account {
            return Place { scope: "zones", accounts: vec![account], zone: None };
        }
        let own =
            self.memberships.iter().filter(|m| caller.user().is_some() && m.user.as_deref() == caller.user());
        let accounts = own.filter(|_| self.choices.user_actions_in_account_logs).map(|m| m.account.clone());
        Place { scope: "user", accounts: accounts.collect(), zone: None }
    }
}

fn verb(method: &Method) -> &'static str {
    match method.as_str() {
        "POST" => "create",
        "DELETE" => "delete",
        _ => "update",
    }
}

fn resource_id(call: &Call<'_>, answer: &Answer) -> String {
    let shown: Value = match answer {
        Ok(reply) => serde_json::from_slice(&reply.body).unwrap_or(Value::Null),
        Err(_) => Value::Null,
    };
    let id = &shown["result"]["id"];
    let named = call.params.iter().rev().find(|(name, _)| name != "account" && name != "zone");
    match (id.as_str(), id.as_i64(), named) {
        (Some(text), _, _) => text.to_owned(),
        (None, Some(number), _) => number.to_string(),
        (None, None, Some((_, value))) => value.clone(),
        (None, None, None) => String::new(),
    }
}

fn status_of(answer: &Answer) -> u16 {
    match answer {
        Ok(Reply { status, .. }) => *status,
        Err(refusal) => refusal.status,
    }
}

/// A request body as the log may show it: what is a secret by its name is not written down, however deep.
fn without_secrets(body: Value) -> Value {
    const SECRET_FIELDS: [&str; 6] =
        ["tunnel_secret", "text", "secret", "value", "password", "client_secret"];
    let hide = |(name, value): (String, Value)| {
        let hidden = SECRET_FIELDS.contains(&name.as_str()) && value.is_string();
        let shown = if hidden { json!("REDACTED") } else { without_secrets(value) };
        (name, shown)
    };
    match body {
        Value::Object(fields) => Value::Object(fields.into_iter().map(hide).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(without_secrets).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_by_name_are_hidden_at_any_depth() {
        let body = json!({"secrets": {"A": {"text": "s3cret", "type": "secret_text"}}, "list": [{"value": "s3cret"}]});
        let shown = without_secrets(body).to_string();
        assert!(!shown.contains("s3cret") && shown.contains("secret_text"), "{shown}");
    }
}
