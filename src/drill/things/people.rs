use crate::model::Secret;
use jiff::Timestamp;

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub id: String,
    pub email: String,
    pub two_factor: bool,
    /// One per user; no expiry, no address limits, no scopes (CLOUDFLARE.md 1.5).
    pub global_key: Option<Secret>,
    /// Each view of the dashboard shows another one, all valid at once (CLOUDFLARE.md 1.5.1).
    pub origin_ca_keys: Vec<Secret>,
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub id: String,
    pub name: String,
    pub created_on: Timestamp,
    pub enforce_two_factor: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Zone {
    pub id: String,
    pub account: String,
    pub name: String,
    pub created_on: Timestamp,
}

/// What a member may do in an account. Finer roles are not played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    SuperAdministrator,
    Administrator,
    AdministratorReadOnly,
}

impl Role {
    pub(crate) const ALL: [Role; 3] =
        [Role::SuperAdministrator, Role::Administrator, Role::AdministratorReadOnly];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::SuperAdministrator => "Super Administrator - All Privileges",
            Role::Administrator => "Administrator",
            Role::AdministratorReadOnly => "Administrator Read Only",
        }
    }

    /// Roles have the same id everywhere.
    pub(crate) fn id(self) -> String {
        super::super::chance::sha256_hex(self.name())[..32].to_owned()
    }

    pub(crate) fn from_id(id: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.id() == id)
    }

    pub(crate) fn may_write(self) -> bool {
        match self {
            Role::SuperAdministrator | Role::Administrator => true,
            Role::AdministratorReadOnly => false,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub id: String,
    pub account: String,
    pub email: String,
    /// `None` for somebody invited who has no user yet.
    pub user: Option<String>,
    pub role: Role,
    pub accepted: bool,
}
