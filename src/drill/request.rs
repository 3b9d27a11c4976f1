use axum::http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::Value;
use std::net::IpAddr;

/// One HTTP request, fully read.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub method: Method,
    pub path: String,
    /// As sent, for signatures.
    pub raw_query: String,
    /// Decoded pairs in the order sent; a name may come more than once.
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub client: IpAddr,
    pub at: Timestamp,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `page`, `per_page` and the like; nonsense counts as absent, as Cloudflare takes it.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    /// The JSON body; an empty or broken one is `null`.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn changes_something(&self) -> bool {
        self.method != Method::GET && self.method != Method::HEAD && self.method != Method::OPTIONS
    }
}

/// The pairs of a query string or of a form body.
pub(crate) fn pairs(encoded: &str) -> Vec<(String, String)> {
    let split = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => (decoded(name), decoded(value)),
        None => (decoded(pair), String::new()),
    };
    encoded.split('&').filter(|pair| !pair.is_empty()).map(split).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        match (first, escape(after)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            (other, _) => {
                bytes.push(other);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escape(after: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(after.get(..2)?).ok()?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_in_order() {
        let cases: [(&str, &[(&str, &str)]); 4] = [
            ("a=1&b=x%20y", &[("a", "1"), ("b", "x y")]),
            ("q=a+b%2B&flag", &[("q", "a b+"), ("flag", "")]),
            ("bad=%zz%", &[("bad", "%zz%")]),
            ("", &[]),
        ];
        for (query, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            assert_eq!(pairs(query), expected, "{query}");
        }
    }
}
