//! Persistent subscriptions.

use super::raw::proto::persistent::read_req::{self, Nack, nack::Action};
use super::raw::proto::persistent::read_resp::{Content, ReadEvent};
use super::raw::proto::persistent::{
    AllOptions, CreateReq, CreateResp, DeleteReq, DeleteResp, GetInfoReq, GetInfoResp, ReadReq,
    ReadResp, ReplayParkedReq, ReplayParkedResp, Settings, StreamOptions, SubscriptionInfo,
    UpdateReq, UpdateResp, all_options, create_req, delete_req, get_info_req, replay_parked_req,
    settings, stream_options, update_req,
};
use super::raw::proto::shared::{self, Empty};
use super::raw::{World, all, event, id, identifier, name, next, trailer};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};
use upkeep_event_store::{Direction, EventStore, RecordedEvent};
use uuid::Uuid;

macro_rules! path {
    ($call:literal) => {
        concat!(
            "/event_store.client.persistent_subscriptions.PersistentSubscriptions/",
            $call
        )
    };
}

const STREAM: &str = "a";
const GROUP: &str = "g";

/// Checkpoints come by count only.
fn some_settings() -> Settings {
    Settings {
        message_timeout: Some(settings::MessageTimeout::MessageTimeoutMs(30_000)),
        checkpoint_after: Some(settings::CheckpointAfter::CheckpointAfterMs(0)),
        min_checkpoint_count: 1,
        max_checkpoint_count: 2,
        max_retry_count: 1,
        live_buffer_size: 500,
        read_batch_size: 20,
        history_buffer_size: 500,
        consumer_strategy: "RoundRobin".into(),
        ..Settings::default()
    }
}

fn from(revision: u64) -> create_req::options::StreamOption {
    let at = stream_options::RevisionOption::Revision(revision);
    create_req::options::StreamOption::Stream(StreamOptions {
        stream_identifier: Some(identifier(STREAM)),
        revision_option: Some(at),
    })
}

struct Consumer {
    says: mpsc::Sender<ReadReq>,
    messages: Streaming<ReadResp>,
}

impl Consumer {
    /// The next events: their revisions and how often they were given out in vain.
    async fn given(&mut self, events: usize) -> Vec<(u64, i32)> {
        let mut given = vec![];
        for _ in 0..events {
            given.push(plain(&self.event().await));
        }
        given
    }

    async fn event(&mut self) -> ReadEvent {
        match next(&mut self.messages).await.unwrap().unwrap().content {
            Some(Content::Event(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    /// Whether so many events come before it is sent away.
    async fn gets(&mut self, events: usize) -> bool {
        for _ in 0..events {
            if next(&mut self.messages).await.is_err() {
                return false;
            }
        }
        true
    }

    async fn nothing_comes(&mut self) {
        let (got, end) = all(&mut self.messages).await;
        assert!(got.is_empty() && end.is_none(), "{got:?} {end:?}");
    }

    async fn say(&self, content: read_req::Content) {
        let content = Some(content);
        self.says.send(ReadReq { content }).await.unwrap();
    }

    async fn ack(&self, ids: impl IntoIterator<Item = Uuid>) {
        let ack = read_req::Ack {
            ids: wire_ids(ids),
            ..read_req::Ack::default()
        };
        self.say(read_req::Content::Ack(ack)).await;
    }

    async fn nack(&self, ids: impl IntoIterator<Item = Uuid>, action: Action, reason: &str) {
        let nack = Nack {
            ids: wire_ids(ids),
            action: action as i32,
            reason: reason.into(),
            ..Nack::default()
        };
        self.say(read_req::Content::Nack(nack)).await;
    }

    async fn end(&mut self) -> Status {
        let (_, end) = all(&mut self.messages).await;
        end.expect("it ends")
    }
}

fn wire_ids(ids: impl IntoIterator<Item = Uuid>) -> Vec<shared::Uuid> {
    let text = |id: Uuid| shared::Uuid {
        value: Some(shared::uuid::Value::String(id.to_string())),
    };
    ids.into_iter().map(text).collect()
}

fn plain(read: &ReadEvent) -> (u64, i32) {
    use super::raw::proto::persistent::read_resp::read_event::Count;
    let Some(Count::RetryCount(retries)) = read.count else {
        panic!("{read:?}")
    };
    (read.event.as_ref().unwrap().stream_revision, retries)
}

impl World {
    async fn create(&self, settings: Settings) -> Result<CreateResp, Status> {
        self.create_at(from(0), GROUP, settings).await
    }

    async fn create_at(
        &self,
        source: create_req::options::StreamOption,
        group: &str,
        settings: Settings,
    ) -> Result<CreateResp, Status> {
        let options = create_req::Options {
            stream_option: Some(source),
            group_name: group.into(),
            settings: Some(settings),
            ..create_req::Options::default()
        };
        let request = CreateReq {
            options: Some(options),
        };
        self.ask(path!("Create"), request).await
    }

    async fn update(&self, from: u64, settings: Settings) -> Result<UpdateResp, Status> {
        let at = stream_options::RevisionOption::Revision(from);
        let options = update_req::Options {
            stream_option: Some(update_req::options::StreamOption::Stream(StreamOptions {
                stream_identifier: Some(identifier(STREAM)),
                revision_option: Some(at),
            })),
            group_name: GROUP.into(),
            settings: Some(settings),
            ..update_req::Options::default()
        };
        let request = UpdateReq {
            options: Some(options),
        };
        self.ask(path!("Update"), request).await
    }

    async fn delete_group(&self) {
        self.delete_group_of(STREAM, GROUP).await;
    }

    async fn delete_group_of(&self, stream: &str, group: &str) {
        let stream = identifier(stream);
        let options = delete_req::Options {
            stream_option: Some(delete_req::options::StreamOption::StreamIdentifier(stream)),
            group_name: group.into(),
        };
        let request = DeleteReq {
            options: Some(options),
        };
        let _: DeleteResp = self.ask(path!("Delete"), request).await.unwrap();
    }

    async fn connect(&self) -> Consumer {
        let (says, said) = mpsc::channel(16);
        let stream = identifier(STREAM);
        let options = read_req::Options {
            stream_option: Some(read_req::options::StreamOption::StreamIdentifier(stream)),
            group_name: GROUP.into(),
            buffer_size: 10,
            uuid_option: Some(read_req::options::UuidOption {
                content: Some(read_req::options::uuid_option::Content::String(Empty {})),
            }),
        };
        let content = Some(read_req::Content::Options(options));
        says.send(ReadReq { content }).await.unwrap();
        let opened = self.open(path!("Read"), ReceiverStream::new(said)).await;
        let mut messages: Streaming<ReadResp> = opened.unwrap();
        match next(&mut messages).await.unwrap().unwrap().content {
            Some(Content::SubscriptionConfirmation(confirmation)) => {
                assert_eq!(confirmation.subscription_id, "a::g");
            }
            other => panic!("{other:?}"),
        }
        Consumer { says, messages }
    }

    async fn info(&self) -> SubscriptionInfo {
        let stream = identifier(STREAM);
        let at = get_info_req::options::StreamOption::StreamIdentifier(stream);
        self.info_of(at, GROUP).await
    }

    async fn info_of(
        &self,
        source: get_info_req::options::StreamOption,
        group: &str,
    ) -> SubscriptionInfo {
        let options = get_info_req::Options {
            stream_option: Some(source),
            group_name: group.into(),
        };
        let request = GetInfoReq {
            options: Some(options),
        };
        let answer: GetInfoResp = self.ask(path!("GetInfo"), request).await.unwrap();
        answer.subscription_info.unwrap()
    }

    async fn replay(&self, stop_at: Option<i64>) -> Result<ReplayParkedResp, Status> {
        use replay_parked_req::options::{StopAtOption, StreamOption};
        let stream = identifier(STREAM);
        let stop_at = stop_at.map_or(StopAtOption::NoLimit(Empty {}), StopAtOption::StopAt);
        let options = replay_parked_req::Options {
            group_name: GROUP.into(),
            stream_option: Some(StreamOption::StreamIdentifier(stream)),
            stop_at_option: Some(stop_at),
        };
        let request = ReplayParkedReq {
            options: Some(options),
        };
        self.ask(path!("ReplayParked"), request).await
    }

    async fn read(&self, stream: &str) -> Vec<RecordedEvent> {
        let stream = name(stream);
        let read = self.store.read_stream(&stream, 0, Direction::Forwards, 100);
        read.await.unwrap()
    }

    async fn parked(&self) -> Vec<RecordedEvent> {
        self.read("$persistentsubscription-a::g-parked").await
    }

    /// Waits until so many events are parked.
    async fn until_parked(&self, events: i64) {
        for _ in 0..300 {
            if self.info().await.parked_message_count == events {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{events} are not parked");
    }

    async fn until_checkpoint(&self, place: &str) {
        for _ in 0..300 {
            if self.info().await.last_checkpointed_event_position == place {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("there is no checkpoint {place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_parked_says_why_and_comes_again_with_its_link() {
    let world = World::new().await;
    let ids = world.append(STREAM, 4).await;
    world.create(some_settings()).await.unwrap();
    let mut consumer = world.connect().await;
    consumer.given(4).await;
    consumer
        .nack(ids[..3].to_vec(), Action::Park, "no \"such\" ü")
        .await;
    consumer.nack([ids[3]], Action::Retry, "").await;
    assert_eq!(consumer.given(1).await, [(3, 1)]);
    consumer.nack([ids[3]], Action::Retry, "").await;
    world.until_parked(4).await;
    let parked = world.parked().await;
    for (revision, event) in (0u64..).zip(&parked) {
        assert_eq!(&*event.event_type, "$>");
        assert_eq!(event.data, format!("{revision}@a"));
        let metadata: Value = serde_json::from_slice(&event.metadata).unwrap();
        let reason = if revision < 3 {
            "Client explicitly NAK'ed message.\nno \"such\" ü"
        } else {
            "Reached retry count of 1"
        };
        assert_eq!(metadata["reason"], reason);
        assert!(metadata["added"].is_string());
        let number = metadata.get("subscriptionEventNumber");
        let expected = (revision > 0).then(|| json!(revision));
        assert_eq!(number, expected.as_ref());
    }
    let refused = world.replay(Some(-1)).await.unwrap_err();
    assert_eq!(refused.code(), Code::Internal);
    assert_eq!(
        trailer(&refused, "reason"),
        "Cannot stop replaying parked message at a negative version."
    );
    world.replay(Some(2)).await.unwrap();
    for (revision, link) in (0u64..2).zip(&parked) {
        let read = consumer.event().await;
        assert_eq!(plain(&read), (revision, 0));
        let shown = read.link.unwrap();
        assert_eq!(id(shown.id), link.id);
        assert_eq!(shown.commit_position, link.position.0);
    }
    consumer.nothing_comes().await;
    assert_eq!(world.info().await.parked_message_count, 2);
    world.replay(None).await.unwrap();
    assert_eq!(consumer.given(2).await, [(2, 0), (3, 0)]);
    assert!(world.parked().await.is_empty(), "they are taken up");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_replayed_is_not_lost_by_a_restart() {
    let world = World::new().await;
    let ids = world.append(STREAM, 2).await;
    world.create(some_settings()).await.unwrap();
    let mut consumer = world.connect().await;
    consumer.given(2).await;
    consumer.nack(ids, Action::Park, "").await;
    world.until_parked(2).await;
    world.replay(None).await.unwrap();
    let first = consumer.event().await;
    assert_eq!(plain(&first), (0, 0));
    consumer.given(1).await;
    assert_eq!(world.info().await.parked_message_count, 0);
    drop(consumer);
    let world = world.restarted().await;
    let mut consumer = world.connect().await;
    let mut links = vec![];
    for revision in 0..2 {
        let read = consumer.event().await;
        assert_eq!(plain(&read), (revision, 0));
        links.push(id(read.link.unwrap().id));
    }
    consumer.ack(links).await;
    consumer.nothing_comes().await;
    let world = world.restarted().await;
    world.connect().await.nothing_comes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_sends_everybody_away_and_begins_where_it_says_unless_there_is_a_checkpoint() {
    let world = World::new().await;
    let ids = world.append(STREAM, 6).await;
    world.create(some_settings()).await.unwrap();
    let mut consumer = world.connect().await;
    consumer.given(6).await;
    consumer.ack([ids[0]]).await;
    world.update(4, some_settings()).await.unwrap();
    let end = consumer.end().await;
    assert_eq!(end.code(), Code::Cancelled);
    assert_eq!(
        trailer(&end, "exception"),
        "persistent-subscription-dropped"
    );
    assert_eq!(
        end.message(),
        "Subscription group g on stream a was dropped."
    );
    let info = world.info().await;
    assert_eq!(info.start_from, "4");
    assert_eq!(info.named_consumer_strategy, "DispatchToSingle");
    let mut consumer = world.connect().await;
    assert_eq!(consumer.given(2).await, [(4, 0), (5, 0)]);
    consumer.ack(ids[4..].to_vec()).await;
    world.until_checkpoint("5").await;
    world.update(0, some_settings()).await.unwrap();
    consumer.end().await;
    world.connect().await.nothing_comes().await;
    let checkpoints = world.read("$persistentsubscription-a::g-checkpoint").await;
    assert_eq!(&*checkpoints[0].event_type, "$SubscriptionCheckpoint");
    assert_eq!(checkpoints[0].data, "\"5\"");
    world.delete_group().await;
    world.create(some_settings()).await.unwrap();
    let mut anew = world.connect().await;
    assert_eq!(anew.given(1).await, [(0, 0)], "a group of the same name");
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_stay_over_a_deletion_and_a_tombstone_and_who_comes_later_is_sent_away() {
    let world = World::new().await;
    world.append(STREAM, 1).await;
    world.create(some_settings()).await.unwrap();
    let mut consumer = world.connect().await;
    assert_eq!(consumer.given(1).await, [(0, 0)]);
    let any = upkeep_event_store::ExpectedRevision::Any;
    world.store.delete(&name(STREAM), any).await.unwrap();
    world.append(STREAM, 1).await;
    assert_eq!(consumer.given(1).await, [(1, 0)]);
    world.tombstone(STREAM).await;
    assert_eq!(consumer.given(1).await, [(i64::MAX as u64, 0)]);
    consumer.nothing_comes().await;
    let end = world.connect().await.end().await;
    assert_eq!(
        trailer(&end, "exception"),
        "persistent-subscription-dropped"
    );
    consumer.nothing_comes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_counts_as_handled_and_the_consumer_stays() {
    let world = World::new().await;
    let ids = world.append(STREAM, 2).await;
    world.create(some_settings()).await.unwrap();
    let mut consumer = world.connect().await;
    consumer.given(2).await;
    consumer.nack(ids, Action::Stop, "").await;
    world.until_checkpoint("1").await;
    consumer.nothing_comes().await;
    assert_eq!(world.info().await.connections.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_refused_or_kept_as_on_the_real_server() {
    let world = World::new().await;
    let no_room = Settings {
        read_batch_size: 500,
        ..some_settings()
    };
    let unknown = Settings {
        consumer_strategy: "Nonsense".into(),
        ..some_settings()
    };
    for (settings, reason) in [
        (
            no_room.clone(),
            "Specified argument was out of the range of valid values. (Parameter 'ReadBatchSize may not be greater than or equal to BufferSize')",
        ),
        (unknown, "Consumer strategy Nonsense does not exist."),
    ] {
        let refused = world.create(settings).await.unwrap_err();
        assert_eq!(refused.code(), Code::Internal);
        assert_eq!(
            trailer(&refused, "exception"),
            "persistent-subscription-failed"
        );
        assert_eq!(trailer(&refused, "reason"), reason);
        assert_eq!(
            refused.message(),
            format!("Subscription group g on stream a failed: '{reason}'")
        );
    }
    let largest = Settings {
        max_retry_count: i32::MAX,
        max_subscriber_count: i32::MAX,
        message_timeout: Some(settings::MessageTimeout::MessageTimeoutMs(i32::MAX)),
        live_buffer_size: i32::MAX,
        history_buffer_size: i32::MAX,
        read_batch_size: i32::MAX - 1,
        ..some_settings()
    };
    world.create(largest).await.unwrap();
    assert!(world.update(0, no_room).await.is_err());
    let info = world.info().await;
    assert_eq!(info.max_retry_count, i32::MAX);
    assert_eq!(info.message_timeout_milliseconds, i32::MAX);
    assert_eq!(info.buffer_size, i32::MAX);
    assert_eq!(info.check_point_after_milliseconds, i32::MIN, "0 is never");
    world.append(STREAM, 3).await;
    assert_eq!(world.connect().await.given(3).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_tells_where_it_began_and_who_is_there() {
    let world = World::new().await;
    world.append(STREAM, 1).await;
    let of_all = create_req::options::StreamOption::All;
    let end = AllOptions {
        all_option: Some(all_options::AllOption::End(Empty {})),
        filter_option: Some(all_options::FilterOption::NoFilter(Empty {})),
    };
    let few = Settings {
        max_subscriber_count: 1,
        ..some_settings()
    };
    world.create(few).await.unwrap();
    world
        .create_at(of_all(end), "", some_settings())
        .await
        .unwrap();
    let all_of_it = get_info_req::options::StreamOption::All(Empty {});
    assert_eq!(world.info_of(all_of_it, "").await.start_from, "C:-1/P:-1");
    let before = world.info().await;
    assert_eq!((&*before.start_from, &*before.status), ("0", "Live"));
    assert_eq!((before.read_buffer_count, before.total_items), (1, 0));
    let mut consumer = world.connect().await;
    consumer.given(1).await;
    let info = world.info().await;
    assert_eq!((info.read_buffer_count, info.total_items), (0, 1));
    assert_eq!(info.last_known_event_position, "0");
    let connection = &info.connections[0];
    assert_eq!(connection.connection_name, "<unknown>");
    assert_eq!(connection.available_slots, 9);
    assert_eq!(connection.in_flight_messages, 1);
    let refused = world.connect_refused().await;
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(
        refused.message(),
        "Maximum subscriptions reached for subscription group g on stream a."
    );
}

impl World {
    async fn connect_refused(&self) -> Status {
        self.try_connect()
            .await
            .map(drop)
            .expect_err("it is refused")
    }

    /// Whoever comes has left when what this answers is dropped.
    async fn try_connect(&self) -> Result<(mpsc::Sender<ReadReq>, Streaming<ReadResp>), Status> {
        let stream = identifier(STREAM);
        let options = read_req::Options {
            stream_option: Some(read_req::options::StreamOption::StreamIdentifier(stream)),
            group_name: GROUP.into(),
            buffer_size: 1,
            uuid_option: None,
        };
        let first = ReadReq {
            content: Some(read_req::Content::Options(options)),
        };
        let (says, said) = mpsc::channel(1);
        says.send(first).await.unwrap();
        let opened = self.open(path!("Read"), ReceiverStream::new(said)).await;
        opened.map(|messages| (says, messages))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_end_was_stays_over_a_restart_and_long_names_are_served() {
    let world = World::new().await;
    world.append(STREAM, 3).await;
    let end = from(u64::MAX);
    world.create_at(end, GROUP, some_settings()).await.unwrap();
    let long = "g".repeat(900);
    world
        .create_at(from(0), &long, some_settings())
        .await
        .unwrap();
    assert_eq!(world.info().await.start_from, "-1");
    world.append(STREAM, 1).await;
    let world = world.restarted().await;
    let mut consumer = world.connect().await;
    assert_eq!(consumer.given(1).await, [(3, 0)]);
    consumer.nothing_comes().await;
}

/// As the releases before wrote them.
#[tokio::test(flavor = "multi_thread")]
async fn groups_of_before_go_on_where_they_were() {
    let world = World::new().await;
    world.append(STREAM, 4).await;
    let stored = br#"[{"source":{"stream":"a"},"group":"g","settings":{"begin":"end","filter":null,"followLinks":false,
        "extraStatistics":false,"maxRetries":10,"minCheckpointCount":10,"maxCheckpointCount":1000,"checkpointAfterMs":2000,
        "messageTimeoutMs":30000,"maxConsumers":0,"liveBuffer":500,"readBatch":20,"historyBuffer":500,
        "strategy":"RoundRobin"}}]"#;
    let config = vec![event("$PersistentConfig", stored)];
    world.write("$persistentSubscriptionConfig", config).await;
    let checkpoint = vec![event("$SubscriptionCheckpoint", b"1")];
    let stream = "$persistentsubscription-a::g-checkpoint";
    world.write(stream, checkpoint).await;
    let world = world.restarted().await;
    assert_eq!(world.info().await.last_checkpointed_event_position, "1");
    assert_eq!(world.connect().await.given(2).await, [(2, 0), (3, 0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_as_long_as_a_message_keeps_nothing_from_being_parked() {
    let world = World::new().await;
    let ids = world.append(STREAM, 1).await;
    world.create(some_settings()).await.unwrap();
    let mut consumer = world.connect().await;
    consumer.given(1).await;
    let long = "ü".repeat(200_000);
    consumer.nack(ids, Action::Park, &long).await;
    world.until_parked(1).await;
    let parked = world.parked().await;
    let metadata: Value = serde_json::from_slice(&parked[0].metadata).unwrap();
    let reason = metadata["reason"].as_str().unwrap();
    assert!(reason.ends_with('ü') && reason.len() < long.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_while_joining_takes_no_seat() {
    let world = World::new().await;
    let only_one = Settings {
        max_subscriber_count: 1,
        ..some_settings()
    };
    world.create(only_one).await.unwrap();
    for turn in 0..100 {
        let patience = Duration::from_micros(turn * 50);
        // Whoever got a seat gives it back as well.
        drop(tokio::time::timeout(patience, world.try_connect()).await);
    }
    for _ in 0..300 {
        if world.try_connect().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the seat is taken by somebody who left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_broken_off_leaves_a_group_that_runs() {
    let world = World::new().await;
    world.append(STREAM, 3).await;
    world.create(some_settings()).await.unwrap();
    for turn in 0..40 {
        let patience = Duration::from_micros(turn * 50);
        let update = world.update(0, some_settings());
        // Whatever became of it.
        drop(tokio::time::timeout(patience, update).await);
        // Whoever connects before the change is through is sent away by it.
        let mut tries = 0;
        while !world.connect().await.gets(3).await {
            tries += 1;
            assert!(tries < 5, "{turn}");
        }
    }
}

/// Two groups of before have streams of the same names.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_deleted_takes_nothing_of_another_with_it_and_stays_away() {
    let world = World::new().await;
    world.append(STREAM, 3).await;
    world.append("a::g", 1).await;
    let group = |source: &str, group: &str, strategy: &str| {
        json!({ "source": { "stream": source }, "group": group, "settings": {
            "begin": "start", "filter": null, "followLinks": false, "extraStatistics": false,
            "maxRetries": 10, "minCheckpointCount": 10, "maxCheckpointCount": 1000,
            "checkpointAfterMs": 2000, "messageTimeoutMs": 30000, "maxConsumers": 0,
            "liveBuffer": 500, "readBatch": 20, "historyBuffer": 500, "strategy": strategy } })
    };
    let stored = json!([
        group(STREAM, "g::h", "RoundRobin"),
        group("a::g", "h", "RoundRobin"),
        group(STREAM, GROUP, "RoundRobin"),
    ]);
    let config = vec![event("$PersistentConfig", stored.to_string().as_bytes())];
    world.write("$persistentSubscriptionConfig", config).await;
    let parked = "$persistentsubscription-a::g::h-parked";
    world.write(parked, vec![event("$>", b"0@a")]).await;
    let world = world.restarted().await;
    world.delete_group_of("a::g", "h").await;
    assert_eq!(world.read(parked).await.len(), 1, "it is the other one's");
    world.delete_group().await;
    let world = world.restarted().await;
    let config = world.read("$persistentSubscriptionConfig").await;
    let left: Value = serde_json::from_slice(&config.last().unwrap().data).unwrap();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["group"], "g::h");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_could_not_be_made_leaves_nothing() {
    let world = World::new().await;
    world.append(STREAM, 3).await;
    let unreadable = vec![event("$PersistentConfig", b"nonsense")];
    world
        .write("$persistentSubscriptionConfig", unreadable)
        .await;
    let world = world.restarted().await;
    let end = from(u64::MAX);
    let refused = world.create_at(end, GROUP, some_settings()).await;
    assert_eq!(refused.unwrap_err().code(), Code::FailedPrecondition);
    // What a group writes as it ends is written by then.
    let world = world.restarted().await;
    let checkpoints = "$persistentsubscription-a::g-checkpoint";
    assert!(world.read(checkpoints).await.is_empty());
}

/// One that this program cannot start, for its filter is none.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_was_left_out_can_be_made_anew_or_deleted() {
    let world = World::new().await;
    world.append(STREAM, 3).await;
    let group = |group: &str| {
        json!({ "source": { "stream": STREAM }, "group": group, "settings": {
            "begin": "start", "filter": { "byStream": true, "regex": "(", "prefixes": [] },
            "followLinks": false, "extraStatistics": false, "maxRetries": 10,
            "minCheckpointCount": 10, "maxCheckpointCount": 1000, "checkpointAfterMs": 2000,
            "messageTimeoutMs": 30000, "maxConsumers": 0, "liveBuffer": 500, "readBatch": 20,
            "historyBuffer": 500, "strategy": "RoundRobin" } })
    };
    let stored = json!([group(GROUP), group("other")]).to_string();
    let config = vec![event("$PersistentConfig", stored.as_bytes())];
    world.write("$persistentSubscriptionConfig", config).await;
    let checkpoints = "$persistentsubscription-a::g-checkpoint";
    let checkpoint = vec![event("$SubscriptionCheckpoint", b"1")];
    world.write(checkpoints, checkpoint).await;
    let world = world.restarted().await;
    world.delete_group_of(STREAM, "other").await;
    world.create(some_settings()).await.unwrap();
    let given = world.connect().await.given(3).await;
    assert_eq!(given, [(0, 0), (1, 0), (2, 0)], "it begins anew");
    let world = world.restarted().await;
    let config = world.read("$persistentSubscriptionConfig").await;
    let left: Value = serde_json::from_slice(&config.last().unwrap().data).unwrap();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["settings"]["filter"], Value::Null);
}
