//! Symbolic links met in a walk. They are never followed: a target inside of the walk is scanned under its own name,
//! and one outside of it was not asked for.

use crate::model::{Provenance, Skip, SkipReason};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where a walk goes, in real names.
pub struct Bounds(Vec<PathBuf>);

impl Bounds {
    pub fn of(targets: &[PathBuf]) -> Self {
        // A target that vanished between two looks has nothing inside of it.
        Bounds(targets.iter().filter_map(|target| fs::canonicalize(target).ok()).collect())
    }

    /// What to say about the link at `path`; `None` where its target is scanned anyway.
    pub fn judge(&self, path: &Path, provenance: Provenance) -> Option<Skip> {
        let (reason, detail) = match fs::canonicalize(path) {
            Ok(real) if leads_back(path, &real) => {
                (SkipReason::LinkLoop, format!("leads back to {}", real.display()))
            }
            Ok(real) if self.0.iter().any(|root| real.starts_with(root)) => return None,
            Ok(real) => (SkipReason::LinkOutside, format!("leads to {}", real.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (SkipReason::LinkOutside, "leads to nothing".to_owned())
            }
            Err(error) if error.raw_os_error() == Some(TOO_MANY_LINKS) => {
                (SkipReason::LinkLoop, "leads to itself".to_owned())
            }
            Err(error) => (SkipReason::LinkOutside, error.to_string()),
        };
        Some(Skip { provenance, reason, detail })
    }
}

/// `ELOOP`; its `io::ErrorKind` is not stable.
const TOO_MANY_LINKS: i32 = if cfg!(target_os = "linux") { 40 } else { 62 };

/// Is `real` a directory above the link?
fn leads_back(link: &Path, real: &Path) -> bool {
    let parent = link.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::canonicalize(parent).is_ok_and(|parent| parent.starts_with(real))
}
