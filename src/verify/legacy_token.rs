//! 40 characters without a prefix: a user's token or an account's, which the shape does not tell.

use crate::verify::account_token;
use crate::verify::course::Step;
use crate::verify::hearing::Heard;
use crate::verify::question::Question;
use crate::verify::subject::Subject;

pub(super) fn next(subject: &Subject, heard: &[Heard], left: u32) -> Step {
    match heard {
        [] => Step::Ask(Question::VerifyAsUser),
        [_, ..] => account_token::next(subject, heard, left),
    }
}
