//! What the metadata of streams say, in another store.

use super::TransferError;
use super::line::Description;
use crate::port::{
    ContentType, Direction, EventStore, MAX_PAGE, Position, ReadError, RecordedEvent, Retention,
    StreamName,
};
use crate::retention::{DELETED, TRUNCATE_BEFORE, metadata};
use bytes::Bytes;
use std::collections::{BTreeSet, HashMap};

/// The numbers of the newest events in the log, by their streams: what a stream counts from is known by that, also where
/// everything of it is hidden. As many as there are streams.
#[derive(Default)]
pub struct Heads(HashMap<StreamName, u64>);

impl Heads {
    /// Of some streams, up to a position, itself included.
    pub async fn of(
        store: &dyn EventStore,
        streams: &BTreeSet<StreamName>,
        until: Position,
    ) -> Result<Self, ReadError> {
        let mut heads = Self::default();
        let mut after = Position::START;
        while !streams.is_empty() && after < until {
            let page = store.read_all(after, Direction::Forwards, MAX_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.position;
            let met = page.iter().filter(|event| event.position <= until);
            for event in met.filter(|event| streams.contains(&event.stream)) {
                heads.meet(event);
            }
        }
        Ok(heads)
    }

    pub fn meet(&mut self, event: &RecordedEvent) {
        if event.ends_its_stream() {
            return;
        }
        if let Some(head) = self.0.get_mut(&event.stream) {
            *head = event.revision;
        } else {
            self.0.insert(event.stream.clone(), event.revision);
        }
    }

    pub fn get(&self, stream: &StreamName) -> Option<u64> {
        self.0.get(stream).copied()
    }
}

/// All streams of which metadata say something, but for the store's own.
pub async fn described(store: &dyn EventStore) -> Result<BTreeSet<StreamName>, ReadError> {
    let mut streams = BTreeSet::new();
    let mut after = Position::START;
    loop {
        let page = store.read_metadata(after, MAX_PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(streams);
        };
        after = last.position;
        let of = page
            .iter()
            .filter_map(|event| event.stream.described_stream());
        streams.extend(of.filter(|stream| !stream.is_system()));
    }
}

/// What a store says of a stream, if it says anything.
pub async fn description(
    store: &dyn EventStore,
    stream: StreamName,
    heads: &Heads,
) -> Result<Option<Description>, ReadError> {
    let said = store.description(&stream).await?;
    Ok(said.map(|event| Description {
        head: heads.get(&stream),
        stream,
        content_type: event.content_type,
        data: event.data,
    }))
}

/// Says of a stream what another store says; answers whether anything had to be said.
pub async fn keep(store: &dyn EventStore, told: Description) -> Result<bool, TransferError> {
    let data = counted_here(store, &told).await?;
    let said = store.description(&told.stream).await?;
    let is_said =
        said.is_some_and(|said| said.content_type == told.content_type && said.data == data);
    if !is_said {
        let (content_type, data) = (told.content_type, data.to_vec());
        store.describe(&told.stream, content_type, data).await?;
    }
    Ok(!is_said)
}

/// The same, where what hides events hides the same ones here.
pub async fn counted_here(store: &dyn EventStore, told: &Description) -> Result<Bytes, ReadError> {
    let first = Retention::told_by(told.content_type, &told.data).truncate_before;
    let (Some(first), Some(there)) = (first.filter(|first| *first != DELETED), told.head) else {
        return Ok(told.data.clone());
    };
    let here = match readable_head(store, &told.stream).await? {
        Some(here) => Some(here),
        None => head_in_log(store, &told.stream).await?,
    };
    Ok(match here {
        Some(here) if here < there => {
            let first = first.saturating_sub(there - here);
            beginning_at(told.content_type, &told.data, first)
        }
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

async fn readable_head(
    store: &dyn EventStore,
    stream: &StreamName,
) -> Result<Option<u64>, ReadError> {
    let newest = store
        .read_stream(stream, u64::MAX, Direction::Backwards, 1)
        .await;
    match newest {
        Err(ReadError::StreamDeleted { .. }) => Ok(None),
        newest => Ok(newest?.first().map(|event| event.revision)),
    }
}

/// The number of the newest event of a stream that is hidden as a whole: scavenging leaves that one.
async fn head_in_log(
    store: &dyn EventStore,
    stream: &StreamName,
) -> Result<Option<u64>, ReadError> {
    let mut before = Position::END;
    loop {
        let page = store
            .read_all(before, Direction::Backwards, MAX_PAGE)
            .await?;
        let is_one = |event: &&RecordedEvent| event.stream == *stream && !event.ends_its_stream();
        if let Some(newest) = page.iter().find(is_one) {
            return Ok(Some(newest.revision));
        }
        match page.last() {
            Some(last) => before = last.position,
            None => return Ok(None),
        }
    }
}
