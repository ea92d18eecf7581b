//! The task that runs one group: reads its source, gives events to consumers, parks and writes checkpoints.

use super::answer::read_event;
use super::command::{Command, Seat};
use super::consumers::ConsumerId;
use super::group::Group;
use super::links::follow;
use super::message::{GivenUp, Message, Origin};
use super::names::{self, Names, OWN_PREFIX, Streams};
use super::parked::{AT_ONCE, Parked};
use super::settings::{Begin, Settings, Source};
use super::status::{Circumstances, parse_place, place_text, status};
use crate::convert::Resolved;
use crate::filter::Filter;
use crate::proto::persistent::read_resp::{self, Content};
use crate::proto::persistent::{ReadResp, SubscriptionInfo};
use crate::{Shared, refusal};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tonic::Status;
use upkeep_event_store::sqlite::{FEW_EVENTS, Scan, Sight};
use upkeep_event_store::{
    ContentType, Direction, EventStore, ExpectedRevision, NewEvent, Position, RecordedEvent,
    Retention, StreamName,
};
use uuid::Uuid;

/// How often time-outs and checkpoints are looked at.
const TICK: Duration = Duration::from_millis(100);
/// How often it is told in the log that the same thing cannot be done.
const TOLD_EVERY: Duration = Duration::from_mins(1);
/// Events of `$all` that are looked at before others have their turn.
const WINDOW: usize = 4_096;
/// Events that are taken at once while they come.
const LIVE_PAGE: usize = 500;
/// Reads of the source before the group listens to its consumers again.
const READS_AT_ONCE: usize = 4;
/// Answers of a consumer's that are kept free for a farewell.
const FAREWELL: usize = 1;
const CHECKPOINT_TYPE: &str = "$SubscriptionCheckpoint";
/// Checkpoints that are kept; the real server's number.
const KEPT_CHECKPOINTS: u64 = 2;

pub struct Actor {
    shared: Shared,
    names: Names,
    streams: Streams,
    filter: Arc<Filter>,
    group: Group,
    seats: HashMap<ConsumerId, Seat>,
    next_consumer: ConsumerId,
    /// What was read last is all there was.
    at_end: bool,
    /// The source was ended for good before all of it was read.
    is_stuck: bool,
    parked: Parked,
    /// When it was told what could not be done.
    told: HashMap<&'static str, Instant>,
}

impl Actor {
    pub async fn open(shared: Shared, names: Names, settings: Settings) -> Result<Self, Status> {
        let filter = match &settings.filter {
            Some(filter) => filter.compile()?,
            None => Filter::everything(),
        };
        let streams = names.streams()?;
        let newest = shared
            .reader
            .read_stream(&streams.checkpoints, u64::MAX, Direction::Backwards, 1)
            .await
            .map_err(|error| refusal::of_read(&error))?;
        let stored = newest.first().and_then(|event| parse_place(&event.data));
        let (taken, live) = match (stored, settings.begin) {
            (Some(place), _) => (Some(place), false),
            (None, Begin::Start) => (None, false),
            (None, Begin::At(place)) => (place.checked_sub(1), false),
            (None, Begin::End) => (settings.began_behind, true),
        };
        let mut group = Group::new(settings, taken, live, Instant::now());
        if let Some(place) = stored {
            group.remember_checkpoint(place);
        }
        Ok(Self {
            parked: Parked::open(shared.clone(), names.source.clone(), streams.clone()).await?,
            shared,
            streams,
            names,
            filter: Arc::new(filter),
            group,
            seats: HashMap::new(),
            next_consumer: 1,
            at_end: false,
            is_stuck: false,
            told: HashMap::new(),
        })
    }

    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let stop = self.shared.stop.clone();
        let mut heads = self.shared.store.heads();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut more = self.turn(false).await;
        loop {
            let mut ticked = false;
            tokio::select! {
                () = stop.cancelled() => break,
                command = commands.recv() => match command {
                    None => break,
                    Some(Command::End(reply)) => {
                        self.dismiss(&self.names.dropped());
                        // Whoever asked may have left.
                        let _ = reply.send(());
                        return;
                    }
                    Some(command) => self.obey(command).await,
                },
                changed = heads.changed(), if self.at_end && !self.seats.is_empty() => {
                    if changed.is_err() {
                        break;
                    }
                    self.at_end = false;
                }
                _ = tick.tick() => {
                    ticked = true;
                    let late = self.group.expire(Instant::now());
                    self.park(late).await;
                }
                () = std::future::ready(()), if more => {}
            }
            more = self.turn(ticked).await;
        }
        self.dismiss(&refusal::stopping());
        let place = self.group.done_up_to();
        if let Some(place) = place.filter(|place| Some(*place) > self.group.last_checkpoint())
            && let Err(error) = self.write_checkpoint(place).await
        {
            self.tell("write a checkpoint", &error);
        }
    }

    fn dismiss(&self, why: &Status) {
        for seat in self.seats.values() {
            // Room is kept for it; who has left does not need it.
            let _ = seat.answers.try_send(Err(why.clone()));
        }
    }

    /// What goes on for a while is told now and then.
    fn tell(&mut self, doing: &'static str, error: &Status) {
        let lately = |at: &Instant| at.elapsed() < TOLD_EVERY;
        if self.told.get(doing).is_some_and(lately) {
            return;
        }
        self.told.insert(doing, Instant::now());
        tracing::warn!(
            source = self.names.source.name(),
            group = self.names.group,
            doing,
            cause = error.message(),
            "a persistent subscription could not go on; it tries again"
        );
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Join { seat, reply } => {
                let joined = self.join(*seat).await;
                let id = joined.as_ref().ok().copied();
                if reply.send(joined).is_err()
                    && let Some(id) = id
                {
                    self.leave(id);
                }
            }
            Command::Leave(id) => self.leave(id),
            Command::Ack(events) => {
                for event in events {
                    self.group.ack(event);
                }
            }
            Command::Nack(events, what) => {
                let given_up = events
                    .into_iter()
                    .filter_map(|event| self.group.nack(event, &what))
                    .collect();
                self.park(given_up).await;
            }
            Command::Replay { stop_at, reply } => {
                if let Err(error) = self.parked.ask(stop_at).await {
                    self.tell("replay", &error);
                }
                // Whoever asked may have left.
                let _ = reply.send(());
            }
            Command::Info(reply) => {
                let status = self.status().await;
                // Whoever asked may have left.
                let _ = reply.send(status);
            }
            Command::End(_) => {}
        }
    }

    async fn join(&mut self, seat: Seat) -> Result<ConsumerId, Status> {
        if self.group.consumer_count() >= self.group.settings().consumers() {
            let (source, group) = (self.names.source.name(), &self.names.group);
            return Err(refusal::group_is_full(source, group));
        }
        let id = self.next_consumer;
        self.next_consumer += 1;
        let confirmation = read_resp::SubscriptionConfirmation {
            subscription_id: names::id(&self.names.source, &self.names.group),
        };
        let answer = ReadResp {
            content: Some(Content::SubscriptionConfirmation(confirmation)),
        };
        seat.answers
            .try_send(Ok(answer))
            .map_err(|_| Status::cancelled("the subscriber has left"))?;
        if self.source_is_gone().await? {
            // As the real server does: who is there already stays.
            let _ = seat.answers.try_send(Err(self.names.dropped()));
            return Ok(id);
        }
        self.group.join(id, seat.slots);
        self.seats.insert(id, seat);
        self.at_end = false;
        Ok(id)
    }

    async fn source_is_gone(&self) -> Result<bool, Status> {
        let Source::Stream(name) = &self.names.source else {
            return Ok(false);
        };
        let found = self.shared.reader.stream(&stream(name)?).await;
        let found = found.map_err(|error| refusal::of_read(&error))?;
        Ok(found.is_some_and(|stream| stream.tombstoned))
    }

    fn leave(&mut self, id: ConsumerId) {
        if self.seats.remove(&id).is_some() {
            self.group.leave(id);
        }
    }

    /// Does what there is to do; answers whether there is more. What fails is tried again at the next occasion.
    async fn turn(&mut self, ticked: bool) -> bool {
        match self.pump(ticked).await {
            Ok(more) => more,
            Err(error) => {
                self.tell("read or write", &error);
                false
            }
        }
    }

    /// Reads as there is room for it, gives out as much as is wanted, and writes a checkpoint if one is due. Answers whether there
    /// is more to read.
    async fn pump(&mut self, ticked: bool) -> Result<bool, Status> {
        while !self.group.is_full() {
            match self.parked.next().await? {
                Some(message) => self.group.replay(message),
                None => break,
            }
        }
        self.give_out();
        let mut reads = 0;
        while self.wants_to_read() && reads < READS_AT_ONCE {
            self.read().await?;
            self.give_out();
            reads += 1;
        }
        if let Some(place) = self.group.checkpoint_due(Instant::now(), ticked) {
            self.write_checkpoint(place).await?;
        }
        if self.group.replayed_are_done() {
            self.parked.finish().await?;
        }
        Ok(self.wants_to_read())
    }

    fn wants_to_read(&self) -> bool {
        let wanted = if self.group.is_live() {
            // What comes waits on disk until somebody is there.
            !self.seats.is_empty()
        } else {
            self.group.room() > 0
        };
        wanted && !self.at_end && !self.is_stuck
    }

    fn give_out(&mut self) {
        for (id, seat) in &self.seats {
            let room = seat.answers.capacity().saturating_sub(FAREWELL);
            self.group.set_room(*id, room);
        }
        for (id, message) in self.group.give_out(Instant::now()) {
            let Some(seat) = self.seats.get(&id) else {
                continue;
            };
            let answer = ReadResp {
                content: Some(Content::Event(read_event(&message, seat.ids))),
            };
            // Who has left says so by a command of its own, and what it had is given out again.
            let _ = seat.answers.try_send(Ok(answer));
        }
    }

    async fn read(&mut self) -> Result<(), Status> {
        match self.names.source.clone() {
            Source::Stream(name) => self.read_stream(&stream(&name)?).await,
            Source::All => self.read_all().await,
        }
    }

    async fn read_stream(&mut self, stream: &StreamName) -> Result<(), Status> {
        let from = self
            .group
            .taken()
            .map_or(0, |taken| taken.saturating_add(1));
        let (live, room) = (self.group.is_live(), self.group.room());
        let (sight, limit) = if live {
            (Sight::Written, LIVE_PAGE)
        } else {
            (Sight::Kept, room)
        };
        let page = self
            .shared
            .reader
            .follow(stream, from, sight, limit, 0)
            .await
            .map_err(|error| refusal::of_read(&error))?;
        if page.tombstoned && !live {
            self.is_stuck = true;
            return Ok(());
        }
        let (next, at_end) = (page.next(from), page.at_end);
        if !self.feed(page.events, live, |event| event.revision).await? {
            return Ok(());
        }
        if let Some(passed) = next.checked_sub(1) {
            self.group.pass(passed, 0);
        }
        self.read_up_to(live, at_end);
        Ok(())
    }

    async fn read_all(&mut self) -> Result<(), Status> {
        let (live, room) = (self.group.is_live(), self.group.room());
        let filter = self.filter.clone();
        let unwanted = Arc::new(AtomicU64::new(0));
        let passed = unwanted.clone();
        let scan = Scan {
            direction: Direction::Forwards,
            most: if live { LIVE_PAGE } else { room },
            window: WINDOW,
            expected: FEW_EVENTS,
            takes: move |stream: &StreamName, kind: &str| {
                // What groups write themselves counts for nothing: a checkpoint would bring the next one.
                if stream.as_str().starts_with(OWN_PREFIX) {
                    return false;
                }
                let taken = filter.takes(stream, kind);
                if !taken {
                    passed.fetch_add(1, Ordering::Relaxed);
                }
                taken
            },
        };
        let from = Position(self.group.taken().unwrap_or(0));
        let page = self
            .shared
            .reader
            .scan(from, scan)
            .await
            .map_err(|error| refusal::of_read(&error))?;
        if !self
            .feed(page.events, live, |event| event.position.0)
            .await?
        {
            return Ok(());
        }
        if page.reached.0 > 0 {
            let unwanted = unwanted.load(Ordering::Relaxed);
            self.group.pass(page.reached.0, unwanted);
        }
        self.read_up_to(live, page.at_end);
        Ok(())
    }

    /// What is read as history is followed by what came meanwhile.
    fn read_up_to(&mut self, live: bool, at_end: bool) {
        if at_end && !live {
            self.group.go_live();
        } else {
            self.at_end = at_end;
        }
    }

    /// Answers whether there was room for all.
    async fn feed(
        &mut self,
        events: Vec<RecordedEvent>,
        live: bool,
        place: impl Fn(&RecordedEvent) -> u64,
    ) -> Result<bool, Status> {
        for event in events {
            let place = place(&event);
            let resolved = if self.group.settings().follow_links {
                follow(&self.shared, &self.names.source, event).await?
            } else {
                Resolved::plain(event)
            };
            let message = Message::new(resolved, Origin::Source(place));
            if !live {
                self.group.feed(message);
            } else if !self.group.feed_live(message) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes events down as parked. What cannot be written down is tried again.
    async fn park(&mut self, given_up: Vec<GivenUp>) {
        for some in given_up.chunks(AT_ONCE) {
            let written = self.parked.write(some).await;
            if let Err(error) = &written {
                self.tell("park", &refusal::of_append("Park", error));
            }
            for one in some {
                if written.is_ok() {
                    self.group.done(&one.message);
                } else {
                    self.group.give_back(one.message.clone());
                }
            }
        }
    }

    async fn write_checkpoint(&mut self, place: u64) -> Result<(), Status> {
        let text = place_text(&self.names.source, place);
        let event = NewEvent {
            id: Uuid::new_v4(),
            event_type: CHECKPOINT_TYPE.into(),
            content_type: ContentType::Json,
            data: serde_json::to_vec(&text).map_err(|error| Status::internal(error.to_string()))?,
            metadata: vec![],
        };
        let first = self.group.last_checkpoint().is_none();
        let (store, stream) = (&self.shared.store, &self.streams.checkpoints);
        store
            .append(stream, ExpectedRevision::Any, vec![event])
            .await
            .map_err(|error| refusal::of_append("Checkpoint", &error))?;
        if first {
            let newest = Retention {
                max_count: Some(KEPT_CHECKPOINTS),
                ..Retention::default()
            };
            store
                .set_retention(stream, newest)
                .await
                .map_err(|error| refusal::of_append("Checkpoint", &error))?;
        }
        self.group.checkpointed(place, Instant::now());
        Ok(())
    }

    async fn status(&mut self) -> SubscriptionInfo {
        // While nobody is there, what comes is not looked at; whoever asks wants to know.
        while self.group.is_live() && self.seats.is_empty() && !self.is_stuck {
            match self.read().await {
                Ok(()) if !self.at_end => {}
                Ok(()) => break,
                Err(error) => {
                    self.tell("read", &error);
                    break;
                }
            }
        }
        let circumstances = Circumstances {
            is_stuck: self.is_stuck,
            is_replaying: self.parked.is_replaying(),
            parked: self.parked.count().await,
        };
        status(&self.names, &self.group, &self.seats, &circumstances)
    }
}

fn stream(name: &str) -> Result<StreamName, Status> {
    StreamName::new(name).map_err(|error| Status::invalid_argument(error.to_string()))
}
