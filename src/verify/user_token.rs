//! `cfut_…`: `/user/tokens/verify` knows every one of them, so its rejection is proof.

use crate::verify::course::{Step, dead, decided, unknown};
use crate::verify::hearing::Heard;
use crate::verify::question::Question;
use crate::verify::subject::Subject;
use crate::verify::table::Means;

pub(super) fn next(subject: &Subject, heard: &[Heard]) -> Step {
    let Some(last) = heard.last() else { return Step::Ask(Question::VerifyAsUser) };
    if let Some(verdict) = decided(subject, heard) {
        return Step::Conclude(verdict);
    }
    match last.means() {
        Some(Means::Rejected) => dead(),
        Some(
            Means::Active
            | Means::Disabled
            | Means::Expired
            | Means::OtherStatus
            | Means::Accepted
            | Means::Denied
            | Means::Elsewhere
            | Means::Malformed
            | Means::Nothing,
        )
        | None => unknown(heard),
    }
}
