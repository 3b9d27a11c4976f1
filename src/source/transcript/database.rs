//! A store that is an SQLite database: its rows as records, and what was left of rows that are gone.

use super::label::{Label, Rule, role_of};
use super::protobuf;
use super::record::{Parsed, Record, Target};
use super::session::Session;
use super::table::{Column, ColumnTest, Table};
use super::{Options, StoreKind, Tally};
use crate::model::{Layer, Position, Provenance, Skip, SkipReason};
use crate::source::json::{Origin, Text};
use crate::source::sqlite::{self, Bytes, Damage, Item, Part, Residue, Row};
use crate::source::{Flow, Sink};
use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::{ControlFlow, Range};

/// Shorter values hold nothing, but say what the others in their row are.
const SHORTEST: usize = 8;
const LONGEST_CONTEXT: usize = 200;
/// Rows that other rows refer to: a bound for memory, far above any store.
const MOST_REMEMBERED: usize = 1 << 20;

/// A database and its log, as files or as bytes.
pub struct Input<'a> {
    pub main: Bytes<'a>,
    pub wal: Option<(Bytes<'a>, Provenance)>,
}

/// Reads all rows and what was left of others.
pub fn read(
    kind: StoreKind,
    provenance: &Provenance,
    input: Input<'_>,
    sink: &dyn Sink,
    options: &Options,
) -> Result<Tally, sqlite::Error> {
    let (wal, wal_provenance) = match input.wal {
        Some((bytes, provenance)) => (Some(bytes), provenance),
        None => (None, provenance.clone()),
    };
    let tables = kind.tables();
    let referred = tables.iter().filter(|table| table.remember.is_some());
    let first: Vec<&str> = referred.map(|table| table.name.as_str()).collect();
    let mut reader = Reader {
        kind,
        tables,
        main: provenance.clone(),
        wal: wal_provenance,
        session: Session::new(kind, provenance, options.file_time.clone(), true),
        remembered: HashMap::new(),
        sink,
        options,
        tally: Tally::default(),
    };
    sqlite::read(input.main, wal, &first, options.record_cap, &mut |item| match reader.item(item) {
        Flow::Continue => ControlFlow::Continue(()),
        Flow::Stop => {
            reader.tally.was_stopped = true;
            ControlFlow::Break(())
        }
    })?;
    Ok(reader.tally)
}

struct Reader<'a> {
    kind: StoreKind,
    tables: &'static [Table],
    main: Provenance,
    wal: Provenance,
    session: Session,
    remembered: HashMap<String, Label>,
    sink: &'a dyn Sink,
    options: &'a Options,
    tally: Tally,
}

impl Reader<'_> {
    fn item(&mut self, item: Item<'_>) -> Flow {
        match item {
            Item::Row(row) => self.row(&row),
            Item::Residue(residue) => self.residue(&residue),
            Item::Damage(damage) => self.damage(&damage),
        }
    }

    fn of(&self, part: Part) -> &Provenance {
        match part {
            Part::Main => &self.main,
            Part::Wal => &self.wal,
        }
    }

    fn damage(&mut self, damage: &Damage) -> Flow {
        let detail = format!("page {}: {}", damage.page, damage.what);
        let provenance = self.of(damage.part).clone();
        self.sink.skip(Skip { provenance, reason: SkipReason::Damaged, detail });
        Flow::Continue
    }

    fn residue(&mut self, residue: &Residue<'_>) -> Flow {
        self.session.enter(self.of(residue.part).clone());
        let provenance = self.session.plain();
        let record = Record { bytes: residue.bytes, offset: residue.offset, at: residue.at };
        self.target(&[]).push_text(record, 0..residue.bytes.len(), &provenance)
    }

    fn target<'t>(&'t self, layers: &'t [Layer]) -> Target<'t> {
        let max_depth = self.options.max_depth.saturating_sub(self.session.base().unwrapped.len());
        Target { sink: self.sink, max_depth, layers }
    }

    fn row(&mut self, row: &Row<'_>) -> Flow {
        self.tally.records += 1;
        if row.cut > 0 {
            let detail = format!("{} row {}: {} bytes over the limit", row.table.name, row.rowid, row.cut);
            self.cut(self.of(row.part).clone(), detail);
        }
        let key = key(row);
        let table = self.tables.iter().find(|table| table.is_of(&row.table.name, &key));
        let label = self.label(table, row);
        let remember = table.and_then(|table| table.remember.as_ref()).and_then(|column| column.word(row));
        if let Some(name) = &remember {
            self.remember(name, label.clone());
        }
        for (index, value) in row.values.iter().enumerate() {
            let Some(bytes) = value.bytes().filter(|bytes| bytes.len() >= SHORTEST) else { continue };
            let column = row.table.columns.get(index).map_or("?", String::as_str);
            self.session.enter(self.of(row.part).enter(format!("{}/{column}/{key}", row.table.name)));
            let mut label = label.clone();
            if let Some(role) = table.and_then(|table| table.roles.get(column)) {
                label.role = Some(role.clone());
            }
            let rules = table.map_or(self.kind.rules(), |table| table.rules);
            let context = context(row, index);
            let cell = Cell { rules, label: &label, context: &context, remember: remember.as_deref() };
            if self.value(cell, bytes) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    fn cut(&mut self, provenance: Provenance, detail: String) {
        self.sink.skip(Skip { provenance, reason: SkipReason::OverMaxBytes, detail });
        self.tally.is_cut = true;
    }

    fn remember(&mut self, name: &str, label: Label) {
        if self.remembered.len() < MOST_REMEMBERED {
            self.remembered.insert(name.to_owned(), label);
        }
    }

    /// What the columns of a row tell of all its values.
    fn label(&mut self, table: Option<&'static Table>, row: &Row<'_>) -> Label {
        let Some(table) = table else { return self.session.outer().clone() };
        let word = |column: &Option<Column>| column.as_ref().and_then(|column| column.word(row));
        let recalled = word(&table.recall).and_then(|key| self.remembered.get(&key)).cloned();
        let mut label = recalled.unwrap_or_else(|| self.session.outer().clone());
        let fields = [
            (&table.session, &mut label.session),
            (&table.record, &mut label.record),
            (&table.tool, &mut label.tool),
            (&table.time, &mut label.time),
            (&table.session_time, &mut label.session_time),
        ];
        for (column, slot) in fields {
            if let Some(value) = word(column) {
                *slot = Some(value);
            }
        }
        if let Some(role) = word(&table.role) {
            label.role = role_of(&role).map(str::to_owned);
        }
        if let Some(surface) = &table.surface {
            label.surface = Some(surface.clone());
        }
        let is_prompt = !table.prompt.is_empty() && table.prompt.iter().all(|test| test.holds(row));
        if is_prompt {
            label.turn = Some(self.session.count_prompt(&label));
        }
        label
    }

    fn value(&mut self, cell: Cell<'_>, bytes: &[u8]) -> Flow {
        match bytes {
            [b'{' | b'[', ..] => self.json(cell, Record::whole(bytes), &[]),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                let unpacked = zstd::Decoder::new(bytes).map(|decoder| self.unpack(decoder));
                self.unpacked(cell, bytes, Layer::Zstd, unpacked)
            }
            [0x1f, 0x8b, ..] => {
                let unpacked = self.unpack(flate2::read::MultiGzDecoder::new(bytes));
                self.unpacked(cell, bytes, Layer::Gzip, Ok(unpacked))
            }
            _ => match protobuf::strings(bytes).filter(|_| bytes.iter().any(|byte| *byte < 0x20)) {
                Some(strings) => self.message(cell, bytes, &strings),
                None => self.text(cell, bytes),
            },
        }
    }

    fn json(&mut self, cell: Cell<'_>, record: Record<'_>, layers: &[Layer]) -> Flow {
        let mut parsed = Parsed::of(record.bytes, cell.rules, cell.label);
        let root = parsed.root_label().cloned();
        let mut placed = parsed.place(record.bytes, &mut self.session);
        if let (Some(name), Some(mut label)) = (cell.remember, root) {
            label.turn = label.turn.or_else(|| self.session.turn(&label));
            self.remember(name, label);
        }
        if let Some(first) = placed.first_mut() {
            first.context.get_or_insert_with(|| cell.context.into());
        }
        let plain = self.session.labelled(cell.label);
        let target = self.target(layers);
        let (flow, unread) = target.push(record, &parsed, &placed);
        let flow = match parsed.rest(record.bytes).filter(|_| flow == Flow::Continue) {
            Some(rest) => target.push_text(record, rest, &plain),
            None => flow,
        };
        self.tally.unread.add(unread);
        flow
    }

    fn text(&mut self, cell: Cell<'_>, bytes: &[u8]) -> Flow {
        let provenance = self.session.labelled(cell.label);
        let mut text = Text::with_capacity(cell.context.len() + bytes.len());
        let origin = Origin::raw(bytes);
        text.replace(origin, 0..0, cell.context);
        text.copy(origin, 0..bytes.len());
        self.target(&[]).push_made(Record::whole(bytes), &text, cell.context.len(), &provenance)
    }

    /// The texts of a message with a line each, except those that are records of their own.
    fn message(&mut self, cell: Cell<'_>, bytes: &[u8], strings: &[Range<usize>]) -> Flow {
        let mut text = Text::with_capacity(bytes.len());
        let origin = Origin::raw(bytes);
        text.replace(origin, 0..0, cell.context);
        for string in strings {
            if matches!(bytes[string.clone()], [b'{' | b'[', .., b'}' | b']']) {
                let at = Position { line: 1, column: string.start as u64 + 1 };
                let record = Record { bytes: &bytes[string.clone()], offset: string.start as u64, at };
                if self.json(cell, record, &[Layer::Protobuf]) == Flow::Stop {
                    return Flow::Stop;
                }
                continue;
            }
            text.copy(origin, string.clone());
            text.replace(origin, string.end..string.end, b"\n");
        }
        let provenance = self.session.labelled(cell.label);
        let target = self.target(&[Layer::Protobuf]);
        target.push_made(Record::whole(bytes), &text, cell.context.len(), &provenance)
    }

    fn unpack(&self, packed: impl Read) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        packed.take(self.options.record_cap as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn unpacked(
        &mut self,
        cell: Cell<'_>,
        packed: &[u8],
        layer: Layer,
        unpacked: io::Result<io::Result<Vec<u8>>>,
    ) -> Flow {
        let mut base = self.session.base().clone();
        let is_too_deep = base.unwrapped.len() >= self.options.max_depth;
        let Some(mut bytes) = unpacked.flatten().ok().filter(|_| !is_too_deep) else {
            return self.text(cell, packed);
        };
        if bytes.len() > self.options.record_cap {
            bytes.truncate(self.options.record_cap);
            self.cut(base.clone(), format!("unpacks to more than {} bytes", bytes.len()));
        }
        base.unwrapped.push(layer);
        self.session.enter(base);
        self.value(cell, &bytes)
    }
}

/// A value's surroundings.
#[derive(Clone, Copy)]
struct Cell<'a> {
    rules: &'static [Rule],
    label: &'a Label,
    context: &'a [u8],
    /// The name under which other rows refer to this one.
    remember: Option<&'a str>,
}

impl Table {
    fn is_of(&self, name: &str, key: &str) -> bool {
        self.name == name && self.key.as_ref().is_none_or(|start| key.starts_with(start.as_str()))
    }
}

impl ColumnTest {
    fn holds(&self, row: &Row<'_>) -> bool {
        let word = |name: &String| Column::Whole(name.clone()).word(row).unwrap_or_default();
        match self {
            ColumnTest::Is(name, words) => words.contains(&word(name)),
            ColumnTest::LacksText(name, text) => !word(name).contains(text),
        }
    }
}

impl Column {
    fn word(&self, row: &Row<'_>) -> Option<String> {
        let value = |name: &str| row.values.get(row.table.column(name)?)?.word();
        match self {
            Column::Fixed(word) => Some(word.clone()),
            Column::Whole(name) => value(name),
            Column::Piece(name, index) => value(name)?.split(':').nth(*index).map(str::to_owned),
        }
    }
}

/// What a person would name the row by.
fn key(row: &Row<'_>) -> String {
    let words: Vec<String> =
        row.table.key.iter().filter_map(|column| row.values.get(*column)?.word()).collect();
    if words.is_empty() { row.rowid.to_string() } else { words.join(",") }
}

/// The short values of the row, and the name of the column: a token in `value` has its name in `key`.
fn context(row: &Row<'_>, index: usize) -> Vec<u8> {
    let mut context = Vec::new();
    for (other, (name, value)) in row.table.columns.iter().zip(&row.values).enumerate() {
        let is_short = value.bytes().is_some_and(|bytes| bytes.len() <= LONGEST_CONTEXT);
        if let Some(word) = value.word().filter(|_| is_short && other != index) {
            context.extend_from_slice(format!("\"{name}\": \"{word}\", ").as_bytes());
        }
    }
    if let Some(name) = row.table.columns.get(index) {
        context.extend_from_slice(format!("\"{name}\": ").as_bytes());
    }
    context
}
