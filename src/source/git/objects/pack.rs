//! One pack: its bytes, its index, and how its entries hang together.

use super::edges::Edges;
use super::index::Index;
use super::{Lost, inflate};
use gix::hash::{Kind as HashKind, ObjectId, oid};
use gix::objs::Kind;
use gix::odb::pack::data;
use rayon::prelude::*;
use std::path::Path;

/// A pack file, mapped, or read whole where it cannot be mapped as one (a bundle, a damaged header).
pub enum PackBytes {
    Mapped(data::File),
    Read(Vec<u8>),
}

impl PackBytes {
    pub fn open(path: &Path, hash: HashKind) -> std::io::Result<Self> {
        match data::File::at(path, hash) {
            Ok(file) => Ok(PackBytes::Mapped(file)),
            Err(_) => std::fs::read(path).map(PackBytes::Read),
        }
    }

    pub fn as_slice(&self) -> &[u8] {
        match self {
            PackBytes::Mapped(file) => file.entry_slice(0..file.data_len() as u64).unwrap_or_default(),
            PackBytes::Read(bytes) => bytes,
        }
    }
}

pub struct Pack {
    bytes: PackBytes,
    pub index: Index,
    /// The number of the first object; see [`super::Number`].
    pub first: u32,
    hash: HashKind,
}

/// What an entry's bytes are relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Whole(Kind),
    At(u64),
    Id(ObjectId),
}

/// An entry's header, and where its compressed bytes start.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub base: Base,
    /// Of the bytes when inflated: the object, or the delta.
    pub size: u64,
    pub data: u64,
}

impl Pack {
    pub fn new(bytes: PackBytes, index: Index, first: u32, hash: HashKind) -> Self {
        Pack { bytes, index, first, hash }
    }

    /// The pack's bytes without the checksum at its end.
    pub fn body(&self) -> &[u8] {
        let bytes = self.bytes.as_slice();
        &bytes[..bytes.len().saturating_sub(self.hash.len_in_bytes())]
    }

    pub fn entry(&self, offset: u64) -> Result<Entry, Lost> {
        read_entry(self.body(), offset, self.hash)
    }

    /// The inflated bytes of an entry: the object itself, or a delta.
    pub fn inflate(
        &self,
        entry: &Entry,
        with: &mut inflate::Inflater,
        out: &mut Vec<u8>,
    ) -> Result<(), Lost> {
        let start = usize::try_from(entry.data).map_err(|_| Lost::Damaged)?;
        let compressed = self.body().get(start..).ok_or(Lost::Damaged)?;
        with.exactly(compressed, entry.size, out)
    }

    /// The offset of `id` in this pack.
    pub fn offset_of(&self, id: &oid) -> Option<u64> {
        self.index.find(id).map(|at| self.index.offset(at))
    }
}

pub fn read_entry(body: &[u8], offset: u64, hash: HashKind) -> Result<Entry, Lost> {
    let start = usize::try_from(offset).map_err(|_| Lost::Damaged)?;
    let bytes = body.get(start..).filter(|bytes| !bytes.is_empty()).ok_or(Lost::Damaged)?;
    let entry = data::Entry::from_bytes(bytes, offset, hash).map_err(|_| Lost::Damaged)?;
    let base = match entry.header {
        data::entry::Header::Commit => Base::Whole(Kind::Commit),
        data::entry::Header::Tree => Base::Whole(Kind::Tree),
        data::entry::Header::Blob => Base::Whole(Kind::Blob),
        data::entry::Header::Tag => Base::Whole(Kind::Tag),
        data::entry::Header::RefDelta { base_id } => Base::Id(base_id),
        data::entry::Header::OfsDelta { base_distance } => {
            let base = offset.checked_sub(base_distance).filter(|_| base_distance > 0);
            Base::At(base.ok_or(Lost::Damaged)?)
        }
    };
    Ok(Entry { base, size: entry.decompressed_size, data: entry.data_offset })
}

/// The entries of a pack in the order of their offsets, and which is a delta of which.
///
/// A *slot* is a position in that order. Four bytes a link, because a repository may have ten million objects.
pub struct Forest {
    offsets: Vec<u64>,
    numbers: Vec<u32>,
    /// From a base to its deltas.
    kids: Edges,
    roots: Vec<(u32, Kind)>,
    /// Deltas of objects that are not in this pack.
    external: Vec<(u32, ObjectId)>,
    /// Entries whose header cannot be read, and deltas of nothing.
    lost: Vec<u32>,
}

impl Forest {
    pub fn grow(pack: &Pack) -> Self {
        let mut order: Vec<(u64, u32)> =
            (0..pack.index.len()).map(|at| (pack.index.offset(at), pack.first + at as u32)).collect();
        order.par_sort_unstable();
        let (offsets, numbers): (Vec<u64>, Vec<u32>) = order.into_iter().unzip();
        let links: Vec<Link> = offsets.par_iter().map(|offset| link(pack, &offsets, *offset)).collect();

        let of_base = (0..).zip(&links).filter_map(|(slot, link)| match *link {
            Link::DeltaOf(base) => Some((base, slot)),
            Link::Root(_) | Link::External(_) | Link::Broken => None,
        });
        let mut forest = Forest {
            kids: Edges::new(offsets.len(), of_base),
            offsets,
            numbers,
            roots: Vec::new(),
            external: Vec::new(),
            lost: Vec::new(),
        };
        for (slot, link) in (0..).zip(&links) {
            match *link {
                Link::Root(kind) => forest.roots.push((slot, kind)),
                Link::DeltaOf(_) => {}
                Link::External(id) => forest.external.push((slot, id)),
                Link::Broken => forest.lost.push(slot),
            }
        }
        forest.lose_cycles();
        forest
    }

    /// Deltas by id can form a ring in a damaged pack; nothing ever reaches it.
    fn lose_cycles(&mut self) {
        let mut reached = vec![false; self.offsets.len()];
        let roots = self.roots.iter().map(|(slot, _)| slot);
        let tops = roots.chain(self.external.iter().map(|(slot, _)| slot)).chain(&self.lost);
        for slot in tops.flat_map(|top| self.family(*top)) {
            reached[slot as usize] = true;
        }
        self.lost.extend((0..).zip(&reached).filter(|(_, reached)| !**reached).map(|(slot, _)| slot));
    }

    pub fn roots(&self) -> &[(u32, Kind)] {
        &self.roots
    }

    pub fn external(&self) -> &[(u32, ObjectId)] {
        &self.external
    }

    /// Every entry that no base leads to.
    pub fn lost(&self) -> &[u32] {
        &self.lost
    }

    pub fn number(&self, slot: u32) -> u32 {
        self.numbers[slot as usize]
    }

    pub fn offset(&self, slot: u32) -> u64 {
        self.offsets[slot as usize]
    }

    pub fn kids(&self, slot: u32) -> &[u32] {
        self.kids.of(slot)
    }

    /// An entry and everything that is, directly or not, a delta of it.
    pub fn family(&self, slot: u32) -> impl Iterator<Item = u32> + '_ {
        let mut left = vec![slot];
        std::iter::from_fn(move || {
            let slot = left.pop()?;
            left.extend_from_slice(self.kids(slot));
            Some(slot)
        })
    }
}

enum Link {
    Root(Kind),
    DeltaOf(u32),
    External(ObjectId),
    Broken,
}

fn link(pack: &Pack, offsets: &[u64], offset: u64) -> Link {
    let Ok(entry) = pack.entry(offset) else {
        return Link::Broken;
    };
    let base = match entry.base {
        Base::Whole(kind) => return Link::Root(kind),
        Base::At(base) => base,
        Base::Id(id) => match pack.offset_of(&id) {
            Some(base) => base,
            None => return Link::External(id),
        },
    };
    match offsets.binary_search(&base) {
        Ok(slot) => Link::DeltaOf(slot as u32),
        Err(_) => Link::Broken,
    }
}
