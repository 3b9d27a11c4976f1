//! Which commit introduced an object, under which path, and which refs still show it.
//!
//! Done for the few objects that hold something. One more walk over the trees learns which tree holds which, then
//! one over the commits, oldest first, finds where each object first appears. Merge commits count like any other.

mod appear;
mod contain;
mod trees;

use super::graph::Graph;
use super::history::History;
use super::objects::walk::{Limits, Plan};
use super::objects::{Inflater, Number};
use super::words::Words;
use crate::model::GitOrigin;
use appear::{Appearance, Appearances};
use contain::Containing;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::objs::Kind;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use trees::Trees;

/// What to place.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    pub objects: Vec<(Number, Kind)>,
    /// Names of files and directories.
    pub names: HashSet<Arc<[u8]>>,
}

impl Targets {
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.names.is_empty()
    }
}

/// Where things stand in the history.
#[derive(Debug, Default)]
pub struct Attribution {
    pub objects: HashMap<Number, GitOrigin>,
    /// Every path that ends with one of the names, where it first appeared.
    pub names: Vec<(BString, GitOrigin)>,
}

/// Places `targets`.
pub fn place(
    history: &History<'_>,
    graph: &Graph,
    plan: &Plan<'_>,
    targets: &Targets,
    limits: Limits,
) -> Attribution {
    let trees = Trees::learn(history, plan, targets, limits);
    let tips: Vec<Number> = history.tips().map(|(_, number)| graph.peel(number)).collect();
    let reachable = graph.reachable(tips.iter().filter_map(|tip| graph.position(*tip)));
    let mut order = graph.oldest_first(|at| reachable[at]);
    let reachable_count = order.len();
    order.extend(graph.oldest_first(|at| !reachable[at]));
    let appearances = appear::first(graph, &order, &trees, targets);
    let head = history.refs.head.and_then(|id| history.objects.find(&id)).and_then(|at| graph.position(at));
    let placer = Placer {
        history,
        graph,
        containing: Containing::new(history, graph, &order[..reachable_count]),
        from_head: graph.reachable(head),
        in_head: head.and_then(|at| graph.commits[at].tree).map(|root| trees.below(root)).unwrap_or_default(),
        reachable,
        pointed_at: tips.into_iter().collect(),
        head_tree: head.and_then(|at| graph.commits[at].tree),
    };
    placer.place(targets, appearances)
}

struct Placer<'a> {
    history: &'a History<'a>,
    graph: &'a Graph,
    containing: Containing<'a>,
    /// The commits that refs lead to, those that HEAD leads to, and what stands in HEAD's tree.
    reachable: Vec<bool>,
    from_head: Vec<bool>,
    in_head: HashSet<Number>,
    /// What refs point at, tags undone.
    pointed_at: HashSet<Number>,
    head_tree: Option<Number>,
}

impl Placer<'_> {
    fn place(&self, targets: &Targets, appearances: Appearances) -> Attribution {
        let mut reader = Reader::new(self.history);
        let mut attribution = Attribution::default();
        for (number, kind) in &targets.objects {
            let origin = match kind {
                Kind::Commit => self.commit(*number, &mut reader),
                Kind::Tag => self.tag(*number, &mut reader),
                Kind::Blob | Kind::Tree => {
                    self.content(*number, *kind, appearances.objects.get(number), &mut reader)
                }
            };
            attribution.objects.insert(*number, origin);
        }
        for (name, appearance) in &appearances.names {
            let Some(holder) = appearance.chain.last() else { continue };
            let mut origin = self.content(*holder, Kind::Tree, Some(appearance), &mut reader);
            let directory = reader.path(&appearance.chain);
            let path: BString = match directory.is_empty() {
                true => name.to_vec().into(),
                false => [directory.as_slice(), name].join(&b'/').into(),
            };
            if attribution.names.iter().all(|(known, _)| *known != path) {
                origin.path = Some(path.to_str_lossy().into_owned());
                // The tree that brought the name may have changed since; the name may still be there.
                origin.at_head = self.head_tree.is_some_and(|root| reader.has(root, path.as_ref()));
                attribution.names.push((path, origin));
            }
        }
        self.containing.name_refs(&mut attribution);
        attribution
    }

    fn blank(&self, number: Number, kind: Kind) -> GitOrigin {
        self.history.origin(self.history.objects.id(number), kind)
    }

    fn commit(&self, number: Number, reader: &mut Reader<'_>) -> GitOrigin {
        let at = self.graph.position(number);
        let mut origin = self.blank(number, Kind::Commit);
        origin.commit = Some(origin.object.clone());
        origin.reachable = at.is_some_and(|at| self.reachable[at]);
        origin.at_head = at.is_some_and(|at| self.from_head[at]);
        reader.words(number, Kind::Commit).put(origin)
    }

    fn tag(&self, number: Number, reader: &mut Reader<'_>) -> GitOrigin {
        let tagged = self.graph.peel(number);
        let mut origin = self.blank(number, Kind::Tag);
        origin.commit = self.graph.position(tagged).map(|_| self.history.objects.id(tagged).to_string());
        origin.refs = self.containing.pointing_through(number);
        origin.reachable = !origin.refs.is_empty();
        reader.words(number, Kind::Tag).put(origin)
    }

    fn content(
        &self,
        number: Number,
        kind: Kind,
        appearance: Option<&Appearance>,
        reader: &mut Reader<'_>,
    ) -> GitOrigin {
        let mut origin = self.blank(number, kind);
        origin.at_head = self.in_head.contains(&number);
        let Some(appearance) = appearance else {
            origin.refs = self.containing.pointing_at(number);
            origin.reachable = self.pointed_at.contains(&number);
            return origin;
        };
        let commit = self.graph.commits[appearance.commit].number;
        origin.commit = Some(self.history.objects.id(commit).to_string());
        origin.reachable = self.reachable[appearance.commit];
        origin.path = Some(reader.path(&appearance.chain).to_str_lossy().into_owned());
        reader.words(commit, Kind::Commit).put(origin)
    }
}

/// Reads the objects that placing needs, each once.
struct Reader<'a> {
    history: &'a History<'a>,
    inflater: Inflater,
    words: HashMap<Number, Words>,
    /// The name that a tree gives to something in it.
    names: HashMap<(Number, Number), BString>,
}

impl<'a> Reader<'a> {
    fn new(history: &'a History<'a>) -> Self {
        Reader { history, inflater: Inflater::default(), words: HashMap::new(), names: HashMap::new() }
    }

    fn read(&mut self, number: Number) -> Option<Vec<u8>> {
        let objects = self.history.objects;
        objects.read(objects.id(number), &mut self.inflater).ok().map(|(_, bytes)| bytes)
    }

    fn words(&mut self, number: Number, kind: Kind) -> Words {
        if let Some(words) = self.words.get(&number) {
            return words.clone();
        }
        let bytes = self.read(number).unwrap_or_default();
        let words = Words::of(kind, &bytes, self.history.objects.hash());
        self.words.insert(number, words.clone());
        words
    }

    /// The path from a root tree, which has no name itself, down its chain.
    fn path(&mut self, chain: &[Number]) -> BString {
        let steps: Vec<BString> = chain.windows(2).map(|step| self.name(step[0], step[1])).collect();
        bstr::join("/", steps).into()
    }

    /// Is there anything at this path below a tree?
    fn has(&mut self, root: Number, path: &BStr) -> bool {
        let mut at = Some(root);
        for name in path.split_str("/") {
            let Some(bytes) = at.and_then(|tree| self.read(tree)) else { return false };
            let mut entries = super::entries::entries(&bytes, self.history.objects.hash());
            let Some(entry) = entries.find(|entry| entry.name == name) else { return false };
            at = self.history.objects.find(entry.id);
        }
        true
    }

    fn name(&mut self, tree: Number, kid: Number) -> BString {
        if let Some(name) = self.names.get(&(tree, kid)) {
            return name.clone();
        }
        let bytes = self.read(tree).unwrap_or_default();
        let id = self.history.objects.id(kid);
        let mut entries = super::entries::entries(&bytes, self.history.objects.hash());
        let name: BString =
            entries.find(|entry| entry.id == id).map_or(BString::default(), |entry| entry.name.into());
        self.names.insert((tree, kid), name.clone());
        name
    }
}
