//! A deployment: a rule that assigns a maintenance item to a target.

mod change;
mod counted;
mod desired;
mod filter;
mod force;
mod membership;
mod node;
mod outcome;
mod query;
mod revision;
mod scope;
mod target;
mod target_input;

pub use change::{
    ApproveRecommendationInput, ChangeDeploymentInput, CreateDeploymentInput,
    DeleteDeploymentInput, DeploymentMutation, DisableDeploymentInput, DismissRecommendationInput,
    EnableDeploymentInput,
};
pub use desired::DesiredStateNode;
pub use node::DeploymentNode;
pub use query::DeploymentQuery;
