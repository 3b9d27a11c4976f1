use crate::model::Provenance;
use serde::{Deserialize, Serialize};

/// Why something was not scanned. A name for every case: nothing is skipped in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// Larger than `--max-bytes`.
    OverMaxBytes,
    /// Nested deeper than `--max-depth-archive`.
    OverDepth,
    /// Expands more than an honest archive does.
    OverRatio,
    /// More members than the limit.
    OverEntries,
    /// Unpacks to more bytes than the limit.
    OverTotal,
    /// Spellings nested deeper than `--max-depth-decode`, or more of them than the budget.
    OverDecode,
    Unreadable,
    /// Listed, then gone.
    Vanished,
    /// A FIFO, socket or device.
    SpecialFile,
    LinkLoop,
    /// A link whose target is outside of what was asked for, or missing.
    LinkOutside,
    Encrypted,
    Truncated,
    Damaged,
    Unsupported,
    /// A store whose format cannot be read by anybody but its owner.
    Opaque,
    /// An object that a shallow or partial clone does not have.
    MissingObject,
    /// A line given to `verify` that is nothing we know.
    NotACredential,
    Interrupted,
}

impl SkipReason {
    pub fn as_str(self) -> &'static str {
        match self {
            SkipReason::OverMaxBytes => "over-max-bytes",
            SkipReason::OverDepth => "over-depth",
            SkipReason::OverRatio => "over-ratio",
            SkipReason::OverEntries => "over-entries",
            SkipReason::OverTotal => "over-total",
            SkipReason::OverDecode => "over-decode",
            SkipReason::Unreadable => "unreadable",
            SkipReason::Vanished => "vanished",
            SkipReason::SpecialFile => "special-file",
            SkipReason::LinkLoop => "link-loop",
            SkipReason::LinkOutside => "link-outside",
            SkipReason::Encrypted => "encrypted",
            SkipReason::Truncated => "truncated",
            SkipReason::Damaged => "damaged",
            SkipReason::Unsupported => "unsupported",
            SkipReason::Opaque => "opaque",
            SkipReason::MissingObject => "missing-object",
            SkipReason::NotACredential => "not-a-credential",
            SkipReason::Interrupted => "interrupted",
        }
    }

    /// Does "clean" stop being true? A FIFO holds no stored bytes, and a link's target is either scanned under
    /// its own name or was not asked for; everything else is a hole in what was asked for.
    pub fn leaves_a_hole(self) -> bool {
        match self {
            SkipReason::SpecialFile | SkipReason::LinkLoop | SkipReason::LinkOutside => false,
            SkipReason::OverMaxBytes
            | SkipReason::OverDepth
            | SkipReason::OverRatio
            | SkipReason::OverEntries
            | SkipReason::OverTotal
            | SkipReason::OverDecode
            | SkipReason::Unreadable
            | SkipReason::Vanished
            | SkipReason::Encrypted
            | SkipReason::Truncated
            | SkipReason::Damaged
            | SkipReason::Unsupported
            | SkipReason::Opaque
            | SkipReason::MissingObject
            | SkipReason::NotACredential
            | SkipReason::Interrupted => true,
        }
    }
}

/// Something that was asked for and not scanned.
#[derive(Clone, Debug)]
pub struct Skip {
    pub provenance: Provenance,
    pub reason: SkipReason,
    /// For people: sizes, limits, the system's message.
    pub detail: String,
}
