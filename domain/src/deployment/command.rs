use super::state::{DesiredState, MaintenanceItem, Target};
use crate::decider::Rejection;

/// What can be asked of a deployment.
#[derive(Clone, Debug)]
pub enum DeploymentCommand {
    Create {
        item: MaintenanceItem,
        target: Target,
        desired: DesiredState,
    },
    /// Changes whatever is given, in one step.
    Change {
        target: Option<Target>,
        desired: Option<DesiredState>,
    },
    Disable,
    Enable,
    Delete,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DeploymentRejection {
    #[error("there is no such deployment: check the id")]
    NotFound,
    #[error("this deployment exists already: use another id")]
    AlreadyExists,
    #[error("this deployment was deleted: create a new one")]
    Deleted,
}

impl Rejection for DeploymentRejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::Deleted => "DEPLOYMENT_DELETED",
        }
    }
}
