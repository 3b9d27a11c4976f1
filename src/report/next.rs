//! The command to run next, for one credential.

use crate::model::{Kind, NotCheckedReason, UnknownReason, Verdict};

/// `None` where nothing is left to do, or only in the dashboard.
pub fn command(kind: &Kind, verdict: &Verdict) -> Option<String> {
    let command = match verdict {
        Verdict::Live(grant)
        | Verdict::Restricted(grant)
        | Verdict::Disabled(grant)
        | Verdict::NotYetActive(grant) => match (&grant.token_id, kind, grant.accounts.first()) {
            (Some(id), Kind::AccountApiToken | Kind::LegacyApiToken, Some((account, _))) => {
                format!("cfleak respond --token-id {id} --account {account}")
            }
            (Some(id), _, _) => format!("cfleak respond --token-id {id}"),
            (None, _, _) => "cfleak respond --value-stdin".to_owned(),
        },
        Verdict::Expired(_) | Verdict::Dead(_) => return None,
        Verdict::Unknown(why) => again(why)?.to_owned(),
        Verdict::NotChecked(why) => missing(*why)?.to_owned(),
    };
    Some(command)
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
        NotCheckedReason::NeedsResponder => Some("cfleak respond --value-stdin"),
        NotCheckedReason::BelowThreshold | NotCheckedReason::ChecksumInvalid => {
            Some("the same with --verify all, if it may be real")
        }
        NotCheckedReason::Offline | NotCheckedReason::TurnedOff => {
            Some("cfleak verify, with the value on stdin, where the network may be used")
        }
        NotCheckedReason::Unlabelled
        | NotCheckedReason::AskingHarms
        | NotCheckedReason::NoEndpoint
        | NotCheckedReason::Retired
        | NotCheckedReason::DocumentationSample => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeadReason, Grant};

    #[test]
    fn the_next_command_names_the_token_and_its_account() {
        let id = "f".repeat(32);
        let account = ("a".repeat(32), "Example".to_owned());
        let grant = Grant { token_id: Some(id.clone()), accounts: vec![account.clone()], ..Grant::default() };
        let live = |grant: &Grant| Verdict::Live(grant.clone());
        let with_account = format!("cfleak respond --token-id {id} --account {}", account.0);
        assert_eq!(command(&Kind::AccountApiToken, &live(&grant)), Some(with_account));
        let alone = format!("cfleak respond --token-id {id}");
        assert_eq!(command(&Kind::UserApiToken, &live(&grant)), Some(alone));
        let nameless = command(&Kind::GlobalApiKey, &live(&Grant::default()));
        assert_eq!(nameless.as_deref(), Some("cfleak respond --value-stdin"));
        assert_eq!(command(&Kind::UserApiToken, &Verdict::Dead(DeadReason::Rejected)), None);
    }
}
