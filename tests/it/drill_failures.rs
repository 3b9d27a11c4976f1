//! Trouble on demand, as a client meets it.

use super::drill_client::{Auth, Client};
use cfleak::drill::{FailureKind, FailureRule, Minted, On, TokenSpec, World};
use cfleak::model::Secret;
use serde_json::json;
use std::time::Duration;

const VERIFY: &str = "/user/tokens/verify";

async fn with(rule: FailureRule) -> (Client, Minted) {
    let mut world = World::builder();
    let user = world.user("ann@example.com");
    let token = world.token(TokenSpec::of_user(&user).allow(&["API Tokens Write"], On::User(&user)));
    let mut world = world.build();
    world.fail(rule);
    (Client::start(world).await, token)
}

#[tokio::test]
async fn answers_that_are_not_the_api() {
    let cases = [
        (FailureKind::Error { status: 200, code: 971, message: "Please wait".to_owned() }, (200, 971)),
        (FailureKind::Error { status: 400, code: 1000, message: "Request timeout".to_owned() }, (400, 1000)),
        (FailureKind::RateLimited { retry_after: 7 }, (429, 971)),
        (FailureKind::Html(403), (403, 0)),
        (
            FailureKind::Body { status: 200, content_type: "application/xml", body: "<x/>".to_owned() },
            (200, 0),
        ),
        (FailureKind::Redirect("http://127.0.0.1:9/elsewhere".to_owned()), (302, 0)),
        (FailureKind::Huge(3 << 20), (200, 0)),
    ];
    for (kind, expected) in cases {
        let (client, token) = with(FailureRule::new("*/verify", kind).nth(1)).await;
        let got = client.get(Auth::Bearer(&token.value), VERIFY).await;
        assert_eq!(got.refusal(), expected);
        assert!(got.header("cf-ray").ends_with("-DRL"));
        let second = client.get(Auth::Bearer(&token.value), VERIFY).await;
        assert_eq!(second.body["result"]["status"], json!("active"), "only the first one fails");
    }
}

#[tokio::test]
async fn a_cut_answer_arrives_short_and_a_reset_not_at_all() {
    for kind in [FailureKind::Truncated, FailureKind::Reset] {
        let (client, token) = with(FailureRule::new("*/verify", kind.clone()).nth(1)).await;
        let got = client.try_send(Auth::Bearer(&token.value), "GET", VERIFY, None).await;
        assert!(got.is_err(), "{kind:?}");
        assert_eq!(client.get(Auth::Bearer(&token.value), VERIFY).await.status, 200);
    }
}

#[tokio::test]
async fn silence_and_a_stalled_body_last_until_the_client_gives_up() {
    for kind in [FailureKind::Timeout, FailureKind::Stalled] {
        let (client, token) = with(FailureRule::new("*/verify", kind).nth(1)).await;
        let waiting = client.try_send(Auth::Bearer(&token.value), "GET", VERIFY, None);
        assert!(tokio::time::timeout(Duration::from_millis(200), waiting).await.is_err());
        assert_eq!(client.get(Auth::Bearer(&token.value), VERIFY).await.status, 200);
    }
}

#[tokio::test]
async fn a_change_can_be_done_and_its_answer_lost() {
    let rule = FailureRule::new("*/tokens/*/value", FailureKind::Reset).after_doing().nth(1);
    let (client, token) = with(rule).await;
    let path = format!("/user/tokens/{}/value", token.id);
    let lost = client.try_send(Auth::Bearer(&token.value), "PUT", &path, Some(json!({}))).await;
    assert!(lost.is_err());
    assert_eq!(client.get(Auth::Bearer(&token.value), VERIFY).await.refusal(), (401, 1000), "it was rolled");
    let mutating = client.server.with_world(|world| world.seen().iter().filter(|s| s.mutating).count());
    assert_eq!(mutating, 1);
}

#[tokio::test]
async fn a_failure_instead_leaves_everything_as_it_was() {
    let (client, token) =
        with(FailureRule::status("*/tokens/*", 500).method("DELETE".parse().expect("a method"))).await;
    let path = format!("/user/tokens/{}", token.id);
    assert_eq!(client.send(Auth::Bearer(&token.value), "DELETE", &path, None).await.refusal(), (500, 10001));
    assert_eq!(client.get(Auth::Bearer(&token.value), VERIFY).await.status, 200);
}

#[tokio::test]
async fn the_drill_serves_loopback_only() {
    let address = "0.0.0.0:0".parse().expect("an address");
    let refused =
        cfleak::drill::Server::start(World::builder().build(), address).await.expect_err("not loopback");
    assert_eq!(refused.to_string(), "the drill serves on loopback only, not on 0.0.0.0:0");
}

#[tokio::test]
async fn an_address_that_asks_too_fast_is_told_so() {
    let mut world = World::builder().build();
    world.choices_mut().quota.per_second_and_address = 3;
    let client = Client::start(world).await;
    let stray = Secret::new("x".repeat(40));
    for _ in 0..3 {
        client.get(Auth::Bearer(&stray), VERIFY).await;
    }
    let over = client.get(Auth::Bearer(&stray), VERIFY).await;
    assert_eq!((over.refusal(), over.header("retry-after")), ((429, 971), "1"));
}
