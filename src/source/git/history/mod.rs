//! The whole history of a repository: every object, reachable or not, and where each find was introduced.
//!
//! Three steps. *Look*: walk commits and tags, then trees (for names), then blobs, and note which objects hold
//! something. *Place*: find the commit, path and refs of those, and of no others. *Tell*: show them to the sink again,
//! with everything known about them. So ordinary objects cost one look and no words.

mod blobs;
mod missing;
mod names;
mod tell;
pub mod texts;
mod trees;

use super::attribution::{self, Attribution, Targets};
use super::content::Contents;
use super::graph::Graph;
use super::names::Names;
use super::objects::walk::{Item, Limits, Plan, Want};
use super::objects::{Lost, Number, Objects};
use super::refs::Refs;
use crate::model::{GitObjectKind, GitOrigin, Provenance, Skip, SkipReason};
use crate::source::limits::{self, over_max_bytes};
use crate::source::{Flow, Sink};
use blobs::Blobs;
use gix::bstr::BStr;
use gix::hash::oid;
use gix::objs::Kind;
use missing::Missing;
use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use texts::Texts;
use trees::Trees;

/// How a history is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// 0 means one a core.
    pub threads: usize,
    pub limits: limits::Limits,
}

impl Options {
    fn walk(&self) -> Limits {
        let threads = if self.threads == 0 { rayon::current_num_threads() } else { self.threads };
        Limits { threads, max_bytes: self.limits.max_bytes.unwrap_or(u64::MAX) }
    }
}

/// A repository's objects and the refs into them.
pub struct History<'a> {
    /// As it was typed, for people.
    pub repository: &'a str,
    pub objects: &'a Objects,
    pub refs: &'a Refs,
}

impl History<'_> {
    pub fn scan(&self, options: &Options, sink: &dyn Sink) -> Flow {
        let plan = Plan::new(self.objects);
        let contents = Contents::new(sink, &options.limits, self.objects.len());
        let look = Look::new(self, options, sink);
        let (graph, flow) = look.all(&plan, &contents);
        let Look { finds, names, missing, .. } = look;
        let finds = finds.into_inner().unwrap_or_else(PoisonError::into_inner);
        let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
        let missing = missing.into_inner().unwrap_or_else(PoisonError::into_inner);
        // What was found before an interruption is still told, only without its commit.
        let attribution = match flow {
            Flow::Continue => {
                let objects = finds.iter().map(|find| (find.number, find.kind));
                let objects = objects.chain(missing.sources()).collect();
                attribution::place(self, &graph, &plan, &Targets { objects, names }, options.walk())
            }
            Flow::Stop => Attribution::default(),
        };
        missing.report(self, &attribution, sink);
        tell::tell(self, &plan, finds, &attribution, &contents, options.walk(), sink);
        flow
    }

    /// Refs to objects that are here.
    pub fn tips(&self) -> impl Iterator<Item = (&BStr, Number)> {
        let tips = self.refs.tips.iter();
        tips.filter_map(|tip| Some((tip.name.as_ref(), self.objects.find(&tip.id)?)))
    }

    /// What is known of an object before it is placed.
    pub fn origin(&self, id: &oid, kind: Kind) -> GitOrigin {
        GitOrigin::of_object(self.repository, id.to_string(), object_kind(kind))
    }
}

/// gix's word for a kind, and ours.
pub fn object_kind(kind: Kind) -> GitObjectKind {
    match kind {
        Kind::Blob => GitObjectKind::Blob,
        Kind::Tree => GitObjectKind::Tree,
        Kind::Commit => GitObjectKind::Commit,
        Kind::Tag => GitObjectKind::Tag,
    }
}

/// The provenance of what stands in the history.
pub fn provenance(origin: GitOrigin) -> Provenance {
    let path = origin.path.as_ref().map(PathBuf::from);
    Provenance { git: Some(Box::new(origin)), ..Provenance::git(path) }
}

/// An object in which something was found.
struct Find {
    number: Number,
    kind: Kind,
    /// Where in it; empty for the whole of it.
    cores: Vec<Range<usize>>,
}

/// The first step: what all visitors share.
struct Look<'a> {
    history: &'a History<'a>,
    options: &'a Options,
    sink: &'a dyn Sink,
    finds: Mutex<Vec<Find>>,
    /// Names of files and directories in which something was found.
    names: Mutex<HashSet<Arc<[u8]>>>,
    missing: Mutex<Missing>,
}

impl<'a> Look<'a> {
    fn new(history: &'a History<'a>, options: &'a Options, sink: &'a dyn Sink) -> Self {
        Look {
            history,
            options,
            sink,
            finds: Mutex::default(),
            names: Mutex::default(),
            missing: Mutex::default(),
        }
    }

    fn all(&self, plan: &Plan<'_>, contents: &Contents<'_>) -> (Graph, Flow) {
        let limits = self.options.walk();
        let texts = Texts::new(self);
        let mut flow = plan.walk(Kind::Commit, limits, &texts).then(|| plan.walk(Kind::Tag, limits, &texts));
        let trees = Trees { look: self, names: Names::new(self.history.objects.len()) };
        flow = flow.then(|| plan.walk(Kind::Tree, limits, &trees));
        let names = trees.names.settle();
        flow = flow.then(|| names::look(self, &names));
        let blobs = Blobs { look: self, names: &names, contents };
        flow = flow.then(|| plan.walk(Kind::Blob, limits, &blobs));
        flow = flow.then(|| plan.rescue(&blobs));
        (texts.into_graph(), flow)
    }

    fn want(&self, number: Number) -> Want {
        if self.history.objects.is_repeat(number) { Want::Elsewhere } else { Want::Bytes }
    }

    /// Counts a visited object.
    fn seen(&self, item: &Item<'_>) -> Flow {
        self.sink.object(item.bytes.len() as u64);
        Flow::Continue
    }

    fn find(&self, number: Number, kind: Kind, cores: Vec<Range<usize>>) {
        self.finds.lock().unwrap_or_else(PoisonError::into_inner).push(Find { number, kind, cores });
    }

    /// The object that another speaks of; one that is not here is remembered.
    fn find_or_note(&self, id: &oid, from: (Number, Kind), kind: Kind) -> Option<Number> {
        let found = self.history.objects.find(id);
        if found.is_none() {
            self.missing.lock().unwrap_or_else(PoisonError::into_inner).note(id, kind, from);
        }
        found
    }

    fn lost(&self, number: Number, kind: Kind, why: Lost) {
        let id = self.history.objects.id(number);
        let (reason, detail) = match why {
            Lost::Damaged => (SkipReason::Damaged, "the stored object is damaged".to_owned()),
            Lost::MissingBase(base) => {
                (SkipReason::MissingObject, format!("it is stored as a change to {base}"))
            }
            Lost::Missing => (SkipReason::Vanished, String::new()),
            Lost::Unreadable(kind) => (SkipReason::Unreadable, kind.to_string()),
            Lost::TooLarge { size } => {
                let limit = self.options.limits.max_bytes.unwrap_or(size);
                (SkipReason::OverMaxBytes, over_max_bytes(size, limit))
            }
        };
        self.sink.skip(Skip { provenance: provenance(self.history.origin(id, kind)), reason, detail });
    }
}
