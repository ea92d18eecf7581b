//! Aggregates as their streams told them last, kept so that a command does not read a whole stream again.
//!
//! What is kept may be behind the stream, where another server writes, too: an append at its revision finds out, and a refusal
//! is never answered from here alone (`handler.rs`). What is being worked on is out of the cache, so that whoever is
//! interrupted leaves nothing half done behind.

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use upkeep_domain::catalogue::script::Sha256Digest;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::CommandId;
use upkeep_event_store::{Position, StreamName};

/// Most that is kept, in bytes of the events that it was folded from; in memory an aggregate takes some two or three times that.
pub const MAX_KEPT_BYTES: u64 = 64 * 1024 * 1024;
/// About how many aggregates are kept.
const KEPT_AGGREGATES: usize = 16_384;
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
        }
    }
}

#[derive(Clone)]
struct Kept {
    folded: Arc<dyn Any + Send + Sync>,
    bytes: u64,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<StreamName, Kept> for ByBytes {
    fn weight(&self, _: &StreamName, kept: &Kept) -> u64 {
        kept.bytes + OVERHEAD_BYTES
    }
}

/// The aggregates that are kept.
pub struct Aggregates(Cache<StreamName, Kept, ByBytes>);

impl Aggregates {
    pub fn new(max_bytes: u64) -> Self {
        Self(Cache::with_weighter(KEPT_AGGREGATES, max_bytes, ByBytes))
    }

    /// Takes one out; whoever works on it puts it back.
    pub fn take<D: Decider>(&self, stream: &StreamName) -> Option<Folded<D>> {
        let (_, kept) = self.0.remove(stream)?;
        let folded = kept.folded.downcast::<Folded<D>>().ok()?;
        Some(Arc::unwrap_or_clone(folded))
    }

    pub fn put<D: Decider>(&self, stream: StreamName, folded: Folded<D>) {
        let bytes = folded.bytes;
        let folded = Arc::new(folded);
        self.0.insert(stream, Kept { folded, bytes });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_domain::catalogue::cloud_task::CloudTask;
    use upkeep_domain::kernel::ids::CloudTaskId;
    use uuid::Uuid;

    #[test]
    fn what_is_kept_takes_no_more_than_its_bound() {
        let kept = Aggregates::new(1024 * 1024);
        let stream = |n| StreamName::of("cloudtask", CloudTaskId(Uuid::from_u128(n)));
        for n in 0..1_000 {
            let folded = Folded::<CloudTask> {
                bytes: 10_000,
                ..Folded::default()
            };
            kept.put(stream(n), folded);
        }
        let still = (0..1_000).filter(|n| kept.take::<CloudTask>(&stream(*n)).is_some());
        let still = still.count();
        assert!((1..=105).contains(&still), "{still}");
    }
}
