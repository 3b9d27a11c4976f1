//! `https://<account>.r2.cloudflarestorage.com` (CLOUDFLARE.md 1.7, 2.7). Nothing of it is in any audit log.

use super::super::chance::sha256_hex;
use super::super::clock::rfc3339;
use super::super::gate::{Caller, Level};
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::things::policy::Target;
use super::super::things::token::{Owner, Token};
use super::super::world::{Judged, World};
use super::judged;
use super::s3_errors::{S3Error, xml};
use super::sigv4::{self, Signed};
use crate::model::Secret;
use axum::http::Method;
use jiff::{SignedDuration, Timestamp};

/// How far the clock of a signer may be off.
const SKEW: SignedDuration = SignedDuration::from_mins(15);

const XMLNS: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// Whoever signed: a token, whole or through temporary credentials for one bucket.
struct Signer {
    token: Token,
    account: String,
    only_bucket: Option<String>,
}

impl World {
    pub(super) fn s3(&mut self, request: &Request) -> (Reply, Judged) {
        let signed = request.header("authorization").and_then(sigv4::parse);
        let id = signed.as_ref().map(|signed| Secret::new(signed.access_key_id));
        match self.s3_signer(request, signed.as_ref()) {
            Ok(signer) => {
                let reply = self.s3_answer(request, &signer).unwrap_or_else(Reply::from);
                (reply, judged(id.as_ref(), true))
            }
            Err(error) => (error.into(), judged(id.as_ref(), false)),
        }
    }

    fn s3_signer(&mut self, request: &Request, signed: Option<&Signed<'_>>) -> Result<Signer, S3Error> {
        let signed = signed.ok_or(S3Error::NoAuthorization)?;
        let id = signed.access_key_id;
        if id.len() != 32 {
            return Err(S3Error::WrongIdLength(id.len()));
        }
        if !recent(request) {
            return Err(S3Error::ExpiredRequest);
        }
        let (signer, secret) = self.s3_identity(id, request).ok_or(S3Error::Unauthorized)?;
        if !signed.made_by(&secret, request) {
            return Err(S3Error::SignatureDoesNotMatch);
        }
        if self.accounts_without_r2.contains(&signer.account) {
            return Err(S3Error::NotEntitled);
        }
        Ok(signer)
    }

    /// Who an access key id stands for, and the secret that goes with it: SHA-256 of the token's value.
    fn s3_identity(&mut self, id: &str, request: &Request) -> Option<(Signer, Secret)> {
        let (token, temporary) = match self.temporary.iter().find(|credentials| credentials.id == id) {
            Some(known)
                if request.at < known.expires && session_of(request) == Some(known.session.expose()) =>
            {
                let known = known.clone();
                (self.live_parent(&known.parent, request.at)?, Some(known))
            }
            Some(_) => return None,
            None => (self.live_token(id, request.at)?, None),
        };
        let secret = match &temporary {
            Some(credentials) => credentials.secret.clone(),
            None => Secret::new(sha256_hex(token.value.expose())),
        };
        let account = match &temporary {
            Some(credentials) => credentials.account.clone(),
            None => self.s3_account(&token, request)?,
        };
        Some((
            Signer { token, account, only_bucket: temporary.map(|credentials| credentials.bucket) },
            secret,
        ))
    }

    fn live_token(&mut self, id: &str, now: Timestamp) -> Option<Token> {
        self.token_by_id(id, now).filter(|token| token.works_at(now))
    }

    fn live_parent(&mut self, id: &str, now: Timestamp) -> Option<Token> {
        if self.choices.r2_parent_ends_temporary {
            return self.live_token(id, now);
        }
        self.tokens.iter().find(|token| token.id == id).cloned()
    }

    /// The account of the host name, or the one that loopback stands for; the token must reach it.
    fn s3_account(&self, token: &Token, request: &Request) -> Option<String> {
        let host = request.header("host").unwrap_or_default();
        let label = host.split('.').next().filter(|label| host.contains(".r2.") && label.len() == 32);
        let asked = label.map(str::to_owned).or_else(|| self.choices.r2_account.clone());
        let reached = match &token.owner {
            Owner::Account(account) => vec![account.clone()],
            Owner::User(user) => self.accounts_of(user),
        };
        match asked {
            Some(account) => reached.contains(&account).then_some(account),
            None => reached.into_iter().next(),
        }
    }

    fn s3_answer(&mut self, request: &Request, signer: &Signer) -> Result<Reply, S3Error> {
        if !signer.token.condition.admits(request.client) {
            return Err(S3Error::AccessDenied);
        }
        let path = request.path.trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let level = if request.changes_something() { Level::Write } else { Level::Read };
        if !self.s3_allowed(signer, level, bucket) {
            return Err(S3Error::AccessDenied);
        }
        match (&request.method, bucket, key) {
            (&Method::GET, "", _) => Ok(self.bucket_list(signer)),
            (_, bucket, _) if !self.has_bucket(signer, bucket) => Err(S3Error::NoSuchBucket),
            (&Method::GET, bucket, "") => Ok(self.object_list(signer, bucket)),
            (&Method::GET, _, _) => {
                self.blobs.get(&object_path(signer, path)).map(|body| object(body)).ok_or(S3Error::NoSuchKey)
            }
            (&Method::PUT, _, key) if !key.is_empty() => {
                self.blobs.insert(object_path(signer, path), request.body.clone());
                Ok(Reply::raw(200, "application/xml", Vec::new()))
            }
            _ => Err(S3Error::MethodNotAllowed),
        }
    }

    /// The whole account's storage, or the items of one bucket; the list of buckets takes the former.
    fn s3_allowed(&self, signer: &Signer, level: Level, bucket: &str) -> bool {
        if signer.only_bucket.as_deref().is_some_and(|only| only != bucket) {
            return false;
        }
        let caller = Caller::Token(Box::new(signer.token.clone()));
        let account = &signer.account;
        let items = Target::Bucket { bucket, account };
        self.may(&caller, level, &["Workers R2 Storage"], Target::Account(account))
            || (!bucket.is_empty() && self.may(&caller, level, &["Workers R2 Storage Bucket Item"], items))
    }

    fn buckets_path(account: &str) -> String {
        format!("/accounts/{account}/r2/buckets")
    }

    fn has_bucket(&self, signer: &Signer, bucket: &str) -> bool {
        let buckets = self.shelves.get(&World::buckets_path(&signer.account));
        buckets.into_iter().flatten().any(|known| known["name"] == bucket)
    }

    fn bucket_list(&self, signer: &Signer) -> Reply {
        let buckets = self.shelves.get(&World::buckets_path(&signer.account)).into_iter().flatten();
        let created = rfc3339(self.clock.now());
        let rows: String = buckets
            .filter_map(|bucket| bucket["name"].as_str())
            .map(|name| format!("<Bucket><Name>{name}</Name><CreationDate>{created}</CreationDate></Bucket>"))
            .collect();
        let owner = &signer.account;
        xml(
            200,
            &format!(
                "<ListAllMyBucketsResult xmlns=\"{XMLNS}\"><Buckets>{rows}</Buckets>\
                 <Owner><ID>{owner}</ID><DisplayName>{owner}</DisplayName></Owner></ListAllMyBucketsResult>"
            ),
        )
    }

    fn object_list(&self, signer: &Signer, bucket: &str) -> Reply {
        let prefix = object_path(signer, &format!("{bucket}/"));
        let of_bucket =
            self.blobs.iter().filter_map(|(path, body)| Some((path.strip_prefix(&prefix)?, body.len())));
        let rows: String = of_bucket
            .map(|(key, size)| format!("<Contents><Key>{key}</Key><Size>{size}</Size></Contents>"))
            .collect();
        xml(
            200,
            &format!(
                "<ListBucketResult xmlns=\"{XMLNS}\"><Name>{bucket}</Name>\
                 <IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
            ),
        )
    }
}

/// Objects live beside the other bodies, under a path that no route of the API has.
fn object_path(signer: &Signer, path: &str) -> String {
    format!("r2/{}/{path}", signer.account)
}

fn object(body: &[u8]) -> Reply {
    Reply::raw(200, "application/octet-stream", body.to_vec())
}

fn session_of(request: &Request) -> Option<&str> {
    request.header("x-amz-security-token")
}

fn recent(request: &Request) -> bool {
    let time = request
        .header("x-amz-date")
        .and_then(|text| Timestamp::strptime("%Y%m%dT%H%M%S%z", with_zone(text)).ok());
    time.is_some_and(|time| request.at.duration_since(time).abs() <= SKEW)
}

fn with_zone(amz: &str) -> String {
    amz.replace('Z', "+0000")
}
