use super::Attribution;
use crate::model::{GitObjectKind, GitOrigin};
use crate::source::git::graph::{At, Graph};
use crate::source::git::history::History;
use crate::source::git::objects::Number;
use gix::bstr::{BStr, ByteSlice};
use gix::hash::ObjectId;
use std::collections::BTreeMap;

/// So many refs are named; the rest would only repeat them.
const MOST_REFS: usize = 10;

/// Commits that are asked about in one go: one bit each.
const BATCH: usize = 64;

/// Which refs lead to what.
pub struct Containing<'a> {
    history: &'a History<'a>,
    graph: &'a Graph,
    /// Parents before children.
    order: &'a [At],
}

impl<'a> Containing<'a> {
    pub fn new(history: &'a History<'a>, graph: &'a Graph, order: &'a [At]) -> Self {
        Containing { history, graph, order }
    }

    /// Refs that point at an object itself.
    pub fn pointing_at(&self, number: Number) -> Vec<String> {
        self.names(|tip| self.graph.peel(tip) == number)
    }

    /// Refs that point at a tag, or at a tag of it.
    pub fn pointing_through(&self, tag: Number) -> Vec<String> {
        self.names(|tip| self.graph.tags_from(tip).any(|step| step == tag))
    }

    fn names(&self, is_wanted: impl Fn(Number) -> bool) -> Vec<String> {
        let wanted = self.history.tips().filter(|(_, tip)| is_wanted(*tip));
        wanted.map(|(name, _)| name.to_str_lossy().into_owned()).take(MOST_REFS).collect()
    }

    /// Fills in the refs of everything that was placed in a commit.
    pub fn name_refs(&self, attribution: &mut Attribution) {
        let mut by_commit: BTreeMap<At, Vec<&mut GitOrigin>> = BTreeMap::new();
        let origins =
            attribution.objects.values_mut().chain(attribution.names.iter_mut().map(|(_, origin)| origin));
        for origin in origins.filter(|origin| origin.reachable && origin.kind != GitObjectKind::Tag) {
            if let Some(at) = self.position(origin) {
                by_commit.entry(at).or_default().push(origin);
            }
        }
        let mut asked: Vec<(At, Vec<&mut GitOrigin>)> = by_commit.into_iter().collect();
        for batch in asked.chunks_mut(BATCH) {
            let commits: Vec<At> = batch.iter().map(|(at, _)| *at).collect();
            let refs = self.containing(&commits);
            for ((_, origins), refs) in batch.iter_mut().zip(refs) {
                let names: Vec<String> = refs.iter().map(|name| name.to_str_lossy().into_owned()).collect();
                origins.iter_mut().for_each(|origin| origin.refs.clone_from(&names));
            }
        }
    }

    fn position(&self, origin: &GitOrigin) -> Option<At> {
        let id = ObjectId::from_hex(origin.commit.as_deref()?.as_bytes()).ok()?;
        self.graph.position(self.history.objects.find(&id)?)
    }

    /// For each of at most [`BATCH`] commits, the first refs that lead to it.
    fn containing(&self, commits: &[At]) -> Vec<Vec<&'a BStr>> {
        let mut holds = vec![0u64; self.graph.commits.len()];
        for (bit, at) in commits.iter().enumerate() {
            holds[*at] |= 1 << bit;
        }
        for at in self.order {
            let inherited =
                self.graph.commits[*at].parents.iter().fold(0, |bits, parent| bits | holds[*parent]);
            holds[*at] |= inherited;
        }
        let mut refs = vec![Vec::new(); commits.len()];
        for (name, tip) in self.history.tips() {
            let Some(at) = self.graph.position(self.graph.peel(tip)) else { continue };
            for (bit, names) in refs.iter_mut().enumerate() {
                if holds[at] & 1 << bit != 0 && names.len() < MOST_REFS {
                    names.push(name);
                }
            }
        }
        refs
    }
}
