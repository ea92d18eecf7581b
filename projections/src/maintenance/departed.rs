//! Sessions that are not over and whose computer is not there any more, or not of the tenant that it was of when they were asked for.

use crate::registry::Entry;
use crate::view::View;
use imbl::OrdSet;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::computer::ComputerEvent;
use upkeep_domain::fleet::tenant::TenantEvent;
use upkeep_domain::kernel::ids::SessionId;
use upkeep_domain::maintenance::session::{Session, SessionEvent};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Departed(OrdSet<SessionId>);

impl View {
    pub fn departed_sessions(&self) -> impl Iterator<Item = (SessionId, Arc<Entry<Session>>)> {
        let known = |id: &SessionId| Some((*id, self.sessions.get(*id)?));
        self.departed.0.iter().filter_map(known)
    }

    /// Takes in what has just been folded.
    pub(crate) fn note_departed(
        &mut self,
        event: &DomainEvent,
        id: &str,
    ) -> Result<(), uuid::Error> {
        let touched: Vec<SessionId> = match event {
            DomainEvent::Session(
                SessionEvent::Created(_)
                | SessionEvent::Completed(_)
                | SessionEvent::Cancelled(_)
                | SessionEvent::Missed(_),
            ) => vec![id.parse()?],
            DomainEvent::Computer(
                ComputerEvent::Registered(_)
                | ComputerEvent::Removed(_)
                | ComputerEvent::Restored(_)
                | ComputerEvent::Moved(_),
            ) => self.sessions.unsettled_of(id.parse()?).collect(),
            DomainEvent::Tenant(TenantEvent::Removed(_) | TenantEvent::Restored(_)) => self
                .computers_of(id.parse()?)
                .flat_map(|(computer, _)| self.sessions.unsettled_of(computer))
                .collect(),
            _ => return Ok(()),
        };
        for session in touched {
            let asked = self.sessions.asked(session);
            let going_on = asked.filter(|(_, status)| !status.is_over());
            if going_on.is_some_and(|(request, _)| self.has_left(&request)) {
                self.departed.0.insert(session);
            } else {
                self.departed.0.remove(&session);
            }
        }
        Ok(())
    }
}
