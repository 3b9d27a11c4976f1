use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// One question asked and the answer, so that a person on call can defend the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub endpoint: String,
    pub http: Option<u16>,
    pub code: Option<i64>,
    pub ray: Option<String>,
    /// RFC 3339.
    pub at: String,
}

/// How we know that a credential works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// The endpoint that judges this kind says `active`, or the equal of it.
    #[default]
    Active,
    /// Another endpoint took the credential.
    Accepted,
    /// An endpoint knew the credential and denied it a permission. Nobody denies a stranger anything specific.
    Denied,
}

/// What a living credential told about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    pub proof: Proof,
    pub token_id: Option<String>,
    /// RFC 3339, as Cloudflare wrote it.
    pub expires_on: Option<String>,
    pub not_before: Option<String>,
    /// The user behind it, where it may read that.
    pub email: Option<String>,
    /// (id, name) of the accounts it could see.
    pub accounts: Vec<(String, String)>,
    /// (id, name) of the zones it could see, at most one page of them.
    pub zones: Vec<(String, String)>,
    /// How many zones there are in all, where that was told.
    pub zones_total: Option<u64>,
}

/// Proof of death. Nothing else makes a credential dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadReason {
    /// The endpoint that knows this kind says that it does not know this value: revoked, rolled, or expired so
    /// long ago that it is forgotten.
    Rejected,
}

/// Asked, and could not tell. Shown, counted, retried; never filed under dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    Timeout,
    /// Even after waiting, or the wait asked for is too long.
    RateLimited,
    /// "Max auth failures reached": this address is shut out and every further answer worthless.
    LockedOut,
    Connect,
    Tls,
    /// The connection broke, or the answer ended in the middle.
    CutShort,
    Redirect(u16),
    TooLarge,
    NotJson(u16),
    ServerError(u16),
    /// The API does not accept the shape of what was sent.
    Malformed,
    /// A status word that Cloudflare does not document.
    Status(String),
    /// Every answer was about the pair, the account or the endpoint, not about the credential.
    Inconclusive(String),
    Interrupted,
}

/// Not asked, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCheckedReason {
    Offline,
    /// `--verify none`.
    TurnedOff,
    /// Below the confidence that `--verify` asks for.
    BelowThreshold,
    ChecksumInvalid,
    /// Nothing says that the value is Cloudflare's: it may be somebody else's secret, so it is not sent.
    Unlabelled,
    NeedsEmail,
    NeedsAccount,
    NeedsKeyId,
    /// Asking would change something: a deploy hook deploys, a refresh token rotates.
    AskingHarms,
    /// Only an administrator's credential could compare it.
    NeedsResponder,
    /// No endpoint judges this kind.
    NoEndpoint,
    /// The format stopped working at a published date.
    Retired,
    DocumentationSample,
}

/// What is known about a credential's life (CONTRACT section 1, `verdict`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Live(Grant),
    /// Live, but not from this address.
    Restricted(Grant),
    Disabled(Grant),
    Expired(Grant),
    NotYetActive(Grant),
    Dead(DeadReason),
    Unknown(UnknownReason),
    NotChecked(NotCheckedReason),
}

/// A verdict and the evidence for it: `verdict` in the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub asked: Vec<Asked>,
}

impl Verdict {
    pub fn state(&self) -> &'static str {
        match self {
            Verdict::Live(_) => "live",
            Verdict::Restricted(_) => "restricted",
            Verdict::Disabled(_) => "disabled",
            Verdict::Expired(_) => "expired",
            Verdict::NotYetActive(_) => "not_yet_active",
            Verdict::Dead(_) => "dead",
            Verdict::Unknown(_) => "unknown",
            Verdict::NotChecked(_) => "not_checked",
        }
    }

    /// Why, in a few words; never holds any part of a value.
    pub fn reason(&self) -> String {
        match self {
            Verdict::Live(grant) => grant.proof.as_str().to_owned(),
            Verdict::Restricted(_) => "works, but not from this address".to_owned(),
            Verdict::Disabled(_) => "disabled, and can be enabled again".to_owned(),
            Verdict::Expired(grant) => since("expired", grant.expires_on.as_deref()),
            Verdict::NotYetActive(grant) => since("not active before", grant.not_before.as_deref()),
            Verdict::Dead(DeadReason::Rejected) => "rejected: Cloudflare does not know it".to_owned(),
            Verdict::Unknown(why) => why.describe(),
            Verdict::NotChecked(why) => why.as_str().to_owned(),
        }
    }

    /// Could somebody use it right now, from somewhere? Decides exit code 3.
    pub fn is_usable(&self) -> bool {
        match self {
            Verdict::Live(_) | Verdict::Restricted(_) => true,
            Verdict::Disabled(_)
            | Verdict::Expired(_)
            | Verdict::NotYetActive(_)
            | Verdict::Dead(_)
            | Verdict::Unknown(_)
            | Verdict::NotChecked(_) => false,
        }
    }

    /// Is the question open still? Decides exit code 4 of `verify`.
    pub fn is_open(&self) -> bool {
        match self {
            Verdict::Unknown(_) | Verdict::NotChecked(_) => true,
            Verdict::Live(_)
            | Verdict::Restricted(_)
            | Verdict::Disabled(_)
            | Verdict::Expired(_)
            | Verdict::NotYetActive(_)
            | Verdict::Dead(_) => false,
        }
    }

    /// What the credential told about itself, if it still stands in Cloudflare's books.
    pub fn grant(&self) -> Option<&Grant> {
        match self {
            Verdict::Live(grant)
            | Verdict::Restricted(grant)
            | Verdict::Disabled(grant)
            | Verdict::Expired(grant)
            | Verdict::NotYetActive(grant) => Some(grant),
            Verdict::Dead(_) | Verdict::Unknown(_) | Verdict::NotChecked(_) => None,
        }
    }
}

fn since(what: &str, when: Option<&str>) -> String {
    match when {
        Some(when) => format!("{what} {when}"),
        None => what.to_owned(),
    }
}

impl Judgement {
    pub fn not_checked(why: NotCheckedReason) -> Self {
        Judgement { verdict: Verdict::NotChecked(why), asked: Vec::new() }
    }
}

impl Serialize for Judgement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let grant = self.verdict.grant();
        let mut object = serializer.serialize_struct("Verdict", 5)?;
        object.serialize_field("state", self.verdict.state())?;
        object.serialize_field("reason", &self.verdict.reason())?;
        object.serialize_field("token_id", &grant.and_then(|grant| grant.token_id.as_deref()))?;
        object.serialize_field("expires_on", &grant.and_then(|grant| grant.expires_on.as_deref()))?;
        object.serialize_field("asked", &self.asked)?;
        object.end()
    }
}

impl Proof {
    pub fn as_str(self) -> &'static str {
        match self {
            Proof::Active => "active",
            Proof::Accepted => "accepted by the API",
            Proof::Denied => "known to the API, without permission for what was asked",
        }
    }
}

impl UnknownReason {
    pub fn describe(&self) -> String {
        match self {
            UnknownReason::Timeout => "no answer in time".to_owned(),
            UnknownReason::RateLimited => "rate limited: ask again later".to_owned(),
            UnknownReason::LockedOut => {
                "locked out: too many failed authentications from this address; wait five minutes or more"
                    .to_owned()
            }
            UnknownReason::Connect => "no connection".to_owned(),
            UnknownReason::Tls => "no trusted TLS connection".to_owned(),
            UnknownReason::CutShort => "the answer was cut short".to_owned(),
            UnknownReason::Redirect(http) => format!("redirected ({http}), and redirects are not followed"),
            UnknownReason::TooLarge => "the answer is larger than any the API gives".to_owned(),
            UnknownReason::NotJson(http) => format!("the answer ({http}) does not come from the API"),
            UnknownReason::ServerError(http) => format!("server error {http}"),
            UnknownReason::Malformed => "the API does not accept the shape of the value".to_owned(),
            UnknownReason::Status(word) => format!("status \"{word}\""),
            UnknownReason::Inconclusive(what) => format!("inconclusive: {what}"),
            UnknownReason::Interrupted => "interrupted".to_owned(),
        }
    }
}

impl NotCheckedReason {
    pub fn as_str(self) -> &'static str {
        match self {
            NotCheckedReason::Offline => "offline",
            NotCheckedReason::TurnedOff => "verification is turned off",
            NotCheckedReason::BelowThreshold => "below the confidence that is verified",
            NotCheckedReason::ChecksumInvalid => "checksum does not match",
            NotCheckedReason::Unlabelled => "nothing says that it is Cloudflare's, so it is not sent",
            NotCheckedReason::NeedsEmail => "needs the account e-mail",
            NotCheckedReason::NeedsAccount => "needs the account id",
            NotCheckedReason::NeedsKeyId => "needs the access key id",
            NotCheckedReason::AskingHarms => "asking would change something",
            NotCheckedReason::NeedsResponder => "needs a responder credential",
            NotCheckedReason::NoEndpoint => "no endpoint judges this kind",
            NotCheckedReason::Retired => "retired format: service keys stopped working on 2026-09-30",
            NotCheckedReason::DocumentationSample => "documentation sample",
        }
    }
}

/// CONTRACT section 1, `verdict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Live,
    Restricted,
    Disabled,
    Expired,
    NotYetActive,
    Dead,
    Unknown,
    NotChecked,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Live => "live",
            State::Restricted => "restricted",
            State::Disabled => "disabled",
            State::Expired => "expired",
            State::NotYetActive => "not_yet_active",
            State::Dead => "dead",
            State::Unknown => "unknown",
            State::NotChecked => "not_checked",
        }
    }

    /// It works for somebody, if perhaps not from here.
    pub fn is_live(self) -> bool {
        match self {
            State::Live | State::Restricted => true,
            State::Disabled
            | State::Expired
            | State::NotYetActive
            | State::Dead
            | State::Unknown
            | State::NotChecked => false,
        }
    }

    /// It works for nobody, and somebody saw it refused or heard that it is switched off.
    pub fn is_ended(self) -> bool {
        match self {
            State::Disabled | State::Expired | State::Dead => true,
            State::Live | State::Restricted | State::NotYetActive | State::Unknown | State::NotChecked => {
                false
            }
        }
    }
}

impl From<&Verdict> for State {
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Live(_) => State::Live,
            Verdict::Restricted(_) => State::Restricted,
            Verdict::Disabled(_) => State::Disabled,
            Verdict::Expired(_) => State::Expired,
            Verdict::NotYetActive(_) => State::NotYetActive,
            Verdict::Dead(_) => State::Dead,
            Verdict::Unknown(_) => State::Unknown,
            Verdict::NotChecked(_) => State::NotChecked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judgement_is_the_documented_object() {
        let grant = Grant { token_id: Some("0".repeat(32)), ..Grant::default() };
        let asked = Asked {
            endpoint: "GET /user/tokens/verify".into(),
            http: Some(200),
            code: Some(10000),
            ray: None,
            at: "2026-11-22T10:00:00Z".into(),
        };
        let judgement = Judgement { verdict: Verdict::Live(grant), asked: vec![asked] };
        assert_eq!(
            serde_json::to_string(&judgement).unwrap(),
            r#"{"state":"live","reason":"active","token_id":"00000000000000000000000000000000","expires_on":null,"#
                .to_owned()
                + r#""asked":[{"endpoint":"GET /user/tokens/verify","http":200,"code":10000,"ray":null,"#
                + r#""at":"2026-11-22T10:00:00Z"}]}"#
        );
    }
}
