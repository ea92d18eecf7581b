use super::state::{DesiredState, MaintenanceItem, Target};
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to a deployment.
    DeploymentEvent {
        Created(DeploymentCreated) v 1,
        Retargeted(DeploymentRetargeted) v 1,
        DesiredStateChanged(DesiredStateChanged) v 1,
        Disabled(DeploymentDisabled) v 1,
        Enabled(DeploymentEnabled) v 1,
        Deleted(DeploymentDeleted) v 1,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentCreated {
    pub item: MaintenanceItem,
    pub target: Target,
    pub desired: DesiredState,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentRetargeted {
    pub target: Target,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DesiredStateChanged {
    pub desired: DesiredState,
}

/// It keeps its history and applies nowhere. Why, if a person said so, is in the metadata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeploymentDisabled {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeploymentEnabled {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeploymentDeleted {}
