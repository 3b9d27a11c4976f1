use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What Cloudflare's record says about the credential (CLOUDFLARE.md 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Who read the record: a responder's name, or `the credential itself`.
    pub told_by: String,
    pub id: Option<String>,
    pub name: Option<String>,
    pub owner: Option<Owner>,
    /// The API's word: `active`, `disabled`, `expired`, or one that nobody documented.
    pub status: Option<String>,
    pub issued_on: Option<Timestamp>,
    pub modified_on: Option<Timestamp>,
    pub last_used_on: Option<Timestamp>,
    pub not_before: Option<Timestamp>,
    pub expires_on: Option<Timestamp>,
    /// `creator_email_at_creation`, or the OAuth client that provisioned it.
    pub created_by: Option<String>,
    pub condition: Condition,
    pub policies: Vec<Policy>,
    /// Of an OAuth login.
    pub scopes: Vec<String>,
    /// Accounts in which it can act, by name where a responder may see the name.
    pub accounts: Vec<Named>,
    /// Zones it reaches.
    pub zones: Vec<Named>,
    /// False where the list of zones went on beyond what was read.
    pub zones_complete: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub kind: OwnerKind,
    pub id: Option<String>,
    /// E-mail of a user, name of an account.
    pub label: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerKind {
    User,
    Account,
}

/// An id, and the name people know it by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Named {
    pub id: String,
    pub name: Option<String>,
    /// The account a zone belongs to.
    pub within: Option<String>,
}

/// Addresses from which the token works; empty means everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub allowed: Vec<String>,
    pub refused: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// `allow` or `deny`.
    pub effect: String,
    /// Permission groups: `Workers Scripts Write`.
    pub groups: Vec<Named>,
    pub resources: Vec<Resource>,
}

/// One key of a policy's `resources`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    pub kind: ResourceKind,
    /// `None` means all of them.
    pub id: Option<String>,
    pub name: Option<String>,
    /// The account it is limited to, for zones and buckets written inside an account.
    pub within: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    User,
    Account,
    Zone,
    Bucket,
    /// A key nobody documented; `id` holds it.
    Other,
}

impl Named {
    pub fn new(id: impl Into<String>, name: Option<String>) -> Self {
        Named { id: id.into(), name, within: None }
    }

    /// The name, or the id where there is none.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}
