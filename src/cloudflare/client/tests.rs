use super::*;
use crate::cloudflare::endpoints;
use crate::cloudflare::stub::{Act, PATIENT, Seen, Stub, json, reply};
use crate::model::Secret;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn token() -> Secret {
    Secret::new(format!("cfut_{}", "Ab3".repeat(16)))
}

fn verify() -> Call {
    endpoints::verify_user_token(Auth::Bearer(token()))
}

fn token_of_somebody_else() -> Call {
    endpoints::verify_user_token(Auth::Bearer(Secret::new(format!("cfut_{}", "xY9".repeat(16)))))
}

async fn ask(stub: &Stub) -> Reply {
    stub.client().ask(&verify(), &mut Patience::for_one_credential()).await
}

async fn outcome(handler: impl Fn(&Seen, usize) -> Act + Send + Sync + 'static) -> (Outcome, usize) {
    let stub = Stub::start(handler).await;
    let reply = ask(&stub).await;
    (reply.outcome, stub.seen().len())
}

fn good() -> Act {
    json(
        200,
        &json!({"success": true, "errors": [], "messages": [{"code": 10000}], "result": {"status": "active"}}),
    )
}

#[tokio::test]
async fn a_request_is_what_cloudflare_expects_and_leaves_evidence() {
    let stub = Stub::start(|_, _| good()).await;
    let reply = ask(&stub).await;
    let seen = &stub.seen()[0];
    assert_eq!(stub.asked(), ["GET /client/v4/user/tokens/verify"]);
    assert_eq!(seen.header("user-agent"), USER_AGENT);
    assert_eq!(seen.header("accept"), "application/json");
    assert_eq!(seen.header("authorization"), format!("Bearer {}", token().expose()));
    assert_eq!(
        reply.asked,
        [Asked {
            endpoint: "GET /user/tokens/verify".into(),
            http: Some(200),
            code: Some(10000),
            ray: Some("8f00000000000001-FRA".into()),
            at: "2026-11-22T10:00:00Z".into(),
        }]
    );
}

#[tokio::test]
async fn nothing_shows_a_credential() {
    let stub = Stub::start(|seen, _| {
        let echo = seen.header("authorization").trim_start_matches("Bearer ").to_owned();
        reply(403, &format!("CF-Ray: {echo}\r\n"), &format!("<html>{echo}</html>"))
    })
    .await;
    let client = stub.client();
    let call = verify();
    let reply = client.ask(&call, &mut Patience::for_one_credential()).await;
    let request = client.request(&call, "2026-11-22T10:00:00Z".parse().unwrap()).unwrap();
    for shown in [format!("{reply:?}"), format!("{call:?}"), format!("{client:?}"), format!("{request:?}")] {
        assert!(!shown.contains("Ab3Ab3"), "{shown}");
    }
}

#[tokio::test]
async fn broken_answers_have_names() {
    let cut = |text: &str| {
        let text = text.to_owned();
        move |_: &Seen, _| Act::Send(text.clone().into())
    };
    let head = "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n";
    assert_eq!(
        outcome(cut(&format!("{head}{{\"success\":tr"))).await,
        (Outcome::Failed(Failure::Truncated(200)), 3)
    );
    assert_eq!(
        outcome(|_, _| reply(200, "", "{\"success\":tr")).await,
        (Outcome::Failed(Failure::Truncated(200)), 3)
    );
    assert_eq!(
        outcome(|_, _| reply(200, "", &" ".repeat(70 << 10))).await,
        (Outcome::Failed(Failure::TooLarge(200)), 1)
    );
    assert_eq!(outcome(|_, _| Act::HangUp).await, (Outcome::Failed(Failure::CutShort), 3));
    assert_eq!(outcome(cut("SSH-2.0-x\r\n")).await, (Outcome::Failed(Failure::CutShort), 3));
    assert_eq!(
        outcome(|_, _| reply(403, "", "<html>no</html>")).await,
        (Outcome::Answered(Answer { http: 403, body: Body::Html }), 1)
    );
}

#[tokio::test]
async fn slow_answers_time_out_whether_they_start_or_not() {
    for start in ["", "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n{"] {
        let stub = Stub::start(move |_, _| Act::Stall(start.into())).await;
        let reply = stub.hurried_client().ask(&verify(), &mut Patience::for_one_credential()).await;
        assert_eq!(reply.outcome, Outcome::Failed(Failure::Timeout), "{start:?}");
        assert_eq!(reply.asked.len(), 3, "{start:?}");
    }
}

#[tokio::test]
async fn a_closed_port_is_no_connection() {
    let stub = Stub::start(|_, _| good()).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = stub.at(format!("http://{closed}"));
    let reply = ask(&nobody).await;
    assert_eq!(reply.outcome, Outcome::Failed(Failure::Connect));
    assert_eq!(reply.asked.len(), 3);
    assert_eq!(reply.asked[0].http, None);
}

#[tokio::test]
async fn a_host_that_cannot_be_reached_is_not_tried_for_every_credential() {
    let stub = Stub::start(|_, _| good()).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = stub.at(format!("http://{closed}")).client();
    let mut tried = Vec::new();
    for _ in 0..4 {
        let reply = client.ask(&verify(), &mut Patience::for_one_credential()).await;
        assert_eq!(reply.outcome, Outcome::Failed(Failure::Connect));
        tried.push(reply.asked.len());
    }
    assert_eq!(tried, [3, 3, 0, 0]);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_a_tls_failure_and_asked_once() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    let stub = Stub::start(|_, _| good()).await;
    let reply = ask(&stub.at(origin)).await;
    assert_eq!((reply.outcome, reply.asked.len()), (Outcome::Failed(Failure::Tls), 1));
}

#[tokio::test]
async fn a_redirect_is_an_outcome_and_not_followed() {
    let elsewhere = Stub::start(|_, _| good()).await;
    let location = format!("Location: {}/client/v4/user/tokens/verify\r\n", elsewhere.origin);
    for http in [301, 302, 303, 307, 308] {
        let location = location.clone();
        let found = outcome(move |_, _| reply(http, &location, "")).await;
        assert_eq!(found, (Outcome::Failed(Failure::Redirect(http)), 1));
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_value_no_header_can_hold_is_malformed_and_never_sent() {
    let stub = Stub::start(|_, _| good()).await;
    for value in ["with\nnewline", "with\0nul", "wïth"] {
        let call = endpoints::verify_user_token(Auth::Bearer(Secret::new(value)));
        let reply = stub.client().ask(&call, &mut Patience::for_one_credential()).await;
        assert_eq!(reply.outcome, Outcome::Failed(Failure::Malformed), "{value:?}");
        assert!(reply.asked.is_empty());
    }
    assert!(stub.seen().is_empty());
}

#[tokio::test]
async fn what_passes_is_asked_again_and_each_request_is_on_record() {
    let stub = Stub::start(|_, before| match before {
        0 => reply(502, "", "<html>bad gateway</html>"),
        1 => Act::HangUp,
        _later => good(),
    })
    .await;
    let reply = ask(&stub).await;
    assert!(matches!(reply.outcome, Outcome::Answered(Answer { http: 200, .. })), "{:?}", reply.outcome);
    let statuses: Vec<_> = reply.asked.iter().map(|asked| asked.http).collect();
    assert_eq!(statuses, [Some(502), None, Some(200)]);
}

#[tokio::test]
async fn a_long_retry_after_is_not_waited_for() {
    let (outcome, tries) = outcome(|_, _| reply(429, "Retry-After: 61\r\n", "{}")).await;
    let wait = Some(Duration::from_secs(61));
    assert_eq!(outcome, Outcome::Failed(Failure::RateLimited { http: 429, retry_after: wait }));
    assert_eq!(tries, 1);
}

#[tokio::test]
async fn a_short_retry_after_is_honoured() {
    let stub = Stub::start(|_, before| match before {
        0 => reply(429, "Retry-After: 1\r\n", r#"{"success":false,"errors":[{"code":971}]}"#),
        _later => good(),
    })
    .await;
    let reply = ask(&stub).await;
    assert!(matches!(reply.outcome, Outcome::Answered(_)));
    let seen = stub.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_secs(1));
}

#[tokio::test]
async fn code_971_is_a_rate_limit_in_a_200_too() {
    let (outcome, tries) =
        outcome(|_, _| json(200, &json!({"success": false, "errors": [{"code": 971}]}))).await;
    assert_eq!(outcome, Outcome::Failed(Failure::RateLimited { http: 200, retry_after: None }));
    assert_eq!(tries, 3);
}

#[tokio::test]
async fn after_a_used_up_ratelimit_this_credential_waits_and_others_do_not() {
    let stub = Stub::start(|_, _| {
        reply(200, "Ratelimit: \"default\";r=0;t=120\r\n", r#"{"success":true,"errors":[],"result":[]}"#)
    })
    .await;
    let client = stub.client();
    let mut patience = Patience::for_one_credential();
    assert!(matches!(client.ask(&verify(), &mut patience).await.outcome, Outcome::Answered(_)));
    let second = client.ask(&verify(), &mut patience).await;
    assert!(matches!(second.outcome, Outcome::Failed(Failure::RateLimited { .. })), "{:?}", second.outcome);
    assert_eq!(stub.seen().len(), 1);
    let other = client.ask(&verify(), &mut Patience::for_one_credential()).await;
    assert!(matches!(other.outcome, Outcome::Answered(_)));
}

#[tokio::test]
async fn lock_out_ends_everything() {
    let stub = Stub::start(|_, _| {
        json(
            403,
            &json!({"success": false, "errors": [{"code": 9109, "message": "Max auth failures reached"}]}),
        )
    })
    .await;
    let client = stub.client();
    for _ in 0..3 {
        let reply = client.ask(&verify(), &mut Patience::for_one_credential()).await;
        assert_eq!(reply.outcome, Outcome::Failed(Failure::LockedOut));
    }
    assert_eq!(stub.seen().len(), 1);
    assert!(client.is_locked_out());
}

#[tokio::test]
async fn a_credential_takes_six_requests_and_no_seventh() {
    let stub = Stub::start(|_, _| reply(503, "", "")).await;
    let client = stub.client();
    let mut patience = Patience::for_one_credential();
    for _ in 0..4 {
        client.ask(&verify(), &mut patience).await;
    }
    assert_eq!(stub.seen().len(), 6);
}

#[tokio::test]
async fn after_a_failed_authentication_nobody_is_sent_before_the_gap_is_over() {
    let stub = Stub::start(|_, _| json(401, &json!({"success": false, "errors": [{"code": 1000}]}))).await;
    // The gap never ends within this test: what is sent in it would be seen.
    let pace = Pace { failure_gap: Duration::from_secs(1 << 20), requests: 1000, window: Duration::ZERO };
    let client = stub.client_with(PATIENT, pace);
    client.ask(&verify(), &mut Patience::for_one_credential()).await;
    let closer = async {
        tokio::task::yield_now().await;
        client.budget.close();
    };
    let (call, mut patience) = (token_of_somebody_else(), Patience::for_one_credential());
    let (second, ()) = tokio::join!(client.ask(&call, &mut patience), closer);
    assert_eq!(second.outcome, Outcome::Failed(Failure::LockedOut));
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn a_proxy_is_never_asked_for_this_machine() {
    // The room reads no environment, so this looks at what was built: one client, without proxies.
    let stub = Stub::start(|_, _| good()).await;
    assert!(stub.client().proxied.is_none());
}

#[tokio::test]
async fn a_global_key_and_a_form_travel_as_documented() {
    let stub = Stub::start(|_, _| good()).await;
    let client = stub.client();
    let auth = Auth::GlobalKey { email: "a@example.com".into(), key: Secret::new("0123456789abcdef") };
    client.ask(&endpoints::user(auth), &mut Patience::for_one_credential()).await;
    client.ask(&endpoints::siteverify(&Secret::new("0x4 &=+")), &mut Patience::for_one_credential()).await;
    let seen = stub.seen();
    assert_eq!(seen[0].header("x-auth-email"), "a@example.com");
    assert_eq!(seen[0].header("x-auth-key"), "0123456789abcdef");
    assert_eq!(stub.asked()[1], "POST /turnstile/v0/siteverify");
    assert_eq!(seen[1].header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(seen[1].body, "secret=0x4+%26%3D%2B&response=dummy");
}
