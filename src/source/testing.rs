//! A sink that looks for known values, so that readers can be tested without the engine.

use super::{Flow, Sink};
use crate::model::{Chunk, Layer, Provenance, Skip, TranscriptOrigin};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A value of the shape that the engine looks for, made at run time: nothing here may look leaked.
pub fn token(seed: u8) -> String {
    let letters: String =
        (0..40u32).map(|at| char::from(b'A' + ((at * 7 + u32::from(seed)) % 26) as u8)).collect();
    format!("cfut_{letters}")
}

/// Where a value was seen.
#[derive(Clone, Debug)]
pub struct Seen {
    pub value: String,
    pub provenance: Arc<Provenance>,
    pub start: u64,
    pub end: u64,
    pub line: u64,
    pub layers: Vec<Layer>,
    /// The text before the value, as the engine would see it.
    pub before: String,
}

impl Seen {
    pub fn transcript(&self) -> TranscriptOrigin {
        self.provenance.transcript.as_deref().cloned().unwrap_or_else(|| panic!("no transcript: {self:?}"))
    }

    /// `surface session turn record role tool tool_use_id time quality`, `-` for what is not known.
    pub fn story(&self) -> String {
        let origin = self.transcript();
        let turn = origin.turn.map(|turn| turn.to_string());
        let fields = [
            Some(origin.surface),
            origin.session,
            turn,
            origin.record,
            origin.role,
            origin.tool,
            origin.tool_use_id,
            origin.time,
            origin.time_quality,
        ];
        fields.map(|field| field.unwrap_or_else(|| "-".to_owned())).join(" ")
    }
}

#[derive(Debug, Default)]
pub struct Spy {
    values: Vec<String>,
    seen: Mutex<Vec<Seen>>,
    skips: Mutex<Vec<Skip>>,
}

impl Spy {
    pub fn looking_for(values: &[&str]) -> Self {
        Spy { values: values.iter().map(|value| (*value).to_owned()).collect(), ..Spy::default() }
    }

    /// Every sight, by file and offset; the same place seen twice counts once, as in a report.
    pub fn seen(&self) -> Vec<Seen> {
        let mut all = lock(&self.seen).clone();
        let key = |seen: &Seen| (seen.provenance.display(), seen.start, seen.end, seen.layers.len());
        all.sort_by_key(key);
        all.dedup_by(|left, right| key(left) == key(right) && left.provenance == right.provenance);
        all
    }

    pub fn of(&self, value: &str) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| seen.value == value).collect()
    }

    /// The only sight of a value.
    pub fn one(&self, value: &str) -> Seen {
        let mut seen = self.of(value);
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen.remove(0)
    }

    pub fn skips(&self) -> Vec<Skip> {
        lock(&self.skips).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sink for Spy {
    fn chunk(&self, chunk: &Chunk<'_>) -> Flow {
        for value in &self.values {
            for at in memchr::memmem::find_iter(chunk.text, value.as_bytes()) {
                if !chunk.core.contains(&at) {
                    continue;
                }
                let raw = chunk.to_raw(at..at + value.len());
                let span = chunk.span(&raw);
                let lines = memchr::memchr_iter(b'\n', &chunk.raw.bytes[..raw.start]).count() as u64;
                lock(&self.seen).push(Seen {
                    value: value.clone(),
                    provenance: chunk.provenance.clone(),
                    start: span.start,
                    end: span.end,
                    line: chunk.raw.at.line + lines,
                    layers: [chunk.provenance.unwrapped.as_slice(), chunk.layers].concat(),
                    before: String::from_utf8_lossy(&chunk.text[..at]).into_owned(),
                });
            }
        }
        Flow::Continue
    }

    fn skip(&self, skip: Skip) {
        lock(&self.skips).push(skip);
    }

    fn file(&self, _bytes: u64) {}

    fn object(&self, _bytes: u64) {}
}

/// Fills `{name}` in a template.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

pub fn write(path: &Path, content: impl AsRef<[u8]>) {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).unwrap_or_else(|error| panic!("{}: {error}", parent.display()));
    }
    std::fs::write(path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
