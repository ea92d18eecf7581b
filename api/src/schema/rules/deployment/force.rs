//! When a deployment is in force, and where it comes from.

use async_graphql::Enum;
use upkeep_domain::rules::deployment::{self, Lifecycle};

/// When a deployment is acted on.
#[derive(Clone, Copy, PartialEq, Eq, Enum, Default)]
#[graphql(remote = "deployment::Enforcement")]
pub enum Enforcement {
    /// In every full session, onboarding included.
    #[default]
    Required,
    /// In onboarding sessions only.
    Onboarding,
    /// Only in a session that names it.
    AdHoc,
    /// Like REQUIRED, on the computers for which it was approved.
    Optional,
}

impl std::fmt::Debug for Enforcement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        deployment::Enforcement::from(*self).fmt(f)
    }
}

/// Where a deployment comes from.
#[derive(Clone, Copy, PartialEq, Eq, Enum, Default)]
#[graphql(remote = "deployment::Origin")]
pub enum Origin {
    /// Somebody here wrote it.
    #[default]
    Local,
    /// A catalogue recommends it: in force once it was approved here.
    Recommended,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        deployment::Origin::from(*self).fmt(f)
    }
}

/// What was decided of a recommended deployment.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "deployment::Recommendation")]
pub enum Recommendation {
    /// Nothing yet: it is not in force.
    Undecided,
    /// It is in force.
    Approved,
    /// It is not wanted: it is not in force.
    Dismissed,
}

/// Whether a deployment is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DeploymentStatus {
    /// It applies.
    Enabled,
    /// It is kept and applies nowhere.
    Disabled,
    /// It is gone, and kept only in the history.
    Deleted,
}

impl From<Lifecycle> for DeploymentStatus {
    fn from(lifecycle: Lifecycle) -> Self {
        match lifecycle {
            Lifecycle::Enabled => Self::Enabled,
            Lifecycle::Disabled => Self::Disabled,
            Lifecycle::Deleted | Lifecycle::Absent => Self::Deleted,
        }
    }
}
