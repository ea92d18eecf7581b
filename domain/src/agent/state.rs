use crate::computer::{HardwareIdentity, Inventory};
use crate::ids::{AgentId, ComputerId, ServerId, TenantId};
use crate::name::Name;
use crate::script::Sha256Digest;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// An Ed25519 public key (RFC 8032); in text, 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// An agent's id follows from its key, so that enrolling twice with one key is one agent, and a copied disk
    /// image shows itself as one agent with two connections.
    pub fn agent_id(&self) -> AgentId {
        let digest = Sha256Digest::of(&self.0);
        let mut namespace = [0; 16];
        namespace.copy_from_slice(&digest.0[..16]);
        AgentId::derived_from(Uuid::from_bytes(namespace), "agent")
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut bytes)
            .map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// Whether an agent may work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    #[default]
    Trusted,
    /// Its key was shown by two at once; waits for a person.
    Held,
    Revoked,
}

/// What is known of an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Nothing until it enrolled.
    pub enrolment: Option<EnrolledAs>,
    pub computer: Option<ComputerId>,
    /// The connection that it has now.
    pub connection: Option<Uuid>,
    /// The server at the other end of it, as far as it is known.
    pub server: Option<ServerId>,
    pub standing: Standing,
    /// The version that it last connected with.
    pub agent_version: String,
}

/// What an agent said of itself when it enrolled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnrolledAs {
    pub tenant: TenantId,
    pub public_key: PublicKey,
    pub name: Name,
    pub hardware: HardwareIdentity,
    pub inventory: Inventory,
}

impl Agent {
    pub fn is_connected(&self) -> bool {
        self.connection.is_some()
    }

    /// Whether commands may be sent to it now.
    pub fn can_work(&self) -> bool {
        self.is_connected() && self.standing == Standing::Trusted
    }
}
