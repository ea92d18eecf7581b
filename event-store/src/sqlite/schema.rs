//! The tables, and how a connection is set up.

use super::{OpenError, SCHEMA_VERSION};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::Path;

/// Sets up the writing connection, and makes or migrates the tables.
pub fn prepare(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |cause| OpenError::Database {
        path: path.to_owned(),
        cause,
    };
    keep_plans(connection).map_err(failed)?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 0;
             PRAGMA cache_size = -65536;
             PRAGMA busy_timeout = 10000;
             PRAGMA temp_store = MEMORY;",
        )
        .map_err(failed)?;
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed)?;
    match found {
        SCHEMA_VERSION => Ok(()),
        0 => connection.execute_batch(TABLES).map_err(failed),
        1 => connection.execute_batch(FROM_VERSION_1).map_err(failed),
        found => Err(OpenError::NewerFormat {
            path: path.to_owned(),
            found,
        }),
    }
}

/// Plans a statement once. Without this, one whose limit is a parameter is planned anew for every value of it.
pub fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    let kept = DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
    connection.set_db_config(kept, true).map(|_| ())
}

/// An empty store of a format in memory, to compare others with.
pub fn blank(version: i64) -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(TABLES)?;
    if version == 1 {
        connection.execute_batch(BACK_TO_VERSION_1)?;
    }
    Ok(connection)
}

/// `log` is the truth; `sidx` finds a stream's events in it, and its key is the last guard against numbering a
/// stream twice. `streams` repeats what the newest metadata of each stream says, so that reading a stream needs
/// no second look-up. `recent` is of programs of before, which knew ids only from it; nothing reads or writes it any more.
const TABLES: &str = "
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS streams (
        stream_id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        truncate_before INTEGER,
        max_age INTEGER,
        max_count INTEGER,
        tombstoned INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE IF NOT EXISTS log (
        pos INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL,
        rev INTEGER NOT NULL,
        id BLOB NOT NULL,
        type TEXT NOT NULL,
        created INTEGER NOT NULL,
        meta BLOB NOT NULL,
        data BLOB NOT NULL,
        content INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE IF NOT EXISTS sidx (
        stream_id INTEGER NOT NULL,
        rev INTEGER NOT NULL,
        pos INTEGER NOT NULL,
        PRIMARY KEY (stream_id, rev)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS recent (
        id BLOB PRIMARY KEY,
        pos INTEGER NOT NULL
    ) WITHOUT ROWID;
    PRAGMA user_version = 2;
    COMMIT;";

/// Version 1 knew no metadata of streams, no deletion and no binary content.
const FROM_VERSION_1: &str = "
    BEGIN IMMEDIATE;
    ALTER TABLE streams ADD COLUMN truncate_before INTEGER;
    ALTER TABLE streams ADD COLUMN max_age INTEGER;
    ALTER TABLE streams ADD COLUMN max_count INTEGER;
    ALTER TABLE streams ADD COLUMN tombstoned INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE log ADD COLUMN content INTEGER NOT NULL DEFAULT 0;
    PRAGMA user_version = 2;
    COMMIT;";

/// What a store of version 1 looked like.
const BACK_TO_VERSION_1: &str = "
    ALTER TABLE streams DROP COLUMN truncate_before;
    ALTER TABLE streams DROP COLUMN max_age;
    ALTER TABLE streams DROP COLUMN max_count;
    ALTER TABLE streams DROP COLUMN tombstoned;
    ALTER TABLE log DROP COLUMN content;";
