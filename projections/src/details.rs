//! What sessions that are over did: it is in their streams, not in the view. Those that were asked for last are kept.

use crate::kept::estimate;
use crate::maintenance::sessions::is_settled;
use crate::projector::{PastError, Projections};
use crate::registry::{Entry, Registry, Stamp};
use crate::view::{ApplyError, View};
use lru::LruCache;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::SessionId;
use upkeep_domain::maintenance::session::Session;
use upkeep_event_store::{Direction, Position, StreamName};

/// Most that is kept of sessions that are over, in bytes of their JSON.
const DETAILS_BYTES: usize = 32 * 1024 * 1024;
/// The largest session that is kept, in the same bytes.
const DETAILS_OF_ONE: usize = DETAILS_BYTES / 8;
/// Events of one page of a stream.
const PAGE: usize = 1_024;
/// Streams that are read at once.
const READS_AT_ONCE: usize = 8;

/// Whole sessions that are over and owed nothing more: nothing happens to them any more.
#[derive(Clone)]
pub struct Details {
    kept: Arc<Mutex<Shelf>>,
    reads: Arc<Semaphore>,
}

impl Default for Details {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            reads: Arc::new(Semaphore::new(READS_AT_ONCE)),
        }
    }
}

struct Shelf {
    sessions: LruCache<SessionId, (Arc<Entry<Session>>, usize)>,
    bytes: usize,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            sessions: LruCache::unbounded(),
            bytes: 0,
        }
    }
}

impl Details {
    fn get(&self, id: SessionId, until: Position) -> Option<Arc<Entry<Session>>> {
        let mut held = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (entry, _) = held.sessions.get(&id)?;
        (entry.changed.position <= until).then(|| entry.clone())
    }

    fn keep(&self, id: SessionId, entry: &Arc<Entry<Session>>) {
        let bytes = estimate(&**entry, DETAILS_OF_ONE);
        if bytes >= DETAILS_OF_ONE {
            return;
        }
        let mut held = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        held.bytes += bytes;
        if let Some((_, former)) = held.sessions.put(id, (entry.clone(), bytes)) {
            held.bytes -= former;
        }
        while held.bytes > DETAILS_BYTES {
            let Some((_, (_, oldest))) = held.sessions.pop_lru() else {
                return;
            };
            held.bytes -= oldest;
        }
    }
}

impl Projections {
    /// A session with all that it did, as it was at the view's position, however old; nothing if there was no such session.
    pub async fn session(
        &self,
        view: &View,
        id: SessionId,
    ) -> Result<Option<Arc<Entry<Session>>>, PastError> {
        let known = view.sessions.get(id);
        if let Some(entry) = known.filter(|entry| !is_settled(&entry.state)) {
            return Ok(Some(entry));
        }
        if let Some(entry) = self.details().get(id, view.position()) {
            return Ok(Some(entry));
        }
        let read = self.details().reads.acquire().await;
        let _read = read.map_err(|_| PastError::Closed)?;
        let entry = self.session_from_stream(id, view.position()).await?;
        if let Some(entry) = &entry
            && is_settled(&entry.state)
        {
            self.details().keep(id, entry);
        }
        Ok(entry)
    }

    async fn session_from_stream(
        &self,
        id: SessionId,
        until: Position,
    ) -> Result<Option<Arc<Entry<Session>>>, PastError> {
        let stream = StreamName::of(Session::CATEGORY, id);
        let mut alone = Registry::<Session>::default();
        let mut next = 0;
        loop {
            let page = self
                .store()
                .read_stream(&stream, next, Direction::Forwards, PAGE);
            let page = page.await?;
            next += page.len() as u64;
            let is_last = page.len() < PAGE;
            for event in page {
                if event.position > until {
                    return Ok(alone.get(id).cloned());
                }
                let said = event
                    .domain_event()
                    .map_err(|cause| ApplyError::Unreadable {
                        position: event.position,
                        stream: stream.to_string(),
                        cause,
                    })?;
                if let Some((DomainEvent::Session(said), actor)) = said {
                    let stamp = Stamp {
                        position: event.position,
                        time: event.created,
                        actor,
                    };
                    alone.apply(id, &said, event.revision, stamp);
                }
            }
            if is_last {
                return Ok(alone.get(id).cloned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use upkeep_domain::kernel::metadata::Actor;
    use uuid::Uuid;

    fn entry(position: u64) -> Arc<Entry<Session>> {
        let stamp = Stamp {
            position: Position(position),
            time: DateTime::UNIX_EPOCH,
            actor: Actor::System,
        };
        Arc::new(Entry {
            state: Session::default(),
            revision: 0,
            created: stamp,
            changed: stamp,
        })
    }

    #[test]
    fn what_is_kept_is_bounded_by_its_bytes_and_never_from_the_future() {
        let details = Details::default();
        let one = estimate(&*entry(7), usize::MAX);
        let many = DETAILS_BYTES / one * 2;
        let id = |n: usize| SessionId(Uuid::from_u128(n as u128));
        for n in 0..many {
            details.keep(id(n), &entry(7));
            assert!(
                details.get(id(0), Position(7)).is_some(),
                "used again and again"
            );
        }
        let shelf = details.kept.lock().unwrap();
        assert!(shelf.bytes <= DETAILS_BYTES && shelf.bytes > DETAILS_BYTES - 2 * one);
        drop(shelf);
        assert!(
            details.get(id(1), Position(7)).is_none(),
            "used once, long ago"
        );
        assert!(
            details.get(id(0), Position(6)).is_none(),
            "it was another then"
        );
    }
}
