use crate::model::{Checksum, Confidence, Fingerprint, Kind, Place, Reason, Secret};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What stood near enough to be needed with a credential. Identifiers, not secrets.
///
/// All candidates are kept, nearest first: a Global API key is judged with every e-mail found near it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Companions {
    pub emails: Vec<String>,
    pub account_ids: Vec<String>,
    pub zone_ids: Vec<String>,
    pub token_ids: Vec<String>,
}

impl Companions {
    pub fn is_empty(&self) -> bool {
        [&self.emails, &self.account_ids, &self.zone_ids, &self.token_ids].iter().all(|list| list.is_empty())
    }

    /// Adds what `other` knows, keeping the order of first sight.
    pub fn absorb(&mut self, other: &Companions) {
        let lists = [
            (&mut self.emails, &other.emails),
            (&mut self.account_ids, &other.account_ids),
            (&mut self.zone_ids, &other.zone_ids),
            (&mut self.token_ids, &other.token_ids),
        ];
        for (mine, theirs) in lists {
            for item in theirs {
                if !mine.contains(item) {
                    mine.push(item.clone());
                }
            }
        }
    }
}

/// Who said that a finding is fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AllowedBy {
    Comment,
    File,
    Baseline,
    Config,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    pub by: AllowedBy,
    /// The comment's word, or the file and line.
    #[serde(rename = "where")]
    pub at: String,
}

/// One credential (one fingerprint) with every place it was seen.
#[derive(Clone, Debug)]
pub struct Finding {
    pub fingerprint: Fingerprint,
    pub kind: Kind,
    pub rule: Arc<str>,
    pub secret: Secret,
    pub confidence: Confidence,
    pub checksum: Option<Checksum>,
    /// Without repeats, those of the best place first.
    pub reasons: Vec<Reason>,
    pub companions: Companions,
    /// Sorted, without repeats.
    pub places: Vec<Place>,
    pub allowed: Option<Allowed>,
    /// The R2 secret of this token was seen too: places where it stood.
    pub linked: Vec<Fingerprint>,
}
