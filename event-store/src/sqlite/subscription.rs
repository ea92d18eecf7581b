//! Following the store: from disk up to the published head, then again whenever it moves.

use super::SqliteReader;
use crate::port::{Delivery, Direction, EventSubscription, Position, ReadError};
use async_trait::async_trait;
use tokio::sync::watch;

/// Events of one delivery.
const PAGE: usize = 1_024;

pub struct Subscription {
    reader: SqliteReader,
    head: watch::Receiver<Position>,
    delivered: Position,
    /// Whether the reader was told that it caught up since it last fell behind.
    told: bool,
}

impl Subscription {
    pub fn new(reader: SqliteReader, head: watch::Receiver<Position>, after: Position) -> Self {
        Self {
            reader,
            head,
            delivered: after,
            told: false,
        }
    }
}

#[async_trait]
impl EventSubscription for Subscription {
    async fn next(&mut self) -> Result<Delivery, ReadError> {
        loop {
            let head = *self.head.borrow_and_update();
            if self.delivered < head {
                let events = self
                    .reader
                    .read_all(self.delivered.next(), Direction::Forwards, PAGE)
                    .await?;
                if let Some(last) = events.last() {
                    self.delivered = last.position;
                    if events.len() == PAGE {
                        self.told = false;
                    }
                    return Ok(Delivery::Events(events));
                }
            } else if !self.told {
                self.told = true;
                return Ok(Delivery::CaughtUp);
            }
            self.head.changed().await.map_err(|_| ReadError::Closed)?;
        }
    }
}
