//! What can be asked about a credential.

use crate::cloudflare::endpoints::{self, AccountId};
use crate::cloudflare::{Auth, Call};
use crate::model::Secret;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    VerifyAsUser,
    VerifyInAccount(AccountId),
    User,
    /// `GET /user` with a Global API key and this e-mail.
    UserAs(String),
    Accounts,
    Zones,
    Buckets(AccountId),
    Siteverify,
}

/// A question without its particulars: what a row of the table speaks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    UserVerify,
    AccountVerify,
    User,
    /// `GET /user` with a Global API key.
    KeyOwner,
    Accounts,
    Zones,
    Buckets,
    Siteverify,
}

impl Endpoint {
    #[cfg(test)]
    pub const ALL: [Endpoint; 8] = [
        Endpoint::UserVerify,
        Endpoint::AccountVerify,
        Endpoint::User,
        Endpoint::KeyOwner,
        Endpoint::Accounts,
        Endpoint::Zones,
        Endpoint::Buckets,
        Endpoint::Siteverify,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Endpoint::UserVerify => "/user/tokens/verify",
            Endpoint::AccountVerify => "/accounts/{id}/tokens/verify",
            Endpoint::User => "/user",
            Endpoint::KeyOwner => "/user (key and e-mail)",
            Endpoint::Accounts => "/accounts",
            Endpoint::Zones => "/zones",
            Endpoint::Buckets => "R2 ListBuckets",
            Endpoint::Siteverify => "siteverify",
        }
    }
}

impl Question {
    pub fn endpoint(&self) -> Endpoint {
        match self {
            Question::VerifyAsUser => Endpoint::UserVerify,
            Question::VerifyInAccount(_) => Endpoint::AccountVerify,
            Question::User => Endpoint::User,
            Question::UserAs(_) => Endpoint::KeyOwner,
            Question::Accounts => Endpoint::Accounts,
            Question::Zones => Endpoint::Zones,
            Question::Buckets(_) => Endpoint::Buckets,
            Question::Siteverify => Endpoint::Siteverify,
        }
    }

    /// `email`: the one that fits the key, where the credential is a Global API key.
    pub(super) fn call(&self, secret: &Secret, email: Option<&str>) -> Call {
        let auth = match email {
            Some(email) => Auth::GlobalKey { email: email.to_owned(), key: secret.clone() },
            None => Auth::Bearer(secret.clone()),
        };
        match self {
            Question::VerifyAsUser => endpoints::verify_user_token(auth),
            Question::VerifyInAccount(account) => endpoints::verify_account_token(account, auth),
            Question::User => endpoints::user(auth),
            Question::UserAs(email) => {
                endpoints::user(Auth::GlobalKey { email: email.clone(), key: secret.clone() })
            }
            Question::Accounts => endpoints::accounts(auth),
            Question::Zones => endpoints::zones(auth),
            Question::Buckets(account) => {
                let (key_id, key) = secret.expose().split_once(':').unwrap_or(("", secret.expose()));
                endpoints::r2_buckets(account, key_id, &Secret::new(key))
            }
            Question::Siteverify => endpoints::siteverify(secret),
        }
    }
}
