//! The objects that one side has and the other has not: what a push sends, what a range of commits brought.
//!
//! SURFACES.md 5.1: everything reachable from `want` and not from `have`, so that content which only a merge brought,
//! which a later commit removed again, or which stands in a tag, a note or an unrelated history is in it.

use super::entries::{EntryKind, entries};
use super::graph::Links;
use super::lookup::{Lookup, NotFound};
use gix::bstr::{BString, ByteSlice};
use gix::hash::{ObjectId, oid};
use gix::objs::Kind;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet};

/// Git refuses trees that nest deeper than this (`core.maxTreeDepth`).
const DEEPEST: usize = 2048;

/// An object that is new, and where it came up first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    pub id: ObjectId,
    pub kind: Kind,
    /// For a blob or tree: the oldest commit that has it, unless a ref names it directly.
    pub commit: Option<ObjectId>,
    pub path: BString,
}

/// A path that no parent of its commit has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPath {
    pub path: BString,
    /// The tree that names it.
    pub tree: ObjectId,
    pub commit: ObjectId,
}

/// An object that should be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    pub id: ObjectId,
    pub why: NotFound,
}

/// What is new, oldest first.
pub struct Newer<'a> {
    pub objects: Vec<New>,
    pub paths: Vec<NewPath>,
    pub gone: Vec<Gone>,
    known: Known<'a>,
}

impl Newer<'_> {
    /// Is an object among the files of the other side after all, only under another path? Costs a walk over its
    /// trees, so it is asked only about what was found.
    pub fn is_known(&self, id: &oid) -> bool {
        self.known.holds(id)
    }
}

/// `want` and `have` may be commits, tags, trees or blobs. A `have` that is not here is of no use and left out.
pub fn newer<'a>(lookup: &'a Lookup, want: &[ObjectId], have: &[ObjectId]) -> Newer<'a> {
    let mut search = Search::new(lookup);
    let mut hidden = Vec::new();
    for id in have {
        search.exclude(id, &mut hidden);
    }
    let mut tips = Vec::new();
    for id in want {
        search.include(id, &mut tips);
    }
    let walked = Walk::new(lookup).run(&tips, &hidden);
    search.gone.extend(walked.gone);
    for commit in &walked.order {
        search.commit(commit, &walked.links);
    }
    let known = Known { lookup, commits: walked.boundary, ids: OnceCell::new() };
    Newer { objects: search.objects, paths: search.paths, gone: search.gone, known }
}

struct Search<'a> {
    lookup: &'a Lookup,
    seen: HashSet<ObjectId>,
    objects: Vec<New>,
    paths: Vec<NewPath>,
    gone: Vec<Gone>,
}

impl<'a> Search<'a> {
    fn new(lookup: &'a Lookup) -> Self {
        Search { lookup, seen: HashSet::new(), objects: Vec::new(), paths: Vec::new(), gone: Vec::new() }
    }

    fn exclude(&mut self, id: &oid, hidden: &mut Vec<ObjectId>) {
        let Ok((tags, end, kind)) = self.lookup.peel(id) else { return };
        self.seen.extend(tags);
        match kind {
            Kind::Commit => hidden.push(end),
            Kind::Tree => self.exclude_tree(&end),
            Kind::Blob => drop(self.seen.insert(end)),
            Kind::Tag => {}
        }
    }

    fn exclude_tree(&mut self, tree: &oid) {
        for id in everything_below(self.lookup, tree) {
            self.seen.insert(id);
        }
    }

    fn include(&mut self, id: &oid, tips: &mut Vec<ObjectId>) {
        let (tags, end, kind) = match self.lookup.peel(id) {
            Ok(found) => found,
            Err(why) => return self.gone.push(Gone { id: id.to_owned(), why }),
        };
        for tag in tags {
            self.add(tag, Kind::Tag, None, BString::default());
        }
        match kind {
            Kind::Commit => tips.push(end),
            Kind::Tree => self.tree(&end, &[], None, &BString::default()),
            Kind::Blob => self.add(end, Kind::Blob, None, BString::default()),
            Kind::Tag => {}
        }
    }

    fn add(&mut self, id: ObjectId, kind: Kind, commit: Option<ObjectId>, path: BString) {
        if self.seen.insert(id) {
            self.objects.push(New { id, kind, commit, path });
        }
    }

    fn commit(&mut self, id: &ObjectId, links: &HashMap<ObjectId, Links>) {
        let Some(commit) = links.get(id) else { return };
        self.add(*id, Kind::Commit, None, BString::default());
        let parents: Vec<ObjectId> =
            commit.parents.iter().filter_map(|parent| self.tree_of(parent, links)).collect();
        self.tree(&commit.tree, &parents, Some(*id), &BString::default());
    }

    fn tree_of(&self, commit: &oid, links: &HashMap<ObjectId, Links>) -> Option<ObjectId> {
        match links.get(commit) {
            Some(links) => Some(links.tree),
            None => Links::parse(&self.lookup.read_kind(commit, Kind::Commit).ok()?).map(|links| links.tree),
        }
    }

    /// What `tree` has and the trees at the same path in the parents have not.
    fn tree(&mut self, tree: &oid, parents: &[ObjectId], commit: Option<ObjectId>, path: &BString) {
        if parents.iter().any(|parent| *parent == tree) || !self.seen.insert(tree.to_owned()) {
            return;
        }
        if path.split_str("/").count() > DEEPEST {
            return self.gone.push(Gone { id: tree.to_owned(), why: NotFound::Damaged });
        }
        let bytes = match self.lookup.read_kind(tree, Kind::Tree) {
            Ok(bytes) => bytes,
            Err(why) => return self.gone.push(Gone { id: tree.to_owned(), why }),
        };
        let parents: Vec<Vec<u8>> =
            parents.iter().filter_map(|parent| self.lookup.read_kind(parent, Kind::Tree).ok()).collect();
        let hash = self.lookup.hash();
        let before: Vec<BTreeMap<&[u8], (EntryKind, &oid)>> = parents
            .iter()
            .map(|parent| entries(parent, hash).map(|entry| (entry.name, (entry.kind, entry.id))).collect())
            .collect();
        for entry in entries(&bytes, hash) {
            let there: Vec<&(EntryKind, &oid)> =
                before.iter().filter_map(|tree| tree.get(entry.name)).collect();
            if there.iter().any(|(_, id)| *id == entry.id) {
                continue;
            }
            let path = join(path, entry.name);
            if there.is_empty()
                && let Some(commit) = commit
            {
                self.paths.push(NewPath { path: path.clone(), tree: tree.to_owned(), commit });
            }
            match entry.kind {
                EntryKind::Blob => self.add(entry.id.to_owned(), Kind::Blob, commit, path),
                EntryKind::Tree => {
                    let trees = there.iter().filter(|(kind, _)| *kind == EntryKind::Tree);
                    let parents: Vec<ObjectId> = trees.map(|(_, id)| (*id).to_owned()).collect();
                    self.tree(entry.id, &parents, commit, &path);
                }
                EntryKind::Submodule => {}
            }
        }
    }
}

fn join(directory: &BString, name: &[u8]) -> BString {
    match directory.is_empty() {
        true => name.into(),
        false => [directory.as_bytes(), name].join(&b'/').into(),
    }
}

/// Every object in a tree, itself included; as far as it can be read.
fn everything_below(lookup: &Lookup, tree: &oid) -> HashSet<ObjectId> {
    let mut found = HashSet::new();
    let mut left = vec![tree.to_owned()];
    while let Some(tree) = left.pop() {
        if !found.insert(tree) {
            continue;
        }
        let Ok(bytes) = lookup.read_kind(&tree, Kind::Tree) else { continue };
        for entry in entries(&bytes, lookup.hash()) {
            match entry.kind {
                EntryKind::Tree => left.push(entry.id.to_owned()),
                EntryKind::Blob => drop(found.insert(entry.id.to_owned())),
                EntryKind::Submodule => {}
            }
        }
    }
    found
}

/// What the other side's commits at the border hold.
struct Known<'a> {
    lookup: &'a Lookup,
    commits: Vec<ObjectId>,
    ids: OnceCell<HashSet<ObjectId>>,
}

impl Known<'_> {
    fn holds(&self, id: &oid) -> bool {
        let ids = self.ids.get_or_init(|| {
            let commits = self.commits.iter().filter_map(|id| self.lookup.read_kind(id, Kind::Commit).ok());
            let roots = commits.filter_map(|bytes| Links::parse(&bytes)).map(|links| links.tree);
            roots.flat_map(|root| everything_below(self.lookup, &root)).collect()
        });
        ids.contains(id)
    }
}

/// The commits reachable from some tips and not from others.
struct Walk<'a> {
    lookup: &'a Lookup,
    commits: HashMap<ObjectId, Visited>,
    /// By time.
    queue: BinaryHeap<(i64, ObjectId)>,
    /// How many in the queue are not hidden.
    open: usize,
    gone: Vec<Gone>,
}

struct Visited {
    links: Links,
    hidden: bool,
    queued: bool,
}

struct Walked {
    links: HashMap<ObjectId, Links>,
    /// The new commits, parents first.
    order: Vec<ObjectId>,
    /// Old commits that are parents of new ones.
    boundary: Vec<ObjectId>,
    gone: Vec<Gone>,
}

impl<'a> Walk<'a> {
    fn new(lookup: &'a Lookup) -> Self {
        Walk { lookup, commits: HashMap::new(), queue: BinaryHeap::new(), open: 0, gone: Vec::new() }
    }

    /// Newest first, both sides at once, until all that is left is the other side's and older than everything new.
    /// A clock that ran backwards can make something old look new, never the reverse.
    fn run(mut self, tips: &[ObjectId], hidden: &[ObjectId]) -> Walked {
        hidden.iter().for_each(|id| self.reach(id, true));
        tips.iter().for_each(|id| self.reach(id, false));
        let mut oldest = i64::MAX;
        while let Some((time, id)) = self.queue.pop() {
            if self.open == 0 && time < oldest {
                break;
            }
            let Some(commit) = self.commits.get_mut(&id) else { continue };
            commit.queued = false;
            let hidden = commit.hidden;
            if !hidden {
                self.open -= 1;
                oldest = oldest.min(time);
            }
            let parents = match self.lookup.is_shallow(&id) {
                true => Vec::new(),
                false => commit.links.parents.clone(),
            };
            parents.iter().for_each(|parent| self.reach(parent, hidden));
        }
        self.finish()
    }

    /// Queues a commit when it is met first, and again when it turns out to be hidden.
    fn reach(&mut self, id: &ObjectId, hidden: bool) {
        if let Some(commit) = self.commits.get_mut(id) {
            if !hidden || commit.hidden {
                return;
            }
            commit.hidden = true;
            if commit.queued {
                self.open -= 1;
            } else {
                commit.queued = true;
                self.queue.push((commit.links.time, *id));
            }
            return;
        }
        let read = self.lookup.read_kind(id, Kind::Commit);
        match read.and_then(|bytes| Links::parse(&bytes).ok_or(NotFound::Damaged)) {
            Ok(links) => {
                self.queue.push((links.time, *id));
                self.open += usize::from(!hidden);
                self.commits.insert(*id, Visited { links, hidden, queued: true });
            }
            // What the other side has and we have not is of no use.
            Err(_) if hidden => {}
            Err(why) => self.gone.push(Gone { id: *id, why }),
        }
    }

    fn finish(self) -> Walked {
        let is_new = |id: &ObjectId| self.commits.get(id).is_some_and(|commit| !commit.hidden);
        let new: Vec<ObjectId> = self.commits.keys().copied().filter(|id| is_new(id)).collect();
        let parents = new.iter().flat_map(|id| &self.commits[id].links.parents);
        let boundary: BTreeSet<ObjectId> = parents.filter(|parent| !is_new(parent)).copied().collect();
        let order = parents_first(new, &self.commits);
        let links = self.commits.into_iter().map(|(id, commit)| (id, commit.links)).collect();
        Walked { links, order, boundary: boundary.into_iter().collect(), gone: self.gone }
    }
}

fn parents_first(ids: Vec<ObjectId>, commits: &HashMap<ObjectId, Visited>) -> Vec<ObjectId> {
    let mut waiting: HashMap<ObjectId, usize> = ids.iter().map(|id| (*id, 0)).collect();
    let mut kids: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
    for id in &ids {
        for parent in commits[id].links.parents.iter().filter(|parent| waiting.contains_key(*parent)) {
            kids.entry(*parent).or_default().push(*id);
        }
    }
    for kid in kids.values().flatten() {
        *waiting.entry(*kid).or_default() += 1;
    }
    let key = |id: &ObjectId| (commits[id].links.time, *id);
    let free = waiting.iter().filter(|(_, count)| **count == 0);
    let mut ready: BTreeSet<(i64, ObjectId)> = free.map(|(id, _)| key(id)).collect();
    let mut order = Vec::new();
    while let Some((_, id)) = ready.pop_first() {
        order.push(id);
        for kid in kids.get(&id).into_iter().flatten() {
            let count = waiting.entry(*kid).or_default();
            *count -= 1;
            if *count == 0 {
                ready.insert(key(kid));
            }
        }
    }
    order
}
