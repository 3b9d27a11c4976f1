//! The course of one examination: what to ask next, or what is proved.
//!
//! Pure: no clock, no network. Given a subject and what was heard, each kind's file answers with the next
//! question or with the verdict, so every way an examination can go is open to a test.

use crate::model::{DeadReason, Grant, Kind, NotCheckedReason, Proof, UnknownReason, Verdict};
use crate::verify::hearing::{Facts, Heard, Learnt};
use crate::verify::question::{Endpoint, Question};
use crate::verify::subject::Subject;
use crate::verify::table::Means;
use crate::verify::{account_token, global_key, legacy_token, oauth_token, r2_pair, turnstile, user_token};
use jiff::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Ask(Question),
    Conclude(Verdict),
}

/// `left`: how many requests may still be made for this credential.
pub fn next(subject: &Subject, heard: &[Heard], left: u32) -> Step {
    let step = match &subject.kind {
        Kind::UserApiToken => user_token::next(subject, heard, left),
        Kind::AccountApiToken => account_token::next(subject, heard, left),
        Kind::LegacyApiToken => legacy_token::next(subject, heard, left),
        Kind::OauthAccessToken => oauth_token::next(subject, heard),
        Kind::GlobalApiKey => global_key::next(subject, heard),
        Kind::R2S3Credentials => r2_pair::next(subject, heard),
        Kind::TurnstileSecret => turnstile::next(subject, heard),
        // Stopped working on 2026-09-30, and how they are refused since is not documented (CLOUDFLARE.md
        // 1.5.1).
        Kind::OriginCaKey => not_checked(NotCheckedReason::Retired),
        // Using a refresh token rotates it and breaks the session of its owner; a hook's only request
        // deploys; a TURN key's makes credentials (CLOUDFLARE.md 1.6, 1.15, 1.16).
        Kind::OauthRefreshToken | Kind::DeployHook | Kind::CallsSecret => {
            not_checked(NotCheckedReason::AskingHarms)
        }
        // Only an administrator's list can be compared (CLOUDFLARE.md 2.7); a connector would take traffic,
        // and a wrong Access secret would be logged.
        Kind::TunnelToken | Kind::TunnelCredentials | Kind::AccessServiceToken => {
            not_checked(NotCheckedReason::NeedsResponder)
        }
        Kind::StreamSigningKey | Kind::ImagesSigningKey | Kind::McpToken | Kind::Other(_) => {
            not_checked(NotCheckedReason::NoEndpoint)
        }
    };
    match step {
        Step::Conclude(verdict) => Step::Conclude(in_the_right_realm(subject, verdict)),
        Step::Ask(question) if left == 0 => {
            Step::Conclude(Verdict::Unknown(out_of_requests(heard, &question)))
        }
        ask @ Step::Ask(_) => ask,
    }
}

fn out_of_requests(heard: &[Heard], unasked: &Question) -> UnknownReason {
    match heard.iter().find_map(Heard::silence) {
        Some(reason) => reason.clone(),
        None => UnknownReason::Inconclusive(format!(
            "no request left for {}; heard {}",
            unasked.endpoint().as_str(),
            account_of(heard)
        )),
    }
}

/// A token of FedRAMP High looks dead to the public API.
fn in_the_right_realm(subject: &Subject, verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Dead(_) if subject.hints_at_fed && !subject.asks_fed => {
            Verdict::Unknown(UnknownReason::Inconclusive(
                "unknown here, but it may belong to FedRAMP High: \
                 ask with --api-base https://api.fed.cloudflare.com/client/v4"
                    .to_owned(),
            ))
        }
        other @ (Verdict::Live(_)
        | Verdict::Restricted(_)
        | Verdict::Disabled(_)
        | Verdict::Expired(_)
        | Verdict::NotYetActive(_)
        | Verdict::Dead(_)
        | Verdict::Unknown(_)
        | Verdict::NotChecked(_)) => other,
    }
}

pub(super) fn not_checked(why: NotCheckedReason) -> Step {
    Step::Conclude(Verdict::NotChecked(why))
}

pub(super) fn dead() -> Step {
    Step::Conclude(Verdict::Dead(DeadReason::Rejected))
}

impl Heard {
    pub(super) fn silence(&self) -> Option<&UnknownReason> {
        match &self.learnt {
            Learnt::Silence(reason) => Some(reason),
            Learnt::Said(..) => None,
        }
    }

    pub(super) fn means(&self) -> Option<Means> {
        match &self.learnt {
            Learnt::Said(means, _) => Some(*means),
            Learnt::Silence(_) => None,
        }
    }

    pub(super) fn facts(&self) -> Option<&Facts> {
        match &self.learnt {
            Learnt::Said(_, facts) => Some(facts),
            Learnt::Silence(_) => None,
        }
    }
}

/// What `endpoint` said the last time it was asked.
pub(super) fn said_at(heard: &[Heard], endpoint: Endpoint) -> Option<Means> {
    heard.iter().rev().find(|heard| heard.question.endpoint() == endpoint)?.means()
}

pub(super) fn was_asked(heard: &[Heard], question: &Question) -> bool {
    heard.iter().any(|heard| heard.question == *question)
}

/// The verdict of the last answer, if that answer alone decides whatever the kind.
pub(super) fn decided(subject: &Subject, heard: &[Heard]) -> Option<Verdict> {
    let last = heard.last()?;
    let (means, facts) = match &last.learnt {
        Learnt::Said(means, facts) => (means, facts),
        Learnt::Silence(reason) => return ends_it(reason).then(|| Verdict::Unknown(reason.clone())),
    };
    let grant = || grant(heard, Proof::Active);
    match means {
        Means::Active if starts_later(facts, subject.now) => Some(Verdict::NotYetActive(grant())),
        Means::Active => Some(Verdict::Live(grant())),
        Means::Disabled => Some(Verdict::Disabled(grant())),
        Means::Expired => Some(Verdict::Expired(grant())),
        Means::OtherStatus => {
            let word = facts.status.clone().unwrap_or_default();
            Some(Verdict::Unknown(UnknownReason::Status(word)))
        }
        Means::Elsewhere => Some(Verdict::Restricted(grant())),
        Means::Accepted | Means::Denied | Means::Rejected | Means::Malformed | Means::Nothing => None,
    }
}

/// There is no status for "not yet": the dates have to be compared (CLOUDFLARE.md 2.2).
fn starts_later(facts: &Facts, now: Timestamp) -> bool {
    facts.not_before.as_ref().and_then(|text| text.parse::<Timestamp>().ok()).is_some_and(|start| start > now)
}

/// Is it useless to ask another endpoint? A server error concerns one endpoint; a dead line all of them.
fn ends_it(reason: &UnknownReason) -> bool {
    match reason {
        UnknownReason::Timeout
        | UnknownReason::RateLimited
        | UnknownReason::LockedOut
        | UnknownReason::Connect
        | UnknownReason::Tls
        | UnknownReason::Malformed
        | UnknownReason::Interrupted => true,
        UnknownReason::CutShort
        | UnknownReason::Redirect(_)
        | UnknownReason::TooLarge
        | UnknownReason::NotJson(_)
        | UnknownReason::ServerError(_)
        | UnknownReason::Status(_)
        | UnknownReason::Inconclusive(_) => false,
    }
}

/// Proof of life from an endpoint that does not judge: it let the credential in, or denied it a permission.
pub(super) fn alive(heard: &[Heard]) -> Option<Verdict> {
    let any = |means| heard.iter().any(|heard| heard.means() == Some(means));
    let proof = match (any(Means::Accepted), any(Means::Denied)) {
        (true, _) => Proof::Accepted,
        (false, true) => Proof::Denied,
        (false, false) => return None,
    };
    Some(Verdict::Live(grant(heard, proof)))
}

/// Everything that was told, put together.
pub(super) fn grant(heard: &[Heard], proof: Proof) -> Grant {
    let mut grant = Grant { proof, ..Grant::default() };
    for heard in heard {
        let Some(facts) = heard.facts() else { continue };
        let take = |mine: &mut Option<String>, theirs: &Option<String>| {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        };
        take(&mut grant.token_id, &facts.token_id);
        take(&mut grant.not_before, &facts.not_before);
        take(&mut grant.expires_on, &facts.expires_on);
        take(&mut grant.email, &facts.email);
        grant.zones_total = grant.zones_total.or(facts.zones_total);
        add_missing(&mut grant.accounts, &facts.accounts);
        add_missing(&mut grant.zones, &facts.zones);
    }
    for heard in heard {
        if let (Question::VerifyInAccount(account), Some(Means::Active | Means::Disabled | Means::Expired)) =
            (&heard.question, heard.means())
        {
            add_missing(&mut grant.accounts, &[(account.as_str().to_owned(), String::new())]);
        }
    }
    grant
}

fn add_missing(list: &mut Vec<(String, String)>, more: &[(String, String)]) {
    for (id, name) in more {
        if list.iter().all(|(known, _)| known != id) {
            list.push((id.clone(), name.clone()));
        }
    }
}

/// Why nothing is proved.
pub(super) fn unknown(heard: &[Heard]) -> Step {
    let malformed = heard.iter().any(|heard| heard.means() == Some(Means::Malformed));
    let reason = match heard.iter().find_map(Heard::silence) {
        Some(reason) => reason.clone(),
        None if malformed => UnknownReason::Malformed,
        None => UnknownReason::Inconclusive(account_of(heard)),
    };
    Step::Conclude(Verdict::Unknown(reason))
}

/// `/user/tokens/verify: 401, code 1000; /zones: 403, code 9109`
fn account_of(heard: &[Heard]) -> String {
    let answers = heard.iter().filter_map(|heard| {
        let facts = heard.facts()?;
        Some(format!("{}: {}", heard.question.endpoint().as_str(), facts.answer))
    });
    answers.collect::<Vec<_>>().join("; ")
}
