//! What the logs, the record and the lists tell a responder about the rehearsed incident.

use super::drill_client::LOOPBACK;
use cfleak::cloudflare::{Auth, Client, Limits, Pace, Services, Setting, Settings, Wanted};
use cfleak::drill::story::{Cast, Story, incident};
use cfleak::drill::{Clock, CursorPlace, FailureRule, Server};
use cfleak::model::Secret;
use cfleak::model::incident::{Class, Log, Minted, MintedKind, Named, Presence, Timeline};
use cfleak::respond::audit::{self, Question, Subject, Trail};
use cfleak::respond::{Desk, minted, timeline};
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
    fn desk(&self, value: &Secret, name: &str) -> Desk {
        let api_base = Some(Setting { name: "test".to_owned(), value: self.server.api_base() });
        let client = Client::new(Settings {
            services: Services::resolve(&Wanted { api_base, ..Wanted::default() }).unwrap(),
            limits: Limits { first_wait: Duration::from_millis(1), tries: 1, ..Limits::default() },
            pace: Pace { requests: 1000, window: Duration::ZERO, failure_gap: Duration::ZERO },
            clock: Arc::new(now),
        });
        Desk::new(Arc::new(client.unwrap()), Auth::Bearer(value.clone()), name)
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
    let (_, timeline, _) = scene.told().await;
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
