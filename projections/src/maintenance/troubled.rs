//! Computers whose newest session that came to an end did not go well.

use crate::view::View;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::kernel::ids::{ComputerId, SessionId, TenantId};
use upkeep_domain::maintenance::session::{About, Ending, SessionEvent, Status};

/// What did not go well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub session: SessionId,
    /// That of the computer when the session was asked for.
    pub tenant: TenantId,
    /// It failed, in part or whole, or was missed.
    pub status: Status,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Troubled(OrdMap<ComputerId, Trouble>);

impl View {
    /// What did not go well on a computer last, in its own tenant; nothing where its newest session went well. One that somebody
    /// cancelled says nothing.
    pub fn trouble_of(&self, computer: ComputerId) -> Option<Trouble> {
        let trouble = self.troubled.0.get(&computer)?;
        (self.tenant_of(computer) == Some(trouble.tenant)).then_some(*trouble)
    }

    /// Takes in that a session ended. What became of a script that somebody tried is no state of the computer.
    pub(crate) fn note_trouble(
        &mut self,
        event: &DomainEvent,
        id: &str,
    ) -> Result<(), uuid::Error> {
        let DomainEvent::Session(SessionEvent::Completed(_) | SessionEvent::Missed(_)) = event
        else {
            return Ok(());
        };
        let session = id.parse()?;
        let asked = self.sessions.asked(session);
        let asked = asked.filter(|(request, _)| request.about != About::Draft);
        if let Some((request, status)) = asked {
            if status == Status::Ended(Ending::Passed) {
                self.troubled.0.remove(&request.computer());
            } else {
                let trouble = Trouble {
                    session,
                    tenant: request.tenant,
                    status,
                };
                self.troubled.0.insert(request.computer(), trouble);
            }
        }
        Ok(())
    }
}
