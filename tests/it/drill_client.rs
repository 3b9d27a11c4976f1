//! A bare HTTP client for the tests of the fake: no retries, no redirects, no opinions.

use cfleak::drill::{Server, World};
use cfleak::model::Secret;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};

pub const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// How a request identifies itself.
#[derive(Clone, Copy)]
pub enum Auth<'a> {
    Nothing,
    Bearer(&'a Secret),
    Key(&'a str, &'a Secret),
    Headers(&'a [(&'a str, &'a str)]),
}

pub struct Client {
    pub server: Server,
    pub http: reqwest::Client,
}

#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Got {
    /// HTTP status and `errors[0].code`, 0 when there is none.
    pub fn refusal(&self) -> (u16, i64) {
        (self.status, self.body["errors"][0]["code"].as_i64().unwrap_or(0))
    }

    pub fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Client {
    pub async fn start(world: World) -> Client {
        // Building a client needs a TLS provider even where only plain HTTP on loopback follows.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = Server::start(world, LOOPBACK).await.expect("loopback has a free port");
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Client { server, http: http.build().expect("a plain client") }
    }

    pub async fn get(&self, auth: Auth<'_>, path: &str) -> Got {
        self.send(auth, "GET", path, None).await
    }

    pub async fn send(&self, auth: Auth<'_>, method: &str, path: &str, body: Option<Value>) -> Got {
        self.try_send(auth, method, path, body).await.expect("an answer")
    }

    pub async fn try_send(
        &self,
        auth: Auth<'_>,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Got, reqwest::Error> {
        let method = method.parse().expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.server.api_base()));
        request = match auth {
            Auth::Nothing => request,
            Auth::Bearer(value) => request.bearer_auth(value.expose()),
            Auth::Key(email, key) => request.header("X-Auth-Email", email).header("X-Auth-Key", key.expose()),
            Auth::Headers(headers) => {
                headers.iter().fold(request, |r, (name, value)| r.header(*name, *value))
            }
        };
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?;
        Ok(Got { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }
}
