//! Families of things an account holds, and how to list their names (CLOUDFLARE.md 7).
//!
//! Names, never values: where the list itself holds secrets, it is looked at and not kept.

use crate::cloudflare::{ApiError, Listing, is_id};
use crate::model::incident::{Asset, Named, Rotation};
use crate::model::{is_deceptive, masked};
use crate::respond::Desk;
use serde_json::Value;
use std::collections::BTreeSet;

/// Names of one family in one place; a reader of a report reads no more.
const MOST_NAMES: usize = 200;

/// Things that are asked for what is inside them: the secrets of Workers.
const MOST_PARENTS: usize = 50;

#[derive(Debug)]
pub struct Family {
    /// As `permissions.toml` calls it.
    pub key: &'static str,
    /// For people: "Workers".
    pub label: &'static str,
    pub scope: Scope,
    /// Below the API's base; `{place}` is the account or zone, `{parent}` the thing it is inside of.
    path: &'static str,
    /// What the list takes as `per_page`, where it takes any.
    per_page: Option<u32>,
    /// Where the name is; the first that is there.
    names: &'static [&'static str],
    holds_values: bool,
    /// The family it is inside of, and the field that goes into the path.
    inside: Option<(&'static str, &'static str)>,
    /// What to replace (`{}` is the name), what its holder may do with it, and how to replace it.
    rotation: Option<[&'static str; 3]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    User,
    Account,
    Zone,
}

const fn list(key: &'static str, label: &'static str, scope: Scope, path: &'static str) -> Family {
    Family {
        key,
        label,
        scope,
        path,
        per_page: None,
        names: &["/name"],
        holds_values: false,
        inside: None,
        rotation: None,
    }
}

impl Family {
    pub fn is_same_list(&self, other: &Family) -> bool {
        self.path == other.path
    }

    const fn paged(self) -> Family {
        // Every list that has pages takes fifty; some take no more.
        Family { per_page: Some(50), ..self }
    }

    const fn named(self, names: &'static [&'static str]) -> Family {
        Family { names, ..self }
    }

    const fn holds_values(self) -> Family {
        Family { holds_values: true, ..self }
    }

    const fn inside(self, family: &'static str, field: &'static str) -> Family {
        Family { inside: Some((family, field)), ..self }
    }

    const fn rotate(self, what: &'static str, why: &'static str, how: &'static str) -> Family {
        Family { rotation: Some([what, why, how]), ..self }
    }
}

use Scope::{Account, User, Zone};

const FAMILIES: &[Family] = &[
    list("user-tokens", "API tokens of the user", User, "/user/tokens").paged(),
    list("account-tokens", "API tokens of the account", Account, "/accounts/{place}/tokens").paged(),
    list("members", "Members", Account, "/accounts/{place}/members").paged().named(&["/user/email", "/email"]),
    list("widgets", "Turnstile widgets", Account, "/accounts/{place}/challenges/widgets")
        .paged()
        .holds_values()
        .rotate("secret of the Turnstile widget {}", "may read it", "rotate it in the dashboard or with POST …/challenges/widgets/{sitekey}/rotate_secret, then give the servers the new one"),
    list("tsigs", "Keys of zone transfers (TSIG)", Account, "/accounts/{place}/secondary_dns/tsigs")
        .holds_values()
        .rotate("TSIG key {}", "may read it", "make a new key, give it to the other name servers, delete the old one"),
    list("alert-policies", "Alerts", Account, "/accounts/{place}/alerting/v3/policies"),
    list("webhooks", "Destinations of alerts", Account, "/accounts/{place}/alerting/v3/destinations/webhooks")
        .holds_values(),
    list("oauth-clients", "OAuth applications", Account, "/accounts/{place}/oauth_clients")
        .named(&["/client_name", "/name"])
        .rotate("client secret of the OAuth application {}", "may take a new one beside it", "rotate the secret, give it to the application, drop the former one"),
    list("sso-connectors", "Single sign-on connectors", Account, "/accounts/{place}/sso_connectors")
        .named(&["/email_domain", "/name", "/id"])
        .holds_values(),
    list("workers", "Workers", Account, "/accounts/{place}/workers/scripts").named(&["/id"]),
    list("worker-secrets", "Secrets of Workers", Account, "/accounts/{place}/workers/scripts/{parent}/secrets")
        .inside("workers", "/id")
        .rotate("secret {}", "may deploy code that prints it", "make a new one where it comes from, then `wrangler secret put` it; the old value counts as known"),
    list("worker-domains", "Domains of Workers", Account, "/accounts/{place}/workers/domains").named(&["/hostname"]),
    list("kv", "KV namespaces", Account, "/accounts/{place}/storage/kv/namespaces").paged().named(&["/title"]),
    list("r2", "R2 buckets", Account, "/accounts/{place}/r2/buckets").paged(),
    list("d1", "D1 databases", Account, "/accounts/{place}/d1/database").paged(),
    list("queues", "Queues", Account, "/accounts/{place}/queues").named(&["/queue_name"]),
    list("hyperdrive", "Database connections (Hyperdrive)", Account, "/accounts/{place}/hyperdrive/configs")
        .holds_values()
        .rotate("database password behind the Hyperdrive connection {}", "may point the connection at another database", "change it in the database, then in the connection; check its origin host"),
    list("stores", "Secret stores", Account, "/accounts/{place}/secrets_store/stores").paged(),
    list("secrets-store", "Secrets in stores", Account, "/accounts/{place}/secrets_store/stores/{parent}/secrets")
        .paged()
        .inside("stores", "/id")
        .rotate("stored secret {}", "may overwrite it, or bind and read it", "make a new one where it comes from, then store it"),
    // Pages allows ten a page at most, and gives that without being asked.
    list("pages", "Pages projects", Account, "/accounts/{place}/pages/projects")
        .holds_values()
        .rotate("secret variables and deploy hooks of the Pages project {}", "may deploy code that prints them, and see the hooks", "make new ones and put them into the project's settings"),
    list("tunnels", "Tunnels", Account, "/accounts/{place}/cfd_tunnel")
        .paged()
        .rotate("token of the tunnel {}", "may read it", "give the tunnel a new secret, start its connectors with the new token, drop old connections"),
    list("access-apps", "Access applications", Account, "/accounts/{place}/access/apps").paged().holds_values(),
    list("service-tokens", "Access service tokens", Account, "/accounts/{place}/access/service_tokens")
        .paged()
        .rotate("Access service token {}", "may take a new secret for it", "rotate it, and give its users the new secret"),
    list("identity-providers", "Identity providers", Account, "/accounts/{place}/access/identity_providers")
        .paged()
        .holds_values(),
    list("logpush", "Logpush jobs", Account, "/accounts/{place}/logpush/jobs")
        .named(&["/name", "/id"])
        .holds_values()
        .rotate("keys in the destination of the Logpush job {}", "may read them", "make new keys at the destination, and update the job"),
    list("ai-gateways", "AI gateways", Account, "/accounts/{place}/ai-gateway/gateways")
        .paged()
        .named(&["/id"])
        .holds_values()
        .rotate("provider keys stored in the AI gateway {}", "may send requests with them elsewhere", "make new keys at the providers, and store them"),
    list("mail-addresses", "Destinations for mail", Account, "/accounts/{place}/email/routing/addresses")
        .paged()
        .named(&["/email"]),
    list("stream-inputs", "Live inputs", Account, "/accounts/{place}/stream/live_inputs")
        .named(&["/meta/name", "/uid"])
        .holds_values()
        .rotate("stream key of the live input {}", "may read it", "make a new live input, and delete the old one"),
    list("image-keys", "Signing keys of Images", Account, "/accounts/{place}/images/v1/keys")
        .holds_values()
        .rotate("Images signing key {}", "may read it", "make a new key, sign with it, delete the old one"),
    list("calls-apps", "Realtime apps", Account, "/accounts/{place}/calls/apps").named(&["/name", "/uid"]),
    list("registrar", "Registered domains", Account, "/accounts/{place}/registrar/domains"),
    list("zone", "DNS records", Zone, "/zones/{place}/dns_records").paged(),
    list("dns", "DNS records", Zone, "/zones/{place}/dns_records").paged(),
    list("worker-routes", "Worker routes", Zone, "/zones/{place}/workers/routes").named(&["/pattern"]),
    list("certificates", "Certificates", Zone, "/zones/{place}/custom_certificates")
        .paged()
        .named(&["/hosts/0", "/id"]),
    list("rulesets", "Rules", Zone, "/zones/{place}/rulesets"),
    list("page-rules", "Page rules", Zone, "/zones/{place}/pagerules").named(&["/targets/0/constraint/value", "/id"]),
    list("mail-rules", "Mail rules", Zone, "/zones/{place}/email/routing/rules").paged(),
    list("zone-logpush", "Logpush jobs of the zone", Zone, "/zones/{place}/logpush/jobs")
        .named(&["/name", "/id"])
        .holds_values()
        .rotate("keys in the destination of the Logpush job {}", "may read them", "make new keys at the destination, and update the job"),
];

pub fn family(key: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.key == key)
}

/// What one question brought.
struct Found {
    names: Vec<String>,
    complete: bool,
    why: Option<String>,
}

/// The names of one family in an account, a zone, or the user's own.
pub async fn names(desks: &[&Desk], family: &Family, place: &Named) -> Asset {
    let is_addressable = family.scope == Scope::User || is_id(&place.id);
    let found = match (is_addressable, family.inside) {
        (false, _) => unlisted("its id is not one of an account or zone"),
        (true, None) => at(desks, family, &path_of(family, place, "")).await,
        (true, Some((parent, field))) => inside(desks, family, parent, field, place).await,
    };
    Asset {
        family: family.label.to_owned(),
        of: place.label().to_owned(),
        names: found.names,
        complete: found.complete,
        why: found.why,
        endpoint: format!("GET {}", path_of(family, place, "…")),
    }
}

fn unlisted(why: impl ToString) -> Found {
    Found { names: Vec::new(), complete: false, why: Some(why.to_string()) }
}

async fn at(desks: &[&Desk], family: &Family, path: &str) -> Found {
    match ask(desks, family, path, MOST_NAMES).await {
        Err(why) => unlisted(why),
        Ok((listing, error)) => {
            let mut names: Vec<String> =
                listing.items.iter().filter_map(|item| name(item, family.names)).collect();
            let mut seen = BTreeSet::new();
            names.retain(|name| seen.insert(name.clone()));
            let why = error.map(|error| error.to_string());
            let bound = (!listing.complete).then(|| format!("more than {MOST_NAMES}"));
            Found { names, complete: listing.complete, why: why.or(bound) }
        }
    }
}

/// `STRIPE_SECRET_KEY of the Worker shop`.
async fn inside(desks: &[&Desk], family: &Family, parent: &str, field: &str, place: &Named) -> Found {
    let Some(parents) = self::family(parent) else {
        return unlisted("nothing is known about what it is inside of");
    };
    let listing = match ask(desks, parents, &path_of(parents, place, ""), MOST_PARENTS).await {
        Ok((listing, None)) => listing,
        Ok((_, Some(error))) => return unlisted(error),
        Err(why) => return unlisted(why),
    };
    let mut all = Found { names: Vec::new(), complete: listing.complete, why: None };
    if !listing.complete {
        all.why = Some(format!("only the first {MOST_PARENTS} {} were looked into", parents.label));
    }
    for item in &listing.items {
        let id = item.pointer(field).and_then(Value::as_str).filter(|id| is_plain(id));
        let Some(id) = id else { continue };
        let called = name(item, parents.names).unwrap_or_else(|| id.to_owned());
        let found = at(desks, family, &path_of(family, place, id)).await;
        all.names
            .extend(found.names.iter().map(|name| format!("{name} of {} {called}", singular(parents.label))));
        all.complete &= found.complete;
        all.why = all.why.or(found.why);
    }
    all
}

fn singular(label: &str) -> &str {
    match label {
        "Workers" => "the Worker",
        "Secret stores" => "the store",
        other => other,
    }
}

/// The first desk that may look; what was read before a failure counts.
async fn ask(
    desks: &[&Desk],
    family: &Family,
    path: &str,
    most: usize,
) -> Result<(Listing, Option<ApiError>), String> {
    let query: Vec<(&'static str, String)> =
        family.per_page.iter().map(|size| ("per_page", size.to_string())).collect();
    let mut why = "no responder credential was given (--responder)".to_owned();
    for desk in desks {
        let (listing, error) = match family.holds_values {
            true => desk.glance(path, &query, most).await,
            false => desk.read(path, &query, most).await,
        };
        match error {
            Some(error) if listing.items.is_empty() => why = error.to_string(),
            error => return Ok((listing, error)),
        }
    }
    Err(why)
}

fn path_of(family: &Family, place: &Named, parent: &str) -> String {
    family.path.replace("{place}", &place.id).replace("{parent}", parent)
}

/// It becomes part of a path.
fn is_plain(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn name(item: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().find_map(|pointer| match item.pointer(pointer)? {
        Value::String(text) if !text.is_empty() => {
            Some(masked(text).chars().filter(|letter| !is_deceptive(*letter)).take(200).collect())
        }
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

/// What to replace, by name, or all of them where they could not be listed.
pub fn rotations(family: &Family, asset: &Asset, group: &str) -> Vec<Rotation> {
    let Some([what, why, how]) = family.rotation else { return Vec::new() };
    let why = format!("whoever holds {group} {why}");
    let one = |name: &str| Rotation { what: what.replace("{}", name), why: why.clone(), how: how.to_owned() };
    let mut rotations: Vec<Rotation> = asset.names.iter().map(|name| one(name)).collect();
    if !asset.complete {
        let rest = if asset.names.is_empty() { "every one" } else { "every other one" };
        rotations.push(one(&format!("({rest} in {}: they could not all be listed)", asset.of)));
    }
    rotations
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_family_has_its_place_and_its_parent() {
        for family in FAMILIES {
            assert_eq!(family.path.contains("{place}"), family.scope != Scope::User, "{}", family.key);
            let parent = family.inside.map(|(parent, _)| parent);
            assert_eq!(family.path.contains("{parent}"), parent.is_some(), "{}", family.key);
            assert!(parent.is_none_or(|parent| self::family(parent).is_some()), "{}", family.key);
        }
    }

    #[test]
    fn names_are_taken_and_nothing_else() {
        let token = format!("cfut_{}", "Ab3".repeat(16));
        for (item, shown) in [
            (json!({"name": "shop", "secret": token}), Some("shop")),
            (json!({"id": 7}), Some("7")),
            (json!({"name": ""}), None),
            (json!({"other": "x"}), None),
            (json!(null), None),
        ] {
            assert_eq!(name(&item, &["/name", "/id"]).as_deref(), shown, "{item}");
        }
        assert!(!name(&json!({"name": token}), &["/name"]).unwrap().contains(&token));
    }

    #[test]
    fn what_could_not_be_listed_is_to_be_replaced_all_the_same() {
        let family = family("worker-secrets").unwrap();
        let asset = |names: &[&str], complete| Asset {
            family: "Secrets of Workers".to_owned(),
            of: "Acme".to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            complete,
            why: None,
            endpoint: String::new(),
        };
        let known = rotations(family, &asset(&["A of the Worker shop"], true), "why");
        assert_eq!(known[0].what, "secret A of the Worker shop");
        assert_eq!(known.len(), 1);
        assert!(rotations(family, &asset(&[], false), "why")[0].what.contains("every one in Acme"));
        assert_eq!(rotations(family, &asset(&["A"], false), "why").len(), 2);
    }

    #[test]
    fn only_plain_text_becomes_part_of_a_path() {
        for (id, plain) in
            [("shop", true), ("a-b_c", true), ("", false), ("../x", false), ("a/b", false), ("a.b", false)]
        {
            assert_eq!(is_plain(id), plain, "{id}");
        }
    }
}
