//! Doing what was consented to: look, write down the intent, send once, write down what came of it.
//!
//! A change is never sent twice in doubt. When an answer is lost, the record tells whether it happened; when even
//! that cannot be told, the step is left as unknown.

use crate::cloudflare::changes;
use crate::cloudflare::{Answer, ApiError, Auth, Call, Failure, Outcome, Patience};
use crate::model::incident::{Action, ActionState, Receipt, Target, TargetKind, Verb};
use crate::model::{Fingerprint, Secret};
use crate::respond::Desk;
use crate::respond::case::{CaseError, Journal, Occurrence};
use crate::respond::identify::tunnel_parts;
use crate::respond::plan::record_path;
use data_encoding::BASE64;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

/// Agreement to certain steps of one plan. It fits no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    actions: Vec<String>,
}

/// Words that agree to nothing in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmatched(pub Vec<String>);

impl Consent {
    /// `words` are token ids and fingerprints; each must agree to at least one step.
    pub fn given(plan: &[Action], words: &[String]) -> Result<Consent, Unmatched> {
        let fits = |action: &Action, word: &String| action.confirm.contains(word);
        let strange: Vec<String> =
            words.iter().filter(|word| !plan.iter().any(|action| fits(action, word))).cloned().collect();
        if !strange.is_empty() {
            return Err(Unmatched(strange));
        }
        let agreed = plan.iter().filter(|action| words.iter().any(|word| fits(action, word)));
        Ok(Consent { actions: agreed.map(|action| action.id.clone()).collect() })
    }

    pub fn covers(&self, action: &Action) -> bool {
        self.actions.contains(&action.id)
    }

    pub fn actions(&self) -> &[String] {
        &self.actions
    }
}

/// What the steps are done with.
pub struct Hands<'a> {
    pub desk: &'a Desk,
    /// The leaked value, where it is at hand: what is in force is compared with it.
    pub leaked: Option<&'a Secret>,
    /// Whether the value still works, where it was just asked.
    pub still_works: Option<bool>,
    pub journal: &'a mut Journal,
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// Takes a new value that is shown only once, before anything else is done with it.
    pub keep: &'a mut (dyn FnMut(&Action, Secret) -> std::io::Result<()> + Send),
}

/// What a look says about a step.
#[derive(Clone, Debug, PartialEq)]
enum Look {
    /// The world is as the step wants it.
    Done(&'static str),
    /// It is not; with the record, and a mark that changes when the step is done.
    Open {
        record: Value,
        mark: Option<String>,
    },
    CannotTell(String),
}

/// What became of one request.
enum Sent {
    Done {
        http: u16,
        answer: Value,
        ray: Option<String>,
    },
    /// It was not done: refused, or it never left.
    Refused(String, Option<u16>),
    /// Nobody knows; a look tells, after this wait.
    Lost {
        why: String,
        wait: Duration,
    },
}

/// Who is asked to wait longer than this is told, rather than left waiting.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// A lost answer is followed by a look, and where the look says "not done" by another try.
const TRIES: usize = 3;

/// Does one step, if the world is not already as it wants it. The result is in its state.
pub async fn carry_out(
    action: &mut Action,
    consent: &Consent,
    hands: &mut Hands<'_>,
) -> Result<(), CaseError> {
    if !consent.covers(action) || action.is_done() || action.verb == Verb::ByHand {
        return Ok(());
    }
    let unsettled =
        hands.journal.is_unsettled(&action.id) || matches!(action.state, ActionState::Unknown { .. });
    for _try in 0..TRIES {
        let (record, mark) = match look(action, hands, unsettled).await {
            Look::Done(how) => return settle_found(action, unsettled, how, hands),
            Look::Open { record, mark } => (record, mark),
            Look::CannotTell(why) => return settle_blocked(action, unsettled, why, hands),
        };
        write_intent(action, mark.clone(), hands)?;
        match send(action, &record, hands).await {
            Sent::Done { http, answer, ray } => {
                keep_new_value(action, &answer, hands)?;
                return settle_done(action, Some(http), ray, false, hands);
            }
            Sent::Refused(why, http) => return settle_failed(action, why, http, hands),
            Sent::Lost { why, wait } if wait > LONGEST_WAIT => {
                return settle_failed(action, why, None, hands);
            }
            Sent::Lost { why, wait } => {
                tokio::time::sleep(wait).await;
                match look(action, hands, false).await {
                    Look::Done(_) => return settle_done(action, None, None, true, hands),
                    // Only a new secret is told by the mark: whatever else changed the record did not freeze it.
                    Look::Open { mark: now, .. } if makes_a_secret(action) && now != mark => {
                        return settle_done(action, None, None, true, hands);
                    }
                    Look::Open { .. } if is_safe_to_repeat(action, mark.as_ref()) => {
                        write_outcome(action, "not done", None, None, Some(why), hands)?;
                    }
                    Look::Open { .. } | Look::CannotTell(_) => return settle_unknown(action, why, hands),
                }
            }
        }
    }
    settle_unknown(action, "the answer was lost each time".to_owned(), hands)
}

fn makes_a_secret(action: &Action) -> bool {
    matches!(action.verb, Verb::Roll | Verb::Rotate)
}

/// Twice is no more than once, or a mark proves that the first did not happen.
fn is_safe_to_repeat(action: &Action, mark: Option<&String>) -> bool {
    match action.verb {
        Verb::Freeze | Verb::Delete | Verb::Disable | Verb::Revoke | Verb::DropConnections => true,
        Verb::Roll | Verb::Rotate => mark.is_some(),
        Verb::ByHand => false,
    }
}

/// `unsettled`: an earlier run was about to do this, and nobody knows whether it did.
async fn look(action: &Action, hands: &Hands<'_>, unsettled: bool) -> Look {
    let target = &action.target;
    match (action.verb, target.kind) {
        (Verb::Revoke, _) | (Verb::ByHand, _) => Look::Open { record: Value::Null, mark: None },
        (
            _,
            TargetKind::UserToken
            | TargetKind::AccountToken
            | TargetKind::ServiceToken
            | TargetKind::TurnstileWidget,
        ) => match record_path(target) {
            Some(path) => after_get(action, hands.desk.look(&path).await, hands, unsettled),
            None => Look::CannotTell("its id is not known".to_owned()),
        },
        (_, TargetKind::Tunnel) => look_at_tunnel(action, hands, unsettled).await,
        (
            _,
            TargetKind::GlobalApiKey | TargetKind::OriginCaKey | TargetKind::OauthLogin | TargetKind::Other,
        ) => Look::CannotTell("there is no record of it".to_owned()),
    }
}

fn after_get(action: &Action, answer: Result<Value, ApiError>, hands: &Hands<'_>, unsettled: bool) -> Look {
    let record = match answer {
        Ok(record) => record,
        // To a stranger everything is absent: only who saw the record can say that it is gone.
        Err(error) if error.is_absence() && action.responder.as_deref() == Some(hands.desk.name()) => {
            return Look::Done("it is not there any more");
        }
        Err(error) => return Look::CannotTell(error.to_string()),
    };
    let is_off =
        matches!(record["status"].as_str(), Some("disabled" | "expired")) || record["enabled"] == false;
    let has_other_secret = match (record["secret"].as_str(), hands.leaked) {
        (Some(now), Some(leaked)) => now != leaked.expose(),
        _unknown => false,
    };
    match action.verb {
        Verb::Freeze | Verb::Disable if is_off => return Look::Done("it was disabled or expired already"),
        Verb::Rotate if has_other_secret => return Look::Done("its secret is another one already"),
        _other => {}
    }
    let mark =
        ["modified_on", "updated_at"].iter().find_map(|field| record[*field].as_str().map(str::to_owned));
    let was_cut_off = unsettled && makes_a_secret(action);
    let after = was_cut_off.then(|| after_crash(action, mark.as_ref(), hands)).flatten();
    after.unwrap_or(Look::Open { record, mark })
}

/// A crash between the request and its answer: whether it was rolled, the mark in the intent tells, else the old
/// value. That it still works tells nothing: a change takes its time to spread.
fn after_crash(action: &Action, now: Option<&String>, hands: &Hands<'_>) -> Option<Look> {
    match (hands.journal.mark(&action.id), now, hands.still_works) {
        (Some(before), Some(now), _) if before == now => None,
        (Some(_), Some(_), _) => Some(Look::Done("its record changed with the request that was cut off")),
        (_, _, Some(false)) => Some(Look::Done("the old value does not work any more")),
        (_, _, Some(true) | None) => Some(Look::CannotTell(CUT_OFF.to_owned())),
    }
}

const CUT_OFF: &str = "an earlier run may have done it and was cut off before the answer";

async fn look_at_tunnel(action: &Action, hands: &Hands<'_>, unsettled: bool) -> Look {
    let Some(path) = record_path(&action.target) else {
        return Look::CannotTell("its id is not known".to_owned());
    };
    if action.verb == Verb::DropConnections {
        return match hands.desk.look(&format!("{path}/connections")).await {
            Ok(list) if list.as_array().is_some_and(Vec::is_empty) => Look::Done("nothing is connected"),
            Ok(_) => Look::Open { record: Value::Null, mark: None },
            Err(error) => Look::CannotTell(error.to_string()),
        };
    }
    match hands.desk.look(&format!("{path}/token")).await {
        Ok(token) => {
            let current = token.as_str().map(Secret::new).as_ref().and_then(tunnel_parts);
            let leaked = hands.leaked.and_then(tunnel_parts);
            match (current, leaked) {
                (Some(current), Some(leaked)) if current.secret != leaked.secret => {
                    Look::Done("its secret is another one already")
                }
                (Some(current), _) => {
                    let mark = Some(Fingerprint::of(&current.secret).to_string());
                    // Where the leaked value is not at hand, the intent has the secret that was in force.
                    let cut_off = hands.leaked.is_none() && unsettled;
                    let after = cut_off.then(|| after_crash(action, mark.as_ref(), hands)).flatten();
                    after.unwrap_or(Look::Open { record: Value::Null, mark })
                }
                (None, _) => Look::Open { record: Value::Null, mark: None },
            }
        }
        Err(error) => Look::CannotTell(error.to_string()),
    }
}

async fn send(action: &Action, record: &Value, hands: &Hands<'_>) -> Sent {
    let Some(call) = call(action, record, hands) else {
        return Sent::Refused("nothing can be sent for it".to_owned(), None);
    };
    let reply = hands.desk.client().ask(&call, &mut Patience::for_a_responder()).await;
    let ray = reply.asked.last().and_then(|asked| asked.ray.clone());
    match reply.outcome {
        Outcome::Answered(answer) => read(&call, answer, ray),
        Outcome::Failed(
            failure @ (Failure::Connect
            | Failure::Malformed
            | Failure::Tls
            | Failure::LockedOut
            | Failure::OutOfPatience),
        ) => Sent::Refused(failure.to_string(), failure.http()),
        // It says that nothing was done; a look costs little.
        Outcome::Failed(failure @ Failure::RateLimited { retry_after, .. }) => {
            Sent::Lost { why: failure.to_string(), wait: retry_after.unwrap_or_default() }
        }
        Outcome::Failed(
            failure @ (Failure::Timeout
            | Failure::CutShort
            | Failure::Truncated(_)
            | Failure::TooLarge(_)
            | Failure::Redirect(_)),
        ) => Sent::Lost { why: failure.to_string(), wait: Duration::ZERO },
    }
}

fn read(call: &Call, answer: Answer, ray: Option<String>) -> Sent {
    let http = answer.http;
    // The login server answers 200 and nothing, for tokens that it never knew too (RFC 7009): proof comes later.
    let is_login_server = matches!(call.target, crate::cloudflare::Target::Oauth(_));
    if is_login_server && http == 200 {
        return Sent::Done { http, answer: Value::Null, ray };
    }
    match answer.result() {
        Some(result) if http < 300 => Sent::Done { http, answer: result.clone(), ray },
        Some(_) | None => {
            let error =
                ApiError { endpoint: call.endpoint(), outcome: Outcome::Answered(answer), asked: Vec::new() };
            let said_no = (400..500).contains(&http) && (!error.notices().is_empty() || is_login_server);
            match said_no {
                true => Sent::Refused(error.to_string(), Some(http)),
                false => Sent::Lost { why: error.to_string(), wait: Duration::ZERO },
            }
        }
    }
}

fn call(action: &Action, record: &Value, hands: &Hands<'_>) -> Option<Call> {
    let (target, auth) = (&action.target, hands.desk.auth());
    match (action.verb, target.kind) {
        (Verb::Freeze, _) => Some(changes::put(record_path(target)?, frozen(record), auth)),
        (Verb::Roll, _) => Some(changes::put(format!("{}/value", record_path(target)?), json!({}), auth)),
        (Verb::Delete, _) => Some(changes::delete(record_path(target)?, auth)),
        (Verb::Disable, _) => {
            let body = json!({"name": record["name"], "duration": record["duration"], "enabled": false});
            Some(changes::put(record_path(target)?, body, auth))
        }
        (Verb::Rotate, _) => rotate(target, auth),
        (Verb::DropConnections, _) => {
            Some(changes::delete(format!("{}/connections", record_path(target)?), auth))
        }
        (Verb::Revoke, _) => {
            let hint = match hands.leaked?.expose().starts_with("cfoat_") {
                true => "access_token",
                false => "refresh_token",
            };
            Some(changes::revoke_oauth(target.id.as_deref()?, hands.leaked?, hint))
        }
        (Verb::ByHand, _) => None,
    }
}

fn rotate(target: &Target, auth: Auth) -> Option<Call> {
    let path = record_path(target)?;
    match target.kind {
        TargetKind::ServiceToken => {
            // Without `previous_client_secret_expires_at` the old secret ends at once (CLOUDFLARE.md 3.7).
            Some(changes::post(format!("{path}/rotate"), json!({}), auth))
        }
        TargetKind::TurnstileWidget => {
            let body = json!({"invalidate_immediately": true});
            Some(changes::post(format!("{path}/rotate_secret"), body, auth))
        }
        TargetKind::Tunnel => {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).ok()?;
            let body = json!({"tunnel_secret": BASE64.encode(&bytes)});
            Some(changes::patch(path, body, auth))
        }
        TargetKind::UserToken
        | TargetKind::AccountToken
        | TargetKind::GlobalApiKey
        | TargetKind::OriginCaKey
        | TargetKind::OauthLogin
        | TargetKind::Other => None,
    }
}

/// Everything as it was, but the status: `PUT` replaces (CLOUDFLARE.md 3.3, CONTRACT section 7).
fn frozen(record: &Value) -> Value {
    let mut body = json!({"name": record["name"], "policies": record["policies"], "status": "disabled"});
    for field in ["condition", "not_before", "expires_on"] {
        if !record[field].is_null() {
            body[field] = record[field].clone();
        }
    }
    body
}

/// New values are shown once: they go where the person wanted them, before the step is called done.
fn keep_new_value(action: &Action, answer: &Value, hands: &mut Hands<'_>) -> Result<(), CaseError> {
    let new = match action.verb {
        Verb::Roll => answer.as_str(),
        Verb::Rotate => answer["client_secret"].as_str().or_else(|| answer["secret"].as_str()),
        Verb::Freeze | Verb::Delete | Verb::Revoke | Verb::Disable | Verb::DropConnections | Verb::ByHand => {
            None
        }
    };
    let Some(new) = new else { return Ok(()) };
    (hands.keep)(action, Secret::new(new))
        .map_err(|error| CaseError { path: "the file for the new value".into(), cause: error.into() })
}

fn write_intent(action: &Action, mark: Option<String>, hands: &mut Hands<'_>) -> Result<(), CaseError> {
    let intent = Occurrence::Intent {
        action: action.id.clone(),
        request: action.request.clone().unwrap_or_default(),
        responder: hands.desk.name().to_owned(),
        mark,
    };
    hands.journal.write((hands.clock)(), intent)
}

fn write_outcome(
    action: &Action,
    state: &str,
    http: Option<u16>,
    ray: Option<String>,
    why: Option<String>,
    hands: &mut Hands<'_>,
) -> Result<(), CaseError> {
    let outcome = Occurrence::Outcome { action: action.id.clone(), state: state.to_owned(), http, ray, why };
    hands.journal.write((hands.clock)(), outcome)
}

fn settle_done(
    action: &mut Action,
    http: Option<u16>,
    ray: Option<String>,
    by_look: bool,
    hands: &mut Hands<'_>,
) -> Result<(), CaseError> {
    action.state = ActionState::Done(Receipt { at: (hands.clock)(), http, ray: ray.clone(), by_look });
    let why = by_look.then(|| "the answer was lost; a look at the record shows that it is done".to_owned());
    write_outcome(action, "done", http, ray, why, hands)
}

/// It is as wanted. After a crash that is this tool's own doing; else somebody was faster.
fn settle_found(
    action: &mut Action,
    unsettled: bool,
    how: &str,
    hands: &mut Hands<'_>,
) -> Result<(), CaseError> {
    if unsettled {
        return settle_done(action, None, None, true, hands);
    }
    action.state = ActionState::AlreadyDone { at: (hands.clock)(), how: how.to_owned() };
    write_outcome(action, "already done", None, None, Some(how.to_owned()), hands)
}

fn settle_blocked(
    action: &mut Action,
    unsettled: bool,
    why: String,
    hands: &mut Hands<'_>,
) -> Result<(), CaseError> {
    if unsettled { settle_unknown(action, why, hands) } else { settle_failed(action, why, None, hands) }
}

fn settle_failed(
    action: &mut Action,
    why: String,
    http: Option<u16>,
    hands: &mut Hands<'_>,
) -> Result<(), CaseError> {
    action.state = ActionState::Failed { at: (hands.clock)(), why: why.clone() };
    write_outcome(action, "failed", http, None, Some(why), hands)
}

fn settle_unknown(action: &mut Action, why: String, hands: &mut Hands<'_>) -> Result<(), CaseError> {
    action.state = ActionState::Unknown { at: (hands.clock)(), why: why.clone() };
    write_outcome(action, "unknown", None, None, Some(why), hands)
}
