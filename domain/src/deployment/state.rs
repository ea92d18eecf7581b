use crate::{
    computer::ComputerClass,
    ids::{ComputerId, SoftwareId, TenantId},
    version::Version,
};
use serde::{Deserialize, Serialize};

/// What a deployment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "camelCase")]
pub enum MaintenanceItem {
    Software(SoftwareId),
}

/// The state that the item should have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "version", rename_all = "camelCase")]
pub enum DesiredState {
    /// Installed, in the newest published version.
    InstalledLatest,
    /// Installed, in exactly this version; a newer one is downgraded.
    InstalledExactly(Version),
    /// The newest version where some version is there; nothing is done where it is missing.
    UpdateIfFound,
    Uninstalled,
    /// Left alone, whatever is there: the way to make an exception.
    Ignored,
}

/// The first part of a target: how wide it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Scope {
    /// Computers of every tenant.
    CrossTenant,
    /// Computers of one tenant, and of those below it if it says so.
    SingleTenant {
        tenant: TenantId,
        include_children: bool,
    },
    /// One computer.
    Individual { computer: ComputerId },
}

/// The second part of a target: which kind of computers. A computer whose class is unknown fits only `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TargetFilter {
    Servers,
    PortableDevices,
    Workstations,
    WorkstationsAndPortableDevices,
    None,
}

impl TargetFilter {
    pub fn fits(self, class: ComputerClass) -> bool {
        match self {
            Self::Servers => class == ComputerClass::Server,
            Self::PortableDevices => class == ComputerClass::Portable,
            Self::Workstations => class == ComputerClass::Workstation,
            Self::WorkstationsAndPortableDevices => {
                matches!(class, ComputerClass::Workstation | ComputerClass::Portable)
            }
            Self::None => true,
        }
    }
}

/// The computers that a deployment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    pub scope: Scope,
    pub filter: TargetFilter,
}

/// Whether a deployment is in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lifecycle {
    #[default]
    Absent,
    Enabled,
    Disabled,
    Deleted,
}

/// What a deployment says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub item: MaintenanceItem,
    pub target: Target,
    pub desired: DesiredState,
}

/// What is known of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    pub lifecycle: Lifecycle,
    /// Nothing until it was created.
    pub rule: Option<Rule>,
}
