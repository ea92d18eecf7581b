//! Appending through long `BatchAppend` calls.
//!
//! The official client ends such a call at the first append that is refused, and whatever else was under way in
//! it is answered as closed. So there are several calls, a stream always uses the same one, and what was closed is
//! offered again in a new call under the same event ids.

use super::{EventStoreDb, PATIENCE, Waits, append_error, passes, state};
use crate::port::{AppendError, Appended, ContentType, ExpectedRevision, NewEvent, StreamName};
use bytes::Bytes;
use kurrentdb::{BatchAppendClient, BatchAppendOptions, Client, Error, EventData};
use serde_json::value::RawValue;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Calls that are open at once.
const CALLS: usize = 8;
/// How often an append is offered again at once because another one ended its call.
const MAX_CLOSED_BESIDE: usize = 100;

pub struct Appends {
    client: Client,
    calls: [Mutex<Option<Arc<BatchAppendClient>>>; CALLS],
}

impl Appends {
    pub fn new(client: Client) -> Self {
        Self {
            client,
            calls: std::array::from_fn(|_| Mutex::new(None)),
        }
    }

    pub async fn append(
        &self,
        store: &EventStoreDb,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: &[NewEvent],
    ) -> Result<Appended, AppendError> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(stream);
        let slot = &self.calls[usize::try_from(hash % CALLS as u64).unwrap_or(0)];
        let mut wait = Waits::default();
        let mut closed_beside = 0;
        loop {
            let error = match self.attempt(slot, stream, expected, events).await {
                Ok(appended) => return Ok(appended),
                Err(error) => error,
            };
            if is_conflict(&error) {
                return Err(store.conflict(stream, expected).await);
            }
            if is_too_large(&error) {
                let bytes = events
                    .iter()
                    .map(|event| event.data.len() + event.metadata.len())
                    .sum();
                return Err(AppendError::TooLarge(bytes));
            }
            if is_deleted(&error) {
                return Err(AppendError::StreamDeleted {
                    stream: stream.clone(),
                });
            }
            // Somebody else's append was refused in the same call: that says nothing about this one.
            let at_once = was_closed_beside(&error) && closed_beside < MAX_CLOSED_BESIDE;
            closed_beside += 1;
            let again = at_once || (passes(&error) && wait.again().await);
            if !again {
                return Err(append_error(error, stream));
            }
        }
    }

    async fn attempt(
        &self,
        slot: &Mutex<Option<Arc<BatchAppendClient>>>,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: &[NewEvent],
    ) -> Result<Appended, Error> {
        let call = {
            let mut slot = slot.lock().await;
            if let Some(call) = &*slot {
                call.clone()
            } else {
                let options = BatchAppendOptions::default();
                let opened = tokio::time::timeout(PATIENCE, self.client.batch_append(&options));
                let call = Arc::new(opened.await.map_err(|_| Error::DeadlineExceeded)??);
                *slot = Some(call.clone());
                call
            }
        };
        let events = events.iter().map(event_data).collect();
        let sent = call.append_to_stream(stream.as_str(), state(expected), events);
        let result = match tokio::time::timeout(PATIENCE, sent).await {
            Ok(result) => result,
            Err(_) => Err(Error::DeadlineExceeded),
        };
        match result {
            Ok(written) => {
                let (Some(position), Some(revision)) =
                    (written.current_position(), written.current_revision())
                else {
                    return Err(Error::InternalClientError);
                };
                Ok(Appended {
                    position: crate::port::Position(position.commit),
                    revision,
                })
            }
            Err(error) => {
                // The client has ended this call.
                let mut slot = slot.lock().await;
                if slot.as_ref().is_some_and(|open| Arc::ptr_eq(open, &call)) {
                    *slot = None;
                }
                Err(error)
            }
        }
    }
}

fn event_data(event: &NewEvent) -> EventData {
    let raw = || {
        let text = String::from_utf8(event.data.clone()).ok()?;
        let raw = RawValue::from_string(text).ok()?;
        EventData::json(&event.event_type, &raw).ok()
    };
    let json = match event.content_type {
        ContentType::Json => raw(),
        ContentType::Binary => None,
    };
    json.unwrap_or_else(|| EventData::binary(&event.event_type, Bytes::from(event.data.clone())))
        .id(event.id)
        .metadata(Bytes::from(event.metadata.clone()))
}

/// The server's own status inside a batch; the client keeps its code and message.
fn grpc(error: &Error) -> Option<(i32, &str)> {
    match error {
        Error::Grpc { code, message } => Some((*code as i32, message)),
        _ => None,
    }
}

fn is_conflict(error: &Error) -> bool {
    matches!(error, Error::WrongExpectedVersion { .. })
        // AlreadyExists.
        || grpc(error).is_some_and(|(code, message)| code == 6 || message == "WrongExpectedVersion")
}

fn is_too_large(error: &Error) -> bool {
    grpc(error).is_some_and(|(_, message)| message == "MaximumAppendSizeExceeded")
}

fn is_deleted(error: &Error) -> bool {
    matches!(error, Error::ResourceDeleted)
        || grpc(error).is_some_and(|(_, message)| message == "StreamDeleted")
}

/// The client's own words for an append whose call ended because of another append.
fn was_closed_beside(error: &Error) -> bool {
    matches!(error, Error::ServerError(cause) if cause.contains("Batch-append stream has been closed"))
}
