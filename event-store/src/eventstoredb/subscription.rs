//! Following `$all`, over as many connections as it takes and for as long as it takes.

use super::connection::{Link, Links};
use super::failure::Failure;
use super::proto::streams::read_resp::Content;
use super::read::{Query, next, recorded};
use super::waits::Waits;
use crate::port::{Delivery, EventSubscription, Position, ReadError, RecordedEvent};
use async_trait::async_trait;
use std::collections::VecDeque;
use tokio::sync::mpsc;
use upkeep_world::{Task, World};

/// Events that wait for the reader; behind them the server waits.
const WAITING: usize = 2_048;
/// Events of one delivery.
const PAGE: usize = 1_024;

pub struct Subscription {
    items: mpsc::Receiver<Item>,
    /// What was received and not delivered.
    held: VecDeque<Item>,
    _task: Task<()>,
}

enum Item {
    Event(RecordedEvent),
    CaughtUp,
    FellBehind,
    Failed(ReadError),
}

impl Subscription {
    pub fn start(links: Links, after: Position, world: &World) -> Self {
        let (items, received) = mpsc::channel(WAITING);
        let follower = Follower {
            links,
            items,
            reached: after,
            live: false,
            waits: Waits::default(),
            world: world.clone(),
        };
        // Its own task: the reader may drop each of its calls.
        Self {
            items: received,
            held: VecDeque::new(),
            _task: world.spawn("a subscription", follower.follow()),
        }
    }
}

/// Nobody reads any more.
struct ReaderLeft;

struct Follower {
    links: Links,
    items: mpsc::Sender<Item>,
    reached: Position,
    live: bool,
    waits: Waits,
    world: World,
}

impl Follower {
    /// Ends when the reader leaves, or with the error that it must be told.
    async fn follow(mut self) {
        while let Some(link) = self.links.next().await {
            let Ok(failure) = self.follow_on(&link).await else {
                return;
            };
            if !failure.passes() {
                let failed = Item::Failed(failure.of_read(None));
                // Whoever left needs no reason.
                let _ = self.items.send(failed).await;
                return;
            }
            tracing::debug!(%failure, position = %self.reached, "the subscription to the event store goes on behind the last event");
            if std::mem::take(&mut self.live) && self.items.send(Item::FellBehind).await.is_err() {
                return;
            }
            self.world.sleep(self.waits.next()).await;
        }
    }

    /// Over one connection, until it fails.
    async fn follow_on(&mut self, link: &Link) -> Result<Failure, ReaderLeft> {
        let query = Query::subscription(self.reached);
        let mut answers = match link.run(query.begin(link)).await {
            Ok(answers) => answers,
            Err(failure) => return Ok(failure),
        };
        loop {
            let failure = tokio::select! {
                // What has come is taken, if it is the last.
                biased;
                answer = next(&mut answers) => match answer {
                    Ok(Some(content)) => {
                        self.take(content).await?;
                        continue;
                    }
                    Ok(None) => Failure::Busy("the server ended the subscription".to_owned()),
                    Err(failure) => failure,
                },
                () = link.broken() => Failure::Broken("the connection broke".to_owned()),
            };
            if failure.breaks_the_connection() {
                link.break_off(&failure);
            }
            return Ok(failure);
        }
    }

    async fn take(&mut self, content: Content) -> Result<(), ReaderLeft> {
        let item = match content {
            Content::Event(event) => {
                // The real server has been seen to repeat the event at the position.
                let event = recorded(event).filter(|event| event.position > self.reached);
                let Some(event) = event else { return Ok(()) };
                self.reached = event.position;
                Item::Event(event)
            }
            Content::Checkpoint(checkpoint) => {
                self.reached = self.reached.max(Position(checkpoint.commit_position));
                return Ok(());
            }
            Content::CaughtUp(_) => {
                self.live = true;
                Item::CaughtUp
            }
            Content::FellBehind(_) => {
                self.live = false;
                Item::FellBehind
            }
            _ => return Ok(()),
        };
        self.waits = Waits::default();
        self.items.send(item).await.map_err(|_| ReaderLeft)
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
