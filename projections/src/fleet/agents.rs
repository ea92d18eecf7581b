//! The agents by what their computers called themselves when they enrolled, which is what the search finds them by.

use super::listings::Listing;
use super::rows::{Placed, Rows};
use crate::caseless::Caseless;
use crate::index::Place;
use crate::registry::Registry;
use crate::view::View;
use std::ops::Bound;
use upkeep_domain::fleet::agent::Agent;
use upkeep_domain::kernel::ids::{AgentId, TenantId};
use upkeep_event_store::Position;

/// One agent.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentRow {
    pub place: Place<AgentId>,
    pub tenant: TenantId,
    pub name: Caseless,
}

impl Placed for AgentRow {
    type Id = AgentId;

    fn place(&self) -> Place<AgentId> {
        self.place
    }
}

impl AgentRow {
    fn of(view: &View, id: AgentId) -> Option<Self> {
        let entry = view.agents.get(id)?;
        let enrolment = entry.state.enrolment.as_ref()?;
        Some(Self {
            place: view.agents.place_of(id)?,
            tenant: enrolment.tenant,
            name: Caseless::of(enrolment.name.as_str()),
        })
    }
}

/// Every agent of a view. Costs some 120 bytes an agent.
#[derive(Clone)]
pub struct AgentNames {
    position: Position,
    rows: Rows<AgentRow>,
    /// What the rows were made of, to see what differs in another view.
    agents: Registry<Agent>,
}

impl Listing for AgentNames {
    fn of(view: &View) -> Self {
        let all = view.agents.within((Bound::Unbounded, Bound::Unbounded));
        let rows = all.filter_map(|place| AgentRow::of(view, place.id));
        Self {
            position: view.position(),
            rows: rows.collect(),
            agents: view.agents.clone(),
        }
    }

    fn renewed(&self, view: &View) -> Self {
        let mut rows = self.rows.clone();
        for (id, before, after) in view.agents.changes_since(&self.agents) {
            // Agents come and go all day, and are called the same.
            let called = |enrolled: &Agent| {
                let known = enrolled.enrolment.as_ref()?;
                Some((known.tenant, known.name.clone()))
            };
            let [old, new] = [before, after].map(|entry| called(&entry?.state));
            if let Some(entry) = before.or(after).filter(|_| old != new) {
                let made_at = entry.created.position;
                rows.put(Place { made_at, id }, AgentRow::of(view, id));
            }
        }
        Self {
            position: view.position(),
            rows,
            agents: view.agents.clone(),
        }
    }

    fn position(&self) -> Position {
        self.position
    }
}

impl AgentNames {
    pub fn rows(&self) -> &Rows<AgentRow> {
        &self.rows
    }
}
