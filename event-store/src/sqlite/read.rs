//! Reading: a pool of read-only connections.

use super::writer::signed;
use super::{DATABASE_FILE, OpenError};
use crate::port::{Direction, MAX_PAGE, Position, ReadError, RecordedEvent, StreamName};
use bytes::Bytes;
use chrono::DateTime;
use rusqlite::{Connection, OpenFlags, Row, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// How many reads go on at once.
const CONNECTIONS: usize = 4;

/// Reads an embedded store, of this process or of another one.
#[derive(Clone)]
pub struct SqliteReader {
    pool: Arc<Pool>,
}

struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

const COLUMNS: &str =
    "log.pos, streams.name, log.rev, log.id, log.type, log.created, log.meta, log.data";

impl SqliteReader {
    /// Opens the store of a data directory for reading; it must be there.
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        let path = directory.join(DATABASE_FILE);
        if !path.exists() {
            return Err(OpenError::Missing {
                path: directory.to_owned(),
            });
        }
        let idle = (0..CONNECTIONS)
            .map(|_| connect(&path))
            .collect::<rusqlite::Result<Vec<_>>>()
            .map_err(|cause| OpenError::Database {
                path: path.clone(),
                cause,
            })?;
        Ok(Self {
            pool: Arc::new(Pool {
                path,
                idle: Mutex::new(idle),
                permits: Semaphore::new(CONNECTIONS),
            }),
        })
    }

    /// See [`crate::EventStore::read_stream`].
    pub async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let (comparison, order) = sql(direction);
        let query = format!(
            "SELECT {COLUMNS} FROM streams
             JOIN sidx ON sidx.stream_id = streams.stream_id
             JOIN log ON log.pos = sidx.pos
             WHERE streams.name = ?1 AND sidx.rev {comparison} ?2
             ORDER BY sidx.rev {order} LIMIT ?3"
        );
        let name = stream.as_str().to_owned();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&query)?;
            let rows = statement.query_map(params![name, signed(from), page(limit)], event)?;
            rows.collect()
        })
        .await
    }

    /// See [`crate::EventStore::read_all`].
    pub async fn read_all(
        &self,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let (comparison, order) = sql(direction);
        let query = format!(
            "SELECT {COLUMNS} FROM log JOIN streams ON streams.stream_id = log.stream_id
             WHERE log.pos {comparison} ?1 ORDER BY log.pos {order} LIMIT ?2"
        );
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&query)?;
            let rows = statement.query_map(params![signed(from.0), page(limit)], event)?;
            rows.collect()
        })
        .await
    }

    /// The position of the last event.
    pub async fn head(&self) -> Result<Position, ReadError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT coalesce(max(pos), 0) FROM log")?
                .query_row([], |row| row.get::<_, i64>(0))
        })
        .await
        .map(|position| Position(position.unsigned_abs()))
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        let _permit = self
            .pool
            .permits
            .acquire()
            .await
            .map_err(|_| ReadError::Closed)?;
        let pool = self.pool.clone();
        let answer = tokio::task::spawn_blocking(move || pool.with(query)).await;
        match answer {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err(error)) => Err(ReadError::Failed {
                path: self.pool.path.clone(),
                cause: error.to_string(),
            }),
            Err(_) => Err(ReadError::Closed),
        }
    }
}

impl Pool {
    fn with<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path)?,
        };
        let answer = query(&connection);
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        answer
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.execute_batch(
        "PRAGMA busy_timeout = 10000; PRAGMA cache_size = -16384; PRAGMA query_only = ON;",
    )?;
    Ok(connection)
}

fn sql(direction: Direction) -> (&'static str, &'static str) {
    match direction {
        Direction::Forwards => (">=", "ASC"),
        Direction::Backwards => ("<=", "DESC"),
    }
}

fn page(limit: usize) -> i64 {
    signed(limit.min(MAX_PAGE) as u64)
}

fn event(row: &Row<'_>) -> rusqlite::Result<RecordedEvent> {
    let name: String = row.get(1)?;
    let id: [u8; 16] = row.get(3)?;
    let event_type: String = row.get(4)?;
    Ok(RecordedEvent {
        position: Position(row.get::<_, i64>(0)?.unsigned_abs()),
        stream: StreamName::new(&name).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, error.into())
        })?,
        revision: row.get::<_, i64>(2)?.unsigned_abs(),
        id: Uuid::from_bytes(id),
        event_type: event_type.into(),
        created: DateTime::from_timestamp_micros(row.get(5)?).unwrap_or_default(),
        metadata: Bytes::from(row.get::<_, Vec<u8>>(6)?),
        data: Bytes::from(row.get::<_, Vec<u8>>(7)?),
    })
}
