//! Git bundles: a header that names refs, and a pack.

use super::objects::Objects;
use super::refs::{Refs, Tip};
use gix::bstr::ByteSlice;
use gix::hash::{Kind as HashKind, ObjectId};
use std::fmt;
use std::path::Path;

const SIGNATURES: [&[u8]; 2] = [b"# v2 git bundle\n", b"# v3 git bundle\n"];

pub fn is_bundle(head: &[u8]) -> bool {
    SIGNATURES.iter().any(|signature| head.starts_with(signature))
}

pub struct Bundle {
    pub objects: Objects,
    pub refs: Refs,
    /// Commits that the receiver is expected to have.
    pub prerequisites: Vec<ObjectId>,
    /// What of the pack cannot be read.
    pub hole: Option<String>,
}

#[derive(Debug)]
pub enum BundleError {
    Io(std::io::Error),
    BadHeader,
    /// Version 3 may ask for abilities; an unknown one changes what the rest means (gitformat-bundle(5)).
    Unsupported(String),
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BundleError::Io(error) => error.fmt(f),
            BundleError::BadHeader => f.write_str("the header of this bundle is damaged"),
            BundleError::Unsupported(what) => {
                write!(f, "this bundle asks for \"{what}\", which is not known")
            }
        }
    }
}

impl std::error::Error for BundleError {}

impl Bundle {
    pub fn open(path: &Path) -> Result<Self, BundleError> {
        let mut file = std::fs::read(path).map_err(BundleError::Io)?;
        let header = Header::parse(&file)?;
        file.drain(..header.len);
        let (objects, hole) = Objects::of_pack(file, header.hash);
        let head = header.tips.iter().find(|tip| tip.name == "HEAD").map(|tip| tip.id);
        Ok(Bundle { objects, refs: Refs::new(header.tips, head), prerequisites: header.prerequisites, hole })
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Header {
    hash: HashKind,
    tips: Vec<Tip>,
    prerequisites: Vec<ObjectId>,
    len: usize,
}

impl Header {
    fn parse(file: &[u8]) -> Result<Self, BundleError> {
        let signature = SIGNATURES.iter().find(|signature| file.starts_with(signature));
        let signature = signature.ok_or(BundleError::BadHeader)?;
        let mut header = Header {
            hash: HashKind::Sha1,
            tips: Vec::new(),
            prerequisites: Vec::new(),
            len: signature.len(),
        };
        loop {
            let rest = &file[header.len..];
            let line = &rest[..rest.find_byte(b'\n').ok_or(BundleError::BadHeader)?];
            header.len += line.len() + 1;
            match line.first() {
                None => return Ok(header),
                Some(b'@') => header.capability(&line[1..])?,
                Some(b'-') => header.prerequisites.push(id_at_start(&line[1..])?.0),
                Some(_) => {
                    let (id, name) = id_at_start(line)?;
                    header.tips.push(Tip { name: name.into(), id });
                }
            }
        }
    }

    fn capability(&mut self, line: &[u8]) -> Result<(), BundleError> {
        match line {
            b"object-format=sha1" => self.hash = HashKind::Sha1,
            b"object-format=sha256" => self.hash = HashKind::Sha256,
            // What was left out is missing, and is said to be.
            _ if line.starts_with(b"filter=") => {}
            _ => return Err(BundleError::Unsupported(line.to_str_lossy().into_owned())),
        }
        Ok(())
    }
}

/// `ID SP REST`; the rest may be missing.
fn id_at_start(line: &[u8]) -> Result<(ObjectId, &[u8]), BundleError> {
    let (id, rest) = line.split_once_str(" ").unwrap_or((line, b""));
    ObjectId::from_hex(id).map(|id| (id, rest)).map_err(|_| BundleError::BadHeader)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_both_versions() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let text = format!("# v2 git bundle\n-{b} base commit\n{a} refs/heads/main\n\nPACK");
        let header = Header::parse(text.as_bytes()).unwrap();
        assert_eq!(header.tips[0].name, "refs/heads/main");
        assert_eq!(header.prerequisites.len(), 1);
        assert_eq!(&text[header.len..], "PACK");

        let long = "c".repeat(64);
        let text = format!("# v3 git bundle\n@object-format=sha256\n@filter=blob:none\n{long} HEAD\n\n");
        assert_eq!(Header::parse(text.as_bytes()).unwrap().hash, HashKind::Sha256);
    }

    #[test]
    fn damaged_headers_are_errors() {
        let table = [
            "# v2 git bundle\n",
            "# v2 git bundle\nxyz refs/heads/a\n\n",
            "PACK",
            "# v3 git bundle\n@later=1\n\n",
        ];
        for text in table {
            assert!(Header::parse(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
