use serde::Serialize;

/// One question asked and the answer, so that a person on call can defend the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    pub endpoint: String,
    pub http: Option<u16>,
    pub code: Option<i64>,
    pub ray: Option<String>,
    /// RFC 3339.
    pub at: String,
}

/// What a live credential told about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    pub token_id: Option<String>,
    pub expires_on: Option<String>,
    pub not_before: Option<String>,
    /// (id, name) of the accounts it could see.
    pub accounts: Vec<(String, String)>,
    /// (id, name) of the zones it could see.
    pub zones: Vec<(String, String)>,
}

/// Proof of death. Nothing else makes a credential dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadReason {
    /// The one endpoint that knows this kind says it does not know this value.
    Rejected,
    /// The format itself stopped working at a published date.
    Retired,
}

/// Asked, and could not tell. Shown, counted, retried; never filed under dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    Timeout,
    RateLimited,
    LockedOut,
    Network(String),
    NotJson,
    ServerError(u16),
    /// A status word that Cloudflare does not document.
    Status(String),
    /// Every answer was about the pair, the account or the endpoint, not about the credential.
    Inconclusive(String),
}

/// Not asked, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCheckedReason {
    Offline,
    /// Below the confidence that `--verify` asks for.
    BelowThreshold,
    ChecksumInvalid,
    NeedsEmail,
    NeedsAccount,
    NeedsKeyId,
    /// Asking would change something: a deploy hook deploys, a refresh token rotates.
    AskingHarms,
    /// Only an administrator's credential could compare it.
    NeedsResponder,
    /// No endpoint judges this kind.
    NoEndpoint,
    DocumentationSample,
}

impl NotCheckedReason {
    pub fn as_str(self) -> &'static str {
        match self {
            NotCheckedReason::Offline => "offline",
            NotCheckedReason::BelowThreshold => "below the confidence that is verified",
            NotCheckedReason::ChecksumInvalid => "checksum does not match",
            NotCheckedReason::NeedsEmail => "needs the account e-mail",
            NotCheckedReason::NeedsAccount => "needs the account id",
            NotCheckedReason::NeedsKeyId => "needs the access key id",
            NotCheckedReason::AskingHarms => "asking would change something",
            NotCheckedReason::NeedsResponder => "needs a responder credential",
            NotCheckedReason::NoEndpoint => "no endpoint judges this kind",
            NotCheckedReason::DocumentationSample => "documentation sample",
        }
    }
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
