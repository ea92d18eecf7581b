use super::condition::Conditions;
use super::range::VersionRange;
use super::state::{Consequence, Prerequisite};
use crate::kernel::ids::PrerequisiteId;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to the prerequisites.
    PrerequisiteEvent {
        Added(PrerequisiteAdded),
        Changed(PrerequisiteChanged),
        Removed(PrerequisiteRemoved),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrerequisiteAdded {
    pub prerequisite: PrerequisiteId,
    #[serde(flatten)]
    pub says: Prerequisite,
}

/// It says this from now on. Of which software it is does not change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrerequisiteChanged {
    pub prerequisite: PrerequisiteId,
    pub versions: VersionRange,
    pub when: Conditions,
    pub then: Consequence,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrerequisiteRemoved {
    pub prerequisite: PrerequisiteId,
}
