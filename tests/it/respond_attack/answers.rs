//! The network and the API fail, at the change and on the pages of lists.

use super::*;

/// Every way an answer to the one change can go wrong: it is made once, or looked for before it is made again.
#[test]
fn whatever_happens_to_the_answer_it_is_frozen_once() {
    let page = || FailureKind::Error { status: 200, code: 971, message: "slow down".into() };
    let cases: Vec<(&str, FailureRule, usize)> = {
        let put = |kind| FailureRule::new("*/user/tokens/*", kind).method(Method::PUT);
        vec![
            (
                "500 after",
                put(FailureKind::Error { status: 500, code: 1, message: "x".into() }).after_doing(),
                1,
            ),
            ("500 before", put(FailureKind::Error { status: 500, code: 1, message: "x".into() }).first(1), 2),
            ("page after", put(FailureKind::Html(403)).after_doing(), 1),
            ("page before", put(FailureKind::Html(502)).first(1), 2),
            ("reset after", put(FailureKind::Reset).after_doing(), 1),
            ("silence after", put(FailureKind::Timeout).after_doing(), 1),
            ("cut off", put(FailureKind::Truncated), 1),
            ("rate limit after", put(FailureKind::RateLimited { retry_after: 1 }).after_doing(), 1),
            ("rate limit before", put(FailureKind::RateLimited { retry_after: 1 }).first(1), 2),
            ("971 after", put(page()).after_doing(), 1),
            ("971 before", put(page()).first(1), 2),
            ("redirect after", put(FailureKind::Redirect("http://127.0.0.1:1/".into())).after_doing(), 1),
        ]
    };
    side_by_side(cases, |(name, rule, sent)| {
        let scene = scene(deploy_token);
        scene.fail(rule);
        let run = scene.run(&format!("revoke --value-stdin --case case --apply --confirm {}", scene.id));
        assert_eq!(run.code, Some(0), "{name}\n{run}");
        is_sound(&scene, &run);
        assert_eq!(scene.changes().len(), sent, "{name}: {:?}\n{run}", scene.changes());
        assert_eq!(scene.status().as_deref(), Some("disabled"), "{name}");
    });
}

/// A change that is never made: said so, and the number of tries is bounded.
#[test]
fn a_change_that_is_never_made_is_never_called_made() {
    let cases = vec![
        ("500", FailureKind::Error { status: 500, code: 1, message: "x".into() }),
        ("page", FailureKind::Html(403)),
        ("forbidden", FailureKind::Error { status: 403, code: 9109, message: "no".into() }),
        (
            "locked out",
            FailureKind::Error { status: 403, code: 10502, message: "Max auth failures reached".into() },
        ),
        ("long wait", FailureKind::RateLimited { retry_after: 100_000 }),
    ];
    side_by_side(cases, |(name, kind)| {
        let scene = scene(deploy_token);
        scene.fail(FailureRule::new("*/user/tokens/*", kind).method(Method::PUT));
        let run = scene
            .run(&format!("revoke --value-stdin --case case --prove-for 1 --apply --confirm {}", scene.id));
        is_sound(&scene, &run);
        assert!(matches!(run.code, Some(3 | 4)), "{name}\n{run}");
        assert!(scene.changes().len() <= 3, "{name}: {:?}", scene.changes());
        assert_ne!(scene.case()["actions"][0]["state"]["state"], "done", "{name}");
        assert!(!opening(&scene).contains("Contained,"), "{name}\n{}", opening(&scene));
    });
}

/// Lists that break off: contained all the same, exit code 4, and the report names the gap.
#[test]
fn a_list_that_breaks_off_is_a_gap_and_not_the_end() {
    let lists = vec![
        ("*/logs/audit", "logs/audit"),
        ("*/audit_logs", "audit_logs"),
        ("*/user/tokens", "GET /user/tokens"),
        ("*/accounts/*/tokens", "/tokens"),
        ("*/v4/accounts", "GET /accounts"),
        ("*/v4/zones", "GET /zones"),
    ];
    side_by_side(lists, |(path, named)| {
        for kind in [FailureKind::Html(502), FailureKind::Error { status: 500, code: 1, message: "x".into() }]
        {
            let scene = scene(deploy_token);
            scene.fail(FailureRule::new(path, kind).method(Method::GET));
            let account = scene.account.clone();
            let run = scene.run(&format!(
                "respond --value-stdin --case case --account {account} --apply --confirm {}",
                scene.id
            ));
            assert_eq!(run.code, Some(4), "{path}\n{run}");
            is_sound(&scene, &run);
            assert!(gaps(&scene).contains(named), "{path}: {}", gaps(&scene));
            assert_eq!(scene.changes().len(), 1, "{path}");
            assert_eq!(scene.status().as_deref(), Some("disabled"), "{path}");
        }
    });
}

/// The second page fails: what the first said is kept.
#[test]
fn pages_before_a_failure_count() {
    let scene = scene(minting_token);
    let leaked = scene.leaked.clone();
    let children: Vec<String> = (0..3).map(|n| mint(&scene, &leaked, &format!("child {n}")).1).collect();
    scene.fail(FailureRule::new("*/user/tokens", FailureKind::Html(502)).method(Method::GET));
    let run = apply(&scene).exits(3);
    is_sound(&scene, &run);
    for child in children {
        assert!(scene.case()["minted"].to_string().contains(&child), "{run}");
    }
}
