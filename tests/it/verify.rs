//! Verdicts against the fake Cloudflare, under everything that the sheet leaves open.

use super::drill_client::LOOPBACK;
use cfleak::cloudflare::{Client, Limits, Pace, Services, Setting, Settings, Wanted};
use cfleak::drill::{
    AccountsList, Choices, FailureKind, FailureRule, Forbidden, FromElsewhere, On, Role, Seen, Server, Shape,
    Status, TokenSpec, TooEarly, WithoutPermission, World, WrongDoor,
};
use cfleak::model::{
    Companions, Confidence, Finding, Fingerprint, Judgement, Kind, Place, Position, Provenance, Secret, Span,
};
use cfleak::verify::{Context, Judge, Mode};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

const NOW: &str = "2026-11-22T10:00:00Z";

/// A world with one credential of each kind in each state, and what should be said of it.
struct Cast {
    world: World,
    roles: Vec<(&'static str, Finding, &'static str)>,
}

fn finding(kind: Kind, secret: &Secret) -> Finding {
    Finding {
        fingerprint: Fingerprint::of(secret),
        rule: kind.as_str().into(),
        kind,
        secret: secret.clone(),
        confidence: Confidence::Certain,
        checksum: None,
        reasons: Vec::new(),
        companions: Companions::default(),
        places: vec![Place {
            provenance: Arc::new(Provenance::file("deploy/.env")),
            position: Position { line: 1, column: 1 },
            span: Span { start: 0, end: 1 },
            decoded: Vec::new(),
        }],
        allowed: None,
        linked: Vec::new(),
    }
}

fn in_account(mut finding: Finding, account: &str) -> Finding {
    finding.companions.account_ids.push(account.to_owned());
    finding
}

fn with_email(mut finding: Finding, email: &str) -> Finding {
    finding.companions.emails.push(email.to_owned());
    finding
}

fn cast(choose: impl Fn(&mut Choices)) -> Cast {
    let mut choices = Choices::default();
    choose(&mut choices);
    let mut world = World::builder();
    let now: Timestamp = NOW.parse().unwrap();
    let (later, before) = (now + SignedDuration::from_hours(24), now - SignedDuration::from_hours(24));
    let ann = world.user("ann@example.com");
    let acme = world.account("Acme");
    let other = world.account("Other");
    let zone = world.zone(&acme, "acme.example");
    world.member(&ann, &acme, Role::SuperAdministrator);
    choices.r2_account = Some(acme.clone());

    let of_user = || TokenSpec::of_user(&ann).allow(&["Zone Read"], On::Zone(&zone));
    let of_account = || TokenSpec::of_account(&acme).allow(&["Workers Scripts Write"], On::Account(&acme));
    let mut roles = Vec::new();
    let mut token = |world: &mut cfleak::drill::Builder, name, kind: Kind, spec: TokenSpec, expected| {
        let minted = world.token(spec);
        roles.push((name, finding(kind, &minted.value), expected));
        minted
    };
    let user = || Kind::UserApiToken;
    token(&mut world, "user token", user(), of_user(), "live");
    token(&mut world, "user token without any permission", user(), TokenSpec::of_user(&ann), "live");
    token(&mut world, "user token, disabled", user(), of_user().status(Status::Disabled), "disabled");
    token(&mut world, "user token, expired", user(), of_user().expires_on(before), "expired");
    let exposed = Status::Other("exposed".to_owned());
    token(&mut world, "user token, exposed", user(), of_user().status(exposed), "unknown");
    token(&mut world, "user token, restricted", user(), of_user().only_from("192.0.2.0/24"), "restricted");
    token(&mut world, "user token, early", user(), of_user().not_before(later), "not_yet_active");
    let account = || Kind::AccountApiToken;
    token(&mut world, "account token alone", account(), of_account(), "live");
    token(
        &mut world,
        "account token, restricted",
        account(),
        of_account().only_from("192.0.2.0/24"),
        "restricted",
    );
    let legacy = || Kind::LegacyApiToken;
    token(&mut world, "legacy user token", legacy(), of_user().legacy(), "live");
    token(&mut world, "legacy account token", legacy(), of_account().legacy(), "live");
    let disabled = of_account().status(Status::Disabled);
    token(&mut world, "account token, disabled", account(), disabled, "disabled");
    let r2 =
        world.token(TokenSpec::of_account(&acme).allow(&["Workers R2 Storage Write"], On::Account(&acme)));
    let pair = world.r2_pair(&r2);
    let of_pair = |secret: &str| Secret::new(format!("{}:{secret}", pair.access_key_id));
    let good_pair = finding(Kind::R2S3Credentials, &of_pair(pair.secret_access_key.expose()));
    roles.push(("R2 pair", in_account(good_pair, &acme), "live"));
    let bad_pair =
        finding(Kind::R2S3Credentials, &Secret::new(format!("{}:{}", "0".repeat(32), "1".repeat(64))));
    roles.push(("R2 pair, unknown", in_account(bad_pair, &acme), "dead"));
    let wrong_half = finding(Kind::R2S3Credentials, &of_pair(&"1".repeat(64)));
    roles.push(("R2 pair, wrong secret", in_account(wrong_half, &acme), "unknown"));

    for (name, prefix, kind) in [
        ("stray user token", "cfut_", Kind::UserApiToken),
        ("stray account token", "cfat_", Kind::AccountApiToken),
    ] {
        let stray = world.stray(prefix);
        roles.push((name, in_account(finding(kind, &stray), &other), "dead"));
    }
    let key = world.global_key(&ann, Shape::Legacy);
    roles.push((
        "key with its e-mail",
        with_email(finding(Kind::GlobalApiKey, &key), "ann@example.com"),
        "live",
    ));
    let stray_key = finding(Kind::GlobalApiKey, &Secret::new("0123456789abc".repeat(3)[..37].to_owned()));
    roles.push(("stray key", with_email(stray_key, "bob@example.com"), "unknown"));
    let hour = SignedDuration::from_hours(1);
    let login = world.login(&ann, &["user:read"], Shape::Prefixed, hour);
    roles.push(("OAuth token", finding(Kind::OauthAccessToken, &login.access), "live"));
    roles.push(("refresh token", finding(Kind::OauthRefreshToken, &login.refresh), "not_checked"));
    let narrow = world.login(&ann, &["workers:write"], Shape::Prefixed, hour);
    roles.push(("OAuth token without user:read", finding(Kind::OauthAccessToken, &narrow.access), "live"));
    let half = "aB3".repeat(14) + "x";
    let stray_oauth = Secret::new(format!("cfoat_{half}.{half}"));
    roles.push(("stray OAuth token", finding(Kind::OauthAccessToken, &stray_oauth), "dead"));
    let (_, widget) = world.widget(&acme, "login", "acme.example");
    roles.push(("Turnstile secret", finding(Kind::TurnstileSecret, &widget), "live"));
    let stray_widget = Secret::new(format!("0x4{}", "Ab_".repeat(10)));
    roles.push(("stray Turnstile secret", finding(Kind::TurnstileSecret, &stray_widget), "dead"));
    let ca = world.origin_ca_key(&ann);
    roles.push(("Origin CA key", finding(Kind::OriginCaKey, &ca), "not_checked"));
    let tunnel = world.tunnel(&acme, "office");
    roles.push(("tunnel token", finding(Kind::TunnelToken, &tunnel.token), "not_checked"));
    Cast { world: world.choices(choices).build(), roles }
}

async fn judge(server: &Server, findings: &[Finding], request: Duration) -> Vec<Judgement> {
    let free = Pace { requests: 1000, window: Duration::ZERO, failure_gap: Duration::ZERO };
    judge_at(server, findings, free, request).await
}

/// Long enough for the busiest machine, where the server does answer.
const PATIENT: Duration = Duration::from_secs(30);

async fn judge_at(server: &Server, findings: &[Finding], pace: Pace, request: Duration) -> Vec<Judgement> {
    let api_base = Some(Setting { name: "test".to_owned(), value: server.api_base() });
    let client = Client::new(Settings {
        services: Services::resolve(&Wanted { api_base, ..Wanted::default() }).unwrap(),
        limits: Limits {
            request,
            body: 256 << 10,
            first_wait: Duration::from_millis(1),
            ..Limits::default()
        },
        pace,
        clock: Arc::new(|| NOW.parse().unwrap()),
    })
    .unwrap();
    let context = Context::gather(findings, NOW.parse().unwrap());
    Judge::new(Arc::new(client)).judge(findings, Mode::High, &context, std::future::pending()).await
}

/// Judges the whole cast, and returns (role, expected, state) and the log of the server.
async fn play(cast: Cast) -> (Vec<(&'static str, &'static str, &'static str)>, Vec<Seen>) {
    play_within(PATIENT, cast).await
}

async fn play_within(
    request: Duration,
    cast: Cast,
) -> (Vec<(&'static str, &'static str, &'static str)>, Vec<Seen>) {
    let findings: Vec<Finding> = cast.roles.iter().map(|(_, finding, _)| finding.clone()).collect();
    let server = Server::start(cast.world, LOOPBACK).await.unwrap();
    let judged = judge(&server, &findings, request).await;
    for judgement in &judged {
        let shown = serde_json::to_string(judgement).unwrap() + &format!("{judgement:?}");
        for finding in &findings {
            assert!(!shown.contains(finding.secret.expose()), "{:?} is shown", finding.kind);
        }
    }
    let roles = cast.roles.iter().zip(&judged);
    let states =
        roles.map(|((name, _, expected), found)| (*name, *expected, found.verdict.state())).collect();
    (states, server.with_world(|world| world.seen().to_vec()))
}

#[tokio::test]
async fn every_credential_gets_its_verdict() {
    let (states, seen) = play(cast(|_| {})).await;
    for (name, expected, state) in states {
        assert_eq!(state, expected, "{name}");
    }
    assert!(seen.iter().all(|seen| !seen.mutating || seen.path == "/turnstile/v0/siteverify"));
    assert!(seen.iter().all(|seen| seen.user_agent.as_deref() == Some(cfleak::cloudflare::USER_AGENT)));
    let mut counts = HashMap::new();
    let mut questions = HashSet::new();
    for seen in &seen {
        *counts.entry(seen.credential).or_insert(0) += 1;
        // The log does not tell apart a key with two e-mails, nor two secrets for one S3 key id.
        let question = (seen.credential, seen.method.clone(), seen.path.clone());
        assert!(
            questions.insert(question.clone()) || seen.path.ends_with("/user") || seen.path == "/",
            "asked twice: {question:?}"
        );
    }
    assert!(counts.values().all(|count| *count <= 6), "{counts:?}");
}

#[tokio::test]
async fn what_the_sheet_leaves_open_changes_no_verdict() {
    type Switch = fn(&mut Choices);
    let switches: [(&str, Switch); 15] = [
        ("403 on user verify", |c| c.account_token_on_user_verify = 403),
        ("wrong account: authentication error", |c| {
            c.wrong_account_on_verify = WrongDoor::AuthenticationError
        }),
        ("wrong account: unauthorized", |c| c.wrong_account_on_verify = WrongDoor::Unauthorized),
        ("user token at an account: error", |c| {
            c.user_token_on_account_verify = WrongDoor::AuthenticationError;
        }),
        ("user token at an account: unauthorized", |c| {
            c.user_token_on_account_verify = WrongDoor::Unauthorized
        }),
        ("elsewhere: active", |c| c.verify_from_elsewhere = FromElsewhere::Active),
        ("elsewhere: invalid", |c| c.verify_from_elsewhere = FromElsewhere::InvalidToken),
        ("accounts refused", |c| c.accounts_for_account_tokens = AccountsList::Refused),
        ("zone token sees account", |c| c.zone_token_sees_account = true),
        ("zones refused", |c| c.zones_without_permission = WithoutPermission::Unauthorized),
        ("bad id: 400", |c| c.bad_identifier = 400),
        ("unknown key: 400", |c| c.unknown_key = 400),
        ("forbidden, 403", |c| c.forbidden = Forbidden::Plain403),
        ("forbidden, 401", |c| c.forbidden = Forbidden::Plain401),
        ("everything refused", |c| {
            c.accounts_for_account_tokens = AccountsList::Refused;
            c.zones_without_permission = WithoutPermission::Unauthorized;
            c.wrong_account_on_verify = WrongDoor::Unauthorized;
        }),
    ];
    for (switch, choose) in switches {
        for (name, expected, state) in play(cast(choose)).await.0 {
            let softer = ["live", "unknown"].contains(&state) && !["dead", "not_checked"].contains(&expected);
            let same = state == expected;
            // An account token whose account nobody names can only be known to live, or not be known.
            let nameless = name.starts_with("account token") || name.starts_with("legacy account");
            let refused = switch.contains("refused") && nameless;
            // `/accounts` is one of the two voices without which no account token is called dead.
            let muted = switch.contains("refused") && name == "stray account token" && state == "unknown";
            assert!(same || (refused && softer) || muted, "{switch}: {name} is {state}, not {expected}");
        }
    }
}

/// Were it told the same as a stranger everywhere, nobody could tell it from one; that is left out here.
#[tokio::test]
async fn a_token_before_its_time_is_not_dead() {
    for choice in [TooEarly::Active, TooEarly::Status("pending".to_owned())] {
        let states = play(cast(|choices| choices.verify_too_early = choice.clone())).await.0;
        let (_, _, state) = states.into_iter().find(|(name, _, _)| *name == "user token, early").unwrap();
        let right = match choice {
            TooEarly::Active => state == "not_yet_active",
            TooEarly::InvalidToken | TooEarly::Status(_) => state == "unknown",
        };
        assert!(right, "{choice:?}: {state}");
    }
}

#[tokio::test]
async fn no_trouble_makes_anything_dead_that_lives() {
    let elsewhere = "https://evil.example/".to_owned();
    for kind in [
        FailureKind::Error { status: 500, code: 10001, message: "internal error".into() },
        FailureKind::Error { status: 200, code: 971, message: "Please wait".into() },
        FailureKind::Error { status: 400, code: 1000, message: "Request timeout".into() },
        FailureKind::Error { status: 403, code: 9109, message: "Max auth failures reached".into() },
        FailureKind::RateLimited { retry_after: 3600 },
        FailureKind::Html(403),
        FailureKind::Html(522),
        FailureKind::Body { status: 200, content_type: "application/json", body: "{}".into() },
        FailureKind::Body { status: 401, content_type: "application/json", body: "null".into() },
        FailureKind::Redirect(elsewhere),
        FailureKind::Timeout,
        FailureKind::Reset,
        FailureKind::Truncated,
        FailureKind::Stalled,
        FailureKind::Huge(1 << 20),
    ] {
        let slow = matches!(kind, FailureKind::Timeout | FailureKind::Stalled);
        for path in
            ["*/tokens/verify", "*/accounts", "*/zones", "*"].into_iter().take(if slow { 1 } else { 4 })
        {
            let mut cast = cast(|_| {});
            cast.world.fail(FailureRule::new(path, kind.clone()));
            // These servers never answer, and no verdict here depends on an answer in time.
            let request = if slow { Duration::from_millis(250) } else { PATIENT };
            for (name, expected, state) in play_within(request, cast).await.0 {
                assert!(state != "dead" || expected == "dead", "{kind:?} at {path}: {name} is dead");
                assert!(state != "live" || expected != "dead", "{kind:?} at {path}: {name} is live");
            }
        }
    }
}

#[tokio::test]
async fn one_bad_moment_changes_nothing() {
    for kind in [
        FailureKind::Html(502),
        FailureKind::Reset,
        FailureKind::Truncated,
        FailureKind::RateLimited { retry_after: 0 },
    ] {
        let mut cast = cast(|_| {});
        cast.roles.truncate(1);
        cast.world.fail(FailureRule::new("*/tokens/verify", kind.clone()).first(2));
        for (name, expected, state) in play(cast).await.0 {
            assert_eq!(state, expected, "{kind:?}: {name}");
        }
    }
}
