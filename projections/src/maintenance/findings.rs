//! What sessions that are over saw last of each item on each computer.

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use upkeep_domain::kernel::ids::{ComputerId, SessionId};
use upkeep_domain::maintenance::session::{Finding, Session};
use upkeep_domain::rules::deployment::MaintenanceItem;

/// By computer and item, with the newest session that saw it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings(OrdMap<ComputerId, Arc<OfComputer>>);

/// In the order of the items.
type OfComputer = Vec<(MaintenanceItem, SessionId, Finding)>;

impl Findings {
    /// Takes in what a session saw that is over.
    pub fn keep(&mut self, id: SessionId, session: &Session) {
        let Some(request) = session.request else {
            return;
        };
        let seen: Vec<(MaintenanceItem, &Finding)> = session
            .actions()
            .filter_map(|action| Some((action.plan.item, session.seen(action.plan.item)?)))
            .collect();
        if seen.is_empty() {
            return;
        }
        let of_computer = self.0.entry(request.computer()).or_default();
        let of_computer = Arc::make_mut(of_computer);
        for (item, finding) in seen {
            let known = of_computer.binary_search_by_key(&item, |(item, _, _)| *item);
            match known {
                // A session that was asked for later and ended earlier knows better.
                Ok(place) if of_computer[place].1 > id => {}
                Ok(place) => of_computer[place] = (item, id, finding.clone()),
                Err(place) => of_computer.insert(place, (item, id, finding.clone())),
            }
        }
    }

    /// What was seen last of an item, and by which session.
    pub fn of(&self, computer: ComputerId, item: MaintenanceItem) -> Option<(SessionId, &Finding)> {
        let of_computer = self.0.get(&computer)?;
        let place = of_computer.binary_search_by_key(&item, |(item, _, _)| *item);
        let (_, session, finding) = &of_computer[place.ok()?];
        Some((*session, finding))
    }
}
