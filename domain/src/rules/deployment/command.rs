use super::state::{DesiredState, Enforcement, Rule, RuleError, Target};
use crate::catalogue::parameter::Values;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;

/// What can be asked of a deployment.
#[derive(Clone, Debug)]
pub enum DeploymentCommand {
    Create(Box<Rule>),
    /// Changes whatever is given, in one step.
    Change {
        target: Option<Target>,
        desired: Option<DesiredState>,
        enforcement: Option<Enforcement>,
        /// All of them: what is not among them is not told any more.
        parameters: Option<Values>,
    },
    Disable,
    Enable,
    Delete,
    /// Puts a recommended deployment in force.
    ApproveRecommendation,
    /// Says that a recommended deployment is not wanted.
    DismissRecommendation,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DeploymentRejection {
    #[error("there is no such deployment: check the id")]
    NotFound,
    #[error("this deployment exists already: use another id")]
    AlreadyExists,
    #[error("this deployment was deleted: create a new one")]
    Deleted,
    #[error(
        "this deployment is not recommended by a catalogue: there is nothing to approve or dismiss"
    )]
    NotRecommended,
    #[error(transparent)]
    Rule(#[from] RuleError),
}

impl Rejection for DeploymentRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Deleted => Code::DeploymentDeleted,
            Self::NotRecommended => Code::NotRecommended,
            Self::Rule(_) => Code::Invalid,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Rule(RuleError::Target(_)) => Some("target"),
            Self::Rule(RuleError::State) => Some("desired"),
            Self::Rule(RuleError::Enforcement) => Some("enforcement"),
            Self::Rule(RuleError::Parameters) => Some("parameters"),
            _ => None,
        }
    }
}
