//! Single objects by id, for questions that touch few of them: a push, the index, a commit's words.
//!
//! Opening costs next to nothing, unlike [`super::objects::Objects`], which lists everything. Looks into several
//! object directories, since git hands a receiving hook its new objects in a directory of their own.

use gix::hash::{Kind as HashKind, ObjectId, oid};
use gix::objs::{Find, Kind};
use std::cell::RefCell;
use std::collections::HashSet;
use std::io;
use std::path::PathBuf;

pub struct Lookup {
    handles: Vec<gix::odb::Handle>,
    hash: HashKind,
    /// Commits whose parents were left out when the repository was cloned.
    shallow: HashSet<ObjectId>,
    buffer: RefCell<Vec<u8>>,
}

/// Why an object cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFound {
    Missing,
    Damaged,
}

impl Lookup {
    /// Object directories are asked in order; each brings its alternates.
    pub fn open(dirs: &[PathBuf], hash: HashKind, shallow: HashSet<ObjectId>) -> io::Result<Self> {
        let handles = dirs.iter().map(|dir| {
            let mut handle = gix::odb::at(dir.clone(), hash)?;
            handle.set_pack_cache(|| Box::<gix::odb::pack::cache::lru::StaticLinkedList<64>>::default());
            Ok(handle)
        });
        Ok(Lookup { handles: handles.collect::<io::Result<_>>()?, hash, shallow, buffer: RefCell::default() })
    }

    pub fn hash(&self) -> HashKind {
        self.hash
    }

    pub fn is_shallow(&self, commit: &oid) -> bool {
        self.shallow.contains(commit)
    }

    pub fn read(&self, id: &oid) -> Result<(Kind, Vec<u8>), NotFound> {
        let mut why = NotFound::Missing;
        let mut buffer = self.buffer.borrow_mut();
        for handle in &self.handles {
            match Find::try_find(handle, id, &mut buffer) {
                Ok(Some(found)) => return Ok((found.kind, found.data.to_vec())),
                Ok(None) => {}
                Err(_) => why = NotFound::Damaged,
            }
        }
        Err(why)
    }

    pub fn contains(&self, id: &oid) -> bool {
        self.handles.iter().any(|handle| gix::objs::Exists::exists(handle, id))
    }

    /// An object of one kind; anything else is as good as missing.
    pub fn read_kind(&self, id: &oid, kind: Kind) -> Result<Vec<u8>, NotFound> {
        match self.read(id)? {
            (found, bytes) if found == kind => Ok(bytes),
            _ => Err(NotFound::Damaged),
        }
    }

    /// Through tags, to what is tagged in the end; and the tags on the way.
    pub fn peel(&self, id: &oid) -> Result<(Vec<ObjectId>, ObjectId, Kind), NotFound> {
        let mut tags = Vec::new();
        let mut at = id.to_owned();
        loop {
            let (kind, bytes) = self.read(&at)?;
            let target = match kind {
                Kind::Tag => super::graph::tag_target(&bytes),
                Kind::Commit | Kind::Tree | Kind::Blob => return Ok((tags, at, kind)),
            };
            tags.push(at);
            at = target.filter(|target| !tags.contains(target)).ok_or(NotFound::Damaged)?;
        }
    }
}
