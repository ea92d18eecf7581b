//! The port: what every event store must do, and the types that go through it.

pub use crate::retention::Retention;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, path::PathBuf, sync::Arc};
use upkeep_domain::aggregates::DomainEvent;
use uuid::Uuid;

/// Categories of streams that are Upkeep's, but not the domain's.
const OTHER_CATEGORIES: [&str; 2] = ["output", "checkpoint"];

/// Most events of one append.
pub const MAX_EVENTS_PER_APPEND: usize = 4_096;
/// Most bytes of one append, counted as [`NewEvent::size`] does; `EventStoreDB`'s default.
pub const MAX_APPEND_BYTES: usize = 1024 * 1024;
/// Most events of one page.
pub const MAX_PAGE: usize = 4_096;
/// Longest stream name, in bytes; the `$$` of a metadata stream comes on top.
pub const MAX_STREAM_NAME_BYTES: usize = 250;
/// Longest type of an event, in bytes.
pub const MAX_EVENT_TYPE_BYTES: usize = 1_024;
/// What the name of a stream's metadata stream begins with; `EventStoreDB`'s convention.
pub const METADATA_PREFIX: &str = "$$";
/// The type of the event that holds a stream's metadata; `EventStoreDB`'s convention.
pub const METADATA_TYPE: &str = "$metadata";

/// The revision of the event that ends a stream for good; `EventStoreDB`'s convention.
pub const TOMBSTONE_REVISION: u64 = i64::MAX as u64;
/// The type of that event.
pub const TOMBSTONE_TYPE: &str = "$streamDeleted";

/// A place in the one order of all events. Later events have larger positions; nothing else may be concluded from
/// the numbers (`EventStoreDB` counts bytes).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// Before every event.
    pub const START: Self = Self(0);
    /// After every event that there will ever be.
    pub const END: Self = Self(i64::MAX as u64);
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
        let bare = name.strip_prefix(METADATA_PREFIX).unwrap_or(name);
        if bare.is_empty()
            || bare.len() > MAX_STREAM_NAME_BYTES
            || name.chars().any(char::is_control)
        {
            Err(StreamNameError(
                name.chars().take(MAX_STREAM_NAME_BYTES).collect(),
            ))
        } else {
            Ok(Self(name.into()))
        }
    }

    /// The name under which the log of all events has metadata, as a stream has; `EventStoreDB`'s convention.
    pub fn all() -> Self {
        Self("$all".into())
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

    /// Whether only servers of Upkeep write it. What stands in any other stream is somebody else's, whatever it says of
    /// itself.
    pub fn is_upkeeps(&self) -> bool {
        let category = self.category();
        DomainEvent::is_category(category) || OTHER_CATEGORIES.contains(&category)
    }

    /// Whether it is the store's own: metadata, bookkeeping.
    pub fn is_system(&self) -> bool {
        self.0.starts_with('$')
    }

    /// The stream that holds this stream's metadata.
    #[must_use]
    pub fn metadata_stream(&self) -> Self {
        Self(format!("{METADATA_PREFIX}{}", self.0).into())
    }

    /// The stream whose metadata this stream holds, if it holds any.
    pub fn described_stream(&self) -> Option<Self> {
        self.0
            .strip_prefix(METADATA_PREFIX)
            .filter(|name| !name.is_empty())
            .map(|name| Self(name.into()))
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
    /// Something, whatever its revision.
    StreamExists,
    Exactly(u64),
}

impl fmt::Display for ExpectedRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any revision"),
            Self::NoStream => f.write_str("no stream"),
            Self::StreamExists => f.write_str("an existing stream"),
            Self::Exactly(revision) => write!(f, "revision {revision}"),
        }
    }
}

/// What an event's data is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContentType {
    /// Everything that we write.
    #[default]
    Json,
    /// Something else, written by another program.
    Binary,
}

/// An event on its way into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    pub id: Uuid,
    pub event_type: Cow<'static, str>,
    pub content_type: ContentType,
    pub data: Vec<u8>,
    /// JSON.
    pub metadata: Vec<u8>,
}

/// Why an event cannot be recorded, here or in a real server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    #[error("it has no type: say in a word what happened")]
    NoType,
    #[error("its type is longer than {MAX_EVENT_TYPE_BYTES} bytes: take a shorter one")]
    LongType,
    #[error("its id is the zero UUID, which tells nothing apart: give it one of its own")]
    ZeroId,
    #[error("it has {0} bytes, and an append has at most {MAX_APPEND_BYTES}")]
    TooLarge(usize),
}

impl EventFault {
    /// What is wrong with an event of such parts, if anything is.
    pub fn of(id: Uuid, event_type: &str, data: &[u8], metadata: &[u8]) -> Option<Self> {
        let size = size(event_type, data, metadata);
        if event_type.is_empty() {
            Some(Self::NoType)
        } else if event_type.len() > MAX_EVENT_TYPE_BYTES {
            Some(Self::LongType)
        } else if id.is_nil() {
            Some(Self::ZeroId)
        } else if size > MAX_APPEND_BYTES {
            Some(Self::TooLarge(size))
        } else {
            None
        }
    }
}

/// As `EventStoreDB` 24.10 counts: the bytes of data and metadata, and those of the type in UTF-16.
fn size(event_type: &str, data: &[u8], metadata: &[u8]) -> usize {
    data.len() + metadata.len() + 2 * event_type.encode_utf16().count()
}

/// Refuses events that no store takes in one append: too many, too large together, or one that cannot be recorded.
pub fn check(events: &[NewEvent]) -> Result<(), AppendError> {
    if events.len() > MAX_EVENTS_PER_APPEND {
        return Err(AppendError::Count(events.len()));
    }
    let size = events.iter().map(NewEvent::size).sum();
    if size > MAX_APPEND_BYTES {
        return Err(AppendError::TooLarge(size));
    }
    let faults = events.iter().map(NewEvent::fault);
    match faults
        .enumerate()
        .find_map(|(index, fault)| Some((index, fault?)))
    {
        Some((index, fault)) => Err(AppendError::Event {
            number: index + 1,
            fault,
        }),
        None => Ok(()),
    }
}

impl NewEvent {
    /// What it takes of [`MAX_APPEND_BYTES`].
    pub fn size(&self) -> usize {
        size(&self.event_type, &self.data, &self.metadata)
    }

    /// Why it cannot be recorded, if it cannot.
    pub fn fault(&self) -> Option<EventFault> {
        EventFault::of(self.id, &self.event_type, &self.data, &self.metadata)
    }
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
    /// When the store recorded it; never earlier than the event before it, but in the store's own streams.
    pub created: DateTime<Utc>,
    pub content_type: ContentType,
    pub data: Bytes,
    pub metadata: Bytes,
}

impl RecordedEvent {
    /// Whether it ends its stream for good.
    pub fn ends_its_stream(&self) -> bool {
        self.revision == TOMBSTONE_REVISION && &*self.event_type == TOMBSTONE_TYPE
    }
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
    #[error("event number {number} of the append cannot be recorded: {fault}")]
    Event { number: usize, fault: EventFault },
    #[error(
        "the stream {stream} is deleted: if not for good, append to it as to a new one, or at any revision"
    )]
    StreamDeleted { stream: StreamName },
    #[error(
        "the disk of the store {path} is full: free some space, then try again; nothing acknowledged was lost, and the server goes on by itself"
    )]
    StorageFull { path: PathBuf },
    #[error("the store refuses to write: {cause}")]
    Refused { cause: String },
    #[error(
        "the store cannot be reached: {cause}; the append may or may not have happened, offer the same events again"
    )]
    Unreachable { cause: String },
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
    #[error("the stream {stream} was deleted for good")]
    StreamDeleted { stream: StreamName },
    #[error("the store in {path} cannot be read: {cause}")]
    Failed { path: PathBuf, cause: String },
    #[error("the store cannot be reached: {cause}")]
    Unreachable { cause: String },
    #[error("the store refuses to be read: {cause}")]
    Refused { cause: String },
    #[error("the store is closed: the server is stopping")]
    Closed,
}

/// A store that cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// By this machine's clock.
    pub since: DateTime<Utc>,
    /// Without a name or a password.
    pub cause: String,
}

/// What a subscription delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The next events in order, at least one.
    Events(Vec<RecordedEvent>),
    /// Everything that was there is delivered; what comes now is new. Told once after each catching up.
    CaughtUp,
    /// The reader was too slow or the connection broke: what comes now is read from the store again, in order.
    FellBehind,
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
    /// [`ExpectedRevision::Any`] and [`ExpectedRevision::StreamExists`] ids are recognised among the newest events, however
    /// those were expected; see [`crate::recognition`] for the whole rule. Not cancel-safe: if the call is dropped the
    /// events may or may not be appended; offer them again to find out.
    ///
    /// A deleted stream does not exist: [`ExpectedRevision::NoStream`] begins it again behind its old numbers, and
    /// [`ExpectedRevision::StreamExists`] is [`AppendError::StreamDeleted`]. A stream that has metadata exists, if it has no
    /// event yet.
    async fn append(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError>;

    /// A page of a stream from a revision, itself included; empty if there is nothing. At most [`MAX_PAGE`].
    /// What the stream's retention hides is left out.
    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError>;

    /// A page of all events beyond a position, itself not included: after it forwards, before it backwards. Events
    /// of the store's own streams (`$…`) are left out. At most [`MAX_PAGE`]; less than `limit` only at the end.
    async fn read_all(
        &self,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError>;

    /// A page of all events up to a position, itself included, the newest first. At most [`MAX_PAGE`].
    async fn read_all_until(
        &self,
        position: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        // A position that no event has must not be asked for: EventStoreDB refuses it.
        let beyond = self.read_all(position, Direction::Forwards, 1).await?;
        let from = beyond.first().map_or(Position::END, |event| event.position);
        self.read_all(from, Direction::Backwards, limit).await
    }

    /// A page of the events that are metadata of streams, after a position. At most [`MAX_PAGE`]; none only at the end.
    async fn read_metadata(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError>;

    /// The position of the last event that is not of the store's own streams.
    async fn head(&self) -> Result<Position, ReadError>;

    /// All events after a position: first those that are there, then each new one, without a gap or a repeat.
    /// Events of the store's own streams are left out.
    async fn subscribe(&self, after: Position) -> Result<Box<dyn EventSubscription>, ReadError>;

    /// Why an event of another store cannot be taken over, if it cannot.
    fn refuses(&self, event: &RecordedEvent) -> Option<EventFault> {
        EventFault::of(event.id, &event.event_type, &event.data, &event.metadata)
    }

    /// Takes over events of another store, in order, as they are, as far as the store lets events be numbered and dated.
    /// What is there already is passed over.
    async fn import(&self, events: Vec<RecordedEvent>) -> Result<(), AppendError>;

    /// Hides everything that is in a stream; a later append goes on with its numbering. What the stream's metadata said
    /// is forgotten. [`AppendError::Conflict`] if there never was such a stream.
    async fn delete_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError>;

    /// Hides everything that is in a stream and refuses every later append, for ever, to its metadata as well. There need
    /// not have been such a stream, if that is expected.
    async fn tombstone_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError>;

    /// Says how long the events of a stream are kept. What was said before is replaced.
    async fn set_retention(
        &self,
        stream: &StreamName,
        retention: Retention,
    ) -> Result<(), AppendError> {
        let data = serde_json::to_vec(&retention).unwrap_or_default();
        self.describe(stream, ContentType::Json, data).await
    }

    /// Writes a stream's metadata: how long its events are kept, who may do what with it, and what others keep there. What was
    /// said before is replaced.
    async fn describe(
        &self,
        stream: &StreamName,
        content_type: ContentType,
        data: Vec<u8>,
    ) -> Result<(), AppendError> {
        let event = NewEvent {
            id: self.new_id(),
            event_type: METADATA_TYPE.into(),
            content_type,
            data,
            metadata: vec![],
        };
        let metadata = stream.metadata_stream();
        self.append(&metadata, ExpectedRevision::Any, vec![event])
            .await
            .map(|_| ())
    }

    /// How long the events of a stream are kept; nothing was said if all is empty, as of a stream that is gone for good.
    async fn retention(&self, stream: &StreamName) -> Result<Retention, ReadError> {
        let description = self.description(stream).await?;
        Ok(description.map_or_else(Retention::default, |event| {
            Retention::told_by(event.content_type, &event.data)
        }))
    }

    /// The newest metadata of a stream, if it has any and is not gone for good.
    async fn description(&self, stream: &StreamName) -> Result<Option<RecordedEvent>, ReadError> {
        let newest = self
            .read_stream(&stream.metadata_stream(), u64::MAX, Direction::Backwards, 1)
            .await;
        match newest {
            Err(ReadError::StreamDeleted { .. }) => Ok(None),
            newest => Ok(newest?.into_iter().next()),
        }
    }

    /// An id for an event that the store writes of itself.
    fn new_id(&self) -> Uuid;

    /// Waits until the store has failed for good, and says why. Never returns while it works.
    async fn failed(&self) -> String;

    /// Since when the store cannot be reached, if that is so now: it is looked for again and again, and what needs it is
    /// refused until then. A store in this process is always there.
    fn outage(&self) -> Option<Outage> {
        None
    }
}
