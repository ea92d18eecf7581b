use super::state::{HardwareIdentity, Inventory};
use crate::ids::{SessionId, TenantId};
use crate::name::Name;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to a computer.
    ComputerEvent {
        Registered(ComputerRegistered) v 1,
        InventoryReported(InventoryReported) v 1,
        Onboarded(ComputerOnboarded) v 1,
        SessionAdmitted(SessionAdmitted) v 1,
    }
}

/// A computer was seen for the first time; it needs onboarding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComputerRegistered {
    pub tenant: TenantId,
    pub name: Name,
    pub hardware: HardwareIdentity,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InventoryReported {
    pub inventory: Inventory,
}

/// The computer left "New Computers": by its first maintenance session, or by a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComputerOnboarded {}

/// From now on this is the computer's one running session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAdmitted {
    pub session: SessionId,
}
