//! A Global API key works only with its owner's e-mail, so it is asked about with every e-mail near it.
//!
//! 9103 refutes the pair: the key may live with an e-mail that was not found. A key is never called dead.

use crate::model::{NotCheckedReason, UnknownReason, Verdict};
use crate::verify::course::{Step, alive, decided, not_checked, unknown, was_asked};
use crate::verify::hearing::Heard;
use crate::verify::question::Question;
use crate::verify::subject::Subject;
use crate::verify::table::Means;

pub(super) fn next(subject: &Subject, heard: &[Heard]) -> Step {
    if let Some(verdict) = decided(subject, heard).or_else(|| alive(heard)) {
        return Step::Conclude(verdict);
    }
    if subject.emails.is_empty() {
        return not_checked(NotCheckedReason::NeedsEmail);
    }
    let untried = subject.emails.iter().map(|email| Question::UserAs(email.clone()));
    match untried.into_iter().find(|question| !was_asked(heard, question)) {
        Some(question) => Step::Ask(question),
        None if heard.iter().all(|heard| heard.means() == Some(Means::Nothing)) => none_fits(heard.len()),
        None => unknown(heard),
    }
}

fn none_fits(tried: usize) -> Step {
    let what = match tried {
        1 => "the e-mail near it does not fit, another may".to_owned(),
        tried => format!("none of {tried} e-mails fits, another may"),
    };
    Step::Conclude(Verdict::Unknown(UnknownReason::Inconclusive(what)))
}
