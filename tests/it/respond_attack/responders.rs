//! Who may act, and who may not.

use super::*;

/// `GET` of somebody else's token says 404, and that is no death.
#[test]
fn a_token_that_the_responder_does_not_see_is_never_called_gone() {
    for action in ["freeze", "delete"] {
        let scene = scene(|world, _, _| {
            let bob = world.user("bob@example.com");
            let Minted { value, id } = world.token(TokenSpec::of_user(&bob).named("bobs"));
            (value, id)
        });
        let by_id =
            format!("respond --token-id {0} --case case --action {action} --apply --confirm {0}", scene.id);
        let run = scene.run_with(&by_id, "").exits(4);
        is_sound(&scene, &run);
        assert_ne!(scene.case()["actions"][0]["state"]["state"], "already_done", "{run}");
        let by_value =
            format!("respond --value-stdin --case case --action {action} --apply --confirm {}", scene.id);
        let run = scene.run(&by_value).exits(3);
        assert!(!opening(&scene).contains("Contained"), "{run}");
        assert_eq!(scene.status().as_deref(), Some("active"));
    }
}

#[test]
fn the_responder_that_may_do_it_does_it() {
    let scene = scene(deploy_token);
    let right = attack(&scene, &scene.responder, "GET", "/user/tokens/permission_groups", Value::Null);
    let right = right.as_array().unwrap().iter().find(|group| group["name"] == "API Tokens Read").unwrap();
    let mut policy =
        scene.server.with_world(|world| world.token_json(&scene.id).unwrap()["policies"][0].clone());
    let user =
        attack(&scene, &scene.responder, "GET", "/user", Value::Null)["id"].as_str().unwrap().to_owned();
    policy["permission_groups"] = json!([{"id": right["id"]}]);
    policy["resources"] = json!({format!("com.cloudflare.api.user.{user}"): "*"});
    let body = json!({"name": "weak", "policies": [policy]});
    let weak = attack(&scene, &scene.responder, "POST", "/user/tokens", body);
    scene.sandbox.write("weak", weak["value"].as_str().unwrap());
    let line =
        format!("revoke --value-stdin --case case --responder file:weak --apply --confirm {}", scene.id);
    let run = scene.run(&line).exits(3);
    is_sound(&scene, &run);
    let both = line.replace("file:weak", "file:weak --responder env:CFLEAK_RESPONDER_TOKEN");
    let run = scene.run(&both).exits(0);
    is_sound(&scene, &run);
    assert_eq!(scene.status().as_deref(), Some("disabled"));
    assert!(scene.case()["actions"][0]["responder"].as_str().unwrap().contains("CFLEAK_RESPONDER_TOKEN"));
}

#[test]
fn an_account_token_is_ended_by_an_account_token_whatever_accounts_says() {
    let legacy: Leaks = |world, _, account| {
        let spec = TokenSpec::of_account(account).named("bot").legacy();
        let Minted { value, id } = world.token(spec.allow(&["DNS Read"], On::ZonesOf(account)));
        (value, id)
    };
    let choices = vec![(AccountsList::Own, false), (AccountsList::Own, true), (AccountsList::Refused, true)];
    side_by_side(choices, |(accounts, named)| {
        let scene = account_scene(legacy);
        choose(&scene, |choices| choices.accounts_for_account_tokens = accounts);
        let beside = if named { format!(" account={}", scene.account) } else { String::new() };
        let stdin = format!("{}{beside}\n", scene.leaked.expose());
        let line = format!("respond --value-stdin --case case --apply --confirm {}", scene.id);
        let run = scene.run_with(&line, &stdin);
        is_sound(&scene, &run);
        assert_eq!(run.code, Some(0), "{accounts:?} {named}\n{run}\n{}", gaps(&scene));
        assert_eq!(scene.changes(), [format!("PUT /accounts/{}/tokens/{}", scene.account, scene.id)]);
        assert_eq!(scene.case()["leak"]["kind"], "account_api_token");
    });
}

/// The responder belongs to the account too.
fn account_scene(leaks: Leaks) -> Scene {
    let mut scene = scene_with(leaks, &MANAGE, &AUDIT);
    let mut record = scene.server.with_world(|world| world.token_json(&scene.id).unwrap());
    let groups = attack(
        &scene,
        &scene.responder,
        "GET",
        &format!("/accounts/{}/tokens/permission_groups", scene.account),
        Value::Null,
    );
    let wanted =
        groups.as_array().unwrap().iter().filter(|group| AUDIT.contains(&group["name"].as_str().unwrap()));
    record["policies"][0]["permission_groups"] = wanted.map(|group| json!({"id": group["id"]})).collect();
    record["policies"][0]["resources"] =
        json!({format!("com.cloudflare.api.account.{}", scene.account): "*"});
    let body = json!({"name": "break-glass", "policies": record["policies"]});
    let made = attack(&scene, &scene.responder, "POST", &format!("/accounts/{}/tokens", scene.account), body);
    scene.responder = Secret::new(made["value"].as_str().unwrap());
    scene.sandbox.plant(scene.responder.expose());
    scene
}

#[test]
fn a_global_key_is_a_responder() {
    let with_key: Leaks = |world, ann, account| {
        let (value, id) = deploy_token(world, ann, account);
        let key = world.global_key(ann, Shape::Prefixed);
        // The id carries the key to the test: the scene has no other way out.
        (value, format!("{id} {}", key.expose()))
    };
    let mut scene = scene_with(with_key, &MANAGE, &AUDIT);
    let (id, key) = scene.id.split_once(' ').map(|(id, key)| (id.to_owned(), key.to_owned())).unwrap();
    scene.sandbox.plant(&key);
    scene.id = id;
    scene.responder = Secret::new(format!("ann@example.com:{key}"));
    let run = apply(&scene).exits(0);
    is_sound(&scene, &run);
    assert_eq!(scene.status().as_deref(), Some("disabled"));
}

#[test]
fn the_leaked_token_is_no_responder_in_any_spelling() {
    let scene = scene(minting_token);
    let value = scene.leaked.expose().to_owned();
    let pair = format!("{}:{}", scene.id, HEXLOWER.encode(&Sha256::digest(&value)));
    for (name, spelling) in [
        ("plain", value.clone()),
        ("space", format!("\n# mine\n\t {value} \r\n")),
        ("bearer", format!("Bearer {value}")),
        ("quotes", format!("\"{value}\"")),
        ("pair", pair.clone()),
    ] {
        scene.sandbox.write("mine", spelling);
        let line = format!(
            "respond --value-stdin --case {name} --responder file:mine --apply --confirm {}",
            scene.id
        );
        scene.run(&line).exits(2);
        assert!(!scene.sandbox.work().join(name).exists(), "{name}");
    }
    // The R2 pair leaked, and its token given as responder, at an API that does not say who it is.
    scene.fail(FailureRule::status("*/tokens/verify", 500));
    scene.sandbox.write("mine", value);
    let line =
        format!("revoke --value-stdin --case case --responder file:mine --apply --confirm {}", scene.id);
    scene.run_with(&line, &pair).exits(2);
    assert_eq!(scene.changes(), Vec::<String>::new());
}

/// Named by its id alone, a credential that does not say who it is may be the leaked one.
#[test]
fn a_responder_of_unknown_id_does_not_act_on_what_is_known_by_its_id_alone() {
    let scene = scene(minting_token);
    scene.fail(FailureRule::status("*/tokens/verify", 500));
    scene.sandbox.write("mine", scene.leaked.expose());
    let line =
        format!("revoke --token-id {0} --case case --responder file:mine --apply --confirm {0}", scene.id);
    scene.run_with(&line, "").exits(2);
    assert_eq!(scene.changes(), Vec::<String>::new());
}

#[test]
fn without_the_right_to_read_the_log_it_is_contained_and_not_complete() {
    let scene = scene_with(deploy_token, &MANAGE, &[]);
    let run = apply(&scene).exits(4);
    is_sound(&scene, &run);
    assert!(gaps(&scene).contains("audit log"), "{}", gaps(&scene));
    assert_eq!(scene.status().as_deref(), Some("disabled"));
}
