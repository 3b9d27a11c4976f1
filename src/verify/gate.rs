//! Whether a finding may be asked about at all.

use crate::model::{Checksum, Confidence, Finding, NotCheckedReason, Reason, redacted};

/// `--verify`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    All,
    /// `certain` and `high` findings.
    #[default]
    High,
    None,
}

pub fn may_ask(finding: &Finding, mode: Mode) -> Result<(), NotCheckedReason> {
    let is_sample = |reason: &Reason| matches!(reason, Reason::DocumentationSample | Reason::Placeholder);
    if finding.reasons.iter().any(is_sample) {
        return Err(NotCheckedReason::DocumentationSample);
    }
    match mode {
        Mode::None => Err(NotCheckedReason::TurnedOff),
        Mode::All if !is_labelled(finding) => Err(NotCheckedReason::Unlabelled),
        Mode::All => Ok(()),
        // Every failed authentication counts against this address, so they are not spent on typing errors.
        Mode::High if finding.checksum == Some(Checksum::Invalid) => Err(NotCheckedReason::ChecksumInvalid),
        Mode::High if finding.confidence < Confidence::High => Err(NotCheckedReason::BelowThreshold),
        Mode::High => Ok(()),
    }
}

/// Does anything say that the value is Cloudflare's? Forty characters from nowhere may be the secret of
/// another service, and sending it would leak it.
fn is_labelled(finding: &Finding) -> bool {
    let has_public_prefix = !redacted(&finding.secret).starts_with('…');
    has_public_prefix || !finding.reasons.contains(&Reason::LittleContext)
}
