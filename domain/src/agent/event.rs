use super::state::PublicKey;
use crate::computer::{HardwareIdentity, Inventory};
use crate::ids::{ComputerId, EnrolmentTokenId, ServerId, TenantId};
use crate::name::Name;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::domain_events! {
    /// What happened to an agent.
    AgentEvent {
        Enrolled(AgentEnrolled) v 1,
        Identified(AgentIdentified) v 1,
        Connected(AgentConnected) v 2,
        Disconnected(AgentDisconnected) v 1,
        Held(AgentHeld) v 1,
        Released(AgentReleased) v 1,
        Revoked(AgentRevoked) v 1,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentEnrolled {
    pub tenant: TenantId,
    pub token: EnrolmentTokenId,
    pub public_key: PublicKey,
    /// What the computer calls itself.
    pub name: Name,
    pub agent_version: String,
    pub hardware: HardwareIdentity,
    pub inventory: Inventory,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentIdentified {
    pub computer: ComputerId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentConnected {
    pub agent_version: String,
    /// Tells one connection from the next: a late farewell of an old one ends nothing.
    pub connection: Uuid,
    /// Which server it is connected to; nothing before version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerId>,
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DisconnectReason {
    /// The agent said goodbye or its host closed the connection.
    Closed,
    /// Nothing was heard for too long.
    Silent,
    /// It broke the protocol.
    ProtocolError,
    /// The server stopped, or died and found the agent still marked as connected when it came back; or another
    /// server found that it is gone.
    ServerRestarted,
    /// Another connection showed the same key.
    Replaced,
    /// It was revoked or is held.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentDisconnected {
    pub reason: DisconnectReason,
}

/// Two live connections showed one key: a cloned disk image. Nothing runs until a person decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentHeld {}

/// A person found out which one is the real one, and the agent may work again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentReleased {}

/// The key opens nothing any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentRevoked {}
