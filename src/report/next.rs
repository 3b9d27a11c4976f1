//! The command to run next, for one credential.

use crate::model::{Grant, NotCheckedReason, UnknownReason, Verdict};

/// `None` where nothing is left to do.
pub fn command(verdict: &Verdict) -> Option<String> {
    let command = match verdict {
        Verdict::Live(grant) | Verdict::Restricted(grant) | Verdict::NotYetActive(grant) => {
            return Some(respond(grant));
        }
        Verdict::Disabled(_) | Verdict::Expired(_) | Verdict::Dead(_) => return None,
        Verdict::Unknown(why) => again(why)?,
        Verdict::NotChecked(why) => missing(*why)?,
    };
    Some(command.to_owned())
}

/// With its id where it told that: nobody has to hand the value over again.
fn respond(grant: &Grant) -> String {
    match &grant.token_id {
        Some(id) => format!("cfleak respond --token-id {id}"),
        None => "cfleak respond --value-stdin".to_owned(),
    }
}

fn again(why: &UnknownReason) -> Option<&'static str> {
    match why {
        UnknownReason::Timeout
        | UnknownReason::RateLimited
        | UnknownReason::LockedOut
        | UnknownReason::Connect
        | UnknownReason::CutShort
        | UnknownReason::NotJson(_)
        | UnknownReason::ServerError(_)
        | UnknownReason::Interrupted => Some("cfleak verify, later, with the value on stdin"),
        UnknownReason::Inconclusive(_) => {
            Some("cfleak verify, with VALUE account=ID or VALUE email=ADDRESS on stdin")
        }
        UnknownReason::Tls
        | UnknownReason::Redirect(_)
        | UnknownReason::TooLarge
        | UnknownReason::Malformed
        | UnknownReason::Status(_) => None,
    }
}

fn missing(why: NotCheckedReason) -> Option<&'static str> {
    match why {
        NotCheckedReason::NeedsEmail => Some("cfleak verify, with VALUE email=ADDRESS on stdin"),
        NotCheckedReason::NeedsAccount => Some("cfleak verify, with VALUE account=ID on stdin"),
        NotCheckedReason::NeedsKeyId => Some("cfleak verify, with ID:SECRET account=ID on stdin"),
        NotCheckedReason::BelowThreshold | NotCheckedReason::ChecksumInvalid => {
            Some("the same with --verify all, if it may be real")
        }
        NotCheckedReason::Offline | NotCheckedReason::TurnedOff => {
            Some("cfleak verify, with the value on stdin, where the network may be used")
        }
        NotCheckedReason::Unlabelled
        | NotCheckedReason::AskingHarms
        | NotCheckedReason::NeedsResponder
        | NotCheckedReason::NoEndpoint
        | NotCheckedReason::Retired
        | NotCheckedReason::DocumentationSample => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DeadReason;

    #[test]
    fn what_is_missing_is_asked_for_and_what_lives_is_responded_to() {
        let needs_email = command(&Verdict::NotChecked(NotCheckedReason::NeedsEmail));
        assert_eq!(needs_email.as_deref(), Some("cfleak verify, with VALUE email=ADDRESS on stdin"));
        let grant = Grant { token_id: Some("0f".repeat(16)), ..Grant::default() };
        assert_eq!(
            command(&Verdict::Live(grant)),
            Some(format!("cfleak respond --token-id {}", "0f".repeat(16)))
        );
        assert_eq!(command(&Verdict::Dead(DeadReason::Rejected)), None);
    }
}
