//! Compressed text inside decoded text: gzip, zstd. Bounded in size.

use crate::model::Layer;
use std::io::Read;

/// A text inside base64 that unpacks to more than this is cut here.
const MOST: u64 = 16 << 20;

/// How gzip (RFC 1952) and zstd (RFC 8878) begin.
pub(crate) const MAGIC: [&[u8]; 2] = [&[0x1f, 0x8b, 0x08], &[0x28, 0xb5, 0x2f, 0xfd]];

/// The compression that `head` begins with.
pub(crate) fn is_compressed(head: &[u8]) -> Option<Layer> {
    let layers = [Layer::Gzip, Layer::Zstd];
    MAGIC.iter().zip(layers).find(|(magic, _)| head.starts_with(magic)).map(|(_, layer)| layer)
}

/// What compressed text unpacks to: all that can be read of it, and whether something was cut off.
pub(crate) fn inflate(bytes: &[u8]) -> Option<(Vec<u8>, Layer, bool)> {
    let layer = is_compressed(bytes)?;
    let mut out = Vec::new();
    // A stream cut in the middle still gives what it held before the cut.
    let whole = match layer {
        Layer::Gzip => flate2::read::MultiGzDecoder::new(bytes).take(MOST).read_to_end(&mut out).is_ok(),
        _ => zstd::Decoder::new(bytes).and_then(|decoder| decoder.take(MOST).read_to_end(&mut out)).is_ok(),
    };
    let cut = out.len() as u64 == MOST;
    (whole || !out.is_empty()).then_some((out, layer, cut))
}
