//! A registry: every instance of one aggregate, with who made and last changed it.

use crate::index::{Place, Within, between};
use chrono::{DateTime, Utc};
use imbl::ordmap::DiffItem;
use imbl::{OrdMap, OrdSet};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Deref;
use std::sync::Arc;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_event_store::Position;

/// When something happened, by whom, and where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    pub position: Position,
    pub time: DateTime<Utc>,
    pub actor: Actor,
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry<D> {
    pub state: D,
    /// The stream's revision, for optimistic concurrency.
    pub revision: u64,
    pub created: Stamp,
    pub changed: Stamp,
}

/// What there is one of. Until something happened to it, it is as it is by default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Only<D> {
    state: D,
    revision: Option<u64>,
    pub changed: Option<Stamp>,
}

impl<D> Deref for Only<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.state
    }
}

impl<D: Decider> Only<D> {
    /// The stream's revision; nothing before the first event.
    pub fn revision(&self) -> Option<u64> {
        self.revision
    }

    pub(crate) fn apply(&mut self, event: &D::Event, revision: u64, stamp: Stamp) {
        self.state = std::mem::take(&mut self.state).evolve(event);
        self.revision = Some(revision);
        self.changed = Some(stamp);
    }
}

/// Every instance of an aggregate.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry<D: Decider>
where
    D::Id: Ord,
{
    entries: OrdMap<D::Id, Arc<Entry<D>>>,
    /// The same in the order of creation.
    order: OrdSet<Place<D::Id>>,
}

/// The order follows from the instances.
impl<D: Decider + Serialize> Serialize for Registry<D>
where
    D::Id: Ord + Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.entries.serialize(serializer)
    }
}

impl<'de, D: Decider + DeserializeOwned> Deserialize<'de> for Registry<D>
where
    D::Id: Ord + DeserializeOwned,
{
    fn deserialize<F: Deserializer<'de>>(deserializer: F) -> Result<Self, F::Error> {
        let entries = OrdMap::<D::Id, Arc<Entry<D>>>::deserialize(deserializer)?;
        let mut registry = Self::default();
        registry.extend(entries);
        Ok(registry)
    }
}

/// An instance that differs between two registries: its id, as it was, as it is.
pub(crate) type Changed<'a, D> = (
    <D as Decider>::Id,
    Option<&'a Arc<Entry<D>>>,
    Option<&'a Arc<Entry<D>>>,
);

impl<D: Decider> Default for Registry<D>
where
    D::Id: Ord,
{
    fn default() -> Self {
        Self {
            entries: OrdMap::new(),
            order: OrdSet::new(),
        }
    }
}

impl<D: Decider> Registry<D>
where
    D::Id: Ord,
{
    pub fn get(&self, id: D::Id) -> Option<&Arc<Entry<D>>> {
        self.entries.get(&id)
    }

    /// In the order of the ids.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (D::Id, &Arc<Entry<D>>)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// What is between two places, in the order of creation.
    pub fn within(
        &self,
        within: Within<Place<D::Id>>,
    ) -> impl DoubleEndedIterator<Item = Place<D::Id>> {
        between(&self.order, within).copied()
    }

    /// Where an instance stands in the order of creation.
    pub fn place_of(&self, id: D::Id) -> Option<Place<D::Id>> {
        let entry = self.entries.get(&id)?;
        let made_at = entry.created.position;
        Some(Place { made_at, id })
    }

    /// Where an instance stands in the order of creation, or would if it were made at this position.
    pub(crate) fn place(&self, id: D::Id, at: Position) -> Place<D::Id> {
        let known = self.entries.get(&id);
        Place {
            made_at: known.map_or(at, |entry| entry.created.position),
            id,
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether nothing was changed between the two; may miss that they are equal.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.entries.ptr_eq(&other.entries)
    }

    /// The instances that differ from those of another registry, and how each was there and is here. Costs what differs.
    pub(crate) fn changes_since<'a>(
        &'a self,
        before: &'a Self,
    ) -> impl Iterator<Item = Changed<'a, D>>
    where
        D: PartialEq,
    {
        before.entries.diff(&self.entries).map(|item| match item {
            DiffItem::Add(id, new) => (*id, None, Some(new)),
            DiffItem::Update {
                old: (_, old),
                new: (id, new),
            } => (*id, Some(old), Some(new)),
            DiffItem::Remove(id, old) => (*id, Some(old), None),
        })
    }

    pub(crate) fn apply(&mut self, id: D::Id, event: &D::Event, revision: u64, stamp: Stamp) {
        if let Some(entry) = self.entries.get_mut(&id) {
            let entry = Arc::make_mut(entry);
            entry.state = std::mem::take(&mut entry.state).evolve(event);
            entry.revision = revision;
            entry.changed = stamp;
        } else {
            let entry = Entry {
                state: D::default().evolve(event),
                revision,
                created: stamp,
                changed: stamp,
            };
            self.put(id, entry);
        }
    }

    /// Changes what is kept of an instance, whatever its events say.
    pub(crate) fn change(&mut self, id: D::Id, change: impl FnOnce(&mut D)) {
        if let Some(entry) = self.entries.get_mut(&id) {
            change(&mut Arc::make_mut(entry).state);
        }
    }

    pub(crate) fn extend(&mut self, entries: impl IntoIterator<Item = (D::Id, Arc<Entry<D>>)>) {
        for (id, entry) in entries {
            let made_at = entry.created.position;
            self.order.insert(Place { made_at, id });
            self.entries.insert(id, entry);
        }
    }

    /// As it was kept elsewhere.
    pub(crate) fn put(&mut self, id: D::Id, entry: Entry<D>) {
        self.extend([(id, Arc::new(entry))]);
    }

    pub(crate) fn remove(&mut self, id: D::Id) {
        if let Some(entry) = self.entries.remove(&id) {
            let made_at = entry.created.position;
            self.order.remove(&Place { made_at, id });
        }
    }
}
