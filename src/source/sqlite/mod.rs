//! SQLite databases, read without SQLite: nothing is locked, copied, created or changed.
//!
//! A store may be open in a running agent, locked, or without its `-shm` file, and its newest rows may stand only in
//! the write-ahead log. SQLite itself would want a lock and a shared-memory file beside the store, or a copy of
//! gigabytes of secrets somewhere else. The file format (<https://sqlite.org/fileformat2.html>) is small, stable
//! and documented, and reading it here tells two things that SQL does not: which bytes belong to no row any more,
//! and which file a row stands in. Tests hold this reader against SQLite.
//!
//! Two views of one database are read: the main file as it is, then the rows that only the log has. What neither
//! reaches (free pages, free space in pages, overwritten frames) is given out as plain bytes.

mod btree;
mod cell;
mod pager;
mod residue;
mod schema;
mod wal;

pub use cell::{Cell, Encoding, Value};
pub use pager::{Bytes, Pager};
pub use schema::Table;

use crate::model::Position;
use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::ops::ControlFlow;

/// Does a file that starts so hold an SQLite database?
pub fn is_database(head: &[u8]) -> bool {
    head.starts_with(b"SQLite format 3\0")
}

/// Which file a thing stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Main,
    Wal,
}

/// A row of a table.
#[derive(Debug)]
pub struct Row<'a> {
    pub table: &'a Table,
    pub rowid: i64,
    /// By column of the table; a column that was added after the row was written is missing at the end.
    pub values: Vec<Value<'a>>,
    /// The log, if the main file does not have the row.
    pub part: Part,
    pub encoding: Encoding,
    /// Bytes at the end of the row that were over the limit.
    pub cut: u64,
}

/// Bytes that belong to no row.
#[derive(Debug)]
pub struct Residue<'a> {
    pub part: Part,
    pub offset: u64,
    /// Of the first byte, in the file.
    pub at: Position,
    pub bytes: &'a [u8],
}

/// What a database is made of, one thing at a time.
#[derive(Debug)]
pub enum Item<'a> {
    Row(Row<'a>),
    Residue(Residue<'a>),
    /// A page that is not what its parent says it is.
    Damage(Damage),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    pub part: Part,
    pub page: u32,
    pub what: &'static str,
}

/// Why a file cannot be read as a database.
#[derive(Debug)]
pub enum Error {
    Io(io::Error),
    /// It says it is a database, and its header makes no sense: encrypted, or not SQLite at all.
    Header(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => write!(f, "{error}"),
            Error::Header(what) => write!(f, "not a readable SQLite database: {what}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

pub type Visit<'v> = dyn FnMut(Item<'_>) -> ControlFlow<()> + 'v;

/// Reads everything in a database, the tables named in `first` before the others. `limit` is the most of one row
/// that is held in memory.
pub fn read(
    main: Bytes<'_>,
    wal: Option<Bytes<'_>>,
    first: &[&str],
    limit: usize,
    visit: &mut Visit<'_>,
) -> Result<(), Error> {
    let log = wal.map(wal::Log::open).transpose()?.flatten();
    let mut pager = Pager::new(main, log, limit)?;
    let mut reached = residue::Reached::default();
    let has_log = pager.has_log();
    let mut in_main = HashSet::new();
    let mut flow = pager.without_log(|pager| {
        rows(pager, first, btree::Only::All, &mut reached, visit, &mut |row| {
            if has_log {
                in_main.insert(row);
            }
            true
        })
    })?;
    let mut known = in_main.clone();
    if has_log && flow.is_continue() {
        // A page of the log is there for the sake of one row, and repeats its neighbours.
        flow = rows(&mut pager, first, btree::Only::InLog, &mut reached, visit, &mut |row| {
            known.insert(row);
            !in_main.contains(&row)
        })?;
    }
    if flow.is_continue() {
        residue::read(&mut pager, &reached, &known, visit)?;
    }
    Ok(())
}

/// The rows of one view; `is_wanted` is asked with a hash of each.
fn rows(
    pager: &mut Pager<'_>,
    first: &[&str],
    only: btree::Only,
    reached: &mut residue::Reached,
    visit: &mut Visit<'_>,
    is_wanted: &mut dyn FnMut(u64) -> bool,
) -> Result<ControlFlow<()>, Error> {
    let mut schema = schema::read(pager, reached)?;
    schema.tables.sort_by_key(|table| !first.contains(&table.name.as_str()));
    for table in &schema.tables {
        let flow = btree::walk(pager, table.root, only, reached, &mut |found| match found {
            btree::Found::Damage(damage) => visit(Item::Damage(damage)),
            btree::Found::Cell { cell, part }
                if table.is_table && is_wanted(hash(cell.rowid, &cell.payload)) =>
            {
                visit(Item::Row(table.row(&cell, part, schema.encoding)))
            }
            btree::Found::Cell { .. } => ControlFlow::Continue(()),
        })?;
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn hash(rowid: i64, payload: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (rowid, payload).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
