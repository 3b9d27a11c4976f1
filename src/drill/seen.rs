use crate::model::Fingerprint;
use jiff::Timestamp;
use std::net::IpAddr;

/// One request as the fake remembers it, so that tests can say "nothing was asked twice", "no change was sent
/// twice", "the budget was kept". Holds no secret: credentials are fingerprints, paths that are secrets are
/// cut.
#[derive(Clone, Debug)]
pub struct Seen {
    pub at: Timestamp,
    pub method: String,
    pub path: String,
    pub query: String,
    pub client: IpAddr,
    pub user_agent: Option<String>,
    /// The credential that came with the request, whether or not it was one.
    pub credential: Option<Fingerprint>,
    pub access: Access,
    pub status: u16,
    /// `errors[0].code` of the answer.
    pub code: Option<i64>,
    /// Not GET, HEAD or OPTIONS.
    pub mutating: bool,
}

/// What became of the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The request never got to the gate: a failure on demand, or a path that needs no credential.
    NotAsked,
    /// Accepted, whatever it then was allowed to do.
    Valid,
    /// Refused as a credential: counts towards the lock-out.
    Invalid,
    /// Not judged: missing, malformed, locked out, over the rate.
    NotJudged,
}
