//! What no row reaches: free pages, free space between cells, frames that were overwritten.

use super::btree::TreePage;
use super::cell::{self, Kind};
use super::pager::{Bytes, Page, Pager};
use super::{Error, Item, Part, Residue, Visit, hash};
use crate::model::Position;
use std::collections::{HashMap, HashSet};
use std::ops::{ControlFlow, Range};

/// Shorter stretches hold no value worth a look.
const SHORTEST: usize = 24;
/// Neighbouring free pages are given out together, so that a value on two of them is whole.
const TOGETHER: usize = 1 << 20;

/// Which pages belong to something.
#[derive(Debug, Default)]
pub struct Reached {
    trees: Bits,
    overflows: Bits,
    /// The last page of a row is seldom full.
    filled: HashMap<u32, u32>,
    /// Pages of the log that are read as part of a row or a tree.
    from_log: HashSet<u64>,
}

impl Reached {
    pub fn tree(&mut self, page: &Page, number: u32) {
        match page.part {
            Part::Main => self.trees.set(number),
            Part::Wal => drop(self.from_log.insert(page.offset)),
        }
    }

    pub fn overflow(&mut self, page: &Page, number: u32, filled: usize) {
        match page.part {
            Part::Main => self.overflows.set(number),
            Part::Wal => drop(self.from_log.insert(page.offset)),
        }
        if page.part == Part::Main && filled < page.bytes.len() {
            self.filled.insert(number, filled as u32);
        }
    }

    /// The bytes of a page of the main file that nothing uses.
    fn free(&self, page: &[u8], number: u32, usable: usize) -> Vec<Range<usize>> {
        if self.overflows.get(number) {
            let filled = self.filled.get(&number).map_or(page.len(), |len| *len as usize);
            return one(filled..page.len());
        }
        match TreePage::of_bytes(page, number).filter(|_| self.trees.get(number)) {
            Some(tree) => gaps(&used(page, &tree, usable), page.len()),
            None => one(0..page.len()),
        }
    }
}

fn one(range: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(range).collect()
}

/// A set of page numbers, one bit each.
#[derive(Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn set(&mut self, number: u32) {
        let word = number as usize / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    fn get(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// What a page of a tree needs: its header, the list of its cells, the cells.
fn used(page: &[u8], tree: &TreePage<'_>, usable: usize) -> Vec<Range<usize>> {
    let cells = tree.cells().filter_map(|at| cell::layout(page, at, tree.kind, usable));
    std::iter::once(0..tree.pointers_end()).chain(cells.map(|layout| layout.span)).collect()
}

/// Gives out what is left of the main file, then of the log.
pub fn read(
    pager: &mut Pager<'_>,
    reached: &Reached,
    known: &HashSet<u64>,
    visit: &mut Visit<'_>,
) -> Result<(), Error> {
    if main_file(pager, reached, visit)?.is_continue() {
        log(pager, reached, known, visit)?;
    }
    Ok(())
}

fn main_file(
    pager: &mut Pager<'_>,
    reached: &Reached,
    visit: &mut Visit<'_>,
) -> Result<ControlFlow<()>, Error> {
    let mut run = Run::default();
    for number in 1..=pager.page_count {
        let Some(page) = pager.without_log(|pager| pager.page(number))? else { continue };
        for gap in reached.free(&page.bytes, number, pager.usable) {
            let offset = page.offset + gap.start as u64;
            if !run.takes(offset) && run.give(pager, offset, visit)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            run.bytes.extend_from_slice(&page.bytes[gap]);
        }
    }
    run.give(pager, 0, visit)
}

/// Free bytes that adjoin.
#[derive(Default)]
struct Run {
    offset: u64,
    bytes: Vec<u8>,
    lines: Lines,
}

impl Run {
    fn takes(&self, offset: u64) -> bool {
        self.offset + self.bytes.len() as u64 == offset && self.bytes.len() < TOGETHER
    }

    /// Gives out what was gathered, and starts again at `next`.
    fn give(
        &mut self,
        pager: &mut Pager<'_>,
        next: u64,
        visit: &mut Visit<'_>,
    ) -> Result<ControlFlow<()>, Error> {
        let bytes = std::mem::take(&mut self.bytes);
        let offset = std::mem::replace(&mut self.offset, next);
        if !is_worth_a_look(&bytes) {
            return Ok(ControlFlow::Continue(()));
        }
        let at = self.lines.at(pager.main_mut(), offset)?;
        Ok(visit(Item::Residue(Residue { part: Part::Main, offset, at, bytes: &bytes })))
    }
}

fn is_worth_a_look(bytes: &[u8]) -> bool {
    bytes.len() >= SHORTEST && bytes.iter().any(|byte| *byte != 0)
}

/// Counts the lines of a file up to ascending offsets. Lines in a binary file say little, but tools show them.
struct Lines {
    counted: u64,
    at: Position,
}

impl Default for Lines {
    fn default() -> Self {
        Lines { counted: 0, at: Position { line: 1, column: 1 } }
    }
}

impl Lines {
    fn at(&mut self, bytes: &mut Bytes<'_>, offset: u64) -> Result<Position, Error> {
        let mut buffer = vec![0; 1 << 16];
        while self.counted < offset {
            let len = (offset - self.counted).min(buffer.len() as u64) as usize;
            bytes.read_at(self.counted, &mut buffer[..len])?;
            self.at.line += memchr::memchr_iter(b'\n', &buffer[..len]).count() as u64;
            self.at.column = match memchr::memrchr(b'\n', &buffer[..len]) {
                Some(end) => (len - end) as u64,
                None => self.at.column + len as u64,
            };
            self.counted += len as u64;
        }
        Ok(self.at)
    }
}

/// The stretches of a page that nothing uses.
fn gaps(used: &[Range<usize>], page_size: usize) -> Vec<Range<usize>> {
    let mut used: Vec<&Range<usize>> = used.iter().collect();
    used.sort_by_key(|range| range.start);
    let mut free = Vec::new();
    let mut at = 0;
    for range in used {
        if range.start > at {
            free.push(at..range.start);
        }
        at = at.max(range.end);
    }
    if at < page_size {
        free.push(at..page_size);
    }
    free
}

/// Old frames repeat most of what the newest ones have; only rows that are nowhere else are given out.
fn log(
    pager: &mut Pager<'_>,
    reached: &Reached,
    known: &HashSet<u64>,
    visit: &mut Visit<'_>,
) -> Result<(), Error> {
    let (page_size, usable) = (pager.page_size, pager.usable);
    let Some(log) = pager.log_mut() else { return Ok(()) };
    let unreached = log.pages.iter().filter(|(_, offset)| !reached.from_log.contains(offset));
    let mut frames: Vec<(u64, u32)> = unreached.map(|(page, offset)| (*offset, *page)).collect();
    frames.extend_from_slice(&log.stale);
    frames.sort_unstable();
    let mut pages = HashSet::new();
    let mut lines = Lines::default();
    let mut bytes = vec![0; page_size];
    for (offset, number) in frames {
        log.bytes.read_at(offset, &mut bytes)?;
        if !pages.insert(hash(i64::from(number), &bytes)) {
            continue;
        }
        for span in unknown(&bytes, number, usable, known) {
            let offset = offset + span.start as u64;
            let at = lines.at(&mut log.bytes, offset)?;
            let residue = Residue { part: Part::Wal, offset, at, bytes: &bytes[span] };
            if visit(Item::Residue(residue)).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The stretches of an old page that hold no row known from elsewhere.
fn unknown(page: &[u8], number: u32, usable: usize, known: &HashSet<u64>) -> Vec<Range<usize>> {
    let Some(tree) = TreePage::of_bytes(page, number).filter(|tree| tree.kind == Kind::LeafTable) else {
        // An index repeats its table, and an interior page has no text; an overflow page looks like neither.
        let is_tree = TreePage::of_bytes(page, number).is_some();
        return if is_tree { Vec::new() } else { one(0..page.len()) };
    };
    let mut unknown = gaps(&used(page, &tree, usable), page.len());
    for layout in tree.cells().filter_map(|at| cell::layout(page, at, tree.kind, usable)) {
        let is_known =
            layout.overflow.is_none() && known.contains(&hash(layout.rowid, &page[layout.local.clone()]));
        if !is_known {
            unknown.push(layout.local);
        }
    }
    unknown.retain(|span| is_worth_a_look(&page[span.clone()]));
    unknown.sort_by_key(|span| span.start);
    unknown
}
