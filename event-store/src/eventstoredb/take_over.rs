//! Events of another store, in one that numbers and dates them itself.

use super::EventStoreDb;
use crate::evidence::checkpoint::is_covered;
use crate::port::{AppendError, Direction, EventStore, ExpectedRevision, NewEvent, RecordedEvent};

/// Takes an event over by appending it.
pub async fn take_over(store: &EventStoreDb, event: RecordedEvent) -> Result<(), AppendError> {
    if event.ends_its_stream() {
        return match store
            .tombstone_stream(&event.stream, ExpectedRevision::Any)
            .await
        {
            Err(AppendError::StreamDeleted { .. }) => Ok(()),
            done => done,
        };
    }
    let expected = match event.revision.checked_sub(1) {
        None => ExpectedRevision::NoStream,
        Some(before) => ExpectedRevision::Exactly(before),
    };
    let new = NewEvent {
        id: event.id,
        event_type: event.event_type.to_string().into(),
        content_type: event.content_type,
        data: event.data.to_vec(),
        metadata: event.metadata.to_vec(),
    };
    let conflict = match store
        .append(&event.stream, expected, vec![new.clone()])
        .await
    {
        Err(AppendError::Conflict { actual, .. }) if !is_covered(&event.stream) => actual,
        result => return result.map(|_| ()),
    };
    // The beginning of this stream is gone in the source, so that it is numbered from 0 here.
    let there = store
        .read_stream(&event.stream, u64::MAX, Direction::Backwards, 1)
        .await
        .map_err(|error| AppendError::Unreachable {
            cause: error.to_string(),
        })?;
    if there.first().is_some_and(|newest| newest.id == event.id) {
        return Ok(());
    }
    // Of a stream whose retention hides all of it, it is not known where it stands.
    let expected = conflict.map_or(ExpectedRevision::Any, ExpectedRevision::Exactly);
    store
        .append(&event.stream, expected, vec![new])
        .await
        .map(|_| ())
}
