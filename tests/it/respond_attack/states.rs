//! Contained is said only of what is.

use super::*;

#[test]
fn no_choice_of_the_fake_makes_it_say_contained_too_early_or_miss_it() {
    let choices: Vec<(&str, Choice)> = vec![
        ("cursor", |c| c.audit_v2_cursor = CursorPlace::Nested),
        ("count", |c| c.audit_v2_count_is_text = false),
        ("limit", |c| c.audit_v2_default_limit = 1),
        ("uri", |c| c.audit_v2_uri_is_whole = true),
        ("user actions", |c| c.user_actions_in_account_logs = false),
        ("hash", |c| c.token_hash_is_sha256 = false),
        ("plain 403", |c| c.forbidden = Forbidden::Plain403),
        ("plain 401", |c| c.forbidden = Forbidden::Plain401),
        ("zones", |c| c.zones_without_permission = WithoutPermission::Unauthorized),
        ("wrong door", |c| c.user_token_on_account_verify = WrongDoor::AuthenticationError),
        ("wrong account", |c| c.wrong_account_on_verify = WrongDoor::Unauthorized),
        ("zone token", |c| c.zone_token_sees_account = true),
        ("accounts", |c| c.accounts_for_account_tokens = AccountsList::Refused),
    ];
    side_by_side(choices, |(name, choice)| {
        let scene = scene(deploy_token);
        choose(&scene, choice);
        let run = apply(&scene);
        is_sound(&scene, &run);
        assert_eq!(run.code, Some(0), "{name}\n{run}");
        assert_eq!(scene.changes().len(), 1, "{name}");
        assert_eq!(scene.status().as_deref(), Some("disabled"), "{name}");
    });
}

/// What cannot be seen dead from here is not called contained while its record says active.
#[test]
fn a_token_bound_to_other_addresses_is_not_contained_until_its_record_says_so() {
    let bound: Leaks = |world, ann, account| {
        let spec = TokenSpec::of_user(ann).named("office").only_from("192.0.2.0/24");
        let Minted { value, id } = world.token(spec.allow(&["Workers Scripts Write"], On::Account(account)));
        (value, id)
    };
    let answers = vec![FromElsewhere::Location, FromElsewhere::Active, FromElsewhere::InvalidToken];
    side_by_side(answers, |answer| {
        let scene = scene(bound);
        choose(&scene, |choices| choices.verify_from_elsewhere = answer);
        let by_both = format!("--value-stdin --token-id {} --case case", scene.id);
        let run = scene.run(&format!("revoke {by_both}")).exits(3);
        is_sound(&scene, &run);
        let run = scene.run(&format!("revoke {by_both} --prove-for 3 --apply --confirm {}", scene.id));
        assert_eq!(run.code, Some(0), "{answer:?}\n{run}");
        assert_eq!(scene.status().as_deref(), Some("disabled"), "{answer:?}");
        assert_eq!(scene.changes().len(), 1, "{answer:?}");
    });
}

#[test]
fn a_token_that_begins_later_is_not_contained_until_its_record_says_so() {
    let early: Leaks = |world, ann, account| {
        let begin = now() + SignedDuration::from_hours(24);
        let spec = TokenSpec::of_user(ann).named("later").not_before(begin);
        let Minted { value, id } = world.token(spec.allow(&["Workers Scripts Write"], On::Account(account)));
        (value, id)
    };
    let answers =
        vec![TooEarly::Active, TooEarly::InvalidToken, TooEarly::Status("not_yet_active".to_owned())];
    side_by_side(answers, |answer| {
        let scene = scene(early);
        choose(&scene, |choices| choices.verify_too_early = answer.clone());
        let by_both = format!("--value-stdin --token-id {} --case case", scene.id);
        let run = scene.run(&format!("revoke {by_both}"));
        assert!(matches!(run.code, Some(3 | 4)), "{answer:?}\n{run}");
        let run = scene.run(&format!("revoke {by_both} --prove-for 3 --apply --confirm {}", scene.id));
        // A word for it that nobody documented stays unknown, also when the record says disabled.
        let code = if matches!(answer, TooEarly::Status(_)) { 4 } else { 0 };
        assert_eq!(run.code, Some(code), "{answer:?}\n{run}");
        assert_eq!(scene.status().as_deref(), Some("disabled"), "{answer:?}");
    });
}

#[test]
fn a_status_nobody_documented_is_frozen_all_the_same() {
    let scene = scene(|world, ann, account| {
        let spec = TokenSpec::of_user(ann).named("odd").status(Status::Other("exposed".to_owned()));
        let Minted { value, id } = world.token(spec.allow(&["Workers Scripts Write"], On::Account(account)));
        (value, id)
    });
    apply(&scene).exits(0);
    assert_eq!(scene.status().as_deref(), Some("disabled"));
    assert_eq!(scene.changes().len(), 1);
}

#[test]
fn a_leaked_global_key_stays_open_whatever_email_it_comes_with() {
    for (email, codes) in [("email=ann@example.com", [3, 3]), ("email=bob@example.com", [4, 3]), ("", [4, 3])]
    {
        let scene = scene(|world, ann, _| (world.global_key(ann, Shape::Legacy), String::new()));
        let stdin = format!("{} {email}\n", scene.leaked.expose());
        let run = scene.run_with("respond --value-stdin --case case", &stdin);
        is_sound(&scene, &run);
        assert!(codes.contains(&run.code.unwrap()), "{email}\n{run}");
        assert!(!opening(&scene).contains("Contained,"), "{email}");
        assert_eq!(scene.changes(), Vec::<String>::new());
    }
}

#[test]
fn a_login_is_ended_without_any_responder() {
    let scene = scene(|world, ann, _| {
        let login = world.login(ann, &["user:read"], Shape::Prefixed, SignedDuration::from_hours(1));
        (login.access, String::new())
    });
    let base = scene.server.api_base();
    let line =
        format!("revoke --value-stdin --case case --apply --confirm {}", Fingerprint::of(&scene.leaked));
    let stdin = format!("{}\n", scene.leaked.expose());
    let run = scene.sandbox.run_with(&line, stdin.as_bytes(), &[("CFLEAK_API_BASE", &base)]).exits(0);
    is_sound(&scene, &run);
    assert!(scene.changes().iter().all(|change| change == "POST /oauth2/revoke"), "{run}");
}

#[test]
fn a_token_that_somebody_enabled_again_is_frozen_again() {
    let scene = scene(deploy_token);
    let line = format!("revoke --value-stdin --case case --apply --confirm {}", scene.id);
    scene.run(&line).exits(0);
    let mut record = scene.server.with_world(|world| world.token_json(&scene.id).unwrap());
    record["status"] = json!("active");
    scene.server.with_world(|world| {
        world.act(&Act {
            at: now(),
            from: [203, 0, 113, 7].into(),
            agent: "x",
            bearer: &scene.responder,
            method: Method::PUT,
            path: format!("/user/tokens/{}", scene.id),
            body: record,
        });
        world.forget_seen();
    });
    let run = scene.run(&line).exits(0);
    is_sound(&scene, &run);
    assert_eq!(scene.status().as_deref(), Some("disabled"));
    assert_eq!(scene.changes().len(), 1);
}
