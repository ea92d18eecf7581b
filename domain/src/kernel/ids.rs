//! Identities: one newtype per kind of thing, all UUIDs of version 7 (RFC 9562), so that they sort by time.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// An id made from another id and a name, always the same for the same input.
///
/// It keeps the first 48 bits (the time, in a version 7 UUID) of `namespace` and takes the rest from a SHA-256,
/// so that a retried command finds what its first try made.
pub fn derive(namespace: Uuid, name: &str) -> Uuid {
    let digest = Sha256::new()
        .chain_update(namespace.as_bytes())
        .chain_update(name.as_bytes())
        .finalize();
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[..6].copy_from_slice(&namespace.as_bytes()[..6]);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Uuid::from_bytes(bytes)
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id that this command, event or other thing always leads to under this name.
            pub fn derived_from(namespace: Uuid, name: &str) -> Self {
                Self(derive(namespace, name))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A customer of the MSP, or the MSP itself.
    TenantId
    /// A software of the catalogue.
    SoftwareId
    /// What a software needs before it is brought onto a computer.
    PrerequisiteId
    /// A deployment: a rule.
    DeploymentId
    /// A managed computer.
    ComputerId
    /// An agent: one pathway to a computer.
    AgentId
    /// A person who works for a tenant.
    PersonId
    /// A group of a directory or of an RMM.
    GroupId
    /// An agreement of a PSA.
    AgreementId
    /// A cloud task: a task for a tenant, not for a computer.
    CloudTaskId
    /// A task: something on a computer that is tested, set or read by scripts.
    TaskId
    /// A secret: what scripts are told that nobody may read.
    SecretId
    /// A maintenance session.
    SessionId
    /// An action inside a session.
    ActionId
    /// One run of one script. It is started at most once.
    RunId
    /// A token with which agents enrol.
    EnrolmentTokenId
    /// A token with which people and integrations use the API.
    ApiTokenId
    /// A server of an installation: its data directory.
    ServerId
    /// A command, as its sender names it; a retry carries the same id.
    CommandId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_are_version_7_keep_the_time_and_differ_by_name() {
        let namespace = Uuid::parse_str("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
        let one = derive(namespace, "tenant");
        assert_eq!(one.get_version_num(), 7);
        assert_eq!(one.as_bytes()[..6], namespace.as_bytes()[..6]);
        assert_eq!(one, derive(namespace, "tenant"));
        assert_ne!(one, derive(namespace, "software"));
    }
}
