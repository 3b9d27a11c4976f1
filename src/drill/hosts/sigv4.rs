//! AWS Signature Version 4 as a server checks it.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>. Only the
//! header form; presigned addresses are not played.

use super::super::request::{Request, pairs};
use crate::model::Secret;
use sha2::{Digest, Sha256};

/// The parts of `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signed<'r> {
    pub access_key_id: &'r str,
    date: &'r str,
    region: &'r str,
    service: &'r str,
    headers: Vec<&'r str>,
    signature: &'r str,
}

pub(super) fn parse(header: &str) -> Option<Signed<'_>> {
    let rest = header.strip_prefix("AWS4-HMAC-SHA256")?;
    let part = |name: &str| {
        let parts = rest.split(',').map(str::trim);
        parts.filter_map(|part| part.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let mut scope = part("Credential")?.split('/');
    let signed = Signed {
        access_key_id: scope.next()?,
        date: scope.next()?,
        region: scope.next()?,
        service: scope.next()?,
        headers: part("SignedHeaders")?.split(';').collect(),
        signature: part("Signature")?,
    };
    (scope.next() == Some("aws4_request")).then_some(signed)
}

impl Signed<'_> {
    /// Whether this secret made this signature of this request.
    pub fn made_by(&self, secret: &Secret, request: &Request) -> bool {
        let time = request.header("x-amz-date").unwrap_or_default();
        if !self.covers_what_matters(request) || !time.starts_with(self.date) {
            return false;
        }
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let canonical = hex(&Sha256::digest(self.canonical(request).as_bytes()));
        let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{canonical}");
        let seed = format!("AWS4{}", secret.expose());
        let chain = [self.date, self.region, self.service, "aws4_request"];
        let key = chain.iter().fold(seed.into_bytes(), |key, part| hmac(&key, part.as_bytes()).to_vec());
        hex(&hmac(&key, to_sign.as_bytes())) == self.signature
    }

    /// The host and everything of Amazon's own has to be signed, or it could be changed on the way.
    fn covers_what_matters(&self, request: &Request) -> bool {
        let own = request.headers.keys().map(|name| name.as_str()).filter(|name| name.starts_with("x-amz-"));
        own.chain(["host"]).all(|name| self.headers.contains(&name))
    }

    fn canonical(&self, request: &Request) -> String {
        let headers: String =
            self.headers.iter().map(|name| format!("{name}:{}\n", trimmed(request, name))).collect();
        let payload = request.header("x-amz-content-sha256").unwrap_or("UNSIGNED-PAYLOAD");
        let (method, path) = (&request.method, &request.path);
        let query = canonical_query(&request.raw_query);
        let names = self.headers.join(";");
        format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{payload}")
    }
}

/// Runs of spaces count as one.
fn trimmed(request: &Request, name: &str) -> String {
    request.header(name).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn canonical_query(raw: &str) -> String {
    let mut encoded: Vec<String> =
        pairs(raw).iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    encoded.sort();
    encoded.join("&")
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// HMAC (RFC 2104) with SHA-256.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderMap, HeaderValue, Method};

    #[test]
    fn hmac_is_the_one_of_rfc_4231() {
        let case_2 = hmac(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&case_2), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let case_6 = hmac(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(hex(&case_6), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }

    /// "GET Bucket (List Objects)" of the S3 documentation, "Signature calculations: examples". The secret is
    /// put together here, since it looks like one.
    #[test]
    fn the_published_example_of_s3_is_accepted() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "examplebucket.s3.amazonaws.com"),
            ("x-amz-content-sha256", empty),
            ("x-amz-date", "20130524T000000Z"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let request = Request {
            method: Method::GET,
            path: "/".to_owned(),
            raw_query: "max-keys=2&prefix=J".to_owned(),
            query: Vec::new(),
            headers,
            body: Vec::new(),
            client: [127, 0, 0, 1].into(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let id = ["AKIAIOSFODNN7", "EXAMPLE"].concat();
        let secret = Secret::new(["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat());
        let signature = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
        let header = format!(
            "AWS4-HMAC-SHA256 Credential={id}/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}"
        );
        let signed = parse(&header).expect("well formed");
        assert!(signed.made_by(&secret, &request));
        assert!(!signed.made_by(&Secret::new("another"), &request));
    }
}
