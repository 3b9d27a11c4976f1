//! Every way an examination can go, walked.
//!
//! The courses are pure, so the tree of their questions and all possible answers can be visited whole.

use crate::cloudflare::endpoints::AccountId;
use crate::model::{Kind, Secret, UnknownReason, Verdict};
use crate::verify::course::{Step, next};
use crate::verify::hearing::{Facts, Heard, Learnt};
use crate::verify::question::{Endpoint, Question};
use crate::verify::subject::Subject;
use crate::verify::table::Means;

fn account(digit: char) -> AccountId {
    AccountId::new(&digit.to_string().repeat(32)).unwrap()
}

fn subject(kind: Kind, secret: &str) -> Subject {
    Subject {
        kind,
        secret: Secret::new(secret),
        emails: vec!["a@example.com".into(), "b@example.com".into()],
        near_accounts: vec![account('a')],
        far_accounts: vec![account('b')],
        hints_at_fed: false,
        asks_fed: false,
        now: "2026-11-22T10:00:00Z".parse().unwrap(),
    }
}

fn every_subject() -> Vec<Subject> {
    Kind::KNOWN
        .iter()
        .flat_map(|kind| {
            let whole = subject(kind.clone(), "left:right");
            let bare =
                Subject { near_accounts: vec![], far_accounts: vec![], emails: vec![], ..whole.clone() };
            let guessed = Subject { near_accounts: vec![], ..whole.clone() };
            [whole, bare, guessed]
        })
        .collect()
}

/// All that can be learnt from a question. Meanings that an endpoint never has are left in: more is stricter.
fn answers() -> Vec<Learnt> {
    let with_account = Facts { accounts: vec![("c".repeat(32), "C".into())], ..Facts::default() };
    let later = Facts { not_before: Some("2027-01-01T00:00:00Z".into()), ..Facts::default() };
    let said = Means::ALL.into_iter().map(|means| Learnt::Said(means, Facts::default()));
    let silent = [
        UnknownReason::Timeout,
        UnknownReason::RateLimited,
        UnknownReason::LockedOut,
        UnknownReason::Connect,
        UnknownReason::NotJson(403),
        UnknownReason::ServerError(500),
        UnknownReason::Redirect(302),
        UnknownReason::CutShort,
    ];
    said.chain([Learnt::Said(Means::Accepted, with_account), Learnt::Said(Means::Active, later)])
        .chain(silent.into_iter().map(Learnt::Silence))
        .collect()
}

/// Calls `visit` with every finished examination.
fn walk(subject: &Subject, heard: &mut Vec<Heard>, left: u32, visit: &mut impl FnMut(&[Heard], &Verdict)) {
    match next(subject, heard, left) {
        Step::Conclude(verdict) => visit(heard, &verdict),
        Step::Ask(question) => {
            assert!(left > 0, "{:?} asks beyond its requests", subject.kind);
            assert!(heard.iter().all(|heard| heard.question != question), "asked twice: {question:?}");
            for learnt in answers() {
                heard.push(Heard { question: question.clone(), learnt });
                walk(subject, heard, left - 1, visit);
                heard.pop();
            }
        }
    }
}

fn for_all(mut visit: impl FnMut(&Subject, &[Heard], &Verdict)) -> usize {
    let mut count = 0;
    for subject in every_subject() {
        for left in [1, 2, 3, 4] {
            walk(&subject, &mut Vec::new(), left, &mut |heard, verdict| {
                count += 1;
                visit(&subject, heard, verdict);
            });
        }
    }
    count
}

fn rejected_by(heard: &[Heard]) -> Vec<Endpoint> {
    let rejections = heard.iter().filter(|heard| heard.means() == Some(Means::Rejected));
    rejections.map(|heard| heard.question.endpoint()).collect()
}

/// Written a second time, apart from the courses: whose rejection kills which kind.
fn judges_of(kind: &Kind) -> &'static [Endpoint] {
    match kind {
        Kind::UserApiToken => &[Endpoint::UserVerify],
        Kind::AccountApiToken => &[Endpoint::Accounts, Endpoint::Zones],
        Kind::LegacyApiToken => &[Endpoint::UserVerify, Endpoint::Accounts, Endpoint::Zones],
        Kind::OauthAccessToken => &[Endpoint::User],
        Kind::R2S3Credentials => &[Endpoint::Buckets],
        Kind::TurnstileSecret => &[Endpoint::Siteverify],
        _never_dead => &[],
    }
}

#[test]
fn dead_only_when_every_judge_of_the_kind_rejects() {
    let mut deaths = 0;
    let walked = for_all(|subject, heard, verdict| {
        if !matches!(verdict, Verdict::Dead(_)) {
            return;
        }
        deaths += 1;
        let rejected = rejected_by(heard);
        let judges = judges_of(&subject.kind);
        assert!(!judges.is_empty(), "{:?} called dead", subject.kind);
        assert!(judges.iter().all(|judge| rejected.contains(judge)), "{:?} dead by {heard:?}", subject.kind);
    });
    assert!(walked > 10_000, "only {walked} examinations were walked");
    assert!(deaths > 10, "only {deaths} deaths: the walk does not reach what it tests");
}

#[test]
fn whoever_showed_a_sign_of_life_is_not_dead() {
    for_all(|subject, heard, verdict| {
        let lives = heard.iter().any(|heard| {
            matches!(
                heard.means(),
                Some(
                    Means::Active
                        | Means::Disabled
                        | Means::Expired
                        | Means::OtherStatus
                        | Means::Accepted
                        | Means::Denied
                        | Means::Elsewhere
                )
            )
        });
        assert!(!(lives && matches!(verdict, Verdict::Dead(_))), "{:?} {heard:?}", subject.kind);
    });
}

#[test]
fn silence_anywhere_is_never_death() {
    for_all(|subject, heard, verdict| {
        // A user token's judge has spoken already when `/accounts` is silent.
        let second_voice =
            |heard: &Heard| subject.kind == Kind::UserApiToken && heard.question == Question::Accounts;
        let silent = heard.iter().any(|heard| heard.silence().is_some() && !second_voice(heard));
        assert!(!(silent && matches!(verdict, Verdict::Dead(_))), "{:?} {heard:?}", subject.kind);
    });
}

#[test]
fn live_needs_proof() {
    for_all(|subject, heard, verdict| {
        if let Verdict::Live(_) = verdict {
            let proofs = [Means::Active, Means::Accepted, Means::Denied];
            let proved = heard.iter().any(|heard| heard.means().is_some_and(|means| proofs.contains(&means)));
            assert!(proved, "{:?} {heard:?}", subject.kind);
        }
    });
}

#[test]
fn a_guessed_account_kills_no_pair() {
    let pair = Subject { near_accounts: vec![], ..subject(Kind::R2S3Credentials, "left:right") };
    walk(&pair, &mut Vec::new(), 6, &mut |heard, verdict| {
        assert!(!matches!(verdict, Verdict::Dead(_)), "{heard:?}");
    });
}

#[test]
fn a_hint_at_fedramp_turns_death_into_doubt() {
    for (asks_fed, dead) in [(false, false), (true, true)] {
        let token = Subject { hints_at_fed: true, asks_fed, ..subject(Kind::UserApiToken, "x") };
        let rejected = |question| (question, Means::Rejected, Facts::default());
        let step = walk_through(&token, &[rejected(Question::VerifyAsUser), rejected(Question::Accounts)]);
        assert_eq!(matches!(step, Step::Conclude(Verdict::Dead(_))), dead, "{step:?}");
    }
}

fn walk_through(subject: &Subject, script: &[(Question, Means, Facts)]) -> Step {
    let mut heard = Vec::new();
    for (question, means, facts) in script {
        let left = 6 - heard.len() as u32;
        assert_eq!(next(subject, &heard, left), Step::Ask(question.clone()));
        heard.push(Heard { question: question.clone(), learnt: Learnt::Said(*means, facts.clone()) });
    }
    next(subject, &heard, 6 - heard.len() as u32)
}

#[test]
fn an_account_token_is_sought_in_known_accounts_then_through_accounts_and_zones() {
    let token = subject(Kind::AccountApiToken, "x");
    let none = Facts::default;
    let told = Facts { accounts: vec![("c".repeat(32), "C".into())], ..none() };
    let step = walk_through(
        &token,
        &[
            (Question::VerifyInAccount(account('a')), Means::Nothing, none()),
            (Question::VerifyInAccount(account('b')), Means::Nothing, none()),
            (Question::Accounts, Means::Nothing, none()),
            (Question::Zones, Means::Accepted, told),
            (Question::VerifyInAccount(account('c')), Means::Disabled, none()),
        ],
    );
    assert!(matches!(step, Step::Conclude(Verdict::Disabled(_))), "{step:?}");
}

#[test]
fn two_requests_are_kept_for_accounts_and_zones() {
    let many = (b'0'..=b'9').map(|digit| account(digit as char)).collect();
    let token = Subject { near_accounts: many, far_accounts: vec![], ..subject(Kind::AccountApiToken, "x") };
    let verify = |digit: char| (Question::VerifyInAccount(account(digit)), Means::Nothing, Facts::default());
    let step = walk_through(
        &token,
        &[
            verify('0'),
            verify('1'),
            verify('2'),
            verify('3'),
            (Question::Accounts, Means::Rejected, Facts::default()),
            (Question::Zones, Means::Rejected, Facts::default()),
        ],
    );
    assert!(matches!(step, Step::Conclude(Verdict::Dead(_))), "{step:?}");
}

#[test]
fn a_key_is_tried_with_every_email_and_lives_with_one() {
    let key = subject(Kind::GlobalApiKey, "x");
    let step = walk_through(
        &key,
        &[
            (Question::UserAs("a@example.com".into()), Means::Nothing, Facts::default()),
            (Question::UserAs("b@example.com".into()), Means::Accepted, Facts::default()),
        ],
    );
    assert!(matches!(step, Step::Conclude(Verdict::Live(_))), "{step:?}");
}
