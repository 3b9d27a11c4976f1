//! Objects that lie in files of their own.

use super::Lost;
use super::inflate::Inflater;
use gix::hash::{Kind as HashKind, ObjectId, oid};
use gix::objs::Kind;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Longest header: `commit 18446744073709551615\0`.
const HEADER: usize = 28;

pub fn path(objects: &Path, id: &oid) -> PathBuf {
    let hex = id.to_hex().to_string();
    objects.join(&hex[..2]).join(&hex[2..])
}

/// The ids that have a file in an object directory, sorted.
pub fn list(objects: &Path, hash: HashKind) -> std::io::Result<Vec<ObjectId>> {
    let mut ids = Vec::new();
    for first in 0..=255u8 {
        let prefix = format!("{first:02x}");
        let files = match std::fs::read_dir(objects.join(&prefix)) {
            Ok(files) => files,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for file in files {
            let name = file?.file_name();
            let hex = name.to_str().filter(|rest| prefix.len() + rest.len() == hash.len_in_hex());
            let id = hex.map(|rest| ObjectId::from_hex(format!("{prefix}{rest}").as_bytes()));
            // `tmp_obj_…` is what an interrupted git leaves behind.
            ids.extend(id.and_then(Result::ok));
        }
    }
    ids.sort_unstable();
    Ok(ids)
}

/// The kind, from no more of the file than that takes.
pub fn kind(path: &Path, inflater: &mut Inflater) -> Result<Kind, Lost> {
    let mut start = [0; 128];
    let mut file = std::fs::File::open(path).map_err(lost)?;
    let read = file.read(&mut start).map_err(lost)?;
    header(&start[..read], inflater).map(|(kind, _, _)| kind)
}

/// The kind, the size and its own length: what a loose object's header gives.
fn header(file: &[u8], inflater: &mut Inflater) -> Result<(Kind, u64, usize), Lost> {
    let mut start = [0; HEADER];
    let written = inflater.prefix(file, &mut start)?;
    gix::objs::decode::loose_header(&start[..written]).map_err(|_| Lost::Damaged)
}

pub fn read(file: &Path) -> Result<Vec<u8>, Lost> {
    std::fs::read(file).map_err(lost)
}

fn lost(error: std::io::Error) -> Lost {
    if error.kind() == std::io::ErrorKind::NotFound { Lost::Missing } else { Lost::Unreadable(error.kind()) }
}

pub fn decode(file: &[u8], inflater: &mut Inflater, out: &mut Vec<u8>) -> Result<Kind, Lost> {
    let (kind, size, header) = header(file, inflater)?;
    let whole = size.checked_add(header as u64).ok_or(Lost::Damaged)?;
    inflater.exactly(file, whole, out)?;
    out.drain(..header);
    Ok(kind)
}
