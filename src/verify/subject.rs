//! What is to be judged, with everything that helps to ask: e-mails and accounts, nearest first.

use crate::cloudflare::endpoints::AccountId;
use crate::model::{Companions, Finding, Kind, Reason, Secret};
use data_encoding::BASE64;
use jiff::Timestamp;
use std::cmp::Reverse;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
pub struct Subject {
    pub kind: Kind,
    pub secret: Secret,
    pub emails: Vec<String>,
    /// Accounts that stood beside the credential: evidence.
    pub near_accounts: Vec<AccountId>,
    /// Accounts that were seen elsewhere in the run: guesses.
    pub far_accounts: Vec<AccountId>,
    /// Something near it speaks of FedRAMP High, whose tokens the public API does not know (CLOUDFLARE.md
    /// 8.4).
    pub hints_at_fed: bool,
    /// Is the API that is asked the one of FedRAMP High?
    pub asks_fed: bool,
    pub now: Timestamp,
}

impl Subject {
    pub fn of(finding: &Finding, context: &Context) -> Self {
        let near_accounts = account_ids(&finding.companions.account_ids);
        let far_accounts = context.nearest(finding, |companions| &companions.account_ids);
        let far_emails = context.nearest(finding, |companions| &companions.emails);
        let mut emails: Vec<String> = Vec::new();
        for email in finding.companions.emails.iter().chain(&far_emails) {
            if fits_a_header(email) && !emails.contains(email) {
                emails.push(email.clone());
            }
        }
        Subject {
            kind: finding.kind.clone(),
            secret: finding.secret.clone(),
            emails,
            far_accounts: account_ids(&far_accounts)
                .into_iter()
                .filter(|account| !near_accounts.contains(account))
                .collect(),
            near_accounts,
            hints_at_fed: finding.reasons.iter().any(speaks_of_fed),
            asks_fed: context.asks_fed,
            now: context.now,
        }
    }

    /// Every account worth trying, nearest first.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountId> {
        self.near_accounts.iter().chain(&self.far_accounts)
    }
}

/// An address that no header can hold would end the examination before its neighbours were tried.
fn fits_a_header(email: &str) -> bool {
    email.contains('@') && email.bytes().all(|byte| byte.is_ascii_graphic())
}

fn account_ids(texts: &[String]) -> Vec<AccountId> {
    let mut ids = Vec::new();
    for id in texts.iter().filter_map(|text| AccountId::new(text)) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

fn speaks_of_fed(reason: &Reason) -> bool {
    matches!(reason, Reason::Host(host) if host.contains(".fed.") || host.contains(".fedramp."))
}

/// What the whole run has seen that may belong to a credential found anywhere in it.
#[derive(Clone, Debug)]
pub struct Context {
    now: Timestamp,
    asks_fed: bool,
    sightings: Vec<Sighting>,
}

/// Companions and where they stood.
#[derive(Clone, Debug)]
struct Sighting {
    paths: Vec<PathBuf>,
    companions: Companions,
}

/// More places of one credential than this add nothing to the question what lies nearest.
const PLACES: usize = 16;

impl Context {
    pub fn new(now: Timestamp) -> Self {
        Context { now, asks_fed: false, sightings: Vec::new() }
    }

    pub fn gather<'a>(findings: impl IntoIterator<Item = &'a Finding>, now: Timestamp) -> Self {
        let mut context = Context::new(now);
        for finding in findings {
            context.add(finding);
        }
        context
    }

    pub fn add(&mut self, finding: &Finding) {
        let mut companions = finding.companions.clone();
        companions.account_ids.extend(account_inside(finding));
        if !companions.is_empty() {
            self.sightings.push(Sighting { paths: paths(finding), companions });
        }
    }

    pub(super) fn asking(mut self, api_host: &str) -> Self {
        self.asks_fed = api_host.contains(".fed.");
        self
    }

    fn nearest(&self, finding: &Finding, of: impl Fn(&Companions) -> &Vec<String>) -> Vec<String> {
        let own = paths(finding);
        let mut found: Vec<(usize, &String)> = Vec::new();
        for sighting in self.sightings.iter().filter(|sighting| !of(&sighting.companions).is_empty()) {
            let closeness = closeness(&own, &sighting.paths);
            found.extend(of(&sighting.companions).iter().map(|item| (closeness, item)));
        }
        found.sort_by_key(|(closeness, _)| Reverse(*closeness));
        let mut ordered: Vec<String> = Vec::new();
        for (_, item) in found {
            if !ordered.contains(item) {
                ordered.push(item.clone());
            }
        }
        ordered
    }
}

fn paths(finding: &Finding) -> Vec<PathBuf> {
    finding.places.iter().take(PLACES).filter_map(|place| place.provenance.path.clone()).collect()
}

/// How many leading directories the closest pair of paths shares; the same file counts one more.
fn closeness(these: &[PathBuf], those: &[PathBuf]) -> usize {
    let pairs = these.iter().flat_map(|this| those.iter().map(move |that| (this, that)));
    pairs.map(|(this, that)| shared(this, that)).max().unwrap_or(0)
}

fn shared(this: &Path, that: &Path) -> usize {
    this.components().zip(that.components()).take_while(|(a, b)| a == b).count()
}

/// A tunnel's token and its credentials file name their account (CLOUDFLARE.md 1.9).
fn account_inside(finding: &Finding) -> Option<String> {
    let value = finding.secret.expose();
    match finding.kind {
        Kind::TunnelToken => {
            let json = BASE64.decode(value.as_bytes()).ok()?;
            let token: serde_json::Value = serde_json::from_slice(&json).ok()?;
            Some(token.get("a")?.as_str()?.to_owned())
        }
        Kind::TunnelCredentials => Some(value.split_once(':')?.0.to_owned()),
        Kind::UserApiToken
        | Kind::AccountApiToken
        | Kind::LegacyApiToken
        | Kind::GlobalApiKey
        | Kind::OriginCaKey
        | Kind::OauthAccessToken
        | Kind::OauthRefreshToken
        | Kind::R2S3Credentials
        | Kind::AccessServiceToken
        | Kind::TurnstileSecret
        | Kind::CallsSecret
        | Kind::StreamSigningKey
        | Kind::ImagesSigningKey
        | Kind::DeployHook
        | Kind::McpToken
        | Kind::Other(_) => None,
    }
}
