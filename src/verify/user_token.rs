//! `cfut_…`: `/user/tokens/verify` knows every one of them, so its rejection is proof.
//!
//! Proof, but what it says to a token that is restricted to other addresses is not documented (CLOUDFLARE.md
//! 2.4). So before a token is called dead, `/accounts` is asked whether it knows better: there the
//! restriction has words.

use crate::verify::course::{Step, alive, dead, decided, said_at, unknown, was_asked};
use crate::verify::hearing::Heard;
use crate::verify::question::{Endpoint, Question};
use crate::verify::subject::Subject;
use crate::verify::table::Means;

pub(super) fn next(subject: &Subject, heard: &[Heard], left: u32) -> Step {
    if heard.is_empty() {
        return Step::Ask(Question::VerifyAsUser);
    }
    if let Some(verdict) = decided(subject, heard).or_else(|| alive(heard)) {
        return Step::Conclude(verdict);
    }
    if said_at(heard, Endpoint::UserVerify) != Some(Means::Rejected) {
        return unknown(heard);
    }
    match was_asked(heard, &Question::Accounts) || left == 0 {
        true => dead(),
        false => Step::Ask(Question::Accounts),
    }
}
