//! The stream of what a group has parked, and what of it is being replayed.
//!
//! Parked events are links, as on the real server. What is replayed is moved into a stream of its own first and is
//! hidden there once all of it is done: a crash in between repeats it, and loses nothing.

use super::links::follow;
use super::message::{GivenUp, Message, Origin};
use super::names::Streams;
use super::settings::Source;
use crate::convert::LINK_TYPE;
use crate::{Shared, refusal};
use chrono::Utc;
use std::collections::VecDeque;
use tonic::Status;
use upkeep_event_store::sqlite::StreamPage;
use upkeep_event_store::{
    AppendError, ContentType, Direction, EventStore, ExpectedRevision, NewEvent, RecordedEvent,
    Retention, StreamName,
};
use uuid::Uuid;

/// Parked events that are written or taken back at once.
pub const AT_ONCE: usize = 500;

/// A part of a stream that is to be taken back.
#[derive(Clone, Copy, Debug)]
struct Part {
    next: u64,
    /// The first revision that is not meant.
    stop: u64,
}

pub struct Parked {
    shared: Shared,
    /// What the group reads.
    source: Source,
    streams: Streams,
    /// What is asked for of the parked stream.
    replay: Option<Part>,
    /// What was being replayed before a restart.
    left_over: Option<Part>,
    /// Links that were taken back and wait for room in the group, with their revisions in the stream of what is being
    /// replayed.
    pending: VecDeque<(u64, RecordedEvent)>,
    /// The newest revision of what is being replayed, while some of it may be open.
    replaying: Option<u64>,
}

impl Parked {
    pub async fn open(shared: Shared, source: Source, streams: Streams) -> Result<Self, Status> {
        let mut parked = Self {
            shared,
            source,
            streams,
            replay: None,
            left_over: None,
            pending: VecDeque::new(),
            replaying: None,
        };
        parked.left_over = parked.all_of(&parked.streams.replaying).await?;
        parked.replaying = parked.left_over.map(|part| part.stop - 1);
        Ok(parked)
    }

    /// What a reader would find of a stream.
    async fn all_of(&self, name: &StreamName) -> Result<Option<Part>, Status> {
        let found = self.shared.reader.stream(name).await;
        let found = found.map_err(|error| refusal::of_read(&error))?;
        let part = found.and_then(|stream| {
            Some(Part {
                next: stream.first_kept(),
                stop: stream.visible_head()? + 1,
            })
        });
        Ok(part.filter(|part| part.next < part.stop))
    }

    pub async fn count(&self) -> i64 {
        let part = self.all_of(&self.streams.parked).await.ok().flatten();
        part.map_or(0, |part| {
            i64::try_from(part.stop - part.next).unwrap_or(i64::MAX)
        })
    }

    /// Writes events down as parked, in one append.
    pub async fn write(&self, given_up: &[GivenUp]) -> Result<(), AppendError> {
        let events: Vec<NewEvent> = given_up.iter().map(link_to).collect();
        self.append(&self.streams.parked, events).await.map(|_| ())
    }

    async fn append(&self, stream: &StreamName, events: Vec<NewEvent>) -> Result<u64, AppendError> {
        let store = &self.shared.store;
        let appended = store.append(stream, ExpectedRevision::Any, events).await?;
        Ok(appended.revision)
    }

    /// All that is parked now, up to a revision, is asked for again. Nothing is if a replay is under way.
    pub async fn ask(&mut self, stop_at: Option<u64>) -> Result<(), Status> {
        if self.replay.is_some() {
            return Ok(());
        }
        let part = self.all_of(&self.streams.parked).await?;
        let part = part.map(|part| Part {
            stop: stop_at.map_or(part.stop, |stop| stop.min(part.stop)),
            ..part
        });
        self.replay = part.filter(|part| part.next < part.stop);
        Ok(())
    }

    pub fn is_replaying(&self) -> bool {
        self.replay.is_some() || !self.pending.is_empty()
    }

    /// The next one that is replayed; nothing if there is no more. What a link leads nowhere for is gone or closed, and is left out,
    /// as on the real server.
    pub async fn next(&mut self) -> Result<Option<Message>, Status> {
        loop {
            while let Some((revision, link)) = self.pending.front().cloned() {
                let resolved = follow(&self.shared, &self.source, link).await?;
                self.pending.pop_front();
                if resolved.event.is_some() {
                    return Ok(Some(Message::new(resolved, Origin::Replayed(revision))));
                }
            }
            if !self.fetch().await? {
                return Ok(None);
            }
        }
    }

    /// Takes some links back; answers whether there may be more.
    async fn fetch(&mut self) -> Result<bool, Status> {
        if let Some(part) = self.left_over {
            let links = self.read(&self.streams.replaying, part).await?;
            self.left_over = behind(&links, part);
            let replayed = links.into_iter().map(|link| (link.revision, link));
            self.pending.extend(replayed);
            return Ok(true);
        }
        let Some(part) = self.replay else {
            return Ok(false);
        };
        let links = self.read(&self.streams.parked, part).await?;
        let Some(last) = links.last().map(|link| link.revision) else {
            self.replay = None;
            return Ok(false);
        };
        let copies = links.iter().map(copy_of).collect();
        let newest = self
            .append(&self.streams.replaying, copies)
            .await
            .map_err(|error| refusal::of_append("ReplayParked", &error))?;
        self.replaying = Some(newest);
        self.hide(&self.streams.parked, last).await?;
        self.replay = behind(&links, part);
        let first = newest + 1 - links.len() as u64;
        self.pending.extend((first..).zip(links));
        Ok(true)
    }

    async fn read(&self, name: &StreamName, part: Part) -> Result<Vec<RecordedEvent>, Status> {
        let most = usize::try_from(part.stop - part.next).map_or(AT_ONCE, |most| most.min(AT_ONCE));
        let page = self
            .shared
            .reader
            .stream_page(name, part.next, Direction::Forwards, most)
            .await
            .map_err(|error| refusal::of_read(&error))?;
        let mut links = match page {
            StreamPage::Found { events, .. } => events,
            StreamPage::NotFound | StreamPage::Tombstoned => vec![],
        };
        links.retain(|link| link.revision < part.stop);
        Ok(links)
    }

    /// All that was taken back is done.
    pub async fn finish(&mut self) -> Result<(), Status> {
        let more = self.left_over.is_some() || self.is_replaying();
        if !more && let Some(newest) = self.replaying {
            self.hide(&self.streams.replaying, newest).await?;
            self.replaying = None;
        }
        Ok(())
    }

    async fn hide(&self, stream: &StreamName, up_to: u64) -> Result<(), Status> {
        let retention = Retention {
            truncate_before: Some(up_to + 1),
            ..Retention::default()
        };
        self.shared
            .store
            .set_retention(stream, retention)
            .await
            .map_err(|error| refusal::of_append("ReplayParked", &error))
    }
}

fn behind(links: &[RecordedEvent], part: Part) -> Option<Part> {
    let next = links.last()?.revision + 1;
    Some(Part { next, ..part }).filter(|part| part.next < part.stop)
}

/// A link to the event itself, with what the real server says of why it is there.
fn link_to(given_up: &GivenUp) -> NewEvent {
    let resolved = &given_up.message.resolved;
    let data = match (&resolved.event, &resolved.link) {
        (Some(event), _) => format!("{}@{}", event.revision, event.stream).into_bytes(),
        (None, Some(link)) => link.data.to_vec(),
        (None, None) => vec![],
    };
    let mut metadata = serde_json::json!({
        "added": Utc::now().to_rfc3339(),
        "reason": given_up.reason,
    });
    let revision = given_up.message.revision();
    if revision > 0 {
        metadata["subscriptionEventNumber"] = revision.into();
    }
    link(data, metadata.to_string().into_bytes())
}

fn copy_of(parked: &RecordedEvent) -> NewEvent {
    link(parked.data.to_vec(), parked.metadata.to_vec())
}

fn link(data: Vec<u8>, metadata: Vec<u8>) -> NewEvent {
    NewEvent {
        id: Uuid::new_v4(),
        event_type: LINK_TYPE.into(),
        content_type: ContentType::Binary,
        data,
        metadata,
    }
}
