//! From store to store.

use super::description::{Heads, described, description, keep};
use super::{AT_ONCE, Moved, TransferError, is_same, newest};
use crate::port::{Direction, EventStore, MAX_PAGE, Position, RecordedEvent};

/// Copies all events from one store to another. All of them are looked at before the first is written: one that the
/// target refuses would stop the copy in its middle. A copy that was broken off is gone on with. `progress` is told how
/// many events are there.
pub async fn copy(
    from: &dyn EventStore,
    to: &dyn EventStore,
    mut progress: impl FnMut(u64),
) -> Result<Moved, TransferError> {
    let mut moved = Moved::default();
    let mut after = Position::START;
    if let Some(newest) = newest(to).await? {
        let (position, events) = find(from, &newest).await?;
        after = position;
        moved.there_before = events;
    }
    look(from, to, after).await?;
    loop {
        let page = from.read_all(after, Direction::Forwards, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        moved.events += page.len() as u64;
        to.import(page).await?;
        progress(moved.there_before + moved.events);
    }
    // Metadata last: nothing is hidden before all of it is there.
    let streams = described(from).await?;
    let heads = Heads::of(from, &streams, after).await?;
    for stream in streams {
        if let Some(description) = description(from, stream, &heads).await? {
            moved.described += u64::from(keep(to, description).await?);
        }
    }
    Ok(moved)
}

/// Whether a store takes all events of another one behind a position.
async fn look(
    from: &dyn EventStore,
    to: &dyn EventStore,
    mut after: Position,
) -> Result<(), TransferError> {
    let mut first = None;
    let mut count = 0;
    loop {
        let page = from.read_all(after, Direction::Forwards, MAX_PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in page.iter().filter(|event| !event.ends_its_stream()) {
            if let Some(fault) = to.refuses(event) {
                count += 1;
                first.get_or_insert_with(|| (event.stream.clone(), event.revision, fault));
            }
        }
    }
    match first {
        Some((stream, revision, fault)) => Err(TransferError::NotTaken {
            count,
            stream,
            revision,
            fault,
        }),
        None => Ok(()),
    }
}

/// Where an event stands in a store, and how many events there are up to it.
async fn find(
    store: &dyn EventStore,
    event: &RecordedEvent,
) -> Result<(Position, u64), TransferError> {
    let mut after = Position::START;
    let mut count = 0;
    loop {
        let page = store.read_all(after, Direction::Forwards, MAX_PAGE).await?;
        let Some(last) = page.last() else {
            return Err(TransferError::OtherEvents {
                stream: event.stream.clone(),
                id: event.id,
            });
        };
        after = last.position;
        for candidate in &page {
            count += 1;
            if is_same(candidate, event) {
                return Ok((candidate.position, count));
            }
        }
    }
}
