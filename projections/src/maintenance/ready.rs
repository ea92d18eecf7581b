//! Computers on which a session waits for its turn while an agent is connected that may work: who is offline is not among them,
//! however many sessions wait.

use crate::registries::Registries;
use crate::view::View;
use imbl::OrdSet;
use serde::{Deserialize, Serialize};
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::agent::AgentEvent;
use upkeep_domain::kernel::ids::{AgentId, ComputerId, SessionId};
use upkeep_domain::maintenance::session::SessionEvent;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ready(OrdSet<ComputerId>);

/// The computers that an event may make ready, or the opposite, by what was there before it.
pub fn touched(
    before: &Registries,
    event: &DomainEvent,
    id: &str,
) -> Result<[Option<ComputerId>; 2], uuid::Error> {
    Ok(match event {
        DomainEvent::Session(SessionEvent::Created(created)) => {
            [Some(created.subject.computer()), None]
        }
        DomainEvent::Session(_) => {
            let known = before.sessions.get(id.parse::<SessionId>()?);
            let request = known.and_then(|entry| entry.state.request);
            [request.map(|request| request.computer()), None]
        }
        DomainEvent::Agent(event) => {
            let to = match event {
                AgentEvent::Identified(identified) => Some(identified.computer),
                _ => None,
            };
            [before.computer_of(id.parse::<AgentId>()?), to]
        }
        _ => [None, None],
    })
}

impl View {
    /// Computers that were removed may be among them: no agent of theirs works.
    pub fn ready_computers(&self) -> impl Iterator<Item = ComputerId> {
        self.ready.0.iter().copied()
    }

    /// Takes in what has just been folded of a computer.
    pub(crate) fn note_ready(&mut self, computer: ComputerId) {
        let is_ready = self.sessions.is_waited_on(computer)
            && (self.agents_of(computer)).any(|(_, agent)| agent.state.can_work());
        if is_ready {
            self.ready.0.insert(computer);
        } else {
            self.ready.0.remove(&computer);
        }
    }
}
