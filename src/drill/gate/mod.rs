//! The gate of the API: whose request is this, and may it go on?
//!
//! In the order Cloudflare asks: lock-out, shape of the credential, the credential, its state, its
//! conditions, the rate. Permissions on a resource come later, with the route. Leaves out what any endpoint
//! does.

mod credentials;
mod limits;

pub(crate) use credentials::{Presented, presented};
pub(crate) use limits::Limits;

use super::choices::{FromElsewhere, OriginCa, TooEarly};
use super::refusal::{Refusal, Style};
use super::request::Request;
use super::things::oauth::Grant;
use super::things::permission_groups;
use super::things::policy::{self, Target};
use super::things::token::{Owner, Token};
use super::world::World;
use crate::model::Secret;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    Token(Box<Token>),
    /// A Global API key, or a service key where it still works: everything its user may do.
    Key {
        user: String,
        context: &'static str,
    },
    Oauth(Box<Grant>),
}

impl Caller {
    /// The user behind the credential; an account-owned token has none.
    pub fn user(&self) -> Option<&str> {
        match self {
            Caller::Token(token) => match &token.owner {
                Owner::User(id) => Some(id),
                Owner::Account(_) => None,
            },
            Caller::Key { user, .. } => Some(user),
            Caller::Oauth(grant) => Some(&grant.user),
        }
    }

    /// Who shares a rate: a user with all keys and tokens, or one account token (CLOUDFLARE.md 5).
    fn meter(&self) -> String {
        match (self.user(), self) {
            (Some(user), _) => format!("user {user}"),
            (None, Caller::Token(token)) => format!("token {}", token.id),
            (None, Caller::Key { .. } | Caller::Oauth(_)) => "nobody".to_owned(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Read,
    Write,
}

impl World {
    /// Lets a request through to its endpoint, or says why not.
    pub(crate) fn admit(
        &mut self,
        request: &Request,
        style: Style,
        presented: &Presented,
    ) -> Result<Caller, Refusal> {
        let caller = match presented {
            Presented::Bearer(value) => self.bearer(value, request, style),
            Presented::Key { email, key } => self.key_pair(email, key, style),
            Presented::ServiceKey(key) => self.service_key(key, style),
        }?;
        self.limits.charge(&caller.meter(), request.at, &self.choices)?;
        self.touch(&caller, request);
        Ok(caller)
    }

    fn bearer(&mut self, value: &Secret, request: &Request, style: Style) -> Result<Caller, Refusal> {
        if let Some(grant) = self.grant_by_access(value, request.at) {
            // Verify knows no OAuth tokens: 1000 while they are alive (CLOUDFLARE.md 2.3).
            return if style == Style::Verify {
                Err(Refusal::invalid(style))
            } else {
                Ok(Caller::Oauth(Box::new(grant)))
            };
        }
        let token = self.token_by_value(value, request.at).ok_or_else(|| Refusal::invalid(style))?;
        if style == Style::Verify {
            self.verify_admits(&token, request)?;
            return Ok(Caller::Token(Box::new(token)));
        }
        if !token.works_at(request.at) {
            return Err(Refusal::invalid(style));
        }
        if !token.condition.admits(request.client) {
            return Err(Refusal::location(request.client));
        }
        Ok(Caller::Token(Box::new(token)))
    }

    /// Verify answers for tokens in any state; only address and earliness are open questions.
    fn verify_admits(&self, token: &Token, request: &Request) -> Result<(), Refusal> {
        if token.too_early(request.at) && self.choices.verify_too_early == TooEarly::InvalidToken {
            return Err(Refusal::invalid(Style::Verify));
        }
        if token.condition.admits(request.client) {
            return Ok(());
        }
        match self.choices.verify_from_elsewhere {
            FromElsewhere::Active => Ok(()),
            FromElsewhere::Location => Err(Refusal::location(request.client)),
            FromElsewhere::InvalidToken => Err(Refusal::invalid(Style::Verify)),
        }
    }

    fn key_pair(&self, email: &str, key: &Secret, style: Style) -> Result<Caller, Refusal> {
        if style == Style::Verify {
            return Err(Refusal::no_credential(style));
        }
        let owner =
            self.users.iter().find(|user| user.email == email && user.global_key.as_ref() == Some(key));
        let owner = owner.ok_or_else(|| Refusal::unknown_key(self.choices.unknown_key))?;
        Ok(Caller::Key { user: owner.id.clone(), context: "api_key" })
    }

    fn service_key(&self, key: &Secret, style: Style) -> Result<Caller, Refusal> {
        let owner = self.users.iter().find(|user| user.origin_ca_keys.contains(key));
        match (self.choices.origin_ca, owner) {
            (OriginCa::Served, Some(user)) => {
                Ok(Caller::Key { user: user.id.clone(), context: "origin_ca_key" })
            }
            (OriginCa::NotLookedAt, _) => Err(Refusal::no_credential(Style::Product)),
            (OriginCa::NotServed, _) | (OriginCa::Served, None) => Err(Refusal::invalid(style)),
        }
    }

    fn touch(&mut self, caller: &Caller, request: &Request) {
        let Caller::Token(used) = caller else { return };
        if let Some(token) = self.tokens.iter_mut().find(|token| token.id == used.id) {
            token.last_used_on = Some(request.at);
        }
    }

    /// Whether the caller may act on the target with one of these permissions ("DNS", "Account Settings").
    pub(crate) fn may(&self, caller: &Caller, level: Level, stems: &[&str], target: Target<'_>) -> bool {
        if !self.reaches(caller, level, target) {
            return false;
        }
        let names = stems.iter().flat_map(|stem| accepted_names(stem, level));
        match caller {
            Caller::Token(token) => {
                names.into_iter().any(|name| policy::grants(&token.policies, &name, target))
            }
            Caller::Key { .. } => true,
            Caller::Oauth(grant) => names.into_iter().any(|name| grant.grants(&name)),
        }
    }

    /// Whether the caller has any permission at all there: what a list shows.
    pub(crate) fn sees(&self, caller: &Caller, target: Target<'_>) -> bool {
        self.reaches(caller, Level::Read, target)
            && match caller {
                Caller::Token(token) => policy::grants_something(&token.policies, target),
                Caller::Key { .. } => true,
                Caller::Oauth(grant) => match target {
                    Target::Zone { .. } => grant.grants("Zone Read"),
                    Target::Account(_) | Target::Bucket { .. } => grant.grants("Account Settings Read"),
                    Target::User(_) => grant.grants("User Details Read"),
                },
            }
    }

    /// No policy reaches beyond the owner: an account for its tokens, the memberships of a user for the rest.
    fn reaches(&self, caller: &Caller, level: Level, target: Target<'_>) -> bool {
        let account = match target {
            Target::User(id) => return caller.user() == Some(id),
            Target::Account(account) | Target::Zone { account, .. } | Target::Bucket { account, .. } => {
                account
            }
        };
        if let Caller::Token(token) = caller
            && let Owner::Account(owner) = &token.owner
        {
            return owner == account;
        }
        let role = caller.user().and_then(|user| self.role_of(user, account));
        role.is_some_and(|role| level == Level::Read || role.may_write())
    }
}

/// Write includes read. A group without a verb of its own ("Cache Purge") is named whole.
fn accepted_names(stem: &str, level: Level) -> Vec<String> {
    if permission_groups::by_name(stem).is_some() {
        return vec![stem.to_owned()];
    }
    match level {
        Level::Read => vec![format!("{stem} Read"), format!("{stem} Write")],
        Level::Write => vec![format!("{stem} Write")],
    }
}
