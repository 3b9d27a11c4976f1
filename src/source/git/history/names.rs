//! Looks at the names of files and directories, each once.

use super::Look;
use crate::model::{Chunk, Provenance};
use crate::source::Flow;
use crate::source::git::names::SettledNames;
use std::sync::{Arc, PoisonError};

/// Names looked at in one go.
const BATCH: usize = 1 << 20;

/// Notes the names that hold something.
pub fn look(look: &Look<'_>, names: &SettledNames) -> Flow {
    let provenance = Arc::new(Provenance::git(None));
    let mut batch = Batch::default();
    for name in &names.list {
        batch.add(name);
        if batch.text.len() >= BATCH {
            batch.look(look, &provenance);
        }
    }
    batch.look(look, &provenance);
    Flow::Continue
}

/// Names one below the other.
#[derive(Default)]
struct Batch {
    text: Vec<u8>,
    names: Vec<(usize, Arc<[u8]>)>,
}

impl Batch {
    fn add(&mut self, name: &Arc<[u8]>) {
        self.names.push((self.text.len(), Arc::clone(name)));
        self.text.extend_from_slice(name);
        self.text.push(b'\n');
    }

    /// What is found in the list is looked at alone: a neighbour in the list is no neighbour in any path.
    fn look(&mut self, look: &Look<'_>, provenance: &Arc<Provenance>) {
        for hit in look.sink.probe(&Chunk::whole(Arc::clone(provenance), &self.text)) {
            let at = self.names.partition_point(|(start, _)| *start as u64 <= hit);
            let Some((_, name)) = at.checked_sub(1).and_then(|at| self.names.get(at)) else { continue };
            if !look.sink.probe(&Chunk::whole(Arc::clone(provenance), name)).is_empty() {
                look.names.lock().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(name));
            }
        }
        self.text.clear();
        self.names.clear();
    }
}
