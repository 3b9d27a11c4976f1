use super::super::builder::{Builder, Login, Minted, On, Shape, TokenSpec};
use super::super::clock::Clock;
use super::super::things::holders::HookKind;
use super::super::things::people::Role;
use super::super::things::token::Status;
use super::super::world::World;
use crate::model::{Kind, Secret};
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

/// A credential that lies around in the sample files.
#[derive(Clone, Debug)]
pub struct Planted {
    pub label: &'static str,
    pub kind: Kind,
    pub value: Secret,
    /// What stands near it and is needed with it: an e-mail, an account id, a key id.
    pub companion: Option<String>,
    /// The verdict a client should come to (CONTRACT section 1).
    pub verdict: &'static str,
}

const DOMAIN: &str = "bakery.example";

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
const READ_ACCOUNT: [&str; 18] = [
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
    let planted = plant(&mut world, &owner, &owner_email, &production);
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

/// One credential of each kind and state, so that a scan shows every verdict side by side.
fn plant(world: &mut Builder, owner: &str, email: &str, account: &str) -> Vec<Planted> {
    let mut planted = plant_tokens(world, owner, account);
    let login = wrangler(world, owner);
    let key = world.global_key(owner, Shape::Legacy);
    let storage = TokenSpec::of_account(account)
        .named("backup job")
        .allow(&["Workers R2 Storage Write"], On::Account(account));
    let storage = world.token(storage);
    let pair = world.r2_pair(&storage);
    let (_, widget) = world.widget(account, "login form", DOMAIN);
    let (client_id, service) = world.service_token(account, "warehouse scanner");
    let tunnel = world.tunnel(account, "office").token;
    let hook = world.deploy_hook(HookKind::WorkersBuilds);
    let api = "https://api.cloudflare.com/client/v4";
    let hook = Secret::new(format!("{api}/workers/builds/deploy_hooks/{}", hook.expose()));
    let one = |label, kind, value, companion, verdict| Planted { label, kind, value, companion, verdict };
    planted.extend([
        one("Global API key", Kind::GlobalApiKey, key, Some(email.to_owned()), "live"),
        one("Wrangler login", Kind::OauthAccessToken, login.access, None, "live"),
        one("Wrangler refresh token", Kind::OauthRefreshToken, login.refresh, None, "not_checked"),
        one("R2 key pair", Kind::R2S3Credentials, pair.secret_access_key, Some(pair.access_key_id), "live"),
        one("Turnstile secret", Kind::TurnstileSecret, widget, None, "live"),
        one("Access service token", Kind::AccessServiceToken, service, Some(client_id), "not_checked"),
        one("Tunnel token", Kind::TunnelToken, tunnel, None, "not_checked"),
        one("Deploy hook", Kind::DeployHook, hook, None, "not_checked"),
    ]);
    planted
}

fn wrangler(world: &mut Builder, owner: &str) -> Login {
    let scopes = ["account:read", "user:read", "workers:write", "zone:read", "offline_access"];
    world.login(owner, &scopes, Shape::Prefixed, SignedDuration::from_hours(12))
}

fn plant_tokens(world: &mut Builder, owner: &str, account: &str) -> Vec<Planted> {
    let (past, future) = (days_before(world.now(), 10), days_before(world.now(), -10));
    let user = |name: &str| TokenSpec::of_user(owner).named(name);
    let of_account = TokenSpec::of_account(account).named("analytics");
    let of_account = of_account.allow(&["Account Analytics Read"], On::Account(account));
    let legacy = TokenSpec::of_user(owner).named("old certbot").legacy().allow(&["DNS Write"], On::AllZones);
    let specs = [
        ("Account-owned token", Kind::AccountApiToken, of_account, "live"),
        ("Old token without prefix", Kind::LegacyApiToken, legacy, "live"),
        (
            "Token for one office only",
            Kind::UserApiToken,
            user("office").only_from("192.0.2.0/24"),
            "restricted",
        ),
        ("Disabled token", Kind::UserApiToken, user("paused").status(Status::Disabled), "disabled"),
        ("Expired token", Kind::UserApiToken, user("last year").expires_on(past), "expired"),
        ("Token for next week", Kind::UserApiToken, user("launch").not_before(future), "not_yet_active"),
        ("Token GitHub found first", Kind::UserApiToken, user("exposed").status(exposed()), "unknown"),
    ];
    let made = specs.map(|(label, kind, spec, verdict)| {
        let companion = (kind == Kind::AccountApiToken).then(|| account.to_owned());
        Planted { label, kind, value: world.token(spec).value, companion, verdict }
    });
    let deleted = world.stray("cfut_");
    let gone = Planted {
        label: "Deleted token",
        kind: Kind::UserApiToken,
        value: deleted,
        companion: None,
        verdict: "dead",
    };
    made.into_iter().chain([gone]).collect()
}

fn exposed() -> Status {
    Status::Other("exposed".to_owned())
}
