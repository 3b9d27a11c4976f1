//! Words from outside: arguments, and names that the API gives.

use super::*;

/// Whatever stands after `--confirm` or in the place of an id: nothing is changed, and nothing is repeated.
#[test]
fn words_that_do_not_fit_change_nothing_and_are_not_repeated() {
    let scene = scene(deploy_token);
    let value = scene.leaked.expose().to_owned();
    let prefix = &scene.id[..16];
    let upper = scene.id.to_uppercase();
    for words in [
        format!("--value-stdin --apply --confirm {prefix}"),
        format!("--value-stdin --apply --confirm {value}"),
        format!("--value-stdin --apply --confirm {upper}"),
        format!("--value-stdin --token-id {0} --apply --confirm {0}", "0f".repeat(16)),
        format!("--token-id {value} --apply --confirm {}", scene.id),
        format!("--value-stdin --apply --confirm {} {value}", scene.id),
        format!("--value-stdin --apply --confirm {} --responder {value}", scene.id),
        format!("--value-stdin --account {value} --apply --confirm {}", scene.id),
        format!("--value-stdin --action {value}"),
        format!("--from {value}"),
        "--value-stdin --apply".to_owned(),
    ] {
        scene.run(&format!("revoke --case case {words}")).exits(2);
    }
    assert_eq!(scene.changes(), Vec::<String>::new());
}

/// Names come from whoever held the token.
#[test]
fn hostile_names_stay_text_and_a_value_in_a_name_is_cut_out() {
    let scene = scene(|world, ann, account| {
        let name = format!("=cmd()\u{1b}[2J<script>alert(1)</script>\n\u{202e}{}", "x".repeat(10_000));
        let spec = TokenSpec::of_user(ann).named(&name).allow(&["API Tokens Write"], On::User(ann));
        let Minted { value, id } = world.token(spec.allow(&["Workers Scripts Write"], On::Account(account)));
        (value, id)
    });
    mint(&scene, &scene.leaked, "=HYPERLINK(\"http://evil\")\u{1b}]0;x\u{7}<img src=x onerror=y>\nz");
    mint(&scene, &scene.leaked, scene.leaked.expose());
    let run = apply(&scene).exits(3);
    is_sound(&scene, &run);
    let html = scene.sandbox.read("case/report.html");
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x"));
    for text in [&run.stdout, &run.stderr, &scene.sandbox.read("case/report.md")] {
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{run}");
        assert!(text.len() < 100_000);
    }
    let csv = scene.sandbox.read("case/timeline.csv");
    assert_eq!(
        csv.lines().next().unwrap(),
        "time,account,zone,class,action,object,result,actor,token_id,token_name,address,user_agent,method,uri,ray,audit_id"
    );
    let cells = csv.lines().flat_map(|line| line.split(','));
    assert!(cells.clone().all(|cell| !cell.trim_start_matches('"').starts_with(['=', '+', '@'])), "{csv}");
}

#[test]
fn a_legacy_value_shows_nowhere_also_where_a_file_is_named_like_it() {
    let scene = scene(|world, ann, account| {
        let spec = TokenSpec::of_user(ann).named("old").legacy();
        let Minted { value, id } = world.token(spec.allow(&["Workers Scripts Write"], On::Account(account)));
        (value, id)
    });
    let value = scene.leaked.expose();
    scene.sandbox.write(&format!("logs/{value}.txt"), format!("token {value}\n"));
    let line = format!("respond --value-stdin --case case --hunt logs --apply --confirm {}", scene.id);
    let run = scene.run(&line).exits(0);
    is_sound(&scene, &run);
    assert_eq!(scene.case()["copies"]["places"].as_array().unwrap().len(), 1);
}
