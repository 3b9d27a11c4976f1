mod holders;
mod token_spec;

pub use holders::{R2Pair, TunnelMade};
pub use token_spec::{On, TokenSpec};

use super::chance::Chance;
use super::choices::Choices;
use super::clock::Clock;
use super::things::oauth::Grant;
use super::things::people::{Account, Membership, Role, User, Zone};
use super::things::permission_groups;
use super::things::policy::Policy;
use super::things::token::{Owner, Token};
use super::world::World;
use crate::model::Secret;
use jiff::{SignedDuration, Timestamp};

/// Puts a [`World`] together. Everything added gives back what a test or a story needs to know of it:
/// identifiers as text, credentials as [`Secret`].
#[derive(Debug)]
pub struct Builder {
    pub(crate) world: World,
}

/// A token as it was made: all that its maker sees.
#[derive(Clone, Debug)]
pub struct Minted {
    pub id: String,
    pub value: Secret,
}

/// A login of a command line tool.
#[derive(Clone, Debug)]
pub struct Login {
    pub access: Secret,
    pub refresh: Secret,
}

/// Old or new shape of a credential that exists in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Prefixed,
    Legacy,
}

/// The client id of Wrangler, which is public (CLOUDFLARE.md 1.6).
pub const WRANGLER_CLIENT: &str = "54d11594-84e4-41aa-b438-e81b8fa78ee7";

impl Default for Builder {
    fn default() -> Self {
        Builder::new()
    }
}

impl Builder {
    /// Seed 1, and a clock that stands still at 2026-11-22T10:00:00Z.
    pub fn new() -> Self {
        let clock = Clock::new(|| Timestamp::constant(1_795_341_600, 0));
        Builder { world: World::empty(1, clock, Choices::default()) }
    }

    /// Another world of the same kind: other identifiers, other credentials. Call it first.
    pub fn seed(mut self, seed: u64) -> Self {
        self.world.chance = Chance::new(seed);
        self
    }

    pub fn clock(mut self, clock: Clock) -> Self {
        self.world.clock = clock;
        self
    }

    pub fn choices(mut self, choices: Choices) -> Self {
        self.world.choices = choices;
        self
    }

    pub fn build(self) -> World {
        self.world
    }

    pub fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    pub fn user(&mut self, email: &str) -> String {
        let id = self.world.chance.id();
        self.world.users.push(User {
            id: id.clone(),
            email: email.to_owned(),
            two_factor: true,
            global_key: None,
            origin_ca_keys: Vec::new(),
        });
        id
    }

    pub fn account(&mut self, name: &str) -> String {
        let id = self.world.chance.id();
        let created_on = self.long_ago();
        let account =
            Account { id: id.clone(), name: name.to_owned(), created_on, enforce_two_factor: false };
        self.world.accounts.push(account);
        id
    }

    pub fn zone(&mut self, account: &str, name: &str) -> String {
        let id = self.world.chance.id();
        let created_on = self.long_ago();
        let zone = Zone { id: id.clone(), account: account.to_owned(), name: name.to_owned(), created_on };
        self.world.zones.push(zone);
        id
    }

    /// Makes a user a member of an account; without it no credential of the user reaches the account.
    pub fn member(&mut self, user: &str, account: &str, role: Role) -> String {
        let id = self.world.chance.id();
        let email = self.world.user(user).map(|user| user.email.clone()).unwrap_or_default();
        self.world.memberships.push(Membership {
            id: id.clone(),
            account: account.to_owned(),
            email,
            user: Some(user.to_owned()),
            role,
            accepted: true,
        });
        id
    }

    pub fn token(&mut self, spec: TokenSpec) -> Minted {
        let chance = &mut self.world.chance;
        let id = chance.id();
        let value = match (spec.shape, &spec.owner) {
            (Shape::Legacy, _) => chance.legacy_token(),
            (Shape::Prefixed, Owner::User(_)) => chance.checksummed("cfut_"),
            (Shape::Prefixed, Owner::Account(_)) => chance.checksummed("cfat_"),
        };
        let policies = spec.grants.into_iter().map(|(effect, groups, resources)| {
            let groups = groups.iter().map(|name| known_group(name)).collect();
            Policy { id: chance.id(), effect, resources, groups }
        });
        let policies = policies.collect();
        let issued_on = spec.issued_on.unwrap_or_else(|| months_before(self.world.clock.now(), 6));
        self.world.tokens.push(Token {
            id: id.clone(),
            owner: spec.owner,
            name: spec.name,
            value: value.clone(),
            status: spec.status,
            issued_on,
            modified_on: issued_on,
            last_used_on: None,
            not_before: spec.not_before,
            expires_on: spec.expires_on,
            condition: spec.condition,
            policies,
            creator_email: spec.creator_email,
        });
        Minted { id, value }
    }

    /// Gives a user a Global API key, in place of any former one.
    pub fn global_key(&mut self, user: &str, shape: Shape) -> Secret {
        let key = match shape {
            Shape::Prefixed => self.world.chance.checksummed("cfk_"),
            Shape::Legacy => self.world.chance.legacy_global_key(),
        };
        if let Some(user) = self.world.users.iter_mut().find(|known| known.id == user) {
            user.global_key = Some(key.clone());
        }
        key
    }

    pub fn origin_ca_key(&mut self, user: &str) -> Secret {
        let key = self.world.chance.origin_ca_key();
        if let Some(user) = self.world.users.iter_mut().find(|known| known.id == user) {
            user.origin_ca_keys.push(key.clone());
        }
        key
    }

    /// A login of Wrangler whose access token works for `lifetime` from now.
    pub fn login(&mut self, user: &str, scopes: &[&str], shape: Shape, lifetime: SignedDuration) -> Login {
        let prefix = match shape {
            Shape::Prefixed => "cfoat_",
            Shape::Legacy => "",
        };
        let access = self.world.chance.oauth(prefix);
        let refresh = self.world.chance.oauth("");
        self.world.grants.push(Grant {
            id: self.world.chance.uuid(),
            user: user.to_owned(),
            client_id: WRANGLER_CLIENT.to_owned(),
            client_name: "Wrangler".to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            access: Some(access.clone()),
            access_expires: self.now().checked_add(lifetime).unwrap_or(Timestamp::MAX),
            refresh: Some(refresh.clone()),
        });
        Login { access, refresh }
    }

    /// A value of the shape of a token that never was one: for what "unknown" looks like.
    pub fn stray(&mut self, prefix: &str) -> Secret {
        match prefix {
            "" => self.world.chance.legacy_token(),
            "cfoat_" => self.world.chance.oauth(prefix),
            _ => self.world.chance.checksummed(prefix),
        }
    }

    fn long_ago(&self) -> Timestamp {
        months_before(self.now(), 24)
    }
}

fn known_group(name: &str) -> &'static permission_groups::PermissionGroup {
    permission_groups::by_name(name).unwrap_or_else(|| panic!("no permission group is called {name}"))
}

fn months_before(now: Timestamp, months: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(months * 30 * 24)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::clock::rfc3339;

    #[test]
    fn the_default_clock_stands_where_it_says() {
        assert_eq!(rfc3339(Builder::new().now()), "2026-11-22T10:00:00Z");
    }
}
