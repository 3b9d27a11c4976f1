//! Everything a repository or a bundle holds: history, ref names, the texts of its git directory.

use super::bundle::{Bundle, BundleError};
use super::history::{History, Options};
use super::memory::{Memory, Nothing};
use super::repository::Repository;
use super::texts;
use crate::model::{Provenance, Skip, SkipReason};
use crate::source::{Flow, Sink};
use std::path::Path;

pub fn repository(repository: &Repository, options: &Options, memory: &dyn Memory, sink: &dyn Sink) -> Flow {
    let (objects, broken) = repository.objects();
    for file in broken {
        sink.skip(Skip {
            provenance: Provenance::file(file.path),
            reason: SkipReason::Damaged,
            detail: file.what,
        });
    }
    if let Some(problem) = &repository.problem {
        let detail = format!("its refs are not known, so nothing counts as reachable: {problem}");
        sink.skip(Skip {
            provenance: Provenance::file(&repository.git_dir),
            reason: if repository.gix().is_some() { SkipReason::Unsupported } else { SkipReason::Damaged },
            detail,
        });
    }
    let refs = repository.refs();
    let history = repository.history(&objects, &refs);
    history
        .scan(options, memory, sink)
        .then(|| texts::ref_names(&history, sink))
        .then(|| texts::files(repository, &options.limits, sink))
}

pub fn bundle(path: &Path, options: &Options, sink: &dyn Sink) -> Flow {
    let skip = |reason, detail| sink.skip(Skip { provenance: Provenance::file(path), reason, detail });
    let bundle = match Bundle::open(path) {
        Ok(bundle) => bundle,
        Err(error) => {
            let reason = match error {
                BundleError::Io(_) => SkipReason::Unreadable,
                BundleError::BadHeader => SkipReason::Damaged,
                BundleError::Unsupported(_) => SkipReason::Unsupported,
            };
            skip(reason, error.to_string());
            return Flow::Continue;
        }
    };
    match &bundle.hole {
        Some(hole) if bundle.prerequisites.is_empty() => skip(SkipReason::Damaged, hole.clone()),
        Some(hole) => {
            skip(SkipReason::MissingObject, format!("{hole}; it builds on commits that are not in it"))
        }
        None => {}
    }
    let name = path.display().to_string();
    let history = History { repository: &name, objects: &bundle.objects, refs: &bundle.refs };
    history.scan(options, &Nothing, sink).then(|| texts::ref_names(&history, sink))
}
