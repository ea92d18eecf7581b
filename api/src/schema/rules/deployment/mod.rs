//! A deployment: a rule that assigns a maintenance item to a target.

mod change;
mod desired;
mod node;
mod outcome;
mod query;
mod target;
mod target_input;

pub use change::{
    ChangeDeploymentInput, CreateDeploymentInput, DeploymentInput, DeploymentMutation, Simple,
};
pub use desired::DesiredStateNode;
pub use node::DeploymentNode;
pub use query::DeploymentQuery;
