//! zlib streams whose length is known beforehand.

use super::Lost;
use gix::zlib::{Inflate, Status};

/// Deflate cannot spell more than 1032 bytes with one (RFC 1951: 258 bytes for two bits); a header that promises
/// more is damage, and must not make us allocate.
const MOST_PER_BYTE: u64 = 1032;

/// A decoder that is set up once a thread.
#[derive(Default)]
pub struct Inflater(Inflate);

impl Inflater {
    /// Fills `out` with exactly `size` bytes from the stream at the start of `compressed`, whose checksum must
    /// hold. Returns how long the stream was.
    pub fn exactly(&mut self, compressed: &[u8], size: u64, out: &mut Vec<u8>) -> Result<usize, Lost> {
        out.clear();
        if size > (compressed.len() as u64).saturating_mul(MOST_PER_BYTE) {
            return Err(Lost::Damaged);
        }
        let size = usize::try_from(size).map_err(|_| Lost::Damaged)?;
        out.try_reserve_exact(size).map_err(|_| Lost::TooLarge { size: size as u64 })?;
        out.resize(size, 0);
        self.0.reset();
        match self.0.once(compressed, out) {
            Ok((Status::StreamEnd, read, written)) if written == size => Ok(read),
            Ok(_) | Err(_) => Err(Lost::Damaged),
        }
    }

    /// As much of the stream as fits into `out`; how much that was.
    pub fn prefix(&mut self, compressed: &[u8], out: &mut [u8]) -> Result<usize, Lost> {
        self.0.reset();
        self.0.once(compressed, out).map(|(_, _, written)| written).map_err(|_| Lost::Damaged)
    }
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
            ("checksum", flipped, 10, Err(Lost::Damaged)),
            ("cut", good[..6].to_vec(), 10, Err(Lost::Damaged)),
            ("a promise of terabytes", good, 1 << 42, Err(Lost::Damaged)),
        ];
        let mut inflater = Inflater::default();
        for (name, bytes, size, expected) in table {
            assert_eq!(inflater.exactly(&bytes, size, &mut Vec::new()), expected, "{name}");
        }
    }

    #[test]
    fn an_empty_object_is_a_stream_too() {
        let mut out = vec![1];
        assert!(Inflater::default().exactly(&deflate(b""), 0, &mut out).is_ok());
        assert!(out.is_empty());
    }
}
