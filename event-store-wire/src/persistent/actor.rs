//! The task that runs one group: reads its source, gives events to consumers, parks and writes checkpoints.

use super::group::{ConsumerId, Group, Message, Unhandled};
use super::settings::{Begin, Settings, Source};
use crate::convert::{IdForm, LINK_TYPE, Resolved, resolve, sent};
use crate::filter::Filter;
use crate::proto::persistent::read_resp::{self, Content, read_event};
use crate::proto::persistent::{ReadResp, SubscriptionInfo, subscription_info};
use crate::proto::shared;
use crate::{Shared, refusal};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tonic::{Code, Status};
use upkeep_event_store::sqlite::{FEW_EVENTS, Scan, StreamPage};
use upkeep_event_store::{
    ContentType, Direction, EventStore, ExpectedRevision, NewEvent, Position, ReadError,
    RecordedEvent, Retention, StreamName,
};
use uuid::Uuid;

/// How often time-outs and checkpoints are looked at.
const TICK: Duration = Duration::from_millis(100);
/// Events of `$all` that are looked at before others have their turn.
const WINDOW: usize = 4_096;
/// Parked events that are taken back at once.
const PARKED_AT_ONCE: usize = 500;
/// What the store writes for the group itself; never delivered.
const OWN_PREFIX: &str = "$persistent";
pub const CHECKPOINT_TYPE: &str = "$SubscriptionCheckpoint";

pub type Answers = mpsc::Sender<Result<ReadResp, Status>>;

/// What can be asked of a running group.
pub enum Command {
    Join {
        consumer: Box<NewConsumer>,
        reply: oneshot::Sender<Result<ConsumerId, Status>>,
    },
    Leave(ConsumerId),
    Ack(ConsumerId, Vec<Uuid>),
    Nack(ConsumerId, Vec<Uuid>, Unhandled),
    Change(Box<Settings>, oneshot::Sender<()>),
    Replay {
        /// At most so many; all if nothing.
        most: Option<u64>,
        reply: oneshot::Sender<()>,
    },
    Info(oneshot::Sender<SubscriptionInfo>),
    /// The group is deleted: everybody has to go.
    Delete(oneshot::Sender<()>),
}

pub struct NewConsumer {
    pub slots: usize,
    pub user: String,
    pub from: String,
    pub connection_name: String,
    pub ids: IdForm,
    pub answers: Answers,
}

/// The names of a group and of its streams.
#[derive(Clone)]
pub struct Names {
    pub source: Source,
    pub group: String,
}

impl Names {
    fn own(&self, what: &str) -> Result<StreamName, Status> {
        let name = format!(
            "$persistentsubscription-{}::{}-{what}",
            self.source.name(),
            self.group
        );
        StreamName::new(&name).map_err(|error| Status::invalid_argument(error.to_string()))
    }

    pub fn checkpoints(&self) -> Result<StreamName, Status> {
        self.own("checkpoint")
    }

    pub fn parked(&self) -> Result<StreamName, Status> {
        self.own("parked")
    }

    pub fn refuse(&self, code: Code, exception: &'static str, what: &str) -> Status {
        refusal::of_group(code, exception, what, self.source.name(), &self.group)
    }
}

/// Parked events that were asked for again.
#[derive(Clone, Copy)]
struct Replay {
    /// At most so many.
    left: u64,
    /// The newest of them: what is parked again meanwhile is not among them.
    until: u64,
}

pub struct Actor {
    shared: Shared,
    names: Names,
    checkpoints: StreamName,
    parked: StreamName,
    filter: Arc<Filter>,
    group: Group,
    consumers: HashMap<ConsumerId, NewConsumer>,
    next_consumer: ConsumerId,
    /// What was read last is all there was.
    at_end: bool,
    last_checkpoint: Option<u64>,
    checkpoint_at: Instant,
    /// Up to here the parked stream was taken back; hidden once all of it is done.
    replayed: Option<u64>,
    /// What is still to be taken back from it, when there is room.
    replay: Option<Replay>,
}

impl Actor {
    pub async fn open(shared: Shared, names: Names, settings: Settings) -> Result<Self, Status> {
        let filter = match &settings.filter {
            Some(filter) => filter.compile()?,
            None => Filter::everything(),
        };
        let (checkpoints, parked) = (names.checkpoints()?, names.parked()?);
        let reader = &shared.reader;
        let newest = reader
            .read_stream(&checkpoints, u64::MAX, Direction::Backwards, 1)
            .await
            .map_err(|error| refusal::of_read(&error))?;
        let stored: Option<u64> = newest
            .first()
            .and_then(|event| serde_json::from_slice(&event.data).ok());
        let taken = match (stored, settings.begin) {
            (Some(place), _) => Some(place),
            (None, Begin::Start) => None,
            (None, Begin::At(place)) => place.checked_sub(1),
            (None, Begin::End) => end_of(&shared, &names.source).await?,
        };
        Ok(Self {
            shared,
            checkpoints,
            parked,
            names,
            filter: Arc::new(filter),
            group: Group::new(settings, taken),
            consumers: HashMap::new(),
            next_consumer: 1,
            at_end: false,
            last_checkpoint: stored,
            checkpoint_at: Instant::now(),
            replayed: None,
            replay: None,
        })
    }

    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let stop = self.shared.stop.clone();
        let mut heads = self.shared.store.heads();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // Where `End` was is written down, so that a restart does not move it.
        if let Err(error) = self.write_checkpoint().await {
            self.tell(&error);
        }
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                command = commands.recv() => match command {
                    None => break,
                    Some(Command::Delete(reply)) => {
                        let dropped = self.names.refuse(
                            Code::Cancelled,
                            "persistent-subscription-dropped",
                            "was dropped.",
                        );
                        for consumer in self.consumers.values() {
                            // Who has no room left has no time to hear it.
                            let _ = consumer.answers.try_send(Err(dropped.clone()));
                        }
                        // Whoever asked may have left.
                        let _ = reply.send(());
                        return;
                    }
                    Some(command) => self.obey(command).await,
                },
                changed = heads.changed(), if self.at_end && !self.consumers.is_empty() => {
                    if changed.is_err() {
                        break;
                    }
                    self.at_end = false;
                }
                _ = tick.tick() => {
                    let late = self.group.expire(Instant::now());
                    self.park(late, "timed out").await;
                }
            }
            if let Err(error) = self.pump().await {
                self.tell(&error);
            }
        }
        for consumer in self.consumers.values() {
            // Who has no room left sees the connection end.
            let _ = consumer.answers.try_send(Err(refusal::stopping()));
        }
        if let Err(error) = self.write_checkpoint().await {
            self.tell(&error);
        }
    }

    fn tell(&self, error: &Status) {
        tracing::warn!(
            source = self.names.source.name(),
            group = self.names.group,
            cause = error.message(),
            "a persistent subscription could not go on; it tries again"
        );
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Join { consumer, reply } => {
                let joined = self.join(*consumer);
                let id = joined.as_ref().ok().copied();
                if reply.send(joined).is_err()
                    && let Some(id) = id
                {
                    self.leave(id);
                }
            }
            Command::Leave(id) => self.leave(id),
            Command::Ack(consumer, events) => {
                for event in events {
                    self.group.ack(consumer, event);
                }
            }
            Command::Nack(consumer, events, what) => {
                let parked = events
                    .into_iter()
                    .filter_map(|event| self.group.nack(consumer, event, what))
                    .collect();
                self.park(parked, "not handled").await;
            }
            Command::Change(settings, reply) => {
                self.group.change(*settings);
                // Whoever asked may have left.
                let _ = reply.send(());
            }
            Command::Replay { most, reply } => {
                if let Err(error) = self.replay(most).await {
                    self.tell(&error);
                }
                // Whoever asked may have left.
                let _ = reply.send(());
            }
            Command::Info(reply) => {
                let info = self.info().await;
                // Whoever asked may have left.
                let _ = reply.send(info);
            }
            Command::Delete(_) => {}
        }
    }

    fn join(&mut self, consumer: NewConsumer) -> Result<ConsumerId, Status> {
        let most = match self.group.settings().max_consumers {
            0 => super::settings::MAX_CONSUMERS,
            most => most as usize,
        };
        if self.group.consumer_count() >= most {
            return Err(self.names.refuse(
                Code::FailedPrecondition,
                "maximum-subscribers-reached",
                "has as many subscribers as it may have.",
            ));
        }
        let id = self.next_consumer;
        self.next_consumer += 1;
        let confirmation = read_resp::SubscriptionConfirmation {
            subscription_id: format!("{}::{}", self.names.source.name(), self.names.group),
        };
        let answer = ReadResp {
            content: Some(Content::SubscriptionConfirmation(confirmation)),
        };
        consumer
            .answers
            .try_send(Ok(answer))
            .map_err(|_| Status::cancelled("the subscriber has left"))?;
        self.group.join(id, consumer.slots);
        self.consumers.insert(id, consumer);
        self.at_end = false;
        Ok(id)
    }

    fn leave(&mut self, id: ConsumerId) {
        self.group.leave(id);
        self.consumers.remove(&id);
    }

    /// Reads as much as there is room for, gives out as much as is wanted, and writes a checkpoint if one is due.
    async fn pump(&mut self) -> Result<(), Status> {
        self.take_parked().await?;
        loop {
            self.dispatch();
            if self.at_end || self.group.room() == 0 {
                break;
            }
            self.read().await?;
        }
        let passed = self.checkpoint_at.elapsed() >= self.group.settings().checkpoint_after();
        if self.group.checkpoint_due(passed) {
            self.write_checkpoint().await?;
        }
        if let Some(last) = self.replayed
            && self.replay.is_none()
            && self.group.parked_are_done()
        {
            self.hide_parked(last).await?;
            self.replayed = None;
        }
        Ok(())
    }

    fn dispatch(&mut self) {
        while let Some((id, message)) = self.group.dispatch(Instant::now()) {
            let Some(consumer) = self.consumers.get(&id) else {
                self.leave(id);
                continue;
            };
            let event = read_event(&message, consumer.ids);
            let answer = ReadResp {
                content: Some(Content::Event(event)),
            };
            if consumer.answers.try_send(Ok(answer)).is_err() {
                self.leave(id);
            }
        }
    }

    async fn read(&mut self) -> Result<(), Status> {
        let limit = self.group.room();
        let taken = self.group.counts().taken;
        let reader = self.shared.reader.clone();
        match &self.names.source {
            Source::Stream(name) => {
                let stream = StreamName::new(name)
                    .map_err(|error| Status::invalid_argument(error.to_string()))?;
                let next = taken.map_or(0, |taken| taken.saturating_add(1));
                let page = reader
                    .stream_page(&stream, next, Direction::Forwards, limit)
                    .await
                    .map_err(|error| refusal::of_read(&error))?;
                let (events, at_end) = match page {
                    StreamPage::Found { events, at_end, .. } => (events, at_end),
                    StreamPage::NotFound | StreamPage::Tombstoned => (vec![], true),
                };
                self.at_end = at_end;
                for event in events {
                    let place = event.revision;
                    self.feed(event, place).await?;
                }
            }
            Source::All => {
                let filter = self.filter.clone();
                let scan = Scan {
                    direction: Direction::Forwards,
                    most: limit,
                    window: WINDOW,
                    expected: FEW_EVENTS,
                    takes: move |stream: &StreamName, kind: &str| {
                        !stream.as_str().starts_with(OWN_PREFIX) && filter.takes(stream, kind)
                    },
                };
                let page = reader
                    .scan(Position(taken.unwrap_or(0)), scan)
                    .await
                    .map_err(|error| refusal::of_read(&error))?;
                self.at_end = page.at_end;
                for event in page.events {
                    let place = event.position.0;
                    self.feed(event, place).await?;
                }
                if page.reached.0 > 0 {
                    self.group.pass(page.reached.0);
                }
            }
        }
        Ok(())
    }

    async fn feed(&mut self, event: RecordedEvent, place: u64) -> Result<(), Status> {
        let resolved = if self.group.settings().follow_links {
            resolve(&self.shared.reader, event).await?
        } else {
            Resolved::plain(event)
        };
        self.group.feed(Message::new(resolved, place));
        Ok(())
    }

    /// Writes events down as parked. What cannot be written down is tried again.
    async fn park(&mut self, messages: Vec<Message>, reason: &str) {
        for message in messages {
            match self.write_parked(&message, reason).await {
                Ok(()) => self.group.done(&message),
                Err(error) => {
                    tracing::warn!(%error, "an event could not be parked; it is tried again");
                    self.group.give_back(message);
                }
            }
        }
    }

    async fn write_parked(
        &self,
        message: &Message,
        reason: &str,
    ) -> Result<(), upkeep_event_store::AppendError> {
        let Some(original) = message.resolved.original() else {
            return Ok(());
        };
        // A link to the event itself, not to a link.
        let data = if &*original.event_type == LINK_TYPE {
            original.data.to_vec()
        } else {
            format!("{}@{}", original.revision, original.stream).into_bytes()
        };
        let metadata = serde_json::json!({ "reason": reason, "retries": message.retries });
        let event = NewEvent {
            id: Uuid::new_v4(),
            event_type: LINK_TYPE.into(),
            content_type: ContentType::Binary,
            data,
            metadata: metadata.to_string().into_bytes(),
        };
        self.shared
            .store
            .append(&self.parked, ExpectedRevision::Any, vec![event])
            .await
            .map(|_| ())
    }

    /// Remembers which parked events are asked for again.
    async fn replay(&mut self, most: Option<u64>) -> Result<(), Status> {
        let parked = self.shared.reader.stream(&self.parked).await;
        let until = parked
            .map_err(|error| refusal::of_read(&error))?
            .and_then(|stream| stream.visible_head());
        let before = self.replay.map_or(0, |replay| replay.left);
        self.replay = until.map(|until| Replay {
            left: before.saturating_add(most.unwrap_or(u64::MAX)),
            until,
        });
        Ok(())
    }

    /// Takes parked events back, as many as there is room for. They leave the parked stream only when they are done.
    async fn take_parked(&mut self) -> Result<(), Status> {
        while let Some(mut replay) = self.replay {
            let next = self.replayed.map_or(0, |last| last + 1);
            if replay.left == 0 || next > replay.until {
                self.replay = None;
                break;
            }
            if self.group.is_full() {
                break;
            }
            let limit = PARKED_AT_ONCE.min(usize::try_from(replay.left).unwrap_or(PARKED_AT_ONCE));
            let page = self
                .shared
                .reader
                .stream_page(&self.parked, next, Direction::Forwards, limit)
                .await
                .map_err(|error| refusal::of_read(&error))?;
            let links = match page {
                StreamPage::Found { events, .. } => events,
                StreamPage::NotFound | StreamPage::Tombstoned => vec![],
            };
            if links.is_empty() {
                self.replay = None;
                break;
            }
            for link in links {
                let place = link.revision;
                if place > replay.until || self.group.is_full() {
                    break;
                }
                replay.left -= 1;
                self.replay = Some(replay);
                self.replayed = Some(place);
                let resolved = resolve(&self.shared.reader, link).await?;
                if let Some(event) = resolved.event {
                    self.group
                        .feed(Message::from_parked(Resolved::plain(event), place));
                }
            }
        }
        Ok(())
    }

    async fn hide_parked(&self, last: u64) -> Result<(), Status> {
        let retention = Retention {
            truncate_before: Some(last + 1),
            ..Retention::default()
        };
        self.shared
            .store
            .set_retention(&self.parked, retention)
            .await
            .map_err(|error| refusal::of_append("ReplayParked", &error))
    }

    async fn write_checkpoint(&mut self) -> Result<(), Status> {
        self.checkpoint_at = Instant::now();
        let place = self.group.checkpoint();
        let Some(place) = place.filter(|_| place != self.last_checkpoint) else {
            self.group.checkpointed();
            return Ok(());
        };
        let event = NewEvent {
            id: Uuid::new_v4(),
            event_type: CHECKPOINT_TYPE.into(),
            content_type: ContentType::Json,
            data: place.to_string().into_bytes(),
            metadata: vec![],
        };
        let first = self.last_checkpoint.is_none();
        self.shared
            .store
            .append(&self.checkpoints, ExpectedRevision::Any, vec![event])
            .await
            .map_err(|error| refusal::of_append("Checkpoint", &error))?;
        if first {
            let newest = Retention {
                max_count: Some(1),
                ..Retention::default()
            };
            self.shared
                .store
                .set_retention(&self.checkpoints, newest)
                .await
                .map_err(|error| refusal::of_append("Checkpoint", &error))?;
        }
        self.last_checkpoint = Some(place);
        self.group.checkpointed();
        Ok(())
    }

    async fn info(&self) -> SubscriptionInfo {
        let settings = self.group.settings();
        let counts = self.group.counts();
        let small = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let place = |place: Option<u64>| match (&self.names.source, place) {
            (_, None) => String::new(),
            (Source::Stream(_), Some(place)) => place.to_string(),
            (Source::All, Some(place)) => format!("C:{place}/P:{place}"),
        };
        let start_from = match settings.begin {
            Begin::Start => place(Some(0)),
            Begin::End => "-1".to_owned(),
            Begin::At(at) => place(Some(at)),
        };
        let connections = self
            .group
            .consumers()
            .filter_map(|(id, slots, working_on, done)| {
                let consumer = self.consumers.get(&id)?;
                Some(subscription_info::ConnectionInfo {
                    from: consumer.from.clone(),
                    username: consumer.user.clone(),
                    total_items: i64::try_from(done).unwrap_or(i64::MAX),
                    available_slots: small(slots - working_on.min(slots)),
                    in_flight_messages: small(working_on),
                    connection_name: consumer.connection_name.clone(),
                    ..subscription_info::ConnectionInfo::default()
                })
            })
            .collect();
        SubscriptionInfo {
            event_source: self.names.source.name().to_owned(),
            group_name: self.names.group.clone(),
            status: if counts.outstanding + counts.waiting > 0 || !self.at_end {
                "Behind"
            } else {
                "Live"
            }
            .to_owned(),
            connections,
            total_items: i64::try_from(self.group.total_done).unwrap_or(i64::MAX),
            last_checkpointed_event_position: place(self.last_checkpoint),
            last_known_event_position: place(counts.taken),
            resolve_link_tos: settings.follow_links,
            start_from,
            message_timeout_milliseconds: i32::try_from(settings.message_timeout_ms)
                .unwrap_or(i32::MAX),
            extra_statistics: settings.extra_statistics,
            max_retry_count: number(settings.max_retries),
            live_buffer_size: number(settings.live_buffer),
            buffer_size: number(settings.history_buffer),
            read_batch_size: number(settings.read_batch),
            check_point_after_milliseconds: i32::try_from(settings.checkpoint_after_ms)
                .unwrap_or(i32::MAX),
            min_check_point_count: number(settings.min_checkpoint_count),
            max_check_point_count: number(settings.max_checkpoint_count),
            read_buffer_count: small(counts.waiting),
            retry_buffer_count: small(counts.retrying),
            total_in_flight_messages: small(counts.outstanding),
            outstanding_messages_count: small(counts.outstanding),
            named_consumer_strategy: settings.strategy.name().to_owned(),
            max_subscriber_count: number(settings.max_consumers),
            parked_message_count: self.parked_count().await,
            ..SubscriptionInfo::default()
        }
    }

    async fn parked_count(&self) -> i64 {
        let stream = self.shared.reader.stream(&self.parked).await;
        match stream {
            Ok(Some(stream)) => stream
                .visible_head()
                .and_then(|head| i64::try_from((head + 1).saturating_sub(stream.first_kept())).ok())
                .unwrap_or(0),
            _ => 0,
        }
    }
}

async fn end_of(shared: &Shared, source: &Source) -> Result<Option<u64>, Status> {
    match source {
        Source::All => Ok(Some(shared.store.heads().borrow().all.0).filter(|place| *place > 0)),
        Source::Stream(name) => {
            let stream = StreamName::new(name)
                .map_err(|error| Status::invalid_argument(error.to_string()))?;
            let found: Result<_, ReadError> = shared.reader.stream(&stream).await;
            Ok(found
                .map_err(|error| refusal::of_read(&error))?
                .and_then(|stream| stream.visible_head()))
        }
    }
}

fn recorded(event: &RecordedEvent, ids: IdForm) -> read_event::RecordedEvent {
    let parts = sent(event, ids);
    read_event::RecordedEvent {
        id: Some(parts.id),
        stream_identifier: Some(parts.stream_identifier),
        stream_revision: event.revision,
        prepare_position: event.position.0,
        commit_position: event.position.0,
        metadata: parts.metadata,
        custom_metadata: event.metadata.clone(),
        data: event.data.clone(),
    }
}

fn read_event(message: &Message, ids: IdForm) -> read_resp::ReadEvent {
    let resolved = &message.resolved;
    let position = resolved.original().map(|event| event.position.0);
    let retries = i32::try_from(message.retries).unwrap_or(i32::MAX);
    read_resp::ReadEvent {
        event: resolved.event.as_ref().map(|event| recorded(event, ids)),
        link: resolved.link.as_ref().map(|event| recorded(event, ids)),
        position: Some(position.map_or(
            read_event::Position::NoPosition(shared::Empty {}),
            read_event::Position::CommitPosition,
        )),
        count: Some(read_event::Count::RetryCount(retries)),
    }
}
