//! The tables: which request, or which action of version 1, is what kind of deed.

use super::{Deed, deed};
use crate::model::incident::{Class, MintedKind};

const SCRIPTS: &[&str] = &["Workers Scripts Write"];
const ROUTES: &[&str] = &["Workers Routes Write"];
const PAGES: &[&str] = &["Pages Write"];
const SETTINGS: &[&str] = &["Account Settings Write"];
const USER_TOKENS: &[&str] = &["API Tokens Write"];
const ACCOUNT_TOKENS: &[&str] = &["Account API Tokens Write"];
const OAUTH: &[&str] = &["OAuth Client Write"];
const SERVICE_TOKENS: &[&str] = &["Access: Service Tokens Write"];
const APPS: &[&str] = &["Access: Apps and Policies Write"];
const ACCESS_ORGS: &[&str] = &["Access: Organizations, Identity Providers, and Groups Write"];
const TUNNELS: &[&str] = &[
    "Cloudflare One Connector: cloudflared Write",
    "Cloudflare Tunnel Write",
    "Cloudflare One Connectors Write",
];
const WARP: &[&str] = &["Cloudflare One Connector: WARP Write", "Cloudflare One Connectors Write"];
const NETWORKS: &[&str] = &["Cloudflare One Networks Write", "Cloudflare Tunnel Write"];
const R2: &[&str] = &["Workers R2 Storage Write"];
const R2_ITEMS: &[&str] = &["Workers R2 Storage Bucket Item Write", "Workers R2 Storage Write"];
const KV: &[&str] = &["Workers KV Storage Write"];
const D1: &[&str] = &["D1 Write"];
const QUEUES: &[&str] = &["Queues Write"];
const DNS: &[&str] = &["DNS Write"];
const ZONE: &[&str] = &["Zone Write"];
const ZONE_SETTINGS: &[&str] = &["Zone Settings Write"];
const SSL: &[&str] = &["SSL and Certificates Write"];
const MAIL_RULES: &[&str] = &["Email Routing Rules Write"];
const MAIL_ADDRESSES: &[&str] = &["Email Routing Addresses Write"];
const LOGS: &[&str] = &["Logs Write"];
const ZONE_LOGS: &[&str] = &["Zone Logs Write", "Logs Write"];
const ALERTS: &[&str] = &["Notifications Write", "Account Settings Write"];
const WIDGETS: &[&str] = &["Turnstile Sites Write", "Account Settings Write"];

/// CLOUDFLARE.md 4.3, the narrower path before the wider.
pub(super) const DEEDS: &[Deed] = &[
    deed("GET HEAD OPTIONS", "/**", Class::Read, "read|read {}"),
    // Tokens.
    deed("POST", "/user/tokens", Class::Persistence, "mint|minted the API token {}")
        .mints(MintedKind::Token)
        .needs(USER_TOKENS),
    deed("POST", "/accounts/*/tokens", Class::Persistence, "mint|minted the account's API token {}")
        .mints(MintedKind::Token)
        .needs(ACCOUNT_TOKENS),
    deed("PUT", "/user/tokens/*/value", Class::Persistence, "roll|rolled the API token {}")
        .mints(MintedKind::Token)
        .needs(USER_TOKENS),
    deed("PUT", "/accounts/*/tokens/*/value", Class::Persistence, "roll|rolled the account's API token {}")
        .mints(MintedKind::Token)
        .needs(ACCOUNT_TOKENS),
    deed("PUT PATCH", "/user/tokens/*", Class::Persistence, "change|changed what the API token {} may do")
        .mints(MintedKind::Token)
        .needs(USER_TOKENS),
    deed(
        "PUT PATCH",
        "/accounts/*/tokens/*",
        Class::Persistence,
        "change|changed what the API token {} may do",
    )
    .mints(MintedKind::Token)
    .needs(ACCOUNT_TOKENS),
    deed("DELETE", "/user/tokens/*", Class::Tampering, "delete|deleted the API token {}").needs(USER_TOKENS),
    deed("DELETE", "/accounts/*/tokens/*", Class::Tampering, "delete|deleted the account's API token {}")
        .needs(ACCOUNT_TOKENS),
    // People.
    deed("POST", "/accounts/*/members", Class::Persistence, "invite|invited {} into the account")
        .mints(MintedKind::Member)
        .needs(SETTINGS),
    deed(
        "PUT PATCH",
        "/accounts/*/members/*",
        Class::Persistence,
        "change|changed the rights of the member {}",
    )
    .mints(MintedKind::Member)
    .needs(SETTINGS),
    deed("DELETE", "/accounts/*/members/*", Class::Tampering, "remove|removed the member {}").needs(SETTINGS),
    deed("*", "/accounts/*/iam/user_groups/**", Class::Persistence, "change|changed the user group {}")
        .mints(MintedKind::Other)
        .needs(SETTINGS),
    deed(
        "*",
        "/accounts/*/iam/resource_groups/**",
        Class::Persistence,
        "change|changed the resource group {}",
    )
    .mints(MintedKind::Other)
    .needs(SETTINGS),
    deed(
        "*",
        "/accounts/*/sso_connectors/**",
        Class::Persistence,
        "change|changed the single sign-on connector {}",
    )
    .mints(MintedKind::IdentityProvider)
    .needs(&["SSO Connector Write"]),
    deed("*", "/memberships/**", Class::Persistence, "change|changed the user's membership {}")
        .needs(&["Memberships Write"]),
    deed("*", "/user/**", Class::Persistence, "change|changed the user's profile")
        .needs(&["User Details Write"]),
    // OAuth applications.
    deed("POST", "/accounts/*/oauth_clients", Class::Persistence, "register|registered the OAuth client {}")
        .mints(MintedKind::OauthClient)
        .needs(OAUTH),
    deed(
        "POST",
        "/accounts/*/oauth_clients/*/rotate_secret",
        Class::Persistence,
        "take|took a new secret for the OAuth client {}",
    )
    .mints(MintedKind::OauthClient)
    .needs(OAUTH),
    deed(
        "PUT PATCH",
        "/accounts/*/oauth_clients/*",
        Class::Persistence,
        "change|changed the OAuth client {}",
    )
    .mints(MintedKind::OauthClient)
    .needs(OAUTH),
    // Access, tunnels.
    deed("POST", "/accounts/*/access/keys/rotate", Class::Tampering, "rotate|rotated the keys of Access")
        .needs(ACCESS_ORGS),
    deed(
        "POST PUT PATCH",
        "/*/*/access/service_tokens/**",
        Class::Persistence,
        "mint|minted the Access service token {}",
    )
    .mints(MintedKind::ServiceToken)
    .needs(SERVICE_TOKENS),
    deed(
        "POST PUT PATCH DELETE",
        "/*/*/access/apps/**",
        Class::Persistence,
        "change|changed the Access application {}",
    )
    .mints(MintedKind::AccessPolicy)
    .needs(APPS),
    deed(
        "POST PUT PATCH DELETE",
        "/*/*/access/policies/**",
        Class::Persistence,
        "change|changed the Access policy {}",
    )
    .mints(MintedKind::AccessPolicy)
    .needs(APPS),
    deed(
        "POST PUT PATCH DELETE",
        "/*/*/access/identity_providers/**",
        Class::Persistence,
        "change|changed the identity provider {}",
    )
    .mints(MintedKind::IdentityProvider)
    .needs(ACCESS_ORGS),
    deed(
        "POST PUT PATCH DELETE",
        "/*/*/access/**",
        Class::Persistence,
        "change|changed the setting {} of Access",
    )
    .needs(ACCESS_ORGS),
    deed("POST", "/accounts/*/cfd_tunnel", Class::Persistence, "make|made the tunnel {}")
        .mints(MintedKind::Tunnel)
        .needs(TUNNELS),
    deed("PUT PATCH", "/accounts/*/cfd_tunnel/**", Class::Persistence, "change|changed the tunnel {}")
        .mints(MintedKind::Tunnel)
        .needs(TUNNELS),
    deed(
        "POST PUT PATCH",
        "/accounts/*/warp_connector/**",
        Class::Persistence,
        "make|made the WARP connector {}",
    )
    .mints(MintedKind::Tunnel)
    .needs(WARP),
    deed(
        "POST PUT PATCH",
        "/accounts/*/teamnet/routes/**",
        Class::Persistence,
        "route|routed the private network {}",
    )
    .mints(MintedKind::Other)
    .needs(NETWORKS),
    // R2: doors that stay open.
    deed(
        "POST",
        "/accounts/*/r2/temp-access-credentials",
        Class::Persistence,
        "take|took temporary R2 credentials {}",
    )
    .mints(MintedKind::R2Credentials)
    .needs(R2),
    deed(
        "PUT",
        "/accounts/*/r2/buckets/*/domains/managed",
        Class::Persistence,
        "open|opened a bucket to the public {}",
    )
    .mints(MintedKind::Other)
    .needs(R2),
    deed(
        "POST PUT",
        "/accounts/*/r2/buckets/*/domains/custom/**",
        Class::Persistence,
        "put|put a bucket on the domain {}",
    )
    .mints(MintedKind::Other)
    .needs(R2),
    deed(
        "PUT",
        "/accounts/*/r2/buckets/*/cors",
        Class::Persistence,
        "change|changed which sites may read a bucket {}",
    )
    .mints(MintedKind::Other)
    .needs(R2),
    deed(
        "PUT",
        "/accounts/*/r2/buckets/*/sippy",
        Class::Persistence,
        "tie|tied a bucket to foreign storage {}",
    )
    .mints(MintedKind::Other)
    .needs(R2),
    deed(
        "POST PUT",
        "/accounts/*/event_notifications/r2/**",
        Class::Persistence,
        "subscribe|subscribed to the changes of a bucket {}",
    )
    .mints(MintedKind::Other)
    .needs(R2),
    // Keys of smaller products.
    deed(
        "POST",
        "/accounts/*/challenges/widgets/*/rotate_secret",
        Class::Persistence,
        "take|took a new secret for the Turnstile widget {}",
    )
    .needs(WIDGETS),
    deed("*", "/accounts/*/challenges/widgets/**", Class::Other, "change|changed the Turnstile widget {}")
        .needs(WIDGETS),
    deed("POST PUT", "/accounts/*/stream/keys/**", Class::Persistence, "make|made the Stream signing key {}")
        .mints(MintedKind::Other)
        .needs(&["Stream Write"]),
    deed(
        "POST PUT",
        "/accounts/*/images/v1/keys/**",
        Class::Persistence,
        "make|made the Images signing key {}",
    )
    .mints(MintedKind::Other)
    .needs(&["Images Write"]),
    deed("POST", "/accounts/*/calls/**", Class::Persistence, "make|made the Calls key {}")
        .mints(MintedKind::Other)
        .needs(&["Calls Write"]),
    // Where copies go, who is told: before the families they live in.
    deed("DELETE", "/*/*/logpush/jobs/*", Class::Tampering, "delete|deleted the Logpush job {}").needs(LOGS),
    deed(
        "*",
        "/accounts/*/logpush/jobs/**",
        Class::Exfiltration,
        "send|sent logs elsewhere by the Logpush job {}",
    )
    .mints(MintedKind::LogpushJob)
    .needs(LOGS),
    deed(
        "*",
        "/zones/*/logpush/jobs/**",
        Class::Exfiltration,
        "send|sent logs elsewhere by the Logpush job {}",
    )
    .mints(MintedKind::LogpushJob)
    .needs(ZONE_LOGS),
    deed(
        "*",
        "/accounts/*/workers/observability/destinations/**",
        Class::Exfiltration,
        "send|sent the logs of Workers to {}",
    )
    .mints(MintedKind::Other)
    .needs(&["Workers Observability Write"]),
    deed(
        "*",
        "/accounts/*/alerting/v3/destinations/**",
        Class::Exfiltration,
        "change|changed where alerts go: {}",
    )
    .mints(MintedKind::Webhook)
    .needs(ALERTS),
    deed("*", "/accounts/*/alerting/v3/policies/**", Class::Exfiltration, "change|changed the alert {}")
        .needs(ALERTS),
    deed("*", "/accounts/*/alerting/v3/silences/**", Class::Tampering, "silence|silenced the alert {}")
        .needs(ALERTS),
    // Mail.
    deed(
        "POST PUT PATCH",
        "/zones/*/email/routing/rules/**",
        Class::Mail,
        "change|changed the e-mail route {}",
    )
    .mints(MintedKind::MailRule)
    .needs(MAIL_RULES),
    deed("*", "/zones/*/email/routing/**", Class::Mail, "change|changed e-mail routing {}").needs(MAIL_RULES),
    deed(
        "POST PUT",
        "/accounts/*/email/routing/addresses/**",
        Class::Mail,
        "add|added the destination {} for e-mail",
    )
    .mints(MintedKind::MailRule)
    .needs(MAIL_ADDRESSES),
    deed("*", "/accounts/*/email/routing/**", Class::Mail, "change|changed e-mail routing {}")
        .needs(MAIL_ADDRESSES),
    // Code.
    deed("DELETE", "/accounts/*/workers/scripts/*", Class::Code, "delete|deleted the Worker {}")
        .needs(SCRIPTS),
    deed("PUT", "/accounts/*/workers/scripts/*", Class::Code, "upload|uploaded the Worker {}")
        .mints(MintedKind::Worker)
        .needs(SCRIPTS),
    deed(
        "PUT",
        "/accounts/*/workers/scripts/*/content",
        Class::Code,
        "replace|replaced the code of the Worker {}",
    )
    .mints(MintedKind::Worker)
    .needs(SCRIPTS),
    deed(
        "POST",
        "/accounts/*/workers/scripts/*/versions",
        Class::Code,
        "upload|uploaded a version of a Worker: {}",
    )
    .mints(MintedKind::Worker)
    .needs(SCRIPTS),
    deed(
        "POST",
        "/accounts/*/workers/scripts/*/deployments",
        Class::Code,
        "deploy|deployed a version of a Worker: {}",
    )
    .mints(MintedKind::Worker)
    .needs(SCRIPTS),
    deed(
        "*",
        "/accounts/*/workers/scripts/*/secrets/**",
        Class::Code,
        "change|changed the secret {} of a Worker",
    )
    .needs(SCRIPTS),
    deed("*", "/accounts/*/workers/scripts/*/schedules", Class::Code, "change|changed when a Worker runs {}")
        .needs(SCRIPTS),
    deed(
        "POST",
        "/accounts/*/workers/scripts/*/tails",
        Class::Code,
        "listen|listened to the live logs of a Worker {}",
    )
    .needs(&["Workers Tail Read", "Workers Scripts Write"]),
    deed("POST PUT", "/accounts/*/workers/domains/**", Class::Code, "put|put a Worker on the domain {}")
        .mints(MintedKind::WorkerRoute)
        .needs(SCRIPTS),
    deed("POST PUT PATCH", "/zones/*/workers/routes/**", Class::Code, "route|routed {} to a Worker")
        .mints(MintedKind::WorkerRoute)
        .needs(ROUTES),
    deed("DELETE", "/zones/*/workers/routes/**", Class::Code, "delete|deleted the Worker route {}")
        .needs(ROUTES),
    deed("*", "/accounts/*/workers/**", Class::Code, "change|changed Workers: {}").needs(SCRIPTS),
    deed("*", "/accounts/*/pages/projects/**", Class::Code, "deploy|deployed to Pages: {}").needs(PAGES),
    deed("*", "/zones/*/snippets/**", Class::Code, "change|changed the snippet {}")
        .mints(MintedKind::Other)
        .needs(&["Snippets Write"]),
    // Names.
    deed("DELETE", "/zones/*/dns_records/*", Class::Dns, "delete|deleted the DNS record {}").needs(DNS),
    deed("POST", "/zones/*/dns_records/import", Class::Dns, "import|imported DNS records {}").needs(DNS),
    deed("POST", "/zones/*/dns_records/batch", Class::Dns, "change|changed many DNS records {}").needs(DNS),
    deed("POST", "/zones/*/dns_records", Class::Dns, "add|added the DNS record {}")
        .mints(MintedKind::DnsRecord)
        .needs(DNS),
    deed("PUT PATCH", "/zones/*/dns_records/*", Class::Dns, "change|changed the DNS record {}")
        .mints(MintedKind::DnsRecord)
        .needs(DNS),
    deed("*", "/zones/*/dnssec", Class::Dns, "change|changed DNSSEC").needs(DNS),
    deed("*", "/zones/*/dns_settings/**", Class::Dns, "change|changed the DNS settings").needs(DNS),
    deed("*", "/zones/*/secondary_dns/**", Class::Dns, "change|changed zone transfers: {}").needs(DNS),
    deed("*", "/accounts/*/secondary_dns/**", Class::Dns, "change|changed zone transfers: {}")
        .needs(SETTINGS),
    deed("*", "/accounts/*/registrar/**", Class::Dns, "change|changed the registration of {}")
        .needs(&["Registrar: Domains Write"]),
    // Zones.
    deed("*", "/zones/*/settings/**", Class::Zone, "change|changed the zone setting {}").needs(ZONE_SETTINGS),
    deed("*", "/zones/*/rulesets/**", Class::Zone, "change|changed the rules {}")
        .mints(MintedKind::Other)
        .needs(&["Zone WAF Write", "Transform Rules Write", "Dynamic URL Redirects Write"]),
    deed("*", "/accounts/*/rulesets/**", Class::Zone, "change|changed the account's rules {}")
        .mints(MintedKind::Other)
        .needs(&["Account Rulesets Write", "Account WAF Write"]),
    deed("*", "/zones/*/pagerules/**", Class::Zone, "change|changed the page rule {}")
        .mints(MintedKind::Other)
        .needs(&["Page Rules Write"]),
    deed("*", "/*/*/firewall/**", Class::Zone, "change|changed the firewall: {}")
        .needs(&["Firewall Services Write"]),
    deed("*", "/zones/*/custom_certificates/**", Class::Zone, "change|changed the certificate {}").needs(SSL),
    deed("*", "/zones/*/ssl/**", Class::Zone, "change|changed TLS: {}").needs(SSL),
    deed("*", "/zones/*/purge_cache", Class::Zone, "purge|purged the cache").needs(&["Cache Purge"]),
    deed("*", "/zones/*/**", Class::Zone, "change|changed the zone: {}").needs(ZONE),
    deed("POST", "/zones", Class::Zone, "add|added the zone {}").needs(ZONE),
    // Data.
    deed("*", "/accounts/*/storage/kv/**", Class::Data, "change|changed KV data: {}").needs(KV),
    deed("*", "/accounts/*/d1/database/**", Class::Data, "query|queried or changed the D1 database {}")
        .needs(D1),
    deed("*", "/accounts/*/r2/buckets/*/objects/**", Class::Data, "change|changed the R2 object {}")
        .needs(R2_ITEMS),
    deed("*", "/accounts/*/r2/**", Class::Data, "change|changed the R2 bucket {}").needs(R2),
    deed("*", "/accounts/*/queues/**", Class::Data, "change|changed the queue {}").needs(QUEUES),
    deed("*", "/accounts/*/vectorize/**", Class::Data, "change|changed the index {}")
        .needs(&["Vectorize Write"]),
    deed("*", "/accounts/*/hyperdrive/**", Class::Data, "change|changed the database connection {}")
        .needs(&["Hyperdrive Write"]),
    deed("*", "/accounts/*/secrets_store/**", Class::Data, "change|changed the Secrets Store: {}")
        .needs(&["Secrets Store Write"]),
    deed("*", "/accounts/*/ai-gateway/**", Class::Data, "change|changed the AI gateway {}")
        .needs(&["AI Gateway Write"]),
    deed("*", "/accounts/*", Class::Other, "change|changed the account").needs(SETTINGS),
];

/// Actions of version 1 (CLOUDFLARE.md 4.1). `path` is the type of the resource here, `methods` the action.
pub(super) const DEEDS_V1: &[Deed] = &[
    deed("token_create", "*", Class::Persistence, "mint|minted the API token {}").mints(MintedKind::Token),
    deed("token_roll", "*", Class::Persistence, "roll|rolled the API token {}").mints(MintedKind::Token),
    deed("token_update", "*", Class::Persistence, "change|changed what the API token {} may do")
        .mints(MintedKind::Token),
    deed("token_revoke", "*", Class::Tampering, "end|ended the API token {}"),
    deed("api_key_view", "*", Class::Persistence, "look|looked at the Global API key"),
    deed("api_key_created", "*", Class::Persistence, "make|made a Global API key"),
    deed("rotate_api_key", "*", Class::Persistence, "rotate|rotated the Global API key"),
    deed("login", "*", Class::Other, "log in|logged in to the dashboard"),
    deed("rec_add", "*", Class::Dns, "add|added the DNS record {}").mints(MintedKind::DnsRecord),
    deed("rec_set", "*", Class::Dns, "change|changed the DNS record {}").mints(MintedKind::DnsRecord),
    deed("rec_del", "*", Class::Dns, "delete|deleted the DNS record {}"),
    deed("change_setting", "*", Class::Zone, "change|changed the zone setting {}"),
    deed("purge", "*", Class::Zone, "purge|purged the cache"),
    deed("tls_settings_deployed", "*", Class::Zone, "deploy|deployed TLS settings {}"),
    deed("add pending", "zone", Class::Zone, "add|added the zone {}"),
    deed("delete", "zone", Class::Zone, "delete|deleted the zone {}"),
    // The sheet knows no more names; these go by what the resource is called.
    deed("create", "member", Class::Persistence, "invite|invited {} into the account")
        .mints(MintedKind::Member),
    deed("create", "service_token", Class::Persistence, "mint|minted the Access service token {}")
        .mints(MintedKind::ServiceToken),
    deed("create", "oauth_client", Class::Persistence, "register|registered the OAuth client {}")
        .mints(MintedKind::OauthClient),
    deed("create", "tunnel", Class::Persistence, "make|made the tunnel {}").mints(MintedKind::Tunnel),
    deed("create update", "script", Class::Code, "upload|uploaded the Worker {}").mints(MintedKind::Worker),
    deed("create update", "route", Class::Code, "route|routed {} to a Worker").mints(MintedKind::WorkerRoute),
    deed("create update", "job", Class::Exfiltration, "send|sent logs elsewhere by the Logpush job {}")
        .mints(MintedKind::LogpushJob),
    deed("delete", "job", Class::Tampering, "delete|deleted the Logpush job {}"),
    deed("create update", "webhook", Class::Exfiltration, "change|changed where alerts go: {}")
        .mints(MintedKind::Webhook),
];
