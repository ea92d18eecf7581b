use super::state::PublicKey;
use crate::fleet::computer::{HardwareIdentity, Inventory};
use crate::kernel::ids::{AgentId, ComputerId, EnrolmentTokenId, ServerId, TenantId};
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::domain_events! {
    /// What happened to an agent.
    AgentEvent {
        Enrolled(AgentEnrolled),
        Identified(AgentIdentified),
        Connected(AgentConnected),
        Disconnected(AgentDisconnected),
        Held(AgentHeld),
        Released(AgentReleased),
        Revoked(AgentRevoked),
        HardwareKnown(AgentHardwareKnown),
        Moved(AgentMoved),
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
    /// Which server it is connected to.
    pub server: ServerId,
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

/// Why an agent is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "reason",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum HoldReason {
    /// Two live connections showed its key: a copied disk image.
    CopiedKey,
    /// It claims the hardware of a computer that another key leads to.
    ClaimedHardware { computer: ComputerId },
    /// Another agent claims this one's hardware, both live, and what they tell of it contradicts.
    Rival { agent: AgentId },
    /// It tells of other hardware than the one that its key is known for: a copied state folder, or a new main board.
    OtherHardware { hardware: HardwareIdentity },
}

/// Somebody may be who they say they are not. Nothing runs until a person decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentHeld {
    pub because: HoldReason,
}

/// What a person decided that an agent is which claims the hardware of a known computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReleasedAs {
    /// One more agent on the same computer.
    AnotherPathway,
    /// The same computer, and its earlier agents never come back.
    Replacement,
    /// Another computer, whose firmware shows the same UUID.
    OtherComputer,
}

/// A person found out which one is the real one, and the agent may work again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentReleased {
    /// Only where it claims a known computer's hardware.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_as: Option<ReleasedAs>,
}

/// The key opens nothing any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentRevoked {}

/// The first hardware that it told of after a person let it go on: its key is known for that one from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentHardwareKnown {
    pub hardware: HardwareIdentity,
}

/// It follows its computer to this tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentMoved {
    pub tenant: TenantId,
}
