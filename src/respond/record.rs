//! A token's record, as Cloudflare writes it (CLOUDFLARE.md 3.2), in the words of the case file.
//!
//! Reads leniently: a field that is missing or of another shape is unknown, and a resource nobody documented is
//! kept as it is written.

use crate::model::incident::{Condition, Identity, Named, Owner, Policy, Resource, ResourceKind};
use jiff::Timestamp;
use serde_json::{Map, Value};

pub fn read(record: &Value, told_by: &str, owner: Owner) -> Identity {
    Identity {
        told_by: told_by.to_owned(),
        id: text(record, "id"),
        name: text(record, "name"),
        owner: Some(owner),
        status: text(record, "status"),
        issued_on: time(record, "issued_on"),
        modified_on: time(record, "modified_on"),
        last_used_on: time(record, "last_used_on"),
        not_before: time(record, "not_before"),
        expires_on: time(record, "expires_on"),
        created_by: text(record, "creator_email_at_creation").or_else(|| provisioner(record)),
        condition: condition(&record["condition"]),
        policies: record["policies"].as_array().into_iter().flatten().map(policy).collect(),
        scopes: Vec::new(),
        accounts: Vec::new(),
        zones: Vec::new(),
        zones_complete: true,
    }
}

fn text(object: &Value, field: &str) -> Option<String> {
    object[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn time(object: &Value, field: &str) -> Option<Timestamp> {
    object[field].as_str()?.parse().ok()
}

fn provisioner(record: &Value) -> Option<String> {
    Some(format!("{} {}", text(record, "provisioner_type")?, text(record, "provisioner_id")?))
}

/// The wire says `request_ip`; an older page of the documentation says `request.ip`.
fn condition(condition: &Value) -> Condition {
    let addresses = match &condition["request_ip"] {
        Value::Null => &condition["request.ip"],
        known => known,
    };
    let list = |field: &str| {
        let items = addresses[field].as_array().into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    Condition { allowed: list("in"), refused: list("not_in") }
}

fn policy(policy: &Value) -> Policy {
    let groups = policy["permission_groups"].as_array().into_iter().flatten();
    let nothing = Map::new();
    Policy {
        effect: text(policy, "effect").unwrap_or_else(|| "allow".to_owned()),
        groups: groups
            .filter_map(|group| Some(Named::new(text(group, "id")?, text(group, "name"))))
            .collect(),
        resources: resources(policy["resources"].as_object().unwrap_or(&nothing), None),
    }
}

/// A value is `"*"`, or an object with the resources inside an account.
fn resources(map: &Map<String, Value>, within: Option<&str>) -> Vec<Resource> {
    let mut found = Vec::new();
    for (key, value) in map {
        let resource = resource(key, within);
        match value.as_object() {
            Some(inner) => found.extend(resources(inner, resource.id.as_deref())),
            None => found.push(resource),
        }
    }
    found
}

fn resource(key: &str, within: Option<&str>) -> Resource {
    // The longer prefix first: a zone is written inside `account`.
    const KINDS: [(&str, ResourceKind); 4] = [
        ("com.cloudflare.api.account.zone.", ResourceKind::Zone),
        ("com.cloudflare.api.account.", ResourceKind::Account),
        ("com.cloudflare.api.user.", ResourceKind::User),
        ("com.cloudflare.edge.r2.bucket.", ResourceKind::Bucket),
    ];
    let known = KINDS.iter().find_map(|(prefix, kind)| Some((*kind, key.strip_prefix(prefix)?)));
    let (kind, id) = known.unwrap_or((ResourceKind::Other, key));
    let mut resource = Resource {
        kind,
        id: (id != "*").then(|| id.to_owned()),
        name: None,
        within: within.map(str::to_owned),
    };
    if kind == ResourceKind::Bucket {
        read_bucket(&mut resource);
    }
    resource
}

/// `<account>_<jurisdiction>_<bucket>`: the third part is the rest.
fn read_bucket(bucket: &mut Resource) {
    let Some(id) = &bucket.id else { return };
    let mut parts = id.splitn(3, '_');
    if let (Some(account), Some(_jurisdiction), Some(name)) = (parts.next(), parts.next(), parts.next()) {
        bucket.name = Some(name.to_owned());
        bucket.within = Some(account.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::incident::OwnerKind;
    use serde_json::json;

    fn identity(record: &Value) -> Identity {
        read(record, "test", Owner { kind: OwnerKind::User, id: None, label: None })
    }

    #[test]
    fn a_documented_record_is_read_whole() {
        let (account, zone) = ("a".repeat(32), "b".repeat(32));
        let record = json!({
            "id": "0".repeat(32), "name": "ci-deploy", "status": "active",
            "issued_on": "2026-01-01T00:00:00Z", "last_used_on": "2026-11-20T09:00:00Z", "expires_on": null,
            "condition": {"request_ip": {"in": ["192.0.2.0/24"], "not_in": ["192.0.2.9/32"]}},
            "policies": [{"effect": "allow", "permission_groups": [{"id": "g", "name": "DNS Write", "meta": {}}],
                "resources": {
                    format!("com.cloudflare.api.account.{account}"): "*",
                    format!("com.cloudflare.api.account.zone.{zone}"): "*",
                    "com.cloudflare.api.account.*": "*",
                }}],
            "creator_email_at_creation": "dev@example.com",
        });
        let identity = identity(&record);
        assert_eq!(identity.name.as_deref(), Some("ci-deploy"));
        assert_eq!(identity.condition.allowed, ["192.0.2.0/24"]);
        assert_eq!(identity.created_by.as_deref(), Some("dev@example.com"));
        assert_eq!(identity.expires_on, None);
        let resources = &identity.policies[0].resources;
        assert_eq!(resources[0].kind, ResourceKind::Account);
        assert_eq!(
            (resources[1].kind, resources[1].id.as_deref()),
            (ResourceKind::Zone, Some(zone.as_str()))
        );
        assert_eq!((resources[2].kind, resources[2].id.as_deref()), (ResourceKind::Account, None));
    }

    #[test]
    fn resources_inside_an_account_keep_it() {
        let account = "a".repeat(32);
        let map = json!({format!("com.cloudflare.api.account.{account}"): {"com.cloudflare.api.account.zone.*": "*"}});
        let found = resources(map.as_object().unwrap(), None);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].kind, found[0].within.as_deref()), (ResourceKind::Zone, Some(account.as_str())));
    }

    #[test]
    fn a_bucket_tells_its_account_and_name() {
        let account = "a".repeat(32);
        let bucket = resource(&format!("com.cloudflare.edge.r2.bucket.{account}_default_my-backups"), None);
        assert_eq!(bucket.name.as_deref(), Some("my-backups"));
        assert_eq!(bucket.within, Some(account));
    }

    #[test]
    fn whatever_is_missing_is_unknown() {
        for record in [json!(null), json!({}), json!({"policies": 1, "condition": [], "issued_on": "soon"})] {
            let identity = identity(&record);
            assert_eq!((identity.id, identity.issued_on, identity.policies.len()), (None, None, 0));
        }
    }
}
