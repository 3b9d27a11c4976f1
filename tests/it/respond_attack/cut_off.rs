//! Killed anywhere, or two at once: the same command goes on.

use super::*;

/// Starts a run, and ends it as soon as a changing request has arrived at the fake; then the same command to its end.
fn killed_in_the_change(scene: &Scene, line: &str) -> Run {
    let mut child = scene.start(line);
    while scene.changes().is_empty() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap();
    scene.server.with_world(cfleak::drill::World::stop_failing);
    scene.run(line)
}

/// Killed while the answer to a change is waited for: what arrived is not sent again, what did not is sent once.
#[test]
fn killed_while_it_waits_for_an_answer_it_goes_on_and_changes_once() {
    let rights = ["Access: Service Tokens Write", "Turnstile Sites Write", "Cloudflare Tunnel Write"];
    let deploy: Leaks = deploy_token;
    let service: Leaks = |world, _, account| {
        let (client_id, secret) = world.service_token(account, "scanner");
        (secret, client_id)
    };
    let widget: Leaks = |world, _, account| {
        let (sitekey, secret) = world.widget(account, "login", "example.com");
        (secret, sitekey)
    };
    let tunnel: Leaks = |world, _, account| {
        let tunnel = world.tunnel(account, "office");
        (tunnel.token, tunnel.id)
    };
    let kinds = [
        ("freeze", deploy, "freeze"),
        ("roll", deploy, "roll"),
        ("delete", deploy, "delete"),
        ("service token", service, "roll"),
        ("service token off", service, "freeze"),
        ("widget", widget, "freeze"),
        ("tunnel", tunnel, "freeze"),
    ];
    let cases = kinds.into_iter().flat_map(|kind| [(kind, true), (kind, false)]).collect();
    side_by_side(cases, |((name, leaks, action), has_arrived)| {
        let scene = scene_with(leaks, &MANAGE, &rights);
        let silent = FailureRule::new("*", FailureKind::Timeout);
        for method in [Method::PUT, Method::POST, Method::PATCH, Method::DELETE] {
            let rule = silent.clone().method(method);
            scene.fail(if has_arrived { rule.after_doing() } else { rule });
        }
        let (action, new) =
            (format!("--action {action}"), if action == "roll" { "--new-value new" } else { "" });
        let id = if name.starts_with("service") { format!("--token-id {}", scene.id) } else { String::new() };
        let fingerprint = Fingerprint::of(&scene.leaked);
        let run = killed_in_the_change(
            &scene,
            &format!("revoke --value-stdin {id} --case case {action} {new} --apply --confirm {fingerprint}"),
        );
        is_sound(&scene, &run);
        let mut changes = scene.changes();
        let step = changes[0].clone();
        changes.retain(|change| *change == step);
        assert_eq!(
            changes.len(),
            if has_arrived { 1 } else { 2 },
            "{name} {has_arrived}: {changes:?}\n{run}"
        );
        assert_eq!(run.code, Some(0), "{name} {has_arrived}\n{run}");
        assert_eq!(scene.case()["actions"][0]["state"]["state"], "done", "{name} {has_arrived}\n{run}");
    });
}

/// A change takes its time to spread: that the old value still works is no reason to roll it again.
#[test]
fn killed_in_a_roll_that_spreads_slowly_it_does_not_roll_twice() {
    let scene = scene(deploy_token);
    choose(&scene, |choices| choices.propagation = Propagation::For(SignedDuration::from_secs(8)));
    scene.fail(FailureRule::new("*/value", FailureKind::Timeout).method(Method::PUT).after_doing());
    let line = format!(
        "revoke --value-stdin --case case --action roll --new-value new --apply --confirm {}",
        scene.id
    );
    let run = killed_in_the_change(&scene, &line).exits(0);
    is_sound(&scene, &run);
    assert_eq!(scene.changes().len(), 1);
}

/// The journal has the outcome, the case file has not: killed in between.
#[test]
fn killed_between_the_journal_and_the_case_file_it_changes_nothing_again() {
    side_by_side(vec!["roll --new-value new", "delete", "freeze"], |action| {
        let scene = scene(deploy_token);
        let line =
            format!("revoke --value-stdin --case case --action {action} --apply --confirm {}", scene.id);
        scene.run(&line).exits(0);
        let journal = scene.sandbox.read("case/journal.jsonl");
        let lines: Vec<&str> = journal.lines().collect();
        let outcome = lines.iter().position(|line| line.contains("\"outcome\"")).unwrap();
        fs::write(scene.sandbox.work().join("case/journal.jsonl"), lines[..=outcome].join("\n") + "\n")
            .unwrap();
        let mut case = scene.case();
        case["actions"][0]["state"] = json!({"state": "planned"});
        fs::write(scene.sandbox.work().join("case/case.json"), case.to_string()).unwrap();
        let run = scene.run(&line).exits(0);
        is_sound(&scene, &run);
        assert_eq!(scene.changes().len(), 1, "{action}: {:?}", scene.changes());
        assert_eq!(scene.case()["actions"][0]["state"]["state"], "done", "{action}");
    });
}

#[test]
fn two_runs_on_one_case_do_not_meet() {
    let scene = scene(deploy_token);
    scene.fail(
        FailureRule::new("*/tokens/verify", FailureKind::Slow(std::time::Duration::from_secs(3))).first(1),
    );
    let line = format!("respond --value-stdin --case case --apply --confirm {}", scene.id);
    let mut first = scene.start(&line);
    let journal = scene.sandbox.work().join("case/journal.jsonl");
    while fs::read(&journal).map_or(0, |bytes| bytes.len()) == 0 {
        std::thread::yield_now();
    }
    scene.run(&line).exits(2).complains("another run");
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!(scene.changes().len(), 1);
}

#[test]
fn a_run_that_is_refused_leaves_an_earlier_case_sealed() {
    let scene = scene(deploy_token);
    apply(&scene).exits(0);
    let run = scene
        .run(&format!("respond --value-stdin --case case --apply --confirm {}", "0".repeat(32)))
        .exits(2);
    is_sound(&scene, &run);
    let run = apply(&scene).exits(0);
    is_sound(&scene, &run);
    scene.sandbox.run("report case").exits(0);
    assert_eq!(scene.changes().len(), 1);
}
