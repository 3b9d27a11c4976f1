//! Trees: the names of things, and what is missing.

use super::Look;
use crate::source::Flow;
use crate::source::git::entries::{EntryKind, entries};
use crate::source::git::names::{Known, Names};
use crate::source::git::objects::delta;
use crate::source::git::objects::walk::{Base, Item, Visitor, Want};
use crate::source::git::objects::{Lost, Number};
use gix::objs::Kind;
use std::ops::Range;

/// Notes every name, once for each object that has it.
pub struct Trees<'a> {
    pub(super) look: &'a Look<'a>,
    pub names: Names,
}

#[derive(Default)]
pub struct Scratch {
    known: Known,
    fresh: Vec<Range<usize>>,
}

impl Visitor for Trees<'_> {
    type Scratch = Scratch;
    type State = ();

    fn want(&self, number: Number) -> Want {
        self.look.want(number, None)
    }

    fn visit(&self, scratch: &mut Scratch, item: &Item<'_>, base: Option<Base<'_, ()>>) -> ((), Flow) {
        if item.known {
            return ((), Flow::Continue);
        }
        match base {
            Some(base) => delta::fresh(base.copies, base.len, item.bytes.len(), &mut scratch.fresh),
            None => {
                scratch.fresh.clear();
                scratch.fresh.push(0..item.bytes.len());
            }
        }
        // Entries that were copied whole were noted when the base was visited.
        let mut fresh = scratch.fresh.iter().peekable();
        for entry in entries(item.bytes, self.look.history.objects.hash()) {
            while fresh.next_if(|range| range.end < entry.at.start).is_some() {}
            match fresh.peek() {
                Some(range) if range.start <= entry.at.end => {}
                Some(_) => continue,
                None => break,
            }
            let kind = match entry.kind {
                EntryKind::Tree => Some(Kind::Tree),
                EntryKind::Blob => Some(Kind::Blob),
                EntryKind::Submodule => None,
            };
            let from = (item.number, Kind::Tree);
            let object = kind.and_then(|kind| self.look.find_or_note(entry.id, from, kind));
            self.names.note(&mut scratch.known, object, entry.name);
        }
        ((), self.look.seen(item))
    }

    fn lost(&self, number: Number, why: Lost) {
        self.look.lost(number, Kind::Tree, why);
    }
}
