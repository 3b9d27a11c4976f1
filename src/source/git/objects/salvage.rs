//! A pack without a usable index, read from end to end.
//!
//! Bundles hold such a pack, and so does a repository whose index was damaged. Every object must be decoded to
//! learn its id, which is what an index spares us.

use super::delta;
use super::inflate::Inflater;
use super::pack::{Base, PackBytes, read_entry};
use gix::hash::{Kind as HashKind, ObjectId};
use gix::objs::Kind;
use std::collections::HashMap;
use std::rc::Rc;

/// `PACK`, a version and a count.
const HEADER: u64 = 12;

pub struct Salvaged {
    pub entries: Vec<(ObjectId, u64)>,
    /// What could not be read, for people.
    pub hole: Option<String>,
}

/// An entry to decode, and what it is a delta of.
type Work = (u64, Option<(Kind, Rc<Vec<u8>>)>);

struct Found {
    offset: u64,
    base: Base,
}

pub fn entries(pack: &PackBytes, hash: HashKind) -> Salvaged {
    let bytes = pack.as_slice();
    let body = &bytes[..bytes.len().saturating_sub(hash.len_in_bytes())];
    let (found, end) = list(body, hash);
    let declared = bytes.get(8..12).and_then(|count| count.try_into().ok()).map(u32::from_be_bytes);
    let entries = identify(body, &found, hash);
    let hole = if end != body.len() as u64 || declared != Some(found.len() as u32) {
        Some(format!("bytes {end} to {} are not readable as a pack", body.len()))
    } else if entries.len() < found.len() {
        Some(format!("{} deltas have no base here", found.len() - entries.len()))
    } else {
        None
    };
    Salvaged { entries, hole }
}

/// The entries one after the other, and where that ended. An entry's length is known only once it is inflated.
fn list(body: &[u8], hash: HashKind) -> (Vec<Found>, u64) {
    let (mut inflater, mut scratch) = (Inflater::default(), Vec::new());
    let (mut found, mut offset) = (Vec::new(), HEADER);
    while let Ok(entry) = read_entry(body, offset, hash) {
        let compressed = body.get(entry.data as usize..).unwrap_or_default();
        let Ok(length) = inflater.measured(compressed, entry.size, &mut scratch) else { break };
        found.push(Found { offset, base: entry.base });
        offset = entry.data + length as u64;
    }
    (found, offset)
}

/// Decodes every object to learn its id, bases before their deltas.
fn identify(body: &[u8], found: &[Found], hash: HashKind) -> Vec<(ObjectId, u64)> {
    let mut by_offset: HashMap<u64, Vec<u64>> = HashMap::new();
    let mut by_id: HashMap<ObjectId, Vec<u64>> = HashMap::new();
    let mut work: Vec<Work> = Vec::new();
    for entry in found {
        match entry.base {
            Base::Whole(_) => work.push((entry.offset, None)),
            Base::At(base) => by_offset.entry(base).or_default().push(entry.offset),
            Base::Id(id) => by_id.entry(id).or_default().push(entry.offset),
        }
    }
    let (mut inflater, mut copies, mut entries) = (Inflater::default(), Vec::new(), Vec::new());
    while let Some((offset, base)) = work.pop() {
        let Ok(entry) = read_entry(body, offset, hash) else { continue };
        let mut bytes = Vec::new();
        let compressed = body.get(entry.data as usize..).unwrap_or_default();
        if inflater.exactly(compressed, entry.size, &mut bytes).is_err() {
            continue;
        }
        let kind = match (base, entry.base) {
            (Some((kind, base)), _) => {
                let delta = std::mem::take(&mut bytes);
                if delta::apply(&base, &delta, &mut bytes, &mut copies).is_err() {
                    continue;
                }
                kind
            }
            (None, Base::Whole(kind)) => kind,
            (None, Base::At(_) | Base::Id(_)) => continue,
        };
        let Ok(id) = gix::objs::compute_hash(hash, kind, &bytes) else { continue };
        entries.push((id, offset));
        let deltas = [by_offset.remove(&offset), by_id.remove(&id)];
        let bytes = Rc::new(bytes);
        work.extend(deltas.into_iter().flatten().flatten().map(|at| (at, Some((kind, Rc::clone(&bytes))))));
    }
    entries
}
