use crate::model::Secret;
use jiff::Timestamp;

/// A login of a command line tool: one consent, one access token at a time, one refresh token at a time.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub id: String,
    pub user: String,
    pub client_id: String,
    pub client_name: String,
    pub scopes: Vec<String>,
    pub access: Option<Secret>,
    pub access_expires: Timestamp,
    /// Single-use: a refresh replaces it (CLOUDFLARE.md 1.6).
    pub refresh: Option<Secret>,
}

/// Scopes of Wrangler's login in words of permission groups. What is not listed opens nothing here.
const SCOPES: &[(&str, &[&str])] = &[
    ("account:read", &["Account Settings Read"]),
    ("user:read", &["User Details Read", "Memberships Read"]),
    ("workers:write", &["Workers Scripts Write", "Workers R2 Storage Write"]),
    ("workers_scripts:write", &["Workers Scripts Write"]),
    ("workers_kv:write", &["Workers KV Storage Write"]),
    ("workers_routes:write", &["Workers Routes Write"]),
    ("workers_tail:read", &["Workers Tail Read"]),
    ("d1:write", &["D1 Write"]),
    ("pages:write", &["Pages Write"]),
    ("zone:read", &["Zone Read"]),
    ("ssl_certs:write", &["SSL and Certificates Write"]),
    ("ai:write", &["Workers AI Write"]),
    ("queues:write", &["Queues Write"]),
    ("pipelines:write", &["Pipelines Write"]),
    ("secrets_store:write", &["Secrets Store Write"]),
    ("connectivity:admin", &["Cloudflare Tunnel Write"]),
    ("email_routing:write", &["Email Routing Rules Write", "Email Routing Addresses Write"]),
    ("challenge-widgets.write", &["Turnstile Sites Write"]),
    ("account_api_tokens:create", &["Account API Tokens Write"]),
];

impl Grant {
    pub fn grants(&self, group: &str) -> bool {
        let opened = SCOPES.iter().filter(|(scope, _)| self.scopes.iter().any(|s| s == scope));
        opened.into_iter().any(|(_, groups)| groups.contains(&group))
    }
}
