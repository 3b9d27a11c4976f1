use super::chance::Chance;
use super::choices::Choices;
use super::clock::Clock;
use super::failure::{self, FailureRule, Trouble};
use super::gate::Limits;
use super::reply::Reply;
use super::request::Request;
use super::seen::{Access, Seen};
use super::things::oauth::Grant;
use super::things::people::{Account, Membership, Role, User, Zone};
use super::things::token::{Echo, Token};
use crate::model::{Fingerprint, Secret};
use jiff::Timestamp;

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
    pub(crate) limits: Limits,
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
            limits: Limits::default(),
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
            None => (None, Judged::NOT_ASKED),
        };
        let (reply, trouble) = struck.apply(right, self.choices.rate_limit_code);
        self.remember(request, &reply, judged);
        (self.with_ray(reply), trouble)
    }

    /// One server plays four hosts; their paths do not overlap.
    fn served(&mut self, request: &Request) -> (Reply, Judged) {
        self.api(request)
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

    /// The token with this value, as it looks from here: a change may not have arrived yet.
    pub(crate) fn token_by_value(&mut self, value: &Secret, now: Timestamp) -> Option<Token> {
        let echo = self.echoes.iter_mut().find(|echo| echo.was.value == *value);
        if let Some(echo) = echo
            && echo.answers(now)
        {
            return Some(echo.was.clone());
        }
        self.tokens.iter().find(|token| token.value == *value).cloned()
    }

    pub(crate) fn grant_by_access(&self, value: &Secret, now: Timestamp) -> Option<Grant> {
        let grant = self.grants.iter().find(|grant| grant.access.as_ref() == Some(value))?;
        (now < grant.access_expires).then(|| grant.clone())
    }
}

/// The identifier in a deploy hook is the secret (CLOUDFLARE.md 1.16).
fn without_hook_id(path: &str) -> String {
    match path.split_once("/deploy_hooks/") {
        Some((before, _)) => format!("{before}/deploy_hooks/…"),
        None => path.to_owned(),
    }
}
