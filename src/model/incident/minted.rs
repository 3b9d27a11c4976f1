use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that was made or changed with the leaked credential, or with a token that it minted, and that would
/// outlive it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minted {
    pub kind: MintedKind,
    pub id: Option<String>,
    /// A script, a pattern, a record's name, an e-mail address.
    pub name: Option<String>,
    pub account: Option<String>,
    pub zone: Option<String>,
    /// When the log has it.
    pub at: Option<Timestamp>,
    /// The token that made it.
    pub by_token: Option<String>,
    /// 1: by the leaked credential; 2: by what that made; and so on.
    pub generation: u32,
    pub presence: Presence,
    /// Every log that would show it was read, and none does: it may be somebody's honest work.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_suspect: bool,
    /// How it was told: an audit-log entry, or the list of tokens and its time.
    pub evidence: String,
    /// What to do about it.
    pub advice: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MintedKind {
    Token,
    Member,
    OauthClient,
    ServiceToken,
    AccessPolicy,
    IdentityProvider,
    Tunnel,
    R2Credentials,
    Worker,
    WorkerRoute,
    DnsRecord,
    Webhook,
    LogpushJob,
    MailRule,
    Other,
}

/// Is it still there?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Exists,
    /// It is there, and disabled or expired.
    Inactive,
    Gone,
    /// Nobody here may look.
    Unknown,
}

impl MintedKind {
    pub fn as_str(self) -> &'static str {
        match self {
            MintedKind::Token => "API token",
            MintedKind::Member => "account member",
            MintedKind::OauthClient => "OAuth client",
            MintedKind::ServiceToken => "Access service token",
            MintedKind::AccessPolicy => "Access application or policy",
            MintedKind::IdentityProvider => "identity provider",
            MintedKind::Tunnel => "tunnel",
            MintedKind::R2Credentials => "temporary R2 credentials",
            MintedKind::Worker => "Worker",
            MintedKind::WorkerRoute => "Worker route",
            MintedKind::DnsRecord => "DNS record",
            MintedKind::Webhook => "notification destination",
            MintedKind::LogpushJob => "Logpush job",
            MintedKind::MailRule => "e-mail route",
            MintedKind::Other => "change",
        }
    }
}
