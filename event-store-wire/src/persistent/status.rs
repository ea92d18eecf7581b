//! What is told about a group: how it stands, who is there, what it was set up with.

use super::command::Seat;
use super::consumers::ConsumerId;
use super::group::Group;
use super::names::Names;
use super::settings::{Begin, Source};
use crate::proto::persistent::{SubscriptionInfo, subscription_info::ConnectionInfo};
use std::collections::HashMap;

/// What the group itself does not know.
pub struct Circumstances {
    /// The source was ended for good before all of it was read.
    pub is_stuck: bool,
    pub is_replaying: bool,
    pub parked: i64,
}

/// A number of ours as the protocol has it.
fn small(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn large(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A place as the protocol writes it.
pub fn place_text(source: &Source, place: u64) -> String {
    match source {
        Source::Stream(_) => place.to_string(),
        Source::All => format!("C:{place}/P:{place}"),
    }
}

/// The same, read; also as stores of before wrote it.
pub fn parse_place(text: &[u8]) -> Option<u64> {
    match serde_json::from_slice(text).ok()? {
        serde_json::Value::Number(place) => place.as_u64(),
        serde_json::Value::String(text) => {
            let commit = text.strip_prefix("C:").unwrap_or(&text);
            commit.split('/').next()?.parse().ok()
        }
        _ => None,
    }
}

fn start_from(source: &Source, begin: Begin) -> String {
    match (begin, source) {
        (Begin::Start, _) => place_text(source, 0),
        (Begin::At(place), _) => place_text(source, place),
        (Begin::End, Source::Stream(_)) => "-1".to_owned(),
        (Begin::End, Source::All) => "C:-1/P:-1".to_owned(),
    }
}

/// The real server's words, in its order.
fn state(group: &Group, circumstances: &Circumstances) -> String {
    let words = [
        (!group.is_live(), "Behind"),
        (circumstances.is_stuck, "OutstandingPageRequest"),
        (circumstances.is_replaying, "ReplayingParkedMessages"),
        (group.is_live(), "Live"),
    ];
    let words = words
        .into_iter()
        .filter_map(|(holds, word)| holds.then_some(word));
    words.collect::<Vec<_>>().join(", ")
}

/// The real server shows how long 'never' is as the least number.
fn milliseconds(value: i64, never: i32) -> i32 {
    match value {
        0 => never,
        value => i32::try_from(value).unwrap_or(i32::MAX),
    }
}

pub fn status(
    names: &Names,
    group: &Group,
    seats: &HashMap<ConsumerId, Seat>,
    circumstances: &Circumstances,
) -> SubscriptionInfo {
    let (settings, counts, source) = (group.settings(), group.counts(), &names.source);
    let place = |place: Option<u64>| place.map_or_else(String::new, |at| place_text(source, at));
    let consumers = group.consumers();
    let connections = consumers.iter().filter_map(|consumer| {
        let seat = seats.get(&consumer.id)?;
        Some(ConnectionInfo {
            from: seat.from.clone(),
            username: seat.user.clone(),
            total_items: large(consumer.total),
            available_slots: small(consumer.slots.saturating_sub(consumer.working_on)),
            in_flight_messages: small(consumer.working_on),
            connection_name: seat.connection_name.clone(),
            ..ConnectionInfo::default()
        })
    });
    SubscriptionInfo {
        event_source: source.name().to_owned(),
        group_name: names.group.clone(),
        status: state(group, circumstances),
        connections: connections.collect(),
        total_items: large(group.total),
        last_checkpointed_event_position: place(group.last_checkpoint()),
        last_known_event_position: place(counts.known),
        resolve_link_tos: settings.follow_links,
        start_from: start_from(source, settings.begin),
        message_timeout_milliseconds: milliseconds(settings.message_timeout_ms, 0),
        extra_statistics: settings.extra_statistics,
        max_retry_count: settings.max_retries,
        live_buffer_size: settings.live_buffer,
        buffer_size: settings.history_buffer,
        read_batch_size: settings.read_batch,
        check_point_after_milliseconds: milliseconds(settings.checkpoint_after_ms, i32::MIN),
        min_check_point_count: settings.min_checkpoint_count,
        max_check_point_count: settings.max_checkpoint_count,
        read_buffer_count: small(counts.fresh),
        live_buffer_count: large(counts.came_live),
        retry_buffer_count: small(counts.again),
        total_in_flight_messages: small(counts.outstanding),
        outstanding_messages_count: small(counts.outstanding),
        named_consumer_strategy: settings.strategy.name().to_owned(),
        max_subscriber_count: settings.max_consumers,
        parked_message_count: circumstances.parked,
        ..SubscriptionInfo::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was_written_now_and_before() {
        let stream = Source::Stream("s".into());
        for (source, place) in [(&stream, 0), (&stream, 7), (&Source::All, 9)] {
            let written = serde_json::to_vec(&place_text(source, place)).unwrap();
            assert_eq!(parse_place(&written), Some(place));
        }
        assert_eq!(parse_place(b"12"), Some(12), "of a store of before");
        assert_eq!(parse_place(b"null"), None);
        assert_eq!(parse_place(b"\"C:x/P:x\""), None);
    }
}
