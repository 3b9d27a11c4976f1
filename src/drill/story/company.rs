use super::super::builder::{Builder, Minted, On, TokenSpec};
use super::super::clock::Clock;
use super::super::things::people::Role;
use super::super::world::World;
use super::planted::{self, Planted};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// Who is who: what a rehearsal has to know to begin, and a test to judge its end.
#[derive(Clone, Debug)]
pub struct Cast {
    pub owner_email: String,
    pub owner: String,
    pub production: String,
    pub staging: String,
    pub zone: String,
    /// Of `pay.<zone>`, which the attacker changed.
    pub pay_record: String,
    pub leaked: Minted,
    pub leaked_at: Timestamp,
    /// Identifiers of the tokens the attacker minted: a child of the leaked one, and its child.
    pub minted: Vec<String>,
    /// May read everything and manage the owner's tokens: `CFLEAK_RESPONDER_TOKEN`.
    pub responder: Minted,
    /// May manage the tokens of the production account.
    pub account_responder: Minted,
    /// Other credentials that lie around, in every state.
    pub planted: Vec<Planted>,
}

pub(super) const DOMAIN: &str = "bakery.example";

/// What the deploy token was given, years ago, by somebody in a hurry.
const DEPLOY_ACCOUNT: [&str; 5] = [
    "Workers Scripts Write",
    "Workers KV Storage Write",
    "Workers Tail Read",
    "Logs Write",
    "Account Settings Write",
];
const DEPLOY_ZONE: [&str; 3] = ["Workers Routes Write", "DNS Write", "Zone Read"];
const DEPLOY_USER: [&str; 3] = ["API Tokens Write", "User Details Read", "Memberships Read"];

/// Reading for a blast radius.
const READ_ACCOUNT: [&str; 19] = [
    "Account API Tokens Read",
    "Account Settings Read",
    "Workers Scripts Read",
    "Workers KV Storage Read",
    "Workers R2 Storage Read",
    "D1 Read",
    "Queues Read",
    "Hyperdrive Read",
    "Secrets Store Read",
    "Pages Read",
    "Cloudflare Tunnel Read",
    "Access: Apps and Policies Read",
    "Access: Service Tokens Read",
    "Turnstile Sites Read",
    "Logs Read",
    "Notifications Read",
    "AI Gateway Read",
    "OAuth Client Read",
    "Email Routing Addresses Read",
];
const READ_ZONE: [&str; 6] = [
    "Zone Read",
    "Zone Settings Read",
    "DNS Read",
    "Workers Routes Read",
    "Zone WAF Read",
    "Email Routing Rules Read",
];

pub(super) fn bakery(seed: u64, clock: Clock) -> (Builder, Cast) {
    let mut world = World::builder().seed(seed).clock(clock);
    let now = world.now();
    let owner_email = format!("maria@{DOMAIN}");
    let owner = world.user(&owner_email);
    let security = world.user(&format!("sam@{DOMAIN}"));
    let production = world.account("Bakery Production");
    let staging = world.account("Bakery Staging");
    for account in [&production, &staging] {
        world.member(&owner, account, Role::SuperAdministrator);
        world.member(&security, account, Role::SuperAdministrator);
    }
    let zone = world.zone(&production, DOMAIN);
    world.zone(&staging, "bakery-staging.example");
    let pay_record = dns(&mut world, &zone);
    assets(&mut world, &production);
    let leaked = world.token(deploy_token(&owner, &production, days_before(now, 400)));
    let responder = world.token(responder(&owner));
    let account_responder = world.token(account_responder(&production));
    let planted = planted::plant(&mut world, &owner, &owner_email, &production);
    let cast = Cast {
        owner_email,
        owner,
        production,
        staging,
        zone,
        pay_record,
        leaked,
        leaked_at: days_before(now, 6),
        minted: Vec::new(),
        responder,
        account_responder,
        planted,
    };
    (world, cast)
}

pub(super) fn days_before(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(days * 24)).unwrap_or(Timestamp::MIN)
}

fn deploy_token(owner: &str, production: &str, issued: Timestamp) -> TokenSpec {
    TokenSpec::of_user(owner)
        .named("ci-deploy")
        .issued_on(issued)
        .allow(&DEPLOY_ACCOUNT, On::Account(production))
        .allow(&DEPLOY_ZONE, On::ZonesOf(production))
        .allow(&DEPLOY_USER, On::User(owner))
}

fn responder(owner: &str) -> TokenSpec {
    TokenSpec::of_user(owner)
        .named("break-glass responder")
        .allow(&["API Tokens Write", "User Details Read", "Memberships Read"], On::User(owner))
        .allow(&READ_ACCOUNT, On::AllAccounts)
        .allow(&READ_ZONE, On::AllZones)
}

fn account_responder(production: &str) -> TokenSpec {
    TokenSpec::of_account(production)
        .named("security automation")
        .created_by(&format!("sam@{DOMAIN}"))
        .allow(&["Account API Tokens Write", "Account Settings Read"], On::Account(production))
}

/// The records of the zone; gives back the one for payments.
fn dns(world: &mut Builder, zone: &str) -> String {
    let name = |label: &str| format!("{label}.{DOMAIN}");
    world.dns_record(zone, "A", DOMAIN, "198.51.100.10");
    world.dns_record(zone, "CNAME", &name("www"), DOMAIN);
    world.dns_record(zone, "MX", DOMAIN, &name("mail"));
    world.dns_record(zone, "TXT", DOMAIN, "v=spf1 mx -all");
    world.dns_record(zone, "A", &name("pay"), "198.51.100.11")
}

/// What the deploy token could reach: the blast radius.
fn assets(world: &mut Builder, production: &str) {
    let base = format!("/accounts/{production}");
    world.worker(production, "shop", SHOP_CODE, &["STRIPE_SECRET_KEY", "SESSION_SIGNING_KEY"]);
    world.worker(production, "newsletter", SHOP_CODE, &["MAILER_PASSWORD"]);
    world.document(&format!("{base}/workers/subdomain"), json!({"subdomain": "bakery"}));
    for title in ["sessions", "feature-flags"] {
        world.put_new(&format!("{base}/storage/kv/namespaces"), "id", json!({"title": title}));
    }
    world.put_new(&format!("{base}/d1/database"), "uuid", json!({"name": "orders", "version": "production"}));
    world.put(&format!("{base}/r2/buckets"), json!({"name": "backups", "location": "weur"}));
    world.put_new(&format!("{base}/queues"), "queue_id", json!({"queue_name": "orders"}));
    world.put(&format!("{base}/pages/projects"), json!({"name": "careers", "production_branch": "main"}));
    let policy =
        json!({"name": "Certificate alerts", "alert_type": "universal_ssl_event_type", "enabled": true});
    world.put_new(&format!("{base}/alerting/v3/policies"), "id", policy);
    world.tunnel(production, "warehouse");
}

const SHOP_CODE: &str =
    "export default { async fetch(request, env) { return new Response('fresh bread') } }\n";
