//! Which agents lead to which computer, which lead nowhere yet, which have to follow their computer, and which are connected to
//! which server.

use crate::registries::Registries;
use crate::registry::Entry;
use crate::view::View;
use chrono::{DateTime, Utc};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use std::iter::successors;
use std::sync::Arc;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::agent::{Agent, AgentEvent};
use upkeep_domain::fleet::computer::ComputerEvent;
use upkeep_domain::kernel::ids::{AgentId, ComputerId, ServerId, TenantId};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pathways {
    by_computer: OrdMap<ComputerId, OrdSet<AgentId>>,
    /// Agents that are enrolled and not yet identified as a computer.
    unidentified: OrdSet<AgentId>,
    /// Agents whose computer is of another tenant than they are.
    astray: OrdSet<AgentId>,
    /// Agents that are connected, by server.
    connected: OrdSet<(ServerId, AgentId)>,
    /// When each agent enrolled, came or went last.
    seen: OrdMap<AgentId, DateTime<Utc>>,
}

impl Pathways {
    /// Takes in what happens to what was there before.
    pub fn apply(
        &mut self,
        before: &Registries,
        event: &DomainEvent,
        id: &str,
        time: DateTime<Utc>,
    ) -> Result<(), uuid::Error> {
        match event {
            DomainEvent::Agent(event) => {
                let agent = id.parse()?;
                self.place_agent(before, agent, event);
                if let AgentEvent::Enrolled(_)
                | AgentEvent::Connected(_)
                | AgentEvent::Disconnected(_) = event
                {
                    self.seen.insert(agent, time);
                }
            }
            DomainEvent::Computer(ComputerEvent::Moved(moved)) => {
                self.move_computer(before, id.parse()?, moved.tenant);
            }
            DomainEvent::Computer(ComputerEvent::Registered(registered)) => {
                self.move_computer(before, id.parse()?, registered.tenant);
            }
            _ => {}
        }
        Ok(())
    }

    fn place_agent(&mut self, before: &Registries, agent: AgentId, event: &AgentEvent) {
        match event {
            AgentEvent::Enrolled(_) => {
                self.unidentified.insert(agent);
            }
            AgentEvent::Identified(identified) => {
                self.unidentified.remove(&agent);
                let former = before.computer_of(agent);
                if let Some(agents) = former.and_then(|known| self.by_computer.get_mut(&known)) {
                    agents.remove(&agent);
                }
                self.by_computer
                    .entry(identified.computer)
                    .or_default()
                    .insert(agent);
                let of = before.tenant_of(identified.computer);
                self.note_place_of(agent, before.tenant_of_agent(agent), of);
            }
            AgentEvent::Connected(connected) => {
                self.disconnect(before, agent);
                self.connected.insert((connected.server, agent));
            }
            AgentEvent::Disconnected(_) => self.disconnect(before, agent),
            AgentEvent::Moved(moved) => {
                if let Some(computer) = before.computer_of(agent) {
                    self.note_place_of(agent, Some(moved.tenant), before.tenant_of(computer));
                }
            }
            _ => {}
        }
    }

    fn disconnect(&mut self, before: &Registries, agent: AgentId) {
        let known = before.agents.get(agent);
        if let Some(server) = known.and_then(|entry| entry.state.server) {
            self.connected.remove(&(server, agent));
        }
    }

    fn move_computer(&mut self, before: &Registries, computer: ComputerId, to: TenantId) {
        let agents = self.by_computer.get(&computer).cloned();
        for agent in agents.into_iter().flatten() {
            self.note_place_of(agent, before.tenant_of_agent(agent), Some(to));
        }
    }

    /// Whether an agent has to follow its computer.
    fn note_place_of(&mut self, agent: AgentId, own: Option<TenantId>, of: Option<TenantId>) {
        if own == of {
            self.astray.remove(&agent);
        } else {
            self.astray.insert(agent);
        }
    }
}

impl View {
    /// Agents whose computer went to another tenant, with that tenant.
    pub fn agents_astray(&self) -> impl Iterator<Item = (AgentId, TenantId)> {
        self.pathways.astray.iter().filter_map(|agent| {
            let computer = self.agents.get(*agent)?.state.computer?;
            Some((*agent, self.tenant_of(computer)?))
        })
    }

    /// Agents that wait to be identified.
    pub fn unidentified_agents(&self) -> impl Iterator<Item = AgentId> {
        self.pathways.unidentified.iter().copied()
    }

    /// Agents that are connected to a server, with their connections.
    pub fn agents_on(&self, server: ServerId) -> impl Iterator<Item = (AgentId, Uuid)> {
        let (first, last) = (AgentId(Uuid::nil()), AgentId(Uuid::max()));
        let connected = self
            .pathways
            .connected
            .range((server, first)..=(server, last));
        connected.filter_map(|(_, agent)| {
            let connection = self.agents.get(*agent)?.state.connection?;
            Some((*agent, connection))
        })
    }

    /// The servers that agents are connected to.
    pub fn servers_with_agents(&self) -> impl Iterator<Item = ServerId> {
        let connected = &self.pathways.connected;
        let first = connected.get_min().map(|(server, _)| *server);
        successors(first, |server| {
            let next = connected.get_next(&(*server, AgentId(Uuid::max())));
            next.map(|(next, _)| *next).filter(|next| next > server)
        })
    }

    /// All pathways to a computer.
    pub fn agents_of(
        &self,
        computer: ComputerId,
    ) -> impl Iterator<Item = (AgentId, &Arc<Entry<Agent>>)> {
        self.pathways
            .by_computer
            .get(&computer)
            .into_iter()
            .flatten()
            .filter_map(|id| Some((*id, self.agents.get(*id)?)))
    }

    /// When an agent was connected last: now while it is.
    pub fn agent_seen_at(&self, agent: AgentId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let entry = self.agents.get(agent)?;
        if entry.state.connection.is_some() {
            return Some(now);
        }
        self.agent_last_seen(agent)
    }

    /// When an agent enrolled, came or went last.
    pub(crate) fn agent_last_seen(&self, agent: AgentId) -> Option<DateTime<Utc>> {
        self.pathways.seen.get(&agent).copied()
    }

    /// When one of a computer's agents was connected last: now while one is; nothing where none leads to it.
    pub fn computer_seen_at(
        &self,
        computer: ComputerId,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let agents = self.agents_of(computer);
        agents
            .filter_map(|(id, _)| self.agent_seen_at(id, now))
            .max()
    }

    /// When something last happened to a pathway of a computer; nothing where it has none.
    pub fn agents_changed_at(&self, computer: ComputerId) -> Option<DateTime<Utc>> {
        let agents = self.agents_of(computer);
        agents.map(|(_, entry)| entry.changed.time).max()
    }

    /// A pathway that works now; none leads to a computer that was removed.
    pub fn working_agent(&self, computer: ComputerId) -> Option<AgentId> {
        if self.is_removed(computer) {
            return None;
        }
        self.agents_of(computer)
            .find(|(_, entry)| entry.state.can_work())
            .map(|(id, _)| id)
    }
}
