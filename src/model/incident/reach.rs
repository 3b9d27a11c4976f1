use serde::{Deserialize, Serialize};

/// The blast radius: what the credential could do, and to what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    pub basis: Basis,
    /// The worst of its powers.
    pub tier: Tier,
    /// One sentence for people who do not know Cloudflare.
    pub headline: String,
    /// Worst first.
    pub powers: Vec<Power>,
    /// What lies within reach, by name.
    pub assets: Vec<Asset>,
    /// Credentials to replace because they could be read or overwritten.
    pub rotations: Vec<Rotation>,
}

/// How it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Its policies, from Cloudflare's record.
    Record,
    /// The scopes of an OAuth login.
    Scopes,
    /// The kind alone says it: a Global API key may do whatever its user may.
    Kind,
    /// Read-only requests with the credential itself; they tell reading, never writing.
    Probes,
    Unknown,
}

/// How bad (CLOUDFLARE.md appendix A).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Whoever holds it can take the account, its traffic or its names.
    Takeover,
    /// It opens stored data, logs or mail.
    DataTheft,
    /// It changes or reads something of less weight.
    Limited,
    /// Not known.
    Unknown,
}

/// One permission in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Power {
    /// `Workers Scripts Write`.
    pub group: String,
    pub tier: Tier,
    pub abilities: Vec<Ability>,
    /// "Replace the code of every Worker, and read each secret bound to one by doing so."
    pub words: String,
    /// Accounts, zones, buckets by name.
    pub on: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    Read,
    Write,
    /// Makes credentials or lets people in.
    Mint,
    /// Puts code into production.
    Deploy,
    /// Moves names, traffic or accounts.
    TakeOver,
}

/// One family of things within reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// "Workers".
    pub family: String,
    /// The account or zone they are in.
    pub of: String,
    pub names: Vec<String>,
    /// False where the list went on, or could not be read: `why` says it.
    pub complete: bool,
    pub why: Option<String>,
    /// `GET /accounts/…/workers/scripts`.
    pub endpoint: String,
}

/// Something to replace, and where that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// "secret STRIPE_SECRET_KEY of the Worker shop".
    pub what: String,
    pub why: String,
    pub how: String,
}
