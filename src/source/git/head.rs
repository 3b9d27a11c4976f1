//! What a path is in a commit's tree, reading no more of the tree than that takes.

use super::entries::{EntryKind, entries};
use super::graph::Links;
use super::lookup::Lookup;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::hash::{ObjectId, oid};
use gix::objs::Kind;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

type Listing = HashMap<BString, (EntryKind, ObjectId)>;

/// The tree of a commit, or an empty one where there is no commit yet.
pub struct TreeOf<'a> {
    lookup: &'a Lookup,
    root: Option<ObjectId>,
    listings: RefCell<HashMap<ObjectId, Rc<Listing>>>,
}

impl<'a> TreeOf<'a> {
    pub fn commit(lookup: &'a Lookup, commit: Option<&oid>) -> Self {
        let links = commit.and_then(|id| Links::parse(&lookup.read_kind(id, Kind::Commit).ok()?));
        TreeOf { lookup, root: links.map(|links| links.tree), listings: RefCell::default() }
    }

    pub fn root(&self) -> Option<ObjectId> {
        self.root
    }

    pub fn get(&self, path: &BStr) -> Option<(EntryKind, ObjectId)> {
        let mut at = (EntryKind::Tree, self.root?);
        for name in path.split_str("/") {
            if at.0 != EntryKind::Tree {
                return None;
            }
            at = *self.listing(&at.1).get(name.as_bstr())?;
        }
        Some(at)
    }

    fn listing(&self, tree: &oid) -> Rc<Listing> {
        if let Some(listing) = self.listings.borrow().get(tree) {
            return Rc::clone(listing);
        }
        let bytes = self.lookup.read_kind(tree, Kind::Tree).unwrap_or_default();
        let all = entries(&bytes, self.lookup.hash());
        let listing: Rc<Listing> =
            Rc::new(all.map(|entry| (entry.name.into(), (entry.kind, entry.id.to_owned()))).collect());
        self.listings.borrow_mut().insert(tree.to_owned(), Rc::clone(&listing));
        listing
    }
}
