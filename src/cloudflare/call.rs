//! One request, before it is sent.

use crate::model::Secret;
use reqwest::Method;

#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub target: Target,
    pub query: Vec<(&'static str, String)>,
    pub auth: Auth,
    pub payload: Payload,
}

/// Where to, below the address of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A path below the API's base, with its leading slash. Ids in it are checked by whoever builds it.
    Api(String),
    /// The list of buckets of an account.
    R2 {
        account: String,
    },
    Turnstile(&'static str),
    Oauth(&'static str),
}

/// Who asks. The values go into headers marked as sensitive.
#[derive(Clone, Debug)]
pub enum Auth {
    Nobody,
    Bearer(Secret),
    GlobalKey {
        email: String,
        key: Secret,
    },
    /// AWS Signature Version 4, as R2 wants it.
    S3 {
        key_id: String,
        secret: Secret,
    },
}

#[derive(Clone, Debug)]
pub enum Payload {
    Nothing,
    Json(serde_json::Value),
    /// A form whose fields may be secrets.
    Form(Vec<(&'static str, Secret)>),
}

impl Call {
    pub fn get(path: impl Into<String>, auth: Auth) -> Self {
        Call {
            method: Method::GET,
            target: Target::Api(path.into()),
            query: Vec::new(),
            auth,
            payload: Payload::Nothing,
        }
    }

    pub fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// The question as shown to people: `GET /user/tokens/verify`.
    pub fn endpoint(&self) -> String {
        let method = &self.method;
        match &self.target {
            Target::Api(path) => format!("{method} {path}"),
            Target::R2 { account } => format!("{method} https://{account}.r2.cloudflarestorage.com/"),
            Target::Turnstile(path) => format!("{method} https://challenges.cloudflare.com{path}"),
            Target::Oauth(path) => format!("{method} https://dash.cloudflare.com{path}"),
        }
    }

    /// May it be sent again when nobody knows whether it arrived? Never a change, even one whose second time does
    /// no more than its first: whoever wants it looks before doing it again.
    pub(super) fn is_repeatable(&self) -> bool {
        // siteverify only looks, although it is a POST.
        matches!(self.target, Target::Turnstile(_)) || matches!(self.method, Method::GET | Method::HEAD)
    }
}

/// Ids in paths and host names are 32 hex digits; anything else could name another path or host.
pub fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
