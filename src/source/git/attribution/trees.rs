use super::Targets;
use crate::source::Flow;
use crate::source::git::entries::{Entry, EntryKind, entries};
use crate::source::git::history::History;
use crate::source::git::objects::edges::Edges;
use crate::source::git::objects::walk::{Base, Item, Limits, Plan, Visitor, Want};
use crate::source::git::objects::{Lost, Number, Objects};
use gix::hash::oid;
use gix::objs::Kind;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Which tree holds which, as far as that leads to a target.
pub struct Trees {
    /// By number: subtrees and targets, in the order of the entries. Empty for what is no tree.
    kids: Vec<OnceLock<Box<[Number]>>>,
    /// By number: this is a target, or holds one somewhere below.
    leads: Vec<bool>,
    /// Trees with an entry of one of the names.
    named: HashMap<Number, Vec<Arc<[u8]>>>,
}

impl Trees {
    pub fn learn(history: &History<'_>, plan: &Plan<'_>, targets: &Targets, limits: Limits) -> Self {
        let mut leads = vec![false; history.objects.len()];
        for (number, _) in &targets.objects {
            leads[number.at()] = true;
        }
        let kids = std::iter::repeat_with(OnceLock::new).take(leads.len()).collect();
        let objects = history.objects;
        let prefixes = Prefixes::of(targets.objects.iter().map(|(number, _)| objects.id(*number)));
        let learner =
            Learner { objects, targets, is_target: &leads, prefixes, kids, named: Mutex::default() };
        // Nothing in it asks to stop, and what is damaged was reported when the names were read.
        let _ = plan.walk(Kind::Tree, limits, &learner);
        let Learner { kids, named, .. } = learner;
        let named = named.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut trees = Trees { kids, leads, named };
        trees.climb();
        trees
    }

    /// Marks every tree that holds a marked one.
    fn climb(&mut self) {
        for tree in self.named.keys() {
            self.leads[tree.at()] = true;
        }
        let mut left: Vec<u32> = (0..self.leads.len() as u32).filter(|at| self.leads(Number(*at))).collect();
        let holders = self.holders();
        while let Some(at) = left.pop() {
            for holder in holders.of(at) {
                if !std::mem::replace(&mut self.leads[*holder as usize], true) {
                    left.push(*holder);
                }
            }
        }
    }

    /// The other way round: from an object to the trees that hold it.
    fn holders(&self) -> Edges {
        let trees = 0..self.kids.len() as u32;
        let held = trees.flat_map(|tree| self.of(Number(tree)).iter().map(move |kid| (kid.0, tree)));
        Edges::new(self.kids.len(), held)
    }

    fn of(&self, tree: Number) -> &[Number] {
        self.kids[tree.at()].get().map_or(&[], |kids| kids)
    }

    pub fn leads(&self, number: Number) -> bool {
        self.leads[number.at()]
    }

    /// What a tree holds of interest.
    pub fn kids(&self, tree: Number) -> impl Iterator<Item = Number> + '_ {
        self.of(tree).iter().copied().filter(|kid| self.leads(*kid))
    }

    /// The names in a tree that are looked for.
    pub fn named(&self, tree: Number) -> &[Arc<[u8]>] {
        self.named.get(&tree).map_or(&[], |names| names)
    }

    /// Everything of interest at and below a tree.
    pub fn below(&self, root: Number) -> HashSet<Number> {
        let mut left = vec![root];
        let mut found = HashSet::new();
        while let Some(number) = left.pop() {
            if self.leads(number) && found.insert(number) {
                left.extend(self.kids(number));
            }
        }
        found
    }
}

struct Learner<'a> {
    objects: &'a Objects,
    targets: &'a Targets,
    is_target: &'a [bool],
    prefixes: Prefixes,
    kids: Vec<OnceLock<Box<[Number]>>>,
    named: Mutex<HashMap<Number, Vec<Arc<[u8]>>>>,
}

/// A subtree or a target, and where in the tree its entry begins.
#[derive(Clone, Copy)]
struct Kid {
    at: usize,
    number: Number,
}

impl Learner<'_> {
    /// What an entry is, if that is of interest. Of files only the targets are, and they are few: a cheap test spares
    /// the look-up.
    fn find(&self, entry: &Entry<'_>) -> Option<Number> {
        match entry.kind {
            EntryKind::Tree => self.objects.find(entry.id),
            EntryKind::Blob if !self.prefixes.may_hold(entry.id) => None,
            EntryKind::Blob => self.objects.find(entry.id).filter(|number| self.is_target[number.at()]),
            EntryKind::Submodule => None,
        }
    }
}

impl Visitor for Learner<'_> {
    type Scratch = ();
    type State = Vec<Kid>;

    fn want(&self, number: Number) -> Want {
        if self.objects.is_repeat(number) { Want::Elsewhere } else { Want::Bytes }
    }

    fn visit(&self, _: &mut (), item: &Item<'_>, base: Option<Base<'_, Vec<Kid>>>) -> (Vec<Kid>, Flow) {
        let mut kids = Vec::new();
        let mut copies = base.as_ref().map_or(&[][..], |base| base.copies);
        for entry in entries(item.bytes, self.objects.hash()) {
            while copies.first().is_some_and(|copy| copy.to + copy.len < entry.at.end) {
                copies = &copies[1..];
            }
            // An entry that was copied whole is what it was in the base: a look-up costs more than all the rest.
            let copy = copies.first().filter(|copy| copy.to <= entry.at.start);
            let carried = copy.zip(base.as_ref()).and_then(|(copy, base)| {
                let at = entry.at.start - copy.to + copy.from;
                let found = base.state.binary_search_by_key(&at, |kid| kid.at).ok()?;
                Some(base.state[found].number)
            });
            let number = carried.or_else(|| self.find(&entry));
            kids.extend(number.map(|number| Kid { at: entry.at.start, number }));
            if let Some(name) = self.targets.names.get(entry.name) {
                let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
                named.entry(item.number).or_default().push(Arc::clone(name));
            }
        }
        if !kids.is_empty() {
            let _ = self.kids[item.number.at()].set(kids.iter().map(|kid| kid.number).collect());
        }
        (kids, Flow::Continue)
    }

    fn lost(&self, _number: Number, _why: Lost) {}
}

/// The first two bytes of some ids.
struct Prefixes(Vec<bool>);

impl Prefixes {
    fn of<'a>(ids: impl Iterator<Item = &'a oid>) -> Self {
        let mut prefixes = vec![false; 1 << 16];
        ids.for_each(|id| prefixes[Self::prefix(id)] = true);
        Prefixes(prefixes)
    }

    fn may_hold(&self, id: &oid) -> bool {
        self.0[Self::prefix(id)]
    }

    fn prefix(id: &oid) -> usize {
        id.as_bytes().first_chunk().map_or(0, |head| usize::from(u16::from_be_bytes(*head)))
    }
}
