use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One step that would change the world, as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The same for the same step in every run: `freeze token 0123…`.
    pub id: String,
    pub verb: Verb,
    pub target: Target,
    /// `PUT /user/tokens/0123…`; `None` for what only a person can do.
    pub request: Option<String>,
    /// One sentence: what it does and what will stop working.
    pub says: String,
    /// How to take it back; `None` where that is not possible.
    pub undo: Option<String>,
    /// Words that consent to it: the token id, the fingerprint.
    pub confirm: Vec<String>,
    /// Which responder does it; `None` where none may.
    pub responder: Option<String>,
    /// Steps for a person, where no request does it.
    pub by_hand: Vec<String>,
    pub state: ActionState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Status to disabled; reversible.
    Freeze,
    /// A new value; the old one ends.
    Roll,
    Delete,
    /// An OAuth login ends.
    Revoke,
    /// A new secret for a thing that stays (Access, Turnstile, tunnel).
    Rotate,
    Disable,
    DropConnections,
    /// No API does it.
    ByHand,
}

/// What is acted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub kind: TargetKind,
    pub id: Option<String>,
    pub name: Option<String>,
    /// The account it belongs to; `None` for what belongs to a user.
    pub account: Option<String>,
    /// Was it minted with the leaked credential, rather than leaked itself?
    pub minted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    UserToken,
    AccountToken,
    GlobalApiKey,
    OriginCaKey,
    OauthLogin,
    ServiceToken,
    TurnstileWidget,
    Tunnel,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ActionState {
    /// Nobody consented yet.
    Planned,
    Done(Receipt),
    /// It was as wanted before anything was sent.
    AlreadyDone {
        at: Timestamp,
        how: String,
    },
    /// Cloudflare refused, so nothing changed.
    Failed {
        at: Timestamp,
        why: String,
    },
    /// It may have happened: the answer was lost and a look could not tell.
    Unknown {
        at: Timestamp,
        why: String,
    },
    /// For a person; closed when the credential is seen dead.
    ByHand,
}

/// Proof of a step that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub at: Timestamp,
    pub http: Option<u16>,
    /// `CF-Ray` of the answer: what Cloudflare's support asks for.
    pub ray: Option<String>,
    /// Seen by a look after the answer was lost.
    pub by_look: bool,
}

impl Action {
    /// Is the world as this step wants it?
    pub fn is_done(&self) -> bool {
        match self.state {
            ActionState::Done(_) | ActionState::AlreadyDone { .. } => true,
            ActionState::Planned
            | ActionState::Failed { .. }
            | ActionState::Unknown { .. }
            | ActionState::ByHand => false,
        }
    }
}

impl Verb {
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Freeze => "freeze",
            Verb::Roll => "roll",
            Verb::Delete => "delete",
            Verb::Revoke => "revoke",
            Verb::Rotate => "rotate",
            Verb::Disable => "disable",
            Verb::DropConnections => "drop connections",
            Verb::ByHand => "by hand",
        }
    }
}

impl TargetKind {
    /// For sentences: `the user token "ci-deploy"`.
    pub fn as_str(self) -> &'static str {
        match self {
            TargetKind::UserToken => "user token",
            TargetKind::AccountToken => "account token",
            TargetKind::GlobalApiKey => "Global API key",
            TargetKind::OriginCaKey => "Origin CA key",
            TargetKind::OauthLogin => "OAuth login",
            TargetKind::ServiceToken => "Access service token",
            TargetKind::TurnstileWidget => "Turnstile widget",
            TargetKind::Tunnel => "tunnel",
            TargetKind::Other => "credential",
        }
    }
}
