//! A group's bookkeeping: who works on what, what is done, where a restart would go on. No I/O and no clock.

use super::settings::{Settings, Strategy};
use crate::convert::Resolved;
use crate::limits::MAX_GROUP_BYTES;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::time::Instant;
use upkeep_event_store::RecordedEvent;
use uuid::Uuid;

/// Counts events in the order in which they were taken from the source.
type Number = u64;
pub type ConsumerId = u64;

/// An event on its way through a group.
#[derive(Clone, Debug)]
pub struct Message {
    pub resolved: Resolved,
    /// Where in the source it stands; nothing for one that was parked.
    pub place: Option<u64>,
    /// Where in the parked stream it stands, if it came from there.
    pub parked: Option<u64>,
    pub retries: u32,
    number: Number,
}

impl Message {
    pub fn new(resolved: Resolved, place: u64) -> Self {
        Self {
            resolved,
            place: Some(place),
            parked: None,
            retries: 0,
            number: 0,
        }
    }

    pub fn from_parked(resolved: Resolved, parked: u64) -> Self {
        Self {
            resolved,
            place: None,
            parked: Some(parked),
            retries: 0,
            number: 0,
        }
    }

    /// What it takes in memory, about.
    fn bytes(&self) -> usize {
        let events = [&self.resolved.event, &self.resolved.link];
        let bytes = |event: &RecordedEvent| event.data.len() + event.metadata.len();
        events.into_iter().flatten().map(bytes).sum()
    }

    /// What a consumer acknowledges it by.
    pub fn id(&self) -> Option<Uuid> {
        self.resolved.original().map(|event| event.id)
    }
}

struct Outstanding {
    message: Message,
    consumer: ConsumerId,
    due: Instant,
}

struct Consumer {
    slots: usize,
    working_on: usize,
    done: u64,
}

/// What is to be done with an event that a consumer could not handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unhandled {
    Retry,
    Park,
    Skip,
}

/// One group.
pub struct Group {
    settings: Settings,
    consumers: BTreeMap<ConsumerId, Consumer>,
    last_served: ConsumerId,
    waiting: VecDeque<Message>,
    retrying: VecDeque<Message>,
    outstanding: BTreeMap<Number, Outstanding>,
    next_number: Number,
    /// Where in the source the events stand that are not done.
    open_places: BTreeMap<Number, u64>,
    open_parked: BTreeSet<u64>,
    /// The place of the last event that was taken from the source.
    taken: Option<u64>,
    done_since_checkpoint: u32,
    /// Bytes of all messages that are not done.
    held_bytes: usize,
    pub total_done: u64,
}

impl Group {
    /// `taken` is where the last checkpoint stands.
    pub fn new(settings: Settings, taken: Option<u64>) -> Self {
        Self {
            settings,
            consumers: BTreeMap::new(),
            last_served: 0,
            waiting: VecDeque::new(),
            retrying: VecDeque::new(),
            outstanding: BTreeMap::new(),
            next_number: 0,
            open_places: BTreeMap::new(),
            open_parked: BTreeSet::new(),
            taken,
            done_since_checkpoint: 0,
            held_bytes: 0,
            total_done: 0,
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How many more events should be read from the source now.
    pub fn room(&self) -> usize {
        if self.consumers.is_empty() || self.is_full() {
            return 0;
        }
        let there = self.waiting.len() + self.retrying.len() + self.outstanding.len();
        self.settings
            .buffer()
            .saturating_sub(there)
            .min(self.settings.read_batch as usize)
    }

    /// Whether it holds as many bytes as it may.
    pub fn is_full(&self) -> bool {
        self.held_bytes >= MAX_GROUP_BYTES
    }

    /// Takes an event in.
    pub fn feed(&mut self, mut message: Message) {
        self.held_bytes += message.bytes();
        message.number = self.next_number;
        self.next_number += 1;
        if let Some(place) = message.place {
            self.open_places.insert(message.number, place);
            self.taken = Some(place);
            self.waiting.push_back(message);
        } else {
            self.open_parked.extend(message.parked);
            self.retrying.push_back(message);
        }
    }

    /// Events up to here were looked at, and none is wanted.
    pub fn pass(&mut self, place: u64) {
        self.taken = Some(place);
    }

    pub fn join(&mut self, id: ConsumerId, slots: usize) {
        let consumer = Consumer {
            slots: slots.max(1),
            working_on: 0,
            done: 0,
        };
        self.consumers.insert(id, consumer);
    }

    /// What the consumer had is given to others.
    pub fn leave(&mut self, id: ConsumerId) {
        self.consumers.remove(&id);
        let left: Vec<Number> = self
            .outstanding
            .iter()
            .filter(|(_, outstanding)| outstanding.consumer == id)
            .map(|(number, _)| *number)
            .collect();
        for number in left.into_iter().rev() {
            if let Some(outstanding) = self.outstanding.remove(&number) {
                self.retrying.push_front(outstanding.message);
            }
        }
    }

    pub fn consumers(&self) -> impl Iterator<Item = (ConsumerId, usize, usize, u64)> {
        self.consumers
            .iter()
            .map(|(id, consumer)| (*id, consumer.slots, consumer.working_on, consumer.done))
    }

    pub fn consumer_count(&self) -> usize {
        self.consumers.len()
    }

    /// The next event and who is to have it; nothing if all are busy or there is none.
    pub fn dispatch(&mut self, now: Instant) -> Option<(ConsumerId, Message)> {
        let message = self.retrying.front().or_else(|| self.waiting.front())?;
        let id = self.choose(message)?;
        let message = self
            .retrying
            .pop_front()
            .or_else(|| self.waiting.pop_front())?;
        if let Some(consumer) = self.consumers.get_mut(&id) {
            consumer.working_on += 1;
        }
        self.last_served = id;
        let outstanding = Outstanding {
            message: message.clone(),
            consumer: id,
            due: now + self.settings.message_timeout(),
        };
        self.outstanding.insert(message.number, outstanding);
        Some((id, message))
    }

    fn choose(&self, message: &Message) -> Option<ConsumerId> {
        let is_free = |consumer: &Consumer| consumer.working_on < consumer.slots;
        let mut free = self
            .consumers
            .iter()
            .filter(|(_, consumer)| is_free(consumer))
            .map(|(id, _)| *id);
        match self.settings.strategy {
            Strategy::DispatchToSingle => free.next(),
            Strategy::RoundRobin => {
                let first = free.clone().next();
                free.find(|id| *id > self.last_served).or(first)
            }
            Strategy::Pinned => {
                let stream = message.resolved.original().map(|event| &event.stream);
                let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(stream);
                let nth = usize::try_from(hash % (self.consumers.len().max(1) as u64)).unwrap_or(0);
                let (id, consumer) = self.consumers.iter().nth(nth)?;
                is_free(consumer).then_some(*id)
            }
        }
    }

    fn take_back(&mut self, consumer: ConsumerId, event: Uuid) -> Option<Message> {
        let number = self
            .outstanding
            .iter()
            .find(|(_, outstanding)| {
                outstanding.consumer == consumer && outstanding.message.id() == Some(event)
            })
            .map(|(number, _)| *number)?;
        let outstanding = self.outstanding.remove(&number)?;
        if let Some(consumer) = self.consumers.get_mut(&consumer) {
            consumer.working_on = consumer.working_on.saturating_sub(1);
            consumer.done += 1;
        }
        Some(outstanding.message)
    }

    /// The consumer has handled the event. What is not outstanding with it is ignored: it was given to another.
    pub fn ack(&mut self, consumer: ConsumerId, event: Uuid) {
        if let Some(message) = self.take_back(consumer, event) {
            self.done(&message);
        }
    }

    /// The consumer has not handled the event; answers with it if it is to be parked.
    #[must_use]
    pub fn nack(&mut self, consumer: ConsumerId, event: Uuid, what: Unhandled) -> Option<Message> {
        let message = self.take_back(consumer, event)?;
        match what {
            Unhandled::Skip => {
                self.done(&message);
                None
            }
            Unhandled::Park => Some(message),
            Unhandled::Retry => self.retry(message),
        }
    }

    fn retry(&mut self, mut message: Message) -> Option<Message> {
        if message.retries >= self.settings.max_retries {
            return Some(message);
        }
        message.retries += 1;
        self.retrying.push_back(message);
        None
    }

    /// Takes back what was not handled in time; answers with what is to be parked.
    #[must_use]
    pub fn expire(&mut self, now: Instant) -> Vec<Message> {
        let late: Vec<Number> = self
            .outstanding
            .iter()
            .filter(|(_, outstanding)| outstanding.due <= now)
            .map(|(number, _)| *number)
            .collect();
        let mut park = Vec::new();
        for number in late {
            let Some(outstanding) = self.outstanding.remove(&number) else {
                continue;
            };
            if let Some(consumer) = self.consumers.get_mut(&outstanding.consumer) {
                consumer.working_on = consumer.working_on.saturating_sub(1);
            }
            park.extend(self.retry(outstanding.message));
        }
        park
    }

    /// It could not be written down as parked: it is tried again, however often it was.
    pub fn give_back(&mut self, message: Message) {
        self.retrying.push_back(message);
    }

    /// An event is done: handled, skipped, or parked.
    pub fn done(&mut self, message: &Message) {
        self.open_places.remove(&message.number);
        self.held_bytes = self.held_bytes.saturating_sub(message.bytes());
        if let Some(parked) = message.parked {
            self.open_parked.remove(&parked);
        }
        self.done_since_checkpoint += 1;
        self.total_done += 1;
    }

    /// Where a restart would go on behind: everything up to here is done.
    pub fn checkpoint(&self) -> Option<u64> {
        match self.open_places.values().next() {
            // The first open one is not done: what is before it is.
            Some(open) => open.checked_sub(1),
            None => self.taken,
        }
    }

    /// Whether so much is done that a checkpoint is due, given whether enough time has passed.
    pub fn checkpoint_due(&self, time_has_passed: bool) -> bool {
        let done = self.done_since_checkpoint;
        done >= self.settings.max_checkpoint_count
            || (time_has_passed && done >= self.settings.min_checkpoint_count.max(1))
    }

    pub fn checkpointed(&mut self) {
        self.done_since_checkpoint = 0;
    }

    /// Whether nothing that was taken from the parked stream is still open.
    pub fn parked_are_done(&self) -> bool {
        self.open_parked.is_empty()
    }

    pub fn counts(&self) -> Counts {
        Counts {
            waiting: self.waiting.len(),
            retrying: self.retrying.len(),
            outstanding: self.outstanding.len(),
            taken: self.taken,
        }
    }

    /// The settings change under way: what is buffered stays.
    pub fn change(&mut self, settings: Settings) {
        self.settings = settings;
    }
}

pub struct Counts {
    pub waiting: usize,
    pub retrying: usize,
    pub outstanding: usize,
    pub taken: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::super::settings::{Begin, Strategy};
    use super::*;
    use bytes::Bytes;
    use chrono::DateTime;
    use proptest::prelude::*;
    use std::collections::HashMap;
    use std::time::Duration;
    use upkeep_event_store::{ContentType, Position, StreamName};

    fn settings(strategy: Strategy) -> Settings {
        Settings {
            begin: Begin::Start,
            filter: None,
            follow_links: false,
            extra_statistics: false,
            max_retries: 2,
            min_checkpoint_count: 1,
            max_checkpoint_count: 10,
            checkpoint_after_ms: 1_000,
            message_timeout_ms: 1_000,
            max_consumers: 0,
            live_buffer: 20,
            read_batch: 5,
            history_buffer: 20,
            strategy,
        }
    }

    fn message(place: u64) -> Message {
        let event = RecordedEvent {
            position: Position(place),
            stream: StreamName::of("s", place % 3),
            revision: place,
            id: Uuid::from_u64_pair(1, place),
            event_type: "T".into(),
            created: DateTime::default(),
            content_type: ContentType::Json,
            data: Bytes::new(),
            metadata: Bytes::new(),
        };
        Message::new(Resolved::plain(event), place)
    }

    fn id(place: u64) -> Uuid {
        Uuid::from_u64_pair(1, place)
    }

    fn group(strategy: Strategy, events: u64) -> Group {
        let mut group = Group::new(settings(strategy), None);
        for place in 0..events {
            group.feed(message(place));
        }
        group
    }

    fn place(given: Option<(ConsumerId, Message)>) -> Option<(ConsumerId, u64)> {
        given.map(|(id, message)| (id, message.place.unwrap()))
    }

    #[test]
    fn nobody_gets_more_than_there_is_room_for() {
        let now = Instant::now();
        let mut group = group(Strategy::RoundRobin, 5);
        assert!(group.dispatch(now).is_none(), "there is nobody");
        group.join(1, 1);
        group.join(2, 2);
        let given: Vec<_> = std::iter::from_fn(|| place(group.dispatch(now))).collect();
        assert_eq!(given, [(1, 0), (2, 1), (2, 2)]);
        group.ack(2, id(1));
        assert_eq!(place(group.dispatch(now)), Some((2, 3)));
    }

    #[test]
    fn large_events_fill_a_group_however_few_they_are() {
        let now = Instant::now();
        let mut group = Group::new(settings(Strategy::RoundRobin), None);
        group.join(1, 20);
        let mut large = message(0);
        if let Some(event) = &mut large.resolved.event {
            event.data = Bytes::from(vec![0; MAX_GROUP_BYTES]);
        }
        assert!(group.room() > 0);
        group.feed(large);
        assert_eq!(group.room(), 0);
        group.dispatch(now).unwrap();
        assert_eq!(group.room(), 0, "it is still with the consumer");
        group.ack(1, id(0));
        assert!(group.room() > 0);
    }

    #[test]
    fn one_consumer_is_served_first_where_that_is_asked_for() {
        let now = Instant::now();
        let mut group = group(Strategy::DispatchToSingle, 3);
        group.join(1, 2);
        group.join(2, 2);
        let given: Vec<_> = std::iter::from_fn(|| place(group.dispatch(now))).collect();
        assert_eq!(given, [(1, 0), (1, 1), (2, 2)]);
    }

    #[test]
    fn the_events_of_a_stream_stay_with_one_consumer_where_that_is_asked_for() {
        let now = Instant::now();
        let mut group = group(Strategy::Pinned, 12);
        group.join(1, 20);
        group.join(2, 20);
        let mut by_stream: HashMap<u64, BTreeSet<ConsumerId>> = HashMap::new();
        while let Some((consumer, place)) = place(group.dispatch(now)) {
            by_stream.entry(place % 3).or_default().insert(consumer);
        }
        assert_eq!(by_stream.len(), 3);
        assert!(by_stream.values().all(|consumers| consumers.len() == 1));
    }

    #[test]
    fn what_fails_too_often_or_takes_too_long_too_often_is_parked() {
        let mut now = Instant::now();
        let mut group = group(Strategy::RoundRobin, 2);
        group.join(1, 1);
        for retries in 0..2 {
            let (_, message) = group.dispatch(now).unwrap();
            assert_eq!((message.place, message.retries), (Some(0), retries));
            assert!(group.nack(1, id(0), Unhandled::Retry).is_none());
        }
        group.dispatch(now).unwrap();
        let parked = group.nack(1, id(0), Unhandled::Retry).unwrap();
        assert_eq!(
            group.checkpoint(),
            None,
            "it is not written down as parked yet"
        );
        group.done(&parked);
        assert_eq!(group.checkpoint(), Some(0));
        for _ in 0..2 {
            group.dispatch(now).unwrap();
            now += Duration::from_millis(1_001);
            assert!(group.expire(now).is_empty());
        }
        group.dispatch(now).unwrap();
        now += Duration::from_millis(1_001);
        assert_eq!(group.expire(now).len(), 1);
    }

    #[test]
    fn who_leaves_leaves_the_work_to_the_others() {
        let now = Instant::now();
        let mut group = group(Strategy::RoundRobin, 3);
        group.join(1, 2);
        group.dispatch(now).unwrap();
        group.dispatch(now).unwrap();
        group.leave(1);
        group.ack(1, id(0));
        group.join(2, 5);
        let given: Vec<_> = std::iter::from_fn(|| place(group.dispatch(now))).collect();
        assert_eq!(given, [(2, 0), (2, 1), (2, 2)]);
    }

    proptest! {
        /// Whatever happens: nothing behind the checkpoint is open, nothing is lost, and nobody is overloaded.
        #[test]
        fn a_checkpoint_never_passes_what_is_not_done(steps in prop::collection::vec((0u8..6, 0u64..30), 1..200)) {
            let now = Instant::now();
            let mut group = Group::new(settings(Strategy::RoundRobin), None);
            group.join(1, 3);
            group.join(2, 3);
            let (mut fed, mut done) = (0u64, BTreeSet::new());
            let mut given: Vec<(ConsumerId, u64)> = vec![];
            for (step, pick) in steps {
                match step {
                    0 => { group.feed(message(fed)); fed += 1; }
                    1 | 2 => if let Some((consumer, message)) = group.dispatch(now) {
                        given.push((consumer, message.place.unwrap()));
                    },
                    3 if !given.is_empty() => {
                        let (consumer, place) = given.swap_remove(usize::try_from(pick).unwrap() % given.len());
                        group.ack(consumer, id(place));
                        done.insert(place);
                    }
                    4 if !given.is_empty() => {
                        let (consumer, place) = given.swap_remove(usize::try_from(pick).unwrap() % given.len());
                        if let Some(parked) = group.nack(consumer, id(place), Unhandled::Retry) {
                            group.done(&parked);
                            done.insert(place);
                        }
                    }
                    5 => {
                        group.leave(2);
                        given.retain(|(consumer, _)| *consumer != 2);
                        group.join(2, 3);
                    }
                    _ => {}
                }
                if let Some(checkpoint) = group.checkpoint() {
                    prop_assert!((0..=checkpoint).all(|place| done.contains(&place)));
                }
                prop_assert!(group.consumers().all(|(_, _, load, _)| load <= 3));
            }
            // In the end everything is delivered.
            while let Some((consumer, message)) = { group.leave(2); group.leave(1); group.join(3, 100); group.dispatch(now) } {
                done.insert(message.place.unwrap());
                group.ack(consumer, message.id().unwrap());
            }
            prop_assert_eq!(done.len() as u64, fed);
        }
    }
}
