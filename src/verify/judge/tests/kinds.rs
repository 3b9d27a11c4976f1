//! Every kind, in every state, against every way to answer.

use super::*;

#[tokio::test]
async fn a_user_token_in_every_state() {
    for (answer, expected) in [
        ((|| status("active")) as fn() -> Act, "live"),
        (|| status("disabled"), "disabled"),
        (|| status("expired"), "expired"),
        (|| status("exposed"), "unknown"),
        (
            || success(json!({"id": "f", "status": "active", "not_before": "2026-12-01T00:00:00Z"})),
            "not_yet_active",
        ),
        (|| success(json!({"id": "f", "status": "active", "not_before": "2026-01-01T00:00:00Z"})), "live"),
        (not_a_user_token, "dead"),
        (invalid, "dead"),
        (|| refuse(403, 9109, "Cannot use the access token from location: 192.0.2.1"), "restricted"),
        (|| refuse(403, 9109, "Max auth failures reached"), "unknown"),
        (|| refuse(403, 9109, "Something new"), "unknown"),
        (|| refuse(401, 10000, "Authentication error"), "unknown"),
        (|| refuse(400, 6003, "Invalid request headers"), "unknown"),
        (|| refuse(400, 1000, "Request timeout"), "unknown"),
        (|| refuse(500, 1000, "Invalid API Token"), "unknown"),
        (|| refuse(404, 7000, "No route for that URI"), "unknown"),
        (|| refuse(200, 971, "Please wait"), "unknown"),
        (|| reply(429, "Retry-After: 3600\r\n", "{}"), "unknown"),
        (|| reply(403, "", "<html>blocked</html>"), "unknown"),
        (|| reply(200, "", "<html>log in</html>"), "unknown"),
        (|| reply(200, "", "{}"), "unknown"),
        (|| reply(200, "", "{\"success\":true}"), "unknown"),
        (|| reply(204, "", ""), "unknown"),
        (|| reply(301, "Location: https://evil.example/\r\n", ""), "unknown"),
        (|| reply(502, "", "<html>"), "unknown"),
        (|| Act::HangUp, "unknown"),
    ] {
        let found = state(user_token(), move |seen| match path(seen) {
            "/user/tokens/verify" => answer(),
            _elsewhere => invalid(),
        });
        assert_eq!(found.await, expected);
    }
}

#[tokio::test]
async fn before_a_user_token_is_called_dead_a_second_voice_is_heard() {
    for (second, expected) in [
        (
            (|| refuse(403, 9109, "Cannot use the access token from location: 192.0.2.1")) as fn() -> Act,
            "restricted",
        ),
        (|| success(json!([])), "live"),
        (|| refuse(403, 10000, "Forbidden"), "live"),
        (invalid, "dead"),
        (|| refuse(401, 10000, "Authentication error"), "dead"),
        (|| refuse(404, 7000, "No route for that URI"), "dead"),
        (|| reply(404, "", "<html>"), "dead"),
        (|| Act::HangUp, "dead"),
        (|| reply(429, "Retry-After: 3600\r\n", ""), "unknown"),
        (|| refuse(403, 9109, "Max auth failures reached"), "unknown"),
    ] {
        let found = state(user_token(), move |seen| match path(seen) {
            "/user/tokens/verify" => not_a_user_token(),
            _second => second(),
        });
        assert_eq!(found.await, expected);
    }
}

/// A server that never answers is told from a slow one by patience alone, which is short here.
#[tokio::test]
async fn silence_is_unknown_at_the_first_question_and_at_the_second() {
    let stub = Stub::start(|_, _| Act::Stall(Vec::new())).await;
    assert_eq!(judge_with(stub.hurried_client(), &[user_token()]).await[0].verdict.state(), "unknown");
    let stub = Stub::start(|seen, _| match path(seen) {
        "/user/tokens/verify" => not_a_user_token(),
        _second => Act::Stall(Vec::new()),
    })
    .await;
    assert_eq!(judge_with(stub.hurried_client(), &[user_token()]).await[0].verdict.state(), "unknown");
}

#[tokio::test]
async fn a_live_token_tells_what_it_sees() {
    let (verdict, asked) = verdict(user_token(), |seen, _| match path(seen) {
        "/user/tokens/verify" => status("active"),
        "/accounts" if seen.query == "per_page=50" => success(json!([{"id": ACCOUNT, "name": "Example"}])),
        "/zones" if seen.query == "per_page=50" => json(
            200,
            &json!({"success": true, "errors": [], "result_info": {"total_count": 70},
                "result": [{"id": OTHER, "name": "example.com", "account": {"id": ACCOUNT, "name": "Example"}}]}),
        ),
        _other => refuse(404, 7000, "No route for that URI"),
    })
    .await;
    let Verdict::Live(grant) = verdict else { panic!("{verdict:?}") };
    assert_eq!(grant.token_id, Some("f".repeat(32)));
    assert_eq!(grant.expires_on.as_deref(), Some("2027-01-01T00:00:00Z"));
    assert_eq!(grant.accounts, [(ACCOUNT.to_owned(), "Example".to_owned())]);
    assert_eq!(grant.zones, [(OTHER.to_owned(), "example.com".to_owned())]);
    assert_eq!(grant.zones_total, Some(70));
    assert_eq!(asked, ["GET /user/tokens/verify", "GET /accounts", "GET /zones"]);
}

#[tokio::test]
async fn looking_around_corrects_or_leaves_the_verdict_but_never_kills() {
    for (elsewhere, expected) in [
        (
            (|| refuse(403, 9109, "Cannot use the access token from location: 192.0.2.1")) as fn() -> Act,
            "restricted",
        ),
        (|| refuse(403, 10000, "Forbidden"), "live"),
        (invalid, "live"),
        (|| reply(500, "", ""), "live"),
        (|| reply(429, "Retry-After: 5\r\n", ""), "live"),
        (|| refuse(403, 9109, "Max auth failures reached"), "live"),
        (|| Act::HangUp, "live"),
    ] {
        let found = state(user_token(), move |seen| match path(seen) {
            "/user/tokens/verify" => status("active"),
            _elsewhere => elsewhere(),
        });
        assert_eq!(found.await, expected);
    }
}

#[tokio::test]
async fn an_account_token_is_judged_in_its_own_account() {
    let right = format!("/accounts/{ACCOUNT}/tokens/verify");
    let (verdict, asked) =
        verdict(beside(beside(account_token(), OTHER), ACCOUNT), move |seen, _| match path(seen) {
            path if path == right => status("disabled"),
            _wrong => not_a_user_token(),
        })
        .await;
    assert_eq!(verdict.state(), "disabled");
    assert_eq!(asked.len(), 2, "{asked:?}");
}

#[tokio::test]
async fn an_account_token_without_context_finds_its_account() {
    let by_accounts = |seen: &Seen| match path(seen) {
        "/accounts" => success(json!([{"id": ACCOUNT, "name": "Example"}])),
        path if path.contains(ACCOUNT) => status("active"),
        _other => success(json!([])),
    };
    assert_eq!(state(account_token(), by_accounts).await, "live");
    let by_zones = |seen: &Seen| match path(seen) {
        "/accounts" => refuse(400, 1001, "List accounts endpoint does not support account owned tokens."),
        "/zones" => {
            success(json!([{"id": OTHER, "name": "example.com", "account": {"id": ACCOUNT, "name": "E"}}]))
        }
        path if path.contains(ACCOUNT) => status("expired"),
        _other => invalid(),
    };
    assert_eq!(state(account_token(), by_zones).await, "expired");
}

#[tokio::test]
async fn an_account_token_is_dead_only_by_two_voices() {
    type Answer = fn() -> Act;
    let forbidden: Answer = || refuse(403, 10000, "Forbidden");
    let location: Answer = || refuse(403, 9109, "Cannot use the access token from location: 192.0.2.1");
    let vague: Answer = || refuse(401, 10000, "Authentication error");
    let empty: Answer = || success(json!([]));
    let broken: Answer = || reply(500, "", "");
    for (accounts, zones, expected) in [
        (invalid as Answer, invalid as Answer, "dead"),
        (invalid, vague, "unknown"),
        (vague, invalid, "unknown"),
        (invalid, broken, "unknown"),
        (invalid, forbidden, "live"),
        (invalid, location, "restricted"),
        (location, invalid, "restricted"),
        (empty, empty, "live"),
        (not_a_user_token, not_a_user_token, "unknown"),
    ] {
        let found = state(beside(account_token(), OTHER), move |seen| match path(seen) {
            "/accounts" => accounts(),
            "/zones" => zones(),
            _guess => not_a_user_token(),
        });
        assert_eq!(found.await, expected);
    }
}

#[tokio::test]
async fn a_legacy_token_may_be_anybodys() {
    let of_a_user = |seen: &Seen| match path(seen) {
        "/user/tokens/verify" => status("active"),
        _other => success(json!([])),
    };
    assert_eq!(state(legacy_token(), of_a_user).await, "live");
    let of_an_account = |seen: &Seen| match path(seen) {
        path if path.contains(ACCOUNT) => status("active"),
        "/accounts" | "/zones" => success(json!([{"id": ACCOUNT, "account": {"id": ACCOUNT}}])),
        _other => not_a_user_token(),
    };
    assert_eq!(state(legacy_token(), of_an_account).await, "live");
    assert_eq!(state(beside(legacy_token(), ACCOUNT), of_an_account).await, "live");
    let of_nobody = |seen: &Seen| match path(seen) {
        "/accounts" | "/zones" => invalid(),
        _verify => not_a_user_token(),
    };
    assert_eq!(state(legacy_token(), of_nobody).await, "dead");
    let verify_is_down = |seen: &Seen| match path(seen) {
        "/accounts" | "/zones" => invalid(),
        _verify => reply(503, "", ""),
    };
    assert_eq!(state(legacy_token(), verify_is_down).await, "unknown");
}

#[tokio::test]
async fn a_key_is_refuted_pair_by_pair() {
    let fits = |seen: &Seen| match seen.header("x-auth-email") {
        "right@example.com" if path(seen) == "/user" => {
            success(json!({"id": "u", "email": "right@example.com"}))
        }
        "right@example.com" => success(json!([])),
        _other => refuse(403, 9103, "Unknown X-Auth-Key or X-Auth-Email"),
    };
    let (found, asked) =
        verdict(global_key(&["wrong@example.com", "right@example.com"]), move |seen, _| fits(seen)).await;
    let Verdict::Live(grant) = found else { panic!("{found:?}") };
    assert_eq!(grant.email.as_deref(), Some("right@example.com"));
    assert_eq!(asked, ["GET /user", "GET /user", "GET /accounts", "GET /zones"]);
    assert_eq!(state(global_key(&["wrong@example.com"]), fits).await, "unknown");
    let (found, asked) = verdict(global_key(&[]), move |seen, _| fits(seen)).await;
    assert_eq!(found, Verdict::NotChecked(NotCheckedReason::NeedsEmail));
    assert!(asked.is_empty());
}

#[tokio::test]
async fn an_email_with_an_impossible_character_does_not_stop_the_others() {
    let fits = |seen: &Seen| match seen.header("x-auth-email") {
        "right@example.com" => success(json!({"id": "u"})),
        _other => refuse(403, 9103, "Unknown X-Auth-Key or X-Auth-Email"),
    };
    assert_eq!(state(global_key(&["wr\u{f6}ng@example.com", "right@example.com"]), fits).await, "live");
}

#[tokio::test]
async fn an_oauth_token_needs_no_particular_scope() {
    type Answer = fn() -> Act;
    let token = || finding(Kind::OauthAccessToken, &format!("cfoat_{0}.{0}", "Ab3".repeat(14)));
    let user: Answer = || success(json!({"id": "u", "email": "a@example.com"}));
    let denied: Answer = || refuse(403, 9109, "Unauthorized to access requested resource");
    let vague: Answer = || refuse(401, 10000, "Authentication error");
    let list: Answer = || success(json!([]));
    for (at_user, at_accounts, expected) in [
        (user, denied, "live"),
        (denied, vague, "live"),
        (vague, list, "live"),
        (invalid as Answer, invalid as Answer, "dead"),
        (invalid, vague, "dead"),
        (invalid, list, "live"),
        (invalid, || reply(500, "", ""), "unknown"),
        (not_a_user_token, not_a_user_token, "unknown"),
        (vague, vague, "unknown"),
    ] {
        let found = state(token(), move |seen| match path(seen) {
            "/user" => at_user(),
            _accounts => at_accounts(),
        });
        assert_eq!(found.await, expected);
    }
}

#[tokio::test]
async fn an_r2_pair_dies_only_beside_its_account() {
    let xml = |http: u16, code: &str| {
        reply(http, "", &format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>"))
    };
    for (http, code, beside_it, elsewhere) in [
        (401, "Unauthorized", "dead", "unknown"),
        (403, "AccessDenied", "live", "live"),
        (403, "SignatureDoesNotMatch", "unknown", "unknown"),
        (403, "NotEntitled", "unknown", "unknown"),
        (400, "InvalidArgument", "unknown", "unknown"),
        (400, "ExpiredRequest", "unknown", "unknown"),
    ] {
        assert_eq!(state(beside(r2_pair(), ACCOUNT), move |_| xml(http, code)).await, beside_it, "{code}");
        let stub = Stub::start(move |_, _| xml(http, code)).await;
        let carrier = beside(finding(Kind::StreamSigningKey, "carries an account"), ACCOUNT);
        let judged = judge_all(&stub, &[r2_pair(), carrier]).await;
        assert_eq!(judged[0].verdict.state(), elsewhere, "{code}");
    }
    let (found, _) = verdict(beside(r2_pair(), ACCOUNT), |seen, _| {
        assert!(seen.header("authorization").starts_with("AWS4-HMAC-SHA256 Credential=11"));
        reply(200, "", "<ListAllMyBucketsResult/>")
    })
    .await;
    assert_eq!(found.state(), "live");
    let (found, asked) = verdict(r2_pair(), |_, _| Act::HangUp).await;
    assert_eq!((found, asked.len()), (Verdict::NotChecked(NotCheckedReason::NeedsAccount), 0));
    let half = beside(finding(Kind::R2S3Credentials, &"2".repeat(64)), ACCOUNT);
    let (found, _) = verdict(half, |_, _| Act::HangUp).await;
    assert_eq!(found, Verdict::NotChecked(NotCheckedReason::NeedsKeyId));
}

#[tokio::test]
async fn a_turnstile_secret_is_judged_by_siteverify() {
    let secret = || finding(Kind::TurnstileSecret, &format!("0x4{}", "A".repeat(31)));
    for (code, expected) in
        [("invalid-input-secret", "dead"), ("invalid-input-response", "live"), ("internal-error", "unknown")]
    {
        let found = state(secret(), move |_| json(200, &json!({"success": false, "error-codes": [code]})));
        assert_eq!(found.await, expected);
    }
}
