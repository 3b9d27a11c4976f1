//! The tables of a database and the names of their columns.

use super::btree::{self, Found, Only};
use super::cell::{self, Cell, Encoding, Value};
use super::pager::{Pager, encoding};
use super::residue::Reached;
use super::{Error, Part, Row};
use std::ops::ControlFlow;

/// A table or an index: anything with pages of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub root: u32,
    /// An index repeats what its table says.
    pub is_table: bool,
    pub columns: Vec<String>,
    /// The column that is another name for the rowid.
    pub rowid_column: Option<usize>,
    /// The columns by which a person would name a row.
    pub key: Vec<usize>,
    /// Of the record as stored: `WITHOUT ROWID` puts the primary key first.
    stored: Vec<usize>,
}

#[derive(Debug)]
pub struct Schema {
    pub tables: Vec<Table>,
    pub encoding: Encoding,
}

impl Table {
    pub(super) fn row<'a>(&'a self, cell: &'a Cell, part: Part, encoding: Encoding) -> Row<'a> {
        let stored = cell::values(&cell.payload);
        let mut values = vec![Value::Null; self.columns.len().max(stored.len())];
        for (index, value) in stored.into_iter().enumerate() {
            values[self.stored.get(index).copied().unwrap_or(index)] = value;
        }
        if let Some(column) = self.rowid_column {
            values[column] = Value::Integer(cell.rowid);
        }
        Row { table: self, rowid: cell.rowid, values, part, encoding, cut: cell.missing }
    }

    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.eq_ignore_ascii_case(name))
    }
}

/// Reads the schema table, which is the tree at page 1.
pub fn read(pager: &mut Pager<'_>, reached: &mut Reached) -> Result<Schema, Error> {
    let Some(first) = pager.page(1)? else {
        return Ok(Schema { tables: Vec::new(), encoding: Encoding::Utf8 });
    };
    let encoding = encoding(&first.bytes);
    let mut tables = Vec::new();
    let _ = btree::walk(pager, 1, Only::All, reached, &mut |found| {
        if let Found::Cell { cell, .. } = found {
            tables.extend(table(&cell, encoding));
        }
        ControlFlow::Continue(())
    })?;
    // The statements that made the tables are text, too: defaults and checks may hold anything.
    tables.insert(0, schema_table());
    Ok(Schema { tables, encoding })
}

fn schema_table() -> Table {
    let columns = ["type", "name", "tbl_name", "rootpage", "sql"].map(str::to_owned).to_vec();
    let stored = (0..columns.len()).collect();
    Table {
        name: "sqlite_schema".to_owned(),
        root: 1,
        is_table: true,
        columns,
        rowid_column: None,
        key: vec![1],
        stored,
    }
}

fn table(cell: &Cell, encoding: Encoding) -> Option<Table> {
    let values = cell::values(&cell.payload);
    let text = |index: usize| decode(values.get(index)?.bytes()?, encoding);
    let Some(Value::Integer(root)) = values.get(3) else { return None };
    let root = u32::try_from(*root).ok().filter(|root| *root > 0)?;
    let is_table = text(0)? == "table";
    let declared = text(4).filter(|_| is_table).map(|sql| Declared::parse(&sql)).unwrap_or_default();
    Some(declared.table(text(1)?, root, is_table))
}

fn decode(bytes: &[u8], encoding: Encoding) -> Option<String> {
    let unit = match encoding {
        Encoding::Utf8 => return Some(String::from_utf8_lossy(bytes).into_owned()),
        Encoding::Utf16le => u16::from_le_bytes,
        Encoding::Utf16be => u16::from_be_bytes,
    };
    let units = bytes.chunks_exact(2).map(|two| unit([two[0], two[1]]));
    Some(char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// What a `CREATE TABLE` statement says, as far as it is needed here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Declared {
    columns: Vec<String>,
    primary: Vec<usize>,
    unique: Option<usize>,
    rowid_column: Option<usize>,
    without_rowid: bool,
}

impl Declared {
    fn table(self, name: String, root: u32, is_table: bool) -> Table {
        let mut stored: Vec<usize> = (0..self.columns.len()).collect();
        if self.without_rowid {
            let rest: Vec<usize> = stored.into_iter().filter(|index| !self.primary.contains(index)).collect();
            stored = [self.primary.as_slice(), &rest].concat();
        }
        let key = match (self.rowid_column, self.primary.is_empty()) {
            (Some(_), _) => Vec::new(),
            (None, false) => self.primary,
            (None, true) => self.unique.into_iter().collect(),
        };
        Table { name, root, is_table, columns: self.columns, rowid_column: self.rowid_column, key, stored }
    }

    /// The statement is the file's, so it is read and not run.
    fn parse(sql: &str) -> Self {
        let mut declared = Declared::default();
        let words = words(sql);
        let Some(open) = words.iter().position(|word| word.is("(")) else { return declared };
        let close = words.iter().rposition(|word| word.is(")")).unwrap_or(words.len());
        for item in items(&words[open + 1..close.max(open + 1)]) {
            declared.item(item);
        }
        let tail = &words[(close + 1).min(words.len())..];
        declared.without_rowid = tail.windows(2).any(|two| two[0].is("WITHOUT") && two[1].is("ROWID"));
        if declared.without_rowid {
            declared.rowid_column = None;
        }
        declared
    }

    fn item(&mut self, item: &[Word]) {
        let Some(first) = item.first() else { return };
        let is_constraint = !first.quoted
            && ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| first.is(word));
        if is_constraint {
            return self.constraint(item);
        }
        // A generated column is stored only if it says so.
        let is_generated = has(item, "AS") && item.iter().any(|word| word.is("("));
        if is_generated && !has(item, "STORED") {
            return;
        }
        let index = self.columns.len();
        self.columns.push(first.text.clone());
        if has(item, "PRIMARY") {
            self.primary.push(index);
            let is_integer = item.get(1).is_some_and(|word| word.is("INTEGER"));
            if is_integer && !has(item, "DESC") {
                self.rowid_column = Some(index);
            }
        } else if has(item, "UNIQUE") && self.unique.is_none() {
            self.unique = Some(index);
        }
    }

    fn constraint(&mut self, item: &[Word]) {
        let Some(open) = item.iter().position(|word| word.is("(")) else { return };
        let named = item[open + 1..].iter().take_while(|word| !word.is(")"));
        let columns: Vec<usize> = named
            .filter_map(|word| self.columns.iter().position(|column| column.eq_ignore_ascii_case(&word.text)))
            .collect();
        if has(&item[..open], "PRIMARY") {
            self.primary = columns;
        } else if has(&item[..open], "UNIQUE") && self.unique.is_none() {
            self.unique = columns.first().copied().filter(|_| columns.len() == 1);
        }
    }
}

fn has(item: &[Word], keyword: &str) -> bool {
    item.iter().any(|word| !word.quoted && word.is(keyword))
}

#[derive(Debug)]
struct Word {
    text: String,
    quoted: bool,
}

impl Word {
    fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(keyword)
    }
}

/// The items between commas that are in no brackets.
fn items(words: &[Word]) -> Vec<&[Word]> {
    let mut items = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (index, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "(" if !word.quoted => depth += 1,
            ")" if !word.quoted => depth -= 1,
            "," if !word.quoted && depth == 0 => {
                items.push(&words[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    items.push(&words[start.min(words.len())..]);
    items
}

/// Names, keywords and marks; comments and white space are gone.
fn words(sql: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (len, word) = match first {
            '"' | '`' | '\'' => quoted(rest, first, first),
            '[' => quoted(rest, '[', ']'),
            '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), None),
            '/' if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |at| at + 2), None),
            first if first.is_whitespace() => (first.len_utf8(), None),
            first if is_name(first) => {
                let len = rest.find(|char| !is_name(char)).unwrap_or(rest.len());
                (len, Some(Word { text: rest[..len].to_owned(), quoted: false }))
            }
            first => (first.len_utf8(), Some(Word { text: first.to_string(), quoted: false })),
        };
        words.extend(word);
        rest = &rest[len..];
    }
    words
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '$')
}

/// A quoted word; its closing mark doubled is the mark itself.
fn quoted(text: &str, open: char, close: char) -> (usize, Option<Word>) {
    let mut word = String::new();
    let mut chars = text[open.len_utf8()..].char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if char != close {
            word.push(char);
        } else if close != ']' && chars.next_if(|(_, next)| *next == close).is_some() {
            word.push(close);
        } else {
            return (open.len_utf8() + at + close.len_utf8(), Some(Word { text: word, quoted: true }));
        }
    }
    (text.len(), Some(Word { text: word, quoted: true }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns, then `!` before the rowid's name, `*` before the key's, and the order in which they are stored.
    fn told(sql: &str) -> String {
        let table = Declared::parse(sql).table("t".to_owned(), 2, true);
        let mark = |index: usize| match () {
            () if table.rowid_column == Some(index) => "!",
            () if table.key.contains(&index) => "*",
            () => "",
        };
        let columns = table.columns.iter().enumerate().map(|(index, name)| format!("{}{name}", mark(index)));
        let in_order = table.stored.iter().enumerate().all(|(place, column)| place == *column);
        let stored = if in_order { String::new() } else { format!(" {:?}", table.stored) };
        columns.collect::<Vec<_>>().join(" ") + &stored
    }

    #[test]
    fn statements_tell_columns_and_keys() {
        let table = [
            ("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)", "!id v"),
            ("CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)", "*key value"),
            (
                "CREATE TABLE \"t\" (\n `id` text PRIMARY KEY NOT NULL,\n `data` text DEFAULT ('a,b')\n)",
                "*id data",
            ),
            ("CREATE TABLE t(a, b DECIMAL(10,2), [c d], CHECK (a > (b)))", "a b c d"),
            ("CREATE TABLE t(v, b TEXT, a INT, PRIMARY KEY(a, b)) WITHOUT ROWID", "v *b *a [2, 1, 0]"),
            ("CREATE TABLE t(a -- the (first),\n, b /* , c */)", "a b"),
            ("CREATE TABLE t(a, b AS (a || 'x'), c GENERATED ALWAYS AS (a) STORED)", "a c"),
            ("CREATE TABLE t(\"primary\" TEXT, x, UNIQUE(x))", "primary *x"),
            ("CREATE TABLE t(a INTEGER PRIMARY KEY DESC)", "*a"),
            ("nonsense", ""),
            ("CREATE TABLE t(", ""),
        ];
        for (sql, want) in table {
            assert_eq!(told(sql), want, "{sql}");
        }
    }
}
