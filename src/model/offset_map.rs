use crate::model::Span;

/// A stretch of decoded text and the raw bytes it came from.
///
/// `per_text` decoded bytes stand for `per_raw` raw bytes, again and again: 1:1 for plain text, 1:2 for hex
/// and UTF-16, 3:4 for base64, and one single unit of any size for an escape (`\u005f` is 1:6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub text: u32,
    pub raw: u32,
    pub per_text: u8,
    pub per_raw: u8,
}

/// Where every byte of a decoded text came from. Offsets count from the start of the raw window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    segments: Vec<Segment>,
    text_len: u32,
    raw_len: u32,
}

impl OffsetMap {
    pub fn new() -> Self {
        Self::default()
    }

    /// The map of text that was not decoded at all.
    pub fn identity(len: usize) -> Self {
        let mut map = Self::new();
        map.copied(0, len);
        map
    }

    pub fn text_len(&self) -> usize {
        self.text_len as usize
    }

    /// The next `len` decoded bytes are the raw bytes at `raw`, unchanged.
    pub fn copied(&mut self, raw: usize, len: usize) {
        self.push(raw, len, len, 1, 1);
    }

    /// The next `text_len` decoded bytes stand for `raw_len` raw bytes at `raw`, `per_text` for each `per_raw`.
    pub fn push(&mut self, raw: usize, raw_len: usize, text_len: usize, per_text: u8, per_raw: u8) {
        if text_len == 0 {
            return;
        }
        let continues = self.segments.last().is_some_and(|last| {
            (last.per_text, last.per_raw) == (per_text, per_raw)
                && per_text == 1
                && last.raw + (self.text_len - last.text) * u32::from(per_raw) == raw as u32
        });
        if !continues {
            self.segments.push(Segment { text: self.text_len, raw: raw as u32, per_text, per_raw });
        }
        self.text_len += text_len as u32;
        self.raw_len = self.raw_len.max((raw + raw_len) as u32);
    }

    /// Continues with the piece `range` of another text that has the same raw window.
    ///
    /// This is how text is cut and joined again after decoding: a gutter dropped, an argument list made one line.
    pub fn append(&mut self, other: &OffsetMap, range: std::ops::Range<usize>) {
        let first = other.segments.partition_point(|segment| segment.text as usize <= range.start);
        let mut at = range.start;
        for index in first.saturating_sub(1)..other.segments.len() {
            if at >= range.end {
                return;
            }
            let segment = other.segments[index];
            let next = other.segments.get(index + 1).map_or(other.text_len, |next| next.text) as usize;
            let (per_text, per_raw) = (usize::from(segment.per_text), usize::from(segment.per_raw));
            let skipped = at - segment.text as usize;
            let raw = segment.raw as usize + skipped / per_text * per_raw;
            let len = next.min(range.end) - at;
            // A unit cut in two stands for all of its raw bytes on both sides.
            let torn = ((per_text - skipped % per_text) % per_text).min(len);
            if torn > 0 {
                self.push(raw, per_raw, torn, torn as u8, segment.per_raw);
            }
            let raw = if torn > 0 { raw + per_raw } else { raw };
            let whole = len - torn;
            self.push(raw, whole.div_ceil(per_text) * per_raw, whole, segment.per_text, segment.per_raw);
            at += len;
        }
    }

    /// The raw bytes that decode to `text`: the smallest raw span that covers it.
    pub fn raw_span(&self, text: std::ops::Range<usize>) -> std::ops::Range<usize> {
        if self.segments.is_empty() || text.is_empty() {
            let at = self.unit_of(text.start).map_or(0, |unit| unit.start);
            return at..at;
        }
        let start = self.unit_of(text.start).map_or(0, |unit| unit.start);
        let end = self.unit_of(text.end - 1).map_or(start, |unit| unit.end);
        start..end.max(start)
    }

    /// The raw unit that holds the decoded byte at `at`.
    fn unit_of(&self, at: usize) -> Option<std::ops::Range<usize>> {
        let index = self.segments.partition_point(|segment| segment.text as usize <= at).checked_sub(1)?;
        let segment = self.segments[index];
        let unit = (at - segment.text as usize) / usize::from(segment.per_text);
        let start = segment.raw as usize + unit * usize::from(segment.per_raw);
        let end = start + usize::from(segment.per_raw);
        Some(start..end.min(self.raw_len as usize))
    }

    /// Does the decoded range hold anything that the raw bytes spell otherwise?
    pub fn is_changed(&self, text: std::ops::Range<usize>) -> bool {
        let raw = self.raw_span(text.clone());
        raw.len() != text.len()
    }

    /// The map from this text through `outer`, of which this text's raw window is the range at `outer_start`.
    ///
    /// Used when text was decoded out of decoded text: the result speaks of the outermost raw bytes. The
    /// mapping is by unit, so a span never gets smaller than the bytes that spell it.
    pub fn through(&self, outer: &OffsetMap, outer_start: usize, span: std::ops::Range<usize>) -> Span {
        let mid = self.raw_span(span);
        let raw = outer.raw_span(mid.start + outer_start..mid.end + outer_start);
        Span { start: raw.start as u64, end: raw.end as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_map_back_by_unit() {
        let mut map = OffsetMap::new();
        map.copied(0, 3); //           abc
        map.push(3, 6, 1, 1, 6); //    _  from \u005f
        map.copied(9, 2); //           de
        map.push(11, 8, 6, 3, 4); //   six bytes of base64
        let table =
            [(0..3, 0..3), (2..5, 2..10), (3..4, 3..9), (4..6, 9..11), (6..7, 11..15), (8..10, 11..19)];
        for (text, raw) in table {
            assert_eq!(map.raw_span(text.clone()), raw, "{text:?}");
        }
        assert!(map.is_changed(2..5) && !map.is_changed(0..3));
        assert_eq!(map.text_len(), 12);
    }

    #[test]
    fn a_piece_of_a_text_maps_like_the_whole() {
        let mut whole = OffsetMap::new();
        whole.copied(2, 4);
        whole.push(6, 6, 1, 1, 6);
        whole.push(12, 12, 9, 3, 4);
        whole.copied(24, 5);
        for start in 0..whole.text_len() {
            for end in start + 1..=whole.text_len() {
                let mut piece = OffsetMap::identity(1);
                piece.append(&whole, start..end);
                assert_eq!(piece.text_len(), 1 + end - start);
                assert_eq!(piece.raw_span(1..piece.text_len()), whole.raw_span(start..end), "{start}..{end}");
                assert_eq!(piece.raw_span(1..2), whole.raw_span(start..start + 1), "{start}..{end}");
            }
        }
    }

    #[test]
    fn adjoining_copies_are_one_segment() {
        let mut map = OffsetMap::new();
        map.copied(5, 3);
        map.copied(8, 4);
        assert_eq!(map.segments.len(), 1);
        assert_eq!(map.raw_span(2..5), 7..10);
    }
}
