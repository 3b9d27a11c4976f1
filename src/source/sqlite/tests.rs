//! SQLite itself is the oracle: what it writes is read back here, byte for byte.

use super::{Bytes, Item, Part, Value, read};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

type Done = Result<(), Box<dyn std::error::Error>>;

/// Everything in the database at `path`: rows as `table rowid v|v`, residue by file.
#[derive(Debug, Default)]
struct Told {
    rows: BTreeSet<(Part, String)>,
    residue: Vec<(Part, u64, Vec<u8>)>,
    damage: usize,
}

fn tell(path: &Path) -> Result<Told, Box<dyn std::error::Error>> {
    let mut told = Told::default();
    let wal = File::open(sidecar(path)).ok().map(Bytes::File);
    read(Bytes::File(File::open(path)?), wal, &[], 64 << 20, &mut |item| {
        match item {
            Item::Row(row) if row.table.name != "sqlite_schema" => {
                let values: Vec<String> = row.values.iter().map(show).collect();
                let line = format!("{} {} {}", row.table.name, row.rowid, values.join("|"));
                told.rows.insert((row.part, line));
            }
            Item::Row(_) => {}
            Item::Residue(residue) => {
                told.residue.push((residue.part, residue.offset, residue.bytes.to_vec()))
            }
            Item::Damage(_) => told.damage += 1,
        }
        ControlFlow::Continue(())
    })?;
    Ok(told)
}

fn sidecar(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

fn show(value: &Value<'_>) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Text(bytes) => format!("t{}", String::from_utf8_lossy(bytes)),
        Value::Blob(bytes) => format!("b{}", String::from_utf8_lossy(bytes)),
    }
}

/// The same lines by SQLite.
fn oracle(connection: &Connection, table: &str, columns: &str, rowid: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("SELECT {rowid}, {columns} FROM {table}"))?;
    let count = statement.column_count();
    let lines = statement.query_map([], |row| {
        let values = (1..count).map(|index| {
            Ok(match row.get_ref(index)? {
                rusqlite::types::ValueRef::Null => show(&Value::Null),
                rusqlite::types::ValueRef::Integer(number) => show(&Value::Integer(number)),
                rusqlite::types::ValueRef::Real(number) => show(&Value::Real(number)),
                rusqlite::types::ValueRef::Text(bytes) => show(&Value::Text(bytes)),
                rusqlite::types::ValueRef::Blob(bytes) => show(&Value::Blob(bytes)),
            })
        });
        let values: rusqlite::Result<Vec<String>> = values.collect();
        Ok(format!("{table} {} {}", row.get::<_, i64>(0)?, values?.join("|")))
    })?;
    lines.collect()
}

fn fill(connection: &Connection, rows: usize) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE message (id TEXT PRIMARY KEY, n INTEGER, x REAL, data TEXT, raw BLOB);
         CREATE TABLE plain (a, b);
         CREATE TABLE pairs (v TEXT, k2 TEXT, k1 INTEGER, PRIMARY KEY (k1, k2)) WITHOUT ROWID;
         CREATE INDEX by_n ON message (n, data);",
    )?;
    connection.execute_batch("BEGIN;")?;
    let mut insert = connection.prepare("INSERT INTO message VALUES (?, ?, ?, ?, ?)")?;
    for row in 0..rows {
        // From empty values to ones that overflow to dozens of pages.
        let len = row * row * 13 % 30_011;
        let text: String = (0..len).map(|at| char::from(b'a' + ((at + row) % 26) as u8)).collect();
        insert.execute(rusqlite::params![
            format!("msg_{row}"),
            (row as i64 - 50) << (row % 56),
            row as f64 / 3.0,
            text,
            vec![row as u8; row % 700]
        ])?;
        connection.execute("INSERT INTO plain VALUES (?, NULL)", [row as i64 % 3])?;
        connection.execute("INSERT INTO pairs VALUES (?, ?, ?)", (format!("v{row}"), "k", row as i64))?;
    }
    connection.execute_batch("COMMIT;")
}

fn assert_same(connection: &Connection, told: &Told) -> Done {
    let mut want: BTreeSet<String> = BTreeSet::new();
    want.extend(oracle(connection, "message", "*", "rowid")?);
    want.extend(oracle(connection, "plain", "*", "rowid")?);
    want.extend(oracle(connection, "pairs", "*", "0")?);
    let got: BTreeSet<String> = told.rows.iter().map(|(_, row)| row.clone()).collect();
    assert_eq!(got.len(), want.len());
    assert!(got == want);
    assert_eq!(told.damage, 0);
    Ok(())
}

#[test]
fn rows_are_what_sqlite_says_they_are() -> Done {
    for page_size in [512, 1024, 4096, 65536] {
        for vacuum in ["NONE", "FULL"] {
            let dir = tempfile::tempdir()?;
            let path = dir.path().join("a.db");
            let connection = Connection::open(&path)?;
            connection
                .execute_batch(&format!("PRAGMA page_size={page_size}; PRAGMA auto_vacuum={vacuum};"))?;
            fill(&connection, 120)?;
            assert_same(&connection, &tell(&path)?)?;
        }
    }
    Ok(())
}

#[test]
fn utf_16_text_is_given_as_it_is_stored() -> Done {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("a.db");
    let connection = Connection::open(&path)?;
    connection
        .execute_batch("PRAGMA encoding='UTF-16le'; CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('ab');")?;
    let told = tell(&path)?;
    assert_eq!(told.rows.iter().map(|(_, row)| row.as_str()).collect::<Vec<_>>(), ["t 1 ta\0b\0"]);
    Ok(())
}

#[test]
fn rows_that_only_the_log_has_are_told_apart() -> Done {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("a.db");
    let connection = Connection::open(&path)?;
    connection.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;
         CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('a row that both of the files have');
         PRAGMA wal_checkpoint(TRUNCATE);
         INSERT INTO t VALUES ('a row that only the log has');",
    )?;
    let rows =
        |told: &Told| told.rows.iter().map(|(part, row)| format!("{part:?} {row}")).collect::<Vec<_>>();
    assert_eq!(
        rows(&tell(&path)?),
        ["Main t 1 ta row that both of the files have", "Wal t 2 ta row that only the log has"]
    );

    connection.execute_batch("UPDATE t SET a = 'the same row, but changed again' WHERE rowid = 2;")?;
    let told = tell(&path)?;
    assert_eq!(
        rows(&told),
        ["Main t 1 ta row that both of the files have", "Wal t 2 tthe same row, but changed again"]
    );
    let old: Vec<_> = told.residue.iter().filter(|(part, ..)| *part == Part::Wal).collect();
    assert!(
        old.iter().any(|(.., bytes)| contains(bytes, b"a row that only the log has")),
        "the frame before is read"
    );
    assert!(
        !old.iter().any(|(.., bytes)| contains(bytes, b"a row that both of the files have")),
        "and gives nothing known"
    );
    Ok(())
}

#[test]
fn a_database_that_is_all_in_its_log_is_read() -> Done {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("a.db");
    let connection = Connection::open(&path)?;
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;")?;
    fill(&connection, 60)?;
    let told = tell(&path)?;
    assert_same(&connection, &told)?;
    assert!(told.rows.iter().all(|(part, _)| *part == Part::Wal));
    Ok(())
}

#[test]
fn a_transaction_that_was_not_committed_is_residue() -> Done {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("a.db");
    let connection = Connection::open(&path)?;
    connection.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=1; CREATE TABLE t (a TEXT);
         BEGIN;",
    )?;
    for row in 0..400 {
        connection
            .execute("INSERT INTO t VALUES (?)", [format!("{row} {}", "never committed ".repeat(30))])?;
    }
    let told = tell(&path)?;
    assert!(told.rows.is_empty());
    assert!(told.residue.iter().any(|(.., bytes)| contains(bytes, b"never committed")));
    Ok(())
}

#[test]
fn deleted_rows_are_found_in_free_space_with_their_offset() -> Done {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("a.db");
    let connection = Connection::open(&path)?;
    connection.execute_batch("PRAGMA secure_delete=OFF;")?;
    fill(&connection, 120)?;
    connection.execute_batch("CREATE TABLE gone (a TEXT);")?;
    connection.execute("INSERT INTO gone VALUES (?)", ["a row on a page of its own"])?;
    connection.execute("INSERT INTO plain VALUES ('a row among others', 1)", [])?;
    connection.execute_batch("DROP TABLE gone; DELETE FROM plain WHERE b = 1;")?;
    let told = tell(&path)?;
    assert_same(&connection, &told)?;
    let file = std::fs::read(&path)?;
    for words in [b"a row on a page of its own".as_slice(), b"row among others"] {
        let found = told.residue.iter().find(|(.., bytes)| contains(bytes, words));
        let (_, offset, bytes) = found.ok_or("not in the residue")?;
        assert_eq!(&file[*offset as usize..][..bytes.len()], bytes);
    }
    Ok(())
}

#[test]
fn residue_repeats_no_row() -> Done {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("a.db");
    let connection = Connection::open(&path)?;
    connection.execute_batch("CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a); BEGIN;")?;
    // More rows would split pages, and a split leaves copies behind.
    for row in 0..20 {
        connection.execute("INSERT INTO t VALUES (?)", [format!("live row {row}")])?;
    }
    connection.execute("INSERT INTO t VALUES (?)", ["live row over several pages ".repeat(900)])?;
    connection.execute_batch("COMMIT;")?;
    let told = tell(&path)?;
    assert!(!told.residue.iter().any(|(.., bytes)| contains(bytes, b"live row")));
    Ok(())
}

#[test]
fn reading_touches_nothing_and_waits_for_nobody() -> Done {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("a.db");
    let connection = Connection::open(&path)?;
    connection.execute_batch("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'); BEGIN EXCLUSIVE;")?;
    let before = std::fs::read(&path)?;
    assert_eq!(tell(&path)?.rows.len(), 1);
    assert_eq!(std::fs::read(&path)?, before);
    let files: Vec<_> = std::fs::read_dir(dir.path())?.flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(files, ["a.db"]);
    Ok(())
}

#[test]
fn damage_is_said_and_the_rest_is_read() -> Done {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("a.db");
    let connection = Connection::open(&path)?;
    fill(&connection, 120)?;
    let whole = std::fs::read(&path)?;
    drop(connection);
    let mut state = 7_u64;
    for _ in 0..100 {
        let mut bytes = whole.clone();
        for _ in 0..20 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = 100 + (state >> 20) as usize % (bytes.len() - 100);
            bytes[at] = (state >> 8) as u8;
        }
        bytes.truncate(bytes.len() - (state >> 40) as usize % 9000);
        // No panic and an end are all that can be asked of a broken file.
        read(Bytes::Memory(&bytes), None, &[], 1 << 20, &mut |_| ControlFlow::Continue(()))?;
    }
    let mut bytes = whole;
    let last = bytes.len() / 2 / 4096 * 4096;
    bytes[last..last + 4096].fill(0xee);
    let mut damage = 0;
    let mut rows = 0;
    read(Bytes::Memory(&bytes), None, &[], 1 << 20, &mut |item| {
        damage += usize::from(matches!(item, Item::Damage(_)));
        rows += usize::from(matches!(item, Item::Row(_)));
        ControlFlow::Continue(())
    })?;
    assert!(rows > 100);
    Ok(())
}

#[test]
fn what_is_no_database_is_an_error() {
    let encrypted = [0x5a; 8192];
    let table: [&[u8]; 3] = [b"", b"SQLite format 3\0", &encrypted];
    for bytes in table {
        let outcome = read(Bytes::Memory(bytes), None, &[], 1 << 20, &mut |_| ControlFlow::Continue(()));
        assert!(outcome.is_err());
    }
}

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    memchr::memmem::find(bytes, words).is_some()
}
