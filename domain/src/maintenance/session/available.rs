//! What a computer can get: "latest", where its software leaves that to each computer (reference immybot.md, section 4.4).

use super::action::Action;
use super::advance::Advance;
use super::finding::Finding;
use super::stages::fail;
use super::{LatestFound, SessionEvent};
use crate::catalogue::software::{Package, ScriptRole, Software};
use crate::catalogue::version::Version;
use crate::maintenance::session::purpose::RunPurpose;
use crate::maintenance::session::runs::Supplies;
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
    fn package_of(&self, wanted: &Version) -> Option<&Package> {
        match self {
            Self::Version { version, package } if version == wanted => package.as_ref(),
            Self::Version { .. } | Self::Nothing => None,
        }
    }
}

impl Action {
    /// "Latest" is what the computer said, once it has.
    pub(super) fn take_what_is_available(&mut self) {
        let Some(available) = &self.available else {
            return;
        };
        let version = available.version();
        let goal = &mut self.plan.goal;
        goal.version = match &goal.desired {
            DesiredState::InstalledLatest | DesiredState::UpdateIfFound => version.cloned(),
            DesiredState::InstalledAtLeast(least) => {
                version.filter(|version| *version >= least).cloned()
            }
            _ => return,
        };
    }

    /// What the scripts of a version work on. What the computer said that it can get counts for this session, whatever is published
    /// meanwhile.
    pub(super) fn package_of<'a>(
        &'a self,
        software: &'a Software,
        version: &Version,
    ) -> Option<&'a Package> {
        let said = self.available.as_ref();
        let said = said.and_then(|available| available.package_of(version));
        let published = || software.versions.get(version)?.package.as_ref();
        said.or_else(published)
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
        let matters = match &action.plan.goal.desired {
            DesiredState::InstalledLatest => true,
            DesiredState::InstalledAtLeast(least) => {
                finding.version().is_none_or(|there| there < least)
            }
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
            return Some(self.request_script(action, purpose, script, Supplies::default()));
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
