//! Following the store: from disk up to the published head, then again whenever it moves.

use super::SqliteReader;
use super::engine::Heads;
use super::read::{FEW_EVENTS, Scan, Scanned};
use crate::port::{
    Delivery, Direction, EventSubscription, MAX_EVENTS_PER_APPEND, Position, ReadError,
    RecordedEvent,
};
use async_trait::async_trait;
use tokio::sync::watch;
use upkeep_world::Task;

/// Events of one delivery.
const PAGE: usize = 2_048;
/// Events that may wait for a reader that has caught up before it is told that it fell behind: as many as one append may
/// have. Nothing is dropped for it; it reads them from disk.
const LIVE_BUFFER: u64 = MAX_EVENTS_PER_APPEND as u64;

pub struct Subscription {
    reader: SqliteReader,
    heads: watch::Receiver<Heads>,
    /// Everything up to here was delivered, or is of the store's own streams.
    reached: Position,
    /// The next page, read while the reader of this one is busy. It was begun when the head was known to be
    /// beyond `reached`, and says itself how far it looked: what is written meanwhile is found by the next one.
    ahead: Option<Task<Result<Scanned, ReadError>>>,
    /// How many events the next page will have, about.
    expected: usize,
    /// Events that come after the word that the reader fell behind.
    held: Option<Vec<RecordedEvent>>,
    /// What the reader was last told.
    told: Told,
}

#[derive(PartialEq)]
enum Told {
    Nothing,
    CaughtUp,
    FellBehind,
}

impl Subscription {
    pub fn new(reader: SqliteReader, heads: watch::Receiver<Heads>, after: Position) -> Self {
        Self {
            reader,
            heads,
            reached: after,
            ahead: None,
            expected: FEW_EVENTS,
            held: None,
            told: Told::Nothing,
        }
    }

    fn read(&self) -> Task<Result<Scanned, ReadError>> {
        let (reader, from) = (self.reader.clone(), self.reached);
        let scan = Scan {
            expected: self.expected,
            ..Scan::visible(Direction::Forwards, PAGE)
        };
        let world = self.reader.world().clone();
        world.spawn(
            "the next page",
            async move { reader.scan(from, scan).await },
        )
    }
}

#[async_trait]
impl EventSubscription for Subscription {
    async fn next(&mut self) -> Result<Delivery, ReadError> {
        if let Some(events) = self.held.take() {
            return Ok(Delivery::Events(events));
        }
        loop {
            if let Some(ahead) = &mut self.ahead {
                let page = ahead.await;
                self.ahead = None;
                let page = page.map_err(|_| ReadError::Closed)??;
                self.reached = page.reached;
                self.expected = if page.at_end { FEW_EVENTS } else { PAGE };
                if !page.at_end {
                    self.ahead = Some(self.read());
                }
                if page.events.is_empty() {
                    continue;
                }
                let waiting = self.heads.borrow().all.0.saturating_sub(self.reached.0);
                if waiting > LIVE_BUFFER && self.told == Told::CaughtUp {
                    self.told = Told::FellBehind;
                    self.held = Some(page.events);
                    return Ok(Delivery::FellBehind);
                }
                return Ok(Delivery::Events(page.events));
            }
            if self.reached < self.heads.borrow_and_update().all {
                self.ahead = Some(self.read());
                continue;
            }
            if self.told != Told::CaughtUp {
                self.told = Told::CaughtUp;
                return Ok(Delivery::CaughtUp);
            }
            self.heads.changed().await.map_err(|_| ReadError::Closed)?;
        }
    }
}
