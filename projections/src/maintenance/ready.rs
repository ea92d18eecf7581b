//! Computers to which a connected agent leads that may work, and those among them on which a session waits for its turn: who is
//! offline is not among them, however many sessions wait.

use crate::index::{Within, between};
use crate::registries::Registries;
use crate::view::View;
use imbl::OrdSet;
use serde::{Deserialize, Serialize};
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::agent::AgentEvent;
use upkeep_domain::kernel::ids::{AgentId, ComputerId, SessionId};
use upkeep_domain::maintenance::session::SessionEvent;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    online: OrdSet<ComputerId>,
    waited_on: OrdSet<ComputerId>,
}

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
            let asked = before.sessions.asked(id.parse::<SessionId>()?);
            [asked.map(|(request, _)| request.computer()), None]
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
        self.ready.waited_on.iter().copied()
    }

    /// Computers to which a connected agent leads that may work, between two ids; those that were removed or are not registered
    /// yet may be among them.
    pub fn online_within(
        &self,
        within: Within<ComputerId>,
    ) -> impl DoubleEndedIterator<Item = ComputerId> {
        between(&self.ready.online, within).copied()
    }

    /// Takes in what has just been folded of a computer.
    pub(crate) fn note_ready(&mut self, computer: ComputerId) {
        let is_online = (self.agents_of(computer)).any(|(_, agent)| agent.state.can_work());
        let is_ready = is_online && self.sessions.is_waited_on(computer);
        place(&mut self.ready.online, computer, is_online);
        place(&mut self.ready.waited_on, computer, is_ready);
    }
}

/// Costs nothing where it is so already.
fn place(computers: &mut OrdSet<ComputerId>, computer: ComputerId, is_one: bool) {
    if is_one == computers.contains(&computer) {
        return;
    }
    if is_one {
        computers.insert(computer);
    } else {
        computers.remove(&computer);
    }
}
