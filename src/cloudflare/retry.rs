//! Whether and when to ask the same thing again.

use crate::cloudflare::answer::{Answer, Failure, Outcome};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, HeaderName, RETRY_AFTER};
use std::time::Duration;
use tokio::time::Instant;

/// What one credential may cost: CONTRACT section 7.
#[derive(Clone, Debug)]
pub struct Patience {
    requests: u32,
    waits: Duration,
    /// The server said that nothing is left until then.
    not_before: Option<Instant>,
}

impl Patience {
    pub fn new(requests: u32, waits: Duration) -> Self {
        Patience { requests, waits, not_before: None }
    }

    /// Six requests, and waits of a minute altogether.
    pub fn for_one_credential() -> Self {
        Self::new(6, Duration::from_secs(60))
    }

    /// No bound on requests: paging through an audit log takes what it takes.
    pub fn for_a_responder() -> Self {
        Self::new(u32::MAX, Duration::from_secs(600))
    }

    pub fn requests_left(&self) -> u32 {
        self.requests
    }

    /// Takes one request out, to be sent without any waiting: for what is only nice to know.
    pub fn for_one_look(&mut self) -> Self {
        let granted = self.requests.min(1);
        self.requests -= granted;
        Patience { requests: granted, waits: Duration::ZERO, not_before: self.not_before }
    }

    pub(super) fn spend_request(&mut self) -> bool {
        let granted = self.requests > 0;
        self.requests = self.requests.saturating_sub(1);
        granted
    }

    pub(super) fn spend_wait(&mut self, wait: Duration) -> bool {
        match self.waits.checked_sub(wait) {
            Some(left) => {
                self.waits = left;
                true
            }
            None => false,
        }
    }

    pub(super) fn hold_until(&mut self, instant: Instant) {
        self.not_before = self.not_before.max(Some(instant));
    }

    pub(super) fn held_for(&self, now: Instant) -> Option<Duration> {
        self.not_before.and_then(|until| until.checked_duration_since(now)).filter(|wait| !wait.is_zero())
    }
}

/// What to do after an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Keep,
    /// Again, no sooner than this from now.
    Again(Duration),
}

/// `repeatable`: sending the request twice does no more than sending it once.
pub(super) fn next(outcome: &Outcome, repeatable: bool) -> Next {
    let soon = Next::Again(Duration::ZERO);
    match outcome {
        Outcome::Failed(Failure::RateLimited { retry_after, .. }) if repeatable => {
            Next::Again(retry_after.unwrap_or_default())
        }
        Outcome::Failed(Failure::Connect) => soon,
        Outcome::Failed(Failure::Timeout | Failure::CutShort | Failure::Truncated(_)) if repeatable => soon,
        Outcome::Answered(answer) if repeatable && is_transient(answer) => soon,
        Outcome::Failed(
            Failure::Timeout
            | Failure::CutShort
            | Failure::Truncated(_)
            | Failure::Malformed
            | Failure::Tls
            | Failure::TooLarge(_)
            | Failure::Redirect(_)
            // It says that nothing was done; who changes something looks before it believes that.
            | Failure::RateLimited { .. }
            | Failure::LockedOut
            | Failure::OutOfPatience,
        )
        | Outcome::Answered(_) => Next::Keep,
    }
}

fn is_transient(answer: &Answer) -> bool {
    answer.is_server_error() || answer.is_timeout()
}

/// `Retry-After`, in seconds or as a date.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// `Ratelimit: "default";r=0;t=30`: how long until there is something left, `None` while there is.
pub(super) fn used_up_for(headers: &HeaderMap) -> Option<Duration> {
    const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
    headers
        .get_all(RATELIMIT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|policy| {
            let parameter = |name: &str| {
                let mut parts = policy.split(';').filter_map(|part| part.trim().split_once('='));
                parts.find(|(key, _)| *key == name).and_then(|(_, number)| number.trim().parse::<u64>().ok())
            };
            (parameter("r") == Some(0)).then(|| Duration::from_secs(parameter("t").unwrap_or(0)))
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudflare::answer::Body;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static(name), value.parse().unwrap())])
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        for (value, wait) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 22 Nov 2026 10:01:00 GMT", Some(60)),
            ("Sun, 22 Nov 2026 09:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
            ("1.5", None),
        ] {
            let found = retry_after(&headers("retry-after", value), now);
            assert_eq!(found, wait.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn ratelimit_counts_only_when_used_up() {
        for (value, wait) in [
            ("\"default\";r=50;t=30", None),
            ("\"default\";r=0;t=30", Some(30)),
            ("\"burst\";r=0;t=2, \"default\";r=0;t=240", Some(240)),
            ("\"burst\"; r=0; t=2, \"default\";r=7;t=240", Some(2)),
            ("nonsense", None),
        ] {
            let found = used_up_for(&headers("ratelimit", value));
            assert_eq!(found, wait.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn only_what_may_pass_is_asked_again() {
        let answered = |http| Outcome::Answered(Answer { http, body: Body::Empty });
        let wait = Some(Duration::from_secs(9));
        for (outcome, when_repeatable, otherwise) in [
            (answered(200), Next::Keep, Next::Keep),
            (answered(403), Next::Keep, Next::Keep),
            (answered(500), Next::Again(Duration::ZERO), Next::Keep),
            (answered(522), Next::Again(Duration::ZERO), Next::Keep),
            (answered(408), Next::Again(Duration::ZERO), Next::Keep),
            (Outcome::Failed(Failure::Timeout), Next::Again(Duration::ZERO), Next::Keep),
            (Outcome::Failed(Failure::Connect), Next::Again(Duration::ZERO), Next::Again(Duration::ZERO)),
            (Outcome::Failed(Failure::Tls), Next::Keep, Next::Keep),
            (Outcome::Failed(Failure::Redirect(302)), Next::Keep, Next::Keep),
            (Outcome::Failed(Failure::TooLarge(200)), Next::Keep, Next::Keep),
            (Outcome::Failed(Failure::LockedOut), Next::Keep, Next::Keep),
            (
                Outcome::Failed(Failure::RateLimited { http: 429, retry_after: wait }),
                Next::Again(Duration::from_secs(9)),
                Next::Keep,
            ),
        ] {
            assert_eq!(next(&outcome, true), when_repeatable, "{outcome:?}");
            assert_eq!(next(&outcome, false), otherwise, "{outcome:?}");
        }
    }

    #[test]
    fn waits_are_bounded_altogether() {
        let mut patience = Patience::for_one_credential();
        assert!(patience.spend_wait(Duration::from_secs(40)));
        assert!(!patience.spend_wait(Duration::from_secs(21)));
        assert!(patience.spend_wait(Duration::from_secs(20)));
        for _ in 0..6 {
            assert!(patience.spend_request());
        }
        assert!(!patience.spend_request());
    }
}
