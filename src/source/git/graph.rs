//! The commits of a repository in memory: trees, parents, time. Enough to walk a history without reading it again.

use super::objects::Number;
use gix::hash::ObjectId;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// A commit as it was read.
#[derive(Clone, Debug)]
pub struct Found {
    pub number: Number,
    /// `None`: not in this repository.
    pub tree: Option<Number>,
    /// Those that are in this repository.
    pub parents: Vec<Number>,
    /// Seconds since 1970, as the committer's clock said.
    pub time: i64,
}

/// What a commit points to, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    pub time: i64,
}

impl Links {
    /// Reads the head of a commit object. `None` where it is not one.
    pub fn parse(commit: &[u8]) -> Option<Self> {
        let mut lines = commit.split(|byte| *byte == b'\n');
        let tree = id_after(lines.next()?, b"tree ")?;
        let mut parents = Vec::new();
        let mut time = 0;
        for line in lines.take_while(|line| !line.is_empty()) {
            if let Some(parent) = id_after(line, b"parent ") {
                parents.push(parent);
            } else if line.starts_with(b"committer ") {
                time = seconds(line);
                break;
            }
        }
        Some(Links { tree, parents, time })
    }
}

fn id_after(line: &[u8], word: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(line.strip_prefix(word)?).ok()
}

/// `committer A B <a@b> 1700000000 +0100`
fn seconds(line: &[u8]) -> i64 {
    let after = line.iter().rposition(|byte| *byte == b'>').map_or(line, |at| &line[at + 1..]);
    let mut words = after.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    words
        .next()
        .and_then(|word| std::str::from_utf8(word).ok())
        .and_then(|word| word.parse().ok())
        .unwrap_or(0)
}

/// A commit of the graph: a position in [`Graph::commits`].
pub type At = usize;

pub struct Commit {
    pub number: Number,
    pub tree: Option<Number>,
    pub parents: Vec<At>,
    time: i64,
}

/// All commits, and the tags that are objects.
#[derive(Default)]
pub struct Graph {
    /// By number.
    pub commits: Vec<Commit>,
    /// What each annotated tag points to.
    tags: HashMap<Number, Number>,
}

impl Graph {
    pub fn new(mut found: Vec<Found>, tags: HashMap<Number, Number>) -> Self {
        found.sort_unstable_by_key(|commit| commit.number);
        found.dedup_by_key(|commit| commit.number);
        let position = |number: &Number| found.binary_search_by_key(number, |commit| commit.number).ok();
        let commits = found.iter().map(|commit| Commit {
            number: commit.number,
            tree: commit.tree,
            parents: commit.parents.iter().filter_map(position).collect(),
            time: commit.time,
        });
        Graph { commits: commits.collect(), tags }
    }

    pub fn position(&self, number: Number) -> Option<At> {
        self.commits.binary_search_by_key(&number, |commit| commit.number).ok()
    }

    /// Through tags, to what is tagged in the end.
    pub fn peel(&self, number: Number) -> Number {
        self.tags_from(number).last().unwrap_or(number)
    }

    /// An object and, if it is a tag, what it points to, and so on.
    pub fn tags_from(&self, number: Number) -> impl Iterator<Item = Number> + '_ {
        let steps = std::iter::successors(Some(number), |at| self.tags.get(at).copied());
        // A ring of tags cannot be made without breaking the hash, but a damaged file may claim one.
        steps.take(self.tags.len() + 1)
    }

    /// For every commit: do the tips lead to it?
    pub fn reachable(&self, tips: impl IntoIterator<Item = At>) -> Vec<bool> {
        let mut left: Vec<At> = tips.into_iter().collect();
        let mut reached = vec![false; self.commits.len()];
        while let Some(at) = left.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                left.extend_from_slice(&self.commits[at].parents);
            }
        }
        reached
    }

    /// The chosen commits, parents first, else by time, else by number: the order in which things came into being.
    pub fn oldest_first(&self, chosen: impl Fn(At) -> bool) -> Vec<At> {
        let mut waiting = vec![0usize; self.commits.len()];
        let mut kids: Vec<Vec<At>> = vec![Vec::new(); self.commits.len()];
        for at in (0..self.commits.len()).filter(|at| chosen(*at)) {
            for parent in self.commits[at].parents.iter().filter(|parent| chosen(**parent)) {
                kids[*parent].push(at);
                waiting[at] += 1;
            }
        }
        let key = |at: At| Reverse((self.commits[at].time, at));
        let free = (0..self.commits.len()).filter(|at| chosen(*at) && waiting[*at] == 0);
        let mut ready: BinaryHeap<_> = free.map(key).collect();
        let mut order = Vec::new();
        while let Some(Reverse((_, at))) = ready.pop() {
            order.push(at);
            for kid in &kids[at] {
                waiting[*kid] -= 1;
                if waiting[*kid] == 0 {
                    ready.push(key(*kid));
                }
            }
        }
        order
    }
}

/// Where an annotated tag points.
pub fn tag_target(tag: &[u8]) -> Option<ObjectId> {
    id_after(tag.split(|byte| *byte == b'\n').next()?, b"object ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_commit() {
        let (tree, one, two) = ("1".repeat(40), "a".repeat(40), "b".repeat(40));
        let text = format!(
            "tree {tree}\nparent {one}\nparent {two}\nauthor A <a@b> 5 +0000\ncommitter C > D <c@d> 1700000000 -0130\n\nparent {one}\n"
        );
        let links = Links::parse(text.as_bytes()).unwrap();
        assert_eq!(links.tree.to_string(), tree);
        assert_eq!(links.parents.iter().map(ToString::to_string).collect::<Vec<_>>(), [one, two]);
        assert_eq!(links.time, 1_700_000_000);
        assert_eq!(Links::parse(b"object 12\n"), None);
    }

    fn graph(parents: &[&[u32]]) -> Graph {
        let found = (0..).zip(parents).map(|(at, parents)| Found {
            number: Number(at),
            tree: None,
            parents: parents.iter().map(|parent| Number(*parent)).collect(),
            // The clocks run backwards: parents must come first all the same.
            time: -i64::from(at),
        });
        Graph::new(found.collect(), HashMap::from([(Number(90), Number(91)), (Number(91), Number(2))]))
    }

    #[test]
    fn parents_come_before_children_whatever_the_clocks_say() {
        let graph = graph(&[&[], &[0], &[0], &[1, 2], &[]]);
        assert_eq!(graph.oldest_first(|_| true), [4, 0, 2, 1, 3]);
        assert_eq!(graph.oldest_first(|at| at != 0), [4, 2, 1, 3]);
        assert_eq!(graph.reachable([1]), [true, true, false, false, false]);
    }

    #[test]
    fn tags_are_peeled_even_in_a_ring() {
        let mut graph = graph(&[&[], &[], &[]]);
        assert_eq!(graph.peel(Number(90)), Number(2));
        graph.tags.insert(Number(91), Number(90));
        graph.peel(Number(90));
    }
}
