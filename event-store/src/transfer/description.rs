//! What the metadata of streams say, in another store.

use super::TransferError;
use super::line::Description;
use crate::port::{
    ContentType, Direction, EventStore, MAX_PAGE, Position, ReadError, RecordedEvent, Retention,
    StreamName,
};
use crate::retention::{DELETED, TRUNCATE_BEFORE, metadata};
use bytes::Bytes;
use std::collections::BTreeMap;

/// All streams of which metadata say something, but for the store's own, and the number of the newest event of each
/// that was met in the log: what a stream counts from is known by that, also where everything of it is hidden.
#[derive(Default)]
pub struct Described(BTreeMap<StreamName, Option<u64>>);

impl Described {
    pub async fn of(store: &dyn EventStore) -> Result<Self, ReadError> {
        let mut streams = BTreeMap::new();
        let mut after = Position::START;
        loop {
            let page = store.read_metadata(after, MAX_PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(Self(streams));
            };
            after = last.position;
            let of = page
                .iter()
                .filter_map(|event| event.stream.described_stream());
            streams.extend(
                of.filter(|stream| !stream.is_system())
                    .map(|stream| (stream, None)),
            );
        }
    }

    /// Meets all events up to a position, itself included.
    pub async fn meet_all(
        &mut self,
        store: &dyn EventStore,
        until: Position,
    ) -> Result<(), ReadError> {
        let mut after = Position::START;
        while !self.0.is_empty() && after < until {
            let page = store.read_all(after, Direction::Forwards, MAX_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.position;
            for event in page.iter().filter(|event| event.position <= until) {
                self.meet(event);
            }
        }
        Ok(())
    }

    pub fn meet(&mut self, event: &RecordedEvent) {
        if let Some(head) = self.0.get_mut(&event.stream)
            && !event.ends_its_stream()
        {
            *head = Some(event.revision);
        }
    }

    /// What is said of each, in that store.
    pub fn into_streams(self) -> impl Iterator<Item = (StreamName, Option<u64>)> {
        self.0.into_iter()
    }
}

/// What a store says of a stream, if it says anything.
pub async fn description(
    store: &dyn EventStore,
    (stream, head): (StreamName, Option<u64>),
) -> Result<Option<Description>, ReadError> {
    let said = store.description(&stream).await?;
    Ok(said.map(|event| Description {
        stream,
        head,
        content_type: event.content_type,
        data: event.data,
    }))
}

/// Says of a stream what another store says; answers whether anything had to be said.
pub async fn keep(store: &dyn EventStore, told: Description) -> Result<bool, TransferError> {
    let said = store.description(&told.stream).await?;
    let data = counted_here(store, &told, said.as_ref()).await?;
    let is_said =
        said.is_some_and(|said| said.content_type == told.content_type && said.data == data);
    if !is_said {
        let (content_type, data) = (told.content_type, data.to_vec());
        store.describe(&told.stream, content_type, data).await?;
    }
    Ok(!is_said)
}

/// The same, where what hides events hides the same ones here.
async fn counted_here(
    store: &dyn EventStore,
    told: &Description,
    said: Option<&RecordedEvent>,
) -> Result<Bytes, ReadError> {
    let first = Retention::told_by(told.content_type, &told.data).truncate_before;
    let (Some(first), Some(there)) = (first.filter(|first| *first != DELETED), told.head) else {
        return Ok(told.data.clone());
    };
    let first_here = match head(store, &told.stream).await? {
        Some(here) => Some(first.saturating_sub(there.saturating_sub(here))),
        // All of it is hidden here: what hides it was counted when it was not.
        None => {
            said.and_then(|said| Retention::told_by(said.content_type, &said.data).truncate_before)
        }
    };
    Ok(match first_here {
        Some(here) if here != first => beginning_at(told.content_type, &told.data, here),
        _ => told.data.clone(),
    })
}

fn beginning_at(content_type: ContentType, data: &Bytes, first: u64) -> Bytes {
    let Some(mut fields) = metadata(content_type, data) else {
        return data.clone();
    };
    fields.insert(TRUNCATE_BEFORE.to_owned(), first.into());
    serde_json::to_vec(&fields).map_or_else(|_| data.clone(), Bytes::from)
}

/// The number of a stream's newest event that can be read.
async fn head(store: &dyn EventStore, stream: &StreamName) -> Result<Option<u64>, ReadError> {
    let newest = store
        .read_stream(stream, u64::MAX, Direction::Backwards, 1)
        .await;
    match newest {
        Err(ReadError::StreamDeleted { .. }) => Ok(None),
        newest => Ok(newest?.first().map(|event| event.revision)),
    }
}
