//! Tokens that the leaked one minted.

use super::*;

#[test]
fn children_are_ended_when_they_are_confirmed_and_not_before() {
    let scene = scene(minting_token);
    let (child_value, child) = mint(&scene, &scene.leaked, "child");
    let (_, grandchild) = mint(&scene, &child_value, "grandchild");
    let run = apply(&scene).exits(3);
    is_sound(&scene, &run);
    assert!(
        opening(&scene).contains("nly in part") || opening(&scene).contains("partly"),
        "{}",
        opening(&scene)
    );
    assert_eq!(status_of(&scene, &child).as_deref(), Some("active"));
    let line = |ids: &[&String]| {
        let ids = ids.iter().map(|id| format!(" --confirm {id}")).collect::<String>();
        format!("respond --value-stdin --case case --apply{ids}")
    };
    let run = scene.run(&line(&[&scene.id, &child])).exits(3);
    is_sound(&scene, &run);
    assert_eq!(status_of(&scene, &child).as_deref(), Some("disabled"));
    let run = scene.run(&line(&[&scene.id, &child, &grandchild])).exits(0);
    is_sound(&scene, &run);
    assert_eq!(status_of(&scene, &grandchild).as_deref(), Some("disabled"));
    assert_eq!(scene.changes().len(), 3, "{:?}", scene.changes());
}

#[test]
fn children_are_ended_on_the_first_run_too_and_a_stranger_stops_everything() {
    let scene = scene(minting_token);
    let (child_value, child) = mint(&scene, &scene.leaked, "child");
    let (_, grandchild) = mint(&scene, &child_value, "grandchild");
    let stranger = "0".repeat(32);
    let all = format!("respond --value-stdin --case case --apply --confirm {} --confirm {child}", scene.id);
    let run = scene.run(&format!("{all} --confirm {stranger}")).exits(2);
    assert_eq!(scene.changes(), Vec::<String>::new());
    is_sound(&scene, &run);
    let run = scene.run(&format!("{all} --confirm {grandchild}")).exits(0);
    is_sound(&scene, &run);
    assert_eq!(scene.changes().len(), 3, "{:?}", scene.changes());
}

#[test]
fn a_child_that_cannot_be_ended_lives_on() {
    let scene = scene(minting_token);
    let (_, child) = mint(&scene, &scene.leaked, "child");
    let no = FailureKind::Error { status: 403, code: 9109, message: "Unauthorized".into() };
    scene.fail(FailureRule::new(format!("*/user/tokens/{child}"), no).method(Method::PUT));
    let line = format!("respond --value-stdin --case case --apply --confirm {} --confirm {child}", scene.id);
    let run = scene.run(&line).exits(3);
    is_sound(&scene, &run);
    assert_eq!(scene.status().as_deref(), Some("disabled"));
}

/// Access service tokens open doors as tokens do.
#[test]
fn a_service_token_that_it_minted_lives_on_until_it_is_disabled() {
    let rights = ["Account API Tokens Write", "Account Settings Read", "Access: Service Tokens Write"];
    let leaks: Leaks = |world, ann, account| {
        let spec = TokenSpec::of_user(ann).named("ci-deploy");
        let spec = spec.allow(&["Access: Service Tokens Write"], On::Account(account));
        let Minted { value, id } = world.token(spec);
        (value, id)
    };
    let scene = scene_with(leaks, &MANAGE, &rights);
    let path = format!("/accounts/{}/access/service_tokens", scene.account);
    let made = attack(&scene, &scene.leaked, "POST", &path, json!({"name": "door", "duration": "8760h"}));
    scene.sandbox.plant(made["client_secret"].as_str().unwrap());
    let run = apply(&scene).exits(3);
    is_sound(&scene, &run);
    let id = made["id"].as_str().unwrap();
    let line = format!("respond --value-stdin --case case --apply --confirm {} --confirm {id}", scene.id);
    let run = scene.run(&line).exits(0);
    is_sound(&scene, &run);
    assert_eq!(scene.changes()[1..], [format!("PUT {path}/{id}")]);
}
