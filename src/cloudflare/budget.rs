//! How fast we may ask: a few requests a second in all, one failing authentication a second, none after
//! lock-out.
//!
//! Cloudflare shuts an address out after too many failed authentications, and from then on calls live tokens
//! invalid (CLOUDFLARE.md 2.4, 5). Whether a request fails is known only when it is answered, so until then
//! it counts as failing: a second request follows within [`Pace::failure_gap`] only when the first was
//! answered well.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// At most this many requests in any `window`, so there is no burst above it either.
    pub requests: usize,
    pub window: Duration,
    /// Between two authentications that may both fail.
    pub failure_gap: Duration,
}

impl Default for Pace {
    /// CONTRACT section 6, with a twentieth of a second added so that jitter on the way cannot push five
    /// requests into one second of the server's clock.
    fn default() -> Self {
        Pace { requests: 4, window: Duration::from_millis(1050), failure_gap: Duration::from_millis(1050) }
    }
}

/// This address was shut out; nothing more is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

/// Leave to send one request, to be given back with its result.
#[derive(Debug)]
pub struct Ticket(u64);

#[derive(Debug)]
pub struct Budget {
    ledger: Mutex<Ledger>,
    changed: Notify,
}

impl Budget {
    pub fn new(pace: Pace) -> Self {
        Budget { ledger: Mutex::new(Ledger::new(pace)), changed: Notify::new() }
    }

    /// Waits for the next free moment.
    pub async fn admit(&self) -> Result<Ticket, Closed> {
        loop {
            let changed = self.changed.notified();
            let free_at = match self.with(|ledger| ledger.book(Instant::now())) {
                Booking::Go(ticket) => return Ok(ticket),
                Booking::Closed => return Err(Closed),
                Booking::At(instant) => instant,
            };
            tokio::select! {
                () = tokio::time::sleep_until(free_at) => {}
                () = changed => {}
            }
        }
    }

    /// Says how the request of `ticket` ended. A ticket that is dropped counts as failing.
    pub fn settle(&self, ticket: Ticket, failed_authentication: bool) {
        self.with(|ledger| ledger.settle(&ticket, failed_authentication, Instant::now()));
        self.changed.notify_waiters();
    }

    /// Lock-out: everybody who waits is told, and nobody is admitted any more.
    pub fn close(&self) {
        self.with(|ledger| ledger.closed = true);
        self.changed.notify_waiters();
    }

    pub fn is_closed(&self) -> bool {
        self.with(|ledger| ledger.closed)
    }

    /// A wait that ends early when the budget is closed.
    pub async fn sleep_until(&self, instant: Instant) -> Result<(), Closed> {
        loop {
            let changed = self.changed.notified();
            if self.is_closed() {
                return Err(Closed);
            }
            tokio::select! {
                () = tokio::time::sleep_until(instant) => return Ok(()),
                () = changed => {}
            }
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Ledger) -> T) -> T {
        // The ledger is whole between statements, so a panic elsewhere leaves nothing half-written.
        work(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The state behind the clock, free of any waiting, so that it can be tested with made-up instants.
#[derive(Debug)]
struct Ledger {
    pace: Pace,
    /// When the requests of the last window were sent, oldest first.
    sent: VecDeque<Instant>,
    /// The last request that has not been answered, and the moment it stops holding others up.
    unproven: Option<(u64, Instant)>,
    /// The end of the gap after the last failed authentication.
    quiet_until: Option<Instant>,
    next_ticket: u64,
    closed: bool,
}

enum Booking {
    Go(Ticket),
    At(Instant),
    Closed,
}

impl Ledger {
    fn new(pace: Pace) -> Self {
        Ledger {
            pace,
            sent: VecDeque::new(),
            unproven: None,
            quiet_until: None,
            next_ticket: 0,
            closed: false,
        }
    }

    fn book(&mut self, now: Instant) -> Booking {
        if self.closed {
            return Booking::Closed;
        }
        let free_at = self.free_at(now);
        if free_at > now {
            return Booking::At(free_at);
        }
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.sent.push_back(now);
        self.unproven = Some((ticket, now + self.pace.failure_gap));
        Booking::Go(Ticket(ticket))
    }

    fn free_at(&mut self, now: Instant) -> Instant {
        while self.sent.front().is_some_and(|sent| *sent + self.pace.window <= now) {
            self.sent.pop_front();
        }
        let by_rate = match self.sent.front() {
            Some(oldest) if self.sent.len() >= self.pace.requests => *oldest + self.pace.window,
            Some(_) | None => now,
        };
        let by_answer = self.unproven.map_or(now, |(_, until)| until);
        by_rate.max(by_answer).max(self.quiet_until.unwrap_or(now))
    }

    fn settle(&mut self, ticket: &Ticket, failed: bool, now: Instant) {
        if self.unproven.is_some_and(|(holder, _)| holder == ticket.0) {
            self.unproven = None;
        }
        if failed {
            // Counted from the answer: the server saw the request at some moment before it.
            self.quiet_until = Some(now + self.pace.failure_gap);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace =
        Pace { requests: 4, window: Duration::from_secs(1), failure_gap: Duration::from_secs(1) };

    fn go(ledger: &mut Ledger, now: Instant) -> Ticket {
        match ledger.book(now) {
            Booking::Go(ticket) => ticket,
            Booking::At(at) => panic!("must wait for {:?}", at - now),
            Booking::Closed => panic!("closed"),
        }
    }

    fn wait(ledger: &mut Ledger, now: Instant) -> Duration {
        match ledger.book(now) {
            Booking::Go(_) => Duration::ZERO,
            Booking::At(at) => at - now,
            Booking::Closed => panic!("closed"),
        }
    }

    #[test]
    fn four_good_requests_fit_in_a_second_and_the_fifth_waits() {
        let start = Instant::now();
        let mut ledger = Ledger::new(PACE);
        for tenth in 0..4 {
            let now = start + Duration::from_millis(100 * tenth);
            let ticket = go(&mut ledger, now);
            ledger.settle(&ticket, false, now);
        }
        assert_eq!(wait(&mut ledger, start + Duration::from_millis(400)), Duration::from_millis(600));
        assert_eq!(wait(&mut ledger, start + Duration::from_millis(1000)), Duration::ZERO);
    }

    #[test]
    fn no_second_of_a_long_run_holds_five_requests() {
        let start = Instant::now();
        let mut ledger = Ledger::new(PACE);
        let mut now = start;
        let mut sent = Vec::new();
        while sent.len() < 40 {
            match ledger.book(now) {
                Booking::Go(ticket) => {
                    ledger.settle(&ticket, false, now);
                    sent.push(now);
                }
                Booking::At(at) => now = at,
                Booking::Closed => panic!("closed"),
            }
        }
        assert!(sent.windows(5).all(|five| five[4] - five[0] >= PACE.window));
    }

    #[test]
    fn an_unanswered_request_counts_as_failing_for_one_gap() {
        let start = Instant::now();
        let mut ledger = Ledger::new(PACE);
        let ticket = go(&mut ledger, start);
        assert_eq!(wait(&mut ledger, start + Duration::from_millis(10)), Duration::from_millis(990));
        ledger.settle(&ticket, false, start + Duration::from_millis(20));
        assert_eq!(wait(&mut ledger, start + Duration::from_millis(20)), Duration::ZERO);
    }

    #[test]
    fn after_a_failed_authentication_the_next_request_comes_a_gap_later() {
        let start = Instant::now();
        let mut ledger = Ledger::new(PACE);
        let ticket = go(&mut ledger, start);
        let answered = start + Duration::from_millis(300);
        ledger.settle(&ticket, true, answered);
        assert_eq!(wait(&mut ledger, answered), Duration::from_secs(1));
    }

    #[test]
    fn a_late_failure_holds_up_even_when_another_request_was_sent_meanwhile() {
        let start = Instant::now();
        let mut ledger = Ledger::new(PACE);
        let slow = go(&mut ledger, start);
        let later = start + Duration::from_secs(2);
        let quick = go(&mut ledger, later);
        ledger.settle(&slow, true, later);
        ledger.settle(&quick, false, later + Duration::from_millis(10));
        assert_eq!(wait(&mut ledger, later + Duration::from_millis(10)), Duration::from_millis(990));
    }

    #[test]
    fn nothing_is_booked_after_lock_out() {
        let mut ledger = Ledger::new(PACE);
        ledger.closed = true;
        assert!(matches!(ledger.book(Instant::now()), Booking::Closed));
    }

    #[tokio::test(start_paused = true)]
    async fn failures_keep_their_distance_however_many_ask_at_once() {
        let budget = std::sync::Arc::new(Budget::new(PACE));
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let budget = std::sync::Arc::clone(&budget);
            running.spawn(async move {
                let ticket = budget.admit().await.expect("nobody closes it");
                let admitted = Instant::now();
                tokio::time::sleep(Duration::from_millis(300)).await;
                budget.settle(ticket, true);
                admitted
            });
        }
        let mut admitted = running.join_all().await;
        admitted.sort();
        assert!(admitted.windows(2).all(|pair| pair[1] - pair[0] >= PACE.failure_gap));
    }

    #[tokio::test]
    async fn closing_wakes_those_who_wait() {
        let budget = Budget::new(Pace { failure_gap: Duration::from_secs(3600), ..PACE });
        budget.admit().await.expect("the first is free");
        let closer = async {
            tokio::task::yield_now().await;
            budget.close();
        };
        let (waiter, ()) = tokio::join!(budget.admit(), closer);
        assert_eq!(waiter.err(), Some(Closed));
    }
}
