//! A blob in blocks, so that what was scanned once is not scanned again.
//!
//! A history is the same text over and over. Whether a value stands in a block, and how sure that is, depends on the
//! block and on what stands near it, so a block whose own bytes and those of both neighbours were seen before, under
//! the same file name, has nothing new to tell. Blocks that were copied from a delta base keep their hash; only what
//! the delta touched is hashed, and only what is new is scanned.
//!
//! Knows nothing of secrets: where the sink finds something, the block is dirty and is looked at in every version.

use super::hash::ContentHash;
use super::objects::delta::Copied;
use super::seen::Seen;
use std::ops::Range;

/// No block but a blob's only one is shorter, so a block's neighbours show at least this much around it: more than
/// the scan looks at to judge a value.
pub const MIN: usize = 1536;

/// How far past [`MIN`] a line end is preferred to a lesser cut.
const LINE_SEARCH: usize = 256;

/// A line with no other bytes than base64 for this long may be one of many of the same encoded text.
const ENCODED_LINE: usize = 48;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    end: usize,
    hash: u64,
    dirty: bool,
    /// Known to be what it is without a look: its surroundings in the delta base were the same.
    settled: bool,
}

/// The blocks of one blob.
#[derive(Clone, Debug)]
pub struct Blocks {
    blocks: Vec<Block>,
    name: u64,
}

/// A piece of the blob that is to be scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// What to show.
    pub text: Range<usize>,
    /// What to report, within the blob.
    pub core: Range<usize>,
}

/// The blocks of the delta base, and what was copied from it.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    pub blocks: &'a Blocks,
    pub copies: &'a [Copied],
}

impl Blocks {
    /// `name` stands for everything besides the bytes that the scan judges by.
    pub fn of(bytes: &[u8], name: u64, origin: Option<Origin<'_>>, hash: &ContentHash) -> Self {
        let mut cutter = Cutter { bytes, hash, blocks: Vec::new(), at: 0 };
        // A text with NUL bytes may be UTF-16, whose meaning a cut could change.
        if memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some() {
            cutter.push_whole();
        } else if let Some(origin) = origin {
            cutter.carry(origin);
        }
        cutter.cut_to(bytes.len());
        let mut blocks = Blocks { blocks: cutter.blocks.iter().map(|piece| piece.block).collect(), name };
        if let Some(origin) = origin.filter(|origin| origin.blocks.name == name) {
            blocks.settle(&cutter.blocks, origin.blocks);
        }
        blocks
    }

    /// For what is not text: nothing of it means the same elsewhere.
    pub fn none() -> Self {
        Blocks { blocks: Vec::new(), name: 0 }
    }

    /// What stood between the same neighbours in the base is as clean or dirty as it was there.
    fn settle(&mut self, pieces: &[Piece], base: &Blocks) {
        let from = |at: usize| pieces.get(at).map(|piece| piece.from);
        for (at, piece) in pieces.iter().enumerate() {
            let Some(source) = piece.from else { continue };
            let before = match at {
                0 => source == 0,
                _ => source > 0 && from(at - 1) == Some(Some(source - 1)),
            };
            let after = match from(at + 1) {
                None => source + 1 == base.blocks.len(),
                Some(next) => next == Some(source + 1),
            };
            self.blocks[at].settled = before && after;
            self.blocks[at].dirty = before && after && base.blocks[source].dirty;
        }
    }

    fn key(&self, at: usize, hash: &ContentHash) -> u64 {
        let neighbour =
            |at: Option<usize>| at.and_then(|at| self.blocks.get(at)).map_or(0, |block| block.hash);
        hash.join(&[neighbour(at.checked_sub(1)), self.blocks[at].hash, neighbour(Some(at + 1)), self.name])
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |before| self.blocks[before].end)
    }

    fn range(&self, at: usize) -> Range<usize> {
        self.start(at)..self.blocks[at].end
    }

    /// What must be scanned, given what was seen clean.
    pub fn unseen(&self, seen: &Seen, hash: &ContentHash) -> Vec<Window> {
        self.windows(|at| !self.blocks[at].settled && !seen.contains(self.key(at, hash)))
    }

    /// Notes for every block of a scanned window whether something begins in it.
    pub fn scanned(&mut self, window: &Window, hits: &[usize], seen: &Seen, hash: &ContentHash) {
        for at in self.within(&window.core) {
            let range = self.range(at);
            let dirty = hits.iter().any(|hit| range.contains(hit));
            self.blocks[at].dirty = dirty;
            if !dirty {
                seen.insert(self.key(at, hash));
            }
        }
    }

    /// Nothing was found in any block.
    pub fn all_clean(&self, seen: &Seen, hash: &ContentHash) {
        (0..self.blocks.len()).for_each(|at| seen.insert(self.key(at, hash)));
    }

    /// The blocks that hold something.
    pub fn dirty(&self) -> Vec<Window> {
        self.windows(|at| self.blocks[at].dirty)
    }

    /// The chosen blocks, neighbours in one piece, each piece with its surroundings.
    fn windows(&self, chosen: impl Fn(usize) -> bool) -> Vec<Window> {
        let mut windows: Vec<Window> = Vec::new();
        for at in (0..self.blocks.len()).filter(|at| chosen(*at)) {
            let range = self.range(at);
            let end = self.blocks.get(at + 1).unwrap_or(&self.blocks[at]).end;
            match windows.last_mut() {
                Some(last) if last.core.end == range.start => {
                    last.core.end = range.end;
                    last.text.end = end;
                }
                Some(_) | None => {
                    let start = self.start(at.saturating_sub(1));
                    windows.push(Window { text: start..end, core: range });
                }
            }
        }
        windows
    }

    fn within(&self, core: &Range<usize>) -> Range<usize> {
        let first = self.blocks.partition_point(|block| block.end <= core.start);
        let last = self.blocks.partition_point(|block| block.end < core.end);
        first..(last + 1).min(self.blocks.len())
    }
}

struct Piece {
    block: Block,
    /// Which block of the base it is.
    from: Option<usize>,
}

struct Cutter<'a> {
    bytes: &'a [u8],
    hash: &'a ContentHash,
    blocks: Vec<Piece>,
    /// What is cut already.
    at: usize,
}

impl Cutter<'_> {
    /// Takes over the blocks of the base that were copied whole, and cuts what stands between them.
    fn carry(&mut self, origin: Origin<'_>) {
        let base = origin.blocks;
        // Many a delta is thousands of short copies, none of which holds a block of the base.
        let shortest = MIN.min(base.blocks.last().map_or(0, |last| last.end));
        for copy in origin.copies.iter().filter(|copy| copy.len >= shortest) {
            let end = copy.from + copy.len;
            let mut first = base.blocks.partition_point(|block| block.end <= copy.from);
            first += usize::from(first < base.blocks.len() && base.start(first) < copy.from);
            let beyond = first + base.blocks[first..].iter().take_while(|block| block.end <= end).count();
            let place = |offset: usize| offset - copy.from + copy.to;
            for at in first..beyond {
                let start = place(base.start(at));
                // A remainder too short to be a block takes its neighbours' bytes.
                if start - self.at > 0 && start - self.at < MIN {
                    match self.blocks.pop() {
                        Some(short) => {
                            self.at -= short.block.end - self.blocks.last().map_or(0, |last| last.block.end)
                        }
                        None => continue,
                    }
                }
                self.cut_to(start);
                let end = place(base.blocks[at].end);
                let block = Block { end, hash: base.blocks[at].hash, dirty: false, settled: false };
                self.at = block.end;
                self.blocks.push(Piece { block, from: Some(at) });
            }
        }
        let short = self.bytes.len() - self.at;
        if short > 0 && short < MIN && self.blocks.pop().is_some() {
            self.at = self.blocks.last().map_or(0, |last| last.block.end);
        }
    }

    fn cut_to(&mut self, end: usize) {
        while self.at < end {
            let cut = next_cut(self.bytes, self.at, end);
            self.push(cut);
        }
    }

    fn push_whole(&mut self) {
        self.push(self.bytes.len());
    }

    fn push(&mut self, end: usize) {
        let hash = self.hash.of(&self.bytes[self.at..end]);
        self.blocks.push(Piece { block: Block { end, hash, dirty: false, settled: false }, from: None });
        self.at = end;
    }
}

/// Where the block that begins at `start` ends: after a line where one is near, never inside of encoded text (whose
/// meaning depends on where it begins), never so that less than a block is left.
fn next_cut(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut from = start + MIN;
    let last = end.saturating_sub(MIN);
    while from <= last {
        let near = &bytes[from..last.min(from + LINE_SEARCH)];
        let cut = memchr::memchr(b'\n', near).or_else(|| near.iter().position(|byte| is_loose(*byte)));
        match cut.map(|at| from + at + 1) {
            Some(cut) if !is_encoded_before(bytes, start, cut - 1) => return cut,
            Some(cut) => from = cut,
            None => from += LINE_SEARCH,
        }
    }
    end
}

/// Bytes that no encoded text holds.
fn is_loose(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b',' | b';' | b'{' | b'}' | b'<' | b'>')
}

/// Is the line (or what is left of it) before `at` so long and so plain that it may be encoded?
fn is_encoded_before(bytes: &[u8], start: usize, at: usize) -> bool {
    let line = &bytes[start.max(at.saturating_sub(ENCODED_LINE))..at];
    line.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-\r\\".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// How far the judge of these tests looks.
    const REACH: usize = 1400;

    /// Where a `%` stands with a `#` near it.
    fn judge(text: &[u8]) -> Vec<usize> {
        let near = |at: usize| &text[at.saturating_sub(REACH)..text.len().min(at + REACH)];
        memchr::memchr_iter(b'%', text).filter(|at| near(*at).contains(&b'#')).collect()
    }

    /// One run over several texts, as the walk does it.
    struct Run {
        seen: Seen,
        hash: ContentHash,
        judged: usize,
    }

    impl Run {
        fn new() -> Self {
            Run { seen: Seen::for_about(1 << 12), hash: ContentHash::new(), judged: 0 }
        }

        fn look(&mut self, text: &[u8], name: u64, origin: Option<Origin<'_>>) -> (Blocks, Vec<usize>) {
            let mut blocks = Blocks::of(text, name, origin, &self.hash);
            for window in blocks.unseen(&self.seen, &self.hash) {
                self.judged += window.text.len();
                let hits = judge(&text[window.text.clone()]).into_iter().map(|hit| hit + window.text.start);
                let hits: Vec<usize> = hits.filter(|hit| window.core.contains(hit)).collect();
                blocks.scanned(&window, &hits, &self.seen, &self.hash);
            }
            let found = blocks.dirty().into_iter().flat_map(|window| {
                let hits =
                    judge(&text[window.text.clone()]).into_iter().map(move |hit| hit + window.text.start);
                hits.filter(move |hit| window.core.contains(hit)).collect::<Vec<_>>()
            });
            let found = found.collect();
            (blocks, found)
        }
    }

    #[derive(Clone, Debug)]
    struct Edit {
        at: usize,
        removed: usize,
        inserted: Vec<u8>,
    }

    /// Applies edits from left to right, and tells what was copied.
    fn edited(base: &[u8], mut edits: Vec<Edit>) -> (Vec<u8>, Vec<Copied>) {
        edits.sort_by_key(|edit| edit.at);
        let (mut text, mut copies, mut from) = (Vec::new(), Vec::new(), 0);
        let mut copy = |range: Range<usize>, text: &mut Vec<u8>| {
            if !range.is_empty() {
                copies.push(Copied { from: range.start, to: text.len(), len: range.len() });
                text.extend_from_slice(&base[range]);
            }
        };
        for edit in edits {
            let at = edit.at.min(base.len());
            if at < from {
                continue;
            }
            copy(from..at, &mut text);
            text.extend_from_slice(&edit.inserted);
            from = (at + edit.removed).min(base.len());
        }
        copy(from..base.len(), &mut text);
        (text, copies)
    }

    fn line() -> impl Strategy<Value = Vec<u8>> {
        let word = prop_oneof![40 => "[a-z ]{0,60}\n", 2 => Just("%\n".to_owned()), 2 => Just("#\n".to_owned()),
                               1 => "[A-Za-z0-9+/]{400}"];
        word.prop_map(String::into_bytes)
    }

    fn text(lines: Range<usize>) -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(line(), lines).prop_map(|lines| lines.concat())
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let edit = (0usize..40_000, 0usize..3000, text(0..8));
        let edit = edit.prop_map(|(at, removed, inserted)| Edit { at, removed, inserted });
        proptest::collection::vec(edit, 0..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
        /// The whole point: what is spared changes nothing.
        #[test]
        fn a_history_of_edits_is_judged_like_every_version_alone(
            base in text(0..900), versions in proptest::collection::vec(edits(), 0..6), rename in 0usize..8,
        ) {
            let mut run = Run::new();
            let (mut blocks, found) = run.look(&base, 1, None);
            prop_assert_eq!(found, judge(&base));
            let mut text = base;
            for (at, edits) in versions.into_iter().enumerate() {
                let (next, copies) = edited(&text, edits);
                let origin = Origin { blocks: &blocks, copies: &copies };
                let (next_blocks, found) = run.look(&next, if at == rename { 2 } else { 1 }, Some(origin));
                prop_assert_eq!(found, judge(&next));
                (text, blocks) = (next, next_blocks);
            }
        }
    }

    #[test]
    fn blocks_cover_the_text_and_only_a_lone_one_is_short() {
        let hash = ContentHash::new();
        for len in [0, 1, MIN - 1, MIN, 2 * MIN - 1, 2 * MIN, 10 * MIN + 7] {
            let text = b"some words \n".repeat(len / 12 + 1)[..len].to_vec();
            let blocks = Blocks::of(&text, 0, None, &hash);
            assert_eq!(blocks.blocks.last().map_or(0, |block| block.end), len);
            let lengths: Vec<usize> = (0..blocks.blocks.len()).map(|at| blocks.range(at).len()).collect();
            assert!(lengths.len() <= 1 || lengths.iter().all(|length| *length >= MIN), "{len}: {lengths:?}");
        }
    }

    #[test]
    fn encoded_text_is_not_cut() {
        let hash = ContentHash::new();
        let mut text = b"begin\n".repeat(500);
        let encoded = text.len();
        text.extend(format!("{}\n", "QUJDREVG".repeat(9)).repeat(200).into_bytes());
        let end = text.len();
        text.extend(b"end\n".repeat(1000));
        let blocks = Blocks::of(&text, 0, None, &hash);
        assert!(blocks.blocks.iter().all(|block| !(encoded + 100..end - 100).contains(&block.end)));
        assert!(blocks.blocks.len() > 2);
    }

    #[test]
    fn an_edit_costs_a_look_at_its_surroundings_only() {
        let mut run = Run::new();
        let base: Vec<u8> = (0..50_000).flat_map(|line| format!("line {line}\n").into_bytes()).collect();
        let (blocks, _) = run.look(&base, 1, None);
        run.judged = 0;
        let edit = Edit { at: base.len() / 2, removed: 3, inserted: b"other".to_vec() };
        let (next, copies) = edited(&base, vec![edit]);
        let origin = Origin { blocks: &blocks, copies: &copies };
        let (_, found) = run.look(&next, 1, Some(origin));
        assert!(found.is_empty() && run.judged < 12 * MIN, "{}", run.judged);
        run.judged = 0;
        run.look(&next, 1, None);
        assert_eq!(run.judged, 0, "the same text in another family was seen already");
    }
}
