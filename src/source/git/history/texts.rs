//! Commits and tags: identities, messages, signatures. And what they point to, on the way.

use super::Look;
use crate::model::{Chunk, Position, Provenance, Raw};
use crate::source::Flow;
use crate::source::git::graph::{self, Found, Links};
use crate::source::git::objects::walk::{Base, Item, Visitor, Want};
use crate::source::git::objects::{Lost, Number};
use gix::hash::ObjectId;
use gix::objs::Kind;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Looks at commits and annotated tags.
pub struct Texts<'a> {
    look: &'a Look<'a>,
    /// Only the links are asked for, and those of every commit.
    links_only: bool,
    provenance: Arc<Provenance>,
    commits: Mutex<Vec<Found>>,
    tags: Mutex<HashMap<Number, Number>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(look: &'a Look<'a>, links_only: bool) -> Self {
        Texts {
            look,
            links_only,
            provenance: Provenance::git(None).into(),
            commits: Mutex::default(),
            tags: Mutex::default(),
        }
    }

    pub fn into_graph(self) -> graph::Graph {
        let commits = self.commits.into_inner().unwrap_or_else(PoisonError::into_inner);
        let tags = self.tags.into_inner().unwrap_or_else(PoisonError::into_inner);
        graph::Graph::new(commits, tags)
    }

    fn link_commit(&self, item: &Item<'_>) {
        let Some(links) = Links::parse(item.bytes) else { return };
        let find = |id: &ObjectId, kind: Kind| match self.links_only {
            true => self.look.history.objects.find(id),
            false => self.look.find_or_note(id, (item.number, Kind::Commit), kind),
        };
        let commit = Found {
            number: item.number,
            tree: find(&links.tree, Kind::Tree),
            parents: links.parents.iter().filter_map(|id| find(id, Kind::Commit)).collect(),
            time: links.time,
        };
        self.commits.lock().unwrap_or_else(PoisonError::into_inner).push(commit);
    }

    fn link_tag(&self, item: &Item<'_>) {
        let target = graph::tag_target(item.bytes).and_then(|id| self.look.history.objects.find(&id));
        if let Some(target) = target {
            self.tags.lock().unwrap_or_else(PoisonError::into_inner).insert(item.number, target);
        }
    }
}

impl Visitor for Texts<'_> {
    type Scratch = ();
    type State = ();

    fn want(&self, number: Number) -> Want {
        match (self.look.want(number, None), self.links_only) {
            (Want::Known, true) => Want::Bytes,
            (want, _) => want,
        }
    }

    fn visit(&self, (): &mut (), item: &Item<'_>, _base: Option<Base<'_, ()>>) -> ((), Flow) {
        match item.kind {
            Kind::Commit => self.link_commit(item),
            Kind::Tag => self.link_tag(item),
            Kind::Tree | Kind::Blob => {}
        }
        if self.links_only || item.known {
            return ((), Flow::Continue);
        }
        if !self.look.sink.probe(&chunk(item.bytes, &self.provenance)).is_empty() {
            self.look.find(item.number, item.kind, Vec::new());
        }
        ((), self.look.seen(item))
    }

    fn lost(&self, number: Number, why: Lost) {
        if !self.links_only {
            self.look.lost(number, Kind::Commit, why);
        }
    }
}

/// A commit or tag without the ids at its beginning: forty hex digits near the word Cloudflare in a message are not
/// a token. Offsets and lines are those of `git cat-file -p`.
pub fn chunk<'a>(object: &'a [u8], provenance: &Arc<Provenance>) -> Chunk<'a> {
    let mut start = 0;
    let mut line = 1;
    for text in object.split_inclusive(|byte| *byte == b'\n') {
        let is_id =
            [&b"tree "[..], b"parent ", b"object ", b"type "].iter().any(|word| text.starts_with(word));
        if !is_id {
            break;
        }
        start += text.len();
        line += 1;
    }
    let bytes = &object[start..];
    Chunk {
        provenance: Arc::clone(provenance),
        text: bytes,
        raw: Raw { bytes, offset: start as u64, at: Position { line, column: 1 } },
        map: None,
        layers: &[],
        core: 0..bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_left_out_and_lines_stay_true() {
        let provenance = Arc::new(Provenance::git(None));
        let table = [
            ("tree 1\nparent 2\nauthor A\n\nmessage\n", "author A\n\nmessage\n", 3),
            ("object 1\ntype commit\ntag v1\ntagger T\n\nm", "tag v1\ntagger T\n\nm", 3),
            ("", "", 1),
        ];
        for (object, text, line) in table {
            let chunk = chunk(object.as_bytes(), &provenance);
            assert_eq!((chunk.text, chunk.raw.at.line), (text.as_bytes(), line), "{object:?}");
            assert_eq!(chunk.raw.offset as usize, object.len() - text.len());
        }
    }
}
