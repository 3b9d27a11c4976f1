use super::permission_groups::{self, PermissionGroup, Scope};
use serde_json::{Map, Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Allow,
    Deny,
}

impl Effect {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        }
    }
}

/// One statement of a token: these permission groups on these resources.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub id: String,
    pub effect: Effect,
    /// Resource keys as they travel (CLOUDFLARE.md 3.2): values are `"*"` or a nested map.
    pub resources: Map<String, Value>,
    pub groups: Vec<&'static PermissionGroup>,
}

/// What a request wants to act on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    User(&'a str),
    Account(&'a str),
    Zone { zone: &'a str, account: &'a str },
    Bucket { bucket: &'a str, account: &'a str },
}

impl Target<'_> {
    fn scope(&self) -> Scope {
        match self {
            Target::User(_) => Scope::User,
            Target::Account(_) => Scope::Account,
            Target::Zone { .. } => Scope::Zone,
            Target::Bucket { .. } => Scope::Bucket,
        }
    }
}

impl Policy {
    pub fn to_json(&self) -> Value {
        let groups: Vec<Value> =
            self.groups.iter().map(|g| json!({"id": g.id, "name": g.name, "meta": {}})).collect();
        json!({
            "id": self.id,
            "effect": self.effect.as_str(),
            "resources": self.resources,
            "permission_groups": groups,
        })
    }

    fn speaks_of(&self, group: &str, target: Target<'_>) -> bool {
        self.groups.iter().any(|g| g.name == group && g.scope == target.scope())
            && covers(&self.resources, target)
    }
}

/// Explicit deny, then explicit allow, then implicit deny (CLOUDFLARE.md 3.2).
pub(crate) fn grants(policies: &[Policy], group: &str, target: Target<'_>) -> bool {
    let said = |effect| policies.iter().any(|p| p.effect == effect && p.speaks_of(group, target));
    !said(Effect::Deny) && said(Effect::Allow)
}

/// Whether any group at all is granted on the target: what makes an account or zone show up in a list.
pub(crate) fn grants_something(policies: &[Policy], target: Target<'_>) -> bool {
    let named = policies.iter().flat_map(|policy| &policy.groups);
    named.into_iter().any(|group| grants(policies, &group.name, target))
}

fn covers(resources: &Map<String, Value>, target: Target<'_>) -> bool {
    resources.iter().any(|(key, value)| one_covers(key, value, target))
}

fn one_covers(key: &str, value: &Value, target: Target<'_>) -> bool {
    let matches = |pattern: &str, id: &str| pattern == "*" || pattern == id;
    if let Some(user) = key.strip_prefix("com.cloudflare.api.user.") {
        return matches!(target, Target::User(id) if matches(user, id));
    }
    if let Some(pattern) = key.strip_prefix("com.cloudflare.api.account.zone.") {
        return matches!(target, Target::Zone { zone, .. } if matches(pattern, zone));
    }
    if let Some(pattern) = key.strip_prefix("com.cloudflare.edge.r2.bucket.") {
        let Target::Bucket { bucket, account } = target else { return false };
        return bucket_matches(pattern, account, bucket);
    }
    let Some(pattern) = key.strip_prefix("com.cloudflare.api.account.") else {
        return false;
    };
    match (target, value) {
        (Target::User(_), _) => false,
        (Target::Account(id), Value::String(_)) => matches(pattern, id),
        (Target::Account(_), _) => false,
        (Target::Zone { account, .. } | Target::Bucket { account, .. }, Value::Object(nested)) => {
            matches(pattern, account) && covers(nested, target)
        }
        (Target::Zone { .. } | Target::Bucket { .. }, _) => false,
    }
}

/// `*` or `<account>_<jurisdiction>_<bucket>`; buckets may hold underscores, the two parts before cannot.
fn bucket_matches(pattern: &str, account: &str, bucket: &str) -> bool {
    let mut parts = pattern.splitn(3, '_');
    pattern == "*"
        || (parts.next() == Some(account) && parts.next().is_some() && parts.next() == Some(bucket))
}

/// The policies of a request, or why they are refused. One that comes back with its identifier keeps it.
pub(crate) fn parse_all(policies: &Value, mut new_id: impl FnMut() -> String) -> Result<Vec<Policy>, String> {
    let listed = policies.as_array().ok_or("policies: must be an array")?;
    if listed.is_empty() {
        return Err("policies: at least one policy is required".to_owned());
    }
    let id = |policy: &Value| policy["id"].as_str().map(str::to_owned);
    listed.iter().map(|policy| parse(policy, id(policy).unwrap_or_else(&mut new_id))).collect()
}

fn parse(policy: &Value, id: String) -> Result<Policy, String> {
    let effect = match policy["effect"].as_str() {
        Some("allow") => Effect::Allow,
        Some("deny") => Effect::Deny,
        Some(other) => return Err(format!("policies.effect: {other} is not allow or deny")),
        None => return Err("policies.effect: required".to_owned()),
    };
    let resources = policy["resources"].as_object().filter(|map| !map.is_empty());
    let resources = resources.ok_or("policies.resources: required")?.clone();
    if let Some(unknown) = resources.keys().find(|key| !key.starts_with("com.cloudflare.")) {
        return Err(format!("policies.resources: {unknown} is not a resource"));
    }
    let listed = policy["permission_groups"].as_array().filter(|groups| !groups.is_empty());
    let listed = listed.ok_or("policies.permission_groups: required")?;
    let groups: Result<Vec<_>, String> = listed.iter().map(|group| known_group(&group["id"])).collect();
    Ok(Policy { id, effect, resources, groups: groups? })
}

fn known_group(id: &Value) -> Result<&'static PermissionGroup, String> {
    let id = id.as_str().ok_or("policies.permission_groups.id: required")?;
    permission_groups::by_id(id).ok_or_else(|| format!("policies.permission_groups: {id} does not exist"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(effect: Effect, group: &str, resources: Value) -> Policy {
        Policy {
            id: "p".to_owned(),
            effect,
            resources: resources.as_object().cloned().unwrap_or_default(),
            groups: vec![permission_groups::by_name(group).expect("a known group")],
        }
    }

    #[test]
    fn resources_cover_what_they_name() {
        let zone = Target::Zone { zone: "z1", account: "a1" };
        let account = Target::Account("a1");
        let bucket = Target::Bucket { bucket: "my_logs", account: "a1" };
        let item = "Workers R2 Storage Bucket Item Read";
        let cases = [
            (json!({"com.cloudflare.api.account.a1": "*"}), "Account Settings Read", account, true),
            (json!({"com.cloudflare.api.account.a2": "*"}), "Account Settings Read", account, false),
            (json!({"com.cloudflare.api.account.*": "*"}), "Account Settings Read", account, true),
            (json!({"com.cloudflare.api.account.zone.z1": "*"}), "DNS Write", zone, true),
            (json!({"com.cloudflare.api.account.zone.z2": "*"}), "DNS Write", zone, false),
            (json!({"com.cloudflare.api.account.zone.*": "*"}), "DNS Write", zone, true),
            (
                json!({"com.cloudflare.api.account.a1": {"com.cloudflare.api.account.zone.*": "*"}}),
                "DNS Write",
                zone,
                true,
            ),
            (
                json!({"com.cloudflare.api.account.a2": {"com.cloudflare.api.account.zone.*": "*"}}),
                "DNS Write",
                zone,
                false,
            ),
            (json!({"com.cloudflare.api.account.a1": "*"}), "DNS Write", zone, false),
            (json!({"com.cloudflare.edge.r2.bucket.a1_default_my_logs": "*"}), item, bucket, true),
            (json!({"com.cloudflare.edge.r2.bucket.a2_default_my_logs": "*"}), item, bucket, false),
            (json!({"com.cloudflare.api.user.u1": "*"}), "API Tokens Write", Target::User("u1"), true),
            (json!({"com.cloudflare.api.user.u2": "*"}), "API Tokens Write", Target::User("u1"), false),
        ];
        for (resources, group, target, expected) in cases {
            let said = format!("{resources} {group} {target:?}");
            assert_eq!(grants(&[policy(Effect::Allow, group, resources)], group, target), expected, "{said}");
        }
    }

    #[test]
    fn deny_beats_allow() {
        let all = json!({"com.cloudflare.api.account.zone.*": "*"});
        let one = json!({"com.cloudflare.api.account.zone.z1": "*"});
        let policies = [policy(Effect::Allow, "DNS Write", all), policy(Effect::Deny, "DNS Write", one)];
        assert!(!grants(&policies, "DNS Write", Target::Zone { zone: "z1", account: "a" }));
        assert!(grants(&policies, "DNS Write", Target::Zone { zone: "z2", account: "a" }));
    }

    #[test]
    fn bad_policies_are_refused_with_the_field() {
        for (bad, says) in [
            (json!([]), "at least one"),
            (json!([{"effect": "maybe"}]), "maybe"),
            (json!([{"effect": "allow", "resources": {}}]), "policies.resources"),
            (json!([{"effect": "allow", "resources": {"x": "*"}}]), "x is not a resource"),
            (
                json!([{"effect": "allow", "resources": {"com.cloudflare.api.account.a": "*"},
                        "permission_groups": [{"id": "nope"}]}]),
                "nope does not exist",
            ),
        ] {
            let refused = parse_all(&bad, String::new).expect_err("bad");
            assert!(refused.contains(says), "{refused}");
        }
    }
}
