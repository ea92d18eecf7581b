//! Catch-up subscriptions.

use super::raw::proto::shared::Empty;
use super::raw::proto::streams::read_req::Options;
use super::raw::proto::streams::read_req::options::{
    AllOptions, CountOption, FilterOption, FilterOptions, ReadDirection, StreamOption,
    StreamOptions, SubscriptionOptions, UuidOption,
    all_options::AllOption,
    filter_options::{Expression, Filter, Window},
    stream_options::RevisionOption,
    uuid_option,
};
use super::raw::proto::streams::{ReadReq, ReadResp, read_resp::Content};
use super::raw::{World, all, event, identifier, name, next, trailer};
use tonic::{Code, Status, Streaming};
use upkeep_event_store::{EventStore, Retention};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Confirmed,
    /// Its revision.
    Event(u64),
    Checkpoint(u64),
    CaughtUp,
    FellBehind,
}
use Seen::{CaughtUp, Checkpoint, Confirmed, Event, FellBehind};

fn seen(message: ReadResp) -> Seen {
    match message.content {
        Some(Content::Confirmation(_)) => Confirmed,
        Some(Content::Event(read)) => Event(read.event.unwrap().stream_revision),
        Some(Content::Checkpoint(checkpoint)) => Checkpoint(checkpoint.commit_position),
        Some(Content::CaughtUp(_)) => CaughtUp,
        Some(Content::FellBehind(_)) => FellBehind,
        other => panic!("{other:?}"),
    }
}

async fn seen_of(messages: &mut Streaming<ReadResp>) -> (Vec<Seen>, Option<Status>) {
    let (got, end) = all(messages).await;
    (got.into_iter().map(seen).collect(), end)
}

fn to_stream(stream: &str, from: RevisionOption) -> Options {
    Options {
        read_direction: ReadDirection::Forwards as i32,
        resolve_links: false,
        control_option: None,
        uuid_option: Some(UuidOption {
            content: Some(uuid_option::Content::String(Empty {})),
        }),
        stream_option: Some(StreamOption::Stream(StreamOptions {
            stream_identifier: Some(identifier(stream)),
            revision_option: Some(from),
        })),
        count_option: Some(CountOption::Subscription(SubscriptionOptions {})),
        filter_option: Some(FilterOption::NoFilter(Empty {})),
    }
}

/// To the events of streams whose names begin with `x`, from the end.
fn filtered(window: u32, multiplier: u32) -> Options {
    Options {
        stream_option: Some(StreamOption::All(AllOptions {
            all_option: Some(AllOption::End(Empty {})),
        })),
        filter_option: Some(FilterOption::Filter(FilterOptions {
            checkpoint_interval_multiplier: multiplier,
            filter: Some(Filter::StreamIdentifier(Expression {
                regex: String::new(),
                prefix: vec!["x".into()],
            })),
            window: Some(Window::Max(window)),
        })),
        ..to_stream("", RevisionOption::End(Empty {}))
    }
}

const START: RevisionOption = RevisionOption::Start(Empty {});
const END: RevisionOption = RevisionOption::End(Empty {});

impl World {
    async fn subscribe(&self, options: Options) -> Result<Streaming<ReadResp>, Status> {
        let request = ReadReq {
            options: Some(options),
        };
        let path = "/event_store.client.streams.Streams/Read";
        self.open(path, tokio_stream::once(request)).await
    }

    /// What a subscription that must be refused is refused with.
    async fn refusal(&self, options: Options) -> Status {
        match self.subscribe(options).await {
            Err(status) => status,
            Ok(mut messages) => {
                let (got, end) = seen_of(&mut messages).await;
                assert_eq!(got, [], "it is not confirmed");
                end.expect("it is refused")
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_catches_up_once_and_is_told_nothing_else_while_it_is_live() {
    let world = World::new().await;
    world.append("a", 3).await;
    let mut messages = world.subscribe(to_stream("a", START)).await.unwrap();
    let history = [Confirmed, Event(0), Event(1), Event(2), CaughtUp];
    assert_eq!(seen_of(&mut messages).await.0, history);
    for _ in 0..100 {
        world.append("a", 1).await;
    }
    let live: Vec<Seen> = (3..103).map(Event).collect();
    assert_eq!(seen_of(&mut messages).await.0, live);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_nothing_to_catch_up_with_has_caught_up_at_once() {
    let world = World::new().await;
    world.append("deleted", 2).await;
    let any = upkeep_event_store::ExpectedRevision::Any;
    world.store.delete(&name("deleted"), any).await.unwrap();
    for (stream, from) in [
        ("missing", START),
        ("missing", END),
        ("deleted", START),
        ("deleted", RevisionOption::Revision(1)),
    ] {
        let mut messages = world.subscribe(to_stream(stream, from)).await.unwrap();
        assert_eq!(seen_of(&mut messages).await.0, [Confirmed, CaughtUp]);
    }
    let mut behind_all = world
        .subscribe(to_stream("later", RevisionOption::Revision(2)))
        .await
        .unwrap();
    let mut deleted = world.subscribe(to_stream("deleted", START)).await.unwrap();
    for messages in [&mut behind_all, &mut deleted] {
        assert_eq!(seen_of(messages).await.0, [Confirmed, CaughtUp]);
    }
    world.append("later", 5).await;
    assert_eq!(seen_of(&mut behind_all).await.0, [Event(3), Event(4)]);
    world.append("deleted", 1).await;
    assert_eq!(seen_of(&mut deleted).await.0, [Event(2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_live_gets_what_metadata_hide_by_then() {
    let world = World::new().await;
    let mut messages = world.subscribe(to_stream("a", START)).await.unwrap();
    assert_eq!(seen_of(&mut messages).await.0, [Confirmed, CaughtUp]);
    let newest = Retention {
        max_count: Some(1),
        ..Retention::default()
    };
    world.store.set_retention(&name("a"), newest).await.unwrap();
    world.append("a", 3).await;
    assert_eq!(
        seen_of(&mut messages).await.0,
        [Event(0), Event(1), Event(2)]
    );
    let mut later = world.subscribe(to_stream("a", START)).await.unwrap();
    assert_eq!(seen_of(&mut later).await.0, [Confirmed, Event(2), CaughtUp]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tombstone_is_shown_and_ends_the_subscription_and_later_ones_are_refused() {
    let world = World::new().await;
    world.append("a", 1).await;
    let mut messages = world.subscribe(to_stream("a", END)).await.unwrap();
    assert_eq!(seen_of(&mut messages).await.0, [Confirmed, CaughtUp]);
    world.tombstone("a").await;
    let (got, end) = seen_of(&mut messages).await;
    assert_eq!(got, [Event(i64::MAX as u64)]);
    let mut ends = vec![("a", end.unwrap())];
    for from in [START, END, RevisionOption::Revision(0)] {
        ends.push(("a", world.refusal(to_stream("a", from)).await));
    }
    ends.push(("$$a", world.refusal(to_stream("$$a", START)).await));
    for (stream, end) in ends {
        assert_eq!(end.code(), Code::FailedPrecondition);
        assert_eq!(trailer(&end, "exception"), "stream-deleted");
        assert_eq!(trailer(&end, "stream-name"), stream);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filtered_subscription_is_told_each_checkpoint_once() {
    let world = World::new().await;
    let mut messages = world.subscribe(filtered(5, 2)).await.unwrap();
    assert_eq!(seen_of(&mut messages).await.0, [Confirmed, CaughtUp]);
    for _ in 0..95 {
        world.append("other", 1).await;
    }
    world.append("x", 10).await;
    let (got, _) = seen_of(&mut messages).await;
    let due: Vec<Seen> = (1..=9).map(|nth| Checkpoint(nth * 10)).collect();
    let (words, shown) = got.split_at(due.len());
    assert_eq!(words, due);
    let events = |from: u64, to: u64| (from..to).map(Event);
    let expected: Vec<Seen> = events(0, 5)
        .chain([Checkpoint(100)])
        .chain(events(5, 10))
        .collect();
    assert_eq!(shown, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_catches_up_with_a_filter_is_told_how_far_it_came_before_it_is_told_that_it_did() {
    let world = World::new().await;
    world.append("other", 7).await;
    world.append("x", 1).await;
    let from_start = Options {
        stream_option: Some(StreamOption::All(AllOptions {
            all_option: Some(AllOption::Start(Empty {})),
        })),
        ..filtered(5, 1)
    };
    let mut messages = world.subscribe(from_start).await.unwrap();
    assert_eq!(
        seen_of(&mut messages).await.0,
        [Confirmed, Checkpoint(5), Event(0), Checkpoint(8), CaughtUp]
    );
}

/// Nothing is dropped for who is slow, and nothing is kept in memory for it.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_slow_falls_behind_and_misses_nothing() {
    const APPENDS: u64 = 12;
    const EACH: u64 = 2_000;
    let world = World::new().await;
    let all_of_it = Options {
        stream_option: Some(StreamOption::All(AllOptions {
            all_option: Some(AllOption::End(Empty {})),
        })),
        ..to_stream("", END)
    };
    for options in [to_stream("a", START), all_of_it] {
        let mut messages = world.subscribe(options).await.unwrap();
        for expected in [Confirmed, CaughtUp] {
            let message = next(&mut messages).await.unwrap().unwrap();
            assert_eq!(seen(message), expected);
        }
        let newest = world.store.reader().stream(&name("a")).await.unwrap();
        let first = newest.and_then(|a| a.head).map_or(0, |head| head + 1);
        for _ in 0..APPENDS {
            let events = (0..EACH).map(|_| event("T", &[b'1'; 100]));
            world.write("a", events.collect()).await;
        }
        let (mut revision, mut words) = (first, vec![]);
        while revision < first + APPENDS * EACH || words.last() != Some(&CaughtUp) {
            match seen(next(&mut messages).await.unwrap().unwrap()) {
                Event(found) => {
                    assert_eq!(found, revision, "without a gap");
                    revision += 1;
                }
                said => words.push(said),
            }
        }
        let turns = [FellBehind, CaughtUp].into_iter().cycle();
        let expected: Vec<Seen> = turns.take(words.len().max(2)).collect();
        assert_eq!(words, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_subscription_can_be_is_refused_in_the_real_servers_words() {
    let world = World::new().await;
    let backwards = Options {
        read_direction: ReadDirection::Backwards as i32,
        ..to_stream("a", START)
    };
    let without_filter = Options {
        filter_option: None,
        ..to_stream("a", START)
    };
    let mut bare = filtered(7, 3);
    let mut windowless = filtered(7, 3);
    for (options, strip) in [(&mut bare, 0), (&mut windowless, 1)] {
        if let Some(FilterOption::Filter(filter)) = &mut options.filter_option {
            match strip {
                0 => filter.filter = None,
                _ => filter.window = None,
            }
        }
    }
    let formless = Options {
        uuid_option: None,
        ..to_stream("a", START)
    };
    let options_type = "EventStore.Client.Streams.ReadReq+Types+Options+Types+FilterOptions";
    for (options, text) in [
        (
            backwards,
            "The combination of (Stream, Subscription, Backwards, NoFilter) is invalid.".to_owned(),
        ),
        (
            without_filter,
            "The combination of (Stream, Subscription, Forwards, None) is invalid.".to_owned(),
        ),
        (
            bare,
            format!(
                "'{{ \"max\": 7, \"checkpointIntervalMultiplier\": 3 }}' is not a valid {options_type}"
            ),
        ),
        (
            windowless,
            format!("'None' is not a valid {options_type}+WindowOneofCase"),
        ),
        (formless, String::new()),
    ] {
        let refusal = world.refusal(options).await;
        assert_eq!(refusal.code(), Code::InvalidArgument);
        assert_eq!(refusal.message(), text);
    }
}
