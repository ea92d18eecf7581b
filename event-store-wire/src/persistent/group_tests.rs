use super::super::settings::{Begin, Strategy};
use super::*;
use crate::convert::Resolved;
use bytes::Bytes;
use chrono::DateTime;
use proptest::prelude::*;
use std::time::Duration;
use upkeep_event_store::{ContentType, Position, RecordedEvent, StreamName};

pub fn settings(strategy: Strategy) -> Settings {
    Settings {
        begin: Begin::Start,
        began_behind: None,
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

/// The event at a place; of one of three streams.
pub fn message(place: u64) -> Message {
    let event = RecordedEvent {
        position: Position(place),
        stream: StreamName::of("s", place % 3),
        revision: place,
        id: id(place),
        event_type: "T".into(),
        created: DateTime::default(),
        content_type: ContentType::Json,
        data: Bytes::new(),
        metadata: Bytes::new(),
    };
    Message::new(Resolved::plain(event), Origin::Source(place))
}

/// One that was parked and is replayed; its ids begin at 1,000.
fn replayed(revision: u64) -> Message {
    let mut message = message(1_000 + revision);
    message.origin = Origin::Replayed(revision);
    message
}

fn id(place: u64) -> Uuid {
    Uuid::from_u64_pair(1, place)
}

fn group_with(settings: Settings, events: u64) -> (Group, Instant) {
    let now = Instant::now();
    let mut group = Group::new(settings, None, false, now);
    for place in 0..events {
        group.feed(message(place));
    }
    (group, now)
}

fn group(events: u64) -> (Group, Instant) {
    group_with(settings(Strategy::RoundRobin), events)
}

fn everybody_reads(group: &mut Group) {
    for consumer in group.consumers() {
        group.set_room(consumer.id, usize::MAX);
    }
}

/// Who is given what: the consumer, the place, how often in vain before.
fn given(group: &mut Group, now: Instant) -> Vec<(ConsumerId, u64, i32)> {
    everybody_reads(group);
    let given = group.give_out(now);
    given
        .into_iter()
        .map(|(id, message)| (id, message.revision(), message.retries))
        .collect()
}

#[test]
fn nobody_gets_more_than_there_is_room_for() {
    let (mut group, now) = group(5);
    assert!(given(&mut group, now).is_empty(), "there is nobody");
    group.join(1, 1);
    group.join(2, 2);
    assert_eq!(given(&mut group, now), [(1, 0, 0), (2, 1, 0), (2, 2, 0)]);
    group.ack(id(1));
    assert_eq!(given(&mut group, now), [(2, 3, 0)]);
}

#[test]
fn what_was_not_handled_comes_again_before_what_is_new_in_the_sources_order() {
    let (mut group, now) = group(8);
    group.join(1, 4);
    given(&mut group, now);
    for place in [2, 0] {
        assert!(group.nack(id(place), &Unhandled::Retry).is_none());
    }
    assert_eq!(given(&mut group, now), [(1, 0, 1), (1, 2, 1)]);
}

#[test]
fn what_is_replayed_comes_behind_what_was_not_handled_before_and_before_what_is_new() {
    let (mut group, now) = group(4);
    group.join(1, 3);
    given(&mut group, now);
    assert!(group.nack(id(1), &Unhandled::Retry).is_none());
    group.replay(replayed(0));
    assert!(group.nack(id(0), &Unhandled::Retry).is_none());
    group.ack(id(2));
    assert_eq!(
        given(&mut group, now),
        [(1, 0, 1), (1, 1, 1), (1, 1_000, 0)]
    );
}

#[test]
fn who_leaves_leaves_the_work_to_the_others_however_often_it_was_tried() {
    let (mut group, now) = group(3);
    for round in 0..5 {
        group.join(round, 2);
        let tried = i32::try_from(round).unwrap();
        assert_eq!(
            given(&mut group, now),
            [(round, 0, tried), (round, 1, tried)]
        );
        group.leave(round);
    }
}

#[test]
fn what_fails_too_often_is_given_up_with_the_reason() {
    let (mut group, now) = group(2);
    group.join(1, 1);
    for tried in 0..2 {
        assert_eq!(given(&mut group, now), [(1, 0, tried)]);
        assert!(group.nack(id(0), &Unhandled::Retry).is_none());
    }
    given(&mut group, now);
    let parked = group.nack(id(0), &Unhandled::Retry).unwrap();
    assert_eq!(parked.reason, "Reached retry count of 2");
    assert_eq!(group.done_up_to(), None, "it is not written down yet");
    group.done(&parked.message);
    assert_eq!(group.done_up_to(), Some(0));
    given(&mut group, now);
    let why = Unhandled::Park("no such customer".into());
    let parked = group.nack(id(1), &why).unwrap();
    assert_eq!(
        parked.reason,
        "Client explicitly NAK'ed message.\nno such customer"
    );
}

#[test]
fn what_takes_too_long_comes_again_and_is_given_up_in_the_end() {
    let (mut group, mut now) = group(1);
    group.join(1, 1);
    for tried in 0..2 {
        assert_eq!(given(&mut group, now), [(1, 0, tried)]);
        now += Duration::from_millis(999);
        assert!(group.expire(now).is_empty());
        assert!(given(&mut group, now).is_empty());
        now += Duration::from_millis(1);
        assert!(group.expire(now).is_empty());
    }
    given(&mut group, now);
    now += Duration::from_secs(1);
    assert_eq!(group.expire(now).len(), 1);
}

#[test]
fn a_timeout_of_zero_is_none() {
    let unhurried = Settings {
        message_timeout_ms: 0,
        ..settings(Strategy::RoundRobin)
    };
    let (mut group, now) = group_with(unhurried, 1);
    group.join(1, 1);
    given(&mut group, now);
    assert!(
        group
            .expire(now + Duration::from_secs(1_000_000))
            .is_empty()
    );
    assert!(
        given(&mut group, now).is_empty(),
        "it is still with the consumer"
    );
}

#[test]
fn whoever_says_so_has_handled_it() {
    let (mut group, now) = group(1);
    group.join(1, 1);
    given(&mut group, now);
    assert!(group.expire(now + Duration::from_secs(1)).is_empty());
    group.ack(id(0));
    assert_eq!(group.done_up_to(), None, "it waits to be given out again");
    group.join(2, 1);
    group.leave(1);
    assert_eq!(given(&mut group, now), [(2, 0, 1)]);
    group.ack(id(0));
    assert_eq!(group.done_up_to(), Some(0));
}

#[test]
fn large_events_fill_a_group_however_few_they_are() {
    let (mut group, now) = group(0);
    group.join(1, 20);
    let mut large = message(0);
    if let Some(event) = &mut large.resolved.event {
        event.data = Bytes::from(vec![0; MAX_GROUP_BYTES]);
    }
    assert!(group.room() > 0);
    group.feed(large);
    assert_eq!(group.room(), 0);
    given(&mut group, now);
    assert_eq!(group.room(), 0, "it is still with the consumer");
    group.ack(id(0));
    assert!(group.room() > 0);
}

#[test]
fn history_is_read_while_a_batch_fits_and_live_events_while_one_does() {
    let (mut group, _) = group(15);
    assert_eq!(group.room(), 0, "15 wait, and 20 are the most");
    group.go_live();
    for place in 15..20 {
        assert!(group.feed_live(message(place)));
    }
    assert!(!group.feed_live(message(20)), "it falls behind");
    assert!(!group.is_live());
    assert_eq!((group.taken(), group.counts().known), (Some(19), Some(20)));
}

#[test]
fn a_checkpoint_is_due_by_count_at_once_and_by_time_on_a_tick() {
    let (mut group, now) = group(12);
    group.join(1, 20);
    given(&mut group, now);
    assert_eq!(group.checkpoint_due(now, true), None);
    group.ack(id(1));
    let later = now + Duration::from_secs(1);
    assert_eq!(group.checkpoint_due(later, true), None, "there is a gap");
    group.ack(id(0));
    assert_eq!(group.checkpoint_due(now, true), None, "no time has passed");
    assert_eq!(group.checkpoint_due(later, false), None, "it is few");
    assert_eq!(group.checkpoint_due(later, true), Some(1));
    group.checkpointed(1, later);
    for place in 2..12 {
        assert_eq!(group.checkpoint_due(later, true), None);
        group.ack(id(place));
    }
    assert_eq!(group.checkpoint_due(later, false), Some(11), "it is many");
    group.checkpointed(11, later);
    assert_eq!(group.checkpoint_due(later, true), None);
    group.pass(40, 10);
    assert_eq!(
        group.checkpoint_due(later, false),
        Some(40),
        "none was wanted"
    );
}

proptest! {
    /// Whatever happens: nothing up to the checkpoint is open, nothing is lost, nobody is overloaded, and no more is held
    /// than what is open.
    #[test]
    fn a_checkpoint_never_passes_what_is_not_done(
        strategy in prop::sample::select(vec![
            Strategy::RoundRobin, Strategy::DispatchToSingle, Strategy::Pinned,
        ]),
        steps in prop::collection::vec((0u8..8, 0usize..30), 1..200),
    ) {
        let mut now = Instant::now();
        let mut group = Group::new(settings(strategy), None, false, now);
        group.join(1, 3);
        group.join(2, 3);
        let (mut fed, mut done) = (0u64, BTreeSet::new());
        let mut given: Vec<u64> = vec![];
        for (step, pick) in steps {
            let picked = (!given.is_empty()).then(|| given[pick % given.len()]);
            let mut parked = vec![];
            match (step, picked) {
                (0 | 1, _) => { group.feed(message(fed)); fed += 1; }
                (2, _) => { everybody_reads(&mut group); given.extend(group.give_out(now).iter().map(|(_, one)| one.revision())); }
                (3 | 4, Some(place)) => {
                    group.ack(id(place));
                    done.insert(place);
                    given.retain(|one| *one != place);
                }
                (5, Some(place)) => {
                    parked.extend(group.nack(id(place), &Unhandled::Retry));
                    given.retain(|one| *one != place);
                }
                (6, _) => {
                    group.leave(2);
                    group.join(2, 3);
                    let still = |place: &u64| group.by_id.contains_key(&id(*place));
                    given.retain(still);
                }
                (7, _) => {
                    now += Duration::from_millis(1_001);
                    parked = group.expire(now);
                    given.clear();
                }
                _ => {}
            }
            for one in parked {
                done.insert(one.message.revision());
                group.done(&one.message);
            }
            if let Some(place) = group.done_up_to() {
                prop_assert!((0..=place).all(|place| done.contains(&place)));
            }
            prop_assert!(group.consumers().iter().all(|one| one.working_on <= 3));
            prop_assert_eq!(group.open.len() as u64, fed - done.len() as u64);
        }
        // In the end everything is given out.
        group.leave(1);
        group.leave(2);
        group.join(3, 1_000);
        for (_, message) in group.give_out(now) {
            done.insert(message.revision());
            group.ack(message.id().unwrap());
        }
        prop_assert_eq!(done.len() as u64, fed);
        prop_assert_eq!(group.done_up_to(), fed.checked_sub(1));
        prop_assert_eq!(group.held_bytes, 0);
    }
}
