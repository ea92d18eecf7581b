//! Who of a group's consumers gets an event: the strategies. No I/O and no clock.

use super::message::Message;
use super::settings::Strategy;
use crate::convert::LINK_TYPE;
use std::collections::VecDeque;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use upkeep_event_store::RecordedEvent;

pub type ConsumerId = u64;

/// What a pinning strategy tells apart: streams of the same number stay together.
const BUCKETS: usize = 1_024;
/// Where an event's metadata say what it belongs to; `EventStoreDB`'s convention.
const CORRELATION: &str = "$correlationId";

#[derive(Clone, Copy, Debug)]
pub struct Consumer {
    pub id: ConsumerId,
    pub slots: usize,
    pub working_on: usize,
    /// Events that it was given.
    pub total: u64,
    /// How much more may be sent to it before it has read some.
    room: usize,
}

impl Consumer {
    fn is_free(&self) -> bool {
        self.room > 0 && self.working_on < self.slots
    }
}

/// What became of an event that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Somebody takes it; the bucket is for [`Consumers::release`].
    Taken(ConsumerId, Option<usize>),
    /// Whom it belongs to is busy; others may take later ones.
    Skipped,
    /// All are busy.
    Full,
}

#[derive(Clone, Copy, Default)]
struct Pin {
    consumer: Option<ConsumerId>,
    under_way: usize,
}

pub struct Consumers {
    strategy: Strategy,
    /// Who is next stands first; for a pinning strategy, who joined first.
    queue: VecDeque<Consumer>,
    pins: Vec<Pin>,
}

impl Consumers {
    pub fn new(strategy: Strategy) -> Self {
        let pins = match strategy {
            Strategy::Pinned | Strategy::PinnedByCorrelation => BUCKETS,
            Strategy::RoundRobin | Strategy::DispatchToSingle => 0,
        };
        Self {
            strategy,
            queue: VecDeque::new(),
            pins: vec![Pin::default(); pins],
        }
    }

    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// In the order in which they joined.
    pub fn all(&self) -> Vec<Consumer> {
        let mut all: Vec<Consumer> = self.queue.iter().copied().collect();
        all.sort_unstable_by_key(|consumer| consumer.id);
        all
    }

    pub fn join(&mut self, id: ConsumerId, slots: usize) {
        self.queue.push_back(Consumer {
            id,
            slots: slots.max(1),
            working_on: 0,
            total: 0,
            room: slots.max(1),
        });
        self.share_out();
    }

    /// The buckets of who leaves are free; what it had under way is given out anew.
    pub fn leave(&mut self, id: ConsumerId) {
        self.queue.retain(|consumer| consumer.id != id);
        for pin in &mut self.pins {
            if pin.consumer == Some(id) {
                *pin = Pin::default();
            }
        }
    }

    /// Who does not read what it was sent gets nothing more for now.
    pub fn set_room(&mut self, id: ConsumerId, room: usize) {
        if let Some(consumer) = self.find(id) {
            consumer.room = room;
        }
    }

    pub fn anybody_is_free(&self) -> bool {
        self.queue.iter().any(Consumer::is_free)
    }

    pub fn offer(&mut self, message: &Message) -> Offer {
        let taken = match self.strategy {
            Strategy::RoundRobin => self.next_free(),
            Strategy::DispatchToSingle => self.same_while_free(),
            Strategy::Pinned | Strategy::PinnedByCorrelation => return self.pinned(message),
        };
        taken.map_or(Offer::Full, |id| Offer::Taken(id, None))
    }

    /// An event is not with the consumer any more.
    pub fn release(&mut self, id: ConsumerId, bucket: Option<usize>) {
        let Some(consumer) = self.find(id) else {
            return;
        };
        consumer.working_on = consumer.working_on.saturating_sub(1);
        if let Some(pin) = bucket.and_then(|bucket| self.pins.get_mut(bucket))
            && pin.consumer == Some(id)
        {
            pin.under_way = pin.under_way.saturating_sub(1);
        }
    }

    fn find(&mut self, id: ConsumerId) -> Option<&mut Consumer> {
        self.queue.iter_mut().find(|consumer| consumer.id == id)
    }

    /// Each in turn.
    fn next_free(&mut self) -> Option<ConsumerId> {
        for _ in 0..self.queue.len() {
            self.queue.rotate_left(1);
            if let Some(consumer) = self.queue.back_mut()
                && consumer.is_free()
            {
                return Some(take(consumer));
            }
        }
        None
    }

    /// One, until it is busy; then the next.
    fn same_while_free(&mut self) -> Option<ConsumerId> {
        for _ in 0..self.queue.len() {
            if let Some(consumer) = self.queue.front_mut()
                && consumer.is_free()
            {
                return Some(take(consumer));
            }
            self.queue.rotate_left(1);
        }
        None
    }

    fn pinned(&mut self, message: &Message) -> Offer {
        if !self.anybody_is_free() {
            return Offer::Full;
        }
        let bucket = self.bucket(message);
        let owner = match self.pins[bucket].consumer {
            Some(owner) => owner,
            None => match self.least_pinned() {
                Some(owner) => owner,
                None => return Offer::Full,
            },
        };
        self.pins[bucket].consumer = Some(owner);
        match self.find(owner) {
            Some(consumer) if consumer.is_free() => {
                take(consumer);
                self.pins[bucket].under_way += 1;
                Offer::Taken(owner, Some(bucket))
            }
            _ => Offer::Skipped,
        }
    }

    fn bucket(&self, message: &Message) -> usize {
        let event = message.resolved.event.as_ref();
        let Some(event) = event.or(message.resolved.link.as_ref()) else {
            return 0;
        };
        let correlation = (self.strategy == Strategy::PinnedByCorrelation)
            .then(|| correlation(event))
            .flatten();
        let belongs_to = correlation.unwrap_or_else(|| stream_of(event));
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(belongs_to);
        usize::try_from(hash % BUCKETS as u64).unwrap_or(0)
    }

    fn pins_of(&self, id: ConsumerId) -> usize {
        self.pins
            .iter()
            .filter(|pin| pin.consumer == Some(id))
            .count()
    }

    fn least_pinned(&self) -> Option<ConsumerId> {
        let ids = self.queue.iter().map(|consumer| consumer.id);
        ids.min_by_key(|id| (self.pins_of(*id), *id))
    }

    /// Whoever has more than a fair share of the buckets lets go of those with nothing under way.
    fn share_out(&mut self) {
        let pinned = self.pins.iter().filter(|pin| pin.consumer.is_some());
        let fair = pinned.count().div_ceil(self.queue.len().max(1));
        let ids: Vec<ConsumerId> = self.queue.iter().map(|consumer| consumer.id).collect();
        for id in ids {
            let too_many = self.pins_of(id).saturating_sub(fair);
            let idle = |pin: &&mut Pin| pin.consumer == Some(id) && pin.under_way == 0;
            for pin in self.pins.iter_mut().filter(idle).take(too_many) {
                *pin = Pin::default();
            }
        }
    }
}

fn take(consumer: &mut Consumer) -> ConsumerId {
    consumer.working_on += 1;
    consumer.room = consumer.room.saturating_sub(1);
    consumer.total += 1;
    consumer.id
}

fn correlation(event: &RecordedEvent) -> Option<String> {
    let metadata: serde_json::Value = serde_json::from_slice(&event.metadata).ok()?;
    metadata.get(CORRELATION)?.as_str().map(str::to_owned)
}

/// The stream that an event stands in, or that it points to.
fn stream_of(event: &RecordedEvent) -> String {
    let goal = (&*event.event_type == LINK_TYPE)
        .then(|| std::str::from_utf8(&event.data).ok()?.split_once('@'))
        .flatten();
    goal.map_or_else(
        || event.stream.as_str().to_owned(),
        |(_, stream)| stream.to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::group::tests::message;
    use super::*;

    /// Who takes events of the given streams, in order; `None` for who takes none.
    fn given(consumers: &mut Consumers, places: impl Iterator<Item = u64>) -> Vec<Option<u64>> {
        places
            .map(|place| match consumers.offer(&message(place)) {
                Offer::Taken(id, _) => Some(id),
                Offer::Skipped | Offer::Full => None,
            })
            .collect()
    }

    fn two(strategy: Strategy, slots: usize) -> Consumers {
        let mut consumers = Consumers::new(strategy);
        consumers.join(1, slots);
        consumers.join(2, slots);
        consumers
    }

    #[test]
    fn each_in_turn() {
        let mut consumers = two(Strategy::RoundRobin, 2);
        let some = given(&mut consumers, 0..5);
        assert_eq!(some, [Some(1), Some(2), Some(1), Some(2), None]);
        consumers.release(2, None);
        consumers.set_room(2, 9);
        assert_eq!(given(&mut consumers, 5..7), [Some(2), None]);
    }

    #[test]
    fn one_until_it_is_busy() {
        let mut consumers = two(Strategy::DispatchToSingle, 3);
        let some = given(&mut consumers, 0..4);
        assert_eq!(some, [Some(1), Some(1), Some(1), Some(2)]);
        consumers.release(1, None);
        assert_eq!(
            given(&mut consumers, 4..5),
            [Some(2)],
            "it stays with the other"
        );
    }

    #[test]
    fn the_events_of_a_stream_stay_with_one_consumer_and_wait_for_it() {
        let mut consumers = two(Strategy::Pinned, 2);
        // Places 0, 3 and 6 are of one stream, 1 and 4 of another.
        let places = [0, 3, 6, 1].into_iter();
        let some = given(&mut consumers, places);
        assert_eq!(some, [Some(1), Some(1), None, Some(2)]);
        consumers.leave(1);
        assert_eq!(given(&mut consumers, [6].into_iter()), [Some(2)]);
    }

    #[test]
    fn what_has_one_correlation_stays_together_whatever_its_stream() {
        let mut consumers = two(Strategy::PinnedByCorrelation, 9);
        let about = |place: u64, order: &str| {
            let mut message = message(place);
            if let Some(event) = &mut message.resolved.event {
                event.metadata = format!("{{\"{CORRELATION}\":\"{order}\"}}").into();
            }
            message
        };
        let mut takers = |order: &str| -> Vec<Offer> {
            let offers = (0..3).map(|place| consumers.offer(&about(place, order)));
            offers.collect()
        };
        let (first, second) = (takers("1"), takers("2"));
        assert!(
            matches!(first[..], [Offer::Taken(1, a), Offer::Taken(1, b), Offer::Taken(1, c)]
            if a == b && b == c)
        );
        assert!(matches!(
            second[..],
            [Offer::Taken(2, _), Offer::Taken(2, _), Offer::Taken(2, _)]
        ));
    }

    #[test]
    fn who_joins_later_gets_streams_that_rest() {
        let mut consumers = Consumers::new(Strategy::Pinned);
        consumers.join(1, 9);
        for place in 0..3 {
            let Offer::Taken(id, bucket) = consumers.offer(&message(place)) else {
                panic!("there is room");
            };
            consumers.release(id, bucket);
        }
        consumers.join(2, 9);
        let some = given(&mut consumers, 0..3);
        assert!(
            some.contains(&Some(1)) && some.contains(&Some(2)),
            "{some:?}"
        );
    }

    #[test]
    fn who_reads_nothing_gets_nothing_more() {
        let mut consumers = two(Strategy::RoundRobin, 9);
        consumers.set_room(1, 1);
        let some = given(&mut consumers, 0..4);
        assert_eq!(some, [Some(1), Some(2), Some(2), Some(2)]);
        consumers.set_room(2, 0);
        assert_eq!(consumers.offer(&message(3)), Offer::Full);
        assert!(!consumers.anybody_is_free());
    }
}
