//! Who asks and acts: credentials of the people on call, never the leaked one.

use crate::cloudflare::endpoints::{self, AccountId};
use crate::cloudflare::{ApiError, Auth, Client, Patience};
use crate::model::Secret;
use crate::model::incident::Named;
use crate::respond::Desk;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// A credential as it was handed over.
#[derive(Clone)]
pub struct Handed {
    /// `env:NAME` or `file:PATH`.
    pub source: String,
    /// A token, or `EMAIL:KEY`.
    pub value: Secret,
}

impl fmt::Debug for Handed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handed({})", self.source)
    }
}

/// A responder at a desk, and what it may see.
#[derive(Debug)]
pub struct Responder {
    pub desk: Desk,
    pub source: String,
    /// Of a token: what verify says about it.
    pub token_id: Option<String>,
    /// The user behind it; `None` for an account's token, or without the permission to say.
    pub email: Option<String>,
    /// Accounts it may see.
    pub accounts: Vec<Named>,
    /// Why these may not be all.
    pub trouble: Option<String>,
}

/// Why a credential is no responder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is the leaked credential.
    TheLeakedOne,
    Empty,
}

impl Handed {
    /// How the API is asked with it.
    pub fn auth(&self) -> Auth {
        match self.value.expose().split_once(':') {
            Some((email, key)) if email.contains('@') => {
                Auth::GlobalKey { email: email.to_owned(), key: Secret::new(key) }
            }
            Some(_) | None => Auth::Bearer(self.value.clone()),
        }
    }

    /// Is it fit to ask with? Looked at before anything is sent.
    pub fn check(&self, leaked: Option<&Secret>) -> Result<(), Unfit> {
        let own = match self.auth() {
            Auth::GlobalKey { key, .. } => key,
            Auth::Nobody | Auth::Bearer(_) | Auth::S3 { .. } => self.value.clone(),
        };
        match own.is_empty() {
            true => Err(Unfit::Empty),
            false if leaked.is_some_and(|leaked| is_same(&own, leaked)) => Err(Unfit::TheLeakedOne),
            false => Ok(()),
        }
    }
}

/// The same credential, whatever stands around it (`Bearer …`, quotes), as token or as the R2 pair that is made of
/// it: the pair's secret is SHA-256 of the token (CLOUDFLARE.md 1.7).
fn is_same(own: &Secret, leaked: &Secret) -> bool {
    const SHORTEST: usize = 16;
    let holds = |whole: &str, part: &str| part.len() >= SHORTEST && whole.contains(part);
    let (own, leaked) = (own.expose(), leaked.expose());
    let is_made_of = |pair: &str, token: &str| {
        pair.split_once(':').is_some_and(|(_, secret)| {
            let digest = zeroize::Zeroizing::new(HEXLOWER.encode(&Sha256::digest(token)));
            secret.eq_ignore_ascii_case(&digest)
        })
    };
    own == leaked || holds(own, leaked) || is_made_of(leaked, own) || is_made_of(own, leaked)
}

impl Responder {
    /// Asks the credential who it is. An answer that does not come leaves that unknown. `near`: accounts that it may
    /// belong to, where it does not see any itself.
    pub async fn meet(client: &Arc<Client>, handed: &Handed, near: &[AccountId]) -> Responder {
        let mut patience = Patience::for_a_responder();
        let auth = handed.auth();
        let (accounts, trouble) = known_accounts(client, &auth, &mut patience).await;
        let mut token_id = None;
        if matches!(auth, Auth::Bearer(_)) {
            token_id = own_id(client, &auth, &accounts, near, &mut patience).await;
        }
        let email = match client.demand(&endpoints::user(auth.clone()), &mut patience).await {
            Ok(user) => user.result()["email"].as_str().map(str::to_owned),
            Err(_) => None,
        };
        let name = match (&auth, &token_id) {
            (Auth::GlobalKey { email, .. }, _) => format!("the Global API key of {email}"),
            (_, Some(id)) => format!("token {id}"),
            (_, None) => "a token of unknown id".to_owned(),
        };
        let name = format!("{name}, from {}", handed.source);
        let desk = Desk::new(Arc::clone(client), auth, name).of_user(email.clone());
        Responder { desk, source: handed.source.clone(), token_id, email, accounts, trouble }
    }
}

async fn known_accounts(
    client: &Client,
    auth: &Auth,
    patience: &mut Patience,
) -> (Vec<Named>, Option<String>) {
    const MOST: usize = 500;
    let (listing, error) = client.list_as_far(&endpoints::accounts(auth.clone()), patience, MOST).await;
    let named = |item: &serde_json::Value| {
        Some(Named::new(
            AccountId::new(item["id"].as_str()?)?.as_str(),
            item["name"].as_str().map(str::to_owned),
        ))
    };
    let trouble = error.filter(ApiError::is_trouble).map(|error| error.to_string());
    (listing.items.iter().filter_map(named).collect(), trouble)
}

async fn own_id(
    client: &Client,
    auth: &Auth,
    accounts: &[Named],
    near: &[AccountId],
    patience: &mut Patience,
) -> Option<String> {
    // An account's token sees exactly one account (CLOUDFLARE.md 2.3), and fails at the user's door, which costs
    // a failed authentication: so the likelier door first.
    const MOST: usize = 3;
    let sees = match accounts {
        [only] => AccountId::new(&only.id),
        [..] => None,
    };
    let near = near.iter().filter(|_| accounts.is_empty()).take(MOST).cloned();
    let in_account =
        sees.into_iter().chain(near).map(|account| endpoints::verify_account_token(&account, auth.clone()));
    let by_user = endpoints::verify_user_token(auth.clone());
    for call in std::iter::once(by_user).chain(in_account) {
        if let Ok(success) = client.demand(&call, patience).await {
            return success.result()["id"].as_str().map(str::to_owned);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handed(value: &str) -> Handed {
        Handed { source: "env:X".to_owned(), value: Secret::new(value) }
    }

    #[test]
    fn the_leaked_credential_is_no_responder_in_either_spelling() {
        let (token, key) = (format!("cfut_{}", "Ab3".repeat(16)), "0123456789abc".repeat(3));
        let leaked_token = Secret::new(token.as_str());
        let leaked_key = Secret::new(key.as_str());
        let leaked_pair =
            Secret::new(format!("{}:{}", "0f".repeat(16), HEXLOWER.encode(&Sha256::digest(&token))));
        for (value, leaked, result) in [
            (token.clone(), Some(&leaked_token), Err(Unfit::TheLeakedOne)),
            (format!("a@example.com:{key}"), Some(&leaked_key), Err(Unfit::TheLeakedOne)),
            (format!("a@example.com:{key}"), Some(&leaked_token), Ok(())),
            (token.clone(), None, Ok(())),
            (format!("Bearer {token}"), Some(&leaked_token), Err(Unfit::TheLeakedOne)),
            (format!("\"{token}\""), Some(&leaked_token), Err(Unfit::TheLeakedOne)),
            (token.clone(), Some(&leaked_pair), Err(Unfit::TheLeakedOne)),
            (leaked_pair.expose().to_owned(), Some(&leaked_token), Err(Unfit::TheLeakedOne)),
            (String::new(), None, Err(Unfit::Empty)),
            ("a@example.com:".to_owned(), None, Err(Unfit::Empty)),
        ] {
            assert_eq!(handed(&value).check(leaked), result);
        }
    }

    #[test]
    fn nothing_shows_the_value() {
        let value = format!("cfut_{}", "Ab3".repeat(16));
        assert_eq!(format!("{:?}", handed(&value)), "Handed(env:X)");
    }
}
