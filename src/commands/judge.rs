//! The seam between finding and asking: a judgement for each finding.

use crate::cli::VerifyScope;
use crate::commands::settings::Settings;
use crate::model::{Finding, Judgement, NotCheckedReason};

/// One judgement a finding, in the same order. This build asks nobody, and says so.
pub fn judge(findings: &[Finding], settings: &Settings) -> Vec<Judgement> {
    let why = match settings.verify {
        VerifyScope::None if !settings.offline => NotCheckedReason::TurnedOff,
        VerifyScope::All | VerifyScope::High | VerifyScope::None => NotCheckedReason::Offline,
    };
    findings.iter().map(|_| Judgement::not_checked(why)).collect()
}
