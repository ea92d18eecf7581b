//! A deployment: a rule that assigns a maintenance item to a target (design.md, sections 1 and 6).
//! Saving one never touches a computer; it acts when a maintenance session resolves it.

mod command;
mod decide;
mod event;
mod state;

pub use command::{DeploymentCommand, DeploymentRejection};
pub use event::{
    DeploymentCreated, DeploymentDeleted, DeploymentDisabled, DeploymentEnabled, DeploymentEvent,
    DeploymentRetargeted, DesiredStateChanged,
};
pub use state::{
    Deployment, DesiredState, Lifecycle, MaintenanceItem, Rule, Scope, Target, TargetFilter,
};
