use super::activity::Activity;
use super::facts::{Fact, facts};
use super::left::Left;
use super::lineage::Lineage;
use super::opening::{Answer, Status, answers, status};
use super::record::{Entry, record};
use super::words;
use crate::model::incident::{Conclusion, Incident};

/// A case in finished words, in the order in which people want to hear them.
pub struct View<'a> {
    pub incident: &'a Incident,
    /// "Leaked user API token “ci-deploy”"
    pub title: String,
    pub status: Status,
    pub answers: Vec<Answer>,
    pub facts: Vec<Fact>,
    pub activity: Option<Activity<'a>>,
    pub lineage: Lineage<'a>,
    pub record: Vec<Entry>,
    pub left: Left,
}

impl<'a> View<'a> {
    pub fn of(incident: &'a Incident) -> Self {
        let conclusion = Conclusion::of(incident);
        let left = Left::of(incident);
        View {
            incident,
            title: format!("Leaked {}", words::subject(incident)),
            status: status(&conclusion, incident, &left),
            answers: answers(&conclusion, incident, &left),
            facts: facts(incident),
            activity: incident.timeline.as_ref().map(Activity::of),
            lineage: Lineage::of(incident),
            record: record(incident),
            left,
        }
    }

    /// `cfleak 0.1.0, 2026-11-25 10:03:12 UTC`
    pub fn imprint(&self) -> String {
        let version = self.incident.runs.last().map_or("", |run| run.version.as_str());
        format!("cfleak {version}, as of {}", words::at(self.incident.updated))
    }
}
