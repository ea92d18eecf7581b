//! What the metadata of streams say, in another store.

use super::TransferError;
use super::line::Description;
use crate::port::{
    ContentType, Direction, EventStore, MAX_PAGE, Position, ReadError, Retention, StreamName,
};
use crate::retention::{DELETED, TRUNCATE_BEFORE, metadata};
use bytes::Bytes;
use std::collections::BTreeSet;

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

/// Takes over what the metadata of a stream say; answers whether anything had to be said.
pub async fn describe(
    from: &dyn EventStore,
    to: &dyn EventStore,
    stream: StreamName,
) -> Result<bool, TransferError> {
    let Some(event) = from.description(&stream).await? else {
        return Ok(false);
    };
    let head = head(from, &stream).await?;
    let description = Description {
        stream,
        content_type: event.content_type,
        data: event.data,
    };
    keep(to, description, head).await
}

/// Says of a stream what another store says, where its newest event has this number; answers whether anything had to be
/// said.
pub async fn keep(
    store: &dyn EventStore,
    description: Description,
    head_there: Option<u64>,
) -> Result<bool, TransferError> {
    let Description {
        stream,
        content_type,
        data,
    } = description;
    let truncate_before = Retention::told_by(content_type, &data).truncate_before;
    let data = match (truncate_before, head_there) {
        (Some(first), Some(there)) if first != DELETED => {
            let here = head(store, &stream).await?.unwrap_or(there);
            counted_from(content_type, data, first, there.saturating_sub(here))
        }
        _ => data,
    };
    let said = store.description(&stream).await?;
    if said.is_some_and(|said| said.content_type == content_type && said.data == data) {
        return Ok(false);
    }
    store.describe(&stream, content_type, data.to_vec()).await?;
    Ok(true)
}

/// The same where each event has a number that is smaller by so many: what was hidden is, and nothing else.
fn counted_from(content_type: ContentType, data: Bytes, first: u64, less: u64) -> Bytes {
    let fields = metadata(content_type, &data).filter(|_| less > 0);
    let Some(mut fields) = fields else {
        return data;
    };
    fields.insert(
        TRUNCATE_BEFORE.to_owned(),
        first.saturating_sub(less).into(),
    );
    serde_json::to_vec(&fields).map_or(data, Bytes::from)
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
