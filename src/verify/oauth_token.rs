//! `cfoat_…`: no verify endpoint knows it. `/user` and `/accounts` let it in, deny it a scope, or call it
//! invalid.

use crate::verify::course::{Step, alive, dead, decided, said_at, unknown, was_asked};
use crate::verify::hearing::Heard;
use crate::verify::question::{Endpoint, Question};
use crate::verify::subject::Subject;
use crate::verify::table::Means;

pub(super) fn next(subject: &Subject, heard: &[Heard]) -> Step {
    if let Some(verdict) = decided(subject, heard).or_else(|| alive(heard)) {
        return Step::Conclude(verdict);
    }
    for question in [Question::User, Question::Accounts] {
        if !was_asked(heard, &question) {
            return Step::Ask(question);
        }
    }
    // The second endpoint must not have been silent: one answer alone could be a fault of that endpoint.
    let confirmed = said_at(heard, Endpoint::Accounts).is_some();
    match said_at(heard, Endpoint::User) {
        Some(Means::Rejected) if confirmed => dead(),
        Some(
            Means::Rejected
            | Means::Active
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
