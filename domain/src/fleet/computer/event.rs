use super::state::{HardwareIdentity, Inventory, InventoryDetail};
use crate::fleet::tag::Tag;
use crate::kernel::ids::{DeploymentId, PersonId, SessionId, TenantId};
use crate::kernel::name::Name;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

crate::domain_events! {
    /// What happened to a computer.
    ComputerEvent {
        Registered(ComputerRegistered),
        InventoryReported(InventoryReported),
        Onboarded(ComputerOnboarded),
        SessionAdmitted(SessionAdmitted),
        DetailReported(InventoryDetailReported),
        Tagged(ComputerTagged),
        Untagged(ComputerUntagged),
        PrimaryPersonSet(PrimaryPersonSet),
        ExcludedFromMaintenance(ComputerExcludedFromMaintenance),
        IncludedInMaintenance(ComputerIncludedInMaintenance),
        MetascriptAnswered(MetascriptAnswered),
        OptionalApproved(OptionalDeploymentApproved),
        ApprovalWithdrawn(OptionalApprovalWithdrawn),
        Removed(ComputerRemoved),
        Restored(ComputerRestored),
        Moved(ComputerMoved),
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

/// What an integration knows of the computer besides the agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InventoryDetailReported {
    pub detail: InventoryDetail,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComputerTagged {
    pub tags: BTreeSet<Tag>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComputerUntagged {
    pub tags: BTreeSet<Tag>,
}

/// Whose computer it is from now on; nobody's if nothing is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrimaryPersonSet {
    pub person: Option<PersonId>,
}

/// No deployment applies to the computer any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComputerExcludedFromMaintenance {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComputerIncludedInMaintenance {}

/// What a metascript said of the computer, and when it was observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetascriptAnswered {
    pub metascript: Name,
    pub answer: bool,
    pub observed_at: DateTime<Utc>,
}

/// An optional deployment may apply to the computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OptionalDeploymentApproved {
    pub deployment: DeploymentId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OptionalApprovalWithdrawn {
    pub deployment: DeploymentId,
}

/// The computer is gone: nothing applies to it, nothing runs on it. What is known of it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComputerRemoved {}

/// The computer is there again, as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComputerRestored {}

/// The computer belongs to this tenant from now on. What is known of it goes along; what it was told before stays where it
/// was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComputerMoved {
    pub tenant: TenantId,
}
