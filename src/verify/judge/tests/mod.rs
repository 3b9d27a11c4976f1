//! Examinations against a server on loopback.

mod kinds;
mod run;

use super::*;
use crate::cloudflare::stub::{Act, Seen, Stub, json, reply};
use crate::model::{Companions, Confidence, Place, Position, Provenance, Secret, Span};
use serde_json::{Value, json};

const ACCOUNT: &str = "0000000000000000000000000000000a";
const OTHER: &str = "0000000000000000000000000000000b";

fn finding(kind: Kind, value: &str) -> Finding {
    let secret = Secret::new(value);
    Finding {
        fingerprint: Fingerprint::of(&secret),
        kind,
        rule: "test".into(),
        secret,
        confidence: Confidence::Certain,
        checksum: None,
        reasons: Vec::new(),
        companions: Companions::default(),
        places: vec![at("repo/deploy/.env")],
        allowed: None,
        linked: Vec::new(),
    }
}

fn at(path: &str) -> Place {
    Place {
        provenance: Arc::new(Provenance::file(path)),
        position: Position { line: 1, column: 1 },
        span: Span { start: 0, end: 1 },
        decoded: Vec::new(),
    }
}

fn beside(mut finding: Finding, account: &str) -> Finding {
    finding.companions.account_ids.push(account.into());
    finding
}

fn success(result: Value) -> Act {
    json(200, &json!({"success": true, "errors": [], "messages": [{"code": 10000}], "result": result}))
}

fn status(status: &str) -> Act {
    success(json!({"id": "f".repeat(32), "status": status, "expires_on": "2027-01-01T00:00:00Z"}))
}

fn refuse(http: u16, code: i64, message: &str) -> Act {
    json(
        http,
        &json!({"success": false, "errors": [{"code": code, "message": message}], "messages": [], "result": null}),
    )
}

fn invalid() -> Act {
    refuse(403, 9109, "Invalid access token")
}

fn not_a_user_token() -> Act {
    refuse(401, 1000, "Invalid API Token")
}

async fn judge_all(stub: &Stub, findings: &[Finding]) -> Vec<Judgement> {
    judge_with(stub.client(), findings).await
}

async fn judge_with(client: Client, findings: &[Finding]) -> Vec<Judgement> {
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let context = Context::gather(findings, now);
    Judge::new(Arc::new(client)).judge(findings, Mode::High, &context, std::future::pending()).await
}

/// The verdict on one finding, and the paths that were asked.
async fn verdict(
    finding: Finding,
    handler: impl Fn(&Seen, usize) -> Act + Send + Sync + 'static,
) -> (Verdict, Vec<String>) {
    let stub = Stub::start(handler).await;
    let judgement = judge_all(&stub, &[finding]).await.remove(0);
    let asked = stub.asked().iter().map(|line| line.replace("/client/v4", "")).collect();
    (judgement.verdict, asked)
}

async fn state(finding: Finding, handler: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> &'static str {
    verdict(finding, move |seen, _| handler(seen)).await.0.state()
}

fn user_token() -> Finding {
    finding(Kind::UserApiToken, &format!("cfut_{}", "Ab3".repeat(16)))
}

fn account_token() -> Finding {
    finding(Kind::AccountApiToken, &format!("cfat_{}", "Ab3".repeat(16)))
}

fn legacy_token() -> Finding {
    finding(Kind::LegacyApiToken, &"aB3_x".repeat(8))
}

fn global_key(emails: &[&str]) -> Finding {
    let mut key = finding(Kind::GlobalApiKey, &"0123456789abc".repeat(3)[..37]);
    key.companions.emails = emails.iter().map(|email| (*email).to_owned()).collect();
    key
}

fn r2_pair() -> Finding {
    finding(Kind::R2S3Credentials, &format!("{}:{}", "1".repeat(32), "2".repeat(64)))
}

/// Path below the base.
fn path(seen: &Seen) -> &str {
    seen.path.trim_start_matches("/client/v4")
}
