use super::super::choices::Choices;
use super::super::refusal::Refusal;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Counters of requests and of failing authentications (CLOUDFLARE.md 5).
#[derive(Debug, Default)]
pub(crate) struct Limits {
    meters: BTreeMap<String, Window>,
    failures: BTreeMap<IpAddr, Window>,
    /// What the last charged meter has left, for the `Ratelimit` header.
    last: Option<(u32, i64)>,
}

/// A window that starts with its first request.
#[derive(Debug)]
struct Window {
    start: Timestamp,
    count: u32,
    blocked_until: Option<Timestamp>,
}

impl Window {
    fn new(now: Timestamp) -> Self {
        Window { start: now, count: 0, blocked_until: None }
    }

    /// Counts one; `true` while the limit is kept. Beyond it everything is blocked for `block`.
    fn count(&mut self, now: Timestamp, length: SignedDuration, limit: u32, block: SignedDuration) -> bool {
        if now.duration_since(self.start) >= length {
            (self.start, self.count) = (now, 0);
        }
        self.count += 1;
        if self.count > limit {
            self.blocked_until = now.checked_add(block).ok();
        }
        self.count <= limit
    }

    fn blocked(&self, now: Timestamp) -> Option<i64> {
        let left = self.blocked_until?.duration_since(now);
        (left > SignedDuration::ZERO).then(|| rounded_up(left))
    }
}

fn rounded_up(time: SignedDuration) -> i64 {
    time.as_secs() + i64::from(time.subsec_nanos() > 0)
}

impl Limits {
    pub fn locked_out(&self, client: IpAddr, now: Timestamp) -> bool {
        self.failures.get(&client).is_some_and(|window| window.blocked(now).is_some())
    }

    pub fn count_failure(&mut self, client: IpAddr, now: Timestamp, choices: &Choices) {
        let lockout = choices.lockout;
        let window = self.failures.entry(client).or_insert_with(|| Window::new(now));
        // The failure that reaches the limit is still answered; the next request is the first that is not.
        window.count(now, lockout.window, lockout.failures.saturating_sub(1), lockout.lasts);
    }

    /// One request of an address, whoever asks: 200 a second.
    pub fn charge_address(
        &mut self,
        client: IpAddr,
        now: Timestamp,
        choices: &Choices,
    ) -> Result<(), Refusal> {
        self.last = None;
        let second = SignedDuration::from_secs(1);
        let window = self.meters.entry(format!("address {client}")).or_insert_with(|| Window::new(now));
        if window.count(now, second, choices.quota.per_second_and_address, second) {
            return Ok(());
        }
        Err(Refusal::rate_limited(choices.rate_limit_code, 1))
    }

    /// One request of a user or an account token: 1,200 in five minutes, then nothing for five more.
    pub fn charge(&mut self, meter: &str, now: Timestamp, choices: &Choices) -> Result<(), Refusal> {
        let quota = choices.quota;
        let window = self.meters.entry(meter.to_owned()).or_insert_with(|| Window::new(now));
        if let Some(wait) = window.blocked(now) {
            self.last = Some((0, wait));
            return Err(Refusal::rate_limited(choices.rate_limit_code, wait));
        }
        let kept = window.count(now, quota.window, quota.requests, quota.window);
        let reset = rounded_up(quota.window - now.duration_since(window.start));
        self.last = Some((quota.requests.saturating_sub(window.count), reset));
        if kept {
            Ok(())
        } else {
            Err(Refusal::rate_limited(choices.rate_limit_code, rounded_up(quota.window)))
        }
    }

    /// `Ratelimit` and `Ratelimit-Policy` as every reply carries them.
    pub fn headers(&self, choices: &Choices) -> [(&'static str, String); 2] {
        let quota = choices.quota;
        let (left, reset) = self.last.unwrap_or((quota.requests, quota.window.as_secs()));
        [
            ("Ratelimit", format!("\"default\";r={left};t={reset}")),
            ("Ratelimit-Policy", format!("\"default\";q={};w={}", quota.requests, quota.window.as_secs())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::choices::{Lockout, Quota};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("in range")
    }

    #[test]
    fn over_the_quota_everything_is_blocked_for_the_next_window() {
        let quota =
            Quota { requests: 2, window: SignedDuration::from_secs(300), per_second_and_address: 200 };
        let choices = Choices { quota, ..Choices::default() };
        let mut limits = Limits::default();
        let mut charged = |second| limits.charge("user u", at(second), &choices).map_err(|r| r.retry_after);
        assert_eq!(charged(0), Ok(()));
        assert_eq!(charged(1), Ok(()));
        assert_eq!(charged(2), Err(Some(300)));
        assert_eq!(charged(299), Err(Some(3)), "the window ended, the block did not");
        assert_eq!(charged(302), Ok(()));
    }

    #[test]
    fn lock_out_follows_failures_of_one_address_and_ends() {
        let lockout = Lockout {
            failures: 3,
            window: SignedDuration::from_secs(60),
            lasts: SignedDuration::from_secs(300),
            status: 403,
        };
        let choices = Choices { lockout, ..Choices::default() };
        let (here, there): (IpAddr, IpAddr) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let mut limits = Limits::default();
        for second in 0..3 {
            assert!(!limits.locked_out(here, at(second)));
            limits.count_failure(here, at(second), &choices);
        }
        assert!(limits.locked_out(here, at(3)));
        assert!(!limits.locked_out(there, at(3)));
        assert!(!limits.locked_out(here, at(302)));
    }
}
