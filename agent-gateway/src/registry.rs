//! Who is connected now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc, oneshot};
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::AgentId;
use uuid::Uuid;

/// What can be said to a live connection from outside of it.
pub enum Order {
    /// Another connection shows the same key: is your agent still there? The answer says so.
    Probe(oneshot::Sender<()>),
    /// Make room for the other connection.
    Yield,
}

/// A live connection.
#[derive(Clone)]
pub struct Handle {
    /// Tells one connection of an agent from another.
    pub connection: Uuid,
    /// Something about the agent changed.
    pub wake: Arc<Notify>,
    pub orders: mpsc::Sender<Order>,
    /// Of the secret that opens package downloads.
    pub ticket: Sha256Digest,
}

/// All live connections.
#[derive(Default)]
pub struct Registry {
    connections: Mutex<BTreeMap<AgentId, Handle>>,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<AgentId, Handle>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Every agent that is connected here, and by which connection.
    pub fn connections(&self) -> Vec<(AgentId, Uuid)> {
        self.lock()
            .iter()
            .map(|(agent, handle)| (*agent, handle.connection))
            .collect()
    }

    pub fn wake(&self, agent: AgentId) {
        if let Some(handle) = self.lock().get(&agent) {
            handle.wake.notify_one();
        }
    }

    /// Registers a connection unless the agent has another one.
    pub fn insert(&self, agent: AgentId, handle: &Handle) -> Result<(), Handle> {
        let mut connections = self.lock();
        if let Some(other) = connections.get(&agent) {
            return Err(other.clone());
        }
        connections.insert(agent, handle.clone());
        Ok(())
    }

    /// Removes a connection, if it is still the agent's.
    pub fn remove(&self, agent: AgentId, connection: Uuid) {
        let mut connections = self.lock();
        if connections
            .get(&agent)
            .is_some_and(|handle| handle.connection == connection)
        {
            connections.remove(&agent);
        }
    }

    /// The agent that holds this download ticket.
    pub fn holder_of(&self, ticket: &Sha256Digest) -> Option<AgentId> {
        self.lock()
            .iter()
            .find(|(_, handle)| handle.ticket == *ticket)
            .map(|(agent, _)| *agent)
    }
}
