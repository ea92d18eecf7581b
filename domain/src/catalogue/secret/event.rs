use super::Sealed;
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to a secret.
    SecretEvent {
        Created(SecretCreated),
        Renamed(SecretRenamed),
        Replaced(SecretReplaced),
        Removed(SecretRemoved),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretCreated {
    /// Nothing: it is the installation's.
    pub tenant: Option<TenantId>,
    pub name: Name,
    pub sealed: Sealed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretRenamed {
    pub name: Name,
}

/// From now on it is another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretReplaced {
    pub sealed: Sealed,
}

/// Nothing is told it any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecretRemoved {}
