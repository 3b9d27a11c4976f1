use super::Targets;
use super::trees::Trees;
use crate::source::git::graph::{At, Graph};
use crate::source::git::objects::Number;
use gix::objs::Kind;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The first appearance of something: in this commit, through these trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appearance {
    pub commit: At,
    /// From the root tree down; the last is the object itself, or the tree that holds the name.
    pub chain: Vec<Number>,
}

#[derive(Debug, Default)]
pub struct Appearances {
    pub objects: HashMap<Number, Appearance>,
    pub names: Vec<(Arc<[u8]>, Appearance)>,
}

/// Goes through the commits in order, into no tree twice, until every target has been met.
pub fn first(graph: &Graph, order: &[At], trees: &Trees, targets: &Targets) -> Appearances {
    let contents = targets.objects.iter().filter(|(_, kind)| matches!(kind, Kind::Blob | Kind::Tree));
    let mut search = Search {
        trees,
        visited: HashSet::new(),
        left: contents.map(|(number, _)| *number).collect(),
        found: Appearances::default(),
    };
    for commit in order {
        if search.left.is_empty() && targets.names.is_empty() {
            break;
        }
        if let Some(root) = graph.commits[*commit].tree {
            search.visit(*commit, root);
        }
    }
    search.found
}

struct Search<'a> {
    trees: &'a Trees,
    visited: HashSet<Number>,
    left: HashSet<Number>,
    found: Appearances,
}

impl Search<'_> {
    /// Depth first, without recursion: how deep trees nest is the repository's say.
    fn visit(&mut self, commit: At, root: Number) {
        let trees = self.trees;
        let mut chain = Vec::new();
        let mut open = Vec::new();
        let mut next = Some(root);
        loop {
            if let Some(number) = next
                && trees.leads(number)
                && self.visited.insert(number)
            {
                chain.push(number);
                open.push(trees.kids(number));
                self.arrive(commit, number, &chain);
            }
            let Some(kids) = open.last_mut() else { return };
            next = kids.next();
            if next.is_none() {
                open.pop();
                chain.pop();
            }
        }
    }

    fn arrive(&mut self, commit: At, number: Number, chain: &[Number]) {
        let appearance = || Appearance { commit, chain: chain.to_vec() };
        if self.left.remove(&number) {
            self.found.objects.insert(number, appearance());
        }
        for name in self.trees.named(number) {
            self.found.names.push((Arc::clone(name), appearance()));
        }
    }
}
