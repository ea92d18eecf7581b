//! The tree of tenants: who is above whom, and what it has decided and tenants have not been told of.

use crate::registry::Stamp;
use crate::view::View;
use chrono::{DateTime, Utc};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::tenant::{TenantEvent, TreeDecision};
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::rules::resolution::ancestors;

/// What the tree has decided and tenants' own streams do not say yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Untold(OrdMap<TenantId, Decisions>);

/// The newest decisions of the tree on a tenant that has not been told of them, each with who decided it and when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Decisions {
    place: Option<(TreeDecision, Stamp)>,
    presence: Option<(TreeDecision, Stamp)>,
}

impl Decisions {
    fn of_kind(&mut self, decision: &TreeDecision) -> &mut Option<(TreeDecision, Stamp)> {
        match decision {
            TreeDecision::Place(_) => &mut self.place,
            TreeDecision::Presence(_) => &mut self.presence,
        }
    }

    fn all(&self) -> impl Iterator<Item = &(TreeDecision, Stamp)> {
        self.place.iter().chain(&self.presence)
    }
}

impl Untold {
    pub fn apply(
        &mut self,
        event: &DomainEvent,
        id: &str,
        revision: u64,
        stamp: Stamp,
    ) -> Result<(), uuid::Error> {
        match event {
            DomainEvent::Tenant(event) => self.note_told(id.parse()?, event),
            DomainEvent::TenantTree(event) => {
                let (tenant, decision) = TreeDecision::of(event, revision);
                let untold = self.0.entry(tenant).or_default();
                *untold.of_kind(&decision) = Some((decision, stamp));
            }
            _ => {}
        }
        Ok(())
    }

    fn note_told(&mut self, tenant: TenantId, event: &TenantEvent) {
        let Some(untold) = self.0.get_mut(&tenant) else {
            return;
        };
        let (known, turn) = match event {
            // Its place was decided before there was anybody to tell.
            TenantEvent::Created(_) => (&mut untold.place, u64::MAX),
            TenantEvent::ParentChanged(changed) => (&mut untold.place, changed.turn),
            TenantEvent::Removed(removed) => (&mut untold.presence, removed.turn),
            TenantEvent::Restored(restored) => (&mut untold.presence, restored.turn),
            _ => return,
        };
        known.take_if(|(decision, _)| decision.turn() <= turn);
        if *untold == Decisions::default() {
            self.0.remove(&tenant);
        }
    }
}

impl View {
    /// What the tree of tenants decided before a moment, and tenants that are there have not been told yet, with who decided it.
    pub fn untold_before(
        &self,
        moment: DateTime<Utc>,
    ) -> impl Iterator<Item = (TenantId, TreeDecision, Actor)> {
        self.untold
            .0
            .iter()
            .filter(|(tenant, _)| self.tenants.get(**tenant).is_some())
            .flat_map(|(tenant, untold)| untold.all().map(move |known| (*tenant, known)))
            .filter(move |(_, (_, stamp))| stamp.time < moment)
            .map(|(tenant, (decision, stamp))| (tenant, *decision, stamp.actor))
    }

    /// Who decided what a tenant has not been told yet.
    pub fn decided_by(&self, tenant: TenantId, decision: &TreeDecision) -> Option<Actor> {
        let mut known = self.untold.0.get(&tenant)?.all();
        let (_, stamp) = known.find(|(known, _)| known == decision)?;
        Some(stamp.actor)
    }

    /// Tenants that were placed below one before that moment, and never made: whoever asked for them did not go on.
    pub fn never_made_below(&self, parent: TenantId, moment: DateTime<Utc>) -> Vec<TenantId> {
        let is_below = |untold: &Decisions| {
            untold.all().any(|(decision, stamp)| {
                matches!(decision, TreeDecision::Place(place) if place.parent == Some(parent))
                    && stamp.time < moment
            })
        };
        self.untold
            .0
            .iter()
            .filter(|(tenant, untold)| self.tenants.get(**tenant).is_none() && is_below(untold))
            .map(|(tenant, _)| *tenant)
            .collect()
    }

    /// Which tenant each one is directly below, of those that are below one.
    pub fn tenant_parents(&self) -> std::collections::HashMap<TenantId, TenantId> {
        let tenants = self.tenants.iter();
        tenants
            .filter_map(|(id, entry)| Some((id, entry.state.parent?)))
            .collect()
    }

    /// The tenants above one, nearest first. Bounded, so that a circle in the history ends.
    pub fn ancestors(&self, tenant: TenantId) -> Vec<TenantId> {
        ancestors(self, tenant)
    }
}
