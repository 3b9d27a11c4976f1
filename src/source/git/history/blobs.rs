//! Blobs: looked at block by block, and only where something is new.

use super::Look;
use crate::model::Provenance;
use crate::source::Flow;
use crate::source::container;
use crate::source::git::blocks::{Blocks, Origin};
use crate::source::git::content::Contents;
use crate::source::git::names::{self, SettledNames};
use crate::source::git::objects::walk::{Base, Item, Visitor, Want};
use crate::source::git::objects::{Lost, Number};
use gix::objs::Kind;
use std::path::PathBuf;
use std::sync::Arc;

pub struct Blobs<'a> {
    pub(super) look: &'a Look<'a>,
    pub names: &'a SettledNames,
    pub contents: &'a Contents<'a>,
}

impl Visitor for Blobs<'_> {
    type Scratch = Named;
    type State = Blocks;

    fn want(&self, number: Number) -> Want {
        self.look.want(number, self.names.of(number).map(|name| names::hash(name)))
    }

    fn visit(&self, named: &mut Named, item: &Item<'_>, base: Option<Base<'_, Blocks>>) -> (Blocks, Flow) {
        named.rename(self.names.of(item.number), self.contents);
        let flow = if item.known { Flow::Continue } else { self.look.seen(item) };
        if container::sniff(item.bytes).is_some() {
            if !item.known {
                self.archive(item, named);
            }
            return (Blocks::none(), flow);
        }
        let origin = base.map(|base| Origin { blocks: base.state, copies: base.copies });
        if item.known {
            return (self.contents.known(item.bytes, named.hash, origin), flow);
        }
        let (blocks, found) = self.contents.look(item.bytes, named.hash, origin, &named.provenance);
        if !found.is_empty() {
            self.look.find(item.number, item.kind, found);
        }
        (blocks, flow)
    }

    fn lost(&self, number: Number, why: Lost) {
        self.look.lost(number, Kind::Blob, why);
    }
}

impl Blobs<'_> {
    fn archive(&self, item: &Item<'_>, named: &Named) {
        // What cannot be unpacked is said at this first look, so it needs a name now.
        let origin = self.look.history.origin(item.id, item.kind);
        let provenance = Provenance { git: Some(Box::new(origin)), ..Provenance::clone(&named.provenance) };
        let opened = self.contents.open(item.bytes, &provenance.into());
        if opened.is_found {
            self.look.find(item.number, item.kind, Vec::new());
        }
        if opened.is_skipped {
            self.look.unclean(item.number);
        }
    }
}

/// What stands for blobs of one name; most have the same name as the one before.
pub struct Named {
    name: Option<Arc<[u8]>>,
    provenance: Arc<Provenance>,
    hash: u64,
}

impl Default for Named {
    fn default() -> Self {
        Named { name: None, provenance: Provenance::git(None).into(), hash: 0 }
    }
}

impl Named {
    fn rename(&mut self, name: Option<&Arc<[u8]>>, contents: &Contents<'_>) {
        if self.name.as_ref() == name {
            return;
        }
        self.name = name.cloned();
        self.provenance = Provenance::git(name.map(|name| path(name))).into();
        self.hash = name.map_or(0, |name| contents.name(name));
    }
}

/// A path as the system has it; where it cannot have it, as text.
fn path(name: &[u8]) -> PathBuf {
    match gix::path::from_byte_slice(name) {
        Ok(path) => path.to_owned(),
        Err(_) => String::from_utf8_lossy(name).into_owned().into(),
    }
}
