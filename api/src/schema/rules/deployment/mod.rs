//! A deployment: a rule that assigns a maintenance item to a target.

mod change;
mod desired;
mod node;
mod outcome;
mod query;
mod target;
mod target_input;

pub use change::{
    Approve, ChangeDeploymentInput, CreateDeploymentInput, Delete, DeploymentInput,
    DeploymentMutation, Disable, Dismiss, Enable,
};
pub use desired::DesiredStateNode;
pub use node::DeploymentNode;
pub use query::DeploymentQuery;
