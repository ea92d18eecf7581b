//! How winners become actions.

use super::about::About;
use super::advance::Advance;
use super::words::shorten;
use super::{SessionEvent, SessionResolved, Winner};
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
    /// What "latest" meant at this moment, or the exact version; nothing where no version is wanted or there is none, and until the
    /// computer has said it (`LatestFound`).
    pub version: Option<Version>,
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
        let id = winner.item.software()?;
        let software = self.surroundings.catalogue.software(id)?;
        let item_name = software.definition.as_ref()?.name.to_string();
        let version = match &winner.desired {
            DesiredState::InstalledLatest | DesiredState::UpdateIfFound => software.latest(),
            DesiredState::InstalledExactly(version) => {
                Some(version).filter(|version| software.offers(version))
            }
            _ => None,
        };
        let goal = Goal {
            desired: winner.desired.clone(),
            version: version.cloned(),
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
