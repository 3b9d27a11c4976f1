//! Managing tokens: what a freeze, a roll and a delete do, and who may (CLOUDFLARE.md 3).

use super::drill_client::{Auth, Client};
use cfleak::drill::{Builder, Minted, On, Role, TokenSpec, World};
use cfleak::model::Secret;
use serde_json::{Value, json};

struct Company {
    user: String,
    account: String,
    user_admin: Minted,
    account_admin: Minted,
    leaked: Minted,
}

fn company(world: &mut Builder) -> Company {
    let user = world.user("ann@example.com");
    let account = world.account("Acme");
    world.member(&user, &account, Role::SuperAdministrator);
    let user_admin = TokenSpec::of_user(&user).named("admin").allow(&["API Tokens Write"], On::User(&user));
    let account_admin = TokenSpec::of_account(&account)
        .named("account admin")
        .allow(&["Account API Tokens Write", "Account Settings Read"], On::Account(&account));
    let leaked = TokenSpec::of_account(&account)
        .named("ci-deploy")
        .only_from("127.0.0.0/8")
        .allow(&["Workers Scripts Write"], On::Account(&account));
    Company {
        user_admin: world.token(user_admin),
        account_admin: world.token(account_admin),
        leaked: world.token(leaked),
        user,
        account,
    }
}

fn value_of(body: &Value) -> Secret {
    Secret::new(body["result"].as_str().or(body["result"]["value"].as_str()).expect("a value"))
}

#[tokio::test]
async fn freeze_keeps_what_is_sent_back_and_put_drops_what_is_not() {
    let mut world = World::builder();
    let acme = company(&mut world);
    let client = Client::start(world.build()).await;
    let admin = Auth::Bearer(&acme.account_admin.value);
    let path = format!("/accounts/{}/tokens/{}", acme.account, acme.leaked.id);
    let record = client.get(admin, &path).await.body["result"].clone();
    assert_eq!(record["condition"], json!({"request_ip": {"in": ["127.0.0.0/8"]}}));
    assert_eq!(record["policies"][0]["permission_groups"][0]["name"], json!("Workers Scripts Write"));
    assert!(record.get("value").is_none());

    let mut frozen = record.clone();
    frozen["status"] = json!("disabled");
    let put = client.send(admin, "PUT", &path, Some(frozen)).await;
    assert_eq!(put.body["result"]["condition"], record["condition"]);
    let scripts = format!("/accounts/{}/workers/scripts", acme.account);
    assert_eq!(client.get(Auth::Bearer(&acme.leaked.value), &scripts).await.refusal(), (401, 10000));

    let bare = json!({"name": record["name"], "policies": record["policies"], "status": "active"});
    let widened = client.send(admin, "PUT", &path, Some(bare)).await;
    assert!(widened.body["result"].get("condition").is_none(), "what is left out is gone");
    assert_eq!(client.get(Auth::Bearer(&acme.leaked.value), &scripts).await.status, 200);
}

#[tokio::test]
async fn put_without_name_or_policies_is_refused() {
    let mut world = World::builder();
    let acme = company(&mut world);
    let client = Client::start(world.build()).await;
    let path = format!("/accounts/{}/tokens/{}", acme.account, acme.leaked.id);
    for body in [json!({"status": "disabled"}), json!({"name": "x", "status": "disabled"})] {
        let got = client.send(Auth::Bearer(&acme.account_admin.value), "PUT", &path, Some(body)).await;
        assert_eq!(got.refusal(), (400, 400));
    }
}

#[tokio::test]
async fn roll_gives_a_new_value_of_the_same_id_and_kills_the_old() {
    let mut world = World::builder();
    let acme = company(&mut world);
    let client = Client::start(world.build()).await;
    let path = format!("/accounts/{}/tokens/{}", acme.account, acme.leaked.id);
    let verify = format!("/accounts/{}/tokens/verify", acme.account);
    let admin = Auth::Bearer(&acme.account_admin.value);
    let rolled = client.send(admin, "PUT", &format!("{path}/value"), Some(json!({}))).await;
    let new = value_of(&rolled.body);
    assert!(new.expose().starts_with("cfat_") && new.len() == 53);
    assert_eq!(client.get(Auth::Bearer(&acme.leaked.value), &verify).await.refusal(), (401, 1000));
    let verified = client.get(Auth::Bearer(&new), &verify).await;
    assert_eq!(verified.body["result"]["id"], json!(acme.leaked.id));
}

#[tokio::test]
async fn only_the_right_kind_of_admin_manages_a_token() {
    let mut world = World::builder();
    let acme = company(&mut world);
    let other = world.user("bob@example.com");
    world.member(&other, &acme.account, Role::SuperAdministrator);
    let of_bob = world.token(TokenSpec::of_user(&other).allow(&["API Tokens Write"], On::User(&other)));
    let client = Client::start(world.build()).await;
    let own = format!("/user/tokens/{}", acme.user_admin.id);
    let account = format!("/accounts/{}/tokens/{}", acme.account, acme.leaked.id);
    let cases = [
        (&acme.user_admin.value, &own, 200),
        (&of_bob.value, &own, 404),
        (&acme.account_admin.value, &own, 403),
        (&acme.account_admin.value, &account, 200),
        (&acme.user_admin.value, &account, 403),
        // No special right over itself (3.4).
        (&acme.leaked.value, &account, 403),
    ];
    for (value, path, expected) in cases {
        assert_eq!(client.get(Auth::Bearer(value), path).await.status, expected, "{path}");
    }
    let gone = client.send(Auth::Bearer(&acme.leaked.value), "DELETE", &account, None).await;
    assert_eq!(gone.refusal(), (403, 9109));
}

#[tokio::test]
async fn a_minted_child_works_and_is_listed_with_the_value_shown_once() {
    let mut world = World::builder();
    let acme = company(&mut world);
    let client = Client::start(world.build()).await;
    let groups = client
        .get(Auth::Bearer(&acme.user_admin.value), "/user/tokens/permission_groups?name=DNS%20Write")
        .await;
    let group = groups.body["result"][0]["id"].clone();
    let policies = json!([{
        "effect": "allow",
        "resources": {"com.cloudflare.api.account.zone.*": "*"},
        "permission_groups": [{"id": group}],
    }]);
    let body = json!({"name": "child", "policies": policies, "expires_on": "2027-01-01T00:00:00Z"});
    let made = client.send(Auth::Bearer(&acme.user_admin.value), "POST", "/user/tokens", Some(body)).await;
    let child = value_of(&made.body);
    let verified = client.get(Auth::Bearer(&child), "/user/tokens/verify").await;
    assert_eq!(verified.body["result"]["expires_on"], json!("2027-01-01T00:00:00Z"));
    let listed = client.get(Auth::Bearer(&acme.user_admin.value), "/user/tokens?per_page=5").await;
    assert_eq!(listed.body["result"].as_array().map(Vec::len), Some(2));
    assert!(!listed.body.to_string().contains(child.expose()));
    assert_eq!(listed.body["result_info"]["total_count"], json!(2));
}

#[tokio::test]
async fn delete_is_final_and_a_removed_member_reaches_nothing() {
    let mut world = World::builder();
    let acme = company(&mut world);
    let reader = TokenSpec::of_user(&acme.user).allow(&["Workers Scripts Read"], On::AllAccounts);
    let reader = world.token(reader).value;
    let owner =
        TokenSpec::of_account(&acme.account).allow(&["Account Settings Write"], On::Account(&acme.account));
    let owner = world.token(owner).value;
    let client = Client::start(world.build()).await;
    let path = format!("/accounts/{}/tokens/{}", acme.account, acme.leaked.id);
    let deleted = client.send(Auth::Bearer(&acme.account_admin.value), "DELETE", &path, None).await;
    assert_eq!(deleted.body["result"], json!({"id": acme.leaked.id}));
    assert_eq!(client.get(Auth::Bearer(&acme.account_admin.value), &path).await.status, 404);

    let scripts = format!("/accounts/{}/workers/scripts", acme.account);
    assert_eq!(client.get(Auth::Bearer(&reader), &scripts).await.status, 200);
    let members = format!("/accounts/{}/members", acme.account);
    let ann = client.get(Auth::Bearer(&owner), &members).await.body["result"][0]["id"].clone();
    let ann = ann.as_str().expect("an id");
    client.send(Auth::Bearer(&owner), "DELETE", &format!("{members}/{ann}"), None).await;
    assert_eq!(client.get(Auth::Bearer(&reader), &scripts).await.refusal(), (403, 10000));
    assert_eq!(client.get(Auth::Bearer(&reader), "/user/tokens/verify").await.status, 200);
}
