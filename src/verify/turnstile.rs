//! A Turnstile secret is judged by siteverify, with a response that cannot be right.

use crate::verify::course::{Step, alive, dead, decided, unknown};
use crate::verify::hearing::Heard;
use crate::verify::question::Question;
use crate::verify::subject::Subject;
use crate::verify::table::Means;

pub(super) fn next(subject: &Subject, heard: &[Heard]) -> Step {
    let Some(last) = heard.last() else { return Step::Ask(Question::Siteverify) };
    if let Some(verdict) = decided(subject, heard).or_else(|| alive(heard)) {
        return Step::Conclude(verdict);
    }
    match last.means() == Some(Means::Rejected) {
        true => dead(),
        false => unknown(heard),
    }
}
