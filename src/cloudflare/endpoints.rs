//! The questions that change nothing, as calls. Pages ask for as much as one page may hold.

use crate::cloudflare::call::{Auth, Call, Payload, Target, is_id};
use crate::model::Secret;
use reqwest::Method;

/// An account id, checked: it becomes part of a path or a host name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountId(String);

impl AccountId {
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        is_id(&text).then_some(AccountId(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub fn verify_user_token(auth: Auth) -> Call {
    Call::get("/user/tokens/verify", auth)
}

pub fn verify_account_token(account: &AccountId, auth: Auth) -> Call {
    Call::get(format!("/accounts/{}/tokens/verify", account.as_str()), auth)
}

pub fn user(auth: Auth) -> Call {
    Call::get("/user", auth)
}

pub fn accounts(auth: Auth) -> Call {
    Call::get("/accounts", auth).query("per_page", 50)
}

pub fn zones(auth: Auth) -> Call {
    Call::get("/zones", auth).query("per_page", 50)
}

pub fn r2_buckets(account: &AccountId, key_id: &str, secret: &Secret) -> Call {
    Call {
        method: Method::GET,
        target: Target::R2 { account: account.as_str().to_owned() },
        query: Vec::new(),
        auth: Auth::S3 { key_id: key_id.to_owned(), secret: secret.clone() },
        payload: Payload::Nothing,
    }
}

/// Judges a Turnstile secret by a response that cannot be right: harmless, and counted by nobody.
pub fn siteverify(secret: &Secret) -> Call {
    Call {
        method: Method::POST,
        target: Target::Turnstile("/turnstile/v0/siteverify"),
        query: Vec::new(),
        auth: Auth::Nobody,
        payload: Payload::Form(vec![("secret", secret.clone()), ("response", Secret::new("dummy"))]),
    }
}
