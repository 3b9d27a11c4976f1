//! What a live credential can see: the first page of its accounts and zones.
//!
//! Only for the living, and never at the price of a wait. It can still correct a verdict: a verify endpoint
//! may answer from an address at which the rest of the API refuses the token.

use crate::model::{Kind, Proof, Verdict};
use crate::verify::course::{grant, was_asked};
use crate::verify::hearing::Heard;
use crate::verify::question::Question;
use crate::verify::subject::Subject;
use crate::verify::table::Means;

pub(super) fn next(subject: &Subject, heard: &[Heard]) -> Option<Question> {
    let sees_the_api = match subject.kind {
        Kind::UserApiToken
        | Kind::AccountApiToken
        | Kind::LegacyApiToken
        | Kind::OauthAccessToken
        | Kind::GlobalApiKey => true,
        Kind::OriginCaKey
        | Kind::OauthRefreshToken
        | Kind::R2S3Credentials
        | Kind::TunnelToken
        | Kind::TunnelCredentials
        | Kind::AccessServiceToken
        | Kind::TurnstileSecret
        | Kind::CallsSecret
        | Kind::StreamSigningKey
        | Kind::ImagesSigningKey
        | Kind::DeployHook
        | Kind::McpToken
        | Kind::Other(_) => false,
    };
    if !sees_the_api || is_elsewhere(heard) {
        return None;
    }
    [Question::Accounts, Question::Zones].into_iter().find(|question| !was_asked(heard, question))
}

/// The e-mail that fits the key, for a Global API key.
pub(super) fn email(heard: &[Heard]) -> Option<&str> {
    heard.iter().find_map(|heard| match (&heard.question, heard.means()) {
        (Question::UserAs(email), Some(Means::Accepted)) => Some(email.as_str()),
        _not_it => None,
    })
}

pub(super) fn verdict(heard: &[Heard], proof: Proof) -> Verdict {
    let grant = grant(heard, proof);
    if is_elsewhere(heard) { Verdict::Restricted(grant) } else { Verdict::Live(grant) }
}

fn is_elsewhere(heard: &[Heard]) -> bool {
    heard.last().is_some_and(|last| last.means() == Some(Means::Elsewhere))
}
