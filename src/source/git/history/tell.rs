//! Shows the sink what was found, with its commit, path and refs.
//!
//! Does not stop when asked to: what was found before an interruption is still reported, and this is the report.

use super::texts;
use super::{Find, History, provenance};
use crate::model::{Chunk, Provenance};
use crate::source::git::attribution::Attribution;
use crate::source::git::content::Contents;
use crate::source::git::objects::walk::{Base, Item, Limits, Plan, Visitor, Want};
use crate::source::git::objects::{Lost, Number};
use crate::source::{Flow, Sink};
use gix::objs::Kind;
use std::collections::HashMap;
use std::sync::Arc;

pub fn tell(
    history: &History<'_>,
    plan: &Plan<'_>,
    finds: Vec<Find>,
    attribution: &Attribution,
    contents: &Contents<'_>,
    limits: Limits,
    sink: &dyn Sink,
) {
    for (path, origin) in &attribution.names {
        let _ = sink.chunk(&Chunk::whole(provenance(origin.clone()).into(), path));
    }
    let finds = finds.into_iter().map(|find| (find.number, find)).collect();
    let teller = Teller { history, finds, attribution, contents, sink };
    for kind in [Kind::Commit, Kind::Tag, Kind::Blob] {
        let _ = plan.walk(kind, limits, &teller);
    }
    let _ = plan.rescue(&teller);
}

struct Teller<'a> {
    history: &'a History<'a>,
    finds: HashMap<Number, Find>,
    attribution: &'a Attribution,
    contents: &'a Contents<'a>,
    sink: &'a dyn Sink,
}

impl Teller<'_> {
    fn provenance(&self, item: &Item<'_>) -> Arc<Provenance> {
        let placed = self.attribution.objects.get(&item.number).cloned();
        provenance(placed.unwrap_or_else(|| self.history.origin(item.id, item.kind))).into()
    }
}

impl Visitor for Teller<'_> {
    type Scratch = ();
    type State = ();

    fn want(&self, number: Number) -> Want {
        if self.finds.contains_key(&number) { Want::Bytes } else { Want::Elsewhere }
    }

    fn visit(&self, (): &mut (), item: &Item<'_>, _base: Option<Base<'_, ()>>) -> ((), Flow) {
        let provenance = self.provenance(item);
        match (item.kind, self.finds.get(&item.number)) {
            (Kind::Blob, Some(find)) => self.contents.tell(item.bytes, &find.cores, &provenance),
            (Kind::Commit | Kind::Tag, Some(_)) => {
                let _ = self.sink.chunk(&texts::chunk(item.bytes, &provenance));
            }
            (Kind::Tree, _) | (_, None) => {}
        }
        ((), Flow::Continue)
    }

    /// It was read a moment ago; if it is gone now, that was told then or cannot be helped.
    fn lost(&self, _number: Number, _why: Lost) {}
}
