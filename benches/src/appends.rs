//! Durable appends: through the store, over its wire protocol, and the same rows written by others with the same
//! durability.

use crate::{ROUNDS, Row, median, postgres};
use anyhow::Result;
use kurrentdb::{
    AppendToStreamOptions, BatchAppendOptions, Client, ClientSettings, EventData, StreamState,
};
use rusqlite::{Connection, params};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use upkeep_event_store::{
    ContentType, EventStore, EventStoreDb, ExpectedRevision, NewEvent, SqliteStore, StreamName,
    real_world,
};
use upkeep_event_store_wire::{Role, ServeError, Users, WireServer};
use uuid::Uuid;

/// About what an event of ours holds.
pub const DATA_BYTES: usize = 380;
pub const METADATA_BYTES: usize = 210;
/// A stream of twenty events, then the next one, as sessions are.
pub const STREAM_EVENTS: u64 = 20;
const CLIENTS: u64 = 64;
/// How long each is measured in each round.
const SPAN: Duration = Duration::from_secs(1);

fn event() -> NewEvent {
    NewEvent {
        id: Uuid::now_v7(),
        event_type: "Happened".into(),
        content_type: ContentType::Json,
        data: vec![b'x'; DATA_BYTES],
        metadata: vec![b'y'; METADATA_BYTES],
    }
}

/// A valid JSON text of the same size, for those who look at it.
fn json_event() -> NewEvent {
    let text = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2)).into_bytes();
    NewEvent {
        data: text(DATA_BYTES),
        metadata: text(METADATA_BYTES),
        ..event()
    }
}

/// How often, and how long each took.
pub struct Measured {
    pub rate: f64,
    pub waits: Vec<Duration>,
}

impl Measured {
    fn percentile(&self, part: f64) -> Duration {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index"
        )]
        let index = ((self.waits.len() - 1) as f64 * part) as usize;
        self.waits[index]
    }
}

/// What was measured, a rate for each round.
#[derive(Default)]
struct Rates {
    alone: Vec<f64>,
    group: Vec<f64>,
    /// How long one of the group waits, in seconds: half of them, and all but one in a hundred.
    p50: Vec<f64>,
    p99: Vec<f64>,
    bare_alone: Vec<f64>,
    bare_queue: Vec<f64>,
    bare_group: Vec<f64>,
    wire_alone: Vec<f64>,
    wire_group: Vec<f64>,
    official_calls: Vec<f64>,
    official_batch: Vec<f64>,
}

impl Rates {
    async fn measure(&mut self) -> Result<()> {
        self.alone.push(ours(1).await?.rate);
        self.bare_alone.push(bare(1)?);
        let served = Served::start().await?;
        let client = Arc::new(EventStoreDb::connect(&served.uri, real_world()).await?);
        let alone = write(client.clone(), 1, json_event).await?;
        self.wire_alone.push(alone.rate);
        self.bare_queue.push(bare_behind_a_queue().await?.rate);
        let group = ours(CLIENTS).await?;
        self.group.push(group.rate);
        self.p50.push(group.percentile(0.5).as_secs_f64());
        self.p99.push(group.percentile(0.99).as_secs_f64());
        let group = write_from(client, 1, CLIENTS, json_event).await?;
        self.wire_group.push(group.rate);
        self.official_batch.push(official(&served.uri, true).await?);
        served.stop().await?;
        // A user has 64 calls that bring events, and what went before may not have ended.
        let served = Served::start().await?;
        self.official_calls
            .push(official(&served.uri, false).await?);
        served.stop().await?;
        self.bare_group.push(bare(64)?);
        Ok(())
    }
}

pub async fn run() -> Result<Vec<Row>> {
    let mut rates = Rates::default();
    for _ in 0..ROUNDS {
        rates.measure().await?;
    }
    let (p50, p99) = (median(&rates.p50), median(&rates.p99));
    let through = |what: &str, ours: &[f64], in_process: &[f64]| {
        Row::rounds(what, ours, ("in the process", in_process))
    };
    let mut rows = vec![
        Row::rounds(
            "durable appends, 1 writer",
            &rates.alone,
            ("bare SQLite, one transaction each", &rates.bare_alone),
        ),
        Row::rounds(
            "durable appends, 64 writers",
            &rates.group,
            (
                "bare SQLite, the same tables, the same 64 clients waiting, no checks",
                &rates.bare_queue,
            ),
        ),
        Row::rounds(
            "durable appends, 64 writers",
            &rates.group,
            (
                "bare SQLite, 64 in each transaction, nobody waiting",
                &rates.bare_group,
            ),
        ),
        Row {
            what: "durable appends, 64 writers: how long one waits, p99 beside p50".into(),
            ours: format!("{:.2} ms", p99 * 1e3),
            peer: format!("p50: {:.2} ms", p50 * 1e3),
            ratio: Some(p99 / p50),
        },
        through(
            "appends through gRPC on loopback, 1 writer",
            &rates.wire_alone,
            &rates.alone,
        ),
        through(
            "appends through gRPC on loopback, 64 writers",
            &rates.wire_group,
            &rates.group,
        ),
        through(
            "the same by the official Rust client, one BatchAppend call, 64 in flight",
            &rates.official_batch,
            &rates.group,
        ),
        through(
            "the same by the official Rust client, an Append call for each, 64 in flight",
            &rates.official_calls,
            &rates.group,
        ),
    ];
    match postgres::appends(CLIENTS).await {
        Ok(peer) => rows.push(Row::rates(
            "durable appends, 64 writers",
            median(&rates.group),
            ("PostgreSQL, 64 connections, one transaction each", peer),
        )),
        Err(error) => eprintln!("PostgreSQL is left out: {error:#}"),
    }
    Ok(rows)
}

async fn ours(writers: u64) -> Result<Measured> {
    let directory = TempDir::new_in(".")?;
    let store = Arc::new(SqliteStore::open(directory.path(), real_world())?);
    write(store, writers, event).await
}

async fn write(
    store: Arc<dyn EventStore>,
    writers: u64,
    event: fn() -> NewEvent,
) -> Result<Measured> {
    write_from(store, 0, writers, event).await
}

/// Writers that each wait for one append before the next, each with streams of its own number.
async fn write_from(
    store: Arc<dyn EventStore>,
    first: u64,
    writers: u64,
    event: fn() -> NewEvent,
) -> Result<Measured> {
    let begin = Instant::now();
    let tasks: Vec<_> = (first..first + writers)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut waits = Vec::new();
                let mut n = 0u64;
                while begin.elapsed() < SPAN {
                    let stream =
                        StreamName::of("bench", format_args!("{writer}-{}", n / STREAM_EVENTS));
                    let expected = match n % STREAM_EVENTS {
                        0 => ExpectedRevision::NoStream,
                        revision => ExpectedRevision::Exactly(revision - 1),
                    };
                    let asked = Instant::now();
                    store.append(&stream, expected, vec![event()]).await?;
                    waits.push(asked.elapsed());
                    n += 1;
                }
                anyhow::Ok(waits)
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await??);
    }
    Ok(measured(waits, begin))
}

fn measured(mut waits: Vec<Duration>, begin: Instant) -> Measured {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = waits.len() as f64 / begin.elapsed().as_secs_f64();
    waits.sort_unstable();
    Measured { rate, waits }
}

/// An empty store behind the wire protocol.
struct Served {
    uri: String,
    stop: CancellationToken,
    serving: JoinHandle<Result<(), ServeError>>,
    _directory: TempDir,
}

impl Served {
    async fn start() -> Result<Self> {
        let directory = TempDir::new_in(".")?;
        let store = Arc::new(SqliteStore::open(directory.path(), real_world())?);
        let users = Users::open(directory.path())?;
        let password = users.add("bench", Role::Writer)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let server = WireServer::new(store, users, None);
        Ok(Self {
            uri: format!("esdb://bench:{password}@{address}?tls=false"),
            serving: tokio::spawn(server.serve(listener, address, stop.clone())),
            stop,
            _directory: directory,
        })
    }

    async fn stop(self) -> Result<()> {
        self.stop.cancel();
        Ok(self.serving.await??)
    }
}

/// The writers of [`write`], all through one official client.
async fn official(uri: &str, is_batch: bool) -> Result<f64> {
    let connection: ClientSettings = uri.parse()?;
    let client = Client::new(connection).map_err(|error| anyhow::anyhow!("{error}"))?;
    let batch = if is_batch {
        let batch = client.batch_append(&BatchAppendOptions::default()).await?;
        Some(Arc::new(batch))
    } else {
        None
    };
    let begin = Instant::now();
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|writer| {
            let (client, batch) = (client.clone(), batch.clone());
            tokio::spawn(async move {
                let mut n = 0;
                while begin.elapsed() < SPAN {
                    let stream = format!("{is_batch}-{writer}-{}", n / STREAM_EVENTS);
                    let expected = match n % STREAM_EVENTS {
                        0 => StreamState::NoStream,
                        revision => StreamState::StreamRevision(revision - 1),
                    };
                    let event = json_event();
                    let event = EventData::binary("Happened", event.data.into())
                        .metadata(event.metadata.into())
                        .id(event.id);
                    if let Some(batch) = &batch {
                        batch
                            .append_to_stream(stream, expected, vec![event])
                            .await?;
                    } else {
                        let options = AppendToStreamOptions::default().stream_state(expected);
                        client.append_to_stream(stream, &options, event).await?;
                    }
                    n += 1;
                }
                anyhow::Ok(n)
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let done = done as f64;
    Ok(done / begin.elapsed().as_secs_f64())
}

/// The least: one table, one index, no check of anything.
fn tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         PRAGMA cache_size = -65536;
         CREATE TABLE log (pos INTEGER PRIMARY KEY, id BLOB, type TEXT, meta BLOB, data BLOB);
         CREATE TABLE sidx (stream INTEGER, rev INTEGER, pos INTEGER, PRIMARY KEY (stream, rev)) WITHOUT ROWID;",
    )
}

fn insert(
    connection: &Connection,
    pos: i64,
    place: (i64, i64),
    event: &NewEvent,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            pos,
            event.id.as_bytes(),
            event.event_type,
            event.metadata,
            event.data
        ])?;
    connection
        .prepare_cached("INSERT INTO sidx VALUES (?1, ?2, ?3)")?
        .execute(params![place.0, place.1, pos])?;
    Ok(())
}

fn bare(batch: u64) -> Result<f64> {
    let directory = TempDir::new_in(".")?;
    let mut connection = Connection::open(directory.path().join("bare.sqlite3"))?;
    tables(&connection)?;
    let mut pos = 0i64;
    let begin = Instant::now();
    while begin.elapsed() < SPAN {
        let transaction = connection.transaction()?;
        for _ in 0..batch {
            pos += 1;
            insert(&transaction, pos, (pos / 20, pos % 20), &event())?;
        }
        transaction.commit()?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let done = pos as f64;
    Ok(done / begin.elapsed().as_secs_f64())
}

/// A group commit with nothing around it: what waits is written and committed together.
async fn bare_behind_a_queue() -> Result<Measured> {
    let directory = TempDir::new_in(".")?;
    let mut connection = Connection::open(directory.path().join("bare.sqlite3"))?;
    tables(&connection)?;
    let (sender, mut queue) = mpsc::channel::<((i64, i64), NewEvent, oneshot::Sender<i64>)>(1_024);
    let writer = std::thread::spawn(move || -> rusqlite::Result<()> {
        let mut pos = 0;
        let mut batch = Vec::new();
        while queue.blocking_recv_many(&mut batch, 256) > 0 {
            let transaction = connection.transaction()?;
            for (place, event, _) in &batch {
                pos += 1;
                insert(&transaction, pos, *place, event)?;
            }
            transaction.commit()?;
            for (_, _, reply) in batch.drain(..) {
                // Whoever left needs no answer.
                let _ = reply.send(pos);
            }
        }
        Ok(())
    });
    let begin = Instant::now();
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let sender = sender.clone();
            tokio::spawn(async move {
                let mut waits = Vec::new();
                let mut n = 0i64;
                while begin.elapsed() < SPAN {
                    let stream = client.cast_signed() + 64 * (n / 20);
                    let (reply, answer) = oneshot::channel();
                    let asked = Instant::now();
                    sender.send(((stream, n % 20), event(), reply)).await?;
                    answer.await?;
                    waits.push(asked.elapsed());
                    n += 1;
                }
                anyhow::Ok(waits)
            })
        })
        .collect();
    drop(sender);
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await??);
    }
    let measured = measured(waits, begin);
    writer
        .join()
        .map_err(|_| anyhow::anyhow!("the bare writer broke"))??;
    Ok(measured)
}
