//! Where streams lie in the order of all events: what is of a computer is read from its streams, not from the log.

use crate::registry::Entry;
use crate::view::View;
use serde::{Deserialize, Serialize};
use upkeep_domain::fleet::agent::Agent;
use upkeep_domain::fleet::computer::Computer;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::ComputerId;
use upkeep_domain::maintenance::session::Session;
use upkeep_event_store::{Position, StreamName};

/// Where the events of a stream lie that a view has folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    pub first: Position,
    pub last: Position,
    /// Of the last one; the first one has 0.
    pub revision: u64,
}

impl Extent {
    pub(crate) fn of<D>(entry: &Entry<D>) -> Self {
        Self {
            first: entry.created.position,
            last: entry.changed.position,
            revision: entry.revision,
        }
    }
}

impl View {
    /// The streams of a computer, its agents and its sessions, however old; none before it has an event of its own.
    pub fn streams_of(&self, computer: ComputerId) -> impl Iterator<Item = (StreamName, Extent)> {
        let own = self.computers.get(computer);
        let own = own.map(|entry| (name::<Computer>(computer), Extent::of(entry)));
        let agents = self.agents_of(computer);
        let agents = agents.map(|(id, entry)| (name::<Agent>(id), Extent::of(entry)));
        let sessions = self.sessions.streams_of(computer);
        let sessions = sessions.map(|(id, extent)| (name::<Session>(id), extent));
        own.into_iter().chain(agents).chain(sessions)
    }
}

fn name<D: Decider>(id: D::Id) -> StreamName {
    StreamName::of(D::CATEGORY, id)
}
