use super::request::{Request, pairs};
use super::world::World;
use crate::model::Secret;
use axum::http::{HeaderMap, HeaderValue, Method};
use jiff::Timestamp;
use serde_json::Value;
use std::net::IpAddr;

/// Somebody's request at some time, without a network: how a story gets its past.
///
/// It goes through the same gate, permissions and audit logs as a request from outside.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    pub at: Timestamp,
    pub from: IpAddr,
    pub agent: &'a str,
    pub bearer: &'a Secret,
    pub method: Method,
    /// Below `/client/v4`.
    pub path: String,
    pub body: Value,
}

impl World {
    /// HTTP status and body of the answer.
    pub fn act(&mut self, act: &Act<'_>) -> (u16, Value) {
        let (path, query) = act.path.split_once('?').unwrap_or((&act.path, ""));
        let body = if act.body.is_null() { Vec::new() } else { act.body.to_string().into_bytes() };
        let request = Request {
            method: act.method.clone(),
            path: format!("{}{path}", super::api::PREFIX),
            raw_query: query.to_owned(),
            query: pairs(query),
            headers: headers(act),
            body,
            client: act.from,
            at: act.at,
        };
        let (reply, _) = self.answer(&request);
        (reply.status, serde_json::from_slice(&reply.body).unwrap_or(Value::Null))
    }
}

fn headers(act: &Act<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let bearer = format!("Bearer {}", act.bearer.expose());
    let lines =
        [("authorization", bearer.as_str()), ("user-agent", act.agent), ("content-type", "application/json")];
    for (name, value) in lines {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers
}
