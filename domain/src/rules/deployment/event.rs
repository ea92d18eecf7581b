use super::state::{DesiredState, Enforcement, MaintenanceItem, Origin, Target};
use crate::catalogue::parameter::Values;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to a deployment.
    DeploymentEvent {
        Created(DeploymentCreated),
        Retargeted(DeploymentRetargeted),
        DesiredStateChanged(DesiredStateChanged),
        Disabled(DeploymentDisabled),
        Enabled(DeploymentEnabled),
        Deleted(DeploymentDeleted),
        EnforcementChanged(EnforcementChanged),
        RecommendationApproved(RecommendationApproved),
        RecommendationDismissed(RecommendationDismissed),
        ParametersChanged(DeploymentParametersChanged),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentCreated {
    pub item: MaintenanceItem,
    pub target: Target,
    pub desired: DesiredState,
    pub enforcement: Enforcement,
    pub origin: Origin,
    /// For the task's parameters, as they were given.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub parameters: Values,
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnforcementChanged {
    pub enforcement: Enforcement,
}

/// The recommended deployment is in force here from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecommendationApproved {}

/// The recommended deployment is not wanted here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecommendationDismissed {}

/// It tells its task something else, all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentParametersChanged {
    pub parameters: Values,
}
