//! `cfat_…`: only the verify endpoint of its own account judges it, so the account has to be found first.
//!
//! A refusal in one account proves nothing, since the account may be the wrong one. `/accounts` and `/zones`
//! know every token, and only when both call it invalid is it dead (CLOUDFLARE.md 2.5).

use crate::cloudflare::endpoints::AccountId;
use crate::verify::course::{Step, alive, dead, decided, said_at, unknown, was_asked};
use crate::verify::hearing::Heard;
use crate::verify::question::{Endpoint, Question};
use crate::verify::subject::Subject;
use crate::verify::table::Means;

/// Kept back for `/accounts` and `/zones`, which can prove what a wrong account cannot.
const RESERVED: u32 = 2;

pub(super) fn next(subject: &Subject, heard: &[Heard], left: u32) -> Step {
    if let Some(verdict) = decided(subject, heard) {
        return Step::Conclude(verdict);
    }
    match in_known_account(subject, heard, left).or_else(|| find_account(heard)) {
        Some(question) if left > 0 => Step::Ask(question),
        Some(_) | None => conclude(heard),
    }
}

fn in_known_account(subject: &Subject, heard: &[Heard], left: u32) -> Option<Question> {
    if left <= RESERVED || was_asked(heard, &Question::Accounts) || was_asked(heard, &Question::Zones) {
        return None;
    }
    subject
        .accounts()
        .map(|account| Question::VerifyInAccount(account.clone()))
        .find(|q| !was_asked(heard, q))
}

/// Which account is it? `/accounts` lists exactly one for an account-owned token, `/zones` names it beside
/// each zone; then that account's verify endpoint tells the rest.
fn find_account(heard: &[Heard]) -> Option<Question> {
    let told = heard.iter().filter_map(Heard::facts).flat_map(|facts| &facts.accounts);
    let mut verify = told.filter_map(|(id, _)| AccountId::new(id)).map(Question::VerifyInAccount);
    if let Some(question) = verify.find(|question| !was_asked(heard, question)) {
        return Some(question);
    }
    let told_any = heard.iter().filter_map(Heard::facts).any(|facts| !facts.accounts.is_empty());
    [Question::Accounts, Question::Zones].into_iter().find(|q| !was_asked(heard, q)).filter(|_| !told_any)
}

fn conclude(heard: &[Heard]) -> Step {
    if let Some(live) = alive(heard) {
        return Step::Conclude(live);
    }
    let rejected = |endpoint| said_at(heard, endpoint) == Some(Means::Rejected);
    // A legacy token was asked about as a user token first; that has to be a rejection too.
    let not_a_user_token = match heard.iter().any(|heard| heard.question == Question::VerifyAsUser) {
        true => rejected(Endpoint::UserVerify),
        false => true,
    };
    let all_answered = heard.iter().all(|heard| heard.silence().is_none());
    if rejected(Endpoint::Accounts) && rejected(Endpoint::Zones) && not_a_user_token && all_answered {
        return dead();
    }
    unknown(heard)
}
