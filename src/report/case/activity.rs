//! What the audit logs tell, so that thousands of entries stay readable: repeated ones once, the telling ones
//! first, the rest counted.

use super::words;
use crate::model::incident::{Event, Timeline};
use crate::report::words::{counted, number};
use jiff::Timestamp;

/// As many rows as people read.
const ROWS: usize = 60;

/// As many of them as may be about what was done before the leak too.
const USUAL: usize = 15;

/// Rows of less weight are usual.
const TELLING: u32 = 4;

pub struct Activity<'a> {
    pub timeline: &'a Timeline,
    /// Since the leak.
    pub events: Vec<&'a Event>,
    pub days: Vec<Day<'a>>,
    /// What was left to `timeline.csv`, in a sentence.
    pub hidden: Option<String>,
    /// What was usual before the leak, in a sentence.
    pub before: String,
}

pub struct Day<'a> {
    pub title: String,
    pub rows: Vec<Row<'a>>,
}

/// One entry, or a run of entries that say the same.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub event: &'a Event,
    pub count: usize,
    pub last: Timestamp,
}

impl<'a> Activity<'a> {
    pub fn of(timeline: &'a Timeline) -> Self {
        let events: Vec<&Event> = timeline.in_window().collect();
        let (rows, hidden) = choose(runs(&events));
        Activity {
            timeline,
            days: days(rows),
            hidden: hidden_words(&hidden),
            before: before(timeline),
            events,
        }
    }
}

impl Row<'_> {
    /// How much a responder wants to see it.
    fn weight(&self) -> u32 {
        let event = self.event;
        let minted = event.generation.is_some_and(|generation| generation > 0);
        words::weight(event.class)
            + 4 * u32::from(event.is_new)
            + 2 * u32::from(minted)
            + u32::from(event.failed())
    }

    /// `10:03:12`, or `10:03:12 to 10:05:00`
    pub fn time(&self) -> String {
        let first = words::clock(self.event.time);
        if self.count == 1 { first } else { format!("{first} to {}", words::clock(self.last)) }
    }

    /// What was done, and how often.
    pub fn words(&self) -> String {
        let what = words::sentence(&words::cut(&self.event.words));
        if self.count == 1 { what } else { format!("{what} (×{})", number(self.count as u64)) }
    }

    /// Which token did it.
    pub fn by(&self) -> String {
        match (self.event.generation, self.event.token_name.as_deref()) {
            (Some(0), _) => "the leaked credential".to_owned(),
            (Some(_), Some(name)) => format!("minted token {}", words::quoted(name)),
            (Some(_), None) => "a minted token".to_owned(),
            (None, _) => match &self.event.actor {
                Some(actor) => format!("{} (the log names no token)", words::cut(actor)),
                None => "its owner (the log names no token)".to_owned(),
            },
        }
    }
}

/// Neighbours that say the same become one row.
fn runs<'a>(events: &[&'a Event]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for event in events {
        match rows.last_mut() {
            Some(row) if says_the_same(row.event, event) => {
                row.count += 1;
                row.last = event.time;
            }
            Some(_) | None => rows.push(Row { event, count: 1, last: event.time }),
        }
    }
    rows
}

fn says_the_same(a: &Event, b: &Event) -> bool {
    let key = |event: &Event| (event.class, event.words.clone(), event.result.clone(), event.address.clone());
    let token = |event: &Event| (event.token_id.clone(), event.is_new, day_of(event));
    key(a) == key(b) && token(a) == token(b)
}

fn day_of(event: &Event) -> String {
    words::day(event.time)
}

/// The rows to show in order of time, and those that are only counted.
fn choose(rows: Vec<Row<'_>>) -> (Vec<Row<'_>>, Vec<Row<'_>>) {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(rows[*at].weight()), *at));
    let mut shown = vec![false; rows.len()];
    let telling = order.iter().filter(|at| rows[**at].weight() >= TELLING).count();
    let most = ROWS.min(telling + USUAL);
    order.iter().take(most).for_each(|at| shown[*at] = true);
    let marked = rows.into_iter().zip(shown);
    let (shown, hidden): (Vec<_>, Vec<_>) = marked.partition(|(_, shown)| *shown);
    let bare = |marked: Vec<(_, bool)>| marked.into_iter().map(|(row, _)| row).collect();
    (bare(shown), bare(hidden))
}

fn days(rows: Vec<Row<'_>>) -> Vec<Day<'_>> {
    let chunks = rows.chunk_by(|a, b| day_of(a.event) == day_of(b.event));
    chunks.map(|rows| Day { title: day_of(rows[0].event), rows: rows.to_vec() }).collect()
}

fn hidden_words(hidden: &[Row<'_>]) -> Option<String> {
    let total: usize = hidden.iter().map(|row| row.count).sum();
    let counts = || hidden.iter().map(|row| (row.event.class, row.count));
    match total {
        0 => None,
        1 => Some("1 more entry, of less weight, is only in timeline.csv.".to_owned()),
        count => Some(format!(
            "{} more entries, of less weight, are only in timeline.csv: {}.",
            number(count as u64),
            words::purposes(counts())
        )),
    }
}

fn before(timeline: &Timeline) -> String {
    let usual: Vec<&Event> = timeline.events.iter().filter(|event| event.time < timeline.since).collect();
    let span = words::lasting(timeline.since.duration_since(timeline.baseline_since));
    if usual.is_empty() {
        return format!("In the {span} before the leak the logs show nothing to compare with.");
    }
    let mut addresses: Vec<&str> = usual.iter().filter_map(|event| event.address.as_deref()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let from = match addresses.len() as u64 {
        0 => String::new(),
        1 => ", from 1 address".to_owned(),
        count => format!(", from {} addresses", number(count)),
    };
    format!(
        "For comparison, in the {span} before the leak: {} ({}){from}.",
        counted(usual.len() as u64, "action"),
        words::purposes(usual.iter().map(|event| (event.class, 1)))
    )
}
