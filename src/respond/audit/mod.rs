//! Reading what Cloudflare's audit logs say about a credential, and about the tokens it minted.
//!
//! Asks each responder in turn until one may look, keeps what was read before a failure, and says what was not.
//! What an entry means is `classify`'s; what came of it all is `timeline`'s and `minted`'s.

mod entry;
mod family;
mod reader;
mod v1;
mod v2;

pub use entry::{Entry, Thing};

use crate::model::incident::{Gap, LogRead, Named};
use crate::respond::Desk;
use jiff::{SignedDuration, Timestamp};

/// Version 2 has data from about here on (CLOUDFLARE.md 4.2).
const V2_BEGINS: Timestamp = Timestamp::constant(1_773_100_800, 0);

/// Both versions keep eighteen months.
const KEPT: SignedDuration = SignedDuration::from_hours(548 * 24);

/// What is looked for, where and when.
#[derive(Clone, Debug)]
pub struct Question {
    pub subject: Subject,
    /// Of a user's credential: the entries of version 1 name nobody else.
    pub owner_email: Option<String>,
    /// Does it belong to a user? Then it may act in every account of the user, and the user has a log too.
    pub of_user: bool,
    /// Tokens of the responders: what they did is no deed of the credential, and they are no suspects.
    pub own_tokens: Vec<String>,
    /// Accounts that are asked, by id and name.
    pub accounts: Vec<Named>,
    /// Accounts that `--account` left out.
    pub left_out: Vec<Named>,
    /// Before `since`, for what is new; see [`Question::MONTH`].
    pub baseline_since: Timestamp,
    pub since: Timestamp,
    pub until: Timestamp,
}

/// How the log knows the credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// By the token's id: API tokens, and R2 pairs, whose key id it is.
    Token(String),
    /// By the owner's e-mail and the context `api_key`.
    GlobalKey,
    /// By the owner's e-mail and the context `oauth`.
    Oauth,
    /// Not at all: tunnel tokens, service tokens, Turnstile secrets.
    Unnamed,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    pub logs: Vec<LogRead>,
    /// Oldest first.
    pub entries: Vec<Entry>,
    pub gaps: Vec<Gap>,
}

impl Question {
    /// Long enough before the leak to see what a weekly job does.
    pub const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);
}

/// Reads the logs of every account in question, then those of what was minted, child by child.
pub async fn read(desks: &[&Desk], question: &Question) -> Trail {
    let mut reader = reader::Reader::new(desks, question);
    if question.subject == Subject::Unnamed {
        reader.gap("what was done with it", "the audit logs name no credential of this kind");
        return reader.finish();
    }
    if desks.is_empty() {
        reader.gap("the audit logs", "no responder credential was given (--responder)");
        return reader.finish();
    }
    if question.accounts.is_empty() {
        reader.gap("the audit logs of accounts", "no account is known; name it with --account");
    }
    for account in &question.accounts {
        reader.read_named(account).await;
    }
    // The log that names tokens goes first and to its end: of what the other holds, only the rest is news.
    family::follow(&mut reader).await;
    for account in &question.accounts {
        reader.read_unnamed(account).await;
    }
    if question.of_user {
        reader.read_user_log().await;
    }
    family::follow(&mut reader).await;
    say_what_logs_cannot_tell(&mut reader);
    reader.finish()
}

/// True of every incident, and easily forgotten (CLOUDFLARE.md 4.2, 4.3).
fn say_what_logs_cannot_tell(reader: &mut reader::Reader<'_>) {
    let question = reader.question;
    for account in &question.left_out {
        let what = format!("the audit log of {}", account.label());
        reader.gap(&what, "left out by --account; a user's credential acts in every account of the user");
    }
    reader.gap(
        "what was read with it",
        "Cloudflare's audit logs hold no reads: silence is no proof that nothing was taken",
    );
    reader.gap(
        "objects read and written through R2's S3 interface, and what Workers read and wrote through their bindings",
        "the audit logs see only the API and the dashboard",
    );
    if question.baseline_since < V2_BEGINS {
        reader.gap("which credential did what before 2026-03-10", "the older log names people, not tokens");
    }
    let kept_since = question.until.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    if question.since < kept_since {
        let what = format!("what happened before {}", day(kept_since));
        reader.gap(&what, "audit logs are kept for eighteen months");
    }
    if question.subject == Subject::Oauth {
        reader
            .gap("which of the owner's logins did it", "the log was asked for all OAuth logins of the owner");
    }
}

fn day(time: Timestamp) -> String {
    time.to_string().split('T').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_version_begins_where_the_sheet_says() {
        assert_eq!(V2_BEGINS.to_string(), "2026-03-10T00:00:00Z");
    }
}
