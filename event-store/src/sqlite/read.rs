//! Reading: a pool of read-only connections.

mod follow;
mod page;
mod pool;

pub use follow::{Followed, Sight};

use super::engine::Engine;
use super::schema::keep_plans;
use super::signed;
use super::stream::Stream;
use super::{DATABASE_FILE, OpenError};
use crate::port::{Direction, MAX_PAGE, Position, ReadError, RecordedEvent, StreamName};
use page::Page;
use pool::{Pool, Share};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use upkeep_world::World;

/// The cache of each connection, in KiB.
const CACHE_KIB: usize = 16 * 1024;
/// The same for those who read from outside.
const CACHE_APART_KIB: usize = 4 * 1024;
/// Names of streams that each connection remembers.
const REMEMBERED_NAMES: usize = 65_536;
/// Types of events; others may use many, and long ones.
const REMEMBERED_TYPES: usize = 4_096;
/// Rows that one query of a scan reads: a transaction stays short.
const SCAN_ROWS: usize = 4_096;
/// Events that a page has room for before it grows, where it is not known that there are more: most reads find few.
pub const FEW_EVENTS: usize = 32;
/// Bytes after which a page ends, however many events it was to have.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// The same for those who read from outside, of whom there may be many.
const MAX_PAGE_APART_BYTES: usize = 1024 * 1024;

/// Reads an embedded store, of this process or of another one.
#[derive(Clone)]
pub struct SqliteReader {
    pool: Arc<Pool>,
}

/// A connection and the names that it has met.
pub struct ReadConnection {
    connection: Connection,
    names: HashMap<i64, StreamName>,
    types: HashSet<Arc<str>>,
    page_bytes: usize,
}

/// What a scan takes, and when it stops.
pub struct Scan<F> {
    pub direction: Direction,
    /// Most events that are returned.
    pub most: usize,
    /// Most events that are looked at.
    pub window: usize,
    /// How many are expected, to reserve memory for.
    pub expected: usize,
    /// Which events are taken, by stream and type.
    pub takes: F,
}

/// What a scan found.
#[derive(Debug)]
pub struct Scanned {
    pub events: Vec<RecordedEvent>,
    /// The last event that was looked at; where the scan began if there was none.
    pub reached: Position,
    pub looked_at: usize,
    /// Nothing was there beyond.
    pub at_end: bool,
}

/// What a stream holds beyond a revision.
#[derive(Debug)]
pub enum StreamPage {
    /// Nothing was ever appended, or it was deleted.
    NotFound,
    /// It was deleted for good, or it is the metadata of one that was.
    Tombstoned,
    Found {
        events: Vec<RecordedEvent>,
        /// Its newest revision.
        head: u64,
        /// Nothing is there beyond.
        at_end: bool,
    },
}

/// What a query gave.
#[derive(Default)]
struct Collected {
    /// Rows that were looked at.
    seen: usize,
    /// The position of the last of them.
    last: Option<Position>,
    /// The page was full before the query was at its end.
    cut: bool,
}

const COLUMNS: &str = "log.pos, log.stream_id, log.rev, log.id, log.type, log.created, log.content, log.meta, log.data";

impl SqliteReader {
    /// Opens the store of a data directory for reading; it must be there.
    pub fn open(directory: &Path, world: World) -> Result<Self, OpenError> {
        let path = directory.join(DATABASE_FILE);
        if !path.exists() {
            return Err(OpenError::Missing {
                path: directory.to_owned(),
            });
        }
        let share = Share {
            cache_kib: CACHE_KIB,
            page_bytes: MAX_PAGE_BYTES,
        };
        let pool = Pool::open(path, world, share)?;
        Ok(Self {
            pool: Arc::new(pool),
        })
    }

    /// Reads what an engine holds, on its own connection.
    pub(super) fn of(engine: Arc<Mutex<Engine>>, path: &Path, world: World) -> Self {
        Self {
            pool: Arc::new(Pool::of(engine, path, world)),
        }
    }

    /// A reader of the same store with connections of its own, for whoever must not keep the others waiting.
    pub fn apart(&self) -> Result<Self, OpenError> {
        let share = Share {
            cache_kib: CACHE_APART_KIB,
            page_bytes: MAX_PAGE_APART_BYTES,
        };
        Ok(Self {
            pool: Arc::new(self.pool.apart(share)?),
        })
    }

    pub(super) fn world(&self) -> &World {
        &self.pool.world
    }

    /// See [`crate::EventStore::read_stream`].
    pub async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let limit = limit.min(MAX_PAGE);
        let mut all: Vec<RecordedEvent> = Vec::new();
        let mut next = from;
        while all.len() < limit {
            let page = self
                .stream_page(stream, next, direction, limit - all.len())
                .await?;
            let (events, at_end) = match page {
                StreamPage::NotFound => break,
                StreamPage::Tombstoned => {
                    return Err(ReadError::StreamDeleted {
                        stream: stream.clone(),
                    });
                }
                StreamPage::Found { events, at_end, .. } => (events, at_end),
            };
            let beyond = events.last().and_then(|last| match direction {
                Direction::Forwards => last.revision.checked_add(1),
                Direction::Backwards => last.revision.checked_sub(1),
            });
            all.extend(events);
            match beyond {
                Some(beyond) if !at_end => next = beyond,
                _ => break,
            }
        }
        Ok(all)
    }

    /// A page of a stream, and whether there is such a stream. It ends after `limit` events or
    /// [`MAX_PAGE_BYTES`].
    pub async fn stream_page(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<StreamPage, ReadError> {
        let name = stream.clone();
        let now = self.pool.world.now();
        self.read_at_once(move |read| {
            let stream = Stream::load(&read.connection, &name)?;
            if is_gone(&read.connection, &name, stream)? {
                return Ok(StreamPage::Tombstoned);
            }
            let Some((stream, head)) = stream.and_then(|stream| Some((stream, stream.visible_head()?)))
            else {
                return Ok(StreamPage::NotFound);
            };
            let first = stream.first_kept();
            let since = stream
                .kept_since(now)
                .map_or(i64::MIN, |since| since.timestamp_micros());
            let (low, high, order) = match direction {
                Direction::Forwards => (from.max(first), u64::MAX, "ASC"),
                Direction::Backwards => (first, from, "DESC"),
            };
            let query = format!(
                "SELECT {COLUMNS} FROM sidx CROSS JOIN log ON log.pos = sidx.pos
                 WHERE sidx.stream_id = ?1 AND sidx.rev >= ?2 AND sidx.rev <= ?3 AND log.created >= ?4
                 ORDER BY sidx.rev {order} LIMIT ?5"
            );
            let bounds = params![
                stream.id,
                signed(low),
                signed(high),
                since,
                signed(limit.min(MAX_PAGE) as u64)
            ];
            let mut page = Page::new(limit.min(FEW_EVENTS));
            read.names.insert(stream.id, name);
            let collected = read.collect(&query, bounds, &mut page, |_, _| true)?;
            Ok(StreamPage::Found {
                events: page.finish(),
                head,
                at_end: !collected.cut && collected.seen < limit.min(MAX_PAGE),
            })
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
        self.pages(from, limit, |most| Scan::visible(direction, most))
            .await
    }

    /// See [`crate::EventStore::read_metadata`].
    pub async fn read_metadata(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        self.pages(after, limit, Scan::metadata).await
    }

    /// Scans until there are so many events.
    async fn pages(
        &self,
        from: Position,
        limit: usize,
        scan: impl Fn(usize) -> Scan<Takes>,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let limit = limit.min(MAX_PAGE);
        let mut found = self.scan(from, scan(limit)).await?;
        while found.events.len() < limit && !found.at_end {
            let rest = scan(limit - found.events.len());
            let more = self.scan(found.reached, rest).await?;
            found.events.extend(more.events);
            found.reached = more.reached;
            found.at_end = more.at_end;
        }
        Ok(found.events)
    }

    /// Looks through all events beyond a position, itself not included.
    pub async fn scan<F>(&self, from: Position, scan: Scan<F>) -> Result<Scanned, ReadError>
    where
        F: Fn(&StreamName, &str) -> bool + Send + 'static,
    {
        self.read(move |read| read.scan(from, &scan)).await
    }

    /// The newest event; 0 if there is none.
    pub async fn newest(&self) -> Result<Position, ReadError> {
        self.read(|read| {
            read.connection
                .prepare_cached("SELECT coalesce(max(pos), 0) FROM log")?
                .query_row([], |row| row.get::<_, i64>(0))
        })
        .await
        .map(|position| Position(position.unsigned_abs()))
    }

    /// How many events there are.
    pub async fn count(&self) -> Result<u64, ReadError> {
        self.read(|read| {
            read.connection
                .query_row("SELECT count(*) FROM log", [], |row| row.get::<_, i64>(0))
        })
        .await
        .map(i64::unsigned_abs)
    }

    /// Lets SQLite check the whole file; answers with what it found wrong.
    pub async fn integrity(&self) -> Result<Vec<String>, ReadError> {
        self.read(|read| {
            let mut statement = read.connection.prepare("PRAGMA integrity_check(20)")?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            rows.filter(|row| row.as_ref().map_or(true, |text| text != "ok"))
                .collect()
        })
        .await
    }

    /// The stream as it stands; nothing if there never was one.
    pub async fn stream(&self, name: &StreamName) -> Result<Option<Stream>, ReadError> {
        let name = name.clone();
        self.read(move |read| Stream::load(&read.connection, &name))
            .await
    }

    /// One event, by its place in its stream, hidden or not.
    pub async fn event(
        &self,
        stream: &StreamName,
        revision: u64,
    ) -> Result<Option<RecordedEvent>, ReadError> {
        let name = stream.clone();
        self.read(move |read| {
            let Some(stream) = Stream::load(&read.connection, &name)? else {
                return Ok(None);
            };
            let query = format!(
                "SELECT {COLUMNS} FROM sidx CROSS JOIN log ON log.pos = sidx.pos
                 WHERE sidx.stream_id = ?1 AND sidx.rev = ?2"
            );
            let mut page = Page::new(1);
            read.names.insert(stream.id, name);
            let bounds = params![stream.id, signed(revision)];
            read.collect(&query, bounds, &mut page, |_, _| true)?;
            Ok(page.finish().pop())
        })
        .await
    }

    /// One event as a read of its stream would give it: by its revision, or the newest. Nothing if it is hidden.
    pub async fn visible_event(
        &self,
        stream: &StreamName,
        revision: Option<u64>,
    ) -> Result<Option<RecordedEvent>, ReadError> {
        let (from, direction) = match revision {
            Some(revision) => (revision, Direction::Forwards),
            None => (u64::MAX, Direction::Backwards),
        };
        match self.stream_page(stream, from, direction, 1).await? {
            StreamPage::Found { mut events, .. } => Ok(events
                .pop()
                .filter(|event| revision.is_none_or(|revision| event.revision == revision))),
            StreamPage::NotFound | StreamPage::Tombstoned => Ok(None),
        }
    }

    /// Several statements that see the same, and lock once. They are few: nothing is checkpointed meanwhile.
    async fn read_at_once<T: Send + 'static>(
        &self,
        queries: impl FnOnce(&mut ReadConnection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        self.read(move |read| {
            read.connection.prepare_cached("BEGIN")?.execute([])?;
            let answer = queries(read);
            let ended = read.connection.prepare_cached("ROLLBACK")?.execute([]);
            answer.and_then(|answer| ended.map(|_| answer))
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut ReadConnection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        self.pool.read(query).await
    }
}

/// Which events are taken, where nothing more is known of them.
type Takes = fn(&StreamName, &str) -> bool;

impl Scan<Takes> {
    /// What describes streams.
    fn metadata(most: usize) -> Self {
        Self {
            takes: |stream, _| stream.described_stream().is_some(),
            ..Self::visible(Direction::Forwards, most)
        }
    }

    /// Everything that is not of the store's own streams.
    pub fn visible(direction: Direction, most: usize) -> Self {
        Self {
            direction,
            most,
            window: MAX_PAGE,
            expected: FEW_EVENTS,
            takes: |stream, _| !stream.is_system(),
        }
    }
}

impl ReadConnection {
    fn open(path: &Path, share: Share) -> rusqlite::Result<Self> {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        keep_plans(&connection)?;
        connection.execute_batch(&format!(
            "PRAGMA busy_timeout = 10000; PRAGMA cache_size = -{}; PRAGMA query_only = ON;",
            share.cache_kib
        ))?;
        Ok(Self {
            page_bytes: share.page_bytes,
            ..Self::of(connection)
        })
    }

    /// One that is set up.
    pub(super) fn of(connection: Connection) -> Self {
        Self {
            connection,
            names: HashMap::new(),
            types: HashSet::new(),
            page_bytes: MAX_PAGE_BYTES,
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    fn scan<F>(&mut self, from: Position, scan: &Scan<F>) -> rusqlite::Result<Scanned>
    where
        F: Fn(&StreamName, &str) -> bool,
    {
        let (comparison, order) = match scan.direction {
            Direction::Forwards => (">", "ASC"),
            Direction::Backwards => ("<", "DESC"),
        };
        let query = format!(
            "SELECT {COLUMNS} FROM log WHERE log.pos {comparison} ?1 ORDER BY log.pos {order} LIMIT ?2"
        );
        let mut page = Page::new(scan.most.min(scan.expected));
        let (mut reached, mut looked_at, mut at_end) = (from, 0, false);
        while !at_end && page.rows.len() < scan.most && looked_at < scan.window {
            let rows = (scan.most - page.rows.len())
                .min(scan.window - looked_at)
                .min(SCAN_ROWS);
            let bounds = params![signed(reached.0), signed(rows as u64)];
            let collected = self.collect(&query, bounds, &mut page, &scan.takes)?;
            reached = collected.last.unwrap_or(reached);
            looked_at += collected.seen;
            if collected.cut {
                break;
            }
            at_end = collected.seen < rows;
        }
        Ok(Scanned {
            events: page.finish(),
            reached,
            looked_at,
            at_end,
        })
    }

    /// Runs a query over [`COLUMNS`] until the page is full.
    fn collect(
        &mut self,
        query: &str,
        bounds: &[&dyn rusqlite::ToSql],
        page: &mut Page,
        takes: impl Fn(&StreamName, &str) -> bool,
    ) -> rusqlite::Result<Collected> {
        let Self {
            connection,
            names,
            types,
            page_bytes,
        } = self;
        if names.len() > REMEMBERED_NAMES {
            names.clear();
        }
        if types.len() > REMEMBERED_TYPES {
            types.clear();
        }
        let mut statement = connection.prepare_cached(query)?;
        let mut rows = statement.query(bounds)?;
        let mut collected = Collected::default();
        while let Some(row) = rows.next()? {
            if page.bytes.len() >= *page_bytes {
                collected.cut = true;
                break;
            }
            collected.seen += 1;
            let position = Position(row.get::<_, i64>(0)?.unsigned_abs());
            collected.last = Some(position);
            let stream_id: i64 = row.get(1)?;
            let stream = if let Some(name) = names.get(&stream_id) {
                name.clone()
            } else {
                let name = name_of(connection, stream_id)?;
                names.insert(stream_id, name.clone());
                name
            };
            let event_type = text(row, 4)?;
            if !takes(&stream, event_type) {
                continue;
            }
            let event_type = if let Some(known) = types.get(event_type) {
                known.clone()
            } else {
                let new: Arc<str> = event_type.into();
                types.insert(new.clone());
                new
            };
            page.push(row, position, stream, event_type)?;
        }
        Ok(collected)
    }
}

/// Whether a stream was deleted for good; its metadata are gone with it.
fn is_gone(
    connection: &Connection,
    name: &StreamName,
    stream: Option<Stream>,
) -> rusqlite::Result<bool> {
    let described = match name.described_stream() {
        Some(described) => Stream::load(connection, &described)?,
        None => None,
    };
    Ok([stream, described]
        .iter()
        .flatten()
        .any(|stream| stream.tombstoned))
}

fn name_of(connection: &Connection, stream_id: i64) -> rusqlite::Result<StreamName> {
    let name: Option<String> = connection
        .prepare_cached("SELECT name FROM streams WHERE stream_id = ?1")?
        .query_row([stream_id], |row| row.get(0))
        .optional()?;
    let name = name.unwrap_or_else(|| format!("$unknown-{stream_id}"));
    StreamName::new(&name).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, error.into())
    })
}

fn text<'a>(row: &'a Row<'_>, index: usize) -> rusqlite::Result<&'a str> {
    row.get_ref(index)?.as_str().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, error.into())
    })
}
