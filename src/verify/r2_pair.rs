//! An S3 key pair is known to the R2 endpoint of its account only.
//!
//! So "unauthorized" proves death only where the account stood beside the pair; in an account that was merely
//! seen somewhere in the run it says nothing.

use crate::model::NotCheckedReason;
use crate::verify::course::{Step, alive, dead, decided, not_checked, unknown, was_asked};
use crate::verify::hearing::Heard;
use crate::verify::question::Question;
use crate::verify::subject::Subject;
use crate::verify::table::Means;

pub(super) fn next(subject: &Subject, heard: &[Heard]) -> Step {
    if let Some(verdict) = decided(subject, heard).or_else(|| alive(heard)) {
        return Step::Conclude(verdict);
    }
    if !subject.secret.expose().contains(':') {
        return not_checked(NotCheckedReason::NeedsKeyId);
    }
    let accounts = match subject.near_accounts.is_empty() {
        true => &subject.far_accounts,
        false => &subject.near_accounts,
    };
    if accounts.is_empty() {
        return not_checked(NotCheckedReason::NeedsAccount);
    }
    let mut questions = accounts.iter().map(|account| Question::Buckets(account.clone()));
    if let Some(question) = questions.find(|question| !was_asked(heard, question)) {
        return Step::Ask(question);
    }
    let all_rejected = heard.iter().all(|heard| heard.means() == Some(Means::Rejected));
    if all_rejected && !subject.near_accounts.is_empty() {
        return dead();
    }
    unknown(heard)
}
