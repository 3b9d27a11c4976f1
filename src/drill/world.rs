use super::audit::{AuditLogs, Note};
use super::chance::Chance;
use super::choices::Choices;
use super::clock::Clock;
use super::failure::{self, FailureRule, Trouble};
use super::gate::{self, Limits};
use super::refusal::Style;
use super::reply::Reply;
use super::request::Request;
use super::seen::{Access, Seen};
use super::things::holders::{DeployHook, OauthClient, ServiceToken, TemporaryCredentials, Tunnel, Widget};
use super::things::oauth::Grant;
use super::things::people::{Account, Membership, Role, User, Zone};
use super::things::token::{Echo, Token};
use crate::model::{Fingerprint, Secret};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// The state of the fake: what exists, what happened, what goes wrong. Made by [`super::Builder`].
#[derive(Debug)]
pub struct World {
    pub(crate) choices: Choices,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) users: Vec<User>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) zones: Vec<Zone>,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) echoes: Vec<Echo>,
    pub(crate) grants: Vec<Grant>,
    /// Lists of plain objects by the path of the list, single objects and raw bodies by their own.
    pub(crate) shelves: BTreeMap<String, Vec<Value>>,
    pub(crate) documents: BTreeMap<String, Value>,
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    pub(crate) tunnels: Vec<Tunnel>,
    pub(crate) widgets: Vec<Widget>,
    pub(crate) service_tokens: Vec<ServiceToken>,
    pub(crate) oauth_clients: Vec<OauthClient>,
    pub(crate) temporary: Vec<TemporaryCredentials>,
    pub(crate) hooks: Vec<DeployHook>,
    pub(crate) accounts_without_r2: Vec<String>,
    pub(crate) limits: Limits,
    pub(crate) audit: AuditLogs,
    /// Left by the endpoint for the audit log of the request in progress.
    pub(crate) note: Option<Note>,
    failures: Vec<FailureRule>,
    seen: Vec<Seen>,
    rays: u64,
}

/// What the request log keeps about how a request was judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judged {
    pub credential: Option<Fingerprint>,
    pub access: Access,
}

impl Judged {
    pub const NOT_ASKED: Judged = Judged { credential: None, access: Access::NotAsked };
}

impl World {
    pub fn builder() -> super::Builder {
        super::Builder::new()
    }

    pub(crate) fn empty(seed: u64, clock: Clock, choices: Choices) -> World {
        World {
            choices,
            clock,
            chance: Chance::new(seed),
            users: Vec::new(),
            accounts: Vec::new(),
            zones: Vec::new(),
            memberships: Vec::new(),
            tokens: Vec::new(),
            echoes: Vec::new(),
            grants: Vec::new(),
            shelves: BTreeMap::new(),
            documents: BTreeMap::new(),
            blobs: BTreeMap::new(),
            tunnels: Vec::new(),
            widgets: Vec::new(),
            service_tokens: Vec::new(),
            oauth_clients: Vec::new(),
            temporary: Vec::new(),
            hooks: Vec::new(),
            accounts_without_r2: Vec::new(),
            limits: Limits::default(),
            audit: AuditLogs::default(),
            note: None,
            failures: Vec::new(),
            seen: Vec::new(),
            rays: 0,
        }
    }

    pub fn choices_mut(&mut self) -> &mut Choices {
        &mut self.choices
    }

    /// Adds trouble; rules added first strike first.
    pub fn fail(&mut self, rule: FailureRule) {
        self.failures.push(rule);
    }

    pub fn stop_failing(&mut self) {
        self.failures.clear();
    }

    /// Every request so far, in order.
    pub fn seen(&self) -> &[Seen] {
        &self.seen
    }

    /// Ends the acted past: what comes now is the rehearsal.
    pub(crate) fn begin(&mut self) {
        self.seen.clear();
        self.limits = Limits::default();
    }

    pub fn forget_seen(&mut self) {
        self.seen.clear();
    }

    /// Answers one request, with whatever goes wrong.
    pub(crate) fn answer(&mut self, request: &Request) -> (Reply, Trouble) {
        let struck = failure::strike(&mut self.failures, &request.method, &request.path);
        let Some(struck) = struck else {
            let (reply, judged) = self.served(request);
            self.remember(request, &reply, judged);
            return (self.with_ray(reply), Trouble::None);
        };
        let (right, judged) = match struck.lets_through().then(|| self.served(request)) {
            Some((reply, judged)) => (Some(reply), judged),
            None => (None, Judged { credential: carried(request), access: Access::NotAsked }),
        };
        let (reply, trouble) = struck.apply(right, self.choices.rate_limit_code);
        self.remember(request, &reply, judged);
        (self.with_ray(reply), trouble)
    }

    fn remember(&mut self, request: &Request, reply: &Reply, judged: Judged) {
        self.seen.push(Seen {
            at: request.at,
            method: request.method.to_string(),
            path: without_hook_id(&request.path),
            query: request.raw_query.clone(),
            client: request.client,
            user_agent: request.header("user-agent").map(str::to_owned),
            credential: judged.credential,
            access: judged.access,
            status: reply.status,
            code: reply.code,
            mutating: request.changes_something(),
        });
    }

    fn with_ray(&mut self, reply: Reply) -> Reply {
        self.rays += 1;
        let ray = self.ray();
        reply.header("CF-RAY", format!("{ray}-DRL")).header("Server", "cloudflare")
    }

    /// The ray id of the request being answered.
    pub(crate) fn ray(&self) -> String {
        format!("{:016x}", 0x9000_0000_0000_0000 + self.rays)
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(crate) fn zone(&self, id: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.id == id)
    }

    pub(crate) fn role_of(&self, user: &str, account: &str) -> Option<Role> {
        let member =
            self.memberships.iter().find(|m| m.user.as_deref() == Some(user) && m.account == account)?;
        member.accepted.then_some(member.role)
    }

    pub(crate) fn accounts_of(&self, user: &str) -> Vec<String> {
        let own = self.memberships.iter().filter(|m| m.user.as_deref() == Some(user) && m.accepted);
        own.map(|m| m.account.clone()).collect()
    }

    pub(crate) fn new_tunnel_secret(&mut self) -> Secret {
        Secret::new(data_encoding::BASE64.encode(&self.chance.bytes(32)))
    }

    pub(crate) fn new_service_token(
        &mut self,
        account: &str,
        name: &str,
        duration: &str,
        now: Timestamp,
    ) -> ServiceToken {
        ServiceToken {
            id: self.chance.uuid(),
            account: account.to_owned(),
            name: name.to_owned(),
            client_id: format!("{}.access", self.chance.id()),
            secret: self.chance.checksummed("cfast_"),
            former: None,
            duration: duration.to_owned(),
            enabled: true,
            created_at: now,
            updated_at: now,
            expires_at: super::api::service_token_expiry(duration, now),
        }
    }

    pub(crate) fn new_widget(
        &mut self,
        account: &str,
        name: &str,
        domains: Vec<String>,
        now: Timestamp,
    ) -> Widget {
        Widget {
            sitekey: self.chance.turnstile_sitekey(),
            account: account.to_owned(),
            name: name.to_owned(),
            domains,
            secret: self.chance.turnstile_secret(),
            former: None,
            created_on: now,
            modified_on: now,
        }
    }

    /// The state of a token as its record shows it; `None` when there is no such token any more.
    pub fn token_status(&self, id: &str) -> Option<&str> {
        let token = self.tokens.iter().find(|token| token.id == id)?;
        Some(token.status_at(self.clock.now()))
    }

    /// The record of a token as its owner would read it.
    pub fn token_json(&self, id: &str) -> Option<serde_json::Value> {
        let token = self.tokens.iter().find(|token| token.id == id)?;
        Some(token.to_json(self.clock.now()))
    }

    /// Builds that deploy hooks started: a verifier must start none.
    pub fn builds_started(&self) -> u32 {
        self.hooks.iter().map(|hook| hook.builds).sum()
    }

    /// The token with this value, as it looks from here.
    pub(crate) fn token_by_value(&mut self, value: &Secret, now: Timestamp) -> Option<Token> {
        self.token_seen(|token| token.value == *value, now)
    }

    pub(crate) fn token_by_id(&mut self, id: &str, now: Timestamp) -> Option<Token> {
        self.token_seen(|token| token.id == id, now)
    }

    /// A change may not have arrived yet: what was before still answers.
    fn token_seen(&mut self, is: impl Fn(&Token) -> bool, now: Timestamp) -> Option<Token> {
        let mut echoes = self.echoes.iter_mut().filter(|echo| is(&echo.was));
        let before = echoes.find_map(|echo| echo.answers(now).then(|| echo.was.clone()));
        before.or_else(|| self.tokens.iter().find(|token| is(token)).cloned())
    }

    pub(crate) fn grant_by_access(&self, value: &Secret, now: Timestamp) -> Option<Grant> {
        let grant = self.grants.iter().find(|grant| grant.access.as_ref() == Some(value))?;
        (now < grant.access_expires).then(|| grant.clone())
    }
}

/// The credential of a request that was never judged.
fn carried(request: &Request) -> Option<Fingerprint> {
    gate::presented(request, Style::Product).ok().map(|presented| presented.fingerprint())
}

/// The identifier in a deploy hook is the secret (CLOUDFLARE.md 1.16).
fn without_hook_id(path: &str) -> String {
    match path.split_once("/deploy_hooks/") {
        Some((before, _)) => format!("{before}/deploy_hooks/…"),
        None => path.to_owned(),
    }
}
