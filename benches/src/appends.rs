//! Durable appends: through the store, and the same rows written bare to SQLite with the same durability.

use crate::{Row, SPAN};
use anyhow::Result;
use rusqlite::{Connection, params};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tempfile::TempDir;
use upkeep_event_store::{
    EventStore, ExpectedRevision, NewEvent, SqliteStore, StreamName, SystemClock,
};
use uuid::Uuid;

/// About what an event of ours holds.
const DATA_BYTES: usize = 380;
const METADATA_BYTES: usize = 210;

fn event() -> NewEvent {
    NewEvent {
        id: Uuid::now_v7(),
        event_type: "Happened".into(),
        data: vec![b'x'; DATA_BYTES],
        metadata: vec![b'y'; METADATA_BYTES],
    }
}

pub async fn run() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (writers, batch) in [(1, 1), (64, 64)] {
        let ours = ours(writers).await?;
        let bare = bare(batch)?;
        let what = format!(
            "durable appends, {writers} writer{}",
            if writers == 1 { "" } else { "s" }
        );
        let peer = if batch == 1 {
            "bare SQLite, one transaction each".to_owned()
        } else {
            format!("bare SQLite, {batch} in each transaction")
        };
        rows.push(Row::rates(&what, ours, (&peer, bare)));
    }
    Ok(rows)
}

async fn ours(writers: u64) -> Result<f64> {
    let directory = TempDir::new_in(".")?;
    let store = Arc::new(SqliteStore::open(directory.path(), Arc::new(SystemClock))?);
    let done = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let (store, done) = (store.clone(), done.clone());
            tokio::spawn(async move {
                let mut n = 0u64;
                while begin.elapsed() < SPAN {
                    // A stream of twenty events, then the next one, as sessions are.
                    let stream = StreamName::of("bench", format_args!("{writer}-{}", n / 20));
                    let expected = match n % 20 {
                        0 => ExpectedRevision::NoStream,
                        revision => ExpectedRevision::Exactly(revision - 1),
                    };
                    store.append(&stream, expected, vec![event()]).await?;
                    n += 1;
                }
                done.fetch_add(n, Ordering::Relaxed);
                anyhow::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let done = done.load(Ordering::Relaxed) as f64;
    Ok(done / begin.elapsed().as_secs_f64())
}

/// The least: one table, one index, no check of anything.
fn bare(batch: u64) -> Result<f64> {
    let directory = TempDir::new_in(".")?;
    let mut connection = Connection::open(directory.path().join("bare.sqlite3"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         PRAGMA cache_size = -65536;
         CREATE TABLE log (pos INTEGER PRIMARY KEY, id BLOB, type TEXT, meta BLOB, data BLOB);
         CREATE TABLE sidx (stream INTEGER, rev INTEGER, pos INTEGER, PRIMARY KEY (stream, rev)) WITHOUT ROWID;",
    )?;
    let mut pos = 0i64;
    let begin = Instant::now();
    while begin.elapsed() < SPAN {
        let transaction = connection.transaction()?;
        for _ in 0..batch {
            pos += 1;
            let event = event();
            transaction
                .prepare_cached("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![
                    pos,
                    event.id.as_bytes(),
                    event.event_type,
                    event.metadata,
                    event.data
                ])?;
            transaction
                .prepare_cached("INSERT INTO sidx VALUES (?1, ?2, ?3)")?
                .execute(params![pos / 20, pos % 20, pos])?;
        }
        transaction.commit()?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let done = pos as f64;
    Ok(done / begin.elapsed().as_secs_f64())
}
