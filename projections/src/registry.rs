//! A registry: every instance of one aggregate, with who made and last changed it.

use crate::index::{Within, is_something};
use chrono::{DateTime, Utc};
use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
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

/// Every instance of an aggregate, in the order of the ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    transparent,
    bound(
        serialize = "D: Serialize, D::Id: Serialize",
        deserialize = "D: DeserializeOwned, D::Id: DeserializeOwned"
    )
)]
pub struct Registry<D: Decider>
where
    D::Id: Ord,
{
    entries: OrdMap<D::Id, Arc<Entry<D>>>,
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

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (D::Id, &Arc<Entry<D>>)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// The ids between two of them.
    pub fn within(&self, within: Within<D::Id>) -> impl DoubleEndedIterator<Item = D::Id> {
        let stretch = is_something(&within).then(|| self.entries.range(within));
        stretch.into_iter().flatten().map(|(id, _)| *id)
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
            self.entries.insert(id, Arc::new(entry));
        }
    }

    /// Changes what is kept of an instance, whatever its events say.
    pub(crate) fn change(&mut self, id: D::Id, change: impl FnOnce(&mut D)) {
        if let Some(entry) = self.entries.get_mut(&id) {
            change(&mut Arc::make_mut(entry).state);
        }
    }

    pub(crate) fn extend(&mut self, entries: impl IntoIterator<Item = (D::Id, Arc<Entry<D>>)>) {
        self.entries.extend(entries);
    }

    /// As it was kept elsewhere.
    pub(crate) fn put(&mut self, id: D::Id, entry: Entry<D>) {
        self.entries.insert(id, Arc::new(entry));
    }

    pub(crate) fn remove(&mut self, id: D::Id) {
        self.entries.remove(&id);
    }
}
