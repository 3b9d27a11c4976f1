//! What runs through the records of a session: whose turn it is, which tool was asked, what time it was.

use super::StoreKind;
use super::label::{Label, Part, Prompt};
use super::query::{Path, View};
use crate::model::{Provenance, SourceKind, TranscriptOrigin};
use crate::source::json::{Origin, Text};
use crate::source::time::rfc3339;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// As much of a tool's input as is put before its output, so that `cat .dev.vars` stands with what it printed.
const CONTEXT_BYTES: usize = 1024;
/// Outputs follow their inputs closely, but some dozen tools may run at once.
const TOOLS_REMEMBERED: usize = 256;

/// A part of a record with its place in the story.
#[derive(Debug)]
pub struct Placed {
    pub node: usize,
    pub provenance: Arc<Provenance>,
    /// Text that belongs before this part.
    pub context: Option<Arc<[u8]>>,
    pub join: Option<Path>,
}

/// The story so far of one file, or of one database with many sessions in it.
#[derive(Debug)]
pub struct Session {
    kind: StoreKind,
    base: Provenance,
    /// What the path tells of every record.
    outer: Label,
    /// When the file was last written, for records without a time.
    file_time: Option<String>,
    counters: HashMap<Option<String>, Counter>,
    tools: Tools,
    by_session: bool,
}

#[derive(Debug, Default)]
struct Counter {
    turn: u64,
    prompt: Option<Prompt>,
    /// The last time that was seen.
    time: Option<String>,
    session_time: Option<String>,
    session: Option<String>,
}

impl Session {
    /// `by_session` where one store holds many sessions, whose turns are counted apart.
    pub fn new(kind: StoreKind, base: &Provenance, file_time: Option<String>, by_session: bool) -> Self {
        let outer = Label {
            session: kind.store.and_then(|store| part_of(base, store.session?)),
            tool_use_id: kind.store.and_then(|store| part_of(base, store.tool_use_id?)),
            ..Label::default()
        };
        Session {
            kind,
            base: base.clone(),
            outer,
            file_time,
            counters: HashMap::new(),
            tools: Tools::default(),
            by_session,
        }
    }

    pub fn base(&self) -> &Provenance {
        &self.base
    }

    pub fn outer(&self) -> &Label {
        &self.outer
    }

    /// The place of text that has no records.
    pub fn plain(&mut self) -> Arc<Provenance> {
        let outer = self.outer.clone();
        self.provenance(&outer)
    }

    /// Tells the parts of one record, in order, where in the story they stand.
    pub fn place(&mut self, view: View<'_>, parts: Vec<Part>) -> Vec<Placed> {
        parts
            .into_iter()
            .map(|mut part| {
                self.count(&mut part);
                let context = self.pair(view, &mut part);
                let provenance = self.provenance(&part.label);
                Placed { node: part.node, provenance, context, join: part.join }
            })
            .collect()
    }

    /// The things read next stand here.
    pub fn enter(&mut self, base: Provenance) {
        self.base = base;
    }

    /// Counts a prompt that is known from a row rather than from a rule, and says the how manieth it was.
    pub fn count_prompt(&mut self, label: &Label) -> u64 {
        let counter = self.counter(label);
        counter.turn += 1;
        counter.turn
    }

    pub fn turn(&mut self, label: &Label) -> Option<u64> {
        Some(self.counter(label).turn).filter(|turn| *turn > 0)
    }

    /// The place of text with this label.
    pub fn labelled(&mut self, label: &Label) -> Arc<Provenance> {
        self.provenance(label)
    }

    fn counter(&mut self, label: &Label) -> &mut Counter {
        let key = label.session.as_ref().filter(|_| self.by_session).cloned();
        self.counters.entry(key).or_default()
    }

    fn count(&mut self, part: &mut Part) {
        let is_first_session = self.outer.session.is_none();
        let counter = self.counter(&part.label);
        // A header names the session once; the records behind it belong to it.
        if part.label.session.is_none() {
            part.label.session.clone_from(&counter.session);
        } else if is_first_session {
            counter.session.clone_from(&part.label.session);
        }
        let Some(prompt) = part.prompt else { return };
        // A store that keeps each prompt in two kinds of records shows the same words to two rules.
        let is_echo =
            counter.prompt.is_some_and(|last| last.words == prompt.words && last.rule != prompt.rule);
        if !is_echo {
            counter.turn += 1;
            counter.prompt = Some(prompt);
        }
    }

    /// Remembers the input of a tool, or finds it for the output.
    fn pair(&mut self, view: View<'_>, part: &mut Part) -> Option<Arc<[u8]>> {
        let id = part.label.tool_use_id.as_ref()?;
        match part.label.role.as_deref() {
            Some("tool_input") => {
                // A second record about the same call may not say what it calls.
                if part.label.tool.is_none() {
                    part.label.tool = self.tools.known.get(id).and_then(|tool| tool.name.clone());
                }
                self.tools.remember(id, part.label.tool.clone(), excerpt(view, part.node));
                None
            }
            Some("tool_output") => {
                let tool = self.tools.known.get(id)?;
                if part.label.tool.is_none() {
                    part.label.tool.clone_from(&tool.name);
                }
                Some(tool.input.clone())
            }
            Some(_) | None => None,
        }
    }

    fn provenance(&mut self, label: &Label) -> Arc<Provenance> {
        let file_time = self.file_time.clone();
        let is_one_record = self.kind.store.is_some_and(|store| store.is_one_record);
        let (agent, surface) = (self.kind.group.agent.clone(), self.kind.surface());
        let counter = self.counter(label);
        if label.session_time.is_some() && counter.session_time != label.session_time {
            counter.session_time.clone_from(&label.session_time);
            counter.time = label.session_time.as_deref().and_then(rfc3339);
        }
        let exact = label.time.as_deref().and_then(rfc3339);
        if exact.is_some() {
            counter.time.clone_from(&exact);
        }
        let (time, quality) = match (exact, &counter.time, file_time) {
            (Some(time), _, _) => (Some(time), Some("exact")),
            (None, Some(time), _) => (Some(time.clone()), Some("session")),
            (None, None, Some(time)) => (Some(time), Some("file")),
            (None, None, None) => (None, None),
        };
        let turn = label.turn.or((!is_one_record && counter.turn > 0).then_some(counter.turn));
        let mut provenance = self.base.clone();
        if let Some(agent) = agent {
            provenance.source = SourceKind::Transcript;
            provenance.transcript = Some(Box::new(TranscriptOrigin {
                agent,
                surface: label.surface.clone().unwrap_or_else(|| surface.to_owned()),
                session: label.session.clone(),
                turn,
                record: label.record.clone(),
                role: label.role.clone(),
                tool: label.tool.clone(),
                tool_use_id: label.tool_use_id.clone(),
                time,
                time_quality: quality.map(str::to_owned),
            }));
        }
        Arc::new(provenance)
    }
}

fn part_of(base: &Provenance, part: super::table::Part) -> Option<String> {
    use super::table::Part;
    let name = base.leaf_name();
    let path = std::path::Path::new(&name);
    let above = |path: &std::path::Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    match part {
        Part::Stem => path.file_stem().map(|stem| stem.to_string_lossy().into_owned()),
        Part::Uuid => path.file_stem().and_then(|stem| uuid_at_end(&stem.to_string_lossy())),
        Part::Dir => above(path.parent()?),
        Part::DirAbove => above(path.parent()?.parent()?),
    }
}

fn uuid_at_end(stem: &str) -> Option<String> {
    let uuid = stem.get(stem.len().checked_sub(36)?..)?;
    let is_uuid = uuid.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    is_uuid.then(|| uuid.to_owned())
}

fn excerpt(view: View<'_>, node: usize) -> Arc<[u8]> {
    let span = view.tape.node(node).span();
    let span = span.start..span.end.min(span.start + CONTEXT_BYTES);
    let mut text = Text::with_capacity(span.len() + 1);
    text.unescape(Origin::raw(view.bytes), span);
    text.bytes.push(b'\n');
    text.bytes.into()
}

/// The tools that were asked lately.
#[derive(Debug, Default)]
struct Tools {
    known: HashMap<String, Tool>,
    order: VecDeque<String>,
}

#[derive(Debug)]
struct Tool {
    name: Option<String>,
    input: Arc<[u8]>,
}

impl Tools {
    fn remember(&mut self, id: &str, name: Option<String>, input: Arc<[u8]>) {
        if self.known.insert(id.to_owned(), Tool { name, input }).is_none() {
            self.order.push_back(id.to_owned());
        }
        if self.order.len() > TOOLS_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}
