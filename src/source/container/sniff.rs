//! What do these bytes begin like?

use super::compressed::Codec;
use std::fs::File;
use std::os::unix::fs::FileExt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Compressed(Codec),
    Tar,
    Zip,
    /// Recognised, so that nobody takes its silence for emptiness.
    Unsupported(&'static str),
}

/// Formats that hide their content and that are not opened here.
const UNSUPPORTED: [(&[u8], &str); 13] = [
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"hsqs", "a SquashFS image"),
    (b"sqsh", "a SquashFS image"),
    (b"MSCF\0\0\0\0", "a cabinet file"),
    (b"xar!\0\x1c", "a xar archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 stream"),
    (b"LZIP\x01", "an lzip stream"),
    (b"\x89LZO\0\r\n\x1a\n", "an lzop stream"),
    (b"\xff\x06\0\0sNaPpY", "a Snappy stream"),
    (b"\x1f\x9d\x90", "a compress (.Z) stream"),
    (b"\xed\xab\xee\xdb", "an RPM package"),
    (b"!<arch>\ndebian-binary", "a Debian package"),
];

/// Judges bytes by how they begin (and, for a zip with something before it, by how they end).
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    let (at, _) = bytes.split_at(bytes.len().min(512));
    begins_like(at)
        .or_else(|| ends_like_zip(&bytes[bytes.len().saturating_sub(ZIP_END)..]).then_some(Format::Zip))
}

/// The same for a file of which only the head was read.
pub fn sniff_file(file: &File, len: u64, head: &[u8]) -> Option<Format> {
    let mut end = [0; ZIP_END];
    begins_like(head).or_else(|| {
        let read = file.read_exact_at(&mut end, len.saturating_sub(ZIP_END as u64));
        (read.is_ok() && ends_like_zip(&end)).then_some(Format::Zip)
    })
}

fn begins_like(head: &[u8]) -> Option<Format> {
    let codec =
        [Codec::Gzip, Codec::Zstd, Codec::Xz, Codec::Bzip2].into_iter().find(|codec| codec.begins(head));
    if let Some(codec) = codec {
        return Some(Format::Compressed(codec));
    }
    if begins_like_zip(head) {
        return Some(Format::Zip);
    }
    if begins_like_tar(head) {
        return Some(Format::Tar);
    }
    let (_, name) = UNSUPPORTED.iter().find(|(magic, _)| head.starts_with(magic))?;
    Some(Format::Unsupported(name))
}

fn begins_like_zip(head: &[u8]) -> bool {
    const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
    // An empty one is only its end; a split one that fitted into one part has a mark before it.
    head.starts_with(LOCAL_HEADER)
        || head.starts_with(b"PK\x05\x06\0\0\0\0")
        || head
            .strip_prefix(b"PK\x07\x08")
            .or(head.strip_prefix(b"PK00"))
            .is_some_and(|at| at.starts_with(LOCAL_HEADER))
}

/// Length of the end record of a zip without a comment.
const ZIP_END: usize = 22;

/// A program with a zip behind it (a self-extracting archive, an executable jar) is found from its end.
fn ends_like_zip(end: &[u8]) -> bool {
    end.len() == ZIP_END && end.starts_with(b"PK\x05\x06\0\0\0\0") && end.ends_with(b"\0\0")
}

/// A header whose checksum is right: there is no better mark, old archives have no other.
pub fn begins_like_tar(head: &[u8]) -> bool {
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let Some(header) = head.first_chunk::<512>() else { return false };
    let Some(stated) = octal(&header[CHECKSUM]) else { return false };
    let sum: u64 = header
        .iter()
        .enumerate()
        .map(|(index, byte)| u64::from(if CHECKSUM.contains(&index) { b' ' } else { *byte }))
        .sum();
    stated == sum && header[0] != 0
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    u64::from_str_radix(text, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        let table: [(&[u8], Option<Format>); 15] = [
            (b"", None),
            (b"\x1f\x8b\x08\0rest", Some(Format::Compressed(Codec::Gzip))),
            (b"\x1f\x8b\x08\xe0rest", None),
            (b"\x28\xb5\x2f\xfd", Some(Format::Compressed(Codec::Zstd))),
            (b"\x50\x2a\x4d\x18", Some(Format::Compressed(Codec::Zstd))),
            (b"\xfd7zXZ\0", Some(Format::Compressed(Codec::Xz))),
            (b"BZh91AY&SY", Some(Format::Compressed(Codec::Bzip2))),
            (b"BZh9 is how this text begins", None),
            (b"PK\x03\x04", Some(Format::Zip)),
            (b"PK\x05\x06\0\0\0\0", Some(Format::Zip)),
            (b"PK00PK\x03\x04", Some(Format::Zip)),
            (b"PKG_NAME=x", None),
            (b"7z\xbc\xaf\x27\x1c", Some(Format::Unsupported("a 7-Zip archive"))),
            (&[0; 1024], None),
            (&[b'a'; 1024], None),
        ];
        for (bytes, format) in table {
            assert_eq!(sniff(bytes), format, "{:?}", bytes.get(..8));
        }
    }

    #[test]
    fn a_tar_is_told_by_its_checksum_even_without_a_mark() {
        let mut header = tar::Header::new_old();
        header.set_path("a.txt").unwrap();
        header.set_size(0);
        header.set_cksum();
        let mut bytes = header.as_bytes().to_vec();
        assert_eq!(sniff(&bytes), Some(Format::Tar));
        bytes[0] ^= 1;
        assert_eq!(sniff(&bytes), None);
    }
}
