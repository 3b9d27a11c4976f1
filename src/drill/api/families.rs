//! The endpoints that are only a list of things: what each is called, who may read and write it, how it
//! pages.
//!
//! A table, so that the read surface of CLOUDFLARE.md 7 fits on a few screens. What they do is in `shelf`;
//! whatever needs more than a list has a file of its own.

use super::family::Ids::{Hex, Named, Number, Uuid};
use super::family::Paging::{Cursor, Nested, Numbered, Single as Whole};
use super::family::{Family, Single, V1Words};
use serde_json::{Value, json};

const SETTINGS: &[&str] = &["Account Settings"];
const SCRIPTS: &[&str] = &["Workers Scripts"];
const SCRIPTS_OR_TAIL: &[&str] = &["Workers Scripts", "Workers Tail"];
const OBSERVABILITY: &[&str] = &["Workers Observability"];
const KV: &[&str] = &["Workers KV Storage"];
const R2: &[&str] = &["Workers R2 Storage"];
const D1: &[&str] = &["D1"];
const QUEUES: &[&str] = &["Queues"];
const HYPERDRIVE: &[&str] = &["Hyperdrive"];
const STORE: &[&str] = &["Secrets Store"];
const PAGES: &[&str] = &["Pages"];
const APPS: &[&str] = &["Access: Apps and Policies"];
const IDPS: &[&str] = &["Access: Organizations, Identity Providers, and Groups"];
const TUNNELS: &[&str] =
    &["Cloudflare Tunnel", "Cloudflare One Connectors", "Cloudflare One Connector: cloudflared"];
const DEVICES: &[&str] = &["Zero Trust"];
/// TSIG secrets are readable with Account Settings Read (CLOUDFLARE.md 7, 9.15).
const TSIGS: &[&str] = &["Account Settings", "Account DNS Settings"];
const REGISTRAR: &[&str] = &["Registrar: Domains"];
const LOGS: &[&str] = &["Logs"];
const NOTIFICATIONS: &[&str] = &["Notifications", "Account Settings"];
const GATEWAY: &[&str] = &["AI Gateway"];
const CALLS: &[&str] = &["Calls"];
const STREAM: &[&str] = &["Stream"];
const IMAGES: &[&str] = &["Images"];
const DNS: &[&str] = &["DNS"];
const SSL: &[&str] = &["SSL and Certificates"];
const ZONE_RULES: &[&str] = &["Zone WAF", "Transform Rules", "Dynamic URL Redirects"];
const MAIL_RULES: &[&str] = &["Email Routing Rules"];
const MAIL_ADDRESSES: &[&str] = &["Email Routing Addresses"];

const DNS_RECORD: V1Words =
    V1Words { create: "rec_add", update: "rec_set", delete: "rec_del", resource_type: "DNS_record" };

pub(crate) fn dns_record() -> Value {
    json!({
        "ttl": 1,
        "proxied": false,
        "proxiable": true,
        "settings": {},
        "meta": {},
        "comment": null,
        "tags": [],
    })
}

pub(super) const OF_ACCOUNTS: &[Family] = &[
    Family::new("/workers/scripts", Named("id"), Whole, SCRIPTS, "workers", "script").missing(10007),
    Family::new("/workers/scripts/{script}/secrets", Named("name"), Whole, SCRIPTS, "workers", "secret")
        .never(&["text"]),
    Family::new(
        "/workers/scripts/{script}/versions",
        Uuid("id"),
        Nested("items"),
        SCRIPTS,
        "workers",
        "version",
    ),
    Family::new(
        "/workers/scripts/{script}/deployments",
        Uuid("id"),
        Nested("deployments"),
        SCRIPTS,
        "workers",
        "deployment",
    ),
    Family::new("/workers/scripts/{script}/tails", Hex("id"), Whole, SCRIPTS, "workers", "tail")
        .read(SCRIPTS_OR_TAIL),
    Family::new("/workers/domains", Hex("id"), Whole, SCRIPTS, "workers", "domain"),
    Family::new(
        "/workers/dispatch/namespaces",
        Named("namespace_name"),
        Whole,
        SCRIPTS,
        "workers",
        "namespace",
    ),
    Family::new(
        "/workers/observability/destinations",
        Named("slug"),
        Whole,
        OBSERVABILITY,
        "workers",
        "destination",
    ),
    Family::new("/storage/kv/namespaces", Hex("id"), Numbered, KV, "kv", "namespace"),
    Family::new("/storage/kv/namespaces/{namespace}/keys", Named("name"), Cursor, KV, "kv", "key"),
    Family::new("/d1/database", Uuid("uuid"), Numbered, D1, "d1", "database"),
    Family::new("/r2/buckets", Named("name"), Nested("buckets"), R2, "r2", "bucket").missing(10006),
    Family::new(
        "/r2/buckets/{bucket}/domains/custom",
        Named("domain"),
        Nested("domains"),
        R2,
        "r2",
        "custom_domain",
    ),
    Family::new("/queues", Hex("queue_id"), Whole, QUEUES, "queues", "queue"),
    Family::new("/queues/{queue}/consumers", Hex("consumer_id"), Whole, QUEUES, "queues", "consumer"),
    Family::new("/hyperdrive/configs", Hex("id"), Numbered, HYPERDRIVE, "hyperdrive", "config")
        .never(&["password", "access_client_secret"]),
    Family::new("/secrets_store/stores", Hex("id"), Numbered, STORE, "secrets_store", "store"),
    Family::new(
        "/secrets_store/stores/{store}/secrets",
        Hex("id"),
        Numbered,
        STORE,
        "secrets_store",
        "secret",
    )
    .never(&["value"]),
    Family::new("/vectorize/v2/indexes", Named("name"), Whole, &["Vectorize"], "vectorize", "index"),
    Family::new("/pipelines", Named("name"), Numbered, &["Pipelines"], "pipelines", "pipeline"),
    Family::new("/pages/projects", Named("name"), Numbered, PAGES, "pages", "project"),
    Family::new("/pages/projects/{project}/deployments", Uuid("id"), Numbered, PAGES, "pages", "deployment"),
    Family::new("/pages/projects/{project}/domains", Named("name"), Whole, PAGES, "pages", "domain"),
    Family::new("/access/apps", Uuid("id"), Numbered, APPS, "zero_trust", "access_app"),
    Family::new("/access/policies", Uuid("id"), Numbered, APPS, "zero_trust", "access_policy"),
    Family::new("/access/groups", Uuid("id"), Numbered, IDPS, "zero_trust", "access_group"),
    Family::new("/access/identity_providers", Uuid("id"), Numbered, IDPS, "zero_trust", "identity_provider"),
    Family::new("/teamnet/routes", Uuid("id"), Numbered, TUNNELS, "zero_trust", "network_route"),
    Family::new("/iam/user_groups", Hex("id"), Numbered, SETTINGS, "iam", "user_group"),
    Family::new("/iam/resource_groups", Hex("id"), Numbered, SETTINGS, "iam", "resource_group"),
    Family::new("/sso_connectors", Hex("id"), Whole, &["SSO Connector"], "iam", "sso_connector"),
    Family::new("/secondary_dns/tsigs", Hex("id"), Whole, TSIGS, "dns", "tsig"),
    Family::new("/registrar/domains", Named("name"), Whole, REGISTRAR, "registrar", "domain"),
    Family::new("/logpush/jobs", Number, Whole, LOGS, "logpush", "job"),
    Family::new("/alerting/v3/policies", Uuid("id"), Whole, NOTIFICATIONS, "alerting", "policy"),
    Family::new("/alerting/v3/destinations/webhooks", Hex("id"), Whole, NOTIFICATIONS, "alerting", "webhook")
        .never(&["secret"]),
    Family::new("/alerting/v3/silences", Uuid("id"), Whole, NOTIFICATIONS, "alerting", "silence"),
    Family::new("/ai-gateway/gateways", Named("id"), Numbered, GATEWAY, "ai_gateway", "gateway"),
    Family::new(
        "/ai-gateway/gateways/{gateway}/provider_configs",
        Hex("id"),
        Numbered,
        GATEWAY,
        "ai_gateway",
        "provider_config",
    ),
    Family::new("/ai-gateway/gateways/{gateway}/logs", Hex("id"), Numbered, GATEWAY, "ai_gateway", "log"),
    Family::new("/calls/apps", Hex("uid"), Whole, CALLS, "calls", "app").once(&["secret"]),
    Family::new("/calls/turn_keys", Hex("uid"), Whole, CALLS, "calls", "turn_key").once(&["key"]),
    Family::new("/stream/keys", Hex("id"), Whole, STREAM, "stream", "key").once(&["pem", "jwk"]),
    Family::new("/stream/live_inputs", Hex("uid"), Whole, STREAM, "stream", "live_input"),
    Family::new("/images/v1/keys", Named("name"), Nested("keys"), IMAGES, "images", "key"),
    Family::new("/rulesets", Hex("id"), Whole, &["Account Rulesets", "Account WAF"], "rulesets", "ruleset"),
    Family::new("/email/routing/addresses", Hex("id"), Numbered, MAIL_ADDRESSES, "email_routing", "address"),
];

pub(super) const OF_ZONES: &[Family] = &[
    Family::new("/dns_records", Hex("id"), Numbered, DNS, "dns", "record")
        .missing(81044)
        .defaults(dns_record)
        .v1(DNS_RECORD),
    Family::new("/workers/routes", Hex("id"), Whole, &["Workers Routes"], "workers", "route"),
    Family::new("/logpush/jobs", Number, Whole, &["Zone Logs"], "logpush", "job"),
    Family::new("/rulesets", Hex("id"), Whole, ZONE_RULES, "rulesets", "ruleset"),
    Family::new("/pagerules", Hex("id"), Whole, &["Page Rules"], "page_rules", "page_rule"),
    Family::new("/firewall/rules", Hex("id"), Numbered, &["Firewall Services"], "firewall", "rule"),
    Family::new("/snippets", Named("snippet_name"), Numbered, &["Snippets"], "snippets", "snippet"),
    Family::new("/cloud_connector/rules", Hex("id"), Whole, &["Cloud Connector"], "cloud_connector", "rule"),
    Family::new("/custom_certificates", Hex("id"), Numbered, SSL, "ssl", "custom_certificate"),
    Family::new("/ssl/certificate_packs", Hex("id"), Numbered, SSL, "ssl", "certificate_pack"),
    Family::new("/email/routing/rules", Hex("id"), Numbered, MAIL_RULES, "email_routing", "rule"),
];

pub(super) const DOCUMENTS: &[Single] = &[
    Single::new("/accounts/{account}/workers/subdomain", SCRIPTS, "workers", "subdomain"),
    Single::new(
        "/accounts/{account}/workers/scripts/{script}/settings",
        SCRIPTS,
        "workers",
        "script_settings",
    ),
    Single::new(
        "/accounts/{account}/workers/scripts/{script}/script-settings",
        SCRIPTS,
        "workers",
        "script_settings",
    ),
    Single::new("/accounts/{account}/workers/scripts/{script}/schedules", SCRIPTS, "workers", "schedule"),
    Single::new("/accounts/{account}/r2/buckets/{bucket}/domains/managed", R2, "r2", "managed_domain"),
    Single::new("/accounts/{account}/r2/buckets/{bucket}/cors", R2, "r2", "cors"),
    Single::new("/accounts/{account}/r2/buckets/{bucket}/lock", R2, "r2", "lock"),
    Single::new("/accounts/{account}/r2/buckets/{bucket}/sippy", R2, "r2", "sippy"),
    Single::new(
        "/accounts/{account}/event_notifications/r2/{bucket}/configuration",
        R2,
        "r2",
        "notification",
    ),
    Single::new("/accounts/{account}/access/organizations", IDPS, "zero_trust", "access_organization"),
    Single::new("/accounts/{account}/access/keys", IDPS, "zero_trust", "access_key"),
    Single::new(
        "/accounts/{account}/cfd_tunnel/{tunnel}/configurations",
        TUNNELS,
        "zero_trust",
        "configuration",
    ),
    Single::new("/accounts/{account}/stream/webhook", STREAM, "stream", "webhook"),
    Single::new("/accounts/{account}/billing/profile", &["Billing"], "billing", "profile"),
    Single::new("/zones/{zone}/dnssec", &["DNS", "Zone DNS Settings"], "dns", "dnssec"),
    Single::new(
        "/zones/{zone}/email/routing",
        &["Email Routing Rules", "Zone Settings"],
        "email_routing",
        "settings",
    ),
];

pub(super) const ACTIONS: &[Single] = &[
    Single::new("/accounts/{account}/access/apps/{app}/revoke_tokens", APPS, "zero_trust", "access_session"),
    Single::new("/accounts/{account}/access/organizations/revoke_user", IDPS, "zero_trust", "access_session"),
    Single::new("/accounts/{account}/access/keys/rotate", IDPS, "zero_trust", "access_key"),
    Single::new("/accounts/{account}/devices/registrations/revoke", DEVICES, "zero_trust", "device"),
    Single::new(
        "/accounts/{account}/devices/physical-devices/{device}/revoke",
        DEVICES,
        "zero_trust",
        "device",
    ),
    Single::new("/accounts/{account}/devices/revoke", DEVICES, "zero_trust", "device"),
    Single::new("/accounts/{account}/d1/database/{database}/query", D1, "d1", "query"),
    Single::new("/accounts/{account}/d1/database/{database}/export", D1, "d1", "export"),
    Single::new("/zones/{zone}/purge_cache", &["Cache Purge"], "cache", "purge"),
    Single::new("/zones/{zone}/dns_records/import", DNS, "dns", "import"),
];
