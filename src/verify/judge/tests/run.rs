//! A run of many findings.

use super::*;
use crate::model::{Checksum, Reason};

#[tokio::test]
async fn kinds_that_must_not_be_asked_are_not() {
    let stub = Stub::start(|_, _| Act::HangUp).await;
    let kinds = [
        Kind::OriginCaKey,
        Kind::OauthRefreshToken,
        Kind::DeployHook,
        Kind::CallsSecret,
        Kind::TunnelToken,
        Kind::TunnelCredentials,
        Kind::AccessServiceToken,
        Kind::StreamSigningKey,
        Kind::ImagesSigningKey,
        Kind::McpToken,
        Kind::Other("home_made".into()),
    ];
    let findings: Vec<Finding> = kinds.into_iter().map(|kind| finding(kind, "value")).collect();
    for judgement in judge_all(&stub, &findings).await {
        assert_eq!(judgement.verdict.state(), "not_checked");
    }
    assert!(stub.seen().is_empty());
}

#[tokio::test]
async fn one_credential_is_asked_about_once_a_run() {
    let stub = Stub::start(|seen, _| match path(seen) {
        "/user/tokens/verify" => not_a_user_token(),
        _other => invalid(),
    })
    .await;
    let findings = [user_token(), user_token()];
    let context = Context::gather(&findings, "2026-11-22T10:00:00Z".parse().unwrap());
    let judge = Judge::new(Arc::new(stub.client()));
    for _ in 0..2 {
        let judged = judge.judge(&findings, Mode::High, &context, std::future::pending()).await;
        assert!(judged.iter().all(|judgement| judgement.verdict.state() == "dead"));
    }
    assert_eq!(stub.asked(), ["GET /client/v4/user/tokens/verify", "GET /client/v4/accounts"]);
}

#[tokio::test]
async fn verdicts_come_in_the_order_of_the_findings() {
    let named = |digit: usize| finding(Kind::UserApiToken, &format!("cfut_{}", digit.to_string().repeat(48)));
    let findings: Vec<Finding> = (0..10).map(named).collect();
    let stub = Stub::start(|seen, _| match seen.header("authorization").ends_with(['1', '3', '5']) {
        true => status("disabled"),
        false => not_a_user_token(),
    })
    .await;
    let states: Vec<_> =
        judge_all(&stub, &findings).await.iter().map(|found| found.verdict.state()).collect();
    let expected: Vec<_> =
        (0..10).map(|digit| if [1, 3, 5].contains(&digit) { "disabled" } else { "dead" }).collect();
    assert_eq!(states, expected);
}

#[tokio::test]
async fn a_token_and_its_s3_pair_are_one_question() {
    let mut token = user_token();
    let pair = beside(r2_pair(), ACCOUNT);
    token.linked.push(pair.fingerprint);
    let stub = Stub::start(|_, _| status("disabled")).await;
    let judged = judge_all(&stub, &[pair, token]).await;
    assert_eq!(judged[0], judged[1]);
    assert_eq!(judged[0].verdict.state(), "disabled");
    assert_eq!(stub.asked(), ["GET /client/v4/user/tokens/verify"]);
}

#[tokio::test]
async fn after_lock_out_the_rest_is_unknown_and_unsent() {
    let named = |digit: usize| finding(Kind::UserApiToken, &format!("cfut_{}", digit.to_string().repeat(48)));
    let findings: Vec<Finding> = (0..30).map(named).collect();
    let stub = Stub::start(|_, before| match before {
        0..3 => not_a_user_token(),
        _later => refuse(403, 9109, "Max auth failures reached"),
    })
    .await;
    let judged = judge_all(&stub, &findings).await;
    let count = |state| judged.iter().filter(|judgement| judgement.verdict.state() == state).count();
    assert!(count("dead") <= 3 && count("dead") + count("unknown") == 30);
    // Eight are in flight at once without a pace; with one, it is one or two.
    assert!(stub.seen().len() <= 11, "{}", stub.seen().len());
}

#[tokio::test]
async fn interrupting_keeps_what_is_known() {
    let stub = Stub::start(|_, _| Act::Stall(Vec::new())).await;
    let findings = [user_token()];
    let judge = Judge::new(Arc::new(stub.client()));
    let context = Context::new("2026-11-22T10:00:00Z".parse().unwrap());
    let judged = judge.judge(&findings, Mode::High, &context, std::future::ready(())).await;
    assert_eq!(judged[0].verdict, Verdict::Unknown(UnknownReason::Interrupted));
}

#[tokio::test]
async fn a_server_that_repeats_the_value_gets_nothing_printed() {
    let (verdict, _) = verdict(user_token(), |seen, _| {
        let value = seen.header("authorization").trim_start_matches("Bearer ").to_owned();
        match path(seen) {
            "/user/tokens/verify" => success(json!({"id": value, "status": "active", "expires_on": value})),
            _list => success(json!([{"id": value, "name": format!("<{value}>"), "account": {"id": value}}])),
        }
    })
    .await;
    assert_eq!(verdict.state(), "live");
    assert!(!format!("{verdict:?}").contains("Ab3Ab3"), "{verdict:?}");
}

#[test]
fn what_is_not_worth_a_failed_authentication_is_not_sent() {
    let with = |confidence, checksum, reason: Option<Reason>| {
        let mut finding = legacy_token();
        finding.confidence = confidence;
        finding.checksum = checksum;
        finding.reasons.extend(reason);
        finding
    };
    use NotCheckedReason::*;
    for (finding, all, high) in [
        (with(Confidence::Certain, Some(Checksum::Valid), None), None, None),
        (with(Confidence::High, None, None), None, None),
        (with(Confidence::Medium, None, None), None, Some(BelowThreshold)),
        (with(Confidence::Low, Some(Checksum::Invalid), None), None, Some(ChecksumInvalid)),
        (with(Confidence::Low, None, Some(Reason::LittleContext)), Some(Unlabelled), Some(BelowThreshold)),
        (
            with(Confidence::High, None, Some(Reason::DocumentationSample)),
            Some(DocumentationSample),
            Some(DocumentationSample),
        ),
    ] {
        assert_eq!(may_ask(&finding, Mode::All).err(), all);
        assert_eq!(may_ask(&finding, Mode::High).err(), high);
        assert!(may_ask(&finding, Mode::None).is_err());
    }
}

#[test]
fn nearest_accounts_come_first() {
    let placed = |path: &str, account: char| {
        let mut carrier = finding(Kind::StreamSigningKey, path);
        carrier.places = vec![at(path)];
        beside(carrier, &account.to_string().repeat(32))
    };
    let token = account_token();
    let everything = [
        placed("other/x.env", '1'),
        placed("repo/wrangler.toml", '2'),
        placed("repo/deploy/.env", '3'),
        placed("repo/deploy/notes.md", '4'),
        token.clone(),
    ];
    let context = Context::gather(&everything, "2026-11-22T10:00:00Z".parse().unwrap());
    let subject = Subject::of(&token, &context);
    let order: Vec<&str> = subject.far_accounts.iter().map(|account| &account.as_str()[..1]).collect();
    assert_eq!(order, ["3", "4", "2", "1"]);
}

#[test]
fn a_tunnel_names_its_account() {
    let json = format!(r#"{{"a":"{ACCOUNT}","t":"tunnel","s":"secret"}}"#);
    let tunnel = finding(Kind::TunnelToken, &data_encoding::BASE64.encode(json.as_bytes()));
    let file = finding(Kind::TunnelCredentials, &format!("{OTHER}:tunnel:secret"));
    let context = Context::gather([&tunnel, &file], "2026-11-22T10:00:00Z".parse().unwrap());
    let subject = Subject::of(&account_token(), &context);
    let ids: Vec<&str> = subject.accounts().map(|account| account.as_str()).collect();
    assert_eq!(ids, [ACCOUNT, OTHER]);
}
