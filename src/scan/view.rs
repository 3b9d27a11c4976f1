//! Text at some depth of decoding, and the way back to the raw bytes.

use crate::model::{Chunk, Layer, OffsetMap};
use std::ops::Range;

/// From decoded text to the text it was decoded from.
#[derive(Debug)]
pub(crate) enum Back {
    Map(OffsetMap),
    /// Decompressed text: no byte of it stands for one stretch of the compressed bytes.
    All(Range<usize>),
}

impl Back {
    pub(crate) fn span(&self, text: Range<usize>) -> Range<usize> {
        match self {
            Back::Map(map) => map.raw_span(text),
            Back::All(range) => range.clone(),
        }
    }
}

/// A text and what it was decoded from.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub text: &'a [u8],
    /// Every layer undone to get here, outermost first.
    pub layers: Vec<Layer>,
    up: Option<(&'a View<'a>, &'a Back)>,
}

impl<'a> View<'a> {
    pub(crate) fn top(chunk: &Chunk<'a>) -> View<'a> {
        let mut layers = chunk.provenance.unwrapped.clone();
        layers.extend_from_slice(chunk.layers);
        View { text: chunk.text, layers, up: None }
    }

    pub(crate) fn below(parent: &'a View<'a>, text: &'a [u8], back: &'a Back, layers: &[Layer]) -> View<'a> {
        View { text, layers: [&parent.layers, layers].concat(), up: Some((parent, back)) }
    }

    pub(crate) fn is_decoded(&self) -> bool {
        self.up.is_some()
    }

    /// The text this one was decoded from, and the part of it that decodes to `range`.
    pub(crate) fn outer(&self, range: Range<usize>) -> Option<(&'a View<'a>, Range<usize>)> {
        self.up.map(|(parent, back)| (parent, back.span(range)))
    }

    /// The part of the chunk's text that decodes to `range`.
    pub(crate) fn chunk_range(&self, range: Range<usize>) -> Range<usize> {
        match self.outer(range.clone()) {
            Some((parent, range)) => parent.chunk_range(range),
            None => range,
        }
    }
}
