//! The tree of pages that a table or an index is.

use super::cell::{self, Cell, Kind};
use super::pager::{Page, Pager};
use super::residue::Reached;
use super::wal::be32;
use super::{Damage, Error, Part};
use std::collections::HashSet;
use std::ops::ControlFlow;

pub enum Found {
    Cell { cell: Cell, part: Part },
    Damage(Damage),
}

/// Which rows of a view are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    All,
    /// On pages that the log has.
    InLog,
}

/// Visits every cell with a payload, in the order of the tree.
pub fn walk(
    pager: &mut Pager<'_>,
    root: u32,
    only: Only,
    reached: &mut Reached,
    visit: &mut dyn FnMut(Found) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, Error> {
    let mut waiting = vec![root];
    let mut seen = HashSet::new();
    while let Some(number) = waiting.pop() {
        let Some(page) = pager.page(number)? else {
            if visit(damage(Part::Main, number, "a page is missing")).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            continue;
        };
        if !seen.insert(number) {
            if visit(damage(page.part, number, "a page is its own parent")).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            continue;
        }
        let Some(tree) = TreePage::of(&page, number) else {
            if visit(damage(page.part, number, "not a page of a tree")).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            continue;
        };
        reached.tree(&page, number);
        let mut children = Vec::new();
        let is_wanted = tree.kind != Kind::InteriorTable && (only == Only::All || page.part == Part::Wal);
        for at in tree.cells() {
            let Some(layout) = cell::layout(&page.bytes, at, tree.kind, pager.usable) else { continue };
            children.extend(layout.child);
            if !is_wanted {
                continue;
            }
            let cell = cell::payload(pager, &page.bytes, &layout, reached)?;
            if visit(Found::Cell { cell, part: page.part }).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        children.extend(tree.right_child());
        waiting.extend(children.into_iter().rev());
    }
    Ok(ControlFlow::Continue(()))
}

fn damage(part: Part, page: u32, what: &'static str) -> Found {
    Found::Damage(Damage { part, page, what })
}

/// A page as part of a tree.
pub struct TreePage<'p> {
    bytes: &'p [u8],
    pub kind: Kind,
    /// Where the page's own header starts: behind the file's on page 1.
    header: usize,
    count: usize,
}

impl<'p> TreePage<'p> {
    pub fn of(page: &'p Page, number: u32) -> Option<Self> {
        Self::of_bytes(&page.bytes, number)
    }

    pub fn of_bytes(bytes: &'p [u8], number: u32) -> Option<Self> {
        let header = if number == 1 { 100 } else { 0 };
        let kind = Kind::of(*bytes.get(header)?)?;
        let count = usize::from(u16::from_be_bytes([bytes[header + 3], bytes[header + 4]]));
        let tree = TreePage { bytes, kind, header, count };
        (tree.pointers_end() <= bytes.len()).then_some(tree)
    }

    fn header_len(&self) -> usize {
        if self.kind.is_leaf() { 8 } else { 12 }
    }

    /// The end of the list that says where the cells are.
    pub fn pointers_end(&self) -> usize {
        self.header + self.header_len() + 2 * self.count
    }

    pub fn cells(&self) -> impl Iterator<Item = usize> + use<'p> {
        let start = self.header + self.header_len();
        let pointers = &self.bytes[start..self.pointers_end()];
        pointers.chunks_exact(2).map(|two| usize::from(u16::from_be_bytes([two[0], two[1]])))
    }

    fn right_child(&self) -> Option<u32> {
        (!self.kind.is_leaf()).then(|| be32(self.bytes, self.header + 8))
    }
}
