use super::super::choices::Propagation;
use super::super::clock::rfc3339;
use super::address;
use super::policy::Policy;
use crate::model::Secret;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::net::IpAddr;

/// Who a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A user id: the token acts as that user, in every account of the user.
    User(String),
    /// An account id: the token acts as the account and survives its creator.
    Account(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    Disabled,
    /// Set by hand; a token past `expires_on` is expired whatever this says.
    Expired,
    /// A word no document lists, such as "exposed" after a hit of GitHub's scanning (CLOUDFLARE.md 2.2).
    Other(String),
}

impl Status {
    pub fn as_str(&self) -> &str {
        match self {
            Status::Active => "active",
            Status::Disabled => "disabled",
            Status::Expired => "expired",
            Status::Other(word) => word,
        }
    }

    pub(crate) fn settable(word: &str) -> Option<Status> {
        [Status::Active, Status::Disabled, Status::Expired].into_iter().find(|s| s.as_str() == word)
    }
}

/// Addresses a token may be used from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    pub allowed: Vec<String>,
    pub refused: Vec<String>,
}

impl Condition {
    pub fn admits(&self, client: IpAddr) -> bool {
        let within = |list: &[String]| list.iter().any(|network| address::covers(network, client));
        (self.allowed.is_empty() || within(&self.allowed)) && !within(&self.refused)
    }

    /// Accepts the wire name and the older `request.ip` (CLOUDFLARE.md 3.2).
    pub fn from_json(condition: &Value) -> Condition {
        let request_ip = condition.get("request_ip").or_else(|| condition.get("request.ip"));
        let list = |name: &str| -> Vec<String> {
            let listed = request_ip.and_then(|ip| ip[name].as_array());
            listed.into_iter().flatten().filter_map(|n| n.as_str().map(str::to_owned)).collect()
        };
        Condition { allowed: list("in"), refused: list("not_in") }
    }

    fn to_json(&self) -> Option<Value> {
        if self.allowed.is_empty() && self.refused.is_empty() {
            return None;
        }
        let mut request_ip = Map::new();
        for (name, list) in [("in", &self.allowed), ("not_in", &self.refused)] {
            if !list.is_empty() {
                request_ip.insert(name.to_owned(), json!(list));
            }
        }
        Some(json!({ "request_ip": request_ip }))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub id: String,
    pub owner: Owner,
    pub name: String,
    pub value: Secret,
    pub status: Status,
    pub issued_on: Timestamp,
    pub modified_on: Timestamp,
    pub last_used_on: Option<Timestamp>,
    pub not_before: Option<Timestamp>,
    pub expires_on: Option<Timestamp>,
    pub condition: Condition,
    pub policies: Vec<Policy>,
    /// Only account-owned tokens have it.
    pub creator_email: Option<String>,
}

impl Token {
    /// What verify and the token record call the state now.
    pub fn status_at(&self, now: Timestamp) -> &str {
        match (&self.status, self.expires_on) {
            (Status::Active, Some(end)) if end <= now => "expired",
            (status, _) => status.as_str(),
        }
    }

    pub fn too_early(&self, now: Timestamp) -> bool {
        self.not_before.is_some_and(|start| now < start)
    }

    /// Whether other endpoints than verify accept the value.
    pub fn works_at(&self, now: Timestamp) -> bool {
        self.status_at(now) == "active" && !self.too_early(now)
    }

    /// The record as list and get show it: never with the value.
    pub fn to_json(&self, now: Timestamp) -> Value {
        let mut record = json!({
            "id": self.id,
            "name": self.name,
            "status": self.status_at(now),
            "issued_on": rfc3339(self.issued_on),
            "modified_on": rfc3339(self.modified_on),
        });
        let optional = [
            ("last_used_on", self.last_used_on.map(|time| json!(rfc3339(time)))),
            ("not_before", self.not_before.map(|time| json!(rfc3339(time)))),
            ("expires_on", self.expires_on.map(|time| json!(rfc3339(time)))),
            ("condition", self.condition.to_json()),
            ("creator_email_at_creation", self.creator_email.as_ref().map(|email| json!(email))),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                record[name] = value;
            }
        }
        record["policies"] = self.policies.iter().map(Policy::to_json).collect();
        record
    }
}

/// A token as it was before a change that has not reached every data centre yet.
#[derive(Clone, Debug)]
pub(crate) struct Echo {
    pub was: Token,
    left: Left,
}

#[derive(Clone, Debug)]
enum Left {
    Requests(u32),
    Until(Timestamp),
}

impl Echo {
    pub fn of(was: Token, propagation: Propagation, now: Timestamp) -> Option<Echo> {
        let left = match propagation {
            Propagation::None => return None,
            Propagation::Requests(count) => Left::Requests(count),
            Propagation::For(time) => Left::Until(now.checked_add(time).unwrap_or(Timestamp::MAX)),
        };
        Some(Echo { was, left })
    }

    /// Whether it still answers; asking uses it up.
    pub fn answers(&mut self, now: Timestamp) -> bool {
        match &mut self.left {
            Left::Requests(0) => false,
            Left::Requests(count) => {
                *count -= 1;
                true
            }
            Left::Until(end) => now < *end,
        }
    }
}
