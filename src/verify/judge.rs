//! Runs examinations: asks what the course says, once a credential, many at a time within the budget.

use crate::cloudflare::{Client, Patience};
use crate::model::{Asked, Finding, Fingerprint, Judgement, Kind, NotCheckedReason, UnknownReason, Verdict};
use crate::verify::course::{self, Step};
use crate::verify::gate::{Mode, may_ask};
use crate::verify::hearing::{Heard, hear};
use crate::verify::look;
use crate::verify::subject::{Context, Subject};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Slow answers overlap; the budget keeps the pace.
const AT_ONCE: usize = 8;

/// A value may be found as two kinds (40 hex digits); what holds for one says nothing about the other.
type Credential = (Fingerprint, Kind);

/// Verdicts of one run. Every credential is asked about once, however often it is handed in.
#[derive(Debug)]
pub struct Judge {
    client: Arc<Client>,
    remembered: Mutex<HashMap<Credential, Judgement>>,
    /// Examinations that are over, for whoever shows progress.
    done: Arc<AtomicUsize>,
}

impl Judge {
    pub fn new(client: Arc<Client>) -> Self {
        Judge { client, remembered: Mutex::new(HashMap::new()), done: Arc::default() }
    }

    /// Counts up while `judge` runs.
    pub fn done(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.done)
    }

    /// Judges in the order of `findings`. When `interrupted` resolves, what is open becomes unknown.
    pub async fn judge(
        &self,
        findings: &[Finding],
        mode: Mode,
        context: &Context,
        interrupted: impl Future<Output = ()>,
    ) -> Vec<Judgement> {
        let context = context.clone().asking(self.client.api_host());
        let twins = twins(findings, mode);
        let mut open: Vec<(Credential, Subject)> = Vec::new();
        let mut met = HashSet::new();
        for (finding, twin) in findings.iter().zip(&twins) {
            let is_ours = twin.is_none() && may_ask(finding, mode).is_ok();
            if is_ours && self.recall(&key(finding)).is_none() && met.insert(key(finding)) {
                open.push((key(finding), Subject::of(finding, &context)));
            }
        }
        let fresh = self.examine(open, interrupted).await;
        let conclude = |finding: &Finding| match may_ask(finding, mode) {
            Ok(()) => self
                .recall(&key(finding))
                .or_else(|| fresh.get(&key(finding)).cloned())
                .unwrap_or_else(interrupted_before),
            Err(why) => Judgement::not_checked(why),
        };
        let whose = |(finding, twin): (_, &Option<usize>)| twin.map_or(finding, |index| &findings[index]);
        findings.iter().zip(&twins).map(whose).map(conclude).collect()
    }

    async fn examine(
        &self,
        open: Vec<(Credential, Subject)>,
        interrupted: impl Future<Output = ()>,
    ) -> HashMap<Credential, Judgement> {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut running = JoinSet::new();
        for (credential, subject) in open {
            let (client, turns) = (Arc::clone(&self.client), Arc::clone(&turns));
            running.spawn(async move {
                // Never closed, so always granted.
                let _turn = turns.acquire_owned().await;
                (credential, examine(&client, &subject).await)
            });
        }
        let mut fresh = HashMap::new();
        tokio::pin!(interrupted);
        loop {
            tokio::select! {
                done = running.join_next() => match done {
                    Some(Ok((credential, judgement))) => {
                        self.done.fetch_add(1, Ordering::Relaxed);
                        self.remember(&credential, &judgement);
                        fresh.insert(credential, judgement);
                    }
                    // A panic in one examination leaves its credential unknown, and the others alone.
                    Some(Err(error)) => tracing::error!(%error, "an examination broke off"),
                    None => return fresh,
                },
                () = &mut interrupted => return fresh,
            }
        }
    }

    fn recall(&self, credential: &Credential) -> Option<Judgement> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).get(credential).cloned()
    }

    /// What was not asked stays open: an e-mail found later may answer it.
    fn remember(&self, credential: &Credential, judgement: &Judgement) {
        if matches!(judgement.verdict, Verdict::NotChecked(_)) {
            return;
        }
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.insert(credential.clone(), judgement.clone());
    }
}

fn interrupted_before() -> Judgement {
    Judgement { verdict: Verdict::Unknown(UnknownReason::Interrupted), asked: Vec::new() }
}

/// The verdicts of a run that asks nothing, and needs no client for it.
pub fn not_asked(findings: &[Finding], why: NotCheckedReason) -> Vec<Judgement> {
    findings.iter().map(|_| Judgement::not_checked(why)).collect()
}

fn key(finding: &Finding) -> Credential {
    (finding.fingerprint, finding.kind.clone())
}

/// An R2 pair whose secret is the hash of a token that was found too is that token: one credential, one
/// question.
fn twins(findings: &[Finding], mode: Mode) -> Vec<Option<usize>> {
    let is_pair = |finding: &Finding| finding.kind == Kind::R2S3Credentials;
    let tokens: HashMap<Fingerprint, usize> = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| !is_pair(finding) && may_ask(finding, mode).is_ok())
        .map(|(index, finding)| (finding.fingerprint, index))
        .collect();
    let owner_of: HashMap<Fingerprint, usize> = tokens
        .values()
        .flat_map(|index| findings[*index].linked.iter().map(|pair| (*pair, *index)))
        .collect();
    findings
        .iter()
        .map(|finding| {
            if !is_pair(finding) {
                return None;
            }
            let by_token = owner_of.get(&finding.fingerprint);
            by_token.or_else(|| finding.linked.iter().find_map(|token| tokens.get(token))).copied()
        })
        .collect()
}

async fn examine(client: &Client, subject: &Subject) -> Judgement {
    let mut patience = Patience::for_one_credential();
    let mut heard: Vec<Heard> = Vec::new();
    let mut asked: Vec<Asked> = Vec::new();
    let verdict = loop {
        let question = match course::next(subject, &heard, patience.requests_left()) {
            Step::Ask(question) => question,
            Step::Conclude(verdict) => break verdict,
        };
        let reply = client.ask(&question.call(&subject.secret, None), &mut patience).await;
        asked.extend(reply.asked);
        heard.push(hear(question, &reply.outcome, &subject.secret));
    };
    let Verdict::Live(grant) = verdict else { return Judgement { verdict, asked } };
    while let Some(question) = look::next(subject, &heard) {
        if patience.requests_left() == 0 {
            break;
        }
        let call = question.call(&subject.secret, look::email(&heard));
        let mut once = patience.for_one_look();
        let reply = client.ask(&call, &mut once).await;
        asked.extend(reply.asked);
        heard.push(hear(question, &reply.outcome, &subject.secret));
    }
    Judgement { verdict: look::verdict(&heard, grant.proof), asked }
}

#[cfg(test)]
mod tests;
