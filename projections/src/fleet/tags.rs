//! Which tags are in use: how many computers and people carry each, by tenant. What tenants carry themselves, the view says: they are few.

use super::listings::Listing;
use crate::registry::{Entry, Registry};
use crate::view::View;
use imbl::OrdMap;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use upkeep_domain::fleet::computer::Computer;
use upkeep_domain::fleet::person::Person;
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_event_store::Position;

/// What carries tags, and is of a tenant.
trait Bearer: Decider<Id: Ord> + PartialEq {
    /// Nothing of what was removed.
    fn carried(&self) -> Option<(TenantId, &BTreeSet<Tag>)>;
}

impl Bearer for Computer {
    fn carried(&self) -> Option<(TenantId, &BTreeSet<Tag>)> {
        let known = self.registration.as_ref().filter(|_| !self.is_removed)?;
        Some((known.tenant, &self.tags))
    }
}

impl Bearer for Person {
    fn carried(&self) -> Option<(TenantId, &BTreeSet<Tag>)> {
        Some((self.present()?.tenant, &self.tags))
    }
}

/// How many of one kind carry a tag. Costs what tenants have of different tags.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TagCounts(OrdMap<(TenantId, Tag), usize>);

impl TagCounts {
    /// Nearly all tags were met before: they are counted before they are put in order.
    fn of<D: Bearer>(registry: &Registry<D>) -> Self {
        let mut counts: HashMap<TenantId, HashMap<&Tag, usize>> = HashMap::new();
        for (_, entry) in registry.iter() {
            let Some((tenant, tags)) = entry.state.carried() else {
                continue;
            };
            let of_tenant = counts.entry(tenant).or_default();
            for tag in tags {
                *of_tenant.entry(tag).or_default() += 1;
            }
        }
        let counted = counts.into_iter().flat_map(|(tenant, of_tenant)| {
            let counted = of_tenant.into_iter();
            counted.map(move |(tag, count)| ((tenant, tag.clone()), count))
        });
        Self(counted.collect())
    }

    fn renewed<D: Bearer>(&self, before: &Registry<D>, after: &Registry<D>) -> Self {
        fn carried<D: Bearer>(entry: Option<&Arc<Entry<D>>>) -> Option<(TenantId, &BTreeSet<Tag>)> {
            entry?.state.carried()
        }
        let mut renewed = self.clone();
        for (_, before, after) in after.changes_since(before) {
            let (before, after) = (carried(before), carried(after));
            if before == after {
                continue;
            }
            if let Some((tenant, tags)) = after {
                for tag in tags {
                    renewed.add(tenant, tag);
                }
            }
            if let Some((tenant, tags)) = before {
                for tag in tags {
                    renewed.take(tenant, tag);
                }
            }
        }
        renewed
    }

    fn add(&mut self, tenant: TenantId, tag: &Tag) {
        *self.0.entry((tenant, tag.clone())).or_default() += 1;
    }

    fn take(&mut self, tenant: TenantId, tag: &Tag) {
        let key = (tenant, tag.clone());
        match self.0.get_mut(&key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                self.0.remove(&key);
            }
        }
    }

    /// The tags of a tenant in their order, each with how many carry it.
    pub fn of_tenant(&self, tenant: TenantId) -> impl Iterator<Item = (&Tag, usize)> {
        // Nothing is before the empty tag.
        let all = self.0.range((tenant, Tag::known(""))..);
        let own = all.take_while(move |((of, _), _)| *of == tenant);
        own.map(|((_, tag), count)| (tag, *count))
    }
}

/// Those of a view.
#[derive(Clone)]
pub struct Tags {
    position: Position,
    on_computers: TagCounts,
    on_people: TagCounts,
    /// What was counted, to see what differs in another view.
    computers: Registry<Computer>,
    persons: Registry<Person>,
}

impl Listing for Tags {
    fn of(view: &View) -> Self {
        Self {
            position: view.position(),
            on_computers: TagCounts::of(&view.computers),
            on_people: TagCounts::of(&view.persons),
            computers: view.computers.clone(),
            persons: view.persons.clone(),
        }
    }

    fn renewed(&self, view: &View) -> Self {
        let (computers, persons) = (view.computers.clone(), view.persons.clone());
        Self {
            position: view.position(),
            on_computers: self.on_computers.renewed(&self.computers, &computers),
            on_people: self.on_people.renewed(&self.persons, &persons),
            computers,
            persons,
        }
    }

    fn position(&self) -> Position {
        self.position
    }
}

impl Tags {
    /// Computers that were not removed; their tenant may be.
    pub fn on_computers(&self) -> &TagCounts {
        &self.on_computers
    }

    /// People who did not leave; their tenant may be removed.
    pub fn on_people(&self) -> &TagCounts {
        &self.on_people
    }
}
