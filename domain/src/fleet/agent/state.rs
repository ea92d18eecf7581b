use super::event::{HoldReason, ReleasedAs};
use crate::fleet::computer::{HardwareIdentity, IdentitySource, Inventory};
use crate::kernel::digest::Sha256Digest;
use crate::kernel::ids::{AgentId, ComputerId, ServerId, TenantId, derive};
use crate::kernel::name::Name;
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

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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
    /// Who it is is in doubt; it waits for a person.
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
    /// Why it is held, as long as it is.
    pub hold: Option<HoldReason>,
    /// What it was held for last, and a person found to be in order.
    pub settled: Option<HoldReason>,
    /// What a person decided that it is, where it claimed a known computer's hardware.
    pub released_as: Option<ReleasedAs>,
    /// What its key is known to be on; nothing after a person let it go on from another place, until it shows itself.
    pub hardware: Option<HardwareIdentity>,
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

/// What becomes of an agent that is not identified yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identification {
    /// It leads to this computer.
    Leads { to: ComputerId, alone: Alone },
    /// Nobody knows who it is.
    Hold(HoldReason),
}

/// Whether an agent is the only one of its computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// Those before it never come back.
    Yes,
    /// There may be others.
    No,
}

impl Agent {
    pub fn is_connected(&self) -> bool {
        self.connection.is_some()
    }

    /// Whether commands may be sent to it now.
    pub fn can_work(&self) -> bool {
        self.is_connected() && self.standing == Standing::Trusted
    }

    /// Whether this is the hardware that its key is known for.
    pub fn is_at_home_on(&self, hardware: &HardwareIdentity) -> bool {
        self.hardware.is_some_and(|known| known.is_same(hardware))
    }

    /// The hardware that it claims. If a person found that its firmware shows another computer's UUID, a made-up one.
    pub fn claims(&self, own: AgentId) -> Option<HardwareIdentity> {
        let enrolment = self.enrolment.as_ref()?;
        Some(match self.released_as {
            Some(ReleasedAs::OtherComputer) => HardwareIdentity {
                uuid: derive(own.0, "hardware"),
                source: IdentitySource::AgentGenerated,
            },
            _ => enrolment.hardware,
        })
    }

    /// The computer that it makes if nobody else has claimed its hardware.
    pub fn newcomer(own: AgentId) -> ComputerId {
        ComputerId::derived_from(own.0, "computer")
    }

    /// What becomes of it, when its hardware is claimed by `holder`. A token and a UUID prove nothing, both can be read and
    /// repeated: who is not the first on a piece of hardware is let in by a person or not at all.
    pub fn identify(&self, own: AgentId, holder: ComputerId) -> Identification {
        let leads = |alone| Identification::Leads { to: holder, alone };
        match self.released_as {
            _ if holder == Self::newcomer(own) => leads(Alone::No),
            Some(ReleasedAs::AnotherPathway) => leads(Alone::No),
            Some(ReleasedAs::Replacement) => leads(Alone::Yes),
            Some(ReleasedAs::OtherComputer) | None => {
                Identification::Hold(HoldReason::ClaimedHardware { computer: holder })
            }
        }
    }

    /// Whether this one, live and the computer's so far, contradicts a newcomer that claims the computer.
    pub fn is_contradicted_by(&self, newcomer: &Self, known: Option<&Inventory>) -> bool {
        let told = newcomer.enrolment.as_ref().map(|told| &told.inventory);
        self.can_work()
            && known
                .zip(told)
                .is_some_and(|(known, told)| known.contradicts(told))
    }
}
