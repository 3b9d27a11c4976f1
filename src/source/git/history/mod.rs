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
use super::memory::Memory;
use super::names::{Names, SettledNames};
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
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    pub fn scan(&self, options: &Options, memory: &dyn Memory, sink: &dyn Sink) -> Flow {
        let plan = Plan::new(self.objects);
        let contents = Contents::new(sink, &options.limits, self.objects.len());
        let look = Look::new(self, options, memory, sink);
        let (graph, names, flow) = look.all(&plan, &contents);
        if flow == Flow::Continue {
            look.learn(&names);
        }
        let targets = look.targets();
        // What was found before an interruption is still told, only without its commit.
        let attribution = match flow {
            Flow::Continue if !targets.is_empty() => {
                // A memory spared the look at commits; to place something, all their links are needed.
                let graph = if look.has_spared() { look.links(&plan) } else { graph };
                attribution::place(self, &graph, &plan, &targets, options.walk())
            }
            Flow::Continue | Flow::Stop => Attribution::default(),
        };
        look.missing().report(self, &attribution, sink);
        tell::tell(self, &plan, look.into_finds(), &attribution, &contents, options.walk(), sink);
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
    memory: &'a dyn Memory,
    sink: &'a dyn Sink,
    finds: Mutex<Vec<Find>>,
    /// Objects that are not clean: something was found in them, or not all of them could be read.
    unclean: Mutex<HashSet<Number>>,
    /// Names of files and directories in which something was found.
    names: Mutex<HashSet<Arc<[u8]>>>,
    missing: Mutex<Missing>,
    visited: AtomicUsize,
}

impl<'a> Look<'a> {
    fn new(
        history: &'a History<'a>,
        options: &'a Options,
        memory: &'a dyn Memory,
        sink: &'a dyn Sink,
    ) -> Self {
        Look {
            history,
            options,
            memory,
            sink,
            finds: Mutex::default(),
            unclean: Mutex::default(),
            names: Mutex::default(),
            missing: Mutex::default(),
            visited: AtomicUsize::new(0),
        }
    }

    fn all(&self, plan: &Plan<'_>, contents: &Contents<'_>) -> (Graph, SettledNames, Flow) {
        let limits = self.options.walk();
        let texts = Texts::new(self, false);
        let mut flow = plan.walk(Kind::Commit, limits, &texts).then(|| plan.walk(Kind::Tag, limits, &texts));
        let trees = Trees { look: self, names: Names::new(self.history.objects.len()) };
        flow = flow.then(|| plan.walk(Kind::Tree, limits, &trees));
        let names = trees.names.settle();
        flow = flow.then(|| names::look(self, &names));
        let blobs = Blobs { look: self, names: &names, contents };
        flow = flow.then(|| plan.walk(Kind::Blob, limits, &blobs));
        flow = flow.then(|| plan.rescue(&blobs));
        (texts.into_graph(), names, flow)
    }

    /// All commits and tags, without a look at their texts.
    fn links(&self, plan: &Plan<'_>) -> Graph {
        let texts = Texts::new(self, true);
        for kind in [Kind::Commit, Kind::Tag] {
            let _ = plan.walk(kind, self.options.walk(), &texts);
        }
        texts.into_graph()
    }

    fn want(&self, number: Number, name: Option<u32>) -> Want {
        if self.history.objects.is_repeat(number) {
            Want::Elsewhere
        } else if self.memory.is_clean(self.history.objects.id(number), name) {
            Want::Known
        } else {
            Want::Bytes
        }
    }

    /// Hands on what is clean now. A name in which something was found stands in trees that nobody noted, and of what
    /// is not here nobody knows whether it is clean: then the next run looks again.
    fn learn(&self, names: &SettledNames) {
        if !lock(&self.names).is_empty() || !self.missing().is_empty() {
            return;
        }
        let objects = self.history.objects;
        let unclean = lock(&self.unclean);
        let clean =
            objects.numbers().filter(|number| !unclean.contains(number) && !objects.is_repeat(*number));
        let name = |number: Number| names.of(number).map_or(0, |name| super::names::hash(name));
        self.memory.learn(clean.map(|number| (objects.id(number).to_owned(), name(number))).collect());
    }

    /// The memory spared a look at something.
    fn has_spared(&self) -> bool {
        let objects = self.history.objects;
        let lost = lock(&self.unclean).len();
        let stored = objects.numbers().filter(|number| !objects.is_repeat(*number)).count();
        self.visited.load(Ordering::Relaxed) + lost < stored
    }

    fn targets(&self) -> Targets {
        let finds = lock(&self.finds);
        let objects = finds.iter().map(|find| (find.number, find.kind));
        Targets {
            objects: objects.chain(self.missing().sources()).collect(),
            names: lock(&self.names).clone(),
        }
    }

    fn missing(&self) -> MutexGuard<'_, Missing> {
        lock(&self.missing)
    }

    fn into_finds(self) -> Vec<Find> {
        self.finds.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a visited object.
    fn seen(&self, item: &Item<'_>) -> Flow {
        self.visited.fetch_add(1, Ordering::Relaxed);
        self.sink.object(item.bytes.len() as u64);
        Flow::Continue
    }

    fn find(&self, number: Number, kind: Kind, cores: Vec<Range<usize>>) {
        lock(&self.finds).push(Find { number, kind, cores });
        self.unclean(number);
    }

    fn unclean(&self, number: Number) {
        lock(&self.unclean).insert(number);
    }

    /// The object that another speaks of; one that is not here is remembered.
    fn find_or_note(&self, id: &oid, from: (Number, Kind), kind: Kind) -> Option<Number> {
        let found = self.history.objects.find(id);
        if found.is_none() {
            self.missing().note(id, kind, from);
        }
        found
    }

    fn lost(&self, number: Number, kind: Kind, why: Lost) {
        self.unclean(number);
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

/// A thread that panicked while it held a lock left whole records behind: they are pushed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
