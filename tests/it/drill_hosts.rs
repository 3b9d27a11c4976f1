//! R2, Turnstile and OAuth on the same origin.

use super::drill_client::{Auth, Client};
use cfleak::drill::{Builder, On, R2Pair, Role, Shape, Status, TokenSpec, WRANGLER_CLIENT, World};
use cfleak::model::Secret;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

async fn post_form(client: &Client, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = client.http.post(format!("{}{path}", client.server.origin()));
    let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body.join("&"));
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let bytes = response.bytes().await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

#[tokio::test]
async fn siteverify_tells_a_live_secret_from_a_dead_one() {
    let mut world = World::builder();
    let account = world.account("Acme");
    let (sitekey, secret) = world.widget(&account, "login", "example.com");
    let admin = TokenSpec::of_account(&account).allow(&["Turnstile Sites Write"], On::Account(&account));
    let admin = world.token(admin).value;
    let stray = Secret::new(format!("0x4{}", "Ab3".repeat(10)));
    let client = Client::start(world.build()).await;
    let ask = async |secret: &str| {
        let fields = [("secret", secret), ("response", "dummy")];
        post_form(&client, "/turnstile/v0/siteverify", &fields).await.1["error-codes"][0].clone()
    };
    assert_eq!(ask(secret.expose()).await, json!("invalid-input-response"));
    assert_eq!(ask(stray.expose()).await, json!("invalid-input-secret"));
    assert_eq!(ask("").await, json!("missing-input-secret"));
    let rotate = format!("/accounts/{account}/challenges/widgets/{sitekey}/rotate_secret");
    let slowly = client.send(Auth::Bearer(&admin), "POST", &rotate, Some(json!({}))).await;
    let second = Secret::new(slowly.body["result"]["secret"].as_str().expect("a secret"));
    assert_eq!(ask(secret.expose()).await, json!("invalid-input-response"), "two hours of overlap");
    client.send(Auth::Bearer(&admin), "POST", &rotate, Some(json!({"invalidate_immediately": true}))).await;
    assert_eq!(ask(second.expose()).await, json!("invalid-input-secret"));
}

#[tokio::test]
async fn oauth_revocation_is_200_for_anything_and_only_asking_again_proves_it() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let login = world.login(&user, &["user:read"], Shape::Prefixed, SignedDuration::from_hours(1));
    let client = Client::start(world.build()).await;
    assert_eq!(client.get(Auth::Bearer(&login.access), "/user").await.status, 200);
    for token in ["never-existed", login.refresh.expose()] {
        let fields = [("client_id", WRANGLER_CLIENT), ("token", token)];
        assert_eq!(post_form(&client, "/oauth2/revoke", &fields).await, (200, Value::Null));
    }
    assert_eq!(client.get(Auth::Bearer(&login.access), "/user").await.refusal(), (403, 9109));
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", WRANGLER_CLIENT),
        ("refresh_token", login.refresh.expose()),
    ];
    let (status, body) = post_form(&client, "/oauth2/token", &fields).await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn a_refresh_token_works_once() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let login = world.login(&user, &["user:read"], Shape::Legacy, SignedDuration::from_hours(1));
    let client = Client::start(world.build()).await;
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", WRANGLER_CLIENT),
        ("refresh_token", login.refresh.expose()),
    ];
    let (_, fresh) = post_form(&client, "/oauth2/token", &fields).await;
    assert_eq!(post_form(&client, "/oauth2/token", &fields).await.0, 400);
    let access = Secret::new(fresh["access_token"].as_str().expect("a token"));
    assert_eq!(client.get(Auth::Bearer(&access), "/user").await.status, 200);
    assert_eq!(
        client.get(Auth::Bearer(&login.access), "/user").await.status,
        403,
        "the old one went with it"
    );
}

struct Storage {
    account: String,
    whole: R2Pair,
    items: R2Pair,
    disabled: R2Pair,
}

fn storage(world: &mut Builder) -> Storage {
    let account = world.account("Acme");
    world.put(&format!("/accounts/{account}/r2/buckets"), json!({"name": "backups"}));
    let mut pair = |spec: TokenSpec| {
        let token = world.token(spec);
        world.r2_pair(&token)
    };
    let of_account = || TokenSpec::of_account(&account);
    let whole = pair(of_account().allow(&["Workers R2 Storage Read"], On::Account(&account)));
    let bucket = On::Bucket { account: &account, bucket: "backups" };
    let items = pair(of_account().allow(&["Workers R2 Storage Bucket Item Read"], bucket));
    let disabled = of_account().status(Status::Disabled);
    let disabled = pair(disabled.allow(&["Workers R2 Storage Read"], On::Account(&account)));
    Storage { whole, items, disabled, account }
}

/// Who signs, and for whom.
struct Signer<'a> {
    id: &'a str,
    secret: &'a str,
    host: Option<&'a str>,
    session: Option<&'a str>,
}

/// Signs as an S3 client does. Written apart from the code under test.
async fn s3_get(client: &Client, signer: &Signer<'_>, path: &str) -> (u16, String) {
    let (time, date) = ("20261122T100000Z", "20261122");
    let origin = client.server.origin();
    let host = signer.host.unwrap_or(origin.trim_start_matches("http://"));
    let payload = hex(&Sha256::digest(b""));
    let mut headers = vec![("host", host), ("x-amz-content-sha256", &payload), ("x-amz-date", time)];
    headers.extend(signer.session.map(|session| ("x-amz-security-token", session)));
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical = format!("GET\n{path}\n\n{lines}\n{names}\n{payload}");
    let scope = format!("{date}/auto/s3/aws4_request");
    let to_sign =
        format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
    let mut key = format!("AWS4{}", signer.secret).into_bytes();
    for part in [date, "auto", "s3", "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    let signature = hex(&hmac(&key, to_sign.as_bytes()));
    let credential = format!("{}/{scope}", signer.id);
    let header =
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}");
    let request = client.http.get(format!("{origin}{path}")).header("Authorization", header);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = request.send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("text"))
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(&key);
    let inner: Vec<u8> = block.iter().map(|b| b ^ 0x36).chain(message.iter().copied()).collect();
    let outer: Vec<u8> = block.iter().map(|b| b ^ 0x5c).chain(Sha256::digest(&inner)).collect();
    Sha256::digest(&outer).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[tokio::test]
async fn r2_answers_every_row_of_the_sheet() {
    let mut world = World::builder();
    let r2 = storage(&mut world);
    let other = world.account("Other");
    let client = Client::start(world.build()).await;
    let (own, elsewhere) =
        (format!("{}.r2.cloudflarestorage.com", r2.account), format!("{other}.r2.cloudflarestorage.com"));
    let right = r2.whole.secret_access_key.expose();
    let wrong = "0".repeat(64);
    let (whole, items, disabled) =
        (&r2.whole.access_key_id, &r2.items.access_key_id, &r2.disabled.access_key_id);
    type Case<'a> = (Option<&'a str>, &'a str, &'a str, &'a str, u16, &'a str);
    let cases: [Case<'_>; 9] = [
        (Some(&own), whole, right, "/", 200, "<Name>backups</Name>"),
        (None, whole, right, "/", 200, "<Name>backups</Name>"),
        (Some(&elsewhere), whole, right, "/", 401, "Unauthorized"),
        (None, whole, &wrong, "/", 403, "SignatureDoesNotMatch"),
        (None, items, r2.items.secret_access_key.expose(), "/", 403, "AccessDenied"),
        (None, items, r2.items.secret_access_key.expose(), "/backups", 200, "ListBucketResult"),
        (None, disabled, r2.disabled.secret_access_key.expose(), "/", 401, "Unauthorized"),
        (None, &"f".repeat(32), right, "/", 401, "Unauthorized"),
        (None, "AKIAFAKE", right, "/", 400, "has length 8, should be 32"),
    ];
    for (host, id, secret, path, status, words) in cases {
        let got = s3_get(&client, &Signer { id, secret, host, session: None }, path).await;
        assert_eq!(got.0, status, "{words}: {}", got.1);
        assert!(got.1.contains(words), "{words}: {}", got.1);
    }
    let seen = client.server.with_world(|world| format!("{:?}", world.seen()));
    assert!(!seen.contains(right));
}

#[tokio::test]
async fn an_account_without_r2_says_not_entitled() {
    let mut world = World::builder();
    let r2 = storage(&mut world);
    world.without_r2(&r2.account);
    let client = Client::start(world.build()).await;
    let (id, secret) = (&r2.whole.access_key_id, r2.whole.secret_access_key.expose());
    let got = s3_get(&client, &Signer { id, secret, host: None, session: None }, "/").await;
    assert_eq!(got.0, 403);
    assert!(got.1.contains("NotEntitled"));
}

#[tokio::test]
async fn temporary_credentials_need_their_session_and_die_with_their_parent() {
    let mut world = World::builder();
    let account = world.account("Acme");
    let user = world.user("ann@example.com");
    world.member(&user, &account, Role::SuperAdministrator);
    let groups = ["Workers R2 Storage Write", "Account API Tokens Write"];
    let parent = world.token(TokenSpec::of_account(&account).allow(&groups, On::Account(&account)));
    world.put(&format!("/accounts/{account}/r2/buckets"), json!({"name": "backups"}));
    let client = Client::start(world.build()).await;
    let path = format!("/accounts/{account}/r2/temp-access-credentials");
    let wish = |seconds: u32| {
        json!({
            "bucket": "backups",
            "parentAccessKeyId": parent.id,
            "permission": "admin-read-only",
            "ttlSeconds": seconds,
        })
    };

    let made = client.send(Auth::Bearer(&parent.value), "POST", &path, Some(wish(60))).await;
    let field = |name: &str| made.body["result"][name].as_str().expect("a credential").to_owned();
    let (id, secret, session) = (field("accessKeyId"), field("secretAccessKey"), field("sessionToken"));
    let with = Signer { id: &id, secret: &secret, host: None, session: Some(&session) };
    let without = Signer { session: None, ..with };
    assert_eq!(s3_get(&client, &without, "/backups").await.0, 401, "without the session token");
    assert_eq!(s3_get(&client, &with, "/backups").await.0, 200);
    assert_eq!(s3_get(&client, &with, "/").await.0, 403, "for one bucket only");
    assert_eq!(
        client.send(Auth::Bearer(&parent.value), "POST", &path, Some(wish(604_801))).await.status,
        400
    );
    let own = format!("/accounts/{account}/tokens/{}", parent.id);
    client.send(Auth::Bearer(&parent.value), "DELETE", &own, None).await;
    assert_eq!(s3_get(&client, &with, "/backups").await.0, 401, "the parent is gone");
}
