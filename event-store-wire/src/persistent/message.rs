//! An event on its way through a group.

use crate::convert::Resolved;
use upkeep_event_store::RecordedEvent;
use uuid::Uuid;

/// Counts a group's messages in the order in which they came to be in its memory.
pub type Number = u64;

#[derive(Clone, Debug)]
pub struct Message {
    pub resolved: Resolved,
    pub origin: Origin,
    /// How often it was given out in vain.
    pub retries: i32,
    pub(super) number: Number,
}

/// Where a message came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The source; its revision or position there.
    Source(u64),
    /// What was parked and is replayed; its revision in the stream of what is being replayed.
    Replayed(u64),
}

impl Message {
    pub fn new(resolved: Resolved, origin: Origin) -> Self {
        Self {
            resolved,
            origin,
            retries: 0,
            number: 0,
        }
    }

    /// Where in the source it stands; nothing for one that is replayed.
    pub fn place(&self) -> Option<u64> {
        match self.origin {
            Origin::Source(place) => Some(place),
            Origin::Replayed(_) => None,
        }
    }

    /// What it takes in memory, about.
    pub fn bytes(&self) -> usize {
        let events = [&self.resolved.event, &self.resolved.link];
        let bytes = |event: &RecordedEvent| event.data.len() + event.metadata.len();
        events.into_iter().flatten().map(bytes).sum()
    }

    /// What a consumer acknowledges it by.
    pub fn id(&self) -> Option<Uuid> {
        self.resolved.original().map(|event| event.id)
    }

    /// Its revision in the stream that was read.
    pub fn revision(&self) -> u64 {
        self.resolved.original().map_or(0, |event| event.revision)
    }
}

/// A message that is given up, and why.
#[derive(Clone, Debug)]
pub struct GivenUp {
    pub message: Message,
    pub reason: String,
}
