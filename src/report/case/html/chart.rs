//! The time from leak to containment as a picture: one lane a class, one mark for what lies close together.
//!
//! Positions are percentages and sizes are pixels, so the same picture fits a wide screen, a phone and paper
//! without becoming small.

use super::super::activity::Activity;
use super::super::words;
use crate::model::incident::{Class, Event, Incident, Proven};
use crate::report::markup::html;
use jiff::Timestamp;

/// Entries nearer to each other than one part in so many share a mark.
const SLOTS: usize = 30;

/// Space left and right of the first and last moment, in percent.
const MARGIN: f64 = 3.0;

pub fn chart(activity: &Activity<'_>, incident: &Incident, proven: &Proven) -> String {
    if activity.events.is_empty() {
        return String::new();
    }
    let scale = Scale::of(activity, incident);
    let moments = moments(incident, proven);
    let lanes: String = Class::ALL
        .into_iter()
        .filter_map(|class| {
            let events: Vec<&Event> =
                activity.events.iter().copied().filter(|event| event.class == class).collect();
            (!events.is_empty()).then(|| lane(class, &events, &scale, &moments))
        })
        .collect();
    format!(
        "<figure class=\"chart\">\n{}{lanes}{}<figcaption>{LEGEND}</figcaption>\n</figure>\n",
        flags(&scale, &moments),
        axis(&scale, &moments)
    )
}

const LEGEND: &str = "<span><svg width=\"16\" height=\"16\" aria-hidden=\"true\"><path class=\"new\" d=\"M8 2 14 8 8 14 2 \
    8Z\"/></svg> new: address, program or kind of action not seen before the leak</span> <span><svg width=\"16\" \
    height=\"16\" aria-hidden=\"true\"><circle class=\"known\" cx=\"8\" cy=\"8\" r=\"5\"/></svg> as before the \
    leak</span> <span><svg width=\"16\" height=\"16\" aria-hidden=\"true\"><path class=\"refused\" d=\"m4 4 8 \
    8m0-8-8 8\"/></svg> refused</span> <span>A number counts what lies close together.</span>";

struct Scale {
    from: Timestamp,
    seconds: f64,
}

impl Scale {
    fn of(activity: &Activity<'_>, incident: &Incident) -> Self {
        let times = || activity.events.iter().map(|event| event.time);
        let from = times().chain([incident.leak.since, activity.timeline.since]).min();
        let asked = incident.checks.iter().map(|check| check.at);
        let until = times().chain(asked).chain([activity.timeline.until]).max();
        let (from, until) = (from.unwrap_or(incident.leak.since), until.unwrap_or(incident.updated));
        Scale { from, seconds: until.duration_since(from).as_secs_f64().max(1.0) }
    }

    fn share(&self, time: Timestamp) -> f64 {
        (time.duration_since(self.from).as_secs_f64() / self.seconds).clamp(0.0, 1.0)
    }

    /// In percent of the width.
    fn x(&self, time: Timestamp) -> f64 {
        MARGIN + self.share(time) * (100.0 - 2.0 * MARGIN)
    }

    fn slot(&self, time: Timestamp) -> usize {
        ((self.share(time) * SLOTS as f64) as usize).min(SLOTS - 1)
    }

    /// Few round moments: four to seven.
    fn ticks(&self) -> Vec<(Timestamp, String)> {
        const STEPS: [i64; 15] = [
            60,
            300,
            900,
            3_600,
            10_800,
            21_600,
            43_200,
            86_400,
            172_800,
            604_800,
            1_209_600,
            2_592_000,
            7_776_000,
            31_536_000,
            157_680_000,
        ];
        let step = STEPS.into_iter().find(|step| self.seconds / *step as f64 <= 7.0).unwrap_or(STEPS[14]);
        let first = (self.from.as_second().div_euclid(step) + 1) * step;
        let until = self.from.as_second() + self.seconds as i64;
        let wanted = (first..=until).step_by(usize::try_from(step).unwrap_or(usize::MAX));
        let times = wanted.filter_map(|second| Timestamp::from_second(second).ok());
        times
            .map(|time| {
                let is_midnight = time.as_second() % 86_400 == 0;
                let format = match (step, is_midnight) {
                    (2_592_000.., _) => "%b %Y",
                    (_, true) => "%-d %b",
                    (_, false) => "%H:%M",
                };
                let label = time.strftime(format);
                (time, label.to_string())
            })
            .collect()
    }
}

/// A vertical line through all lanes.
struct Moment {
    at: Timestamp,
    name: &'static str,
    class: &'static str,
}

fn moments(incident: &Incident, proven: &Proven) -> Vec<Moment> {
    let leak = Moment { at: incident.leak.since, name: "leaked", class: "leak" };
    let end = match proven {
        Proven::Refused { at, .. } => Some(Moment { at: *at, name: "proven dead", class: "end" }),
        Proven::Record { at } => Some(Moment { at: *at, name: "ended", class: "end" }),
        Proven::No => None,
    };
    std::iter::once(leak).chain(end).collect()
}

/// The names of the moments, above the lanes.
fn flags(scale: &Scale, moments: &[Moment]) -> String {
    let flag = |moment: &Moment| {
        let x = scale.x(moment.at);
        let anchor = if x > 50.0 { "end" } else { "start" };
        format!(
            "<text class=\"{}\" x=\"{x:.2}%\" y=\"14\" text-anchor=\"{anchor}\">{}<tspan>, {}</tspan></text>",
            moment.class,
            moment.name,
            moment.at.strftime("%-d %b %H:%M")
        )
    };
    let flags: String = moments.iter().map(flag).collect();
    format!("<div class=\"lane\"><span></span><svg height=\"20\" aria-hidden=\"true\">{flags}</svg></div>\n")
}

fn axis(scale: &Scale, moments: &[Moment]) -> String {
    let ticks: String = scale
        .ticks()
        .into_iter()
        .map(|(time, label)| {
            let x = scale.x(time);
            format!(
                "<line class=\"tick\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"5\"/>\
                 <text x=\"{x:.2}%\" y=\"19\" text-anchor=\"middle\">{label}</text>"
            )
        })
        .collect();
    let lines = lines(scale, moments, 5);
    format!(
        "<div class=\"lane axis\"><span></span><svg height=\"24\" aria-hidden=\"true\">{lines}{ticks}</svg></div>\n"
    )
}

fn lines(scale: &Scale, moments: &[Moment], height: u32) -> String {
    let line = |moment: &Moment| {
        let x = scale.x(moment.at);
        format!("<line class=\"{}\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{height}\"/>", moment.class)
    };
    moments.iter().map(line).collect()
}

fn lane(class: Class, events: &[&Event], scale: &Scale, moments: &[Moment]) -> String {
    let refused = events.iter().filter(|event| event.failed()).count();
    // What was refused has a line of its own below what was done.
    let height = if refused > 0 && refused < events.len() { 52 } else { 34 };
    let done: Vec<&Event> = events.iter().copied().filter(|event| !event.failed()).collect();
    let failed: Vec<&Event> = events.iter().copied().filter(|event| event.failed()).collect();
    let failed_y = if done.is_empty() { 17 } else { 38 };
    format!(
        "<div class=\"lane\"><span>{name} <b>{count}</b></span><svg height=\"{height}\" role=\"img\">\
         <title>{title}</title>{lines}{marks}{crosses}</svg></div>\n",
        name = words::class(class),
        count = events.len(),
        title = html(&title(class, events, refused)),
        lines = lines(scale, moments, height),
        marks = marks(&done, scale, 17, Shape::of),
        crosses = marks(&failed, scale, failed_y, |_| Shape::Cross),
    )
}

fn title(class: Class, events: &[&Event], refused: usize) -> String {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return String::new() };
    format!(
        "{}: {} entries, {refused} refused, from {} to {}",
        words::class(class),
        events.len(),
        words::at(first.time),
        words::at(last.time)
    )
}

enum Shape {
    Diamond,
    Ring,
    Cross,
}

impl Shape {
    fn of(events: &[&Event]) -> Self {
        if events.iter().any(|event| event.is_new) { Shape::Diamond } else { Shape::Ring }
    }

    fn draw(&self, size: f64) -> String {
        match self {
            Shape::Diamond => {
                let size = size * 1.25;
                format!("<path class=\"new\" d=\"M0-{size:.1} {size:.1} 0 0 {size:.1}-{size:.1} 0Z\"/>")
            }
            Shape::Ring => format!("<circle class=\"known\" r=\"{size:.1}\"/>"),
            Shape::Cross => "<path class=\"refused\" d=\"m-4-4 8 8m0-8-8 8\"/>".to_owned(),
        }
    }
}

/// One mark for each slot that holds something, at the middle of what it holds.
fn marks(events: &[&Event], scale: &Scale, y: u32, shape: fn(&[&Event]) -> Shape) -> String {
    let slots: Vec<&[&Event]> = events.chunk_by(|a, b| scale.slot(a.time) == scale.slot(b.time)).collect();
    let taken: Vec<usize> = slots.iter().map(|events| scale.slot(events[0].time)).collect();
    let mut drawn = String::new();
    for (nth, events) in slots.iter().enumerate() {
        let x = (scale.x(events[0].time) + scale.x(events[events.len() - 1].time)) / 2.0;
        let size = 5.0 + (events.len() as f64).log10().min(3.0);
        let shape = shape(events).draw(size);
        // A number has room where the next three slots are free.
        let is_free = taken.get(nth + 1).is_none_or(|next| *next > taken[nth] + 3);
        let (dx, anchor) = if x > 90.0 { (-12, "end") } else { (12, "start") };
        let count = match (events.len(), is_free) {
            (2.., true) => {
                format!("<text x=\"{dx}\" y=\"5\" text-anchor=\"{anchor}\">{}</text>", events.len())
            }
            (_, _) => String::new(),
        };
        drawn.push_str(&format!("<svg x=\"{x:.2}%\" y=\"{y}\" overflow=\"visible\">{shape}{count}</svg>"));
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn scale(hours: i64) -> Scale {
        let from: Timestamp = "2026-11-19T22:10:00Z".parse().unwrap();
        Scale { from, seconds: SignedDuration::from_hours(hours).as_secs_f64() }
    }

    #[test]
    fn ticks_are_few_and_round_at_every_length() {
        for hours in [1, 5, 24, 100, 24 * 7, 24 * 60, 24 * 400, 24 * 3000] {
            let labels = scale(hours).ticks();
            assert!((1..=8).contains(&labels.len()), "{hours}: {labels:?}");
        }
        let days: Vec<String> = scale(24 * 6).ticks().into_iter().map(|(_, label)| label).collect();
        assert_eq!(days, ["20 Nov", "21 Nov", "22 Nov", "23 Nov", "24 Nov", "25 Nov"]);
    }

    #[test]
    fn what_lies_outside_is_drawn_at_the_edge() {
        let scale = scale(10);
        let late: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
        assert_eq!((scale.x(Timestamp::MIN), scale.x(late)), (MARGIN, 100.0 - MARGIN));
        assert_eq!(scale.slot(late), SLOTS - 1);
    }
}
