use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What Cloudflare's audit logs say happened with the credential and with what it minted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    pub since: Timestamp,
    pub until: Timestamp,
    /// The start of the quiet time before the leak that `new` is measured against.
    pub baseline_since: Timestamp,
    pub logs: Vec<LogRead>,
    /// Oldest first; those before `since` are the baseline.
    pub events: Vec<Event>,
    /// Within the window.
    pub first_use: Option<Timestamp>,
    pub last_use: Option<Timestamp>,
    pub addresses: Vec<SeenFrom>,
    pub agents: Vec<SeenFrom>,
}

/// One log of one account, and how much of it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRead {
    pub log: Log,
    /// Name or id; `None` for the user's own log.
    pub account: Option<String>,
    pub from: Timestamp,
    pub until: Timestamp,
    pub entries: u64,
    pub complete: bool,
    /// Why it is not complete.
    pub why: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Log {
    /// Names the token of each entry; records no reads.
    V2,
    /// Names no token: entries are those of the owner.
    V1,
    /// `/user/audit_logs`.
    UserV1,
}

/// One entry: a row of `timeline.csv` (CONTRACT section 7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub time: Timestamp,
    pub account: Option<String>,
    pub zone: Option<String>,
    pub class: Class,
    /// "minted the API token ci-deploy-2".
    pub words: String,
    /// The log's own word: `create`, `token_create`.
    pub action: String,
    pub object: Option<String>,
    /// `success` or `failure`, or empty where the log does not say.
    pub result: String,
    pub actor: Option<String>,
    pub token_id: Option<String>,
    pub token_name: Option<String>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub method: Option<String>,
    pub uri: Option<String>,
    pub ray: Option<String>,
    pub audit_id: String,
    pub log: Log,
    /// 0: the leaked credential, 1: a token it minted, and so on; `None` where the log does not name a token
    /// and the entry is the owner's.
    pub generation: Option<u32>,
    /// The address, the program or the class was not seen before the leak.
    pub is_new: bool,
}

/// What an entry means to a responder (CLOUDFLARE.md 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Persistence,
    Code,
    Dns,
    Zone,
    Data,
    Mail,
    Exfiltration,
    Tampering,
    Read,
    Other,
}

/// An address or a program from which the credential was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenFrom {
    pub value: String,
    pub first: Timestamp,
    pub last: Timestamp,
    pub count: u64,
    pub failures: u64,
    /// Not seen before the leak.
    pub is_new: bool,
}

impl Class {
    pub const ALL: [Class; 10] = [
        Class::Persistence,
        Class::Code,
        Class::Dns,
        Class::Zone,
        Class::Data,
        Class::Mail,
        Class::Exfiltration,
        Class::Tampering,
        Class::Read,
        Class::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Class::Persistence => "persistence",
            Class::Code => "code",
            Class::Dns => "dns",
            Class::Zone => "zone",
            Class::Data => "data",
            Class::Mail => "mail",
            Class::Exfiltration => "exfiltration",
            Class::Tampering => "tampering",
            Class::Read => "read",
            Class::Other => "other",
        }
    }
}

impl Timeline {
    /// Entries since the leak.
    pub fn in_window(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|event| event.time >= self.since)
    }
}

impl Event {
    pub fn failed(&self) -> bool {
        self.result == "failure"
    }
}
