//! Which hosts cannot be reached, so that a run without a network does not try each credential three times.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// So many connections in a row that did not come about: two credentials, three tries each.
const FAILURES: u32 = 6;
/// Then nobody tries again for a while.
const REST: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(super) struct Lines(Mutex<HashMap<String, Line>>);

#[derive(Clone, Copy, Debug)]
struct Line {
    failures: u32,
    last: Instant,
}

impl Lines {
    pub fn is_down(&self, host: &str, now: Instant) -> bool {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.get(host).is_some_and(|line| line.failures >= FAILURES && now < line.last + REST)
    }

    /// Any answer, and any failure after the connection, shows that the line is up.
    pub fn note(&self, host: &str, connected: bool, now: Instant) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if connected {
            lines.remove(host);
            return;
        }
        let line = lines.entry(host.to_owned()).or_insert(Line { failures: 0, last: now });
        line.failures += 1;
        line.last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_down_after_failures_in_a_row_and_up_after_a_rest_or_an_answer() {
        let lines = Lines::default();
        let now = Instant::now();
        for _ in 0..5 {
            lines.note("a", false, now);
        }
        lines.note("a", true, now);
        for _ in 0..5 {
            lines.note("a", false, now);
        }
        assert!(!lines.is_down("a", now));
        lines.note("a", false, now);
        assert!(lines.is_down("a", now));
        assert!(!lines.is_down("b", now));
        assert!(!lines.is_down("a", now + REST));
        lines.note("a", true, now);
        assert!(!lines.is_down("a", now));
    }
}
