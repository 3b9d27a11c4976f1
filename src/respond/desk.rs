//! Where a responder asks: one credential, its questions, and the answers kept as evidence.

use crate::cloudflare::{ApiError, Auth, Call, Client, Listing, Patience, Success};
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// An answer worth keeping. Not yet redacted: whoever writes it down does that.
#[derive(Clone, Debug, PartialEq)]
pub struct Exhibit {
    /// `GET /user/tokens/0123…`.
    pub what: String,
    /// RFC 3339.
    pub at: String,
    pub body: Value,
}

/// One responder at work.
pub struct Desk {
    client: Arc<Client>,
    auth: Auth,
    name: String,
    /// E-mail of the user behind it, where that is known.
    user: Option<String>,
    exhibits: Mutex<Vec<Exhibit>>,
    troubles: Mutex<Vec<String>>,
}

impl Desk {
    /// `name` is how reports call the responder; it holds no value.
    pub fn new(client: Arc<Client>, auth: Auth, name: impl Into<String>) -> Self {
        Desk {
            client,
            auth,
            name: name.into(),
            user: None,
            exhibits: Mutex::default(),
            troubles: Mutex::default(),
        }
    }

    pub fn of_user(self, email: Option<String>) -> Self {
        Desk { user: email, ..self }
    }

    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn client(&self) -> &Arc<Client> {
        &self.client
    }

    pub fn auth(&self) -> Auth {
        self.auth.clone()
    }

    /// One object. `path` is below the API's base, with ids that were checked.
    pub async fn get(&self, path: &str) -> Result<Value, ApiError> {
        let call = Call::get(path, self.auth());
        let success = self.demand(&call).await?;
        let result = success.result().clone();
        self.keep(&call, success.asked.last().map(|asked| asked.at.clone()), result.clone());
        Ok(result)
    }

    /// One object that may hold values: compared, and never kept.
    pub async fn look(&self, path: &str) -> Result<Value, ApiError> {
        Ok(self.demand(&Call::get(path, self.auth())).await?.result().clone())
    }

    async fn demand(&self, call: &Call) -> Result<Success, ApiError> {
        self.client.demand(call, &mut Patience::for_a_responder()).await
    }

    /// A list, page by page, until `most` items are there.
    pub async fn list(
        &self,
        path: &str,
        query: &[(&'static str, String)],
        most: usize,
    ) -> Result<Listing, ApiError> {
        let call = self.asking(path, query);
        match self.as_far(&call, most).await {
            (_, Some(error)) => Err(error),
            (listing, None) => {
                let at = listing.asked.last().map(|asked| asked.at.clone());
                self.keep(&call, at, Value::Array(listing.items.clone()));
                Ok(listing)
            }
        }
    }

    /// As much of a list as can be read: where a page fails, the pages before it and why.
    pub async fn read(
        &self,
        path: &str,
        query: &[(&'static str, String)],
        most: usize,
    ) -> (Listing, Option<ApiError>) {
        let call = self.asking(path, query);
        let (listing, error) = self.as_far(&call, most).await;
        if let Some(asked) = listing.asked.last() {
            self.keep(&call, Some(asked.at.clone()), Value::Array(listing.items.clone()));
        }
        (listing, error)
    }

    /// A list whose items may hold values: names are taken from it, and it is never kept.
    pub async fn glance(
        &self,
        path: &str,
        query: &[(&'static str, String)],
        most: usize,
    ) -> (Listing, Option<ApiError>) {
        self.as_far(&self.asking(path, query), most).await
    }

    /// A list that broke off is remembered: what it would have told is missing from everything that follows. That
    /// it may not be read, or that there is none, is an answer.
    async fn as_far(&self, call: &Call, most: usize) -> (Listing, Option<ApiError>) {
        let (listing, error) = self.client.list_as_far(call, &mut Patience::for_a_responder(), most).await;
        if let Some(error) = error.as_ref().filter(|error| error.is_trouble()) {
            self.troubles.lock().unwrap_or_else(PoisonError::into_inner).push(error.to_string());
        }
        (listing, error)
    }

    /// Lists that broke off since the last call of this.
    pub fn take_troubles(&self) -> Vec<String> {
        std::mem::take(&mut *self.troubles.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn asking(&self, path: &str, query: &[(&'static str, String)]) -> Call {
        query.iter().fold(Call::get(path, self.auth()), |call, (name, value)| call.query(name, value))
    }

    /// What was answered since the last call of this, in order.
    pub fn take_exhibits(&self) -> Vec<Exhibit> {
        std::mem::take(&mut *self.exhibits.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, call: &Call, at: Option<String>, body: Value) {
        let exhibit = Exhibit { what: call.endpoint(), at: at.unwrap_or_default(), body };
        self.exhibits.lock().unwrap_or_else(PoisonError::into_inner).push(exhibit);
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Desk({})", self.name)
    }
}
