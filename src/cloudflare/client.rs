//! One polite HTTP client for every question.
//!
//! Knows how to send, wait and read; not why a question is asked or what an answer means. The budget is
//! shared by everything that uses the same client, so a run has one.

use crate::cloudflare::answer::{Answer, Body, Failure, Outcome, says_locked_out, says_rate_limited};
use crate::cloudflare::budget::{Budget, Closed, Pace};
use crate::cloudflare::call::{Auth, Call, Payload, Target};
use crate::cloudflare::hosts::{R2Origin, Services, is_loopback};
use crate::cloudflare::line::Lines;
use crate::cloudflare::retry::{self, Next, Patience};
use crate::cloudflare::sigv4;
use crate::model::Asked;
use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Request, Response, Url};
use std::error::Error as _;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use zeroize::Zeroizing;

pub const USER_AGENT: &str = concat!("cfleak/", env!("CARGO_PKG_VERSION"));

/// The wall clock, which only `commands` may read.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

pub struct Settings {
    pub services: Services,
    pub limits: Limits,
    pub pace: Pace,
    pub clock: Clock,
}

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub connect: Duration,
    /// From the first byte sent to the last byte read.
    pub request: Duration,
    pub tries: usize,
    /// Before the second try; doubled for the third, with jitter on both.
    pub first_wait: Duration,
    /// A page of a thousand audit-log entries is about two megabytes.
    pub body: usize,
}

impl Default for Limits {
    /// CONTRACT section 7.
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(10),
            tries: 3,
            first_wait: Duration::from_secs(1),
            body: 16 << 20,
        }
    }
}

pub struct Client {
    settings: Settings,
    budget: Budget,
    lines: Lines,
    /// For this machine: never through a proxy.
    direct: reqwest::Client,
    /// For everything else; `None` when every service is on this machine.
    proxied: Option<reqwest::Client>,
}

/// The HTTP stack could not be set up (no certificate authorities, a broken proxy setting).
#[derive(Debug)]
pub struct SetupError(reqwest::Error);

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = self.0.source().map_or_else(|| self.0.to_string(), ToString::to_string);
        write!(f, "cannot set up the HTTPS client: {cause}")
    }
}

impl std::error::Error for SetupError {}

/// How a question ended, and every request it took.
#[derive(Clone, Debug)]
pub struct Reply {
    pub outcome: Outcome,
    pub asked: Vec<Asked>,
}

/// What arrived for one request.
struct Received {
    http: u16,
    ray: Option<String>,
    retry_after: Option<Duration>,
    used_up_for: Option<Duration>,
    body: Result<Vec<u8>, Failure>,
}

impl Client {
    pub fn new(settings: Settings) -> Result<Client, SetupError> {
        // The TLS library is built without a default provider; the second client of a process finds it
        // installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let Settings { services, limits, .. } = &settings;
        let mut direct = builder(limits).no_proxy();
        if !services.any_https_loopback() {
            // So that a rehearsal runs on a machine without certificate authorities.
            direct = direct.tls_certs_only([]);
        }
        let direct = direct.build().map_err(SetupError)?;
        let proxied = match services.all_loopback() {
            true => None,
            false => Some(builder(limits).build().map_err(SetupError)?),
        };
        Ok(Client { budget: Budget::new(settings.pace), lines: Lines::default(), settings, direct, proxied })
    }

    /// Has this address been shut out during the run?
    pub fn is_locked_out(&self) -> bool {
        self.budget.is_closed()
    }

    pub fn api_host(&self) -> &str {
        self.settings.services.api_host()
    }

    /// Asks until there is an answer worth keeping, or `patience` ends.
    pub async fn ask(&self, call: &Call, patience: &mut Patience) -> Reply {
        let mut asked = Vec::new();
        let mut backoff = self.backoff();
        loop {
            if let Err(failure) = self.wait_for_turn(patience).await {
                return Reply { outcome: Outcome::Failed(failure), asked };
            }
            let outcome = self.send(call, patience, &mut asked).await;
            let (Next::Again(at_least), Some(pause)) =
                (retry::next(&outcome, call.is_repeatable()), backoff.next())
            else {
                return Reply { outcome, asked };
            };
            let wait = at_least.max(pause);
            if self.is_down(call) || patience.requests_left() == 0 || !patience.spend_wait(wait) {
                return Reply { outcome, asked };
            }
            if self.budget.sleep_until(Instant::now() + wait).await == Err(Closed) {
                return Reply { outcome: Outcome::Failed(Failure::LockedOut), asked };
            }
        }
    }

    fn backoff(&self) -> impl Iterator<Item = Duration> + use<> {
        ExponentialBuilder::new()
            .with_min_delay(self.settings.limits.first_wait)
            .with_max_times(self.settings.limits.tries.saturating_sub(1))
            .with_jitter()
            .build()
    }

    /// The server said earlier that this credential has nothing left: wait for it, if there is patience for
    /// that.
    async fn wait_for_turn(&self, patience: &mut Patience) -> Result<(), Failure> {
        if !patience.spend_request() {
            return Err(Failure::OutOfPatience);
        }
        let Some(wait) = patience.held_for(Instant::now()) else { return Ok(()) };
        if !patience.spend_wait(wait) {
            return Err(Failure::RateLimited { http: 200, retry_after: Some(wait) });
        }
        self.budget.sleep_until(Instant::now() + wait).await.map_err(|Closed| Failure::LockedOut)
    }

    /// Sends once, when the budget allows.
    async fn send(&self, call: &Call, patience: &mut Patience, asked: &mut Vec<Asked>) -> Outcome {
        if self.is_down(call) {
            return Outcome::Failed(Failure::Connect);
        }
        let Ok(ticket) = self.budget.admit().await else { return Outcome::Failed(Failure::LockedOut) };
        let at = (self.settings.clock)();
        let received = match self.request(call, at) {
            Ok(request) => self.exchange(request, at).await,
            Err(malformed) => {
                self.budget.settle(ticket, false);
                return Outcome::Failed(malformed);
            }
        };
        let connected = !matches!(received, Err(Failure::Connect | Failure::Tls));
        self.lines.note(&self.host(call), connected, Instant::now());
        if let Some(wait) = received.as_ref().ok().and_then(|received| received.used_up_for) {
            patience.hold_until(Instant::now() + wait);
        }
        let (http, ray) = match &received {
            Ok(received) => (Some(received.http), received.ray.clone()),
            Err(_) => (None, None),
        };
        let (outcome, code) = match received {
            Ok(received) => self.interpret(received),
            Err(failure) => (Outcome::Failed(failure), None),
        };
        self.budget.settle(ticket, is_failed_authentication(&outcome));
        let endpoint = call.endpoint();
        tracing::debug!(endpoint, http, code, "asked");
        asked.push(Asked { endpoint, http, code, ray, at: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() });
        outcome
    }

    fn is_down(&self, call: &Call) -> bool {
        self.lines.is_down(&self.host(call), Instant::now())
    }

    fn host(&self, call: &Call) -> String {
        self.url(&call.target).host_str().unwrap_or_default().to_owned()
    }

    /// Names what arrived, and closes the budget at lock-out.
    fn interpret(&self, received: Received) -> (Outcome, Option<i64>) {
        let Received { http, retry_after, body, .. } = received;
        if (300..400).contains(&http) {
            return (Outcome::Failed(Failure::Redirect(http)), None);
        }
        let read = match &body {
            Ok(bytes) => Body::read(bytes).map_err(|_ends_early| Failure::Truncated(http)),
            Err(failure) => Err(failure.clone()),
        };
        let answer = match read {
            Ok(body) => Answer { http, body },
            Err(_) if http == 429 => {
                return (Outcome::Failed(Failure::RateLimited { http, retry_after }), None);
            }
            Err(failure) => return (Outcome::Failed(failure), None),
        };
        let code = answer.envelope().and_then(|envelope| envelope.code());
        if says_locked_out(body.as_deref().unwrap_or_default(), answer.envelope()) {
            self.budget.close();
            return (Outcome::Failed(Failure::LockedOut), code);
        }
        if says_rate_limited(http, &answer.body) {
            return (Outcome::Failed(Failure::RateLimited { http, retry_after }), code);
        }
        // Sent before the lock-out, refused perhaps because of it.
        if self.budget.is_closed() && answer.is_failed_authentication() {
            return (Outcome::Failed(Failure::LockedOut), code);
        }
        (Outcome::Answered(answer), code)
    }

    async fn exchange(&self, request: Request, at: Timestamp) -> Result<Received, Failure> {
        let client = match &self.proxied {
            Some(proxied) if !is_loopback(request.url()) => proxied,
            Some(_) | None => &self.direct,
        };
        let mut response = client.execute(request).await.map_err(|error| failure(&error))?;
        let headers = response.headers();
        let retry_after = retry::retry_after(headers, at);
        let used_up_for = retry::used_up_for(headers);
        let ray = ray(headers);
        let http = response.status().as_u16();
        let body = read_body(&mut response, self.settings.limits.body).await;
        Ok(Received { http, ray, retry_after, used_up_for, body })
    }

    fn request(&self, call: &Call, at: Timestamp) -> Result<Request, Failure> {
        let mut builder = self.direct.request(call.method.clone(), self.url(&call.target));
        if !call.query.is_empty() {
            builder = builder.query(&call.query);
        }
        let builder = match &call.payload {
            Payload::Nothing => builder,
            Payload::Json(value) => builder.json(value),
            Payload::Form(fields) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.expose())).collect();
                builder.form(&fields)
            }
        };
        let builder = builder.header(ACCEPT, HeaderValue::from_static("application/json"));
        let mut request = builder.build().map_err(|_| Failure::Malformed)?;
        authorize(&mut request, &call.auth, at)?;
        Ok(request)
    }

    fn url(&self, target: &Target) -> Url {
        let services = &self.settings.services;
        match target {
            Target::Api(path) => below(&services.api, path),
            Target::R2 { account } => match &services.r2 {
                R2Origin::PerAccount => r2_url(account),
                R2Origin::Fixed(origin) => origin.clone(),
            },
            Target::Turnstile(path) => below(&services.turnstile, path),
            Target::Oauth(path) => below(&services.oauth, path),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("services", &self.settings.services).finish_non_exhaustive()
    }
}

fn builder(limits: &Limits) -> reqwest::ClientBuilder {
    // `localhost` is this machine whatever a resolver says; the port is taken from the address.
    let loopback: [SocketAddr; 2] = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(limits.connect)
        .timeout(limits.request)
        // A redirect would carry a credential to wherever it points; it is an outcome of its own.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .resolve_to_addrs("localhost", &loopback)
}

/// `base` with `path` appended; the base keeps its own path (`/client/v4`).
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

fn r2_url(account: &str) -> Url {
    // An id that is not 32 hex digits could name another host; `Call` builders check it, and so does this.
    let account = if crate::cloudflare::call::is_id(account) { account } else { "invalid" };
    #[expect(clippy::expect_used, reason = "32 hex digits in front of a constant are a host name")]
    Url::parse(&format!("https://{account}.r2.cloudflarestorage.com/")).expect("a host name")
}

fn authorize(request: &mut Request, auth: &Auth, at: Timestamp) -> Result<(), Failure> {
    const X_AUTH_EMAIL: HeaderName = HeaderName::from_static("x-auth-email");
    const X_AUTH_KEY: HeaderName = HeaderName::from_static("x-auth-key");
    match auth {
        Auth::Nobody => {}
        Auth::Bearer(token) => {
            let value = Zeroizing::new(format!("Bearer {}", token.expose()));
            request.headers_mut().insert(AUTHORIZATION, sensitive(&value)?);
        }
        Auth::GlobalKey { email, key } => {
            request.headers_mut().insert(X_AUTH_EMAIL, sensitive(email)?);
            request.headers_mut().insert(X_AUTH_KEY, sensitive(key.expose())?);
        }
        Auth::S3 { key_id, secret } => {
            let signed = sigv4::sign_get(request.url(), key_id, secret, at);
            request.headers_mut().insert(AUTHORIZATION, sensitive(&signed.authorization)?);
            for (name, value) in signed.headers {
                request.headers_mut().insert(HeaderName::from_static(name), sensitive(&value)?);
            }
        }
    }
    Ok(())
}

fn sensitive(value: &str) -> Result<HeaderValue, Failure> {
    // A header may hold more than ASCII; no credential does.
    if !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(Failure::Malformed);
    }
    let mut header = HeaderValue::from_str(value).map_err(|_| Failure::Malformed)?;
    header.set_sensitive(true);
    Ok(header)
}

async fn read_body(response: &mut Response, limit: usize) -> Result<Vec<u8>, Failure> {
    let http = response.status().as_u16();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => return Err(Failure::TooLarge(http)),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) if error.is_timeout() => return Err(Failure::Timeout),
            Err(_) => return Err(Failure::Truncated(http)),
        }
    }
}

/// `CF-Ray`, if it looks like one: it is shown, so it may not be whatever a server likes.
fn ray(headers: &HeaderMap) -> Option<String> {
    const CF_RAY: HeaderName = HeaderName::from_static("cf-ray");
    let ray = headers.get(CF_RAY)?.to_str().ok()?;
    // 16 hex digits and the code of a data centre.
    let (id, place) = ray.split_once('-').unwrap_or((ray, ""));
    let well_formed = (8..=20).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_hexdigit())
        && place.len() <= 4
        && place.bytes().all(|byte| byte.is_ascii_alphanumeric());
    well_formed.then(|| ray.to_owned())
}

fn is_failed_authentication(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Answered(answer) => answer.is_failed_authentication(),
        Outcome::Failed(Failure::LockedOut | Failure::Redirect(_)) => true,
        Outcome::Failed(Failure::Truncated(http) | Failure::TooLarge(http)) => {
            matches!(http, 400 | 401 | 403)
        }
        Outcome::Failed(
            Failure::Malformed
            | Failure::Timeout
            | Failure::Connect
            | Failure::Tls
            | Failure::CutShort
            | Failure::RateLimited { .. }
            | Failure::OutOfPatience,
        ) => false,
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() && !error.is_connect() {
        return Failure::Timeout;
    }
    if error.source().is_some_and(is_tls) {
        return Failure::Tls;
    }
    match error.is_connect() {
        true => Failure::Connect,
        false => Failure::CutShort,
    }
}

/// An I/O error hides what it wraps from `source`, and TLS errors come wrapped in two of them.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>()
        || wrapped.is_some_and(|inner| is_tls(inner))
        || error.source().is_some_and(is_tls)
}

#[cfg(test)]
mod tests;
