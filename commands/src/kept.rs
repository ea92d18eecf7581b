//! Aggregates as their streams told them last, kept so that a command does not read a whole stream again.
//!
//! What is kept may be behind the stream, where another server writes, too: whoever takes it out reads on from its last event
//! (`handler.rs`). What is being worked on is out of the cache, so that whoever is interrupted leaves nothing half done behind.

use lru::LruCache;
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::CommandId;
use upkeep_event_store::{Position, StreamName};

/// Most that is kept, in bytes of the events that it was folded from; in memory an aggregate takes some two or three times that.
const MAX_KEPT_BYTES: u64 = 64 * 1024 * 1024;
/// Largest aggregate that is kept, in the same bytes. A stream that only ever keeps its newest events comes to it in the end, and
/// begins anew.
const MAX_KEPT_OF_ONE: u64 = MAX_KEPT_BYTES / 4;
/// What one takes besides its events, in bytes: names, ids, the place in the cache.
const OVERHEAD_BYTES: u64 = 512;

/// An aggregate as its stream tells it.
#[derive(Clone, Debug)]
pub struct Folded<D> {
    pub state: Arc<D>,
    pub revision: Option<u64>,
    pub position: Position,
    /// Every command whose events are in the stream, with the digest of its input: a retried one is known again.
    pub commands: HashMap<CommandId, Option<Sha256Digest>>,
    /// The newest link of the stream's chain.
    pub link: Option<Sha256Digest>,
    /// Of the events that it was folded from, in bytes.
    pub bytes: u64,
    /// Whether its last event is in the stream for certain: it was read there, or written under ids that nobody else has.
    pub is_certain: bool,
}

impl<D: Decider> Default for Folded<D> {
    fn default() -> Self {
        Self {
            state: Arc::default(),
            revision: None,
            position: Position::START,
            commands: HashMap::new(),
            link: None,
            bytes: 0,
            is_certain: false,
        }
    }
}

struct Kept {
    folded: Arc<dyn Any + Send + Sync>,
    bytes: u64,
}

/// The aggregates that are kept: those that were used last.
#[derive(Default)]
pub struct Aggregates(Mutex<Shelf>);

struct Shelf {
    kept: LruCache<StreamName, Kept>,
    bytes: u64,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            kept: LruCache::unbounded(),
            bytes: 0,
        }
    }
}

impl Aggregates {
    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one out; whoever works on it puts it back.
    pub fn take<D: Decider>(&self, stream: &StreamName) -> Option<Folded<D>> {
        let mut held = self.shelf();
        let kept = held.kept.pop(stream)?;
        held.bytes -= kept.bytes;
        drop(held);
        let folded = kept.folded.downcast::<Folded<D>>().ok()?;
        Some(Arc::unwrap_or_clone(folded))
    }

    /// Looks at one that stays where it is.
    pub fn look<D: Decider>(&self, stream: &StreamName) -> Option<Arc<Folded<D>>> {
        let folded = self.shelf().kept.peek(stream)?.folded.clone();
        folded.downcast::<Folded<D>>().ok()
    }

    /// Keeps one, and gives up those that were not used for longest where there are too many.
    pub fn put<D: Decider>(&self, stream: StreamName, folded: Folded<D>) {
        let bytes = folded.bytes + OVERHEAD_BYTES;
        if bytes > MAX_KEPT_OF_ONE {
            return;
        }
        let folded = Arc::new(folded);
        let mut held = self.shelf();
        held.bytes += bytes;
        if let Some(former) = held.kept.put(stream, Kept { folded, bytes }) {
            held.bytes -= former.bytes;
        }
        while held.bytes > MAX_KEPT_BYTES {
            let Some((_, oldest)) = held.kept.pop_lru() else {
                return;
            };
            held.bytes -= oldest.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_domain::catalogue::cloud_task::CloudTask;
    use upkeep_domain::kernel::ids::CloudTaskId;
    use uuid::Uuid;

    fn stream(n: u128) -> StreamName {
        StreamName::of("cloudtask", CloudTaskId(Uuid::from_u128(n)))
    }

    fn of(bytes: u64) -> Folded<CloudTask> {
        Folded {
            bytes,
            ..Folded::default()
        }
    }

    #[test]
    fn what_is_kept_takes_no_more_than_its_bound_and_what_is_used_stays() {
        let kept = Aggregates::default();
        let each = 1024 * 1024;
        kept.put(stream(0), of(each));
        for n in 1..=200 {
            kept.put(stream(n), of(each));
            // The first one is used again and again, the others once.
            let used = kept.take::<CloudTask>(&stream(0));
            kept.put(stream(0), used.expect("it stays"));
        }
        let still = (0..=200).filter(|n| kept.look::<CloudTask>(&stream(*n)).is_some());
        let still = u64::try_from(still.count()).unwrap();
        assert_eq!(still, MAX_KEPT_BYTES / (each + OVERHEAD_BYTES));
        assert!(kept.take::<CloudTask>(&stream(200)).is_some(), "the newest");
        assert!(kept.take::<CloudTask>(&stream(1)).is_none());
    }

    #[test]
    fn a_large_one_is_kept_and_one_that_is_too_large_is_not() {
        let kept = Aggregates::default();
        kept.put(stream(1), of(MAX_KEPT_OF_ONE - OVERHEAD_BYTES));
        kept.put(stream(2), of(MAX_KEPT_OF_ONE));
        assert!(kept.look::<CloudTask>(&stream(1)).is_some());
        assert!(kept.look::<CloudTask>(&stream(2)).is_none());
    }
}
