use super::Targets;
use crate::source::Flow;
use crate::source::git::entries::{EntryKind, entries};
use crate::source::git::history::History;
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

    /// Marks every tree that holds a marked one, level by level: as many rounds as paths are deep.
    fn climb(&mut self) {
        for tree in self.named.keys() {
            self.leads[tree.at()] = true;
        }
        loop {
            let leads = &self.leads;
            let is_new =
                |at: &usize| !leads[*at] && self.of(Number(*at as u32)).iter().any(|kid| leads[kid.at()]);
            let new: Vec<usize> = (0..leads.len()).filter(is_new).collect();
            if new.is_empty() {
                return;
            }
            for at in new {
                self.leads[at] = true;
            }
        }
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

impl Learner<'_> {
    fn is_wanted(&self, kind: EntryKind, number: Number) -> bool {
        kind == EntryKind::Tree || self.is_target[number.at()]
    }
}

impl Visitor for Learner<'_> {
    type Scratch = Vec<Number>;
    type State = ();

    fn want(&self, number: Number) -> Want {
        if self.objects.is_repeat(number) { Want::Elsewhere } else { Want::Bytes }
    }

    fn visit(&self, kids: &mut Vec<Number>, item: &Item<'_>, _base: Option<Base<'_, ()>>) -> ((), Flow) {
        kids.clear();
        for entry in entries(item.bytes, self.objects.hash()) {
            // Of files only the targets matter, and they are few: a cheap test spares the look-up.
            let number = match entry.kind {
                EntryKind::Tree => self.objects.find(entry.id),
                EntryKind::Blob if !self.prefixes.may_hold(entry.id) => None,
                EntryKind::Blob => self.objects.find(entry.id),
                EntryKind::Submodule => None,
            };
            kids.extend(number.filter(|number| self.is_wanted(entry.kind, *number)));
            if let Some(name) = self.targets.names.get(entry.name) {
                let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
                named.entry(item.number).or_default().push(Arc::clone(name));
            }
        }
        if !kids.is_empty() {
            let _ = self.kids[item.number.at()].set(kids.as_slice().into());
        }
        ((), Flow::Continue)
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
