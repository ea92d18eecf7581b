//! Reading events one after another from a cursor on: from the log of all events, from streams that are known, as one, or from
//! one stream.

use crate::error;
use async_graphql::Result;
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::Semaphore;
use upkeep_event_store::{Direction, EventStore, Position, ReadError, RecordedEvent, StreamName};
use upkeep_projections::Extent;

/// Events that are read at once.
const READ_AT_ONCE: usize = 64;

/// How events are read for an answer.
#[derive(Clone, Copy)]
pub struct Reads<'a> {
    pub store: &'a dyn EventStore,
    /// Taken for each read, so that whoever else reads has a turn before the next.
    pub turns: &'a Semaphore,
    pub direction: Direction,
}

impl Reads<'_> {
    /// A page of a stream; nothing of one that was deleted for good.
    async fn stream(
        &self,
        name: &StreamName,
        from: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>> {
        let turn = self.turns.acquire().await;
        let _turn = turn.map_err(|error| error::internal(&error))?;
        match self.store.read_stream(name, from, direction, limit).await {
            Err(ReadError::StreamDeleted { .. }) => Ok(vec![]),
            read => read.map_err(|error| error::of_read(&error)),
        }
    }

    /// Where the event with this revision of a stream lies, if it is there.
    pub async fn position_of(&self, name: &StreamName, revision: u64) -> Result<Option<Position>> {
        let read = self.stream(name, revision, Direction::Forwards, 1).await?;
        let event = read.first().filter(|event| event.revision == revision);
        Ok(event.map(|event| event.position))
    }

    /// Where a stream begins and ends in the store.
    async fn extent(&self, name: &StreamName) -> Result<Option<Extent>> {
        let first = self.stream(name, 0, Direction::Forwards, 1).await?;
        let last = self.stream(name, u64::MAX, Direction::Backwards, 1).await?;
        Ok(
            (first.first().zip(last.first())).map(|(first, last)| Extent {
                first: first.position,
                last: last.position,
                revision: last.revision,
            }),
        )
    }

    async fn log(&self, from: LogPlace) -> Result<Vec<RecordedEvent>> {
        let turn = self.turns.acquire().await;
        let _turn = turn.map_err(|error| error::internal(&error))?;
        let page = match from {
            LogPlace::Beyond(from) => {
                self.store
                    .read_all(from, self.direction, READ_AT_ONCE)
                    .await
            }
            LogPlace::Until(end) => self.store.read_all_until(end, READ_AT_ONCE).await,
        };
        page.map_err(|error| error::of_read(&error))
    }

    /// The first event of a stream that lies beyond a position in the direction in which is read, by its revision; where the
    /// stream begins or ends on the other side of it, that costs no read.
    async fn first_beyond(
        &self,
        (name, extent): (&StreamName, Extent),
        from: Option<Position>,
    ) -> Result<Option<(Position, u64)>> {
        let whole = match self.direction {
            Direction::Forwards => (extent.first, 0),
            Direction::Backwards => (extent.last, extent.revision),
        };
        let Some(from) = from else {
            return Ok(Some(whole));
        };
        let is_beyond = |position: Position| match self.direction {
            Direction::Forwards => position > from,
            Direction::Backwards => position < from,
        };
        let far_end = match self.direction {
            Direction::Forwards => extent.last,
            Direction::Backwards => extent.first,
        };
        if is_beyond(whole.0) {
            return Ok(Some(whole));
        }
        if !is_beyond(far_end) {
            return Ok(None);
        }
        // One end lies on this side and the other beyond: bisected.
        let (mut near, mut beyond) = match self.direction {
            Direction::Forwards => (0, (extent.last, extent.revision)),
            Direction::Backwards => (extent.revision, (extent.first, 0)),
        };
        while near.abs_diff(beyond.1) > 1 {
            let middle = near.midpoint(beyond.1);
            let read = self.stream(name, middle, Direction::Forwards, 1).await?;
            let Some(event) = read.first() else {
                return Ok(None);
            };
            if is_beyond(event.position) {
                beyond = (event.position, middle);
            } else {
                near = middle;
            }
        }
        Ok(Some(beyond))
    }
}

/// Where to read on in the log.
#[derive(Clone, Copy)]
enum LogPlace {
    Beyond(Position),
    /// Backwards from there, itself included.
    Until(Position),
}

/// Events in one direction.
pub struct Reading<'a> {
    reads: Reads<'a>,
    from: From,
}

enum From {
    Log {
        place: Option<LogPlace>,
        read: VecDeque<RecordedEvent>,
    },
    /// By where the next event of each lies.
    Streams(BTreeMap<Turn, Stream>),
}

/// Whose event comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Forwards(Position),
    Backwards(Reverse<Position>),
}

struct Stream {
    name: StreamName,
    extent: Extent,
    /// What is to be read next, if there is more.
    revision: Option<u64>,
    read: VecDeque<RecordedEvent>,
}

impl<'a> Reading<'a> {
    /// Everything beyond a position; backwards from `end`, itself included, where none is given or it lies beyond.
    pub fn of_the_log(reads: Reads<'a>, end: Position, from: Option<Position>) -> Self {
        let place = match (reads.direction, from) {
            (Direction::Forwards, None) => LogPlace::Beyond(Position::START),
            (Direction::Forwards, Some(from)) => LogPlace::Beyond(from),
            (Direction::Backwards, Some(from)) if from <= end => LogPlace::Beyond(from),
            (Direction::Backwards, _) => LogPlace::Until(end),
        };
        let from = From::Log {
            place: Some(place),
            read: VecDeque::new(),
        };
        Self { reads, from }
    }

    /// What streams have beyond a position, within their extents.
    pub async fn of_streams(
        reads: Reads<'a>,
        streams: Vec<(StreamName, Extent)>,
        from: Option<Position>,
    ) -> Result<Self> {
        let mut turns = BTreeMap::new();
        for (name, extent) in streams {
            if let Some((first, revision)) = reads.first_beyond((&name, extent), from).await? {
                let stream = Stream {
                    name,
                    extent,
                    revision: Some(revision),
                    read: VecDeque::new(),
                };
                turns.insert(turn(reads.direction, first), stream);
            }
        }
        let from = From::Streams(turns);
        Ok(Self { reads, from })
    }

    /// What one stream has beyond a position, where no view says where it begins and ends: nothing if none of ours can have
    /// that name. Backwards from `end`, itself included, where no position is given or it lies beyond.
    pub async fn of_a_stream(
        reads: Reads<'a>,
        name: &str,
        end: Position,
        from: Option<Position>,
    ) -> Result<Self> {
        let name = StreamName::new(name).ok();
        let mut streams = vec![];
        if let Some(name) = name.filter(StreamName::is_upkeeps)
            && let Some(extent) = reads.extent(&name).await?
        {
            streams.push((name, extent));
        }
        let behind = Position(end.0.saturating_add(1));
        let from = match reads.direction {
            Direction::Forwards => from,
            Direction::Backwards => Some(from.map_or(behind, |from| from.min(behind))),
        };
        Self::of_streams(reads, streams, from).await
    }

    /// The next event, if there is one.
    pub async fn next(&mut self) -> Result<Option<RecordedEvent>> {
        let reads = self.reads;
        match &mut self.from {
            From::Log { place, read } => {
                if read.is_empty()
                    && let Some(from) = *place
                {
                    let page = reads.log(from).await?;
                    let last = page.last().filter(|_| page.len() == READ_AT_ONCE);
                    *place = last.map(|last| LogPlace::Beyond(last.position));
                    *read = page.into();
                }
                Ok(read.pop_front())
            }
            From::Streams(turns) => {
                while let Some((due, mut stream)) = turns.pop_first() {
                    stream.fill(reads).await?;
                    let Some(front) = stream.read.front() else {
                        continue;
                    };
                    // Where the stream's beginning is gone, what is there comes later than its extent says.
                    let own = turn(reads.direction, front.position);
                    if own > due {
                        turns.insert(own, stream);
                        continue;
                    }
                    let event = stream.read.pop_front();
                    stream.fill(reads).await?;
                    if let Some(next) = stream.read.front() {
                        turns.insert(turn(reads.direction, next.position), stream);
                    }
                    return Ok(event);
                }
                Ok(None)
            }
        }
    }
}

fn turn(direction: Direction, position: Position) -> Turn {
    match direction {
        Direction::Forwards => Turn::Forwards(position),
        Direction::Backwards => Turn::Backwards(Reverse(position)),
    }
}

impl Stream {
    /// Reads on where nothing is left of what was read.
    async fn fill(&mut self, reads: Reads<'_>) -> Result<()> {
        if !self.read.is_empty() {
            return Ok(());
        }
        let Some(revision) = self.revision else {
            return Ok(());
        };
        let (name, most) = (&self.name, self.extent.revision);
        let page = reads.stream(name, revision, reads.direction, READ_AT_ONCE);
        let page = page.await?;
        self.revision = page.last().and_then(|last| match reads.direction {
            Direction::Forwards => Some(last.revision + 1).filter(|next| *next <= most),
            Direction::Backwards => last.revision.checked_sub(1),
        });
        let within = page.into_iter().filter(|event| event.revision <= most);
        self.read = within.collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
