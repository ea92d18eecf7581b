//! What a computer can get: "latest", where its software leaves that to each computer (reference immybot.md, section 4.4).

use super::action::Action;
use super::advance::Advance;
use super::finding::Finding;
use super::stages::fail;
use super::{LatestFound, SessionEvent};
use crate::catalogue::software::{Package, ScriptRole};
use crate::catalogue::version::Version;
use crate::maintenance::session::runs::RunPurpose;
use crate::rules::deployment::DesiredState;
use serde::{Deserialize, Serialize};

/// The newest version that a computer can get, as it said itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Availability {
    Version {
        version: Version,
        /// What its scripts work on, if they need a file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        package: Option<Package>,
    },
    /// None at all.
    Nothing,
}

impl Availability {
    pub fn version(&self) -> Option<&Version> {
        match self {
            Self::Version { version, .. } => Some(version),
            Self::Nothing => None,
        }
    }

    /// What came with this version, if it is the one that was said.
    pub(super) fn package_of(&self, wanted: &Version) -> Option<&Package> {
        match self {
            Self::Version { version, package } if version == wanted => package.as_ref(),
            Self::Version { .. } | Self::Nothing => None,
        }
    }
}

impl Advance<'_> {
    /// Has the computer say what "latest" means, once, where that is its software's way and matters; nothing where it is known or
    /// does not matter.
    pub(super) fn ask_what_is_available(
        &self,
        action: &Action,
        finding: &Finding,
    ) -> Option<Vec<SessionEvent>> {
        let matters = match action.plan.goal.desired {
            DesiredState::InstalledLatest => true,
            DesiredState::UpdateIfFound => *finding != Finding::Absent,
            _ => false,
        };
        if !matters || action.available.is_some() {
            return None;
        }
        let Some(run) = self.session.run_for(action, RunPurpose::Available) else {
            // A question that was asked counts, whatever becomes of its script.
            let script = self.software(action)?.scripts.get(ScriptRole::Available)?;
            let purpose = RunPurpose::Available;
            return Some(self.request_script(action, purpose, script, None, None));
        };
        let Some(report) = &run.report else {
            return Some(vec![]);
        };
        Some(vec![match report.availability() {
            Ok(available) => {
                let action = action.plan.action;
                LatestFound { action, available }.into()
            }
            Err((reason, message)) => fail(action, reason, message),
        }])
    }
}
