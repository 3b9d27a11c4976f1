use crate::model::{
    Allowed, Asked, Checksum, Companions, Confidence, Finding, Fingerprint, Grant, Judgement, Kind, Place,
    Secret, State, redacted,
};
use crate::report::next;

/// A finding and its verdict, as printers see them: without the value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub fingerprint: Fingerprint,
    pub kind: Kind,
    pub rule: String,
    pub confidence: Confidence,
    pub checksum: Option<Checksum>,
    pub redacted: String,
    pub reasons: Vec<String>,
    pub companions: Companions,
    pub places: Vec<Place>,
    pub verdict: Outcome,
    pub allowed: Option<Allowed>,
    /// Only with `--show-secrets`.
    pub secret: Option<Secret>,
}

/// A verdict in the words of the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub state: State,
    pub reason: String,
    pub token_id: Option<String>,
    pub expires_on: Option<String>,
    pub asked: Vec<Asked>,
    /// What it told about itself, for people.
    pub grant: Option<Grant>,
    /// The command to run next.
    pub next: Option<String>,
}

impl Entry {
    pub fn new(finding: Finding, judgement: Judgement, show_secret: bool) -> Self {
        Entry {
            fingerprint: finding.fingerprint,
            verdict: Outcome::new(judgement),
            kind: finding.kind,
            rule: finding.rule.to_string(),
            confidence: finding.confidence,
            checksum: finding.checksum,
            redacted: redacted(&finding.secret),
            reasons: finding.reasons.iter().map(ToString::to_string).collect(),
            companions: finding.companions,
            places: finding.places,
            allowed: finding.allowed,
            secret: show_secret.then_some(finding.secret),
        }
    }

    /// An allowed finding is listed and not counted; a live one counts whatever was allowed.
    pub fn counts(&self) -> bool {
        self.allowed.is_none() || self.verdict.state.is_live()
    }
}

impl Outcome {
    pub fn new(judgement: Judgement) -> Self {
        let grant = judgement.verdict.grant();
        Outcome {
            state: (&judgement.verdict).into(),
            reason: judgement.verdict.reason(),
            token_id: grant.and_then(|grant| grant.token_id.clone()),
            expires_on: grant.and_then(|grant| grant.expires_on.clone()),
            grant: grant.cloned(),
            next: next::command(&judgement.verdict),
            asked: judgement.asked,
        }
    }
}
