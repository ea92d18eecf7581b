//! All deployments, indexed by what chooses them and by what they are about, and how many there are.

use crate::index::{Index, Place, Within};
use crate::registries::Registries;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use upkeep_domain::access;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::kernel::ids::{DeploymentId, TenantId};
use upkeep_domain::rules::deployment::{
    DeploymentCount, DeploymentEvent, Lifecycle, MaintenanceItem, Membership, Scope,
};
use upkeep_domain::rules::resolution::Rulebook;
use upkeep_event_store::Position;

/// Deleted ones too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deployments {
    by_item: Index<MaintenanceItem, Place<DeploymentId>>,
}

impl Deployments {
    /// Takes in what happens to what was there before.
    pub fn apply(
        &mut self,
        before: &Registries,
        event: &DomainEvent,
        id: &str,
        at: Position,
    ) -> Result<(), uuid::Error> {
        if let DomainEvent::Deployment(DeploymentEvent::Created(created)) = event {
            let place = before.deployments.place(id.parse()?, at);
            (self.by_item).place(place, None, Some(created.item));
        }
        Ok(())
    }
}

impl View {
    /// The deployments about one item or about anything between two places, deleted ones too.
    pub fn deployments_within(
        &self,
        about: Option<MaintenanceItem>,
        within: Within<Place<DeploymentId>>,
    ) -> Box<dyn DoubleEndedIterator<Item = Place<DeploymentId>> + '_> {
        match about {
            Some(item) => Box::new(self.deployments_by.by_item.of_within(item, within)),
            None => Box::new(self.deployments.within(within)),
        }
    }

    /// All deployments, indexed by the facts that choose them.
    pub fn rulebook(&self) -> &Arc<Rulebook> {
        self.aside.rulebook.get_or_init(|| {
            let all = self.deployments.iter();
            Arc::new(Rulebook::new(
                all.map(|(id, entry)| (id, &entry.state, entry.created.position.0)),
            ))
        })
    }

    /// The tenant of a deployment's target computer or person, where it is for one.
    pub fn tenant_of_scope(&self, scope: Scope) -> Option<TenantId> {
        access::tenant_of_scope(scope, self)
    }

    /// The deployments of a tenant, or those for every tenant.
    pub fn count_deployments(&self, of: Option<TenantId>) -> DeploymentCount {
        self.count_deployments_where(|scope| self.tenant_of_scope(scope) == of)
    }

    /// The deployments whose scope is one of these, deleted ones aside.
    pub fn count_deployments_where(&self, is_one: impl Fn(Scope) -> bool) -> DeploymentCount {
        let rules = self.deployments.iter().filter_map(|(_, entry)| {
            let is_there = entry.state.lifecycle != Lifecycle::Deleted;
            entry.state.rule.as_deref().filter(|_| is_there)
        });
        let mut count = DeploymentCount::default();
        for rule in rules.filter(|rule| is_one(rule.target.scope)) {
            count.all += 1;
            let has_expression = matches!(rule.target.membership, Membership::Expression { .. });
            count.with_expression += usize::from(has_expression);
        }
        count
    }
}
