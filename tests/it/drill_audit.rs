//! Audit logs that grow with the fake's own changes (CLOUDFLARE.md 4).

use super::drill_client::{Auth, Client};
use cfleak::drill::{Act, CursorPlace, Minted, On, Role, TokenSpec, World};
use cfleak::model::Secret;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

struct Scene {
    world: World,
    account: String,
    zone: String,
    leaked: Minted,
    admin: Secret,
}

/// A leaked token that may mint, and an attacker who uses it three days ago.
fn scene() -> Scene {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let account = world.account("Acme");
    let zone = world.zone(&account, "example.com");
    world.member(&user, &account, Role::SuperAdministrator);
    let leaked = TokenSpec::of_user(&user)
        .named("ci-deploy")
        .allow(&["API Tokens Write"], On::User(&user))
        .allow(&["DNS Write", "Zone Settings Write"], On::AllZones);
    let leaked = world.token(leaked);
    let admin = TokenSpec::of_account(&account)
        .named("responder")
        .allow(&["Account Settings Read", "Account API Tokens Write"], On::Account(&account));
    let admin = world.token(admin).value;
    Scene { world: world.build(), account, zone, leaked, admin }
}

impl Scene {
    fn attack(&mut self, minutes: i64, method: &str, path: &str, body: Value) -> (u16, Value) {
        let start: Timestamp = "2026-11-19T02:00:00Z".parse().expect("a time");
        self.world.act(&Act {
            at: start.checked_add(SignedDuration::from_mins(minutes)).expect("in range"),
            from: [203, 0, 113, 7].into(),
            agent: "python-requests/2.32",
            bearer: &self.leaked.value,
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            body,
        })
    }

    fn v2(&self, more: &str) -> String {
        format!("/accounts/{}/logs/audit?since=2026-11-01&before=2026-11-22T10:00:00Z{more}", self.account)
    }
}

fn record(name: &str) -> Value {
    json!({"type": "A", "name": name, "content": "203.0.113.66", "ttl": 60})
}

#[tokio::test]
async fn v2_names_the_token_and_never_sees_a_get() {
    let mut scene = scene();
    let dns = format!("/zones/{}/dns_records", scene.zone);
    scene.attack(0, "GET", &dns, Value::Null);
    scene.attack(1, "POST", &dns, record("pay.example.com"));
    scene.attack(2, "DELETE", &format!("/accounts/{}/queues/q1", scene.account), Value::Null);
    let path = scene.v2(&format!("&actor_token_id={}&direction=asc", scene.leaked.id));
    let client = Client::start(scene.world).await;
    let got = client.get(Auth::Bearer(&scene.admin), &path).await;
    let rows = got.body["result"].as_array().expect("a list");
    let seen: Vec<_> = rows.iter().map(|row| (&row["raw"]["method"], &row["action"]["result"])).collect();
    assert_eq!(seen, [(&json!("POST"), &json!("success")), (&json!("DELETE"), &json!("failure"))]);
    let first = &rows[0];
    assert_eq!(first["actor"]["token_name"], json!("ci-deploy"));
    assert_eq!(first["actor"]["ip_address"], json!("203.0.113.7"));
    assert_eq!(first["actor"]["context"], json!("api_token"));
    assert_eq!(first["raw"]["uri"], json!(dns));
    assert_eq!(first["raw"]["user_agent"], json!("python-requests/2.32"));
    assert_eq!(first["zone"]["name"], json!("example.com"));
    assert_eq!(first["action"]["time"], json!("2026-11-19T02:01:00Z"));
    assert_eq!(rows[1]["raw"]["status_code"], json!(403));
    assert_eq!(got.body["result_info"]["count"], json!("2"), "a number as text, as documented");
}

#[tokio::test]
async fn v2_pages_by_cursor_in_both_places_and_filters_both_ways() {
    let mut scene = scene();
    let dns = format!("/zones/{}/dns_records", scene.zone);
    for number in 0..5 {
        scene.attack(number, "POST", &dns, record(&format!("h{number}.example.com")));
    }
    let (page, other) = (scene.v2("&limit=2"), scene.v2(&format!("&actor_token_id.not={}", scene.leaked.id)));
    let by_method = scene.v2("&raw_method=PUT&raw_method=DELETE");
    let client = Client::start(scene.world).await;
    let auth = Auth::Bearer(&scene.admin);
    for (place, pointer) in
        [(CursorPlace::Flat, "/result_info/cursor"), (CursorPlace::Nested, "/result_info/cursors/after")]
    {
        client.server.with_world(|world| world.choices_mut().audit_v2_cursor = place);
        let (mut sizes, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = if cursor.is_empty() { page.clone() } else { format!("{page}&cursor={cursor}") };
            let got = client.get(auth, &path).await;
            sizes.push(got.body["result"].as_array().map_or(0, Vec::len));
            match got.body.pointer(pointer).and_then(Value::as_str) {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        assert_eq!(sizes, [2, 2, 1]);
    }
    for nothing in [other, by_method] {
        assert_eq!(client.get(auth, &nothing).await.body["result"], json!([]));
    }
}

#[tokio::test]
async fn v2_needs_both_times_and_the_permission() {
    let scene = scene();
    let base = format!("/accounts/{}/logs/audit", scene.account);
    let whole = scene.v2("");
    let client = Client::start(scene.world).await;
    for path in
        [base.clone(), format!("{base}?since=2026-11-01"), format!("{base}?since=never&before=2026-11-02")]
    {
        assert_eq!(client.get(Auth::Bearer(&scene.admin), &path).await.status, 400, "{path}");
    }
    assert_eq!(client.get(Auth::Bearer(&scene.leaked.value), &whole).await.refusal(), (403, 10000));
}

#[tokio::test]
async fn v1_tells_the_life_of_tokens_and_no_token_of_other_actions() {
    let mut scene = scene();
    let policies = json!([{
        "effect": "allow",
        "resources": {"com.cloudflare.api.account.zone.*": "*"},
        "permission_groups": [{"id": "82e64a83756745bbbb1c9c2701bf816b"}],
    }]);
    let (status, made) =
        scene.attack(0, "POST", "/user/tokens", json!({"name": "child", "policies": policies}));
    assert_eq!(status, 200, "{made}");
    let child = made["result"]["id"].as_str().expect("an id").to_owned();
    scene.attack(1, "PUT", &format!("/user/tokens/{child}/value"), json!({}));
    scene.attack(2, "POST", &format!("/zones/{}/dns_records", scene.zone), record("x.example.com"));
    scene.attack(3, "PATCH", &format!("/zones/{}/settings/ssl", scene.zone), json!({"value": "off"}));
    let path = format!("/accounts/{}/audit_logs?direction=asc&per_page=2", scene.account);
    let client = Client::start(scene.world).await;
    let mut rows = Vec::new();
    for page in 1..=3 {
        let got = client.get(Auth::Bearer(&scene.admin), &format!("{path}&page={page}")).await;
        rows.extend(got.body["result"].as_array().cloned().unwrap_or_default());
    }
    let actions: Vec<_> = rows.iter().map(|row| row["action"]["type"].as_str().unwrap_or_default()).collect();
    assert_eq!(actions, ["token_create", "token_roll", "rec_add", "change_setting"]);
    assert_eq!(rows[0]["metadata"]["token_tag"], json!(child));
    assert_eq!(rows[1]["metadata"]["new_token_hash"].as_str().map(str::len), Some(64));
    assert!(!rows[2].to_string().contains(&scene.leaked.id), "v1 does not say which token acted");
    assert_eq!(rows[2]["actor"]["email"], json!("ann@example.com"));
    assert_eq!(rows[3]["metadata"]["zone_name"], json!("example.com"));
    let hidden = client.get(Auth::Bearer(&scene.admin), &format!("{path}&hide_user_logs=true")).await;
    assert_eq!(hidden.body["result_info"]["total_count"], json!(2), "tokens of a user are user logs");
    let by_address = client.get(Auth::Bearer(&scene.admin), &format!("{path}&actor.ip=203.0.113.0/24")).await;
    assert_eq!(by_address.body["result_info"]["total_count"], json!(4));
}

#[tokio::test]
async fn history_follows_one_resource() {
    let mut scene = scene();
    let dns = format!("/zones/{}/dns_records", scene.zone);
    let (_, made) = scene.attack(0, "POST", &dns, record("pay.example.com"));
    let id = made["result"]["id"].as_str().expect("an id").to_owned();
    scene.attack(1, "POST", &dns, record("other.example.com"));
    scene.attack(2, "PATCH", &format!("{dns}/{id}"), json!({"content": "203.0.113.99"}));
    let list = scene.v2(&format!("&resource_id={id}&raw_method=PATCH"));
    let client = Client::start(scene.world).await;
    let entry = client.get(Auth::Bearer(&scene.admin), &list).await.body["result"][0].clone();
    let (entry, time) =
        (entry["id"].as_str().expect("an id"), entry["action"]["time"].as_str().expect("a time"));
    let path = format!(
        "/accounts/{}/logs/audit/{entry}/history?action_time={time}&since=2026-11-01&before=2026-11-22",
        scene.account
    );
    let got = client.get(Auth::Bearer(&scene.admin), &path).await;
    assert_eq!(got.body["result_info"]["history_status"], json!("exact"));
    assert_eq!(got.body["result"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn old_entries_are_in_v1_alone_and_the_oldest_nowhere() {
    let mut scene = scene();
    let dns = format!("/zones/{}/dns_records", scene.zone);
    let days = |days: i64| -days * 24 * 60;
    scene.attack(days(600), "POST", &dns, record("ancient.example.com"));
    scene.attack(days(300), "POST", &dns, record("old.example.com"));
    scene.attack(0, "POST", &dns, record("new.example.com"));
    let v1 = format!("/accounts/{}/audit_logs", scene.account);
    let v2 = format!("/accounts/{}/logs/audit?since=2024-01-01&before=2026-11-22", scene.account);
    let client = Client::start(scene.world).await;
    let count = async |path: &str| {
        client.get(Auth::Bearer(&scene.admin), path).await.body["result"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((count(&v1).await, count(&v2).await), (2, 1));
}
