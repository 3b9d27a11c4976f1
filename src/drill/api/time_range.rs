use super::super::refusal::Refusal;
use super::super::request::Request;
use jiff::{SignedDuration, Timestamp};

/// Both audit logs keep eighteen months.
const KEPT: SignedDuration = SignedDuration::from_hours(548 * 24);

pub(super) fn kept_since(now: Timestamp) -> Timestamp {
    now.checked_sub(KEPT).unwrap_or(Timestamp::MIN)
}

/// `since` and `before`, as times or as dates.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeRange {
    since: Option<Timestamp>,
    before: Option<Timestamp>,
}

impl TimeRange {
    pub fn optional(request: &Request) -> Result<TimeRange, Refusal> {
        Ok(TimeRange { since: time(request, "since")?, before: time(request, "before")? })
    }

    pub fn required(request: &Request) -> Result<TimeRange, Refusal> {
        for name in ["since", "before"] {
            if request.query(name).is_none() {
                return Err(Refusal::new(400, 1001, format!("{name} is required")));
            }
        }
        TimeRange::optional(request)
    }

    pub fn holds(&self, time: Timestamp) -> bool {
        self.since.is_none_or(|since| time >= since) && self.before.is_none_or(|before| time <= before)
    }
}

fn time(request: &Request, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = request.query(name) else {
        return Ok(None);
    };
    let parsed = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok();
    parsed
        .map(Some)
        .ok_or_else(|| Refusal::new(400, 1001, format!("{name}: {text} is neither RFC 3339 nor a date")))
}
