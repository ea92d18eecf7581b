//! Between the protocol's types and the store's.

use crate::proto::shared::{self, uuid::Value};
use crate::proto::streams::read_resp;
use crate::refusal;
use std::collections::HashMap;
use std::time::SystemTime;
use tonic::Status;
use upkeep_event_store::{
    ContentType, EventFault, ExpectedRevision, NewEvent, RecordedEvent, SqliteReader, StreamName,
};
use uuid::Uuid;

/// The type of an event that points to another one; its data is `revision@stream`.
pub const LINK_TYPE: &str = "$>";

/// What a client expects of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    pub expected: ExpectedRevision,
    /// The number that it was said with, if it was.
    pub revision: Option<u64>,
}

impl Expectation {
    /// The number beyond all others is the protocol's -1, no stream; others beyond 63 bits are none.
    pub fn of_revision(revision: u64) -> Result<Self, Status> {
        let expected = if revision == u64::MAX {
            ExpectedRevision::NoStream
        } else if i64::try_from(revision).is_ok() {
            ExpectedRevision::Exactly(revision)
        } else {
            return Err(Status::invalid_argument(format!(
                "no stream is at revision {revision}: expect one up to {}",
                i64::MAX
            )));
        };
        Ok(Self {
            expected,
            revision: Some(revision),
        })
    }
}

impl From<ExpectedRevision> for Expectation {
    fn from(expected: ExpectedRevision) -> Self {
        Self {
            expected,
            revision: None,
        }
    }
}

/// How ids are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdForm {
    Text,
    TwoHalves,
}

pub fn stream_name(identifier: Option<shared::StreamIdentifier>) -> Result<StreamName, Status> {
    let identifier = identifier.ok_or_else(|| refusal::missing("stream_identifier"))?;
    let name = std::str::from_utf8(&identifier.stream_name)
        .map_err(|_| Status::invalid_argument("a stream's name is UTF-8"))?;
    StreamName::new(name).map_err(|error| Status::invalid_argument(error.to_string()))
}

pub fn identifier(stream: &StreamName) -> shared::StreamIdentifier {
    shared::StreamIdentifier {
        stream_name: stream.as_str().to_owned().into(),
    }
}

pub fn id(id: Uuid, form: IdForm) -> shared::Uuid {
    let value = match form {
        IdForm::Text => Value::String(id.to_string()),
        IdForm::TwoHalves => {
            let (most, least) = id.as_u64_pair();
            Value::Structured(shared::uuid::Structured {
                most_significant_bits: most.cast_signed(),
                least_significant_bits: least.cast_signed(),
            })
        }
    };
    shared::Uuid { value: Some(value) }
}

pub fn parse_id(id: Option<&shared::Uuid>) -> Result<Uuid, Status> {
    match id.and_then(|id| id.value.as_ref()) {
        Some(Value::String(text)) => Uuid::parse_str(text)
            .map_err(|_| Status::invalid_argument(format!("'{}' is no UUID", refusal::clip(text)))),
        Some(Value::Structured(halves)) => Ok(Uuid::from_u64_pair(
            halves.most_significant_bits.cast_unsigned(),
            halves.least_significant_bits.cast_unsigned(),
        )),
        None => Err(refusal::missing("id")),
    }
}

/// An event as a client offers it.
pub fn new_event(
    id: Option<&shared::Uuid>,
    mut metadata: HashMap<String, String>,
    custom_metadata: &[u8],
    data: &[u8],
) -> Result<NewEvent, Status> {
    let event_type = metadata
        .remove("type")
        .ok_or_else(|| refusal::missing_metadata("type"))?;
    let content_type = match metadata.get("content-type").map(String::as_str) {
        Some("application/json") => ContentType::Json,
        Some(_) => ContentType::Binary,
        None => return Err(refusal::missing_metadata("content-type")),
    };
    let event = NewEvent {
        id: parse_id(id)?,
        event_type: event_type.into(),
        content_type,
        data: data.to_vec(),
        metadata: custom_metadata.to_vec(),
    };
    match event.fault() {
        // That is an append's own fault, which clients know.
        None | Some(EventFault::TooLarge(_)) => Ok(event),
        Some(fault) => Err(Status::invalid_argument(format!(
            "the event {} cannot be recorded: {fault}",
            event.id
        ))),
    }
}

/// The parts of a stored event that both services send, each in a type of its own.
pub struct Sent {
    pub id: shared::Uuid,
    pub stream_identifier: shared::StreamIdentifier,
    pub metadata: HashMap<String, String>,
}

pub fn sent(event: &RecordedEvent, form: IdForm) -> Sent {
    let content_type = match event.content_type {
        ContentType::Json => "application/json",
        ContentType::Binary => "application/octet-stream",
    };
    // In ticks of 100 nanoseconds since 1970.
    let created = event.created.timestamp_micros() * 10;
    Sent {
        id: id(event.id, form),
        stream_identifier: identifier(&event.stream),
        metadata: HashMap::from([
            ("type".to_owned(), event.event_type.to_string()),
            ("content-type".to_owned(), content_type.to_owned()),
            ("created".to_owned(), created.to_string()),
        ]),
    }
}

fn recorded(event: &RecordedEvent, form: IdForm) -> read_resp::read_event::RecordedEvent {
    let parts = sent(event, form);
    read_resp::read_event::RecordedEvent {
        id: Some(parts.id),
        stream_identifier: Some(parts.stream_identifier),
        stream_revision: event.revision,
        prepare_position: event.position.0,
        commit_position: event.position.0,
        metadata: parts.metadata,
        custom_metadata: event.metadata.clone(),
        data: event.data.clone(),
    }
}

/// An event and what it was read through.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Nothing if a link leads nowhere.
    pub event: Option<RecordedEvent>,
    pub link: Option<RecordedEvent>,
}

impl Resolved {
    pub fn plain(event: RecordedEvent) -> Self {
        Self {
            event: Some(event),
            link: None,
        }
    }

    /// The event that stands in the stream that was read.
    pub fn original(&self) -> Option<&RecordedEvent> {
        self.link.as_ref().or(self.event.as_ref())
    }

    pub fn read_event(&self, form: IdForm) -> read_resp::ReadEvent {
        use read_resp::read_event::Position;
        let position = self.original().map(|event| event.position.0);
        read_resp::ReadEvent {
            event: self.event.as_ref().map(|event| recorded(event, form)),
            link: self.link.as_ref().map(|event| recorded(event, form)),
            position: Some(position.map_or(
                Position::NoPosition(shared::Empty {}),
                Position::CommitPosition,
            )),
        }
    }
}

/// What a link says.
#[derive(Debug, PartialEq, Eq)]
enum Goal {
    /// Nothing that could be meant for a link.
    None,
    /// Something that cannot be there.
    Nowhere,
    /// An event by its revision, or the newest.
    Event(StreamName, Option<u64>),
}

impl Goal {
    fn of(data: &[u8]) -> Self {
        let text = String::from_utf8_lossy(data);
        let (revision, stream) = match text.split_once('@') {
            Some((revision, stream)) => (revision, StreamName::new(stream).ok()),
            None => (&*text, None),
        };
        let Ok(revision) = revision.trim().parse::<i64>() else {
            return Self::None;
        };
        match (u64::try_from(revision), stream) {
            (Ok(revision), Some(stream)) => Self::Event(stream, Some(revision)),
            (Err(_), Some(stream)) if revision == -1 => Self::Event(stream, None),
            _ => Self::Nowhere,
        }
    }
}

/// Follows a link, if the event is one: to what a read of its goal would find there. A link to what is deleted, truncated
/// or too old leads nowhere.
pub async fn resolve(reader: &SqliteReader, event: RecordedEvent) -> Result<Resolved, Status> {
    if &*event.event_type != LINK_TYPE {
        return Ok(Resolved::plain(event));
    }
    let goal = match Goal::of(&event.data) {
        Goal::None => return Ok(Resolved::plain(event)),
        Goal::Nowhere => None,
        Goal::Event(stream, revision) => reader
            .visible_event(&stream, revision)
            .await
            .map_err(|error| refusal::of_read(&error))?,
    };
    Ok(Resolved {
        event: goal,
        link: Some(event),
    })
}

pub fn now() -> prost_types::Timestamp {
    SystemTime::now().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_link_is_a_revision_and_a_stream() {
        let goal = |text: &str| Goal::of(text.as_bytes());
        let of = |name: &str, revision| Goal::Event(StreamName::new(name).unwrap(), revision);
        assert_eq!(goal("0@s"), of("s", Some(0)));
        assert_eq!(goal("7@$$s@t"), of("$$s@t", Some(7)));
        assert_eq!(goal("-1@s"), of("s", None));
        for nowhere in ["0@", "0", "-2@s", "0@$$"] {
            assert_eq!(goal(nowhere), Goal::Nowhere, "{nowhere}");
        }
        for none in ["", "garbage", "x@s", "@s", "99999999999999999999@s"] {
            assert_eq!(goal(none), Goal::None, "{none}");
        }
    }

    #[test]
    fn a_revision_that_is_expected_has_63_bits() {
        let expected = |revision| Expectation::of_revision(revision).map(|asked| asked.expected);
        let most = i64::MAX.unsigned_abs();
        assert_eq!(expected(most).unwrap(), ExpectedRevision::Exactly(most));
        assert_eq!(expected(u64::MAX).unwrap(), ExpectedRevision::NoStream);
        assert!(expected(most + 1).is_err() && expected(u64::MAX - 1).is_err());
    }

    proptest! {
        #[test]
        fn an_id_comes_back_in_either_form(bits in any::<u128>()) {
            let one = Uuid::from_u128(bits);
            for form in [IdForm::Text, IdForm::TwoHalves] {
                prop_assert_eq!(parse_id(Some(&id(one, form))).unwrap(), one);
            }
        }
    }
}
