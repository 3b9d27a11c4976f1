//! A case to print: a bakery's deploy token leaked, and somebody used it. In several endings.

use cfleak::model::incident::*;
use cfleak::model::{Asked, Exposure, Layer, State};
use cfleak::respond::tasks::tasks;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const ATTACKER: &str = "203.0.113.66";
const RETURNED: &str = "203.0.113.201";
const RUNNER: &str = "198.51.100.40";
const SCRIPT: &str = "python-requests/2.32.3";

pub fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// 32 hex digits.
fn id(nth: u32) -> String {
    format!("{nth:04x}").repeat(8)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn named(nth: u32, name: &str) -> Named {
    Named::new(id(nth), some(name))
}

/// With what is left for people, as `respond` says it.
fn with_tasks(mut incident: Incident) -> Incident {
    incident.tasks = tasks(&incident);
    incident
}

/// Found, frozen together with what it minted, and refused two seconds later.
pub fn contained() -> Incident {
    with_tasks(Incident {
        schema: SCHEMA.to_owned(),
        id: "2026-11-25-ab12cd34".to_owned(),
        opened: time("2026-11-25T07:14:02Z"),
        updated: time("2026-11-25T07:15:09Z"),
        runs: vec![
            Run {
                at: time("2026-11-25T07:14:02Z"),
                by: "sam@desk-12".to_owned(),
                version: "0.1.0".to_owned(),
                command: "cfleak respond --value-stdin --case case --hunt . --hunt ci-logs".to_owned(),
                responders: texts(&["user token “break-glass responder”, from env:CFLEAK_RESPONDER_TOKEN"]),
                ended: Some(time("2026-11-25T07:14:31Z")),
            },
            Run {
                at: time("2026-11-25T07:15:01Z"),
                by: "sam@desk-12".to_owned(),
                version: "0.1.0".to_owned(),
                command: format!("cfleak respond --case case --apply --confirm {}", id(0x1a)),
                responders: texts(&["user token “break-glass responder”, from env:CFLEAK_RESPONDER_TOKEN"]),
                ended: Some(time("2026-11-25T07:15:09Z")),
            },
        ],
        leak: Leak {
            fingerprint: Some(format!("cf1:{}", id(0xab12))),
            kind: "user_api_token".to_owned(),
            redacted: some("cfut_…a1b2"),
            checksum: Some(true),
            token_id: Some(id(0x1a)),
            emails: texts(&["maria@bakery.example"]),
            accounts: vec![id(0xaa)],
            since: time("2026-11-19T07:14:00Z"),
            since_source: "the earliest commit that holds it".to_owned(),
        },
        checks: vec![
            check("2026-11-25T07:14:04Z", State::Live, "active", 200),
            check("2026-11-25T07:15:05.100Z", State::Live, "active", 200),
            check("2026-11-25T07:15:06.440Z", State::Disabled, "disabled", 403),
            check("2026-11-25T07:15:07.900Z", State::Disabled, "disabled", 403),
        ],
        identity: Some(identity()),
        actions: actions(true),
        minted: minted(Presence::Inactive),
        copies: Some(copies()),
        reach: Some(reach()),
        timeline: Some(timeline(events())),
        replacement: Some(replacement()),
        gaps: vec![
            gap("Reads", "the audit log records no GET, so what was looked at or downloaded is not known"),
            gap("Objects in R2", "traffic of the S3 interface is in no audit log"),
            gap("Account Bakery Staging", "the responder may not read its audit log (HTTP 403)"),
        ],
        tasks: Vec::new(),
        evidence: vec![
            evidence("evidence/0001-token.json", &format!("GET /user/tokens/{}", id(0x1a))),
            evidence("evidence/0002-audit.json", &format!("GET /accounts/{}/logs/audit, page 1", id(0xaa))),
            evidence("evidence/0003-freeze.json", &format!("PUT /user/tokens/{}", id(0x1a))),
        ],
    })
}

/// How else a case may end, each by its name.
pub fn endings() -> [(&'static str, Incident); 6] {
    [
        ("live", live()),
        ("partly", partly()),
        ("unknown", unknown()),
        ("by_hand", by_hand()),
        ("quiet", quiet()),
        ("crowded", crowded()),
    ]
}

/// The plan was printed, nothing else.
pub fn live() -> Incident {
    let mut incident = contained();
    incident.runs.truncate(1);
    incident.checks.truncate(1);
    incident.actions = actions(false);
    incident.minted = minted(Presence::Exists);
    with_tasks(incident)
}

/// The token is frozen, one that it minted is not.
pub fn partly() -> Incident {
    let mut incident = contained();
    incident.actions[1].state =
        ActionState::Failed { at: time("2026-11-25T07:15:04Z"), why: "HTTP 403, code 9109".to_owned() };
    incident.actions[2].state = ActionState::Unknown {
        at: time("2026-11-25T07:15:05Z"),
        why: "the connection broke, and a look could not tell".to_owned(),
    };
    incident.minted = minted(Presence::Exists);
    let timeline = incident.timeline.as_mut().expect("a timeline");
    for event in timeline.events.iter_mut().rev().take(2) {
        event.log = Log::V1;
        event.generation = None;
        event.token_id = None;
        event.token_name = None;
    }
    with_tasks(incident)
}

/// No responder, no answer.
pub fn unknown() -> Incident {
    let mut incident = contained();
    incident.checks = vec![Check {
        at: time("2026-11-25T07:14:04Z"),
        state: State::Unknown,
        reason: "no answer in time".to_owned(),
        by: CheckedBy::Value,
        asked: Vec::new(),
    }];
    incident.runs.truncate(1);
    incident.runs[0].responders.clear();
    incident.runs[0].ended = None;
    incident.identity = None;
    incident.actions.clear();
    incident.minted.clear();
    incident.copies = None;
    incident.reach = None;
    incident.timeline = None;
    incident.replacement = None;
    incident.evidence.clear();
    incident.gaps = vec![gap("Everything at Cloudflare", "no responder credential was given")];
    with_tasks(incident)
}

/// No request ends a Global API key: a person did, and the record of the account says so.
pub fn by_hand() -> Incident {
    let mut incident = contained();
    incident.leak.kind = "global_api_key".to_owned();
    incident.leak.redacted = some("…9f0e");
    incident.leak.token_id = None;
    incident.leak.checksum = None;
    incident.identity = None;
    incident.checks.truncate(1);
    incident.actions = vec![Action {
        id: "global key".to_owned(),
        verb: Verb::ByHand,
        target: Target {
            kind: TargetKind::GlobalApiKey,
            id: None,
            name: some("maria@bakery.example"),
            account: None,
            minted: false,
        },
        request: None,
        says: "A new key ends the old one; whatever uses the old key stops.".to_owned(),
        undo: None,
        confirm: Vec::new(),
        responder: None,
        by_hand: texts(&[
            "https://dash.cloudflare.com/profile/api-tokens",
            "Global API Key: Change, as maria@bakery.example",
            "cfleak respond --case case",
        ]),
        state: ActionState::ByHand,
    }];
    incident.minted.clear();
    incident.reach = Some(Reach {
        basis: Basis::Kind,
        tier: Tier::Takeover,
        headline: "Whoever holds it can do everything that maria@bakery.example can do, in every account."
            .to_owned(),
        powers: Vec::new(),
        assets: Vec::new(),
        rotations: Vec::new(),
    });
    with_tasks(incident)
}

/// Logs were read and show nothing.
pub fn quiet() -> Incident {
    let mut incident = contained();
    let mut timeline = timeline(Vec::new());
    timeline.logs[0].complete = false;
    timeline.logs[0].why = some("page 3 was refused: HTTP 429");
    incident.timeline = Some(timeline);
    incident.minted.clear();
    incident.actions.truncate(1);
    with_tasks(incident)
}

/// Five thousand entries, most of them of one kind.
pub fn crowded() -> Incident {
    let mut incident = contained();
    let mut events = events();
    let start = time("2026-11-20T00:00:00Z");
    for nth in 0..5_000_u32 {
        let at = start.checked_add(SignedDuration::from_secs(i64::from(nth) * 83)).expect("a time");
        let mut event = event(&at.to_string(), Class::Data, "wrote a key of KV", "update", 0);
        event.object = Some(format!("sessions/{nth}"));
        event.audit_id = format!("bulk-{nth}");
        // Some stand apart, so that not all of them fall into one row.
        if nth % 40 == 0 {
            event.words = format!("wrote the Worker version {nth}");
            event.class = Class::Code;
        }
        events.push(event);
    }
    events.sort_by_key(|event| event.time);
    incident.timeline = Some(timeline(events));
    with_tasks(incident)
}

/// Every text that can come from outside, made by somebody who wants to deceive.
pub fn hostile() -> Incident {
    let evil =
        "\u{202e}<script>alert(1)</script>\u{1b}[2J|`](javascript:alert(1))\n# x @all ![a](http://e.example)";
    let long = format!("/accounts/{}", "a/".repeat(4_000));
    let mut incident = contained();
    incident.leak.kind = evil.to_owned();
    incident.leak.since_source = evil.to_owned();
    incident.runs[0].by = evil.to_owned();
    incident.runs[0].command = evil.to_owned();
    incident.checks[0].reason = evil.to_owned();
    incident.checks[0].asked[0].endpoint = evil.to_owned();
    incident.actions[0].target.name = some(evil);
    incident.actions[0].undo = some(evil);
    incident.gaps.push(gap(evil, evil));
    incident.tasks.push(Task {
        title: evil.to_owned(),
        why: evil.to_owned(),
        how: texts(&["javascript:alert(1)", "https://dash.cloudflare.com/\"><script>", evil]),
    });
    incident.evidence[0].path = evil.to_owned();
    let identity = incident.identity.as_mut().expect("an identity");
    identity.name = some(evil);
    identity.accounts[0].name = some(evil);
    identity.zones[0].name = some(&"x".repeat(2_000));
    for minted in &mut incident.minted {
        minted.name = some(evil);
        minted.advice = evil.to_owned();
    }
    let copies = incident.copies.as_mut().expect("copies");
    copies.places[0].path = evil.to_owned();
    copies.places[0].author = some(evil);
    copies.targets.push(evil.to_owned());
    let reach = incident.reach.as_mut().expect("a reach");
    reach.headline = evil.to_owned();
    reach.powers[0].group = evil.to_owned();
    reach.assets[0].names.push(evil.to_owned());
    reach.rotations[0].how = "javascript:alert(1)".to_owned();
    let timeline = incident.timeline.as_mut().expect("a timeline");
    for event in timeline.events.iter_mut().rev().take(3) {
        event.words = evil.to_owned();
        event.user_agent = some(evil);
        event.address = some("=HYPERLINK(\"http://e.example\")");
        event.uri = Some(long.clone());
        event.token_name = some(evil);
    }
    timeline.addresses[0].value = evil.to_owned();
    timeline.agents[0].value = long;
    let replacement = incident.replacement.as_mut().expect("a replacement");
    replacement.link = some("javascript:alert(1)");
    replacement.body = json!({ "name": evil });
    incident
}

fn check(at: &str, state: State, reason: &str, http: u16) -> Check {
    let asked = Asked {
        endpoint: "GET /user/tokens/verify".to_owned(),
        http: Some(http),
        code: (http != 200).then_some(1000),
        ray: some("9a1b2c3d4e5f0001-FRA"),
        at: at.to_owned(),
    };
    Check { at: time(at), state, reason: reason.to_owned(), by: CheckedBy::Value, asked: vec![asked] }
}

fn identity() -> Identity {
    let resource = |kind, name: &str| Resource { kind, id: Some(id(0xaa)), name: some(name), within: None };
    let policy = |groups: &[&str], resource| Policy {
        effect: "allow".to_owned(),
        groups: groups.iter().zip(1..).map(|(name, nth)| named(nth, name)).collect(),
        resources: vec![resource],
    };
    let zone = |nth, name: &str| Named { within: some("Bakery Production"), ..named(nth, name) };
    Identity {
        told_by: "break-glass responder".to_owned(),
        id: Some(id(0x1a)),
        name: some("ci-deploy"),
        owner: Some(Owner { kind: OwnerKind::User, id: Some(id(0x33)), label: some("maria@bakery.example") }),
        status: some("active"),
        issued_on: Some(time("2025-10-21T09:00:00Z")),
        modified_on: Some(time("2025-10-21T09:00:00Z")),
        last_used_on: Some(time("2026-11-24T07:14:00Z")),
        not_before: None,
        expires_on: None,
        created_by: some("maria@bakery.example"),
        condition: Condition::default(),
        policies: vec![
            policy(
                &["Workers Scripts Write", "Logs Write"],
                resource(ResourceKind::Account, "Bakery Production"),
            ),
            policy(&["API Tokens Write"], resource(ResourceKind::User, "maria@bakery.example")),
        ],
        scopes: Vec::new(),
        accounts: vec![named(0xaa, "Bakery Production"), named(0xbb, "Bakery Staging")],
        zones: vec![zone(0xcc, "bakery.example"), zone(0xcd, "bakery-shop.example")],
        zones_complete: true,
    }
}

fn token_action(nth: u32, name: &str, minted: bool) -> Action {
    Action {
        id: format!("freeze token {}", id(nth)),
        verb: Verb::Freeze,
        target: Target {
            kind: TargetKind::UserToken,
            id: Some(id(nth)),
            name: some(name),
            account: None,
            minted,
        },
        request: Some(format!("PUT /user/tokens/{}", id(nth))),
        says: "The token stops working at once; name, rights and conditions are kept.".to_owned(),
        undo: some("the same request with status active, or Enable in the dashboard"),
        confirm: vec![id(nth)],
        responder: some("break-glass responder"),
        by_hand: texts(&["https://dash.cloudflare.com/profile/api-tokens"]),
        state: ActionState::Planned,
    }
}

fn actions(done: bool) -> Vec<Action> {
    let mut actions = vec![
        token_action(0x1a, "ci-deploy", false),
        token_action(0x2b, "ci-deploy-2", true),
        token_action(0x3c, "backup", true),
    ];
    for (action, at) in actions.iter_mut().zip([
        "2026-11-25T07:15:04.100Z",
        "2026-11-25T07:15:04.600Z",
        "2026-11-25T07:15:05Z",
    ]) {
        if done {
            action.state = ActionState::Done(Receipt {
                at: time(at),
                http: Some(200),
                ray: some("9a1b2c3d4e5f0002-FRA"),
                by_look: false,
            });
        }
    }
    actions
}

fn minted(presence: Presence) -> Vec<Minted> {
    let made = |kind, nth: u32, name: &str, at: &str, advice: &str| Minted {
        kind,
        id: Some(id(nth)),
        name: some(name),
        account: some("Bakery Production"),
        zone: None,
        at: Some(time(at)),
        by_token: Some(id(0x1a)),
        generation: 1,
        presence: Presence::Exists,
        is_suspect: false,
        evidence: "The audit log names the leaked token.".to_owned(),
        advice: advice.to_owned(),
    };
    let night = "2026-11-21T23:16:00Z";
    let freeze = "Freeze it with the leaked one.";
    let mut all = vec![
        Minted { presence, ..made(MintedKind::Token, 0x2b, "ci-deploy-2", night, freeze) },
        Minted {
            by_token: Some(id(0x2b)),
            generation: 2,
            presence,
            account: some("Bakery Staging"),
            ..made(MintedKind::Token, 0x3c, "backup", "2026-11-24T07:15:00Z", freeze)
        },
        Minted {
            by_token: Some(id(0x2b)),
            generation: 2,
            presence: Presence::Unknown,
            ..made(
                MintedKind::Worker,
                0x4d,
                "cdn-helper (version 2)",
                "2026-11-24T07:14:00Z",
                "Compare its versions.",
            )
        },
        made(MintedKind::Worker, 0x4e, "cdn-helper", night, "Delete the script."),
        made(MintedKind::WorkerRoute, 0x4f, "bakery.example/checkout*", night, "Delete the route."),
        made(MintedKind::DnsRecord, 0x50, "pay.bakery.example", night, "Set it back to 198.51.100.11."),
        made(
            MintedKind::LogpushJob,
            0x51,
            "archive",
            night,
            "Delete the job; its logs went to a foreign bucket.",
        ),
        made(MintedKind::Member, 0x52, "support@bakery-helpdesk.example", night, "Remove the member."),
    ];
    all[5].zone = some("bakery.example");
    all[5].presence = Presence::Gone;
    all
}

fn copies() -> Copies {
    let place = |source: &str, path: &str, line| CopyPlace {
        form: CopyForm::Value,
        source: source.to_owned(),
        path: path.to_owned(),
        inside: Vec::new(),
        line,
        column: 22,
        decoded: Vec::new(),
        exposure: None,
        commit: None,
        author: None,
        time: None,
        at_head: None,
        origin: None,
    };
    Copies {
        targets: texts(&[".", "ci-logs"]),
        places: vec![
            CopyPlace { exposure: Some(Exposure::Tracked), ..place("file", "deploy/.env", 14) },
            CopyPlace {
                commit: Some("9f8e7d6c".repeat(5)),
                author: some("Ada"),
                time: some("2026-11-19T07:14:00Z"),
                at_head: Some(false),
                ..place("git", "deploy/old.sh", 3)
            },
            CopyPlace {
                inside: texts(&["build/3_deploy.txt"]),
                origin: some("github-actions, job deploy, step 3"),
                decoded: vec![Layer::Json, Layer::Base64],
                ..place("ci", "ci-logs/run-4711.zip", 882)
            },
            CopyPlace {
                form: CopyForm::R2Secret,
                exposure: Some(Exposure::OutsideGit),
                ..place("file", "ci-logs/rclone.conf", 5)
            },
            CopyPlace {
                form: CopyForm::Masked,
                origin: some("claude-code session 0c1d, tool output"),
                ..place("transcript", "ci-logs/session.jsonl", 40)
            },
        ],
        bytes: 48_200_000,
        files: 1_204,
        objects: 8_911,
        complete: false,
        skipped: texts(&["ci-logs/run-4712.zip: encrypted"]),
    }
}

fn reach() -> Reach {
    let power = |group: &str, tier, abilities: &[Ability], words: &str, on: &str| Power {
        group: group.to_owned(),
        tier,
        abilities: abilities.to_vec(),
        words: words.to_owned(),
        on: texts(&[on]),
    };
    let asset = |family: &str, names: &[&str]| Asset {
        family: family.to_owned(),
        of: "Bakery Production".to_owned(),
        names: texts(names),
        complete: true,
        why: None,
        endpoint: format!("GET /accounts/{}/…", id(0xaa)),
    };
    let rotation = |what: &str, how: &str| Rotation {
        what: what.to_owned(),
        why: "Code put into that Worker can read it.".to_owned(),
        how: how.to_owned(),
    };
    use Ability::{Deploy, Mint, Read, TakeOver, Write};
    let put = "Make a new one where it comes from, then: wrangler secret put";
    Reach {
        basis: Basis::Record,
        tier: Tier::Takeover,
        headline:
            "Whoever held it could make new credentials, replace the code of every Worker and move every \
                   name of two domains."
                .to_owned(),
        powers: vec![
            power(
                "API Tokens Write",
                Tier::Takeover,
                &[Mint, TakeOver],
                "Make new tokens for everything its owner may do, and change or end the others.",
                "maria@bakery.example",
            ),
            power(
                "Workers Scripts Write",
                Tier::Takeover,
                &[Deploy, Read],
                "Replace the code of every Worker, and read each secret bound to one by doing so.",
                "Bakery Production",
            ),
            power(
                "DNS Write",
                Tier::Takeover,
                &[TakeOver],
                "Point every name elsewhere, get certificates and mail.",
                "bakery.example",
            ),
            power(
                "Account Settings Write",
                Tier::Takeover,
                &[Mint],
                "Invite members and change their roles.",
                "Bakery Production",
            ),
            power(
                "Workers KV Storage Write",
                Tier::DataTheft,
                &[Read, Write],
                "Read and change every value in KV: sessions, configuration.",
                "Bakery Production",
            ),
            power(
                "Logs Write",
                Tier::DataTheft,
                &[Read, Write],
                "Send request logs to a bucket of one's own.",
                "Bakery Production",
            ),
            power("Zone Read", Tier::Limited, &[Read], "See the zones and their settings.", "bakery.example"),
        ],
        assets: vec![
            asset("Workers", &["shop", "newsletter"]),
            asset("Secrets of Workers", &["STRIPE_SECRET_KEY", "SESSION_SIGNING_KEY", "MAILER_PASSWORD"]),
            asset("KV namespaces", &["sessions", "feature-flags"]),
            asset("D1 databases", &["orders"]),
            Asset { complete: false, why: some("HTTP 403"), names: Vec::new(), ..asset("R2 buckets", &[]) },
        ],
        rotations: vec![
            rotation("secret STRIPE_SECRET_KEY of the Worker shop", put),
            rotation("secret SESSION_SIGNING_KEY of the Worker shop", put),
            rotation("secret MAILER_PASSWORD of the Worker newsletter", put),
        ],
    }
}

fn event(at: &str, class: Class, words: &str, action: &str, nth: u32) -> Event {
    Event {
        time: time(at),
        account: some("Bakery Production"),
        zone: None,
        class,
        words: words.to_owned(),
        action: action.to_owned(),
        object: None,
        result: "success".to_owned(),
        actor: some("maria@bakery.example"),
        token_id: Some(id(0x1a)),
        token_name: some("ci-deploy"),
        address: some(RUNNER),
        user_agent: some("wrangler/4.125.0"),
        method: some("PUT"),
        uri: Some(format!("/accounts/{}/workers/scripts/shop", id(0xaa))),
        ray: some("9a1b2c3d4e5f0003"),
        audit_id: format!("audit-{nth}"),
        log: Log::V2,
        generation: Some(0),
        is_new: false,
    }
}

fn events() -> Vec<Event> {
    let mut events: Vec<Event> = (0..10_u32)
        .map(|week| {
            let at = time("2026-09-09T07:14:00Z")
                .checked_add(SignedDuration::from_hours(i64::from(week) * 7 * 24))
                .expect("a time");
            event(&at.to_string(), Class::Code, "deployed the Worker shop", "update", week)
        })
        .collect();
    let attack = [
        (Class::Persistence, "minted the API token ci-deploy-2", "create", "success"),
        (Class::Code, "deployed the Worker cdn-helper", "update", "success"),
        (Class::Code, "bound the Worker cdn-helper to bakery.example/checkout*", "create", "success"),
        (Class::Dns, "pointed pay.bakery.example to 203.0.113.66", "update", "success"),
        (Class::Dns, "added a TXT record at _acme-challenge.bakery.example", "create", "success"),
        (Class::Exfiltration, "made the Logpush job archive", "create", "success"),
        (
            Class::Persistence,
            "made support@bakery-helpdesk.example a Super Administrator",
            "create",
            "success",
        ),
        (Class::Persistence, "tried to make an Access service token", "create", "failure"),
        (Class::Zone, "tried to change the setting ssl", "update", "failure"),
    ];
    for (nth, (class, words, action, result)) in (0_u32..).zip(attack) {
        let at = time("2026-11-21T23:15:34Z")
            .checked_add(SignedDuration::from_secs(i64::from(nth) * 47))
            .expect("a time");
        events.push(Event {
            result: result.to_owned(),
            address: some(ATTACKER),
            user_agent: some(SCRIPT),
            is_new: true,
            ..event(&at.to_string(), class, words, action, 100 + nth)
        });
    }
    let deploy = event("2026-11-23T07:14:00Z", Class::Code, "deployed the Worker shop", "update", 150);
    events.push(deploy);
    let child = |at, class, words, nth| Event {
        address: some(RETURNED),
        user_agent: some(SCRIPT),
        is_new: true,
        generation: Some(1),
        token_id: Some(id(0x2b)),
        token_name: some("ci-deploy-2"),
        ..event(at, class, words, "update", nth)
    };
    events.push(child("2026-11-24T07:14:00Z", Class::Code, "deployed the Worker cdn-helper", 200));
    events.push(child("2026-11-24T07:14:47Z", Class::Persistence, "minted the API token backup", 201));
    events
}

fn timeline(events: Vec<Event>) -> Timeline {
    let seen = |value: &str, first: &str, last: &str, count, failures, is_new| SeenFrom {
        value: value.to_owned(),
        first: time(first),
        last: time(last),
        count,
        failures,
        is_new,
    };
    let since = time("2026-11-19T07:14:00Z");
    let is_quiet = events.is_empty();
    let first_use = events.iter().map(|event| event.time).find(|at| *at >= since);
    Timeline {
        since,
        until: time("2026-11-25T07:14:20Z"),
        baseline_since: time("2026-08-21T07:14:00Z"),
        logs: vec![
            LogRead {
                log: Log::V2,
                account: some("Bakery Production"),
                from: time("2026-08-21T07:14:00Z"),
                until: time("2026-11-25T07:14:20Z"),
                entries: events.len() as u64,
                complete: true,
                why: None,
            },
            LogRead {
                log: Log::V2,
                account: some("Bakery Staging"),
                from: time("2026-08-21T07:14:00Z"),
                until: time("2026-11-25T07:14:20Z"),
                entries: 0,
                complete: false,
                why: some("HTTP 403: the responder lacks Account Settings Read"),
            },
        ],
        first_use,
        last_use: events.last().map(|event| event.time),
        addresses: if is_quiet {
            Vec::new()
        } else {
            vec![
                seen(ATTACKER, "2026-11-21T23:15:34Z", "2026-11-21T23:21:50Z", 9, 2, true),
                seen(RETURNED, "2026-11-24T07:14:00Z", "2026-11-24T07:14:47Z", 2, 0, true),
                seen(RUNNER, "2026-11-23T07:14:00Z", "2026-11-23T07:14:00Z", 1, 0, false),
            ]
        },
        agents: if is_quiet {
            Vec::new()
        } else {
            vec![
                seen(SCRIPT, "2026-11-21T23:15:34Z", "2026-11-24T07:14:47Z", 11, 2, true),
                seen("wrangler/4.125.0", "2026-11-23T07:14:00Z", "2026-11-23T07:14:00Z", 1, 0, false),
            ]
        },
        events,
    }
}

fn replacement() -> Replacement {
    Replacement {
        body: json!({
            "name": "ci-deploy (narrow)",
            "policies": [{
                "effect": "allow",
                "permission_groups": [{ "id": id(7), "name": "Workers Scripts Write" }],
                "resources": { format!("com.cloudflare.api.account.{}", id(0xaa)): "*" }
            }],
            "condition": { "request_ip": { "in": ["198.51.100.40/30"] } }
        }),
        link: some(
            "https://dash.cloudflare.com/profile/api-tokens?permissionGroupKeys=%5B%7B%22key%22%3A%22workers_scripts\
             %22%2C%22type%22%3A%22edit%22%7D%5D&name=ci-deploy",
        ),
        kept: texts(&["Workers Scripts Write: 11 deploys of the Worker shop"]),
        dropped: texts(&["API Tokens Write", "DNS Write", "Account Settings Write", "Logs Write"]),
        caveats: texts(&["Reads leave no entry: a job that only lists things would need a Read permission."]),
    }
}

fn gap(what: &str, why: &str) -> Gap {
    Gap { what: what.to_owned(), why: why.to_owned() }
}

fn evidence(path: &str, what: &str) -> Evidence {
    Evidence { path: path.to_owned(), what: what.to_owned(), at: time("2026-11-25T07:14:06Z") }
}
