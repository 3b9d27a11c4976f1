//! What the logs, the record and the lists tell a responder about the rehearsed incident.

use super::drill_client::LOOPBACK;
use cfleak::cloudflare::{Auth, Client, Limits, Pace, Services, Setting, Settings, Wanted};
use cfleak::drill::story::{Cast, Story, incident};
use cfleak::drill::{Act, Clock, CursorPlace, FailureRule, Server};
use cfleak::model::incident::{
    Basis, Class, Gap, Identity, Log, Minted, MintedKind, Named, Presence, Reach, Tier, Timeline,
};
use cfleak::model::{Kind, Secret};
use cfleak::respond::audit::{self, Question, Subject, Trail};
use cfleak::respond::identify::{self, Sought};
use cfleak::respond::responder::{Handed, Responder};
use cfleak::respond::{Desk, minted, probes, reach, replacement, timeline};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;

const NOW: &str = "2026-11-22T10:00:00Z";

fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

struct Scene {
    server: Server,
    cast: Cast,
}

async fn scene() -> Scene {
    let Story { world, cast } = incident(1, Clock::new(now));
    Scene { server: Server::start(world, LOOPBACK).await.expect("loopback has a free port"), cast }
}

impl Scene {
    fn client(&self) -> Arc<Client> {
        let api_base = Some(Setting { name: "test".to_owned(), value: self.server.api_base() });
        let client = Client::new(Settings {
            services: Services::resolve(&Wanted { api_base, ..Wanted::default() }).unwrap(),
            limits: Limits { first_wait: Duration::from_millis(1), tries: 1, ..Limits::default() },
            pace: Pace { requests: 1000, window: Duration::ZERO, failure_gap: Duration::ZERO },
            clock: Arc::new(now),
        });
        Arc::new(client.unwrap())
    }

    fn desk(&self, value: &Secret, name: &str) -> Desk {
        Desk::new(self.client(), Auth::Bearer(value.clone()), name)
    }

    async fn identity(&self) -> Identity {
        let handed = Handed { source: "env:X".to_owned(), value: self.cast.responder.value.clone() };
        let responders = [Responder::meet(&self.client(), &handed, &[]).await];
        let sought = Sought {
            kind: Kind::UserApiToken,
            secret: Some(self.cast.leaked.value.clone()),
            id: Some(self.cast.leaked.id.clone()),
            accounts: Vec::new(),
            grant: None,
            emails: Vec::new(),
        };
        let mut identity = identify::identify(&sought, &responders).await.identity.expect("a record");
        identify::add_names(&mut identity, &sought, &responders).await;
        identity
    }

    async fn measured(&self, desk: &Desk) -> (Reach, Vec<Gap>) {
        reach::measure(&[desk], &self.identity().await, &Kind::UserApiToken).await
    }

    fn responder(&self) -> Desk {
        self.desk(&self.cast.responder.value, "break-glass")
    }

    fn question(&self) -> Question {
        let named = |id: &String, name: &str| Named::new(id, Some(name.to_owned()));
        let cast = &self.cast;
        Question {
            subject: Subject::Token(cast.leaked.id.clone()),
            owner_email: Some(cast.owner_email.clone()),
            of_user: true,
            own_tokens: vec![cast.responder.id.clone()],
            accounts: vec![
                named(&cast.production, "Bakery Production"),
                named(&cast.staging, "Bakery Staging"),
            ],
            left_out: Vec::new(),
            baseline_since: cast.leaked_at - SignedDuration::from_hours(60 * 24),
            since: cast.leaked_at,
            until: now(),
        }
    }

    async fn told(&self) -> (Trail, Timeline, Vec<Minted>) {
        let (desk, question) = (self.responder(), self.question());
        let mut trail = audit::read(&[&desk], &question).await;
        let (timeline, _) = timeline::tell(&question, &mut trail);
        let (minted, gaps) = minted::find(&[&desk], &question, &trail, Some(&self.cast.leaked.id)).await;
        assert!(gaps.iter().all(|gap| gap.what.starts_with("the tokens of Bakery")), "{gaps:?}");
        (trail, timeline, minted)
    }
}

#[tokio::test]
async fn every_act_of_the_attacker_is_told_in_order() {
    let scene = scene().await;
    let (_, timeline, minted) = scene.told().await;
    let told: Vec<(Option<u32>, Class, &str)> = timeline
        .in_window()
        .map(|event| (event.generation, event.class, event.words.split(" (").next().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            (Some(0), Class::Persistence, "minted the API token ci-deploy-2"),
            (Some(0), Class::Code, "uploaded the Worker cdn-helper"),
            (Some(0), Class::Code, "routed bakery.example/checkout* to a Worker"),
            (Some(0), Class::Dns, &format!("changed the DNS record {}", scene.cast.pay_record)),
            (Some(0), Class::Dns, "added the DNS record _acme-challenge.bakery.example"),
            (Some(0), Class::Exfiltration, "sent logs elsewhere by the Logpush job archive"),
            (Some(0), Class::Persistence, "invited support@bakery-helpdesk.example into the account"),
            (Some(0), Class::Persistence, "tried to mint the Access service token monitoring"),
            (Some(0), Class::Zone, "tried to change the zone setting ssl"),
            (Some(1), Class::Code, "uploaded the Worker cdn-helper"),
            (Some(1), Class::Persistence, "minted the API token backup"),
        ]
    );
    assert!(timeline.in_window().all(|event| event.is_new));
    assert!(timeline.events.iter().any(|event| !event.is_new && event.time < timeline.since));
    let mut named = timeline.clone();
    timeline::add_names(&mut named, &minted);
    assert!(named.in_window().any(|event| event.words == "changed the DNS record pay.bakery.example"));
    let addresses: Vec<_> =
        timeline.addresses.iter().map(|seen| (seen.value.as_str(), seen.is_new, seen.failures)).collect();
    assert_eq!(addresses[0], ("203.0.113.66", true, 2));
    assert_eq!(addresses[1], ("203.0.113.201", true, 0));
    assert!(addresses[2..].iter().all(|(value, is_new, _)| value.starts_with("198.51.100.") && !is_new));
    assert_eq!(timeline.agents[0].value, "python-requests/2.32.3");
    assert!(timeline.logs.iter().all(|log| log.complete), "{:?}", timeline.logs);
}

#[tokio::test]
async fn what_was_minted_is_found_with_its_generation_and_presence() {
    let scene = scene().await;
    let (_, _, minted) = scene.told().await;
    let tokens: Vec<_> = minted.iter().filter(|minted| minted.kind == MintedKind::Token).collect();
    let ids: Vec<_> = tokens.iter().filter_map(|token| token.id.clone()).collect();
    assert_eq!(ids, scene.cast.minted);
    let generations: Vec<_> =
        tokens.iter().map(|token| (token.generation, token.presence, token.account.clone())).collect();
    assert_eq!(generations, [(1, Presence::Exists, None), (2, Presence::Exists, None)]);
    assert_eq!(tokens[1].by_token.as_deref(), Some(scene.cast.minted[0].as_str()));
    let others: Vec<_> = minted.iter().filter(|minted| minted.kind != MintedKind::Token).collect();
    let names: Vec<_> =
        others.iter().map(|m| (m.kind, m.name.as_deref().unwrap_or("-"), m.presence)).collect();
    assert_eq!(
        names,
        [
            (MintedKind::Member, "support@bakery-helpdesk.example", Presence::Exists),
            (MintedKind::Worker, "cdn-helper", Presence::Exists),
            (MintedKind::WorkerRoute, "bakery.example/checkout*", Presence::Exists),
            (MintedKind::DnsRecord, "pay.bakery.example", Presence::Exists),
            (MintedKind::DnsRecord, "_acme-challenge.bakery.example", Presence::Exists),
            (MintedKind::LogpushJob, "archive", Presence::Exists),
        ]
    );
}

#[tokio::test]
async fn both_places_of_the_cursor_lead_through_all_pages() {
    for place in [CursorPlace::Flat, CursorPlace::Nested] {
        let scene = scene().await;
        scene.server.with_world(|world| world.choices_mut().audit_v2_cursor = place);
        let (_, timeline, _) = scene.told().await;
        assert_eq!(timeline.in_window().count(), 11);
    }
}

#[tokio::test]
async fn an_account_that_fails_is_a_gap_and_the_rest_is_told() {
    let scene = scene().await;
    let path = format!("*/accounts/{}/logs/audit", scene.cast.staging);
    scene.server.with_world(|world| world.fail(FailureRule::status(&path, 500)));
    let (trail, timeline, _) = scene.told().await;
    assert_eq!(timeline.in_window().count(), 11);
    let broken = timeline.logs.iter().find(|log| !log.complete).expect("a log that failed");
    assert_eq!((broken.log, broken.account.as_deref()), (Log::V2, Some("Bakery Staging")));
    assert!(trail.gaps.iter().any(|gap| gap.what.contains("Bakery Staging")), "{:?}", trail.gaps);
}

/// More deploys since the leak than one page holds.
async fn busy_scene() -> Scene {
    let Story { mut world, cast } = incident(1, Clock::new(now));
    for minute in 0..1100 {
        let (status, _) = world.act(&Act {
            at: cast.leaked_at + SignedDuration::from_mins(minute),
            from: [198, 51, 100, 40].into(),
            agent: "wrangler/4.125.0",
            bearer: &cast.leaked.value,
            method: "PUT".parse().expect("a method"),
            path: format!("/accounts/{}/workers/scripts/shop", cast.production),
            body: serde_json::json!({"main_module": "index.js"}),
        });
        assert_eq!(status, 200);
    }
    Scene { server: Server::start(world, LOOPBACK).await.expect("loopback has a free port"), cast }
}

#[tokio::test]
async fn a_page_that_fails_leaves_the_pages_before_it_and_a_gap() {
    for breaks in [false, true] {
        let scene = busy_scene().await;
        if breaks {
            let path = format!("*/accounts/{}/logs/audit", scene.cast.production);
            scene.server.with_world(|world| world.fail(FailureRule::status(path, 500).nth(2)));
        }
        let (trail, timeline, minted) = scene.told().await;
        let log = timeline.logs.iter().find(|log| log.account.as_deref() == Some("Bakery Production"));
        let log = log.expect("the log of production");
        assert_eq!(log.complete, !breaks);
        assert_eq!(log.why.is_some(), breaks);
        let is_told = trail.gaps.iter().any(|gap| gap.what.contains("Production, beyond the newest 1000"));
        assert_eq!(is_told, breaks, "{:?}", trail.gaps);
        // The newest thousand hold the attack, so that nothing of it is lost here.
        let tokens = minted.iter().filter(|minted| minted.kind == MintedKind::Token).count();
        assert_eq!(tokens, 2);
        // The honest deploys since the leak are told as usual, and are nothing that was minted.
        assert!(timeline.in_window().filter(|event| !event.is_new).count() >= 900);
        assert!(minted.iter().all(|minted| minted.name.as_deref() != Some("shop")));
    }
}

#[tokio::test]
async fn without_the_log_that_names_tokens_the_owners_entries_are_told_as_such() {
    let scene = scene().await;
    let path = "*/logs/audit";
    scene.server.with_world(|world| world.fail(FailureRule::status(path, 500)));
    let (_, timeline, minted) = scene.told().await;
    assert!(timeline.logs.iter().any(|log| log.log == Log::V1 && log.complete));
    assert!(timeline.in_window().all(|event| event.generation.is_none()));
    let tokens: Vec<_> = minted.iter().filter(|minted| minted.kind == MintedKind::Token).collect();
    assert_eq!(tokens.len(), 2);
    assert!(tokens.iter().all(|token| token.evidence.contains("does not name the token")));
}

#[tokio::test]
async fn a_token_that_no_log_explains_is_suspicious() {
    let scene = scene().await;
    scene.server.with_world(|world| {
        world.fail(FailureRule::status("*/logs/audit", 500));
        world.fail(FailureRule::status("*/audit_logs", 500));
    });
    let (trail, timeline, minted) = scene.told().await;
    assert!(timeline.events.is_empty() && !trail.gaps.is_empty());
    let ids: Vec<_> = minted.iter().filter_map(|minted| minted.id.clone()).collect();
    assert_eq!(ids, scene.cast.minted);
    assert!(minted.iter().all(|token| token.evidence.starts_with("the list of tokens: issued")));
}

#[tokio::test]
async fn the_reach_names_what_lies_within_it_and_what_to_rotate() {
    let scene = scene().await;
    let desk = scene.responder();
    let (reach, gaps) = scene.measured(&desk).await;
    assert_eq!((reach.basis, reach.tier), (Basis::Record, Tier::Takeover));
    assert!(
        reach.headline.starts_with("Whoever held it could take over Bakery Production"),
        "{}",
        reach.headline
    );
    let names = |family: &str| -> Vec<String> {
        let mut names: Vec<String> =
            reach.assets.iter().filter(|a| a.family == family).flat_map(|a| a.names.clone()).collect();
        names.sort();
        names
    };
    assert_eq!(names("Workers"), ["cdn-helper", "newsletter", "shop"]);
    assert_eq!(
        names("Secrets of Workers"),
        [
            "MAILER_PASSWORD of the Worker newsletter",
            "SESSION_SIGNING_KEY of the Worker shop",
            "STRIPE_SECRET_KEY of the Worker shop"
        ]
    );
    assert_eq!(names("KV namespaces"), ["feature-flags", "sessions"]);
    assert_eq!(names("Logpush jobs"), ["archive"]);
    assert!(names("DNS records").contains(&"pay.bakery.example".to_owned()));
    assert!(names("Members").contains(&"support@bakery-helpdesk.example".to_owned()));
    // D1 and R2 are there, and out of this token's reach.
    assert_eq!(names("D1 databases"), [""; 0]);
    let rotations: Vec<_> = reach.rotations.iter().map(|rotation| rotation.what.as_str()).collect();
    assert!(rotations.contains(&"secret STRIPE_SECRET_KEY of the Worker shop"), "{rotations:?}");
    assert!(gaps.iter().all(|gap| !gap.why.is_empty()));
}

#[tokio::test]
async fn the_replacement_keeps_only_what_the_weekly_deploy_needs() {
    let scene = scene().await;
    let (desk, question, identity) = (scene.responder(), scene.question(), scene.identity().await);
    let mut trail = audit::read(&[&desk], &question).await;
    timeline::tell(&question, &mut trail);
    let (proposed, gaps) = replacement::propose(&identity, &question, &trail);
    let proposed = proposed.expect("a proposal");
    assert!(gaps.is_empty());
    let policies = proposed.body["policies"].as_array().expect("policies");
    assert_eq!(policies.len(), 1);
    let resource = format!("com.cloudflare.api.account.{}", scene.cast.production);
    assert_eq!(policies[0]["resources"], serde_json::json!({ resource: "*" }));
    assert_eq!(policies[0]["permission_groups"].as_array().map(Vec::len), Some(1));
    assert_eq!(policies[0]["permission_groups"][0]["name"], "Workers Scripts Write");
    assert_eq!(policies[0]["permission_groups"][0]["id"].as_str().map(str::len), Some(32));
    let link = proposed.link.expect("the form");
    assert!(
        link.contains("workers_scripts") && link.contains(&format!("accountId={}", scene.cast.production)),
        "{link}"
    );
    assert!(proposed.dropped.contains(&"API Tokens Write".to_owned()));
    assert!(proposed.caveats.iter().any(|caveat| caveat.contains("198.51.100.4")), "{:?}", proposed.caveats);
    let seen = scene.server.with_world(|world| world.seen().iter().any(|seen| seen.mutating));
    assert!(!seen, "nothing is created");
}

#[tokio::test]
async fn probes_confirm_reading_and_claim_no_more() {
    let scene = scene().await;
    let desk = scene.desk(&scene.cast.leaked.value, "the credential itself");
    let (accounts, zones) =
        ([Named::new(&scene.cast.production, None)], [Named::new(&scene.cast.zone, None)]);
    let (reach, gaps) = probes::try_out(&desk, true, &accounts, &zones).await;
    assert_eq!(reach.basis, Basis::Probes);
    let groups: Vec<_> = reach.powers.iter().map(|power| power.group.as_str()).collect();
    for group in ["Workers Scripts Read", "Workers KV Storage Read", "DNS Read", "API Tokens Read"] {
        assert!(groups.contains(&group), "{groups:?}");
    }
    assert!(!groups.contains(&"D1 Read"));
    assert!(gaps.iter().any(|gap| gap.what == "what it may write"));
    assert!(reach.assets.iter().all(|asset| asset.names.is_empty()));
    assert!(desk.take_exhibits().is_empty(), "answers are dropped");
    assert!(scene.server.with_world(|world| world.seen().iter().all(|seen| seen.method == "GET")));
}

/// Values that must not show, and what stands for them.
fn forbidden(scene: &Scene) -> Vec<String> {
    let cast = &scene.cast;
    let planted = cast.planted.iter().map(|planted| &planted.value);
    let own = [&cast.leaked.value, &cast.responder.value, &cast.account_responder.value];
    planted
        .chain(own)
        .map(|value| value.expose().to_owned())
        .chain(["secret-access-key=".to_owned()])
        .collect()
}

#[tokio::test]
async fn no_value_shows_in_anything_that_is_kept() {
    let scene = scene().await;
    let desk = scene.responder();
    let (mut trail, told, minted) = scene.told().await;
    let (reach, gaps) = scene.measured(&desk).await;
    let question = scene.question();
    timeline::tell(&question, &mut trail);
    let (replacement, _) = replacement::propose(&scene.identity().await, &question, &trail);
    let kept = serde_json::to_string(&(told, minted, reach, gaps, trail.gaps, replacement)).expect("JSON");
    let from_lists = format!("{:?}", desk.take_exhibits());
    for value in forbidden(&scene) {
        assert!(!kept.contains(&value), "a value in what is told");
        assert!(!from_lists.contains(&value), "a value in an exhibit of a list");
    }
}
