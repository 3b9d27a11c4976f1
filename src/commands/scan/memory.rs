//! The clean-object store of a run: where it lies, and what it depends on.

use crate::commands::settings::Settings;
use crate::commands::{CommandError, edge, engine};
use crate::model::Confidence;
use crate::rules;
use crate::scan::Options;
use crate::source::git::memory::{Memory, Nothing};
use crate::source::git::repository::Repository;
use crate::source::limits::Limits;
use crate::store::CleanStore;
use crate::ui::Talk;
use gix::hash::{ObjectId, oid};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;

/// Opens the memories of repositories.
pub struct Memories {
    /// `None`: nothing is remembered.
    directory: Option<PathBuf>,
    circumstances: [u8; 32],
    talk: Talk,
}

impl Memories {
    pub fn none(talk: Talk) -> Self {
        Memories { directory: None, circumstances: [0; 32], talk }
    }

    pub fn new(settings: &Settings, options: &Options, limits: &Limits) -> Result<Self, CommandError> {
        Ok(Memories {
            directory: edge::cache_home().map(|cache| cache.join("cfleak").join("clean")),
            circumstances: circumstances(settings, options, limits)?,
            talk: settings.talk,
        })
    }

    pub fn of(&self, repository: &Repository) -> Box<dyn Memory> {
        let Some(directory) = &self.directory else { return Box::new(Nothing) };
        let place = fs::canonicalize(&repository.common_dir).unwrap_or(repository.common_dir.clone());
        let name =
            data_encoding::HEXLOWER.encode(&Sha256::digest(place.as_os_str().as_encoded_bytes())[..16]);
        let path = directory.join(name);
        let id_len = repository.hash.len_in_bytes();
        let store = CleanStore::open(&path, self.circumstances, id_len).unwrap_or_else(|error| {
            self.talk.warn(&error.to_string());
            CleanStore::empty(&path, self.circumstances, id_len)
        });
        Box::new(Kept { store, talk: self.talk })
    }
}

struct Kept {
    store: CleanStore,
    talk: Talk,
}

impl Memory for Kept {
    fn is_clean(&self, id: &oid, name: Option<u32>) -> bool {
        self.store.knows(id.as_bytes(), name)
    }

    fn learn(&self, mut clean: Vec<(ObjectId, u32)>) {
        if clean.len() == self.store.len()
            && clean.iter().all(|(id, _)| self.store.knows(id.as_bytes(), None))
        {
            return;
        }
        clean.sort_unstable();
        let rows = clean.iter().map(|(id, name)| (id.as_bytes(), *name));
        if let Err(error) = self.store.keep(rows) {
            self.talk.warn(&format!("what this scan learned could not be kept: {error}"));
        }
    }
}

/// Everything that "nothing was found" depends on, besides the object itself.
fn circumstances(settings: &Settings, options: &Options, limits: &Limits) -> Result<[u8; 32], CommandError> {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    add(env!("CARGO_PKG_VERSION").as_bytes());
    // Between versions, another build may see more.
    let build = edge::own_path().and_then(|path| fs::metadata(path).ok());
    add(format!("{:?}", build.map(|about| (about.len(), about.modified().ok()))).as_bytes());
    for (_, text) in rules::builtin() {
        add(text.as_bytes());
    }
    for path in engine::pattern_files(&settings.config.patterns)? {
        add(&fs::read(&path).unwrap_or_default());
    }
    add(format!("{:?} {options:?} {limits:?}", settings.config.labels).as_bytes());
    add(&[u8::from(settings.min_confidence == Confidence::Low)]);
    Ok(hash.finalize().into())
}
