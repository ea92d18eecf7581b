//! Whether a file is a whole store of ours, found out without changing it or trusting it.

use super::{SCHEMA_VERSION, schema};
use chrono::{DateTime, Utc};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// What every database of SQLite begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// What a store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    pub events: u64,
    pub streams: u64,
    /// When the newest event was recorded.
    pub newest: Option<DateTime<Utc>>,
}

/// The columns of each table, by name.
type Tables = BTreeMap<String, Vec<(String, String)>>;

/// What the store in a file holds; an error says why it is none that can be used.
pub fn inspect(file: &Path) -> Result<Contents, String> {
    check_kind(file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(|error| error.to_string())?;
    // Somebody else may have made it: nothing in it is executed.
    let careful = connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)
        .and_then(|_| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false));
    careful.map_err(|error| error.to_string())?;
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| error.to_string())?;
    if version > SCHEMA_VERSION {
        return Err(format!(
            "it has format {version}, and this program knows {SCHEMA_VERSION}: use a newer program"
        ));
    }
    check_tables(&connection, version)?;
    let check: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| format!("it is damaged: {error}"))?;
    if check != "ok" {
        return Err(format!("it is damaged: {check}"));
    }
    let contents = count(&connection).map_err(|error| format!("it cannot be read: {error}"))?;
    if contents.events == 0 {
        return Err("there is no event in it".to_owned());
    }
    Ok(contents)
}

fn check_kind(file: &Path) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("it cannot be read: {error}");
    let metadata = std::fs::metadata(file).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("it is no file".to_owned());
    }
    if metadata.len() == 0 {
        return Err("it is empty".to_owned());
    }
    let mut beginning = Vec::new();
    std::fs::File::open(file)
        .and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut beginning))
        .map_err(unreadable)?;
    if beginning != MAGIC {
        return Err("it is no database of SQLite".to_owned());
    }
    Ok(())
}

/// Our tables with our columns, and nothing that would do something by itself.
fn check_tables(connection: &Connection, version: i64) -> Result<(), String> {
    let found = tables(connection).map_err(|error| format!("it cannot be read: {error}"))?;
    let ours = schema::blank(version)
        .and_then(|blank| tables(&blank))
        .map_err(|error| error.to_string())?;
    if version < 1 || found != ours {
        return Err("it is no store of Upkeep: its tables are not ours".to_owned());
    }
    Ok(())
}

fn tables(connection: &Connection) -> rusqlite::Result<Tables> {
    let mut tables = Tables::new();
    let mut all = connection.prepare(
        "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let all = all.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    for row in all {
        let (kind, name) = row?;
        let mut columns = connection.prepare("SELECT name, type FROM pragma_table_info(?1)")?;
        let columns = columns
            .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        tables.insert(format!("{kind} {name}"), columns);
    }
    Ok(tables)
}

fn count(connection: &Connection) -> Result<Contents, String> {
    let number = |query: &str| -> Result<u64, String> {
        connection
            .query_row(query, [], |row| row.get::<_, i64>(0))
            .map(i64::unsigned_abs)
            .map_err(|error| error.to_string())
    };
    let events = number("SELECT count(*) FROM log")?;
    let indexed = number("SELECT count(*) FROM sidx")?;
    // Each event has its place in its stream, and each place its event.
    let matching = number(
        "SELECT count(*) FROM sidx JOIN log ON log.pos = sidx.pos
         WHERE log.stream_id = sidx.stream_id AND log.rev = sidx.rev",
    )?;
    if events != matching || indexed != matching {
        return Err(format!(
            "it is not whole: it has {events} events, places for {indexed}, and {matching} of them fit"
        ));
    }
    let newest = connection
        .query_row(
            "SELECT created FROM log ORDER BY pos DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
        .map_err(|error| error.to_string())?;
    Ok(Contents {
        events,
        streams: number("SELECT count(DISTINCT stream_id) FROM sidx")?,
        newest: newest.and_then(DateTime::from_timestamp_micros),
    })
}
