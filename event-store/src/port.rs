//! The port: what every event store must do, and the types that go through it.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use std::{borrow::Cow, fmt, path::PathBuf, sync::Arc};
use uuid::Uuid;

/// Most events of one append.
pub const MAX_EVENTS_PER_APPEND: usize = 4_096;
/// Most bytes of one append, data and metadata together; `EventStoreDB`'s default.
pub const MAX_APPEND_BYTES: usize = 1024 * 1024;
/// Most events of one page.
pub const MAX_PAGE: usize = 4_096;
/// Longest stream name, in bytes.
pub const MAX_STREAM_NAME_BYTES: usize = 250;

/// A place in the one order of all events. The first event has position 1, later ones larger ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl Position {
    /// Before every event.
    pub const START: Self = Self(0);
    /// After every event that there will ever be.
    pub const END: Self = Self(i64::MAX as u64);

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of a stream: a category, a dash, an id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName(Arc<str>);

/// Why a text cannot name a stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no stream name: use 1 to {MAX_STREAM_NAME_BYTES} bytes without control characters"
)]
pub struct StreamNameError(String);

impl StreamName {
    pub fn new(name: &str) -> Result<Self, StreamNameError> {
        if name.is_empty()
            || name.len() > MAX_STREAM_NAME_BYTES
            || name.chars().any(char::is_control)
        {
            Err(StreamNameError(
                name.chars().take(MAX_STREAM_NAME_BYTES).collect(),
            ))
        } else {
            Ok(Self(name.into()))
        }
    }

    /// The stream of one instance of a category.
    pub fn of(category: &str, id: impl fmt::Display) -> Self {
        Self(format!("{category}-{id}").into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the first dash.
    pub fn category(&self) -> &str {
        self.0
            .split_once('-')
            .map_or(&self.0, |(category, _)| category)
    }

    /// What stands after the first dash.
    pub fn id(&self) -> &str {
        self.0.split_once('-').map_or("", |(_, id)| id)
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the writer believes about the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedRevision {
    /// Nothing.
    Any,
    NoStream,
    Exactly(u64),
}

impl fmt::Display for ExpectedRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any revision"),
            Self::NoStream => f.write_str("no stream"),
            Self::Exactly(revision) => write!(f, "revision {revision}"),
        }
    }
}

/// An event on its way into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    pub id: Uuid,
    pub event_type: Cow<'static, str>,
    /// JSON.
    pub data: Vec<u8>,
    /// JSON.
    pub metadata: Vec<u8>,
}

/// An event in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    pub position: Position,
    pub stream: StreamName,
    /// From 0, without gaps.
    pub revision: u64,
    pub id: Uuid,
    pub event_type: Arc<str>,
    /// When the store recorded it; never earlier than the event before it.
    pub created: DateTime<Utc>,
    pub data: Bytes,
    pub metadata: Bytes,
}

/// Where an append ended up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Of its last event.
    pub position: Position,
    /// Of its last event.
    pub revision: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forwards,
    Backwards,
}

/// Why an append did not happen. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    #[error("stream {stream} is at {}, not at {expected}: somebody else wrote first; load it again and decide again", actual.map_or_else(|| "no revision".to_owned(), |revision| format!("revision {revision}")))]
    Conflict {
        stream: StreamName,
        expected: ExpectedRevision,
        actual: Option<u64>,
    },
    #[error("an append has 1 to {MAX_EVENTS_PER_APPEND} events, not {0}")]
    Count(usize),
    #[error("the append has {0} bytes: at most {MAX_APPEND_BYTES} are allowed")]
    TooLarge(usize),
    #[error("the store in {path} is full: free some space; nothing acknowledged was lost")]
    StorageFull { path: PathBuf },
    #[error(
        "the store in {path} failed and accepts nothing more: {cause}; restart the server, which checks the store and goes on where it stopped"
    )]
    Failed { path: PathBuf, cause: String },
    #[error("the store is closed: the server is stopping")]
    Closed,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the store in {path} cannot be read: {cause}")]
    Failed { path: PathBuf, cause: String },
    #[error("the store is closed: the server is stopping")]
    Closed,
}

/// What a subscription delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The next events in order, at least one.
    Events(Vec<RecordedEvent>),
    /// Everything that was there is delivered; what comes now is new. Told once after each catching up.
    CaughtUp,
}

/// A reader that follows the store.
#[async_trait]
pub trait EventSubscription: Send {
    /// The next delivery; waits until there is one. Cancel-safe: a dropped call loses nothing.
    async fn next(&mut self) -> Result<Delivery, ReadError>;
}

/// An event store.
#[async_trait]
pub trait EventStore: Send + Sync + 'static {
    /// Appends events atomically; they are on disk when this returns.
    ///
    /// Idempotent: the same event ids at the same expected revision answer as the first time. With
    /// [`ExpectedRevision::Any`] ids are recognised while they are recent. Not cancel-safe: if the call is
    /// dropped the events may or may not be appended; offer them again to find out.
    async fn append(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError>;

    /// A page of a stream from a revision, itself included; empty if there is nothing. At most [`MAX_PAGE`].
    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError>;

    /// A page of all events from a position, itself included. At most [`MAX_PAGE`].
    async fn read_all(
        &self,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError>;

    /// The position of the last event.
    async fn head(&self) -> Result<Position, ReadError>;

    /// All events after a position: first those that are there, then each new one, without a gap or a repeat.
    async fn subscribe(&self, after: Position) -> Result<Box<dyn EventSubscription>, ReadError>;

    /// Waits until the store has failed for good, and says why. Never returns while it works.
    async fn failed(&self) -> String;
}
