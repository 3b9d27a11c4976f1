//! Which source reads which target.

use crate::cli::Scan;
use crate::commands::CommandError;
use crate::commands::settings::Settings;
use crate::model::{Chunk, Provenance, Skip, SkipReason};
use crate::source::{Flow, Sink};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads every target into `sink`. A target that is not there is an error before anything is read.
pub fn read(targets: &[PathBuf], args: &Scan, _: &Settings, sink: &dyn Sink) -> Result<(), CommandError> {
    for target in targets.iter().filter(|target| !is_stdin(target)) {
        fs::metadata(target).map_err(|error| {
            CommandError::usage(format!("cannot scan {}", target.display())).because(error)
        })?;
    }
    for target in targets {
        if is_stdin(target) {
            stdin(sink);
        } else {
            files(target, args, sink);
        }
    }
    Ok(())
}

fn is_stdin(target: &Path) -> bool {
    target == Path::new("-")
}

fn stdin(sink: &dyn Sink) {
    let mut bytes = Vec::new();
    match io::stdin().lock().read_to_end(&mut bytes) {
        Ok(count) => {
            sink.file(count as u64);
            sink.chunk(&Chunk::whole(Arc::new(Provenance::stdin()), &bytes));
        }
        Err(error) => sink.skip(unreadable(Provenance::stdin(), &error)),
    }
}

fn files(target: &Path, args: &Scan, sink: &dyn Sink) {
    let walk = ignore::WalkBuilder::new(target)
        .standard_filters(args.respect_gitignore)
        .hidden(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())) {
        let provenance = Provenance::file(entry.path().strip_prefix("./").unwrap_or(entry.path()));
        match fs::read(entry.path()) {
            Ok(bytes) => {
                sink.file(bytes.len() as u64);
                if sink.chunk(&Chunk::whole(Arc::new(provenance), &bytes)) == Flow::Stop {
                    return;
                }
            }
            Err(error) => sink.skip(unreadable(provenance, &error)),
        }
    }
}

fn unreadable(provenance: Provenance, error: &io::Error) -> Skip {
    Skip { provenance, reason: SkipReason::Unreadable, detail: error.to_string() }
}
