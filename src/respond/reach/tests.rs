use super::*;
use crate::model::incident::{Owner, OwnerKind};
use crate::respond::record;
use serde_json::json;

fn identity(policies: serde_json::Value) -> Identity {
    let owner = Owner { kind: OwnerKind::User, id: None, label: Some("ann@example.com".to_owned()) };
    let mut identity = record::read(&json!({ "policies": policies }), "test", owner);
    identity.accounts = vec![Named::new("a".repeat(32), Some("Acme".to_owned()))];
    let mut zone = Named::new("b".repeat(32), Some("acme.example".to_owned()));
    zone.within = Some("a".repeat(32));
    identity.zones = vec![zone];
    identity
}

fn policy(effect: &str, groups: &[&str], resources: serde_json::Value) -> serde_json::Value {
    let groups: Vec<_> =
        groups.iter().map(|name| json!({"id": format!("id of {name}"), "name": name})).collect();
    json!({"effect": effect, "permission_groups": groups, "resources": resources})
}

fn account() -> serde_json::Value {
    json!({format!("com.cloudflare.api.account.{}", "a".repeat(32)): "*"})
}

async fn measured(identity: &Identity, kind: &Kind) -> (Reach, Vec<Gap>) {
    measure(&[], identity, kind).await
}

#[tokio::test]
async fn the_worst_power_gives_the_tier_and_comes_first() {
    let policies = json!([policy("allow", &["D1 Read", "Workers Scripts Write", "Billing Read"], account())]);
    let (reach, _) = measured(&identity(policies), &Kind::UserApiToken).await;
    assert_eq!((reach.basis, reach.tier), (Basis::Record, Tier::Takeover));
    let groups: Vec<_> = reach.powers.iter().map(|power| power.group.as_str()).collect();
    assert_eq!(groups, ["Workers Scripts Write", "D1 Read", "Billing Read"]);
    assert!(
        reach.headline.starts_with("Whoever held it could take over Acme: replace the code"),
        "{}",
        reach.headline
    );
    assert_eq!(reach.powers[0].on, ["Acme"]);
}

#[tokio::test]
async fn a_denied_resource_is_out_of_reach() {
    let one = policy("allow", &["DNS Write"], json!({"com.cloudflare.api.account.zone.*": "*"}));
    let no = policy("deny", &["DNS Write"], json!({"com.cloudflare.api.account.zone.*": "*"}));
    let (reach, _) = measured(&identity(json!([one.clone()])), &Kind::UserApiToken).await;
    assert_eq!(reach.tier, Tier::Takeover);
    let (reach, gaps) = measured(&identity(json!([one, no])), &Kind::UserApiToken).await;
    assert_eq!((reach.tier, reach.powers.len()), (Tier::Unknown, 0));
    assert!(!gaps.is_empty());
}

#[tokio::test]
async fn resources_are_said_in_words() {
    let a = "a".repeat(32);
    for (resources, group, on) in [
        (json!({"com.cloudflare.api.account.zone.*": "*"}), "DNS Write", "every zone"),
        (
            json!({format!("com.cloudflare.api.account.{a}"): {"com.cloudflare.api.account.zone.*": "*"}}),
            "DNS Write",
            "every zone of Acme",
        ),
        (json!({"com.cloudflare.api.account.*": "*"}), "D1 Read", "every account"),
        (
            json!({format!("com.cloudflare.edge.r2.bucket.{a}_default_logs"): "*"}),
            "Workers R2 Storage Bucket Item Read",
            "the bucket logs",
        ),
        (json!({"com.cloudflare.api.user.u": "*"}), "API Tokens Write", "the user u"),
    ] {
        let (reach, _) =
            measured(&identity(json!([policy("allow", &[group], resources)])), &Kind::UserApiToken).await;
        assert_eq!(reach.powers[0].on, [on], "{group}");
    }
}

#[tokio::test]
async fn what_cannot_be_listed_is_a_gap_and_is_still_rotated() {
    let policies = json!([policy("allow", &["Workers Scripts Write"], account())]);
    let (reach, gaps) = measured(&identity(policies), &Kind::UserApiToken).await;
    assert!(reach.assets.iter().all(|asset| !asset.complete && asset.why.is_some()));
    assert!(gaps.iter().any(|gap| gap.what == "the names of Workers in Acme"), "{gaps:?}");
    assert!(reach.rotations.iter().any(|rotation| rotation.what.contains("every one in Acme")));
}

#[tokio::test]
async fn unknown_permissions_are_said_to_be_unknown() {
    let policies = json!([policy("allow", &["Quantum Storage Write"], account())]);
    let (reach, gaps) = measured(&identity(policies), &Kind::UserApiToken).await;
    assert_eq!(reach.tier, Tier::Limited);
    assert!(gaps.iter().any(|gap| gap.what.contains("Quantum Storage Write")));
}

#[tokio::test]
async fn scopes_and_a_key_speak_for_themselves() {
    let mut login = identity(json!([]));
    login.scopes =
        ["workers:write", "account:read", "offline_access", "new:thing"].map(str::to_owned).to_vec();
    let (reach, _) = measured(&login, &Kind::OauthAccessToken).await;
    assert_eq!((reach.basis, reach.tier, reach.powers.len()), (Basis::Scopes, Tier::Takeover, 3));
    let (reach, _) = measured(&identity(json!([])), &Kind::GlobalApiKey).await;
    assert_eq!((reach.basis, reach.tier), (Basis::Kind, Tier::Takeover));
    let (reach, gaps) = measured(&identity(json!([])), &Kind::UserApiToken).await;
    assert_eq!((reach.basis, reach.tier), (Basis::Unknown, Tier::Unknown));
    assert_eq!(gaps[0].what, "what it could do");
}
