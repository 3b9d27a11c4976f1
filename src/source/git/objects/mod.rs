//! Every object of a repository, by number: packs, loose files, alternates.
//!
//! Knows how objects are stored and nothing of what they mean. Reads with gix's parts, never through a git
//! process, and fetches nothing.

pub mod delta;
pub mod edges;
mod index;
mod inflate;
mod loose;
mod pack;
mod salvage;
mod table;
pub mod walk;

use gix::hash::{Kind as HashKind, ObjectId, oid};
use gix::objs::Kind;
use index::Index;
pub use inflate::Inflater;
use pack::{Base, Pack, PackBytes};
use std::path::{Path, PathBuf};
use table::Table;

/// An object's place in the list of all objects: first those of each pack, in the order of their ids, then the
/// loose ones. An object that is stored twice has two numbers; [`Objects::find`] gives the lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub u32);

impl Number {
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// Why an object cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    Damaged,
    /// Its delta base is not here: a thin pack, or a pack that was cut out of a repository.
    MissingBase(ObjectId),
    /// It was listed and is gone.
    Missing,
    Unreadable(std::io::ErrorKind),
    TooLarge {
        size: u64,
    },
}

/// A file of the object directory that cannot be used at all.
#[derive(Debug)]
pub struct Broken {
    pub path: PathBuf,
    pub what: String,
}

struct Loose {
    id: ObjectId,
    dir: u32,
}

pub struct Objects {
    hash: HashKind,
    dirs: Vec<PathBuf>,
    packs: Vec<Pack>,
    loose: Vec<Loose>,
    /// The number of the first loose object.
    loose_from: u32,
    table: Table,
    /// Some object is stored more than once.
    repeats: bool,
}

/// Objects numbers are four bytes wide, with one value to spare.
const MOST: usize = u32::MAX as usize - 1;

impl Objects {
    /// Lists what lies in `dirs` (an object directory and its alternates). What cannot be used is in the second
    /// part of the answer; the rest stands.
    pub fn open(dirs: Vec<PathBuf>, hash: HashKind) -> (Self, Vec<Broken>) {
        let mut broken = Vec::new();
        let mut packs = Vec::new();
        let mut count = 0;
        for dir in &dirs {
            for path in pack_files(&dir.join("pack"), &mut broken) {
                let pack = open_pack(&path, count, hash, &mut broken);
                if count as usize + pack.index.len() >= MOST {
                    broken.push(Broken { path, what: "more than four billion objects".into() });
                    continue;
                }
                count += pack.index.len() as u32;
                packs.push(pack);
            }
        }
        let mut loose = Vec::new();
        for (at, dir) in (0..).zip(&dirs) {
            match loose::list(dir, hash) {
                Ok(ids) => loose.extend(ids.into_iter().map(|id| Loose { id, dir: at })),
                Err(error) => broken.push(Broken { path: dir.clone(), what: error.to_string() }),
            }
        }
        (Self::assemble(hash, dirs, packs, loose), broken)
    }

    /// The objects of a single pack that has no index, and what of it cannot be read.
    pub fn of_pack(bytes: Vec<u8>, hash: HashKind) -> (Self, Option<String>) {
        let bytes = PackBytes::Read(bytes);
        let found = salvage::entries(&bytes, hash);
        let pack = Pack::new(bytes, Index::from_entries(found.entries, hash), 0, hash);
        (Self::assemble(hash, Vec::new(), vec![pack], Vec::new()), found.hole)
    }

    fn assemble(hash: HashKind, dirs: Vec<PathBuf>, packs: Vec<Pack>, loose: Vec<Loose>) -> Self {
        let loose_from = packs.last().map_or(0, |pack| pack.first + pack.index.len() as u32);
        let mut objects =
            Objects { hash, dirs, packs, loose, loose_from, table: Table::empty(), repeats: false };
        let several = objects.packs.len() + objects.dirs.len() > 2 || !objects.loose.is_empty();
        objects.table = Table::new(objects.len() as u32, |number| objects.id(Number(number)));
        objects.repeats =
            several && objects.numbers().any(|number| objects.find(objects.id(number)) != Some(number));
        objects
    }

    pub fn hash(&self) -> HashKind {
        self.hash
    }

    pub fn len(&self) -> usize {
        self.loose_from as usize + self.loose.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn numbers(&self) -> impl Iterator<Item = Number> + use<> {
        (0..self.len() as u32).map(Number)
    }

    pub fn id(&self, number: Number) -> &oid {
        match self.loose.get(number.at().wrapping_sub(self.loose_from as usize)) {
            Some(loose) => &loose.id,
            None => {
                let pack = self.pack_of(number);
                pack.index.id((number.0 - pack.first) as usize)
            }
        }
    }

    pub fn find(&self, id: &oid) -> Option<Number> {
        self.table.find(id, |number| self.id(Number(number)) == id).map(Number)
    }

    /// The same object has a lower number elsewhere.
    pub fn is_repeat(&self, number: Number) -> bool {
        self.repeats && self.find(self.id(number)) != Some(number)
    }

    fn pack_of(&self, number: Number) -> &Pack {
        &self.packs[self.packs.partition_point(|pack| pack.first <= number.0) - 1]
    }

    fn loose_path(&self, number: Number) -> Option<PathBuf> {
        let loose = self.loose.get(number.0.checked_sub(self.loose_from)? as usize)?;
        Some(loose::path(&self.dirs[loose.dir as usize], &loose.id))
    }

    fn loose_kind(&self, number: Number, inflater: &mut Inflater) -> Result<Kind, Lost> {
        let path = self.loose_path(number).ok_or(Lost::Missing)?;
        loose::kind(&path, inflater)
    }

    fn loose_bytes(&self, number: Number, inflater: &mut Inflater) -> Result<(Kind, Vec<u8>), Lost> {
        let path = self.loose_path(number).ok_or(Lost::Missing)?;
        let mut bytes = Vec::new();
        let kind = loose::decode(&loose::read(&path)?, inflater, &mut bytes)?;
        Ok((kind, bytes))
    }

    /// One object, wherever it is stored; the walk is the way to read many.
    ///
    /// Tries every copy before it gives up.
    pub fn read(&self, id: &oid, inflater: &mut Inflater) -> Result<(Kind, Vec<u8>), Lost> {
        self.read_from(&self.packs.iter().collect::<Vec<_>>(), id, inflater)
    }

    fn read_from(&self, packs: &[&Pack], id: &oid, inflater: &mut Inflater) -> Result<(Kind, Vec<u8>), Lost> {
        let mut lost = Lost::Missing;
        for pack in packs {
            let Some(offset) = pack.offset_of(id) else { continue };
            match self.read_packed(packs, pack, offset, inflater) {
                Ok(found) => return Ok(found),
                Err(why) => lost = why,
            }
        }
        for dir in &self.dirs {
            let mut out = Vec::new();
            match loose::read(&loose::path(dir, id)).and_then(|file| loose::decode(&file, inflater, &mut out))
            {
                Ok(kind) => return Ok((kind, out)),
                Err(Lost::Missing) => {}
                Err(why) => lost = why,
            }
        }
        Err(lost)
    }

    fn read_packed(
        &self,
        packs: &[&Pack],
        pack: &Pack,
        offset: u64,
        inflater: &mut Inflater,
    ) -> Result<(Kind, Vec<u8>), Lost> {
        let mut deltas = Vec::new();
        let mut at = offset;
        let (kind, mut bytes) = loop {
            let entry = pack.entry(at)?;
            let mut inflated = Vec::new();
            pack.inflate(&entry, inflater, &mut inflated)?;
            at = match entry.base {
                Base::Whole(kind) => break (kind, inflated),
                Base::At(base) => base,
                Base::Id(id) => match pack.offset_of(&id) {
                    Some(base) => base,
                    None => {
                        deltas.push(inflated);
                        break self.read_outside(packs, pack, &id, inflater)?;
                    }
                },
            };
            deltas.push(inflated);
            // No chain is longer than its pack; a ring of deltas would never end.
            if deltas.len() > pack.index.len() {
                return Err(Lost::Damaged);
            }
        };
        let mut copies = Vec::new();
        while let Some(delta) = deltas.pop() {
            let mut out = Vec::new();
            delta::apply(&bytes, &delta, &mut out, &mut copies).map_err(|_| Lost::Damaged)?;
            bytes = out;
        }
        Ok((kind, bytes))
    }

    /// A thin pack's base: anywhere but in the packs that led here, or two packs could ask each other for ever.
    fn read_outside(
        &self,
        packs: &[&Pack],
        asks: &Pack,
        id: &oid,
        inflater: &mut Inflater,
    ) -> Result<(Kind, Vec<u8>), Lost> {
        let others: Vec<&Pack> = packs.iter().copied().filter(|pack| pack.first != asks.first).collect();
        self.read_from(&others, id, inflater).map_err(|why| match why {
            Lost::Missing => Lost::MissingBase(id.to_owned()),
            Lost::Damaged | Lost::MissingBase(_) | Lost::Unreadable(_) | Lost::TooLarge { .. } => why,
        })
    }
}

/// The packs of a directory: every name that has a `.pack` or an `.idx`.
fn pack_files(dir: &Path, broken: &mut Vec<Broken>) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            broken.push(Broken { path: dir.to_owned(), what: error.to_string() });
            return Vec::new();
        }
    };
    let mut packs: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        // `tmp_pack_…` is what an interrupted git leaves behind.
        .filter(|path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"pack-")))
        .filter(|path| path.extension().is_some_and(|extension| extension == "pack" || extension == "idx"))
        .map(|path| path.with_extension("pack"))
        .collect();
    packs.sort_unstable();
    packs.dedup();
    packs
}

/// Opens a pack by its index; without a usable one the pack is read from end to end.
fn open_pack(path: &Path, first: u32, hash: HashKind, broken: &mut Vec<Broken>) -> Pack {
    let mut note = |path: &Path, what: String| broken.push(Broken { path: path.to_owned(), what });
    let index_path = path.with_extension("idx");
    let index = std::fs::read(&index_path).ok().and_then(|file| Index::parse(&file, hash).ok());
    let bytes = match PackBytes::open(path, hash) {
        Ok(bytes) => bytes,
        Err(error) => {
            note(path, error.to_string());
            // Its objects are listed one by one when they are asked for.
            PackBytes::Read(Vec::new())
        }
    };
    if let Some(index) = index {
        return Pack::new(bytes, index, first, hash);
    }
    let found = salvage::entries(&bytes, hash);
    match &found.hole {
        Some(hole) => note(path, format!("no usable index, and {hole}")),
        None => note(&index_path, "no usable index; the pack was read from end to end".into()),
    }
    Pack::new(bytes, Index::from_entries(found.entries, hash), first, hash)
}
