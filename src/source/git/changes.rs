//! A few new objects, looked at and told at once: a push, a range of commits, the staged files.

use super::content::Contents;
use super::head::TreeOf;
use super::history::{object_kind, provenance, texts};
use super::index::Staged;
use super::lookup::{Lookup, NotFound};
use super::newer::{Gone, New, Newer};
use super::words::Words;
use crate::model::{Chunk, Exposure, GitObjectKind, GitOrigin, Provenance, Skip, SkipReason};
use crate::source::limits::{Limits, over_max_bytes};
use crate::source::{Flow, Sink, container};
use gix::bstr::{BStr, ByteSlice};
use gix::hash::{ObjectId, oid};
use gix::objs::Kind;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Where the objects are, and how they are read.
pub struct Changes<'a> {
    repository: &'a str,
    lookup: &'a Lookup,
    head: TreeOf<'a>,
    limits: &'a Limits,
    sink: &'a dyn Sink,
    words: RefCell<HashMap<ObjectId, Words>>,
}

impl<'a> Changes<'a> {
    pub fn new(
        repository: &'a str,
        lookup: &'a Lookup,
        head: Option<&oid>,
        limits: &'a Limits,
        sink: &'a dyn Sink,
    ) -> Self {
        let head = TreeOf::commit(lookup, head);
        Changes { repository, lookup, head, limits, sink, words: RefCell::default() }
    }

    /// Scans what one side has and the other has not.
    pub fn newer(&self, newer: &Newer<'_>) -> Flow {
        for gone in &newer.gone {
            self.gone(gone);
        }
        let contents = Contents::new(self.sink, self.limits, newer.objects.len());
        for new in &newer.objects {
            if self.object(new, newer, &contents) == Flow::Stop {
                return Flow::Stop;
            }
        }
        self.paths(newer)
    }

    /// Scans names of refs that a push would make.
    pub fn ref_names<'n>(&self, names: impl IntoIterator<Item = (&'n BStr, ObjectId)>) -> Flow {
        for (name, id) in names {
            let mut origin = self.origin(&id, GitObjectKind::Ref);
            origin.refs = vec![name.to_str_lossy().into_owned()];
            origin.reachable = true;
            if self.sink.chunk(&Chunk::whole(provenance(origin).into(), name)) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    /// Scans files as they stand in the index, and their paths.
    pub fn staged(&self, staged: &[Staged]) -> Flow {
        let contents = Contents::new(self.sink, self.limits, staged.len());
        for file in staged {
            let mut origin = self.origin(&file.id, GitObjectKind::Blob);
            origin.path = Some(file.path.to_str_lossy().into_owned());
            let staged = Provenance { exposure: Some(Exposure::Staged), ..provenance(origin) };
            let staged = Arc::new(staged);
            if self.sink.chunk(&Chunk::whole(Arc::clone(&staged), &file.path)) == Flow::Stop {
                return Flow::Stop;
            }
            match self.lookup.read_kind(&file.id, Kind::Blob) {
                Ok(bytes) => {
                    self.sink.object(bytes.len() as u64);
                    self.blob(&bytes, &staged, &contents, || false);
                }
                Err(why) => self.gone(&Gone { id: file.id, why }),
            }
        }
        Flow::Continue
    }

    fn object(&self, new: &New, newer: &Newer<'_>, contents: &Contents<'_>) -> Flow {
        let bytes = match self.lookup.read_kind(&new.id, new.kind) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.gone(&Gone { id: new.id, why });
                return Flow::Continue;
            }
        };
        self.sink.object(bytes.len() as u64);
        let provenance = || Arc::new(provenance(self.placed(new)));
        match new.kind {
            Kind::Commit | Kind::Tag => {
                let unplaced = Arc::new(Provenance::git(None));
                if !self.sink.probe(&texts::chunk(&bytes, &unplaced)).is_empty() {
                    return self.sink.chunk(&texts::chunk(&bytes, &provenance()));
                }
            }
            Kind::Blob => self.blob(&bytes, &provenance(), contents, || newer.is_known(&new.id)),
            Kind::Tree => {}
        }
        Flow::Continue
    }

    /// `is_known` is asked only if something was found: then the other side may have it under another path.
    fn blob(
        &self,
        bytes: &[u8],
        provenance: &Arc<Provenance>,
        contents: &Contents<'_>,
        is_known: impl FnOnce() -> bool,
    ) {
        if let Some(limit) = self.limits.max_bytes
            && bytes.len() as u64 > limit
        {
            let detail = over_max_bytes(bytes.len() as u64, limit);
            let provenance = Provenance::clone(provenance);
            return self.sink.skip(Skip { provenance, reason: SkipReason::OverMaxBytes, detail });
        }
        let (found, cores) = match container::sniff(bytes) {
            Some(_) => (contents.open(bytes, provenance).is_found, Vec::new()),
            None => {
                let name = provenance.path.as_ref().and_then(|path| path.file_name()).unwrap_or_default();
                let (_, cores) =
                    contents.look(bytes, contents.name(name.as_encoded_bytes()), None, provenance);
                (!cores.is_empty(), cores)
            }
        };
        if found && !is_known() {
            contents.tell(bytes, &cores, provenance);
        }
    }

    /// Looks at the paths that came up, all at once, and then at those in which something is found.
    fn paths(&self, newer: &Newer<'_>) -> Flow {
        let paths: Vec<&[u8]> = newer.paths.iter().map(|path| path.path.as_slice()).collect();
        let listing = paths.join(&b'\n');
        let unplaced = Arc::new(Provenance::git(None));
        if listing.is_empty() || self.sink.probe(&Chunk::whole(unplaced, &listing)).is_empty() {
            return Flow::Continue;
        }
        for new in &newer.paths {
            let place =
                New { id: new.tree, kind: Kind::Tree, commit: Some(new.commit), path: new.path.clone() };
            let chunk = Chunk::whole(provenance(self.placed(&place)).into(), &new.path);
            if self.sink.chunk(&chunk) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    fn placed(&self, new: &New) -> GitOrigin {
        let mut origin = self.origin(&new.id, object_kind(new.kind));
        let words = match new.kind {
            Kind::Commit | Kind::Tag => Some(new.id),
            Kind::Blob | Kind::Tree => new.commit,
        };
        origin.commit = match new.kind {
            Kind::Commit => Some(new.id.to_string()),
            Kind::Tag | Kind::Blob | Kind::Tree => new.commit.map(|id| id.to_string()),
        };
        origin.path = Some(new.path.to_str_lossy().into_owned()).filter(|path| !path.is_empty());
        // For a tree it is the path that was found, and the id is that of the tree which names it.
        let at_head = self.head.get(new.path.as_ref());
        origin.at_head = at_head.is_some_and(|(_, id)| id == new.id || new.kind == Kind::Tree);
        origin.reachable = true;
        match words {
            Some(id) => self.words(&id).put(origin),
            None => origin,
        }
    }

    fn words(&self, id: &oid) -> Words {
        if let Some(words) = self.words.borrow().get(id) {
            return words.clone();
        }
        let words = self
            .lookup
            .read(id)
            .map_or_else(|_| Words::default(), |(kind, bytes)| Words::of(kind, &bytes, self.lookup.hash()));
        self.words.borrow_mut().insert(id.to_owned(), words.clone());
        words
    }

    fn origin(&self, id: &oid, kind: GitObjectKind) -> GitOrigin {
        GitOrigin::of_object(self.repository, id.to_string(), kind)
    }

    fn gone(&self, gone: &Gone) {
        let (reason, detail) = match gone.why {
            NotFound::Missing => (SkipReason::MissingObject, "it is not in this repository"),
            NotFound::Damaged => (SkipReason::Damaged, "it cannot be decoded"),
        };
        let provenance = provenance(self.origin(&gone.id, GitObjectKind::Blob));
        self.sink.skip(Skip { provenance, reason, detail: detail.to_owned() });
    }
}
