//! One file of a store: which reader it needs, and what is said where none can read it.

use super::home::Found;
use super::{Options, StoreKind, Tally, database, read};
use crate::model::{Layer, Provenance, Skip, SkipReason};
use crate::source::sqlite::{self, Bytes};
use crate::source::{Flow, Sink};
use jiff::Timestamp;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

/// What became of one file.
#[derive(Debug)]
pub struct Outcome {
    pub flow: Flow,
    pub is_read: bool,
    /// Another source has to read it.
    pub is_elsewhere: bool,
    pub bytes: u64,
    /// Why it was not read, or not all of it.
    pub why: Vec<String>,
}

impl Outcome {
    fn of(tally: &Tally, bytes: u64) -> Self {
        let unread = tally.unread;
        let counted = |count: u64, what: &str| (count > 0).then(|| format!("{what} left out"));
        let why = [
            counted(unread.media, "pictures and other media"),
            counted(unread.sealed, "text that only the model's provider can decrypt"),
            counted(unread.too_deep, "JSON nested deeper than the limit read as text:"),
            counted(u64::from(tally.is_cut), "labels of records over the size limit"),
        ];
        let flow = if tally.was_stopped { Flow::Stop } else { Flow::Continue };
        Outcome { flow, is_read: true, is_elsewhere: false, bytes, why: why.into_iter().flatten().collect() }
    }

    fn unread(why: impl Into<Vec<String>>) -> Self {
        Outcome { flow: Flow::Continue, is_read: false, is_elsewhere: false, bytes: 0, why: why.into() }
    }

    fn elsewhere() -> Self {
        Outcome { is_elsewhere: true, ..Outcome::unread([]) }
    }
}

/// Reads the file at the provenance's path. Every failure is a skip in the sink and a reason in the outcome.
pub fn read_file(kind: StoreKind, provenance: &Provenance, sink: &dyn Sink, options: &Options) -> Outcome {
    let refuse = |reason: SkipReason, detail: String| {
        let why = vec![detail.clone()];
        sink.skip(Skip { provenance: provenance.clone(), reason, detail });
        Outcome::unread(why)
    };
    if let Some(why) = kind.opaque() {
        return refuse(SkipReason::Opaque, why.to_owned());
    }
    match open(kind, provenance, sink, options) {
        Ok(outcome) => outcome,
        Err(Refusal::Skip(reason, detail)) => refuse(reason, detail),
        Err(Refusal::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            refuse(SkipReason::Vanished, error.to_string())
        }
        Err(Refusal::Io(error)) => refuse(SkipReason::Unreadable, error.to_string()),
    }
}

enum Refusal {
    Skip(SkipReason, String),
    Io(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Io(error)
    }
}

/// The file that SQLite keeps beside a database.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Is it a log or its index, of a database that is there? Then it is read with the database.
fn belongs_to_database(path: &Path) -> bool {
    let name = path.to_string_lossy();
    ["-wal", "-shm"]
        .iter()
        .any(|ending| name.strip_suffix(ending).is_some_and(|main| Path::new(main).exists()))
}

fn read_database(
    kind: StoreKind,
    provenance: &Provenance,
    main: File,
    log: &Path,
    sink: &dyn Sink,
    options: &Options,
) -> Result<Tally, Refusal> {
    let wal = match File::open(log) {
        Ok(file) => {
            Some((Bytes::File(file), Provenance { path: Some(log.to_owned()), ..provenance.clone() }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(Refusal::Io(error)),
    };
    let input = database::Input { main: Bytes::File(main), wal };
    database::read(kind, provenance, input, sink, options).map_err(|error| match error {
        sqlite::Error::Io(error) => Refusal::Io(error),
        sqlite::Error::Header(_) => Refusal::Skip(SkipReason::Damaged, error.to_string()),
    })
}

fn open(
    kind: StoreKind,
    provenance: &Provenance,
    sink: &dyn Sink,
    options: &Options,
) -> Result<Outcome, Refusal> {
    let path = provenance.path.as_deref().unwrap_or(Path::new("-"));
    if belongs_to_database(path) {
        return Ok(Outcome { is_read: true, ..Outcome::unread([]) });
    }
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let bytes = metadata.len();
    if let Some(limit) = options.max_bytes.filter(|limit| bytes > *limit) {
        return Err(Refusal::Skip(SkipReason::OverMaxBytes, format!("{bytes} bytes, limit {limit}")));
    }
    let mut options = options.clone();
    if options.file_time.is_none() {
        options.file_time = metadata.modified().ok().and_then(timestamp);
    }
    let mut head = [0; 16];
    let len = read_head(&mut file, &mut head)?;
    let log = beside(path, "-wal");
    let tally = match Form::of(&head[..len]) {
        // A database that was never checkpointed has an empty main file.
        Form::Text if len == 0 && log.exists() => {
            read_database(kind, provenance, file, &log, sink, &options)?
        }
        Form::Database => read_database(kind, provenance, file, &log, sink, &options)?,
        Form::Text => read(kind, provenance, &mut file, sink, &options)?,
        Form::Gzip => {
            let inner = unwrapped(provenance, Layer::Gzip);
            read(kind, &inner, &mut flate2::read::MultiGzDecoder::new(file), sink, &options)?
        }
        Form::Zstd => {
            let inner = unwrapped(provenance, Layer::Zstd);
            read(kind, &inner, &mut zstd::Decoder::new(file)?, sink, &options)?
        }
        Form::Picture => return Ok(Outcome::unread(["pictures and other media left out".to_owned()])),
        Form::Archive => return Ok(Outcome::elsewhere()),
    };
    Ok(Outcome::of(&tally, bytes))
}

fn unwrapped(provenance: &Provenance, layer: Layer) -> Provenance {
    let mut inner = provenance.clone();
    inner.unwrapped.push(layer);
    inner
}

fn read_head(file: &mut File, head: &mut [u8]) -> io::Result<usize> {
    let len = file.take(head.len() as u64).read(head)?;
    file.rewind()?;
    Ok(len)
}

fn timestamp(time: std::time::SystemTime) -> Option<String> {
    Timestamp::try_from(time).ok().map(|time| time.to_string())
}

/// How a file is stored, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Gzip,
    Zstd,
    Database,
    /// Nothing to match: a screenshot is beyond a scan of text.
    Picture,
    Archive,
}

impl Form {
    fn of(head: &[u8]) -> Self {
        const FORMS: [(&[u8], Form); 9] = [
            (b"SQLite format 3\0", Form::Database),
            (b"\x1f\x8b", Form::Gzip),
            (b"\x28\xb5\x2f\xfd", Form::Zstd),
            (b"PK\x03\x04", Form::Archive),
            (b"\x89PNG", Form::Picture),
            (b"\xff\xd8\xff", Form::Picture),
            (b"GIF8", Form::Picture),
            (b"RIFF", Form::Picture),
            (b"\0\0\0\x20ftyp", Form::Picture),
        ];
        FORMS.iter().find(|(magic, _)| head.starts_with(magic)).map_or(Form::Text, |(_, form)| *form)
    }
}

/// Reads what a walk found.
pub fn read_found(item: &Found, sink: &dyn Sink, options: &Options) -> Outcome {
    if item.is_directory {
        return Outcome::elsewhere();
    }
    let outcome = read_file(item.kind, &Provenance::file(&item.path), sink, options);
    if outcome.is_read {
        sink.file(item.bytes);
    }
    outcome
}
