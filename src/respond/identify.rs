//! Whose is it, and what does Cloudflare's record say about it?
//!
//! Asks responders, never the leaked credential. The first responder that may read the record is the one that acts
//! on it later.

use crate::cloudflare::changes::{TokenPath, TokenRoute};
use crate::cloudflare::endpoints::AccountId;
use crate::cloudflare::{ApiError, is_id};
use crate::model::incident::{
    Condition, Gap, Identity, Named, Owner, OwnerKind, ResourceKind, Target, TargetKind,
};
use crate::model::{Grant, Kind, Secret};
use crate::respond::record;
use crate::respond::responder::Responder;
use data_encoding::{BASE64, BASE64_NOPAD};
use serde_json::Value;

/// What is looked for.
#[derive(Debug)]
pub struct Sought {
    pub kind: Kind,
    pub secret: Option<Secret>,
    /// From `--token-id`, from verify, or the key id of an R2 pair.
    pub id: Option<String>,
    /// Where it may be: flags and neighbours, best first.
    pub accounts: Vec<AccountId>,
    /// What it told about itself when it was asked.
    pub grant: Option<Grant>,
    pub emails: Vec<String>,
}

/// What was found out.
#[derive(Debug)]
pub struct Identified {
    pub identity: Option<Identity>,
    /// What an action would act on.
    pub target: Target,
    /// Index of the responder that read the record.
    pub responder: Option<usize>,
    pub gaps: Vec<Gap>,
    /// A comparison with the record says whether the value is the one in force; for what cannot be asked itself.
    pub in_force: Option<bool>,
}

pub async fn identify(sought: &Sought, responders: &[Responder]) -> Identified {
    match &sought.kind {
        Kind::UserApiToken | Kind::AccountApiToken | Kind::LegacyApiToken | Kind::R2S3Credentials => {
            token(sought, responders).await
        }
        Kind::AccessServiceToken => service_token(sought, responders).await,
        Kind::TurnstileSecret => widget(sought, responders).await,
        Kind::TunnelToken | Kind::TunnelCredentials => tunnel(sought, responders).await,
        Kind::GlobalApiKey => by_owner(sought, TargetKind::GlobalApiKey),
        Kind::OriginCaKey => by_owner(sought, TargetKind::OriginCaKey),
        Kind::OauthAccessToken | Kind::OauthRefreshToken => by_owner(sought, TargetKind::OauthLogin),
        Kind::CallsSecret
        | Kind::StreamSigningKey
        | Kind::ImagesSigningKey
        | Kind::DeployHook
        | Kind::McpToken
        | Kind::Other(_) => by_owner(sought, TargetKind::Other),
    }
}

async fn token(sought: &Sought, responders: &[Responder]) -> Identified {
    let likely = match &sought.kind {
        Kind::AccountApiToken => TargetKind::AccountToken,
        _other => TargetKind::UserToken,
    };
    let Some(id) = sought.id.as_deref().filter(|id| is_id(id)) else {
        let mut found = nothing(likely, sought);
        let candidates = candidates(sought, responders).await;
        found.gaps.push(Gap::new("which token it is", unknown_id(&candidates)));
        return found;
    };
    let mut refusals = Vec::new();
    for (index, responder) in responders.iter().enumerate() {
        for route in routes(sought, responder) {
            let Some(path) = TokenPath::new(&route, id) else { continue };
            match responder.desk.get(path.as_str()).await {
                Ok(record) => return token_found(&record, &route, sought, index, responder),
                Err(error) => refusals.push(error),
            }
        }
    }
    let mut found = nothing(likely, sought);
    found.target.id = Some(id.to_owned());
    let why = match refusals.last() {
        Some(error) => format!("no responder may read its record; the last answer was: {error}"),
        None => "no responder credential was given (--responder)".to_owned(),
    };
    found.gaps.push(Gap::new("the record of the token", &why));
    found
}

/// Tokens that a person may recognize it among: active, and for one that only works from elsewhere, bound to addresses.
async fn candidates(sought: &Sought, responders: &[Responder]) -> Vec<String> {
    const MOST: usize = 2_000;
    let mut found: Vec<(String, String)> = Vec::new();
    for responder in responders {
        for route in routes(sought, responder) {
            let path = match &route {
                TokenRoute::User => "/user/tokens".to_owned(),
                TokenRoute::Account(account) => format!("/accounts/{}/tokens", account.as_str()),
            };
            let listing = responder.desk.list(&path, &[("per_page", "50".to_owned())], MOST).await;
            for item in listing.map(|listing| listing.items).unwrap_or_default() {
                let is_bound = !item["condition"]["request_ip"].is_null();
                let text = |field: &str| item[field].as_str().unwrap_or_default().to_owned();
                let is_own = responder.token_id.as_deref() == item["id"].as_str();
                if is_bound && text("status") == "active" && !is_own {
                    found.push((text("last_used_on"), format!("\"{}\" ({})", text("name"), text("id"))));
                }
            }
        }
    }
    // The one that was used last first: RFC 3339 in UTC sorts as text.
    found.sort();
    found.reverse();
    found.into_iter().map(|(_, shown)| shown).collect()
}

fn unknown_id(candidates: &[String]) -> String {
    const SHOWN: usize = 8;
    let why = "its id is not known: Cloudflare tells it only while the token works from this address; with --token-id \
               the record can be read";
    match candidates {
        [] => why.to_owned(),
        some => {
            let shown = some.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
            format!("{why}. Active tokens that are bound to addresses, last used first: {shown}")
        }
    }
}

/// The doors to try with one responder. The kind says which is the right one, where it says anything.
fn routes(sought: &Sought, responder: &Responder) -> Vec<TokenRoute> {
    let mut routes = Vec::new();
    if sought.kind != Kind::AccountApiToken {
        routes.push(TokenRoute::User);
    }
    if sought.kind != Kind::UserApiToken {
        routes.extend(accounts(sought, responder).into_iter().map(TokenRoute::Account));
    }
    routes
}

fn token_found(
    token: &Value,
    route: &TokenRoute,
    sought: &Sought,
    index: usize,
    responder: &Responder,
) -> Identified {
    let (kind, owner, account) = match route {
        TokenRoute::User => {
            let label = responder.email.clone();
            (TargetKind::UserToken, Owner { kind: OwnerKind::User, id: None, label }, None)
        }
        TokenRoute::Account(account) => {
            let id = account.as_str().to_owned();
            let owner = Owner { kind: OwnerKind::Account, id: Some(id.clone()), label: None };
            (TargetKind::AccountToken, owner, Some(id))
        }
    };
    let identity = record::read(token, responder.desk.name(), owner);
    let target = Target {
        kind,
        id: identity.id.clone().or_else(|| sought.id.clone()),
        name: identity.name.clone(),
        account,
        minted: false,
    };
    Identified { identity: Some(identity), target, responder: Some(index), gaps: Vec::new(), in_force: None }
}

/// By its id, or its client id, in every account somebody may look into.
async fn service_token(sought: &Sought, responders: &[Responder]) -> Identified {
    let mut found = nothing(TargetKind::ServiceToken, sought);
    let Some(id) = &sought.id else {
        found.gaps.push(Gap::new(
            "which service token it is",
            "only its client id tells, and that is no part of the secret: give it with --token-id",
        ));
        return found;
    };
    let is_it = |item: &Value| item["id"] == id.as_str() || item["client_id"] == id.as_str();
    for (index, responder) in responders.iter().enumerate() {
        for account in accounts(sought, responder) {
            let path = format!("/accounts/{}/access/service_tokens", account.as_str());
            let listing = responder.desk.list(&path, &[("per_page", "100".to_owned())], 10_000).await;
            let Some(item) = listing.ok().and_then(|listing| listing.items.into_iter().find(is_it)) else {
                continue;
            };
            let mut identity = thing(&item, &account, responder);
            identity.status =
                item["enabled"].as_bool().map(|on| if on { "active" } else { "disabled" }.to_owned());
            identity.expires_on = item["expires_at"].as_str().and_then(|time| time.parse().ok());
            return Identified {
                target: of_account(TargetKind::ServiceToken, &identity, &account),
                identity: Some(identity),
                responder: Some(index),
                ..found
            };
        }
    }
    found.gaps.push(Gap::new("which service token it is", "no responder may list the one with this id"));
    found
}

/// The widget whose secret is the leaked value. The secrets that are read for this are compared and dropped.
async fn widget(sought: &Sought, responders: &[Responder]) -> Identified {
    const MOST: usize = 200;
    let mut found = nothing(TargetKind::TurnstileWidget, sought);
    for (index, responder) in responders.iter().enumerate() {
        for account in accounts(sought, responder) {
            let base = format!("/accounts/{}/challenges/widgets", account.as_str());
            let listing = responder.desk.list(&base, &[("per_page", "100".to_owned())], MOST).await;
            for item in listing.map(|listing| listing.items).unwrap_or_default() {
                let Some(sitekey) = item["sitekey"].as_str().filter(|key| is_sitekey(key)) else { continue };
                let is_named = sought.id.as_deref() == Some(sitekey);
                if !is_named && !holds_secret(responder, &format!("{base}/{sitekey}"), sought).await {
                    continue;
                }
                let mut identity = thing(&item, &account, responder);
                identity.id = Some(sitekey.to_owned());
                return Identified {
                    target: of_account(TargetKind::TurnstileWidget, &identity, &account),
                    identity: Some(identity),
                    responder: Some(index),
                    ..found
                };
            }
        }
    }
    found.gaps.push(Gap::new(
        "which Turnstile widget it belongs to",
        "no responder sees a widget with this secret",
    ));
    found
}

async fn holds_secret(responder: &Responder, path: &str, sought: &Sought) -> bool {
    let Ok(widget) = responder.desk.look(path).await else { return false };
    sought.secret.as_ref().is_some_and(|secret| widget["secret"] == secret.expose())
}

/// A site key becomes part of a path.
fn is_sitekey(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The value itself names its account and tunnel; an administrator's look tells whether it is the one in force.
async fn tunnel(sought: &Sought, responders: &[Responder]) -> Identified {
    let mut found = nothing(TargetKind::Tunnel, sought);
    let parts = sought.secret.as_ref().and_then(tunnel_parts);
    let told = parts.as_ref().map(|parts| parts.tunnel.clone());
    let Some(id) = told.or_else(|| sought.id.clone().filter(|id| is_uuid(id))) else {
        found.gaps.push(Gap::new("which tunnel it is", "the value could not be read as a tunnel's"));
        return found;
    };
    found.target.id = Some(id.clone());
    found.target.account = parts.as_ref().map(|parts| parts.account.as_str().to_owned());
    for (index, responder) in responders.iter().enumerate() {
        let told = parts.as_ref().map(|parts| vec![parts.account.clone()]);
        for account in told.unwrap_or_else(|| accounts(sought, responder)) {
            let base = format!("/accounts/{}/cfd_tunnel/{id}", account.as_str());
            let Ok(item) = responder.desk.get(&base).await else { continue };
            let identity = thing(&item, &account, responder);
            found.target = of_account(TargetKind::Tunnel, &identity, &account);
            found.identity = Some(Identity { status: None, ..identity });
            found.responder = Some(index);
            if let Some(parts) = &parts {
                found.in_force = holds_tunnel_secret(responder, &base, parts).await;
            }
            return found;
        }
    }
    found.gaps.push(Gap::new("the tunnel's record", "no responder may read it"));
    found
}

/// Reading the token of a tunnel needs the permission to write.
async fn holds_tunnel_secret(responder: &Responder, base: &str, parts: &TunnelParts) -> Option<bool> {
    let token = responder.desk.look(&format!("{base}/token")).await.ok()?;
    let current = tunnel_parts(&Secret::new(token.as_str()?))?;
    Some(current.secret == parts.secret)
}

/// Who opens what.
pub struct TunnelParts {
    pub account: AccountId,
    /// A UUID, checked: it becomes part of a path.
    pub tunnel: String,
    pub secret: Secret,
}

/// A tunnel token (base64 of JSON), or `AccountTag:TunnelID:TunnelSecret` (CONTRACT section 1).
pub fn tunnel_parts(value: &Secret) -> Option<TunnelParts> {
    let text = value.expose().trim();
    let words: Vec<&str> = text.split(':').collect();
    let (account, tunnel, secret) = match words[..] {
        [account, tunnel, secret] => (account.to_owned(), tunnel.to_owned(), Secret::new(secret)),
        [..] => {
            let bytes =
                BASE64.decode(text.as_bytes()).or_else(|_| BASE64_NOPAD.decode(text.as_bytes())).ok()?;
            let json: Value = serde_json::from_slice(&bytes).ok()?;
            let field = |name: &str| json[name].as_str().map(str::to_owned);
            (field("a")?, field("t")?, Secret::new(field("s")?))
        }
    };
    is_uuid(&tunnel).then_some(())?;
    Some(TunnelParts { account: AccountId::new(&account)?, tunnel: tunnel.to_ascii_lowercase(), secret })
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// What no record exists for, or none that an API gives.
fn by_owner(sought: &Sought, kind: TargetKind) -> Identified {
    let mut found = nothing(kind, sought);
    let grant = sought.grant.clone().unwrap_or_default();
    let email = grant.email.or_else(|| match &sought.emails[..] {
        [only] => Some(only.clone()),
        _none_or_several => None,
    });
    let owner = email.map(|email| Owner { kind: OwnerKind::User, id: None, label: Some(email) });
    let mut identity = empty("the credential itself");
    identity.accounts = named(&grant.accounts);
    identity.zones = named(&grant.zones);
    identity.expires_on = grant.expires_on.and_then(|time| time.parse().ok());
    identity.owner = owner;
    found.target.name = identity.owner.as_ref().and_then(|owner| owner.label.clone());
    found.identity = Some(identity);
    found
}

fn named(pairs: &[(String, String)]) -> Vec<Named> {
    pairs.iter().map(|(id, name)| Named::new(id, (!name.is_empty()).then(|| name.clone()))).collect()
}

fn thing(item: &Value, account: &AccountId, responder: &Responder) -> Identity {
    let owner = Owner { kind: OwnerKind::Account, id: Some(account.as_str().to_owned()), label: None };
    let mut identity = record::read(item, responder.desk.name(), owner);
    identity.accounts = vec![Named::new(account.as_str(), None)];
    identity
}

fn of_account(kind: TargetKind, identity: &Identity, account: &AccountId) -> Target {
    let account = Some(account.as_str().to_owned());
    Target { kind, id: identity.id.clone(), name: identity.name.clone(), account, minted: false }
}

fn nothing(kind: TargetKind, sought: &Sought) -> Identified {
    let target = Target { kind, id: sought.id.clone(), name: None, account: None, minted: false };
    Identified { identity: None, target, responder: None, gaps: Vec::new(), in_force: None }
}

fn empty(told_by: &str) -> Identity {
    Identity {
        told_by: told_by.to_owned(),
        id: None,
        name: None,
        owner: None,
        status: None,
        issued_on: None,
        modified_on: None,
        last_used_on: None,
        not_before: None,
        expires_on: None,
        created_by: None,
        condition: Condition::default(),
        policies: Vec::new(),
        scopes: Vec::new(),
        accounts: Vec::new(),
        zones: Vec::new(),
        zones_complete: true,
    }
}

/// Where to look, best first, each once.
fn accounts(sought: &Sought, responder: &Responder) -> Vec<AccountId> {
    let seen = responder.accounts.iter().filter_map(|account| AccountId::new(&account.id));
    let mut accounts = Vec::new();
    for account in sought.accounts.iter().cloned().chain(seen) {
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    accounts
}

/// Puts names to ids, and the accounts and zones the credential reaches where its policies speak of all of them.
pub async fn add_names(identity: &mut Identity, sought: &Sought, responders: &[Responder]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut accounts: Vec<Named> = identity.accounts.clone();
    for account in responders.iter().flat_map(|responder| &responder.accounts) {
        note(&mut accounts, account);
    }
    let grant = sought.grant.clone().unwrap_or_default();
    named(&grant.accounts).iter().for_each(|account| note(&mut accounts, account));
    let (zones, complete) = zones(responders, &named(&grant.zones), &mut gaps).await;
    let reach = Reaches::of(identity);
    identity.zones = zones.iter().filter(|zone| reach.zone(zone)).cloned().collect();
    identity.zones_complete = complete;
    let holds_zone = |account: &Named| {
        identity.zones.iter().any(|zone| zone.within.as_deref() == Some(account.id.as_str()))
    };
    identity.accounts =
        accounts.into_iter().filter(|account| reach.account(account) || holds_zone(account)).collect();
    let known: Vec<Named> = identity.accounts.iter().chain(&identity.zones).cloned().collect();
    let name_of = |id: &str| known.iter().find(|named| named.id == id).and_then(|named| named.name.clone());
    let email = identity.owner.as_ref().and_then(|owner| owner.label.clone());
    for resource in identity.policies.iter_mut().flat_map(|policy| &mut policy.resources) {
        let Some(id) = &resource.id else { continue };
        if resource.kind == ResourceKind::User {
            resource.name.clone_from(&email);
            if let Some(owner) = identity.owner.as_mut().filter(|owner| owner.kind == OwnerKind::User) {
                owner.id.get_or_insert_with(|| id.clone());
            }
        } else if resource.name.is_none() {
            resource.name = name_of(id);
        }
    }
    if let Some(owner) = identity.owner.as_mut().filter(|owner| owner.kind == OwnerKind::Account) {
        owner.label = owner.id.as_deref().and_then(name_of);
    }
    gaps
}

fn note(known: &mut Vec<Named>, one: &Named) {
    match known.iter_mut().find(|named| named.id == one.id) {
        Some(named) => named.name = named.name.take().or_else(|| one.name.clone()),
        None => known.push(one.clone()),
    }
}

/// Which accounts and zones the policies speak of.
struct Reaches {
    every_account: bool,
    accounts: Vec<String>,
    every_zone: bool,
    zones_of: Vec<String>,
    zones: Vec<String>,
}

impl Reaches {
    fn of(identity: &Identity) -> Self {
        let mut reach = Reaches {
            // Without policies there is no limit to speak of: an OAuth login, a Global API key.
            every_account: identity.policies.is_empty() && identity.accounts.is_empty(),
            accounts: identity.accounts.iter().map(|account| account.id.clone()).collect(),
            every_zone: identity.policies.is_empty(),
            zones_of: Vec::new(),
            zones: Vec::new(),
        };
        let allowed = identity.policies.iter().filter(|policy| policy.effect != "deny");
        for resource in allowed.flat_map(|policy| &policy.resources) {
            match (resource.kind, &resource.id, &resource.within) {
                (ResourceKind::Account, Some(id), _) => reach.accounts.push(id.clone()),
                (ResourceKind::Account, None, _) => reach.every_account = true,
                (ResourceKind::Zone, Some(id), _) => reach.zones.push(id.clone()),
                (ResourceKind::Zone, None, Some(account)) => reach.zones_of.push(account.clone()),
                (ResourceKind::Zone, None, None) => reach.every_zone = true,
                (ResourceKind::Bucket, _, Some(account)) => reach.accounts.push(account.clone()),
                (ResourceKind::User, _, _) => reach.every_account = true,
                (ResourceKind::Bucket | ResourceKind::Other, _, _) => {}
            }
        }
        reach
    }

    fn account(&self, account: &Named) -> bool {
        self.every_account || self.accounts.contains(&account.id)
    }

    fn zone(&self, zone: &Named) -> bool {
        let in_account = zone.within.as_ref().is_some_and(|account| self.zones_of.contains(account));
        self.every_zone || in_account || self.zones.contains(&zone.id)
    }
}

/// Every zone a responder may see, and those the credential told of.
async fn zones(responders: &[Responder], told: &[Named], gaps: &mut Vec<Gap>) -> (Vec<Named>, bool) {
    const MOST: usize = 5_000;
    let mut zones = told.to_vec();
    let mut complete = true;
    let mut refused: Option<ApiError> = None;
    let mut seen_by_anybody = false;
    for responder in responders {
        match responder.desk.list("/zones", &[("per_page", "50".to_owned())], MOST).await {
            Ok(listing) => {
                seen_by_anybody = true;
                complete &= listing.complete;
                for item in &listing.items {
                    let Some(id) = item["id"].as_str() else { continue };
                    let within = item["account"]["id"].as_str().map(str::to_owned);
                    let zone = Named { within, ..Named::new(id, item["name"].as_str().map(str::to_owned)) };
                    match zones.iter_mut().find(|known| known.id == zone.id) {
                        Some(known) => *known = zone,
                        None => zones.push(zone),
                    }
                }
            }
            Err(error) => refused = Some(error),
        }
    }
    if let Some(error) = refused.filter(|_| !seen_by_anybody) {
        gaps.push(Gap::new("the names of zones", error.to_string()));
        complete = false;
    }
    (zones, complete)
}
