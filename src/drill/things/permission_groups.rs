use super::super::chance::sha256_hex;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a permission group can be granted on (CLOUDFLARE.md 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    User,
    Account,
    Zone,
    Bucket,
}

impl Scope {
    pub fn wire_name(self) -> &'static str {
        match self {
            Scope::User => "com.cloudflare.api.user",
            Scope::Account => "com.cloudflare.api.account",
            Scope::Zone => "com.cloudflare.api.account.zone",
            Scope::Bucket => "com.cloudflare.edge.r2.bucket",
        }
    }
}

/// A permission group: "DNS Write".
#[derive(Clone, Debug)]
pub(crate) struct PermissionGroup {
    pub id: String,
    pub name: String,
    pub scope: Scope,
    category: &'static str,
}

impl PermissionGroup {
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "scopes": [self.scope.wire_name()],
            "category": self.category,
            "is_selectable": true,
        })
    }
}

/// Ids that documents or tests of Cloudflare name (CLOUDFLARE.md 3.1). All other ids are made up here and
/// have to be fetched at run time, as they have to be from Cloudflare.
const PUBLISHED_IDS: [(&str, &str); 6] = [
    ("Account API Tokens Read", "eb56a6953c034b9d97dd838155666f06"),
    ("Account API Tokens Write", "5bc3f8b21c554832afc660159ab75fa4"),
    ("Zone Read", "c8fed203ed3043cba015a93ad1616f1f"),
    ("DNS Read", "82e64a83756745bbbb1c9c2701bf816b"),
    ("Workers R2 Storage Bucket Item Read", "6a018a9f2fc74eb6b293b0c548f38b39"),
    ("Workers R2 Storage Write", "bf7481a1826f439697cb59a20b22293e"),
];

/// Names by category and scope, `|` between verbs (CLOUDFLARE.md appendix A).
const NAMES: &[(&str, Scope, &[&str])] = &[
    ("other", Scope::User, &["API Tokens Read|Write", "Memberships Read|Write", "User Details Read|Write"]),
    (
        "account_and_billing",
        Scope::Account,
        &[
            "Account API Tokens Read|Write",
            "Account Settings Read|Write",
            "Billing Read|Write",
            "OAuth Client Read|Write",
            "SSO Connector Read|Write",
            "Notifications Read|Write",
            "Trust and Safety Read|Write",
            "Registrar: Domains Read|Write",
        ],
    ),
    (
        "developer_platform",
        Scope::Account,
        &[
            "Workers Scripts Read|Write",
            "Workers Tail Read",
            "Workers KV Storage Read|Write",
            "Workers R2 Storage Read|Write",
            "Workers R2 Data Catalog Read|Write",
            "D1 Read|Write",
            "Queues Read|Write",
            "Hyperdrive Read|Write",
            "Secrets Store Read|Write",
            "Pages Read|Write",
            "Pipelines Read|Write",
            "Workers Observability Read|Write",
            "Vectorize Read|Write",
            "Workers Builds Configuration Read|Write",
        ],
    ),
    ("developer_platform", Scope::Bucket, &["Workers R2 Storage Bucket Item Read|Write"]),
    ("developer_platform", Scope::Zone, &["Workers Routes Read|Write", "Snippets Read|Write"]),
    ("ai_and_machine_learning", Scope::Account, &["AI Gateway Read|Write|Run", "Workers AI Read|Write"]),
    (
        "cloudflare_one_and_zero_trust",
        Scope::Account,
        &[
            "Access: Apps and Policies Read|Revoke|Write",
            "Access: Service Tokens Read|Write",
            "Access: Organizations, Identity Providers, and Groups Read|Revoke|Write",
            "Zero Trust Read|Write",
            "Cloudflare Tunnel Read|Write",
            "Cloudflare One Connectors Read|Write",
            "Cloudflare One Connector: cloudflared Read|Write",
            "Cloudflare One Connector: WARP Read|Write",
            "Cloudflare One Networks Read|Write",
        ],
    ),
    (
        "dns_and_zones",
        Scope::Zone,
        &[
            "Zone Read|Write",
            "Zone Settings Read|Write",
            "DNS Read|Write",
            "Zone DNS Settings Read|Write",
            "SSL and Certificates Read|Write",
        ],
    ),
    ("dns_and_zones", Scope::Account, &["Account DNS Settings Read|Write"]),
    ("cache_and_performance", Scope::Zone, &["Cache Purge"]),
    (
        "app_security",
        Scope::Zone,
        &["Zone WAF Read|Write", "Firewall Services Read|Write", "Bot Management Read|Write"],
    ),
    ("app_security", Scope::Account, &["Account WAF Read|Write", "Turnstile Sites Read|Write"]),
    ("rules_and_configuration", Scope::Account, &["Account Rulesets Read|Write"]),
    (
        "rules_and_configuration",
        Scope::Zone,
        &[
            "Page Rules Read|Write",
            "Transform Rules Read|Write",
            "Dynamic URL Redirects Read|Write",
            "Cloud Connector Read|Write",
        ],
    ),
    ("analytics_and_logs", Scope::Account, &["Logs Read|Write", "Account Analytics Read"]),
    ("analytics_and_logs", Scope::Zone, &["Zone Logs Read|Write", "Analytics Read"]),
    ("email_and_messaging", Scope::Zone, &["Email Routing Rules Read|Write"]),
    ("email_and_messaging", Scope::Account, &["Email Routing Addresses Read|Write"]),
    ("media", Scope::Account, &["Stream Read|Write", "Images Read|Write", "Calls Read|Write"]),
];

static BY_NAME: LazyLock<BTreeMap<String, PermissionGroup>> = LazyLock::new(|| {
    let rows = NAMES.iter().flat_map(|(category, scope, names)| {
        names.iter().flat_map(|name| spelled_out(name)).map(|name| PermissionGroup {
            id: id_of(&name),
            name,
            scope: *scope,
            category,
        })
    });
    rows.map(|group| (group.name.clone(), group)).collect()
});

/// "DNS Read|Write" to "DNS Read" and "DNS Write".
fn spelled_out(entry: &str) -> Vec<String> {
    let Some((stem, first)) = entry.split('|').next().and_then(|head| head.rsplit_once(' ')) else {
        return vec![entry.to_owned()];
    };
    let later = entry.split('|').skip(1);
    std::iter::once(first).chain(later).map(|verb| format!("{stem} {verb}")).collect()
}

fn id_of(name: &str) -> String {
    match PUBLISHED_IDS.iter().find(|(known, _)| *known == name) {
        Some((_, id)) => (*id).to_owned(),
        None => sha256_hex(&format!("permission group {name}"))[..32].to_owned(),
    }
}

pub(crate) fn all() -> impl Iterator<Item = &'static PermissionGroup> {
    BY_NAME.values()
}

pub(crate) fn by_name(name: &str) -> Option<&'static PermissionGroup> {
    BY_NAME.get(name)
}

pub(crate) fn by_id(id: &str) -> Option<&'static PermissionGroup> {
    BY_NAME.values().find(|group| group.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_spelled_out() {
        assert_eq!(spelled_out("DNS Read|Write"), ["DNS Read", "DNS Write"]);
        assert_eq!(spelled_out("Cache Purge"), ["Cache Purge"]);
        assert!(by_name("Access: Apps and Policies Revoke").is_some());
    }

    #[test]
    fn published_ids_are_used_and_all_ids_differ() {
        assert_eq!(
            by_id("c8fed203ed3043cba015a93ad1616f1f").map(|group| group.name.as_str()),
            Some("Zone Read")
        );
        let mut ids: Vec<_> = all().map(|group| &group.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), BY_NAME.len());
    }
}
