//! The requests that change an account, as calls (CLOUDFLARE.md 3). Only `respond` sends them, after consent.
//!
//! Ids are checked where they become part of a path. None of these is ever sent twice by the client on its own.

use crate::cloudflare::call::{Auth, Call, Payload, Target, is_id};
use crate::cloudflare::endpoints::AccountId;
use crate::model::Secret;
use reqwest::Method;
use serde_json::Value;

/// Where the tokens of an owner are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRoute {
    /// Of the user who asks.
    User,
    Account(AccountId),
}

/// One token of one owner. The id is checked: it becomes part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPath(String);

impl TokenPath {
    pub fn new(route: &TokenRoute, id: &str) -> Option<Self> {
        let base = match route {
            TokenRoute::User => "/user/tokens".to_owned(),
            TokenRoute::Account(account) => format!("/accounts/{}/tokens", account.as_str()),
        };
        is_id(id).then(|| TokenPath(format!("{base}/{id}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 7009. The clients of wrangler and cf are public, so nobody has to authenticate (CLOUDFLARE.md 3.7).
pub fn revoke_oauth(client_id: &str, token: &Secret, hint: &'static str) -> Call {
    let fields = vec![
        ("client_id", Secret::new(client_id)),
        ("token_type_hint", Secret::new(hint)),
        ("token", token.clone()),
    ];
    Call {
        method: Method::POST,
        target: Target::Oauth("/oauth2/revoke"),
        query: Vec::new(),
        auth: Auth::Nobody,
        payload: Payload::Form(fields),
    }
}

/// Of a token's record: what the body leaves out is gone afterwards. Of its `value`: the answer is the new one.
pub fn put(path: String, body: Value, auth: Auth) -> Call {
    change(Method::PUT, path, auth, body)
}

pub fn post(path: String, body: Value, auth: Auth) -> Call {
    change(Method::POST, path, auth, body)
}

pub fn patch(path: String, body: Value, auth: Auth) -> Call {
    change(Method::PATCH, path, auth, body)
}

pub fn delete(path: String, auth: Auth) -> Call {
    Call { payload: Payload::Nothing, ..change(Method::DELETE, path, auth, Value::Null) }
}

fn change(method: Method, path: String, auth: Auth, body: Value) -> Call {
    Call { method, target: Target::Api(path), query: Vec::new(), auth, payload: Payload::Json(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_become_paths() {
        let id = "0f".repeat(16);
        let account = AccountId::new(&"a".repeat(32)).unwrap();
        let path = TokenPath::new(&TokenRoute::Account(account.clone()), &id).unwrap();
        assert_eq!(path.as_str(), format!("/accounts/{}/tokens/{id}", account.as_str()));
        for bad in ["", "../members", "0f", &"g".repeat(32)] {
            assert_eq!(TokenPath::new(&TokenRoute::User, bad), None, "{bad}");
        }
    }
}
