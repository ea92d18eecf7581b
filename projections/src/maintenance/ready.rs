//! Computers to which a connected agent leads that may work, and those among them on which a session waits for its turn: who is
//! offline is not among them, however many sessions wait.

use crate::index::{Place, Within, between};
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
    online: OrdSet<Place<ComputerId>>,
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
        // An agent may have led to it before.
        DomainEvent::Computer(_) => {
            let computer = id.parse::<ComputerId>()?;
            let is_new = before.computers.get(computer).is_none();
            [is_new.then_some(computer), None]
        }
        _ => [None, None],
    })
}

impl View {
    /// Computers that were removed may be among them: no agent of theirs works.
    pub fn ready_computers(&self) -> impl Iterator<Item = ComputerId> {
        self.ready.waited_on.iter().copied()
    }

    /// Computers to which a connected agent leads that may work, between two places; those that were removed may be among them.
    pub fn online_within(
        &self,
        within: Within<Place<ComputerId>>,
    ) -> impl DoubleEndedIterator<Item = Place<ComputerId>> {
        between(&self.ready.online, within).copied()
    }

    /// Takes in what has just been folded of a computer.
    pub(crate) fn note_ready(&mut self, computer: ComputerId) {
        let is_online = (self.agents_of(computer)).any(|(_, agent)| agent.state.can_work());
        let is_ready = is_online && self.sessions.is_waited_on(computer);
        if let Some(entry) = self.computers.get(computer) {
            let made_at = entry.created.position;
            let id = computer;
            place(&mut self.ready.online, Place { made_at, id }, is_online);
        }
        place(&mut self.ready.waited_on, computer, is_ready);
    }
}

/// Costs nothing where it is so already.
fn place<T: Ord + Clone>(all: &mut OrdSet<T>, one: T, is_in_it: bool) {
    if is_in_it == all.contains(&one) {
        return;
    }
    if is_in_it {
        all.insert(one);
    } else {
        all.remove(&one);
    }
}
