//! A deployment: a rule that assigns a maintenance item to a target.
//! Saving one never touches a computer; it acts when a maintenance session resolves it.

mod access;
mod command;
mod decide;
mod event;
mod impact;
mod room;
mod state;
mod told;

pub use command::{DeploymentCommand, DeploymentRejection};
pub use event::{
    DeploymentCreated, DeploymentDeleted, DeploymentDisabled, DeploymentEnabled, DeploymentEvent,
    DeploymentParametersChanged, DeploymentRetargeted, DesiredStateChanged, EnforcementChanged,
    RecommendationApproved, RecommendationDismissed,
};
pub use impact::{Impact, ImpactUnconfirmed, confirm_impact};
pub use room::{DeploymentCount, NoRoom};
pub use state::{
    Deployment, DesiredState, Enforcement, Lifecycle, MaintenanceItem, Membership, Origin,
    Recommendation, Rule, RuleError, Scope, TagBearer, Target, TargetError, TargetFilter, Wanted,
};
pub use told::ParametersInUse;
