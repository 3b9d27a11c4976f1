//! zlib streams whose length is known beforehand.

use super::Lost;
use gix::zlib::{Inflate, Status};
use libdeflater::Decompressor;

/// Deflate cannot spell more than 1032 bytes with one (RFC 1951: 258 bytes for two bits); a header that promises
/// more is damage, and must not make us allocate.
const MOST_PER_BYTE: u64 = 1032;

/// Decoders that are set up once a thread: one for whole streams, and a slower one that can stop early and can say
/// where a stream ended.
pub struct Inflater {
    whole: Decompressor,
    streaming: Inflate,
}

impl Default for Inflater {
    fn default() -> Self {
        Inflater { whole: Decompressor::new(), streaming: Inflate::default() }
    }
}

impl Inflater {
    /// Fills `out` with exactly `size` bytes from the stream at the start of `compressed`, whose checksum must
    /// hold. What follows the stream does not matter.
    pub fn exactly(&mut self, compressed: &[u8], size: u64, out: &mut Vec<u8>) -> Result<(), Lost> {
        make_room(compressed, size, out)?;
        match self.whole.zlib_decompress(compressed, out) {
            Ok(written) if written == out.len() => Ok(()),
            Ok(_) | Err(_) => Err(Lost::Damaged),
        }
    }

    /// The same, and how long the stream was.
    pub fn measured(&mut self, compressed: &[u8], size: u64, out: &mut Vec<u8>) -> Result<usize, Lost> {
        make_room(compressed, size, out)?;
        self.streaming.reset();
        match self.streaming.once(compressed, out) {
            Ok((Status::StreamEnd, read, written)) if written == out.len() => Ok(read),
            Ok(_) | Err(_) => Err(Lost::Damaged),
        }
    }

    /// As much of the stream as fits into `out`; how much that was.
    pub fn prefix(&mut self, compressed: &[u8], out: &mut [u8]) -> Result<usize, Lost> {
        self.streaming.reset();
        self.streaming.once(compressed, out).map(|(_, _, written)| written).map_err(|_| Lost::Damaged)
    }
}

fn make_room(compressed: &[u8], size: u64, out: &mut Vec<u8>) -> Result<(), Lost> {
    out.clear();
    if size > (compressed.len() as u64).saturating_mul(MOST_PER_BYTE) {
        return Err(Lost::Damaged);
    }
    let size = usize::try_from(size).map_err(|_| Lost::Damaged)?;
    out.try_reserve_exact(size).map_err(|_| Lost::TooLarge { size: size as u64 })?;
    out.resize(size, 0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn exact_size_and_checksum_or_damage() {
        let good = deflate(b"some bytes");
        let mut flipped = good.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let table = [
            ("good", good.clone(), 10, Ok(good.len())),
            ("shorter than said", good.clone(), 11, Err(Lost::Damaged)),
            ("longer than said", good.clone(), 9, Err(Lost::Damaged)),
            ("more behind it", [good.as_slice(), b"the next"].concat(), 10, Ok(good.len())),
            ("checksum", flipped, 10, Err(Lost::Damaged)),
            ("cut", good[..6].to_vec(), 10, Err(Lost::Damaged)),
            ("a promise of terabytes", good, 1 << 42, Err(Lost::Damaged)),
        ];
        let mut inflater = Inflater::default();
        for (name, bytes, size, expected) in table {
            let whole = inflater.exactly(&bytes, size, &mut Vec::new());
            assert_eq!(whole, expected.map(drop), "{name}");
            assert_eq!(inflater.measured(&bytes, size, &mut Vec::new()), expected, "{name}, measured");
        }
    }

    #[test]
    fn an_empty_object_is_a_stream_too() {
        let mut out = vec![1];
        assert!(Inflater::default().exactly(&deflate(b""), 0, &mut out).is_ok());
        assert!(out.is_empty());
    }
}
