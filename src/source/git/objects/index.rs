//! A pack's index: which object ids it holds, and where each starts.
//!
//! Read by hand rather than by `gix_pack::index`, whose 64-bit offsets panic on a damaged file; damage must be
//! reported and worked around here. Formats 1 and 2 of gitformat-pack(5).

use gix::hash::{Kind, ObjectId, oid};

const FAN: usize = 256 * 4;
const V2_MAGIC: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];

/// Object ids in order, and the offset of each in the pack.
#[derive(Debug)]
pub struct Index {
    /// All ids, one after the other.
    ids: Vec<u8>,
    offsets: Vec<u64>,
    hash: Kind,
}

/// The index is not one, or contradicts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadIndex;

impl Index {
    pub fn parse(file: &[u8], hash: Kind) -> Result<Self, BadIndex> {
        let index = match file.strip_prefix(&V2_MAGIC) {
            Some(body) => Self::parse_v2(body, hash),
            None => Self::parse_v1(file, hash),
        };
        index.filter(Self::is_sorted).ok_or(BadIndex)
    }

    fn parse_v2(body: &[u8], hash: Kind) -> Option<Self> {
        let (fan, body) = body.split_at_checked(FAN)?;
        let count = object_count(fan)?;
        let (ids, body) = body.split_at_checked(count.checked_mul(hash.len_in_bytes())?)?;
        let (_crcs, body) = body.split_at_checked(count.checked_mul(4)?)?;
        let (short, long) = body.split_at_checked(count.checked_mul(4)?)?;
        let offsets = short.as_chunks::<4>().0.iter().map(|bytes| {
            let short = u32::from_be_bytes(*bytes);
            // The high bit says: an index into the table of 64-bit offsets that follows.
            match short & 0x8000_0000 {
                0 => Some(u64::from(short)),
                _ => long
                    .as_chunks::<8>()
                    .0
                    .get((short & 0x7fff_ffff) as usize)
                    .map(|l| u64::from_be_bytes(*l)),
            }
        });
        Some(Index { offsets: offsets.collect::<Option<_>>()?, ids: ids.to_vec(), hash })
    }

    fn parse_v1(file: &[u8], hash: Kind) -> Option<Self> {
        let (fan, body) = file.split_at_checked(FAN)?;
        let count = object_count(fan)?;
        let row = 4 + hash.len_in_bytes();
        let rows = body.get(..count.checked_mul(row)?)?;
        let (mut ids, mut offsets) = (Vec::new(), Vec::new());
        for row in rows.chunks_exact(row) {
            let (offset, id) = row.split_first_chunk::<4>()?;
            offsets.push(u64::from(u32::from_be_bytes(*offset)));
            ids.extend_from_slice(id);
        }
        Some(Index { ids, offsets, hash })
    }

    /// The index of a pack whose objects were found by reading it from end to end.
    pub fn from_entries(mut entries: Vec<(ObjectId, u64)>, hash: Kind) -> Self {
        entries.sort_unstable();
        let ids = entries.iter().flat_map(|(id, _)| id.as_slice()).copied().collect();
        Index { ids, offsets: entries.iter().map(|(_, offset)| *offset).collect(), hash }
    }

    fn is_sorted(&self) -> bool {
        (1..self.len()).all(|at| self.id(at - 1) <= self.id(at))
    }

    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    pub fn id(&self, at: usize) -> &oid {
        let len = self.hash.len_in_bytes();
        oid::from_bytes_unchecked(&self.ids[at * len..][..len])
    }

    pub fn offset(&self, at: usize) -> u64 {
        self.offsets[at]
    }

    pub fn find(&self, id: &oid) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

/// The last entry of the fan-out table is the number of objects; the table must not fall.
fn object_count(fan: &[u8]) -> Option<usize> {
    let counts = fan.as_chunks::<4>().0;
    let rises = counts.is_sorted();
    counts.last().filter(|_| rises).map(|last| u32::from_be_bytes(*last) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(first: u8) -> [u8; 20] {
        let mut id = [0xab; 20];
        id[0] = first;
        id
    }

    fn fan(ids: &[[u8; 20]]) -> Vec<u8> {
        (0..=255u8)
            .flat_map(|byte| (ids.iter().filter(|id| id[0] <= byte).count() as u32).to_be_bytes())
            .collect()
    }

    fn v2(ids: &[[u8; 20]], short: &[u32], long: &[u64]) -> Vec<u8> {
        let mut file = V2_MAGIC.to_vec();
        file.extend(fan(ids));
        file.extend(ids.as_flattened());
        file.extend(vec![0; 4 * ids.len()]);
        file.extend(short.iter().flat_map(|offset| offset.to_be_bytes()));
        file.extend(long.iter().flat_map(|offset| offset.to_be_bytes()));
        file.extend([0; 40]);
        file
    }

    #[test]
    fn both_versions_and_long_offsets_are_read() {
        let index = Index::parse(&v2(&[id(1), id(7)], &[12, 0x8000_0000], &[1 << 40]), Kind::Sha1).unwrap();
        assert_eq!((index.offset(0), index.offset(1)), (12, 1 << 40));
        assert_eq!(index.find(oid::from_bytes_unchecked(&id(7))), Some(1));
        assert_eq!(index.find(oid::from_bytes_unchecked(&id(8))), None);

        let mut v1 = fan(&[id(3)]);
        v1.extend(99u32.to_be_bytes());
        v1.extend(id(3));
        v1.extend([0; 40]);
        let index = Index::parse(&v1, Kind::Sha1).unwrap();
        assert_eq!((index.len(), index.offset(0)), (1, 99));
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let good = v2(&[id(1), id(7)], &[12, 40], &[]);
        let table = [
            ("empty", vec![]),
            ("cut in the fan", good[..100].to_vec()),
            ("cut in the ids", good[..8 + FAN + 30].to_vec()),
            ("long offset that is not there", v2(&[id(1)], &[0x8000_0009], &[5])),
            ("ids out of order", v2(&[id(7), id(1)], &[12, 40], &[])),
            ("text", b"version https://git-lfs.github.com/spec/v1\n".repeat(40)),
        ];
        for (name, file) in table {
            assert_eq!(Index::parse(&file, Kind::Sha1).err(), Some(BadIndex), "{name}");
        }
    }
}
