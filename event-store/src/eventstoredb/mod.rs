//! The adapter: an EventStoreDB or KurrentDB server or cluster behind the port, through the official client.
//!
//! - Appends go through long `BatchAppend` calls ([`append`]): the client's plain append sends two packets and
//!   waits for the acknowledgement of the first, 40 ms each time.
//! - Reads and subscriptions leave out the server's own streams by a filter on the server's side.
//! - A broken connection is made anew, a bounded number of times with growing waits; appends are offered again
//!   under the same event ids, which the server recognises. Subscriptions go on behind the last position.

mod append;
mod subscription;

use crate::port::{
    AppendError, Appended, ContentType, Direction, EventStore, EventSubscription, ExpectedRevision,
    MAX_APPEND_BYTES, MAX_EVENTS_PER_APPEND, MAX_PAGE, NewEvent, Position, ReadError,
    RecordedEvent, StreamName,
};
use append::Appends;
use async_trait::async_trait;
use kurrentdb::{
    Client, ClientSettings, DeleteStreamOptions, Error, ReadAllOptions, ReadStream,
    ReadStreamOptions, ResolvedEvent, StreamPosition, StreamState, SubscriptionFilter,
    TombstoneStreamOptions,
};
use std::time::Duration;

/// How often something is tried while the server cannot be reached.
const ATTEMPTS: u32 = 8;
/// The wait before the second attempt; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(10);
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
    client: Client,
    appends: Appends,
}

impl EventStoreDb {
    /// Connects, and makes sure that the server answers and lets us read.
    pub async fn connect(connection_string: &str) -> Result<Self, ConnectError> {
        let settings = settings(connection_string)?;
        let client = Client::new(settings)
            .map_err(|error| ConnectError::ConnectionString(error.to_string()))?;
        let store = Self {
            appends: Appends::new(client.clone()),
            client,
        };
        match store.head().await {
            Ok(_) => Ok(store),
            Err(error) => Err(ConnectError::Unreachable(error.to_string())),
        }
    }

    async fn page(&self, query: &Query<'_>, limit: usize) -> Result<Vec<RecordedEvent>, Error> {
        let mut wait = Waits::default();
        loop {
            let read = self.read_once(query, limit);
            let error = match tokio::time::timeout(PATIENCE, read).await {
                Ok(Ok(events)) => return Ok(events),
                Ok(Err(error)) => error,
                Err(_) => Error::DeadlineExceeded,
            };
            if !passes(&error) || !wait.again().await {
                return Err(error);
            }
        }
    }

    async fn read_once(
        &self,
        query: &Query<'_>,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, Error> {
        let mut stream: ReadStream = match query {
            Query::Stream(stream, options) => {
                self.client.read_stream(stream.as_str(), options).await?
            }
            Query::All(options) => self.client.read_all(options).await?,
        };
        let mut events = Vec::with_capacity(limit.min(MAX_PAGE));
        while let Some(event) = stream.next().await? {
            events.extend(recorded(event));
        }
        Ok(events)
    }
}

/// What a page is read from.
enum Query<'a> {
    Stream(&'a StreamName, ReadStreamOptions),
    All(ReadAllOptions),
}

fn settings(connection_string: &str) -> Result<ClientSettings, ConnectError> {
    let without_secrets = without_secrets(connection_string)?;
    // The client repeats what it does not understand, in its errors and in its log: it is asked first without the password.
    if let Err(error) = without_secrets.parse::<ClientSettings>() {
        return Err(ConnectError::ConnectionString(error.message().to_owned()));
    }
    // Decisions are taken on what the leader says, unless somebody asks for another node.
    let prefers = connection_string
        .to_ascii_lowercase()
        .contains("nodepreference=");
    let with_preference = match (prefers, connection_string.contains('?')) {
        (true, _) => connection_string.to_owned(),
        (false, true) => format!("{connection_string}&nodePreference=leader"),
        (false, false) => format!("{connection_string}?nodePreference=leader"),
    };
    with_preference.parse().map_err(|_| {
        ConnectError::ConnectionString("its name or its password cannot be read".to_owned())
    })
}

/// The connection string without name and password.
fn without_secrets(connection_string: &str) -> Result<String, ConnectError> {
    let wrong = |why: &str| ConnectError::ConnectionString(why.to_owned());
    let scheme = SCHEMES
        .iter()
        .find(|scheme| connection_string.starts_with(**scheme))
        .ok_or_else(|| wrong(&format!("it begins with none of {}", SCHEMES.join(", "))))?;
    let rest = &connection_string[scheme.len()..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    let hosts = match authority.rsplit_once('@') {
        None if behind.contains('@') => {
            return Err(wrong(
                "its name or its password has a character that must be written as % and two digits, such as %2F for / and %3F for ?; elsewhere @ is %40",
            ));
        }
        None => authority,
        Some((user, _)) if user.contains(['@', '[', ']', ' ']) => {
            return Err(wrong(
                "its name or its password has a character that must be written as % and two digits, such as %40 for @",
            ));
        }
        Some((_, hosts)) => hosts,
    };
    Ok(format!("{scheme}{hosts}{behind}"))
}

/// Waits that grow, a bounded number of them.
#[derive(Default)]
struct Waits {
    done: u32,
}

impl Waits {
    /// Waits before the next attempt; false if there are to be no more.
    async fn again(&mut self) -> bool {
        self.done += 1;
        if self.done >= ATTEMPTS {
            return false;
        }
        tokio::time::sleep(self.next()).await;
        true
    }

    fn next(&self) -> Duration {
        let doublings = self.done.saturating_sub(1).min(16);
        (FIRST_WAIT * 2u32.pow(doublings)).min(LONGEST_WAIT)
    }
}

/// Whether it may go better next time.
fn passes(error: &Error) -> bool {
    match error {
        Error::ServerError(_)
        | Error::NotLeaderException(_)
        | Error::ConnectionClosed
        | Error::GrpcConnectionError(_)
        | Error::DeadlineExceeded
        | Error::InternalClientError
        | Error::IllegalStateError(_) => true,
        Error::Grpc { code, .. } => matches!(
            *code as i32,
            // Cancelled, Unknown, DeadlineExceeded, ResourceExhausted, Aborted, Internal, Unavailable.
            1 | 2 | 4 | 8 | 10 | 13 | 14
        ),
        _ => false,
    }
}

fn read_error(error: Error, stream: Option<&StreamName>) -> ReadError {
    match (error, stream) {
        (Error::ResourceDeleted, Some(stream)) => ReadError::StreamDeleted {
            stream: stream.clone(),
        },
        (Error::AccessDenied, _) => ReadError::Refused {
            cause: "access denied: check name, password and rights".into(),
        },
        (error, _) if passes(&error) => ReadError::Unreachable {
            cause: error.to_string(),
        },
        (error, _) => ReadError::Refused {
            cause: error.to_string(),
        },
    }
}

/// Why an append did not happen, where it is known that it did not.
fn append_error(error: Error, stream: &StreamName) -> AppendError {
    match error {
        Error::ResourceDeleted => AppendError::StreamDeleted {
            stream: stream.clone(),
        },
        Error::AccessDenied => AppendError::Refused {
            cause: "access denied: check name, password and rights".into(),
        },
        Error::NotLeaderException(leader) => AppendError::Refused {
            cause: format!(
                "the node is not the leader, which is said to be {leader:?}: the cluster may be read-only or electing one"
            ),
        },
        error if passes(&error) => AppendError::Unreachable {
            cause: error.to_string(),
        },
        error => AppendError::Refused {
            cause: error.to_string(),
        },
    }
}

fn recorded(resolved: ResolvedEvent) -> Option<RecordedEvent> {
    let event = resolved.event?;
    let stream = StreamName::new(event.stream_id()).ok()?;
    Some(RecordedEvent {
        position: Position(event.position.commit),
        stream,
        revision: event.revision,
        id: event.id,
        event_type: event.event_type.into(),
        created: event.created,
        content_type: if event.is_json {
            ContentType::Json
        } else {
            ContentType::Binary
        },
        data: event.data,
        metadata: event.custom_metadata,
    })
}

fn position(position: Position) -> kurrentdb::Position {
    kurrentdb::Position {
        commit: position.0,
        prepare: position.0,
    }
}

fn no_system_events() -> SubscriptionFilter {
    SubscriptionFilter::on_stream_name().exclude_system_events()
}

fn state(expected: ExpectedRevision) -> StreamState {
    match expected {
        ExpectedRevision::Any => StreamState::Any,
        ExpectedRevision::NoStream => StreamState::NoStream,
        ExpectedRevision::StreamExists => StreamState::StreamExists,
        ExpectedRevision::Exactly(revision) => StreamState::StreamRevision(revision),
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
        if events.is_empty() || events.len() > MAX_EVENTS_PER_APPEND {
            return Err(AppendError::Count(events.len()));
        }
        let bytes = events
            .iter()
            .map(|event| event.data.len() + event.metadata.len())
            .sum();
        if bytes > MAX_APPEND_BYTES {
            return Err(AppendError::TooLarge(bytes));
        }
        self.appends.append(self, stream, expected, &events).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let limit = limit.min(MAX_PAGE);
        let options = ReadStreamOptions::default().max_count(limit);
        let options = match direction {
            Direction::Forwards => options.position(StreamPosition::Position(from)).forwards(),
            // Revisions are signed on the server's side.
            Direction::Backwards if i64::try_from(from).is_err() => {
                options.position(StreamPosition::End).backwards()
            }
            Direction::Backwards => options.position(StreamPosition::Position(from)).backwards(),
        };
        if limit == 0 {
            return Ok(vec![]);
        }
        match self.page(&Query::Stream(stream, options), limit).await {
            Ok(events) => Ok(events),
            Err(Error::ResourceNotFound) => Ok(vec![]),
            Err(error) => Err(read_error(error, Some(stream))),
        }
    }

    async fn read_all(
        &self,
        from: Position,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, ReadError> {
        let limit = limit.min(MAX_PAGE);
        if limit == 0 {
            return Ok(vec![]);
        }
        // One more, as the event at the position itself may come too.
        let options = ReadAllOptions::default()
            .filter(no_system_events())
            .max_count(limit + 1);
        let options = match direction {
            Direction::Forwards if from == Position::START => {
                options.position(StreamPosition::Start).forwards()
            }
            Direction::Forwards if from >= Position::END => return Ok(vec![]),
            Direction::Forwards => options
                .position(StreamPosition::Position(position(from)))
                .forwards(),
            Direction::Backwards if from >= Position::END => {
                options.position(StreamPosition::End).backwards()
            }
            Direction::Backwards if from == Position::START => return Ok(vec![]),
            Direction::Backwards => options
                .position(StreamPosition::Position(position(from)))
                .backwards(),
        };
        let mut events = self
            .page(&Query::All(options), limit + 1)
            .await
            .map_err(|error| read_error(error, None))?;
        events.retain(|event| event.position != from);
        events.truncate(limit);
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
        Ok(Box::new(subscription::Subscription::start(
            self.client.clone(),
            after,
        )))
    }

    async fn delete_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        let options = DeleteStreamOptions::default().stream_state(state(expected));
        let deleted = self.client.delete_stream(stream.as_str(), &options).await;
        self.deleted(deleted, stream, expected).await
    }

    async fn tombstone_stream(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        let options = TombstoneStreamOptions::default().stream_state(state(expected));
        let deleted = self
            .client
            .tombstone_stream(stream.as_str(), &options)
            .await;
        self.deleted(deleted, stream, expected).await
    }

    /// A cluster that fails answers each call with an error, and may come back.
    async fn failed(&self) -> String {
        std::future::pending().await
    }
}

impl EventStoreDb {
    async fn deleted(
        &self,
        result: kurrentdb::Result<Option<kurrentdb::Position>>,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), AppendError> {
        let Err(error) = result else {
            return Ok(());
        };
        // A conflict has a code of its own in this call only, and the client does not know it.
        let is_conflict = match &error {
            Error::WrongExpectedVersion { .. } => true,
            Error::Grpc { code, message } => {
                // FailedPrecondition.
                *code as i32 == 9 && message.contains("WrongExpectedVersion")
            }
            _ => false,
        };
        if is_conflict {
            return Err(self.conflict(stream, expected).await);
        }
        Err(append_error(error, stream))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leader_is_asked_unless_another_node_is_wanted() {
        let leader = settings("esdb://a:b@localhost:2113?tls=false").unwrap();
        assert_eq!(leader.node_preference(), kurrentdb::NodePreference::Leader);
        let other = settings("esdb://localhost:2113?nodePreference=follower").unwrap();
        assert_eq!(other.node_preference(), kurrentdb::NodePreference::Follower);
        for wrong in [
            "http://u:secret@localhost",
            "esdb://u:secret@:port:x?tls=perhaps",
            "esdb://u:secret@a b",
            "esdb://u:sec/ret?secret@host",
            "esdb://u:secret?x@host",
            "esdb://u:secret#@host",
            "esdb://u:se@secret@host",
            "esdb://u:secret@host:99999",
            "esdb://u:secret@host:2113?nodePreference=nobody",
            "u:secret@host",
        ] {
            let error = settings(wrong).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn waits_grow_and_are_bounded() {
        let waits: Vec<Duration> = (1..ATTEMPTS).map(|done| Waits { done }.next()).collect();
        assert_eq!(waits[0], FIRST_WAIT);
        assert!(waits.is_sorted() && *waits.last().unwrap() <= LONGEST_WAIT);
    }
}
