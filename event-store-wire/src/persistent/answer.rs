//! How a consumer is sent an event.

use super::message::Message;
use crate::convert::{IdForm, sent};
use crate::proto::persistent::read_resp::{self, read_event};
use crate::proto::shared;
use upkeep_event_store::RecordedEvent;

/// The event's own place is not told where it is read through a link, only the link's; as on the real server.
fn recorded(event: &RecordedEvent, place: u64, ids: IdForm) -> read_event::RecordedEvent {
    let parts = sent(event, ids);
    read_event::RecordedEvent {
        id: Some(parts.id),
        stream_identifier: Some(parts.stream_identifier),
        stream_revision: event.revision,
        prepare_position: place,
        commit_position: place,
        metadata: parts.metadata,
        custom_metadata: event.metadata.clone(),
        data: event.data.clone(),
    }
}

pub fn read_event(message: &Message, ids: IdForm) -> read_resp::ReadEvent {
    let resolved = &message.resolved;
    let place = resolved.original().map(|event| event.position.0);
    let sent = |event: &RecordedEvent| recorded(event, place.unwrap_or_default(), ids);
    read_resp::ReadEvent {
        event: resolved.event.as_ref().map(sent),
        link: resolved.link.as_ref().map(sent),
        position: Some(place.map_or(
            read_event::Position::NoPosition(shared::Empty {}),
            read_event::Position::CommitPosition,
        )),
        count: Some(read_event::Count::RetryCount(message.retries)),
    }
}
