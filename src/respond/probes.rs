//! Trying the credential itself, read-only, where no responder can tell what it may do (CLOUDFLARE.md 7).
//!
//! One request for each family of things, and no more than a handful of accounts and zones. An answer means at
//! least reading; whether it may also write cannot be asked without writing. No answer is kept. Whoever calls this
//! has consented: it uses a credential that somebody else may be using.

use crate::cloudflare::is_id;
use crate::model::incident::{Asset, Basis, Gap, Named, Power, Reach, Tier};
use crate::respond::Desk;
use crate::respond::permissions;

/// With these the set stays below a hundred requests.
const MOST_ACCOUNTS: usize = 3;
const MOST_ZONES: usize = 3;

/// What is asked, and the permission that an answer shows.
struct Probe {
    path: &'static str,
    shows: &'static str,
    /// A short first page, where the list has pages.
    per_page: Option<u8>,
}

const fn probe(path: &'static str, shows: &'static str) -> Probe {
    Probe { path, shows, per_page: None }
}

impl Probe {
    const fn first(self, per_page: u8) -> Probe {
        Probe { per_page: Some(per_page), ..self }
    }
}

const OF_THE_USER: &[Probe] = &[
    probe("/user", "User Details Read"),
    probe("/memberships", "Memberships Read"),
    probe("/user/tokens", "API Tokens Read").first(5),
];

const OF_ACCOUNTS: &[Probe] = &[
    probe("/accounts/{place}/tokens", "Account API Tokens Read").first(5),
    probe("/accounts/{place}/members", "Account Settings Read").first(1),
    probe("/accounts/{place}/workers/scripts", "Workers Scripts Read"),
    probe("/accounts/{place}/storage/kv/namespaces", "Workers KV Storage Read").first(1),
    probe("/accounts/{place}/d1/database", "D1 Read").first(1),
    probe("/accounts/{place}/r2/buckets", "Workers R2 Storage Read"),
    probe("/accounts/{place}/queues", "Queues Read"),
    probe("/accounts/{place}/hyperdrive/configs", "Hyperdrive Read"),
    probe("/accounts/{place}/secrets_store/stores", "Secrets Store Read"),
    probe("/accounts/{place}/pages/projects", "Pages Read"),
    probe("/accounts/{place}/cfd_tunnel", "Cloudflare Tunnel Read").first(1),
    probe("/accounts/{place}/access/apps", "Access: Apps and Policies Read").first(1),
    probe("/accounts/{place}/access/service_tokens", "Access: Service Tokens Read").first(1),
    probe("/accounts/{place}/challenges/widgets", "Turnstile Sites Read").first(5),
    probe("/accounts/{place}/logpush/jobs", "Logs Read"),
    probe("/accounts/{place}/alerting/v3/policies", "Notifications Read"),
    probe("/accounts/{place}/ai-gateway/gateways", "AI Gateway Read").first(1),
];

const OF_ZONES: &[Probe] = &[
    probe("/zones/{place}/dns_records", "DNS Read").first(1),
    probe("/zones/{place}/settings", "Zone Settings Read"),
    probe("/zones/{place}/workers/routes", "Workers Routes Read"),
    probe("/zones/{place}/rulesets", "Zone WAF Read"),
    probe("/zones/{place}/email/routing/rules", "Email Routing Rules Read"),
];

/// Asks with the leaked credential at `desk`. `of_user`: may it belong to a user at all?
pub async fn try_out(desk: &Desk, of_user: bool, accounts: &[Named], zones: &[Named]) -> (Reach, Vec<Gap>) {
    let mut tried = Tried::default();
    let user = Named::new("", Some("the user".to_owned()));
    if of_user {
        tried.all(desk, OF_THE_USER, &user).await;
    }
    for account in bounded(accounts, MOST_ACCOUNTS, "accounts", &mut tried.gaps) {
        tried.all(desk, OF_ACCOUNTS, account).await;
    }
    for zone in bounded(zones, MOST_ZONES, "zones", &mut tried.gaps) {
        tried.all(desk, OF_ZONES, zone).await;
    }
    tried.gaps.push(Gap {
        what: "what it may write".to_owned(),
        why: "only reading was tried: reading is confirmed where it was answered, writing is unknown everywhere".to_owned(),
    });
    tried.finish()
}

fn bounded<'n>(all: &'n [Named], most: usize, what: &str, gaps: &mut Vec<Gap>) -> Vec<&'n Named> {
    if all.len() > most {
        let why = "each costs a request for every family, and counts against the owner's limit".to_owned();
        gaps.push(Gap { what: format!("all but {most} of {} {what}, by probes", all.len()), why });
    }
    all.iter().filter(|named| is_id(&named.id)).take(most).collect()
}

#[derive(Default)]
struct Tried {
    powers: Vec<Power>,
    assets: Vec<Asset>,
    gaps: Vec<Gap>,
}

impl Tried {
    async fn all(&mut self, desk: &Desk, probes: &[Probe], place: &Named) {
        for probe in probes {
            if desk.client().is_locked_out() {
                self.gap("the rest of the probes", "this address was locked out after too many refusals");
                return;
            }
            let path = probe.path.replace("{place}", &place.id);
            let query: Vec<_> = probe.per_page.iter().map(|size| ("per_page", size.to_string())).collect();
            // One page is answer enough, and it is dropped here.
            let (_, error) = desk.glance(&path, &query, 1).await;
            match error {
                None => self.confirmed(probe, place, &path),
                Some(error) if error.is_refusal() || error.is_absence() => {}
                Some(error) => self.gap(&format!("whether it may read GET {path}"), &error.to_string()),
            }
        }
    }

    fn gap(&mut self, what: &str, why: &str) {
        let gap = Gap::new(what, why);
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    fn confirmed(&mut self, probe: &Probe, place: &Named, path: &str) {
        let meaning = permissions::meaning(probe.shows);
        let on = place.label().to_owned();
        match self.powers.iter_mut().find(|power| power.group == probe.shows) {
            Some(power) => power.on.push(on.clone()),
            None => self.powers.push(Power {
                group: probe.shows.to_owned(),
                tier: meaning.tier,
                abilities: meaning.abilities,
                words: format!("It can {}. Whether it can also change that is not known.", meaning.can),
                on: vec![on.clone()],
            }),
        }
        self.assets.push(Asset {
            family: probe.shows.trim_end_matches(" Read").to_owned(),
            of: on,
            names: Vec::new(),
            complete: false,
            why: Some(
                "reading is confirmed with the credential itself; what was answered was not kept".to_owned(),
            ),
            endpoint: format!("GET {path}"),
        });
    }

    fn finish(mut self) -> (Reach, Vec<Gap>) {
        self.powers.sort_by_key(|power| (power.tier, power.group.clone()));
        let tier = self.powers.iter().map(|power| power.tier).min().unwrap_or(Tier::Unknown);
        let groups: Vec<&str> =
            self.powers.iter().map(|power| power.group.trim_end_matches(" Read")).collect();
        let headline = match groups.is_empty() {
            true => "It was answered nothing but who it is; it may still be able to write.".to_owned(),
            false => format!(
                "It was seen to read {}. It may be able to change them too: only reading was tried.",
                groups.join(", ")
            ),
        };
        let reach = Reach {
            basis: Basis::Probes,
            tier,
            headline,
            powers: self.powers,
            assets: self.assets,
            rotations: Vec::new(),
        };
        (reach, self.gaps)
    }
}
