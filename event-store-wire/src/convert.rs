//! Between the protocol's types and the store's.

use crate::proto::shared::{self, uuid::Value};
use crate::proto::streams::read_resp;
use crate::refusal;
use std::collections::HashMap;
use std::time::SystemTime;
use tonic::Status;
use upkeep_event_store::port::MAX_EVENT_TYPE_BYTES;
use upkeep_event_store::{ContentType, NewEvent, RecordedEvent, SqliteReader, StreamName};
use uuid::Uuid;

/// The type of an event that points to another one; its data is `revision@stream`.
pub const LINK_TYPE: &str = "$>";

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
    if event_type.len() > MAX_EVENT_TYPE_BYTES {
        return Err(Status::invalid_argument(format!(
            "an event's type has at most {MAX_EVENT_TYPE_BYTES} bytes"
        )));
    }
    let content_type = match metadata.get("content-type").map(String::as_str) {
        Some("application/json") => ContentType::Json,
        Some(_) => ContentType::Binary,
        None => return Err(refusal::missing_metadata("content-type")),
    };
    Ok(NewEvent {
        id: parse_id(id)?,
        event_type: event_type.into(),
        content_type,
        data: data.to_vec(),
        metadata: custom_metadata.to_vec(),
    })
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

/// Follows a link, if the event is one.
pub async fn resolve(reader: &SqliteReader, event: RecordedEvent) -> Result<Resolved, Status> {
    if &*event.event_type != LINK_TYPE {
        return Ok(Resolved::plain(event));
    }
    let goal = std::str::from_utf8(&event.data).ok().and_then(|text| {
        let (revision, stream) = text.split_once('@')?;
        Some((revision.parse().ok()?, StreamName::new(stream).ok()?))
    });
    let goal = match goal {
        Some((revision, stream)) => reader
            .event(&stream, revision)
            .await
            .map_err(|error| refusal::of_read(&error))?,
        None => None,
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
