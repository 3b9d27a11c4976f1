//! AWS Signature Version 4, as much of it as R2 needs: a GET without a body (AWS "Signature Calculations for
//! the Authorization Header", single chunk).

use crate::model::Secret;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use reqwest::Url;
use sha2::{Digest, Sha256};

/// What R2 signs for (CLOUDFLARE.md 2.1).
const REGION: &str = "auto";
const SERVICE: &str = "s3";
const SIGNED_HEADERS: &str = "host;x-amz-content-sha256;x-amz-date";

pub(super) struct Signed {
    pub authorization: String,
    pub headers: [(&'static str, String); 2],
}

pub(super) fn sign_get(url: &Url, key_id: &str, secret: &Secret, at: Timestamp) -> Signed {
    sign(url, key_id, secret, at, REGION)
}

fn sign(url: &Url, key_id: &str, secret: &Secret, at: Timestamp, region: &str) -> Signed {
    let time = at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let day = &time[..8];
    let empty_body = HEXLOWER.encode(&Sha256::digest(b""));
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let canonical = [
        "GET",
        url.path(),
        &canonical_query(url),
        &format!("host:{host}"),
        &format!("x-amz-content-sha256:{empty_body}"),
        &format!("x-amz-date:{time}"),
        "",
        SIGNED_HEADERS,
        &empty_body,
    ]
    .join("\n");
    let scope = format!("{day}/{region}/{SERVICE}/aws4_request");
    let digest = HEXLOWER.encode(&Sha256::digest(canonical.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}");
    let start = zeroize::Zeroizing::new(format!("AWS4{}", secret.expose()));
    let key = [day, region, SERVICE, "aws4_request"]
        .into_iter()
        .fold(start.as_bytes().to_vec(), |key: Vec<u8>, part| hmac(&key, part.as_bytes()).to_vec());
    let signature = HEXLOWER.encode(&hmac(&key, to_sign.as_bytes()));
    Signed {
        authorization: format!(
            "AWS4-HMAC-SHA256 Credential={key_id}/{scope},\
             SignedHeaders={SIGNED_HEADERS},Signature={signature}"
        ),
        headers: [("x-amz-content-sha256", empty_body), ("x-amz-date", time)],
    }
}

/// Sorted `name=value` pairs; a name alone counts as `name=`.
fn canonical_query(url: &Url) -> String {
    let mut pairs: Vec<String> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

/// RFC 2104 with SHA-256.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let keyed = |pad: u8, message: &[u8]| -> [u8; 32] {
        Sha256::new().chain_update(block.map(|byte| byte ^ pad)).chain_update(message).finalize().into()
    };
    keyed(0x5c, &keyed(0x36, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_agrees_with_rfc_4231() {
        for (key, message, digest) in [
            (
                vec![0x0b; 20],
                &b"Hi There"[..],
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(HEXLOWER.encode(&hmac(&key, message)), digest);
        }
    }

    /// The examples of AWS's page. Their key is put together here, so that no scanner takes it for a leak.
    #[test]
    fn signatures_agree_with_the_published_examples() {
        let key_id = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
        let secret = Secret::new(["wJalrXUtnFEMI", "/K7MDENG/", "bPxRfiCY", "EXAMPLEKEY"].concat());
        let at: Timestamp = "2013-05-24T00:00:00Z".parse().unwrap();
        for (query, signature) in [
            ("lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            ("prefix=J&max-keys=2", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        ] {
            let url = Url::parse(&format!("https://examplebucket.s3.amazonaws.com/?{query}")).unwrap();
            let signed = sign(&url, &key_id, &secret, at, "us-east-1");
            assert_eq!(
                signed.authorization,
                format!(
                    "AWS4-HMAC-SHA256 Credential={key_id}/20130524/us-east-1/s3/aws4_request,\
                     SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature={signature}"
                )
            );
        }
    }
}
