//! Objects that others speak of and that are not here: shallow and partial clones, and lost ones.

use super::{History, provenance};
use crate::model::{Skip, SkipReason};
use crate::source::Sink;
use crate::source::git::attribution::Attribution;
use crate::source::git::objects::Number;
use gix::hash::{ObjectId, oid};
use gix::objs::Kind;
use std::collections::{BTreeMap, HashMap};

#[derive(Default)]
pub struct Missing {
    /// What speaks of each.
    spoken_of: BTreeMap<ObjectId, (Kind, Vec<(Number, Kind)>)>,
}

impl Missing {
    pub fn note(&mut self, id: &oid, kind: Kind, from: (Number, Kind)) {
        let entry = self.spoken_of.entry(id.to_owned()).or_insert_with(|| (kind, Vec::new()));
        entry.1.push(from);
    }

    pub fn is_empty(&self) -> bool {
        self.spoken_of.is_empty()
    }

    /// The objects that speak of something that is not here.
    pub fn sources(&self) -> impl Iterator<Item = (Number, Kind)> + '_ {
        self.spoken_of.values().flat_map(|(_, from)| from.iter().copied())
    }

    /// One record for each kind of object, since a partial clone may lack a hundred thousand. What only unreachable
    /// objects speak of is no hole: git forgets such things by and by.
    pub fn report(&self, history: &History<'_>, attribution: &Attribution, sink: &dyn Sink) {
        let is_reachable = |(number, _): &(Number, Kind)| {
            attribution.objects.get(number).is_none_or(|origin| origin.reachable)
        };
        let mut by_kind: HashMap<Kind, Vec<&ObjectId>> = HashMap::new();
        for (id, (kind, from)) in &self.spoken_of {
            if from.iter().any(is_reachable) {
                by_kind.entry(*kind).or_default().push(id);
            }
        }
        for (kind, ids) in by_kind {
            let word = match (kind, ids.len()) {
                (Kind::Blob, 1) => "file is",
                (Kind::Blob, _) => "files are",
                (Kind::Tree, 1) => "directory is",
                (Kind::Tree, _) => "directories are",
                (Kind::Commit, 1) => "commit is",
                (Kind::Commit, _) => "commits are",
                (Kind::Tag, 1) => "tag is",
                (Kind::Tag, _) => "tags are",
            };
            let detail = format!("{} {word} not here: this copy is shallow, partial or damaged", ids.len());
            let origin = history.origin(ids[0], kind);
            sink.skip(Skip { provenance: provenance(origin), reason: SkipReason::MissingObject, detail });
        }
    }
}
