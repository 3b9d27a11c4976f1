//! `cfleak respond` and `cfleak revoke` where things go wrong: the right state, exit code, journal and report, and
//! never the same change twice.

mod answers;
mod children;
mod cut_off;
mod responders;
mod states;
mod words;

use crate::harness::{Run, files};
use crate::respond::{Leaks, MANAGE, Scene, apply, check_chain, deploy_token, now, scene, scene_with};
use axum::http::Method;
use cfleak::drill::{
    AccountsList, Act, Builder, Choices, CursorPlace, FailureKind, FailureRule, Forbidden, FromElsewhere,
    Minted, On, Propagation, Shape, Status, TokenSpec, TooEarly, WithoutPermission, WrongDoor,
};
use cfleak::model::{Fingerprint, Secret};
use data_encoding::HEXLOWER;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const AUDIT: [&str; 2] = ["Account API Tokens Write", "Account Settings Read"];

/// Runs each case in a thread of its own: nearly all of their time is the pace of requests.
fn side_by_side<T: Send>(cases: Vec<T>, run: impl Fn(T) + Sync) {
    const AT_ONCE: usize = 8;
    let mut rest = cases.into_iter();
    loop {
        let some: Vec<T> = rest.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            return;
        }
        std::thread::scope(|scope| {
            some.into_iter().for_each(|case| {
                scope.spawn(|| run(case));
            });
        });
    }
}

type Choice = fn(&mut Choices);

fn choose(scene: &Scene, choose: impl FnOnce(&mut Choices)) {
    scene.server.with_world(|world| choose(world.choices_mut()));
}

/// Everything a run leaves behind is whole, private, and says the same as its exit code.
#[track_caller]
fn is_sound(scene: &Scene, run: &Run) {
    let case = scene.sandbox.work().join("case");
    check_chain(&scene.sandbox.read("case/journal.jsonl"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert!(case.join("MANIFEST.sha256").exists(), "nothing is sealed\n{run}");
    assert_eq!(mode(&case), 0o700, "{run}");
    let listed = scene.sandbox.read("case/MANIFEST.sha256");
    for file in files(&case) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        let name = file.strip_prefix(&case).unwrap().to_str().unwrap();
        if name != "MANIFEST.sha256" {
            let hash = HEXLOWER.encode(&Sha256::digest(fs::read(&file).unwrap()));
            assert!(listed.contains(&format!("{hash}  {name}\n")), "{name} is not as listed\n{run}");
        }
    }
    let closed = scene.journal().pop().unwrap();
    assert_eq!((&closed["event"], closed["exit_code"].as_i64()), (&json!("closed"), run.code.map(i64::from)));
}

fn opening(scene: &Scene) -> String {
    scene.sandbox.read("case/report.md").lines().take(12).collect::<Vec<_>>().join("\n")
}

fn gaps(scene: &Scene) -> String {
    scene.case()["gaps"].to_string()
}

/// A token that may mint, and did.
fn minting_token(world: &mut Builder, ann: &str, account: &str) -> (Secret, String) {
    let spec = TokenSpec::of_user(ann).named("ci-deploy").allow(&["API Tokens Write"], On::User(ann));
    let Minted { value, id } = world.token(spec.allow(&["Workers Scripts Write"], On::Account(account)));
    (value, id)
}

/// Uses a token as an attacker would, an hour ago.
fn attack(scene: &Scene, bearer: &Secret, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = scene.server.with_world(|world| {
        world.act(&Act {
            at: now() - SignedDuration::from_hours(1),
            from: [203, 0, 113, 7].into(),
            agent: "python-requests/2.32",
            bearer,
            method: method.parse().unwrap(),
            path: path.to_owned(),
            body,
        })
    });
    assert_eq!(status, 200, "{answer}");
    scene.server.with_world(|world| world.forget_seen());
    answer["result"].clone()
}

fn mint(scene: &Scene, bearer: &Secret, name: &str) -> (Secret, String) {
    let policies = scene.server.with_world(|world| world.token_json(&scene.id).unwrap()["policies"].clone());
    let made = attack(scene, bearer, "POST", "/user/tokens", json!({"name": name, "policies": policies}));
    let value = Secret::new(made["value"].as_str().unwrap());
    scene.sandbox.plant(value.expose());
    (value, made["id"].as_str().unwrap().to_owned())
}

fn status_of(scene: &Scene, id: &str) -> Option<String> {
    scene.server.with_world(|world| world.token_status(id).map(str::to_owned))
}
