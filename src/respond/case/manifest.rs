//! `sha256sum -c MANIFEST.sha256` tells whether anything in the case was changed.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(super) const NAME: &str = "MANIFEST.sha256";

/// Every other file of the case, sorted by path.
pub(super) fn of(directory: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    collect(directory, &mut files)?;
    files.sort();
    let mut text = String::new();
    for file in files {
        let name = file.strip_prefix(directory).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if name != NAME {
            let _ = writeln!(text, "{}  {name}", HEXLOWER.encode(&Sha256::digest(fs::read(&file)?)));
        }
    }
    Ok(text)
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_but_itself_is_listed_in_the_form_of_sha256sum() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("evidence")).unwrap();
        for (name, content) in [("b.md", "b"), ("evidence/1.json", "{}"), (NAME, "old")] {
            fs::write(directory.path().join(name), content).unwrap();
        }
        let hash = |content: &str| HEXLOWER.encode(&Sha256::digest(content));
        let expected = format!("{}  b.md\n{}  evidence/1.json\n", hash("b"), hash("{}"));
        assert_eq!(of(directory.path()).unwrap(), expected);
    }
}
