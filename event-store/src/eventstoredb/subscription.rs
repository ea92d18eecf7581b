//! Following `$all`, over as many connections as it takes.

use super::{Waits, no_system_events, passes, position, read_error, recorded};
use crate::port::{Delivery, EventSubscription, Position, ReadError, RecordedEvent};
use async_trait::async_trait;
use kurrentdb::{Client, StreamPosition, SubscribeToAllOptions, SubscriptionEvent};
use std::collections::VecDeque;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Events that wait for the reader; behind them the server waits.
const WAITING: usize = 2_048;
/// Events of one delivery.
const PAGE: usize = 1_024;

pub struct Subscription {
    items: mpsc::Receiver<Item>,
    /// What was received and not delivered.
    held: VecDeque<Item>,
    task: JoinHandle<()>,
}

enum Item {
    Event(RecordedEvent),
    CaughtUp,
    FellBehind,
    Failed(ReadError),
}

impl Subscription {
    pub fn start(client: Client, after: Position) -> Self {
        let (sender, items) = mpsc::channel(WAITING);
        // Its own task, because the client's subscription loses its connection when a call is dropped.
        let task = tokio::spawn(async move {
            if let Err(error) = follow(&client, after, &sender).await {
                // Whoever left needs no reason.
                let _ = sender.send(Item::Failed(error)).await;
            }
        });
        Self {
            items,
            held: VecDeque::new(),
            task,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Ends when the reader leaves, or with the error that it must be told.
async fn follow(
    client: &Client,
    after: Position,
    items: &mpsc::Sender<Item>,
) -> Result<(), ReadError> {
    let mut reached = after;
    let mut live = false;
    let mut wait = Waits::default();
    loop {
        let from = match reached {
            Position::START => StreamPosition::Start,
            reached => StreamPosition::Position(position(reached)),
        };
        let options = SubscribeToAllOptions::default()
            .filter(no_system_events())
            .position(from);
        let mut subscription = client.subscribe_to_all(&options).await;
        let error = loop {
            let item = match subscription.next_subscription_event().await {
                Ok(SubscriptionEvent::EventAppeared(event)) => {
                    // The real server has been seen to repeat the event at the position.
                    let event = recorded(event).filter(|event| event.position > reached);
                    let Some(event) = event else { continue };
                    reached = event.position;
                    Item::Event(event)
                }
                Ok(SubscriptionEvent::Checkpoint(checkpoint)) => {
                    reached = reached.max(Position(checkpoint.commit));
                    continue;
                }
                Ok(SubscriptionEvent::CaughtUp(_)) => {
                    live = true;
                    Item::CaughtUp
                }
                Ok(SubscriptionEvent::FellBehind(_)) => {
                    live = false;
                    Item::FellBehind
                }
                Ok(_) => continue,
                Err(error) => break error,
            };
            wait = Waits::default();
            if items.send(item).await.is_err() {
                return Ok(());
            }
        };
        tracing::warn!(%error, position = %reached, "the subscription to the event store broke; it goes on behind the last event");
        if std::mem::take(&mut live) && items.send(Item::FellBehind).await.is_err() {
            return Ok(());
        }
        if !passes(&error) || !wait.again().await {
            return Err(read_error(error, None));
        }
    }
}

#[async_trait]
impl EventSubscription for Subscription {
    async fn next(&mut self) -> Result<Delivery, ReadError> {
        if self.held.is_empty() {
            let mut received = Vec::with_capacity(PAGE);
            if self.items.recv_many(&mut received, PAGE).await == 0 {
                return Err(ReadError::Closed);
            }
            self.held.extend(received);
        }
        let mut events = Vec::new();
        while let Some(item) = self.held.pop_front() {
            match item {
                Item::Event(event) => events.push(event),
                other if !events.is_empty() => {
                    self.held.push_front(other);
                    break;
                }
                Item::CaughtUp => return Ok(Delivery::CaughtUp),
                Item::FellBehind => return Ok(Delivery::FellBehind),
                Item::Failed(error) => return Err(error),
            }
        }
        Ok(Delivery::Events(events))
    }
}
