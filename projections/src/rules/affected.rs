//! What a change can affect: the computers, and where only some items, whose winners may differ between two views.
//!
//! Whatever is found here is resolved again by whoever asks; what is not found is certain to be the same.

use crate::rules::winners::computers;
use crate::view::View;
use chrono::{DateTime, Utc};
use imbl::ordset::DiffItem;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use upkeep_domain::fleet::agreement::Agreement;
use upkeep_domain::fleet::group::{Group, Member};
use upkeep_domain::kernel::ids::{ComputerId, GroupId, TenantId};
use upkeep_domain::rules::deployment::{Deployment, MaintenanceItem, Scope};
use upkeep_domain::rules::resolution::TenantFacts;

/// What may differ between two moments.
#[derive(Debug, Default)]
pub struct Affected {
    /// All items of these computers.
    pub computers: HashSet<ComputerId>,
    /// All items of all computers of these tenants, and all their cloud tasks.
    pub tenants: HashSet<TenantId>,
    /// Only these items, each within a reach.
    pub items: BTreeMap<MaintenanceItem, Reach>,
}

/// How wide a change of a deployment reaches.
#[derive(Debug, Default)]
pub struct Reach {
    pub is_everywhere: bool,
    pub tenants: BTreeSet<TenantId>,
    pub computers: BTreeSet<ComputerId>,
}

impl Reach {
    pub fn holds(&self, tenant: TenantId, computer: ComputerId) -> bool {
        self.is_everywhere || self.tenants.contains(&tenant) || self.computers.contains(&computer)
    }

    pub fn holds_tenant(&self, tenant: TenantId) -> bool {
        self.is_everywhere || self.tenants.contains(&tenant)
    }
}

impl Affected {
    /// The computers of which everything may differ, in order.
    pub fn wholly(&self, view: &View) -> Vec<(TenantId, ComputerId)> {
        let alone = self.computers.iter();
        let mut places: Vec<(TenantId, ComputerId)> = alone
            .filter_map(|computer| Some((view.tenant_of(*computer)?, *computer)))
            .filter(|(tenant, _)| !self.tenants.contains(tenant))
            .collect();
        #[expect(clippy::iter_over_hash_type, reason = "they are sorted right after")]
        for tenant in &self.tenants {
            places.extend(view.computers_of(*tenant).map(|(id, _)| (*tenant, id)));
        }
        places.sort_unstable();
        places
    }

    /// The other computers of which one item may differ.
    pub fn partly(&self, view: &View, reach: &Reach) -> Vec<(TenantId, ComputerId)> {
        let mut places = computers(view);
        places.retain(|(tenant, computer)| {
            reach.holds(*tenant, *computer)
                && !self.tenants.contains(tenant)
                && !self.computers.contains(computer)
        });
        places
    }

    pub fn is_nothing(&self) -> bool {
        self.computers.is_empty() && self.tenants.is_empty() && self.items.is_empty()
    }

    /// What may differ between a view at one moment and another at another.
    pub fn between(
        (before, then): (&View, DateTime<Utc>),
        (after, now): (&View, DateTime<Utc>),
    ) -> Self {
        let mut affected = Self::default();
        for (id, ..) in after.computers.changes_since(&before.computers) {
            affected.computers.insert(id);
        }
        for view in [before, after] {
            for (id, ..) in after.persons.changes_since(&before.persons) {
                affected.computers.extend(view.computers_of_person(id));
            }
        }
        for (id, ..) in after.tenants.changes_since(&before.tenants) {
            affected.tenants.insert(id);
            for view in [before, after] {
                affected.tenants.extend(below(view, id));
            }
        }
        for (_, old, new) in after.agreements.changes_since(&before.agreements) {
            let terms = |agreement: &Agreement| agreement.terms.as_ref().map(|terms| terms.tenant);
            let tenants = [old, new].into_iter().flatten();
            affected
                .tenants
                .extend(tenants.filter_map(|entry| terms(&entry.state)));
        }
        for (id, old, new) in after.groups.changes_since(&before.groups) {
            let (old, new) = (old.map(|entry| &entry.state), new.map(|entry| &entry.state));
            let members = changed_members(old, new);
            for view in [before, after] {
                affected.reach_members(view, id, members.iter().copied());
            }
        }
        for (_, old, new) in after.deployments.changes_since(&before.deployments) {
            for (view, entry) in [(before, old), (after, new)] {
                if let Some(entry) = entry {
                    affected.reach_rule(view, &entry.state);
                }
            }
        }
        affected.turn(before, then, after, now);
        affected
    }

    /// The tenants for whom time itself changes something: an agreement or a product on it begins or is over.
    fn turn(&mut self, before: &View, then: DateTime<Utc>, after: &View, now: DateTime<Utc>) {
        if then == now {
            return;
        }
        for (id, _) in after.tenants.iter() {
            if self.tenants.contains(&id) || after.agreements_of(id).next().is_none() {
                continue;
            }
            let (old, new) = (
                TenantFacts::of(before, id, then),
                TenantFacts::of(after, id, now),
            );
            if old.agreement_types != new.agreement_types || old.products != new.products {
                self.tenants.insert(id);
            }
        }
    }

    /// Computers that are in a group by these members, down through nested groups; circles end.
    fn reach_members(
        &mut self,
        view: &View,
        group: GroupId,
        members: impl Iterator<Item = Member>,
    ) {
        let mut seen: HashSet<GroupId> = [group].into();
        let mut next: Vec<Member> = members.collect();
        while let Some(member) = next.pop() {
            match member {
                Member::Computer(computer) => {
                    self.computers.insert(computer);
                }
                Member::Person(person) => self.computers.extend(view.computers_of_person(person)),
                Member::Group(inner) if seen.insert(inner) => {
                    let inner = view.groups.get(inner);
                    next.extend(inner.iter().flat_map(|entry| entry.state.members.iter()));
                }
                Member::Group(_) => {}
            }
        }
    }

    fn reach_rule(&mut self, view: &View, deployment: &Deployment) {
        let Some(rule) = &deployment.rule else {
            return;
        };
        let reach = self.items.entry(rule.item).or_default();
        match rule.target.scope {
            Scope::CrossTenant => reach.is_everywhere = true,
            Scope::SingleTenant {
                tenant,
                include_children,
            } => {
                reach.tenants.insert(tenant);
                if include_children {
                    reach.tenants.extend(below(view, tenant));
                }
            }
            Scope::Individual { computer } => {
                reach.computers.insert(computer);
            }
            Scope::Person { person } => reach.computers.extend(view.computers_of_person(person)),
        }
    }
}

/// The tenants below one.
fn below(view: &View, tenant: TenantId) -> impl Iterator<Item = TenantId> {
    view.tenants
        .iter()
        .map(|(id, _)| id)
        .filter(move |id| view.ancestors(*id).contains(&tenant))
}

/// Who may be in a group before or after, and not both: everybody, where the group itself changed.
fn changed_members(old: Option<&Group>, new: Option<&Group>) -> Vec<Member> {
    match (old, new) {
        (Some(old), Some(new)) if old.present().is_some() == new.present().is_some() => {
            let differing = old.members.diff(&new.members);
            differing
                .map(|item| match item {
                    DiffItem::Add(member) | DiffItem::Remove(member) => *member,
                })
                .collect()
        }
        _ => [old, new]
            .into_iter()
            .flatten()
            .flat_map(|group| group.members.iter().copied())
            .collect(),
    }
}
