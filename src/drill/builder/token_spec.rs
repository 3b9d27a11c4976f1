use super::super::things::policy::Effect;
use super::super::things::token::{Condition, Owner, Status};
use super::Shape;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// What a grant of permissions is for.
#[derive(Clone, Copy, Debug)]
pub enum On<'a> {
    User(&'a str),
    Account(&'a str),
    AllAccounts,
    Zone(&'a str),
    ZonesOf(&'a str),
    AllZones,
    Bucket { account: &'a str, bucket: &'a str },
}

impl On<'_> {
    fn resources(self) -> Map<String, Value> {
        let (key, value) = match self {
            On::User(id) => (format!("com.cloudflare.api.user.{id}"), json!("*")),
            On::Account(id) => (format!("com.cloudflare.api.account.{id}"), json!("*")),
            On::AllAccounts => ("com.cloudflare.api.account.*".to_owned(), json!("*")),
            On::Zone(id) => (format!("com.cloudflare.api.account.zone.{id}"), json!("*")),
            On::ZonesOf(id) => (
                format!("com.cloudflare.api.account.{id}"),
                json!({"com.cloudflare.api.account.zone.*": "*"}),
            ),
            On::AllZones => ("com.cloudflare.api.account.zone.*".to_owned(), json!("*")),
            On::Bucket { account, bucket } => {
                (format!("com.cloudflare.edge.r2.bucket.{account}_default_{bucket}"), json!("*"))
            }
        };
        Map::from_iter([(key, value)])
    }
}

/// A token to be made: active, unlimited, of the new shape, without permissions, until told otherwise.
#[derive(Clone, Debug)]
pub struct TokenSpec {
    pub(super) owner: Owner,
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) status: Status,
    pub(super) issued_on: Option<Timestamp>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) expires_on: Option<Timestamp>,
    pub(super) condition: Condition,
    pub(super) creator_email: Option<String>,
    pub(super) grants: Vec<(Effect, Vec<String>, Map<String, Value>)>,
}

impl TokenSpec {
    pub fn of_user(user: &str) -> Self {
        TokenSpec::new(Owner::User(user.to_owned()))
    }

    pub fn of_account(account: &str) -> Self {
        TokenSpec::new(Owner::Account(account.to_owned()))
    }

    fn new(owner: Owner) -> Self {
        TokenSpec {
            owner,
            name: "token".to_owned(),
            shape: Shape::Prefixed,
            status: Status::Active,
            issued_on: None,
            not_before: None,
            expires_on: None,
            condition: Condition::default(),
            creator_email: None,
            grants: Vec::new(),
        }
    }

    pub fn named(mut self, name: &str) -> Self {
        self.name = name.to_owned();
        self
    }

    /// 40 characters, no prefix, owner unknowable from the value.
    pub fn legacy(mut self) -> Self {
        self.shape = Shape::Legacy;
        self
    }

    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    pub fn issued_on(mut self, time: Timestamp) -> Self {
        self.issued_on = Some(time);
        self
    }

    pub fn not_before(mut self, time: Timestamp) -> Self {
        self.not_before = Some(time);
        self
    }

    pub fn expires_on(mut self, time: Timestamp) -> Self {
        self.expires_on = Some(time);
        self
    }

    pub fn only_from(mut self, network: &str) -> Self {
        self.condition.allowed.push(network.to_owned());
        self
    }

    pub fn never_from(mut self, network: &str) -> Self {
        self.condition.refused.push(network.to_owned());
        self
    }

    pub fn created_by(mut self, email: &str) -> Self {
        self.creator_email = Some(email.to_owned());
        self
    }

    /// Permission groups by full name ("DNS Write").
    pub fn allow(self, groups: &[&str], on: On<'_>) -> Self {
        self.grant(Effect::Allow, groups, on)
    }

    pub fn deny(self, groups: &[&str], on: On<'_>) -> Self {
        self.grant(Effect::Deny, groups, on)
    }

    fn grant(mut self, effect: Effect, groups: &[&str], on: On<'_>) -> Self {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        self.grants.push((effect, groups, on.resources()));
        self
    }
}
