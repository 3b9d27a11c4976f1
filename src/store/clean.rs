use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 16] = b"cfleak clean 1\n\0";

/// Bytes of the hash that names the circumstances.
pub const CIRCUMSTANCES: usize = 32;

/// Bytes that tell the name an object was looked at under.
const NAME: usize = 4;

/// More than this is not kept: at some point reading the memory costs more than looking again.
const MOST_BYTES: usize = 512 << 20;

/// Ids of clean objects, sorted, each with a hash of the file name it was looked at under.
///
/// The file is the magic, the circumstances, the length of an id, the rows, and a CRC-32 of all that.
#[derive(Debug)]
pub struct CleanStore {
    path: PathBuf,
    circumstances: [u8; CIRCUMSTANCES],
    id_len: usize,
    rows: Vec<u8>,
}

/// A file that is there and is no memory. It is ignored, and said to be.
#[derive(Debug)]
pub enum StoreError {
    Unreadable {
        path: PathBuf,
        source: io::Error,
    },
    /// Cut, changed, or something else altogether.
    Foreign(PathBuf),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Unreadable { path, source } => {
                write!(f, "cannot read what earlier scans learned, {}: {source}", path.display())
            }
            StoreError::Foreign(path) => {
                write!(f, "{} is damaged or none of ours, so everything is looked at again", path.display())
            }
        }
    }
}

impl std::error::Error for StoreError {}

impl CleanStore {
    /// An empty memory that would be kept at `path`.
    pub fn empty(path: &Path, circumstances: [u8; CIRCUMSTANCES], id_len: usize) -> Self {
        CleanStore { path: path.to_owned(), circumstances, id_len, rows: Vec::new() }
    }

    /// Reads a memory. None yet, or one of other circumstances, is empty.
    pub fn open(path: &Path, circumstances: [u8; CIRCUMSTANCES], id_len: usize) -> Result<Self, StoreError> {
        let empty = Self::empty(path, circumstances, id_len);
        let mut file = match fs::read(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(empty),
            Err(source) => return Err(StoreError::Unreadable { path: path.to_owned(), source }),
        };
        let foreign = || StoreError::Foreign(path.to_owned());
        let head = empty.head();
        let body = file.len().checked_sub(4).filter(|len| *len >= head.len()).ok_or_else(foreign)?;
        let sum = crc32fast::hash(&file[..body]).to_le_bytes();
        if file[..MAGIC.len()] != MAGIC[..] || file[body..] != sum {
            return Err(foreign());
        }
        if file[..head.len()] != head {
            return Ok(empty);
        }
        file.truncate(body);
        file.drain(..head.len());
        let is_whole = file.len().is_multiple_of(empty.row());
        let is_sorted = file.chunks_exact(empty.row()).is_sorted_by_key(|row| &row[..id_len]);
        if !is_whole || !is_sorted {
            return Err(foreign());
        }
        Ok(CleanStore { rows: file, ..empty })
    }

    fn head(&self) -> Vec<u8> {
        [&MAGIC[..], &self.circumstances, &[self.id_len as u8]].concat()
    }

    fn row(&self) -> usize {
        self.id_len + NAME
    }

    pub fn len(&self) -> usize {
        self.rows.len() / self.row()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Was this object clean, under that name if one is given?
    pub fn knows(&self, id: &[u8], name: Option<u32>) -> bool {
        let row = |at: usize| &self.rows[at * self.row()..][..self.row()];
        // Ids are hashes, so where one stands is nearly known from its first bytes.
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = guess(row(low), row(high - 1), id, low, high);
            match row(middle)[..self.id_len].cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    let known = &row(middle)[self.id_len..];
                    return name.is_none_or(|name| known == name.to_le_bytes());
                }
            }
        }
        false
    }

    /// Keeps what was learned, in place of what was known before: rows in the order of their ids. A file appears whole
    /// or not at all.
    pub fn keep<'i>(&self, learned: impl Iterator<Item = (&'i [u8], u32)>) -> io::Result<()> {
        let mut file = self.head();
        for (id, name) in learned {
            file.extend_from_slice(id);
            file.extend_from_slice(&name.to_le_bytes());
            if file.len() > MOST_BYTES {
                return Ok(());
            }
        }
        let sum = crc32fast::hash(&file);
        file.extend_from_slice(&sum.to_le_bytes());
        let directory = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory)?;
        let mut whole = tempfile::NamedTempFile::new_in(directory)?;
        whole.write_all(&file)?;
        whole.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

/// Where `id` would stand between two rows if ids were spread evenly. Always a row of the range.
fn guess(first: &[u8], last: &[u8], id: &[u8], low: usize, high: usize) -> usize {
    let number = |bytes: &[u8]| bytes.first_chunk::<8>().map_or(0, |head| u64::from_be_bytes(*head));
    let (first, last, id) = (number(first), number(last), number(id));
    let span = last.saturating_sub(first);
    let share = id.saturating_sub(first).min(span);
    let rows = (high - low - 1) as u128;
    let at = (u128::from(share) * rows).checked_div(u128::from(span)).unwrap_or(rows / 2);
    low + at as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: [u8; 32] = [7; 32];

    fn id(n: u32) -> Vec<u8> {
        // Spread like hashes, and some that share their first bytes.
        let mut id = n.wrapping_mul(0x9e37_79b9).to_be_bytes().to_vec();
        id.extend_from_slice(&[0; 12]);
        id.extend_from_slice(&n.to_be_bytes());
        id[0] &= 0x3f;
        id
    }

    fn kept(path: &Path, count: u32) -> CleanStore {
        let mut learned: Vec<(Vec<u8>, u32)> = (0..count).map(|n| (id(n), n)).collect();
        learned.sort_unstable();
        let rows = learned.iter().map(|(id, name)| (id.as_slice(), *name));
        CleanStore::empty(path, HERE, 20).keep(rows).unwrap();
        CleanStore::open(path, HERE, 20).unwrap()
    }

    #[test]
    fn what_was_learned_is_known_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        for count in [0, 1, 2, 3, 5000] {
            let store = kept(&directory.path().join("clean"), count);
            assert_eq!(store.len(), count as usize);
            for n in 0..count {
                assert!(store.knows(&id(n), None) && store.knows(&id(n), Some(n)));
                assert!(!store.knows(&id(n), Some(n + 1)), "another name is another look");
            }
            for n in count..count + 2000 {
                assert!(!store.knows(&id(n), None));
            }
            assert!(!store.knows(&[1; 20], None) && !store.knows(&[0xff; 20], None));
        }
    }

    #[test]
    fn other_circumstances_know_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("clean");
        kept(&path, 10);
        assert!(CleanStore::open(&path, [8; 32], 20).unwrap().is_empty());
        assert!(CleanStore::open(&path, HERE, 32).unwrap().is_empty());
        assert!(CleanStore::open(&directory.path().join("none"), HERE, 20).unwrap().is_empty());
    }

    #[test]
    fn damage_is_told_and_never_believed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("clean");
        kept(&path, 10);
        let good = fs::read(&path).unwrap();
        let mut changed = good.clone();
        changed[60] ^= 1;
        let table = [
            ("changed", changed),
            ("cut", good[..good.len() - 7].to_vec()),
            ("text", b"something else entirely, and long enough to be looked at".repeat(3)),
            ("empty", vec![]),
        ];
        for (name, bytes) in table {
            fs::write(&path, bytes).unwrap();
            assert!(matches!(CleanStore::open(&path, HERE, 20), Err(StoreError::Foreign(_))), "{name}");
        }
    }
}
