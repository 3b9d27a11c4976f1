//! `cfleak revoke` and `cfleak respond` as a person runs them, against the fake on loopback.

use crate::drill_client::LOOPBACK;
use crate::harness::{Run, Sandbox};
use axum::http::Method;
use cfleak::drill::{
    Background, Clock, FailureKind, FailureRule, Minted, On, Propagation, Role, Shape, Status, TokenSpec,
    World,
};
use cfleak::model::{Fingerprint, Secret};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::fs;
use std::process::{Child, Command, Stdio};

/// A company, what leaked, and who may act.
pub struct Scene {
    pub sandbox: Sandbox,
    pub server: Background,
    pub leaked: Secret,
    pub id: String,
    pub account: String,
    pub responder: Secret,
}

/// The fake and the binary share a machine, so they share its clock.
#[allow(clippy::disallowed_methods, reason = "the binary reads the real clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// What leaked: the value, and the id its record has.
pub type Leaks = fn(&mut cfleak::drill::Builder, &str, &str) -> (Secret, String);

pub const MANAGE: [&str; 2] = ["API Tokens Write", "User Details Read"];

pub fn scene(leaks: Leaks) -> Scene {
    scene_with(leaks, &MANAGE, &["Account API Tokens Write", "Account Settings Read"])
}

pub fn scene_with(leaks: Leaks, user_rights: &[&str], account_rights: &[&str]) -> Scene {
    let mut world = World::builder().clock(Clock::new(now));
    let ann = world.user("ann@example.com");
    let account = world.account("Example");
    world.member(&ann, &account, Role::SuperAdministrator);
    let (leaked, id) = leaks(&mut world, &ann, &account);
    let mut spec = TokenSpec::of_user(&ann).named("break-glass").allow(user_rights, On::User(&ann));
    if !account_rights.is_empty() {
        spec = spec.allow(account_rights, On::Account(&account));
    }
    let responder = world.token(spec).value;
    let sandbox = Sandbox::new();
    sandbox.plant(leaked.expose());
    sandbox.plant(responder.expose());
    let server = Background::start(world.build(), LOOPBACK).unwrap();
    Scene { sandbox, server, leaked, id, account, responder }
}

pub fn deploy_token(world: &mut cfleak::drill::Builder, ann: &str, account: &str) -> (Secret, String) {
    let spec = TokenSpec::of_user(ann).named("ci-deploy").only_from("127.0.0.0/8");
    let Minted { value, id, .. } = world.token(spec.allow(&["Workers Scripts Write"], On::Account(account)));
    (value, id)
}

impl Scene {
    pub fn run(&self, line: &str) -> Run {
        self.run_with(line, &format!("{}\n", self.leaked.expose()))
    }

    pub fn run_with(&self, line: &str, stdin: &str) -> Run {
        let base = self.server.api_base();
        let environment =
            [("CFLEAK_API_BASE", base.as_str()), ("CFLEAK_RESPONDER_TOKEN", self.responder.expose())];
        self.sandbox.run_with(line, stdin.as_bytes(), &environment)
    }

    /// Starts the binary on the leaked value, for a test that does not wait for its end.
    pub fn start(&self, line: &str) -> Child {
        let input = self.sandbox.write("leaked", format!("{}\n", self.leaked.expose()));
        Command::new(env!("CARGO_BIN_EXE_cfleak"))
            .args(line.split_whitespace())
            .current_dir(self.sandbox.work())
            .env_clear()
            .env("HOME", self.sandbox.home())
            .env("CFLEAK_API_BASE", self.server.api_base())
            .env("CFLEAK_RESPONDER_TOKEN", self.responder.expose())
            .stdin(fs::File::open(input).unwrap())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Method and path of every request that would change something, siteverify aside.
    pub fn changes(&self) -> Vec<String> {
        self.server.with_world(|world| {
            let seen = world.seen().iter().filter(|seen| seen.mutating && !seen.path.contains("siteverify"));
            seen.map(|seen| format!("{} {}", seen.method, seen.path.replace("/client/v4", ""))).collect()
        })
    }

    pub fn status(&self) -> Option<String> {
        self.server.with_world(|world| world.token_status(&self.id).map(str::to_owned))
    }

    pub fn fail(&self, rule: FailureRule) {
        self.server.with_world(|world| world.fail(rule));
    }

    pub fn case(&self) -> Value {
        serde_json::from_str(&self.sandbox.read("case/case.json")).unwrap()
    }

    pub fn journal(&self) -> Vec<Value> {
        let text = self.sandbox.read("case/journal.jsonl");
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn events(&self) -> Vec<String> {
        self.journal().iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect()
    }
}

pub fn apply(scene: &Scene) -> Run {
    scene.run(&format!("respond --value-stdin --case case --apply --confirm {}", scene.id))
}

#[test]
fn without_apply_nothing_changes_and_the_plan_is_kept() {
    let scene = scene(deploy_token);
    scene.run("respond --value-stdin --case case").exits(3);
    assert_eq!(scene.changes(), Vec::<String>::new());
    let case = scene.case();
    assert_eq!(case["identity"]["name"], "ci-deploy");
    assert_eq!(case["identity"]["owner"]["label"], "ann@example.com");
    assert_eq!(case["actions"][0]["request"], format!("PUT /user/tokens/{}", scene.id));
    assert_eq!(case["actions"][0]["state"]["state"], "planned");
}

#[test]
fn a_frozen_token_is_proven_and_keeps_its_record() {
    let scene = scene(deploy_token);
    apply(&scene).exits(0);
    assert_eq!(scene.changes(), [format!("PUT /user/tokens/{}", scene.id)]);
    assert_eq!(scene.status().as_deref(), Some("disabled"));
    let case = scene.case();
    assert_eq!(case["checks"].as_array().unwrap().last().unwrap()["state"], "disabled");
    assert_eq!(case["actions"][0]["state"]["state"], "done");
    let events = scene.events();
    let intent = events.iter().position(|event| event == "intent").expect("an intent");
    assert_eq!(events[intent + 1], "outcome");
    assert_eq!(events[intent - 1], "consent");
    // A later enabling must not find a wider token than there was.
    scene.server.with_world(|world| {
        let record = world.token_json(&scene.id).expect("it is still there");
        assert_eq!(record["condition"]["request_ip"]["in"][0], "127.0.0.0/8");
        assert_eq!(record["policies"][0]["permission_groups"][0]["name"], "Workers Scripts Write");
    });
}

#[test]
fn the_same_command_again_changes_nothing_more() {
    let scene = scene(deploy_token);
    apply(&scene).exits(0);
    apply(&scene).exits(0);
    assert_eq!(scene.changes().len(), 1);
}

#[test]
fn a_token_of_an_account_is_ended_there() {
    let scene = scene_with(
        |world, _, account| {
            let spec = TokenSpec::of_account(account).named("bot");
            let Minted { value, id, .. } = world.token(spec.allow(&["DNS Read"], On::ZonesOf(account)));
            (value, id)
        },
        &MANAGE,
        &["Account API Tokens Write", "Account Settings Read"],
    );
    apply(&scene).exits(0);
    assert_eq!(scene.changes(), [format!("PUT /accounts/{}/tokens/{}", scene.account, scene.id)]);
    assert_eq!(scene.case()["leak"]["kind"], "account_api_token");
}

#[test]
fn without_the_right_to_change_it_stays_live_and_says_why() {
    let scene = scene_with(deploy_token, &["API Tokens Read", "User Details Read"], &[]);
    apply(&scene).exits(3);
    assert_eq!(scene.status().as_deref(), Some("active"));
    let case = scene.case();
    assert_eq!(case["actions"][0]["state"]["state"], "failed");
    assert!(case["actions"][0]["state"]["why"].as_str().unwrap().contains("403"), "{case}");
}

#[test]
fn the_leaked_credential_never_acts() {
    let scene = scene(|world, ann, _| {
        let Minted { value, id, .. } =
            world.token(TokenSpec::of_user(ann).allow(&["API Tokens Write"], On::User(ann)));
        (value, id)
    });
    let base = scene.server.api_base();
    let environment = [("CFLEAK_API_BASE", base.as_str()), ("MINE", scene.leaked.expose())];
    let line =
        format!("respond --value-stdin --case case --responder env:MINE --apply --confirm {}", scene.id);
    let stdin = format!("{}\n", scene.leaked.expose());
    let run = scene.sandbox.run_with(&line, stdin.as_bytes(), &environment).exits(2);
    assert!(run.stderr.contains("is the leaked credential itself"), "{run}");
    // Named by its id alone, it is known when it says who it is.
    let line =
        format!("respond --token-id {0} --case case --responder env:MINE --apply --confirm {0}", scene.id);
    let run = scene.sandbox.run_with(&line, b"", &environment).exits(2);
    assert!(run.stderr.contains("is the leaked token itself"), "{run}");
    assert_eq!(scene.changes(), Vec::<String>::new());
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let scene = scene(deploy_token);
    let fingerprint = Fingerprint::of(&Secret::new("another"));
    for words in [
        "--apply".to_owned(),
        "--apply --confirm ".to_owned() + &"0".repeat(32),
        format!("--apply --confirm {} --confirm {fingerprint}", scene.id),
        format!("--action roll --apply --confirm {}", scene.id),
        format!("--apply --confirm {} --responder env:NOT_SET", scene.id),
    ] {
        scene.run(&format!("respond --value-stdin --case case {words}")).exits(2);
    }
    scene.run_with("respond --value-stdin --case case", "").exits(2);
    scene.run_with("respond --value-stdin --case case", "hello\n").exits(2);
    assert_eq!(scene.changes(), Vec::<String>::new());
    assert_eq!(scene.status().as_deref(), Some("active"));
}

#[test]
fn the_fingerprint_confirms_too() {
    let scene = scene(deploy_token);
    let fingerprint = Fingerprint::of(&scene.leaked);
    scene.run(&format!("revoke --value-stdin --case case --apply --confirm {fingerprint}")).exits(0);
    assert_eq!(scene.status().as_deref(), Some("disabled"));
}

#[test]
fn a_lost_answer_is_followed_by_a_look_and_not_by_another_change() {
    let scene = scene(deploy_token);
    let lost = FailureRule::new("*/user/tokens/*", FailureKind::Reset).method(Method::PUT);
    scene.fail(lost.after_doing());
    apply(&scene).exits(0);
    assert_eq!(scene.changes().len(), 1);
    assert_eq!(scene.case()["actions"][0]["state"]["by_look"], true);
}

#[test]
fn a_change_that_did_not_arrive_is_made_again() {
    let scene = scene(deploy_token);
    scene.fail(FailureRule::new("*/user/tokens/*", FailureKind::Reset).method(Method::PUT).first(1));
    apply(&scene).exits(0);
    assert_eq!(scene.changes().len(), 2);
    assert_eq!(scene.status().as_deref(), Some("disabled"));
}

#[test]
fn a_refusal_is_not_tried_again() {
    let scene = scene(deploy_token);
    let kind = FailureKind::Error { status: 403, code: 10000, message: "Forbidden".into() };
    scene.fail(FailureRule::new("*/user/tokens/*", kind).method(Method::PUT));
    apply(&scene).exits(3);
    assert_eq!(scene.changes().len(), 1);
}

#[test]
fn proof_waits_for_the_change_to_spread() {
    let scene = scene(deploy_token);
    scene.server.with_world(|world| {
        world.choices_mut().propagation = Propagation::For(SignedDuration::from_millis(1500));
    });
    apply(&scene).exits(0);
    let case = scene.case();
    let states: Vec<&str> =
        case["checks"].as_array().unwrap().iter().map(|check| check["state"].as_str().unwrap()).collect();
    assert_eq!(states.first(), Some(&"live"));
    assert_eq!(states.last(), Some(&"disabled"));
    assert!(states.len() > 2, "{states:?}");
}

#[test]
fn what_is_not_refused_in_time_is_still_live() {
    let scene = scene(deploy_token);
    scene.server.with_world(|world| {
        world.choices_mut().propagation = Propagation::For(SignedDuration::from_hours(1));
    });
    let line = format!("revoke --value-stdin --case case --prove-for 0 --apply --confirm {}", scene.id);
    scene.run(&line).exits(3);
}

#[test]
fn a_global_key_is_ended_by_its_owner() {
    let scene = scene(|world, ann, _| (world.global_key(ann, Shape::Prefixed), String::new()));
    let stdin = format!("{} email=ann@example.com\n", scene.leaked.expose());
    let run = scene.run_with("respond --value-stdin --case case", &stdin).exits(3);
    assert_eq!(scene.changes(), Vec::<String>::new());
    let case = scene.case();
    assert_eq!(case["actions"][0]["verb"], "by_hand", "{run}");
    assert!(case["actions"][0]["by_hand"][1].as_str().unwrap().contains("Change"));
    assert_eq!(case["identity"]["owner"]["label"], "ann@example.com");
}

#[test]
fn a_dead_token_needs_nothing() {
    let scene = scene(|world, ann, _| {
        let Minted { value, id, .. } = world.token(TokenSpec::of_user(ann).status(Status::Disabled));
        (value, id)
    });
    scene.run("revoke --value-stdin --case case").exits(0);
    let confirmed = format!("revoke --value-stdin --case case --apply --confirm {}", scene.id);
    scene.run(&confirmed).exits(0);
    assert_eq!(scene.changes(), Vec::<String>::new());
}

#[test]
fn a_rolled_token_has_its_new_value_in_the_file_and_nowhere_else() {
    let scene = scene(deploy_token);
    let line = format!(
        "revoke --value-stdin --case case --action roll --new-value new --apply --confirm {}",
        scene.id
    );
    scene.run(&line).exits(0);
    assert_eq!(scene.changes(), [format!("PUT /user/tokens/{}/value", scene.id)]);
    let new = scene.sandbox.read("new");
    assert!(new.starts_with("cfut_") && new.trim() != scene.leaked.expose());
    for file in ["case/case.json", "case/journal.jsonl"] {
        assert!(!scene.sandbox.read(file).contains(new.trim()), "{file}");
    }
    scene.run(&line).exits(0);
    assert_eq!(scene.changes().len(), 1);
}

#[test]
fn a_deleted_token_is_gone() {
    let scene = scene(deploy_token);
    let line = format!("revoke --value-stdin --case case --action delete --apply --confirm {}", scene.id);
    scene.run(&line).exits(0);
    assert_eq!(scene.status(), None);
}

#[test]
fn other_kinds_end_in_their_own_ways() {
    let rights = ["Access: Service Tokens Write", "Turnstile Sites Write", "Cloudflare Tunnel Write"];
    let kinds: [(&str, Leaks, &[&str]); 4] = [
        (
            "service token",
            |world, _, account| {
                let (client_id, secret) = world.service_token(account, "scanner");
                (secret, client_id)
            },
            &["PUT /accounts/{account}/access/service_tokens/"],
        ),
        (
            "widget",
            |world, _, account| {
                let (sitekey, secret) = world.widget(account, "login", "example.com");
                (secret, sitekey)
            },
            &["POST /accounts/{account}/challenges/widgets/"],
        ),
        (
            "tunnel",
            |world, _, account| {
                let tunnel = world.tunnel(account, "office");
                (tunnel.token, tunnel.id)
            },
            &["PATCH /accounts/{account}/cfd_tunnel/", "DELETE /accounts/{account}/cfd_tunnel/"],
        ),
        (
            "login",
            |world, ann, _| {
                let login = world.login(ann, &["user:read"], Shape::Prefixed, SignedDuration::from_hours(1));
                (login.access, String::new())
            },
            &["POST /oauth2/revoke"],
        ),
    ];
    for (name, leaks, expected) in kinds {
        let scene = scene_with(leaks, &MANAGE, &rights);
        let fingerprint = Fingerprint::of(&scene.leaked);
        // Nothing in the value of a service token says which one it is.
        let id = if name == "service token" { format!("--token-id {}", scene.id) } else { String::new() };
        let line = format!("revoke --value-stdin {id} --case case --apply --confirm {fingerprint}");
        let run = scene.run(&line);
        let changes = scene.changes();
        let fits = expected
            .iter()
            .zip(&changes)
            .all(|(path, change)| change.starts_with(&path.replace("{account}", &scene.account)));
        assert!(fits && changes.len() >= expected.len(), "{name}: {changes:?}\n{run}");
        run.exits(0);
    }
}

#[test]
fn a_token_that_nobody_has_the_value_of_is_ended_by_its_id() {
    let scene = scene(deploy_token);
    let line = format!("respond --token-id {0} --case case --apply --confirm {0}", scene.id);
    scene.run_with(&line, "").exits(0);
    assert_eq!(scene.status().as_deref(), Some("disabled"));
    assert_eq!(scene.case()["checks"].as_array().unwrap().last().unwrap()["by"], "record");
}

#[test]
fn a_case_goes_on_with_its_own_credential_only() {
    let scene = scene(deploy_token);
    scene.run("revoke --value-stdin --case case").exits(3);
    let other = scene.sandbox.token("cfut_");
    let run = scene.run_with("revoke --value-stdin --case case", &other).exits(2);
    assert!(run.stderr.contains("the case of another credential"), "{run}");
}

#[test]
fn no_place_for_the_journal_means_no_change() {
    let scene = scene(deploy_token);
    scene.sandbox.write("file", "x");
    let line = format!("revoke --value-stdin --case file/case --apply --confirm {}", scene.id);
    scene.run(&line).exits(2);
    assert_eq!(scene.changes(), Vec::<String>::new());
}

/// Kills the run as soon as its journal has so many lines, then runs it to its end.
#[test]
fn killed_anywhere_it_goes_on_and_changes_once() {
    let whole = scene(deploy_token);
    apply(&whole).exits(0);
    let lines = whole.events().len();
    for line in 1..lines {
        let scene = scene(deploy_token);
        kill_at(&scene, line);
        apply(&scene).exits(0);
        let changes = scene.changes();
        assert_eq!(changes.len(), 1, "killed at line {line}: {changes:?}");
        assert_eq!(scene.status().as_deref(), Some("disabled"));
        check_chain(&scene.sandbox.read("case/journal.jsonl"));
    }
}

fn kill_at(scene: &Scene, lines: usize) {
    let mut child = scene.start(&format!("respond --value-stdin --case case --apply --confirm {}", scene.id));
    let journal = scene.sandbox.work().join("case/journal.jsonl");
    let written =
        || fs::read(&journal).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count());
    while written() < lines && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap();
}

pub fn check_chain(journal: &str) {
    use sha2::{Digest, Sha256};
    let mut last = "0".repeat(64);
    for line in journal.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["prev"], last);
        last = data_encoding::HEXLOWER.encode(&Sha256::digest(line));
    }
}
