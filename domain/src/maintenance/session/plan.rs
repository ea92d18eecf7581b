//! What a session has planned to do, and why.

use super::SessionEvent;
use super::Winner;
use super::about::About;
use super::advance::Advance;
use super::need::Need;
use super::planner::Planning;
use crate::catalogue::parameter::Values;
use crate::catalogue::software::Software;
use crate::catalogue::task::Task;
use crate::catalogue::version::Version;
use crate::kernel::ids::{ActionId, DeploymentId, PrerequisiteId, SoftwareId};
use crate::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use crate::rules::resolution::desired_phrase;
use serde::{Deserialize, Serialize};

/// What an action is to bring about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Goal {
    pub desired: DesiredState,
    /// What "latest" meant at this moment, or the exact version; nothing where no version is wanted or there is none, and until the
    /// computer has said it (`LatestFound`).
    pub version: Option<Version>,
    /// What a task's scripts are told: the deployment's values, and the defaults that the task had at this moment. What the deployment
    /// holds, as it is, where that does not fit: then nothing is run.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub parameters: Values,
}

impl Goal {
    /// A desired state with the version that it means now.
    pub(super) fn of(desired: DesiredState, software: &Software) -> Self {
        let version = match &desired {
            DesiredState::InstalledLatest | DesiredState::UpdateIfFound => software.latest(),
            DesiredState::InstalledExactly(version) => {
                Some(version).filter(|version| software.offers(version))
            }
            DesiredState::InstalledAtLeast(least) => {
                software.latest().filter(|latest| *latest >= least)
            }
            _ => None,
        };
        let version = version.cloned();
        Self {
            desired,
            version,
            parameters: Values::default(),
        }
    }

    /// In words, as in "it should be ...".
    pub fn phrase(&self) -> String {
        desired_phrase(&self.desired, self.version.as_ref())
    }
}

/// Why there is an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Cause {
    /// A deployment won the item.
    Deployment {
        deployment: DeploymentId,
        /// How wide it reached when it won: who may see the sentence that names it.
        scope: Scope,
    },
    /// Another action of the session needs it first. Others may need it too: their needs name it.
    Prerequisite {
        prerequisite: PrerequisiteId,
        /// The software that needs it.
        of: SoftwareId,
    },
}

impl Cause {
    pub(super) fn of(winner: &Winner) -> Self {
        Self::Deployment {
            deployment: winner.deployment,
            scope: winner.scope,
        }
    }
}

/// Something to do: a winner, or what one needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedAction {
    pub action: ActionId,
    /// The action that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ActionId>,
    pub item: MaintenanceItem,
    pub item_name: String,
    pub goal: Goal,
    pub cause: Cause,
    /// What, and because of what, in one sentence.
    pub because: String,
    /// What has to be so before it, in the order in which it is brought about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
}

impl About {
    pub(super) fn is_about(self, winner: &Winner) -> bool {
        match self {
            Self::Everything => true,
            Self::Item { item } => winner.item == item,
            Self::Deployment { deployment, .. } => winner.deployment == deployment,
            Self::Draft => false,
        }
    }
}

impl Advance<'_> {
    /// The actions of these winners, and of what they need.
    pub(super) fn plan(&self, winners: &[Winner]) -> SessionEvent {
        let request = self.session.request;
        let planning = Planning {
            session: self.surroundings.session,
            about: request.map_or(About::Everything, |request| request.about),
            winners,
            catalogue: &*self.surroundings.catalogue,
            prerequisites: &self.surroundings.prerequisites,
        };
        planning.plan().into()
    }
}

/// What a task is told because of a winner. Nothing where it is left alone: nothing is run.
pub(super) fn told(task: &Task, winner: &Winner) -> Values {
    if winner.desired.mode().is_none() {
        return Values::default();
    }
    let filled = task.parameters.check(&winner.parameters);
    filled.unwrap_or_else(|_| winner.parameters.clone())
}
