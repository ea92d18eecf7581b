//! The adapter: an EventStoreDB or KurrentDB server or cluster behind the port, through a thin client of our own and, for
//! deleting and tombstoning streams, the official one ([`official`]).
//!
//! The rest is ours, because the official one gives up for good when a node cannot be reached once, never looks for another
//! leader, ends its call for appends at each refusal without letting go of it, and lets packets wait for acknowledgements;
//! and a subscription of it whose call the other side ends without an error turns in a circle for ever inside one poll,
//! where no deadline and no abort reaches it.
//!
//! - There is one connection ([`connection`]), made anew for as long as it takes; a cluster's leader is found anew each time
//!   ([`discovery`]). While there is none, calls wait three seconds, and are then refused at once.
//! - Appends go through one long `BatchAppend` call ([`append`]), and are offered again under the same event ids, which the
//!   server recognises.
//! - Reads and subscriptions leave out the server's own streams by a filter on the server's side. Subscriptions go on behind
//!   the last position, whatever happens in between.
//! - A call that is over its patience counts as a broken connection.

mod append;
mod connection;
mod discovery;
mod failure;
mod official;
mod proto;
mod read;
mod settings;
mod subscription;
mod take_over;
mod transport;
mod waits;

use crate::port::{
    AppendError, Appended, Direction, EventStore, EventSubscription, ExpectedRevision, MAX_PAGE,
    NewEvent, Outage, Position, ReadError, RecordedEvent, StreamName, check,
};
use append::Written;
use async_trait::async_trait;
use connection::{Connection, Link};
use failure::Failure;
use official::Removal;
use read::Query;
use settings::Settings;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use upkeep_world::World;
use uuid::Uuid;
use waits::Tries;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same for one that makes the server look through all its events.
const PATIENCE_OF_A_SEARCH: Duration = Duration::from_mins(10);
/// Appends that are under way at once; more wait.
const APPENDS_UNDER_WAY: usize = 512;
/// What a connection string may begin with.
pub const SCHEMES: [&str; 6] = [
    "esdb://",
    "esdb+discover://",
    "kurrentdb://",
    "kurrentdb+discover://",
    "kdb://",
    "kdb+discover://",
];

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(
        "the connection string cannot be used: {0}; it looks like esdb://user:password@host:2113?tls=true"
    )]
    ConnectionString(String),
    #[error(
        "the event store cannot be reached: {0}; is it running, and are address, TLS and password right?"
    )]
    Unreachable(String),
}

/// A server or cluster.
pub struct EventStoreDb {
    connection: Connection,
    room: Semaphore,
    world: World,
}

impl EventStoreDb {
    /// Begins to connect; the store may be away, and come. Only within a runtime of tokio.
    pub fn open(connection_string: &str, world: World) -> Result<Self, ConnectError> {
        let settings =
            Settings::parse(connection_string).map_err(ConnectError::ConnectionString)?;
        Ok(Self {
            connection: Connection::open(settings, world.clone())
                .map_err(ConnectError::ConnectionString)?,
            room: Semaphore::new(APPENDS_UNDER_WAY),
            world,
        })
    }

    /// Connects, and makes sure that the server answers and lets us read.
    pub async fn connect(connection_string: &str, world: World) -> Result<Self, ConnectError> {
        let store = Self::open(connection_string, world)?;
        store
            .connection
            .first()
            .await
            .map_err(ConnectError::Unreachable)?;
        match store.head().await {
            Ok(_) => Ok(store),
            Err(error) => Err(ConnectError::Unreachable(error.to_string())),
        }
    }

    /// Makes a call, and again while that may help.
    async fn call<T, F>(&self, attempt: impl Fn(Arc<Link>) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let attempt = &attempt;
        self.tried(|link: Arc<Link>| async move { link.run(attempt(link.clone())).await })
            .await
    }

    /// Tries, and again while that may help.
    async fn tried<T, F>(&self, attempt: impl Fn(Arc<Link>) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut tries = Tries::default();
        loop {
            let link = self.connection.link().await?;
            let failure = match attempt(link).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            if !failure.passes() || !tries.again(&failure, &self.world).await {
                return Err(failure);
            }
        }
    }

    /// Once: it is not to be repeated by itself.
    async fn remove(
        &self,
        removal: Removal,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        let removed = match self.connection.link().await {
            Ok(link) => link.remove(removal, stream, expected).await,
            Err(failure) => Err(failure),
        };
        match removed {
            Ok(()) => Ok(()),
            Err(failure) => Err(self.not_written(failure, stream, (expected, 0)).await),
        }
    }

    async fn page(&self, query: Query) -> Result<Vec<RecordedEvent>, Failure> {
        let read = |link: Arc<Link>| {
            let query = query.clone();
            async move { query.page(&link).await }
        };
        self.call(read).await
    }

    /// Where an append ended up. The server does not always say so of one that it has seen before.
    async fn place_of(
        &self,
        stream: &StreamName,
        written: Written,
    ) -> Result<Appended, AppendError> {
        if let (Some(position), Some(revision)) = (written.position, written.revision) {
            return Ok(Appended { position, revision });
        }
        let from = written.revision.unwrap_or(u64::MAX);
        let found = self
            .read_stream(stream, from, Direction::Backwards, 1)
            .await;
        match found.map(|events| events.into_iter().next()) {
            Ok(Some(event)) => Ok(Appended {
                position: event.position,
                revision: event.revision,
            }),
            Ok(None) => Err(AppendError::Refused {
                cause: format!(
                    "{stream} does not have what was appended to it before: its retention hides it"
                ),
            }),
            Err(error) => Err(AppendError::Unreachable {
                cause: error.to_string(),
            }),
        }
    }

    async fn not_written(
        &self,
        failure: Failure,
        stream: &StreamName,
        (expected, bytes): (ExpectedRevision, usize),
    ) -> AppendError {
        match failure {
            Failure::Conflict => self.conflict(stream, expected).await,
            failure => failure.of_write(stream, bytes),
        }
    }

    /// A conflict, with the revision that the stream has now.
    async fn conflict(&self, stream: &StreamName, expected: ExpectedRevision) -> AppendError {
        match self
            .read_stream(stream, u64::MAX, Direction::Backwards, 1)
            .await
        {
            Ok(newest) => AppendError::Conflict {
                stream: stream.clone(),
                expected,
                actual: newest.first().map(|event| event.revision),
            },
            Err(ReadError::StreamDeleted { stream }) => AppendError::StreamDeleted { stream },
            Err(error) => AppendError::Unreachable {
                cause: error.to_string(),
            },
        }
    }
}

#[async_trait]
impl EventStore for EventStoreDb {
    async fn append(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        if events.is_empty() {
            return Err(AppendError::Count(0));
        }
        check(&events)?;
        let bytes = events.iter().map(NewEvent::size).sum();
        let _room = self.room.acquire().await.map_err(|_| AppendError::Closed)?;
        let events = &events;
        let append =
            |link: Arc<Link>| async move { link.call().append(stream, expected, events).await };
        match self.call(append).await {
            Ok(written) => self.place_of(stream, written).await,
            Err(failure) => Err(self.not_written(failure, stream, (expected, bytes)).await),
        }
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let limit = limit.min(MAX_PAGE);
        if limit == 0 {
            return Ok(vec![]);
        }
        let query = Query::stream(stream, from, direction, limit);
        match self.page(query).await {
            Ok(events) => Ok(events),
            Err(Failure::NotFound) => Ok(vec![]),
            Err(failure) => Err(failure.of_read(Some(stream))),
        }
    }

    async fn read_all(
        &self,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let limit = limit.min(MAX_PAGE);
        let is_over = match direction {
            Direction::Forwards => from >= Position::END,
            Direction::Backwards => from == Position::START,
        };
        if limit == 0 || is_over {
            return Ok(vec![]);
        }
        // One more, as the event at the position itself may come too.
        let mut events = self
            .page(Query::all(from, direction, limit + 1))
            .await
            .map_err(|failure| failure.of_read(None))?;
        events.retain(|event| event.position != from);
        events.truncate(limit);
        Ok(events)
    }

    async fn read_metadata(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        // One more, as the event at the position itself may come too.
        let query = &Query::metadata(after, limit.min(MAX_PAGE) + 1);
        let read = |link: Arc<Link>| async move {
            let search = query.clone().page(&link);
            link.run_for(PATIENCE_OF_A_SEARCH, search).await
        };
        let page = self.tried(read).await;
        let mut events = page.map_err(|failure| failure.of_read(None))?;
        events.retain(|event| event.position != after);
        events.truncate(limit.min(MAX_PAGE));
        Ok(events)
    }

    async fn head(&self) -> Result<Position, ReadError> {
        let newest = self
            .read_all(Position::END, Direction::Backwards, 1)
            .await?;
        Ok(newest
            .first()
            .map_or(Position::START, |event| event.position))
    }

    async fn subscribe(&self, after: Position) -> Result<Box<dyn EventSubscription>, ReadError> {
        let links = self.connection.links();
        Ok(Box::new(subscription::Subscription::start(
            links,
            after,
            &self.world,
        )))
    }

    async fn import(&self, events: Vec<RecordedEvent>) -> Result<(), AppendError> {
        for event in events {
            take_over::take_over(self, event).await?;
        }
        Ok(())
    }

    async fn delete_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        self.remove(Removal::Delete, stream, expected).await
    }

    async fn tombstone_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        self.remove(Removal::Tombstone, stream, expected).await
    }

    fn new_id(&self) -> Uuid {
        self.world.id()
    }

    /// A cluster that fails answers each call with an error, and may come back.
    async fn failed(&self) -> String {
        std::future::pending().await
    }

    fn outage(&self) -> Option<Outage> {
        self.connection.outage()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_that_cannot_be_read_is_told_without_its_password() {
        let error =
            EventStoreDb::open("esdb://u:secret@host:99999", upkeep_world::real_world()).err();
        let error = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(
            error.contains("port") && !error.contains("secret"),
            "{error}"
        );
    }
}
