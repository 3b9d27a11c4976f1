//! What the fake says to every kind of credential in every state (CLOUDFLARE.md 2.2 to 2.4).

use super::drill_client::{Auth, Client};
use cfleak::drill::{
    AccountsList, Builder, Choices, FromElsewhere, On, Propagation, Role, Shape, Status, TokenSpec, TooEarly,
    World, WrongDoor,
};
use cfleak::model::Secret;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

fn in_hours(builder: &Builder, hours: i64) -> Timestamp {
    builder.now().checked_add(SignedDuration::from_hours(hours)).expect("in range")
}

#[tokio::test]
async fn verify_answers_200_for_active_disabled_and_expired_alike() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let account = world.account("Acme");
    let (soon, past) = (in_hours(&world, 1), in_hours(&world, -1));
    let of_user = || TokenSpec::of_user(&user);
    let of_account = || TokenSpec::of_account(&account);
    let for_account = format!("/accounts/{account}/tokens/verify");
    let for_user = "/user/tokens/verify".to_owned();
    let cases = [
        (&for_user, of_user(), "active"),
        (&for_user, of_user().legacy(), "active"),
        (&for_user, of_user().status(Status::Disabled), "disabled"),
        (&for_user, of_user().status(Status::Expired), "expired"),
        (&for_user, of_user().expires_on(past), "expired"),
        (&for_user, of_user().expires_on(soon), "active"),
        (&for_user, of_user().not_before(soon), "active"),
        (&for_user, of_user().status(Status::Other("exposed".to_owned())), "exposed"),
        (&for_account, of_account(), "active"),
        (&for_account, of_account().legacy(), "active"),
        (&for_account, of_account().status(Status::Disabled), "disabled"),
        (&for_account, of_account().expires_on(past), "expired"),
    ];
    let minted: Vec<_> =
        cases.map(|(path, spec, status)| (path, world.token(spec), status)).into_iter().collect();
    let client = Client::start(world.build()).await;
    for (path, token, status) in minted {
        let got = client.get(Auth::Bearer(&token.value), path).await;
        assert_eq!((got.status, got.body["success"].clone()), (200, json!(true)), "{status}");
        assert_eq!(got.body["result"]["id"], json!(token.id));
        assert_eq!(got.body["result"]["status"], json!(status));
        let message = got.body["messages"][0]["code"].as_i64();
        assert_eq!(message, (status == "active").then_some(10000), "{status}");
    }
}

#[tokio::test]
async fn every_wrong_door_looks_as_the_sheet_says() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let (account, other) = (world.account("Acme"), world.account("Other"));
    let all = [SignedDuration::from_hours(1)];
    let user_token = world.token(TokenSpec::of_user(&user)).value;
    let deploy = TokenSpec::of_account(&account).allow(&["Workers Scripts Write"], On::Account(&account));
    let account_token = world.token(deploy).value;
    let oauth = world.login(&user, &["user:read"], Shape::Prefixed, all[0]).access;
    let stray = world.stray("cfut_");
    let client = Client::start(world.build()).await;
    let own = format!("/accounts/{account}/tokens/verify");
    let wrong = format!("/accounts/{other}/tokens/verify");
    let cases: [(&Secret, &str, (u16, i64)); 9] = [
        (&account_token, "/user/tokens/verify", (401, 1000)),
        (&oauth, "/user/tokens/verify", (401, 1000)),
        (&stray, "/user/tokens/verify", (401, 1000)),
        (&user_token, &own, (401, 1000)),
        (&account_token, &wrong, (401, 1000)),
        (&account_token, "/accounts/not-an-id/tokens/verify", (404, 7003)),
        (&account_token, "/memberships", (400, 9106)),
        (&account_token, "/user", (403, 9109)),
        (&account_token, "/accounts", (200, 0)),
    ];
    for (value, path, expected) in cases {
        assert_eq!(client.get(Auth::Bearer(value), path).await.refusal(), expected, "{path}");
    }
    let accounts = client.get(Auth::Bearer(&account_token), "/accounts").await;
    assert_eq!(accounts.body["result"].as_array().map(Vec::len), Some(1));
    assert_eq!(accounts.body["result"][0]["id"], json!(account));
}

#[tokio::test]
async fn unknown_points_are_switches() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let (account, other) = (world.account("Acme"), world.account("Other"));
    let later = in_hours(&world, 1);
    let account_token = world.token(TokenSpec::of_account(&account)).value;
    let user_token = world.token(TokenSpec::of_user(&user)).value;
    let elsewhere = world.token(TokenSpec::of_user(&user).only_from("192.0.2.0/24")).value;
    let early = world.token(TokenSpec::of_user(&user).not_before(later)).value;
    let client = Client::start(world.build()).await;
    let wrong = format!("/accounts/{other}/tokens/verify");
    type Switch = fn(&mut Choices);
    let verify = "/user/tokens/verify";
    let cases: [(Switch, &Secret, &str, (u16, i64)); 10] = [
        (|c| c.account_token_on_user_verify = 403, &account_token, verify, (403, 1000)),
        (|c| c.user_token_on_account_verify = WrongDoor::Unauthorized, &user_token, &wrong, (403, 9109)),
        (
            |c| c.wrong_account_on_verify = WrongDoor::AuthenticationError,
            &account_token,
            &wrong,
            (403, 10000),
        ),
        (|c| c.wrong_account_on_verify = WrongDoor::Unauthorized, &account_token, &wrong, (403, 9109)),
        (|c| c.accounts_for_account_tokens = AccountsList::Refused, &account_token, "/accounts", (400, 1001)),
        (|c| c.verify_from_elsewhere = FromElsewhere::Active, &elsewhere, verify, (200, 0)),
        (|c| c.verify_from_elsewhere = FromElsewhere::Location, &elsewhere, verify, (403, 9109)),
        (|c| c.verify_from_elsewhere = FromElsewhere::InvalidToken, &elsewhere, verify, (401, 1000)),
        (|c| c.verify_too_early = TooEarly::InvalidToken, &early, verify, (401, 1000)),
        (|c| c.bad_identifier = 400, &user_token, "/accounts/x/tokens/verify", (400, 7003)),
    ];
    for (switch, value, path, expected) in cases {
        client.server.with_world(|world| switch(world.choices_mut()));
        assert_eq!(client.get(Auth::Bearer(value), path).await.refusal(), expected, "{path}");
    }
}

#[tokio::test]
async fn the_same_invalid_token_gets_different_codes_on_different_endpoints() {
    let mut world = World::builder();
    let stray = world.stray("cfat_");
    let client = Client::start(world.build()).await;
    for (path, expected, words) in [
        ("/user/tokens/verify", (401, 1000), "Invalid API Token"),
        ("/zones", (403, 9109), "Invalid access token"),
        ("/accounts", (403, 9109), "Invalid access token"),
        ("/memberships", (400, 9106), "Authentication failed (status: 400)"),
    ] {
        let got = client.get(Auth::Bearer(&stray), path).await;
        assert_eq!((got.refusal(), got.message()), (expected, words), "{path}");
    }
}

#[tokio::test]
async fn malformed_and_missing_headers_are_told_apart() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let key = world.global_key(&user, Shape::Legacy);
    let new_key = world.stray("cfk_");
    let client = Client::start(world.build()).await;
    let chained = |got: &super::drill_client::Got| got.body["errors"][0]["error_chain"][0]["code"].as_i64();
    type Case<'a> = (Auth<'a>, &'a str, (u16, i64), Option<i64>);
    let cases: [Case<'_>; 8] = [
        (Auth::Nothing, "/user/tokens/verify", (401, 1001), None),
        (Auth::Nothing, "/zones", (400, 9106), None),
        (Auth::Bearer(&key), "/user/tokens/verify", (400, 6003), Some(6111)),
        (Auth::Bearer(&new_key), "/zones", (400, 6003), Some(6111)),
        (
            Auth::Headers(&[("X-Auth-Key", "short"), ("X-Auth-Email", "a@example.com")]),
            "/user",
            (400, 6003),
            Some(6103),
        ),
        (Auth::Key("no address", &key), "/user", (400, 6003), Some(6102)),
        (Auth::Headers(&[("X-Auth-Email", "a@example.com")]), "/user", (400, 9107), None),
        (Auth::Key("bob@example.com", &key), "/user", (403, 9103), None),
    ];
    for (auth, path, expected, chain) in cases {
        let got = client.get(auth, path).await;
        assert_eq!((got.refusal(), chained(&got)), (expected, chain), "{path}");
    }
    let right = client.get(Auth::Key("ann@example.com", &key), "/user").await;
    assert_eq!(right.body["result"]["email"], json!("ann@example.com"));
}

#[tokio::test]
async fn a_restricted_token_is_told_its_location() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let account = world.account("Acme");
    world.member(&user, &account, Role::SuperAdministrator);
    let token =
        world.token(TokenSpec::of_user(&user).only_from("192.0.2.0/24").never_from("192.0.2.9")).value;
    let mut world = world.build();
    world.choices_mut().honour_client_header = true;
    let client = Client::start(world).await;
    let bearer = format!("Bearer {}", token.expose());
    for (address, expected) in [("192.0.2.1", 200), ("192.0.2.9", 403), ("203.0.113.1", 403)] {
        let headers = [("Authorization", bearer.as_str()), ("x-drill-client-ip", address)];
        let got = client.get(Auth::Headers(&headers), "/user/tokens/verify").await;
        assert_eq!(got.status, expected, "{address}");
        if expected == 403 {
            assert_eq!(got.message(), format!("Cannot use the access token from location: {address}"));
        }
    }
}

#[tokio::test]
async fn lock_out_spares_nobody_and_ends() {
    let (clock, hand) = cfleak::drill::Clock::manual("2026-11-22T10:00:00Z".parse().expect("a time"));
    let mut world = World::builder().clock(clock);
    let user = world.user("ann@example.com");
    let good = world.token(TokenSpec::of_user(&user)).value;
    let stray = world.stray("cfut_");
    let mut world = world.build();
    world.choices_mut().lockout.failures = 3;
    let client = Client::start(world).await;
    for _ in 0..3 {
        assert_eq!(client.get(Auth::Bearer(&stray), "/user/tokens/verify").await.refusal(), (401, 1000));
    }
    let locked = client.get(Auth::Bearer(&good), "/user/tokens/verify").await;
    assert_eq!((locked.refusal(), locked.message()), ((403, 9109), "Max auth failures reached"));
    hand.advance(SignedDuration::from_mins(6));
    assert_eq!(client.get(Auth::Bearer(&good), "/user/tokens/verify").await.status, 200);
}

#[tokio::test]
async fn over_the_rate_all_calls_of_the_user_fail_with_retry_after() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let one = world.token(TokenSpec::of_user(&user)).value;
    let two = world.token(TokenSpec::of_user(&user)).value;
    let mut world = world.build();
    world.choices_mut().quota.requests = 2;
    let client = Client::start(world).await;
    let first = client.get(Auth::Bearer(&one), "/user/tokens/verify").await;
    assert_eq!(first.header("Ratelimit"), "\"default\";r=1;t=300");
    assert_eq!(first.header("Ratelimit-Policy"), "\"default\";q=2;w=300");
    client.get(Auth::Bearer(&one), "/user/tokens/verify").await;
    let over = client.get(Auth::Bearer(&two), "/user/tokens/verify").await;
    assert_eq!((over.refusal(), over.header("Retry-After")), ((429, 971), "300"));
}

#[tokio::test]
async fn a_disabled_token_may_still_answer_for_a_while() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let leaked = world.token(TokenSpec::of_user(&user).allow(&["User Details Read"], On::User(&user)));
    let admin = world.token(TokenSpec::of_user(&user).allow(&["API Tokens Write"], On::User(&user))).value;
    let mut world = world.build();
    world.choices_mut().propagation = Propagation::Requests(2);
    let client = Client::start(world).await;
    let path = format!("/user/tokens/{}", leaked.id);
    let mut record = client.get(Auth::Bearer(&admin), &path).await.body["result"].clone();
    record["status"] = json!("disabled");
    let put = client.send(Auth::Bearer(&admin), "PUT", &path, Some(record)).await;
    assert_eq!(put.body["result"]["status"], json!("disabled"));
    let mut seen = Vec::new();
    for _ in 0..4 {
        let got = client.get(Auth::Bearer(&leaked.value), "/user/tokens/verify").await;
        seen.push(got.body["result"]["status"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(seen, ["active", "active", "disabled", "disabled"]);
}

#[tokio::test]
async fn the_request_log_tells_who_was_asked_and_no_secret() {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let good = world.token(TokenSpec::of_user(&user)).value;
    let stray = world.stray("cfut_");
    let client = Client::start(world.build()).await;
    client.get(Auth::Bearer(&good), "/user/tokens/verify?x=1").await;
    client.get(Auth::Bearer(&stray), "/user/tokens/verify").await;
    let seen = client.server.with_world(|world| world.seen().to_vec());
    use cfleak::drill::Access;
    let rows: Vec<_> = seen.iter().map(|s| (s.path.as_str(), s.access, s.status, s.mutating)).collect();
    let path = "/client/v4/user/tokens/verify";
    assert_eq!(rows, [(path, Access::Valid, 200, false), (path, Access::Invalid, 401, false)]);
    assert_eq!(seen[0].credential, Some(cfleak::model::Fingerprint::of(&good)));
    let text = format!("{seen:?}");
    assert!(!text.contains(good.expose()) && !text.contains(stray.expose()));
}
