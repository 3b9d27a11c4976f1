//! Paths as other programs want them: relative to the repository, in URI form.

use crate::model::{Provenance, SourceKind, tidy};
use crate::report::Base;
use std::fmt::Write;
use std::path::Path;

/// Where an artifact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    /// Relative to the root of the repository, or to the working directory where there is none.
    Relative(String),
    Absolute(String),
}

impl Uri {
    pub fn of(provenance: &Provenance, base: &Base) -> Self {
        match (&provenance.path, provenance.source) {
            // A path in a tree is relative to the repository by nature.
            (Some(path), SourceKind::Git | SourceKind::Forge) => Uri::Relative(encode(path)),
            (Some(path), SourceKind::File | SourceKind::Stdin | SourceKind::Ci | SourceKind::Transcript) => {
                on_disk(path, base)
            }
            (None, SourceKind::Stdin) => Uri::Relative("stdin".to_owned()),
            // Texts that are no files: messages of commits and tags, names of refs.
            (
                None,
                SourceKind::File
                | SourceKind::Git
                | SourceKind::Ci
                | SourceKind::Transcript
                | SourceKind::Forge,
            ) => Uri::Relative(".git".to_owned()),
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Uri::Relative(text) | Uri::Absolute(text) => text,
        }
    }
}

/// A directory as `file:///…/`.
pub fn directory(path: &Path) -> String {
    format!("file://{}/", encode(path).trim_end_matches('/'))
}

fn on_disk(path: &Path, base: &Base) -> Uri {
    let Some(working_directory) = &base.working_directory else {
        return if path.is_absolute() { Uri::Absolute(file(path)) } else { Uri::Relative(encode(path)) };
    };
    let whole = tidy(&working_directory.join(path));
    let root = base.repository.as_ref().unwrap_or(working_directory);
    match whole.strip_prefix(root) {
        Ok(inner) => Uri::Relative(encode(inner)),
        Err(_) => Uri::Absolute(file(&whole)),
    }
}

fn file(path: &Path) -> String {
    format!("file://{}", encode(path))
}

/// RFC 3986: everything but unreserved characters and `/` as percent signs, byte by byte.
fn encode(path: &Path) -> String {
    let mut uri = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            b'\\' if cfg!(windows) => uri.push('/'),
            other => {
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_repository_wherever_the_scan_was_started() {
        let base = Base {
            working_directory: Some("/home/me/repo/sub".into()),
            repository: Some("/home/me/repo".into()),
        };
        for (path, uri) in [
            ("a.txt", "sub/a.txt"),
            ("./a.txt", "sub/a.txt"),
            ("../b/c.txt", "b/c.txt"),
            ("/home/me/repo/d e.txt", "d%20e.txt"),
            ("/etc/x", "file:///etc/x"),
            ("../../y", "file:///home/me/y"),
            ("ключ", "sub/%D0%BA%D0%BB%D1%8E%D1%87"),
        ] {
            assert_eq!(Uri::of(&Provenance::file(path), &base).as_str(), uri, "{path}");
        }
        assert_eq!(Uri::of(&Provenance::git(Some("src/x".into())), &base).as_str(), "src/x");
        assert_eq!(Uri::of(&Provenance::stdin(), &base).as_str(), "stdin");
    }
}
