//! A group's bookkeeping: what waits, who works on what, what is done, where a restart would go on. No I/O and no clock.
//!
//! Events come from the source in its order. While the group is behind they are read as history, a batch at a time; once it
//! is live they are taken as they come. What was not handled waits in front of what is new, in the order of the source, and
//! what is replayed waits behind that.

use super::consumers::{Consumer, ConsumerId, Consumers, Offer};
use super::message::{GivenUp, Message, Number, Origin};
use super::settings::Settings;
use crate::limits::{MAX_GROUP_BYTES, MAX_GROUP_EVENTS, MAX_NACK_REASON_BYTES};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Instant;
use uuid::Uuid;

struct Outstanding {
    message: Message,
    consumer: ConsumerId,
    bucket: Option<usize>,
    /// Nothing if a consumer may take as long as it likes.
    due: Option<Instant>,
}

/// An event of the source that is not done.
#[derive(Clone, Copy)]
struct Open {
    place: u64,
    /// How many events of the source had been looked at with it.
    sequence: u64,
}

/// What is to be done with an event that a consumer could not handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unhandled {
    Retry,
    /// With the consumer's reason.
    Park(String),
    /// It counts as handled.
    Skip,
}

/// One group.
pub struct Group {
    settings: Settings,
    consumers: Consumers,
    /// To be given out again, before all that is new.
    again: VecDeque<Message>,
    fresh: VecDeque<Message>,
    outstanding: BTreeMap<Number, Outstanding>,
    /// Which of them have an id; one is the rule.
    by_id: HashMap<Uuid, Vec<Number>>,
    next_number: Number,
    open: BTreeMap<Number, Open>,
    open_replayed: BTreeSet<u64>,
    /// How far the source was looked at.
    taken: Option<u64>,
    /// How many of its events that were.
    sequence: u64,
    /// Where the newest event stands that was taken or seen.
    known: Option<u64>,
    live: bool,
    /// Events that came while it was live.
    came_live: u64,
    checkpointed: Option<u64>,
    checkpointed_sequence: u64,
    checkpointed_at: Instant,
    /// Bytes of all messages that are not done.
    held_bytes: usize,
    /// Events that consumers were given.
    pub total: u64,
}

impl Group {
    /// `taken` is how far the source needs not be looked at; `live` if that is its end.
    pub fn new(settings: Settings, taken: Option<u64>, live: bool, now: Instant) -> Self {
        Self {
            consumers: Consumers::new(settings.strategy),
            settings,
            again: VecDeque::new(),
            fresh: VecDeque::new(),
            outstanding: BTreeMap::new(),
            by_id: HashMap::new(),
            next_number: 0,
            open: BTreeMap::new(),
            open_replayed: BTreeSet::new(),
            taken,
            sequence: 0,
            known: None,
            live,
            came_live: 0,
            checkpointed: None,
            checkpointed_sequence: 0,
            checkpointed_at: now,
            held_bytes: 0,
            total: 0,
        }
    }

    /// The place of the last checkpoint that was written.
    pub fn remember_checkpoint(&mut self, place: u64) {
        self.checkpointed = Some(place);
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn is_live(&self) -> bool {
        self.live
    }

    pub fn taken(&self) -> Option<u64> {
        self.taken
    }

    /// Whether it holds as much as it may, whatever its buffers are.
    pub fn is_full(&self) -> bool {
        let held = self.again.len() + self.fresh.len() + self.outstanding.len();
        self.held_bytes >= MAX_GROUP_BYTES || held >= MAX_GROUP_EVENTS
    }

    /// How many events of history should be read now.
    pub fn room(&self) -> usize {
        let batch = self.settings.batch();
        let waiting = self.again.len() + self.fresh.len();
        let fits = self.settings.buffer().saturating_sub(waiting) > batch;
        if fits && !self.is_full() { batch } else { 0 }
    }

    /// Takes an event of history.
    pub fn feed(&mut self, message: Message) {
        self.take(message);
    }

    /// Takes an event as it comes; not if there is no room: then the group is behind, and reads it later.
    pub fn feed_live(&mut self, message: Message) -> bool {
        self.came_live += 1;
        if self.fresh.len() >= self.settings.buffer() || self.is_full() {
            self.known = self.known.max(message.place());
            self.live = false;
            return false;
        }
        self.take(message);
        true
    }

    fn take(&mut self, mut message: Message) {
        self.held_bytes += message.bytes();
        message.number = self.next_number;
        self.next_number += 1;
        match message.origin {
            Origin::Source(place) => {
                self.sequence += 1;
                let sequence = self.sequence;
                self.open.insert(message.number, Open { place, sequence });
                self.taken = Some(place);
                self.known = self.known.max(Some(place));
                self.fresh.push_back(message);
            }
            Origin::Replayed(revision) => {
                self.open_replayed.insert(revision);
                self.again.push_back(message);
            }
        }
    }

    /// Takes an event that is replayed.
    pub fn replay(&mut self, message: Message) {
        self.take(message);
    }

    /// Events up to here were looked at, so many of which are not wanted.
    pub fn pass(&mut self, place: u64, unwanted: u64) {
        self.taken = self.taken.max(Some(place));
        self.sequence += unwanted;
    }

    /// All of the source is taken.
    pub fn go_live(&mut self) {
        self.live = true;
    }

    pub fn join(&mut self, id: ConsumerId, slots: usize) {
        self.consumers.join(id, slots);
    }

    /// What the consumer had is given out again, to whomever.
    pub fn leave(&mut self, id: ConsumerId) {
        self.consumers.leave(id);
        let with_it =
            |(number, one): (&Number, &Outstanding)| (one.consumer == id).then_some(*number);
        let numbers: Vec<Number> = self.outstanding.iter().filter_map(with_it).collect();
        let mut lost: Vec<Message> = numbers
            .into_iter()
            .filter_map(|number| self.take_back(number))
            .collect();
        lost.sort_by_key(Message::revision);
        for message in lost {
            self.retry(message);
        }
    }

    /// How much may be sent to a consumer before it has read some.
    pub fn set_room(&mut self, id: ConsumerId, room: usize) {
        self.consumers.set_room(id, room);
    }

    pub fn consumers(&self) -> Vec<Consumer> {
        self.consumers.all()
    }

    pub fn consumer_count(&self) -> usize {
        self.consumers.len()
    }

    /// Gives out what there is to whom there is; in the order in which it is to be sent.
    pub fn give_out(&mut self, now: Instant) -> Vec<(ConsumerId, Message)> {
        let mut given = Vec::new();
        let mut again = std::mem::take(&mut self.again);
        let go_on = self.give_out_of(&mut again, now, &mut given);
        self.again = again;
        if go_on {
            let mut fresh = std::mem::take(&mut self.fresh);
            self.give_out_of(&mut fresh, now, &mut given);
            self.fresh = fresh;
        }
        given
    }

    /// Answers whether there may still be somebody who is free.
    fn give_out_of(
        &mut self,
        waiting: &mut VecDeque<Message>,
        now: Instant,
        given: &mut Vec<(ConsumerId, Message)>,
    ) -> bool {
        let mut skipped = Vec::new();
        let mut go_on = self.consumers.anybody_is_free();
        while go_on && let Some(message) = waiting.pop_front() {
            match self.consumers.offer(&message) {
                Offer::Taken(id, bucket) => {
                    given.push((id, message.clone()));
                    self.start(message, id, bucket, now);
                }
                Offer::Skipped => skipped.push(message),
                Offer::Full => {
                    skipped.push(message);
                    go_on = false;
                }
            }
        }
        while let Some(message) = skipped.pop() {
            waiting.push_front(message);
        }
        go_on
    }

    fn start(
        &mut self,
        message: Message,
        consumer: ConsumerId,
        bucket: Option<usize>,
        now: Instant,
    ) {
        self.total += 1;
        if let Some(id) = message.id() {
            self.by_id.entry(id).or_default().push(message.number);
        }
        let due = self
            .settings
            .message_timeout()
            .and_then(|within| now.checked_add(within));
        self.outstanding.insert(
            message.number,
            Outstanding {
                message,
                consumer,
                bucket,
                due,
            },
        );
    }

    fn take_back(&mut self, number: Number) -> Option<Message> {
        let outstanding = self.outstanding.remove(&number)?;
        self.consumers
            .release(outstanding.consumer, outstanding.bucket);
        let message = outstanding.message;
        if let Some(id) = message.id()
            && let Some(numbers) = self.by_id.get_mut(&id)
        {
            numbers.retain(|one| *one != number);
            if numbers.is_empty() {
                self.by_id.remove(&id);
            }
        }
        Some(message)
    }

    fn take_back_id(&mut self, event: Uuid) -> Option<Message> {
        let number = *self.by_id.get(&event)?.first()?;
        self.take_back(number)
    }

    /// A consumer has handled an event, whoever was given it last. What is with nobody is ignored: it took too long, and is
    /// given out again.
    pub fn ack(&mut self, event: Uuid) {
        if let Some(message) = self.take_back_id(event) {
            self.done(&message);
        }
    }

    /// A consumer has not handled an event; answers with it if it is given up.
    #[must_use]
    pub fn nack(&mut self, event: Uuid, what: &Unhandled) -> Option<GivenUp> {
        let message = self.take_back_id(event)?;
        match what {
            Unhandled::Skip => {
                self.done(&message);
                None
            }
            Unhandled::Park(reason) => Some(GivenUp {
                message,
                reason: format!("Client explicitly NAK'ed message.\n{}", clipped(reason)),
            }),
            Unhandled::Retry => self.retry_or_give_up(message),
        }
    }

    fn retry_or_give_up(&mut self, message: Message) -> Option<GivenUp> {
        let most = self.settings.max_retries;
        if message.retries >= most {
            let reason = format!("Reached retry count of {most}");
            return Some(GivenUp { message, reason });
        }
        self.retry(message);
        None
    }

    fn retry(&mut self, mut message: Message) {
        message.retries = message.retries.saturating_add(1);
        self.give_back(message);
    }

    /// Puts it where it belongs among those that are given out again.
    pub fn give_back(&mut self, message: Message) {
        let place = message.place();
        let later = |other: &Message| place.is_some() && other.place() > place;
        match self.again.iter().position(later) {
            Some(index) => self.again.insert(index, message),
            None => self.again.push_back(message),
        }
    }

    /// Takes back what was not handled in time; answers with what is given up.
    #[must_use]
    pub fn expire(&mut self, now: Instant) -> Vec<GivenUp> {
        let is_late = |one: &Outstanding| one.due.is_some_and(|due| due <= now);
        let late: Vec<Number> = self
            .outstanding
            .iter()
            .filter_map(|(number, one)| is_late(one).then_some(*number))
            .collect();
        late.into_iter()
            .filter_map(|number| {
                let message = self.take_back(number)?;
                self.retry_or_give_up(message)
            })
            .collect()
    }

    /// An event is done: handled, skipped, or parked.
    pub fn done(&mut self, message: &Message) {
        self.held_bytes = self.held_bytes.saturating_sub(message.bytes());
        match message.origin {
            Origin::Source(_) => {
                self.open.remove(&message.number);
            }
            Origin::Replayed(revision) => {
                self.open_replayed.remove(&revision);
            }
        }
    }

    /// How many events of the source are done without a gap.
    fn done_sequence(&self) -> u64 {
        self.open
            .values()
            .next()
            .map_or(self.sequence, |open| open.sequence.saturating_sub(1))
    }

    /// Where a restart would go on behind: everything up to here is done.
    pub fn done_up_to(&self) -> Option<u64> {
        match self.open.values().next() {
            // The first open one is not done: what is before it is.
            Some(open) => open.place.checked_sub(1),
            None => self.taken,
        }
    }

    /// The place to write down now, if enough is done; what is smaller than the least is written only on a `tick` of the clock.
    pub fn checkpoint_due(&self, now: Instant, tick: bool) -> Option<u64> {
        let place = self.done_up_to()?;
        let done = self
            .done_sequence()
            .saturating_sub(self.checkpointed_sequence);
        if done == 0 || Some(place) <= self.checkpointed {
            return None;
        }
        let at_least = |count: i32| done >= u64::try_from(count).unwrap_or(0);
        let many = at_least(self.settings.max_checkpoint_count);
        let passed = self
            .settings
            .checkpoint_after()
            .is_some_and(|after| now.saturating_duration_since(self.checkpointed_at) >= after);
        let due = many || (tick && passed && at_least(self.settings.min_checkpoint_count));
        due.then_some(place)
    }

    pub fn checkpointed(&mut self, place: u64, now: Instant) {
        self.checkpointed = Some(place);
        self.checkpointed_sequence = self.done_sequence();
        self.checkpointed_at = now;
    }

    pub fn last_checkpoint(&self) -> Option<u64> {
        self.checkpointed
    }

    /// Whether nothing that is replayed is still open.
    pub fn replayed_are_done(&self) -> bool {
        self.open_replayed.is_empty()
    }

    pub fn counts(&self) -> Counts {
        let most_live = u64::try_from(self.settings.live_buffer).unwrap_or(0);
        Counts {
            fresh: self.fresh.len(),
            again: self.again.len(),
            outstanding: self.outstanding.len(),
            came_live: self.came_live.min(most_live),
            known: self.known,
        }
    }
}

pub struct Counts {
    pub fresh: usize,
    pub again: usize,
    pub outstanding: usize,
    pub came_live: u64,
    pub known: Option<u64>,
}

/// A consumer's reason, as far as it is kept.
fn clipped(reason: &str) -> &str {
    let end = reason.floor_char_boundary(MAX_NACK_REASON_BYTES.min(reason.len()));
    &reason[..end]
}

#[cfg(test)]
#[path = "group_tests.rs"]
pub mod tests;
