//! How winners become actions.

use super::about::About;
use super::advance::Advance;
use super::words::shorten;
use super::{SessionEvent, SessionResolved, Winner};
use crate::catalogue::parameter::Values;
use crate::catalogue::task::Task;
use crate::catalogue::version::Version;
use crate::kernel::ids::{ActionId, DeploymentId};
use crate::kernel::limits::{MAX_ACTIONS_PER_SESSION, MAX_BECAUSE_CHARS, MAX_PLAN_BYTES};
use crate::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use crate::rules::resolution::desired_phrase;
use serde::{Deserialize, Serialize};

/// What an action is to bring about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Goal {
    pub desired: DesiredState,
    /// What "latest" meant at this moment, or the exact version; nothing where no version is wanted or there is none.
    pub version: Option<Version>,
    /// What a task's scripts are told: the deployment's values, and the defaults that the task had at this moment. What the deployment
    /// holds, as it is, where that does not fit: then nothing is run.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub parameters: Values,
}

impl Goal {
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
}

/// A winner, made into something to do.
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
}

impl About {
    fn is_about(self, winner: &Winner) -> bool {
        match self {
            Self::Everything => true,
            Self::Item { item } => winner.item == item,
            Self::Deployment { deployment, .. } => winner.deployment == deployment,
        }
    }
}

impl Advance<'_> {
    /// The actions of these winners; those beyond what one session takes are counted.
    pub(super) fn plan(&self, winners: &[Winner]) -> SessionEvent {
        let request = self.session.request;
        let wanted = winners
            .iter()
            .filter(|winner| request.is_none_or(|request| request.about.is_about(winner)));
        let mut bytes = 0;
        let mut actions: Vec<PlannedAction> = Vec::new();
        let mut left_out: u32 = 0;
        for (index, winner) in wanted.enumerate() {
            if index >= MAX_ACTIONS_PER_SESSION || bytes >= MAX_PLAN_BYTES {
                left_out = left_out.saturating_add(1);
                continue;
            }
            if let Some(action) = self.plan_one(winner) {
                bytes += serde_json::to_vec(&action).map_or(0, |json| json.len());
                actions.push(action);
            }
        }
        SessionResolved { actions, left_out }.into()
    }

    fn plan_one(&self, winner: &Winner) -> Option<PlannedAction> {
        let catalogue = &self.surroundings.catalogue;
        let (name, software, task) = match winner.item {
            MaintenanceItem::Software(id) => {
                let software = catalogue.software(id)?;
                (&software.definition.as_ref()?.name, Some(software), None)
            }
            MaintenanceItem::Task(id) => {
                let task = catalogue.task(id)?;
                (task.name.as_ref()?, None, Some(task))
            }
            MaintenanceItem::CloudTask(_) => return None,
        };
        let item_name = name.to_string();
        let version = software.and_then(|software| match &winner.desired {
            DesiredState::InstalledLatest | DesiredState::UpdateIfFound => software.latest(),
            DesiredState::InstalledExactly(version) => software
                .versions
                .get_key_value(version)
                .map(|(version, _)| version),
            _ => None,
        });
        let goal = Goal {
            desired: winner.desired.clone(),
            version: version.cloned(),
            parameters: task.map_or_else(Values::default, |task| told(task, winner)),
        };
        let because = format!(
            "{item_name} should be {} because of the deployment for {}",
            goal.phrase(),
            shorten(&winner.target_phrase, MAX_BECAUSE_CHARS)
        );
        Some(PlannedAction {
            action: ActionId::derived_from(
                self.surroundings.session.0,
                &format!("action/{}", winner.deployment),
            ),
            parent: None,
            item: winner.item,
            item_name,
            goal,
            cause: Cause::Deployment {
                deployment: winner.deployment,
                scope: winner.scope,
            },
            because,
        })
    }
}

/// What a task is told because of a winner. Nothing where it is left alone: nothing is run.
fn told(task: &Task, winner: &Winner) -> Values {
    if winner.desired.mode().is_none() {
        return Values::default();
    }
    let filled = task.parameters.check(&winner.parameters);
    filled.unwrap_or_else(|_| winner.parameters.clone())
}
