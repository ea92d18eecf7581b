//! What the view's indexes bring is what a look at everything brings, in the same order.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::ops::Bound;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::maintenance::session::SessionEvent;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_event_store::RecordedEvent;
use upkeep_projections::{Entry, Extent, Place, Registry, View, Which, Within};

fn everything<K>() -> Within<K> {
    (Bound::Unbounded, Bound::Unbounded)
}

/// Asked from one end and from the other, in stretches behind each key and before it.
#[track_caller]
fn same<K: Ord + Copy + Debug, I: DoubleEndedIterator<Item = K>>(
    indexed: impl Fn(Within<K>) -> I,
    looked_at: impl Iterator<Item = K>,
) -> usize {
    let mut all: Vec<K> = looked_at.collect();
    all.sort_unstable();
    assert!(indexed(everything()).eq(all.iter().copied()));
    assert!(indexed(everything()).rev().eq(all.iter().rev().copied()));
    for (n, key) in all.iter().enumerate() {
        let behind = indexed((Bound::Excluded(*key), Bound::Unbounded));
        assert!(behind.eq(all[n + 1..].iter().copied()));
        let before = indexed((Bound::Unbounded, Bound::Excluded(*key)));
        assert!(before.rev().eq(all[..n].iter().rev().copied()));
    }
    all.len()
}

/// Everything of one kind, and where it was made.
fn placed<D: Decider<Id: Ord>>(
    registry: &Registry<D>,
) -> impl Iterator<Item = (Place<D::Id>, &Entry<D>)> {
    registry.iter().map(|(id, entry)| {
        let made_at = entry.created.position;
        (Place { made_at, id }, entry.as_ref())
    })
}

pub fn check(view: &View) -> usize {
    let sessions: Vec<_> = view.sessions.iter().collect();
    assert_eq!(sessions.len(), view.sessions.len());
    assert!(sessions.is_sorted_by_key(|(_, entry)| entry.created.position));
    of_tenants(view) + of_others(view) + of_all(view)
}

fn of_all(view: &View) -> usize {
    same(
        |within| view.tenants.within(within),
        placed(&view.tenants).map(|(place, _)| place),
    ) + same(
        |within| view.computers_within(None, within),
        placed(&view.computers).map(|(place, _)| place),
    ) + same(
        |within| view.deployments_within(None, within),
        placed(&view.deployments).map(|(place, _)| place),
    )
}

fn of_tenants(view: &View) -> usize {
    let mut found = 0;
    let mut tenants: Vec<TenantId> = view.tenants.iter().map(|(id, _)| id).collect();
    tenants.push(TenantId(uuid::Uuid::nil()));
    for tenant in tenants {
        let of = Some(tenant);
        found += same(
            |within| view.computers_within(of, within),
            (placed(&view.computers).map(|(place, _)| place))
                .filter(|place| view.tenant_of(place.id) == of),
        );
        found += same(
            |within| view.agents_within(of, within),
            placed(&view.agents)
                .filter(|(_, entry)| {
                    (entry.state.enrolment.as_ref()).is_some_and(|known| known.tenant == tenant)
                })
                .map(|(id, _)| id),
        );
        found += same(
            |within| view.people_within(of, within),
            (placed(&view.persons).map(|(place, _)| place))
                .filter(|place| view.tenant_of_person(place.id) == of),
        );
        found += same(
            |within| view.groups_within(of, within),
            placed(&view.groups)
                .filter(|(_, entry)| {
                    (entry.state.definition.as_ref()).is_some_and(|known| known.tenant == tenant)
                })
                .map(|(id, _)| id),
        );
        found += same(
            |within| view.agreements_within(of, within),
            placed(&view.agreements)
                .filter(|(_, entry)| {
                    (entry.state.terms.as_ref()).is_some_and(|terms| terms.tenant == tenant)
                })
                .map(|(id, _)| id),
        );
        found += same(
            |within| view.enrolment_tokens_within(of, within),
            placed(&view.enrolment_tokens)
                .filter(|(_, entry)| {
                    (entry.state.terms.as_ref()).is_some_and(|terms| terms.tenant == tenant)
                })
                .map(|(id, _)| id),
        );
        found += same(
            |within| view.sessions.within(Which::OfTenant(tenant), within),
            (view.sessions.iter())
                .filter(|(_, entry)| {
                    (entry.state.request).is_some_and(|request| request.tenant == tenant)
                })
                .map(|(_, entry)| entry.created.position),
        );
    }
    found
}

fn of_others(view: &View) -> usize {
    let mut found = 0;
    for (computer, _) in view.computers.iter() {
        found += same(
            |within| view.sessions.within(Which::OfComputer(computer), within),
            (view.sessions.iter())
                .filter(|(_, entry)| {
                    (entry.state.request).is_some_and(|request| request.computer() == computer)
                })
                .map(|(_, entry)| entry.created.position),
        );
    }
    for (person, _) in view.persons.iter() {
        found += same(
            |within| view.computers_of_person_within(person, within),
            placed(&view.computers)
                .filter(|(_, entry)| entry.state.primary_person == Some(person))
                .map(|(id, _)| id),
        );
    }
    for (group, entry) in view.groups.iter() {
        let mut members: Vec<uuid::Uuid> =
            (entry.state.members.iter().map(|member| member.id())).collect();
        members.sort_unstable();
        found += same(
            |within| view.members_within(group, within),
            members.into_iter(),
        );
    }
    let software = view
        .software
        .iter()
        .map(|(id, _)| MaintenanceItem::Software(id));
    let tasks = view.tasks.iter().map(|(id, _)| MaintenanceItem::Task(id));
    for item in software.chain(tasks) {
        found += same(
            |within| view.deployments_within(Some(item), within),
            placed(&view.deployments)
                .filter(|(_, entry)| {
                    (entry.state.rule.as_ref()).is_some_and(|rule| rule.item == item)
                })
                .map(|(id, _)| id),
        );
    }
    found += same(
        |within| view.sessions.within(Which::GoingOn, within),
        (view.sessions.iter())
            .filter(|(_, entry)| !entry.state.status.is_over())
            .map(|(_, entry)| entry.created.position),
    );
    let leads_on = |computer| (view.agents_of(computer)).any(|(_, agent)| agent.state.can_work());
    found += same(
        |within| view.online_within(within),
        (placed(&view.computers).map(|(place, _)| place)).filter(|place| leads_on(place.id)),
    );
    found
}

/// What a view says of a computer's streams is what the log says of them.
pub fn check_streams(view: &View, log: &[RecordedEvent]) {
    for (computer, _) in view.computers.iter() {
        let mut of: BTreeSet<String> = [format!("computer-{computer}")].into();
        for event in log {
            let is_of = match event.domain_event() {
                Ok(Some((DomainEvent::Session(SessionEvent::Created(created)), _))) => {
                    created.subject.computer() == computer
                }
                _ => false,
            };
            if is_of {
                of.insert(event.stream.to_string());
            }
        }
        of.extend(
            view.agents_of(computer)
                .map(|(id, _)| format!("agent-{id}")),
        );
        let mut seen: BTreeMap<String, Extent> = BTreeMap::new();
        for event in log
            .iter()
            .filter(|event| of.contains(event.stream.as_str()))
        {
            let first = event.position;
            let extent = seen.entry(event.stream.to_string()).or_insert(Extent {
                first,
                last: first,
                revision: 0,
            });
            extent.last = event.position;
            extent.revision = event.revision;
        }
        let told = view.streams_of(computer);
        let told: BTreeMap<String, Extent> = told
            .map(|(name, extent)| (name.to_string(), extent))
            .collect();
        assert_eq!(told, seen);
    }
}
