//! What a script is run for.

use crate::catalogue::software::ScriptRole;
use crate::catalogue::task::Method;
use serde::{Deserialize, Serialize};

/// What a script is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RunPurpose {
    Detect,
    Recheck,
    Uninstall,
    Install,
    Upgrade,
    Verify,
    /// To fetch what an installation needs.
    Download,
    Repair,
    PostInstall,
    PostUninstall,
    /// Whether what is there works.
    Test,
    /// Whether what was brought about works.
    Retest,
    /// To bring a task about.
    Set,
    /// What a task's value is.
    Get,
    /// Which version is the newest that the computer can get.
    Available,
    /// To try a script that is to change something.
    Act,
}

impl RunPurpose {
    /// As it stands in events, in the ids of runs and in the environment of scripts: it never changes, whatever the purpose
    /// comes to be called here.
    pub fn name(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Recheck => "recheck",
            Self::Uninstall => "uninstall",
            Self::Install => "install",
            Self::Upgrade => "upgrade",
            Self::Verify => "verify",
            Self::Download => "download",
            Self::Repair => "repair",
            Self::PostInstall => "postInstall",
            Self::PostUninstall => "postUninstall",
            Self::Test => "test",
            Self::Retest => "retest",
            Self::Set => "set",
            Self::Get => "get",
            Self::Available => "available",
            Self::Act => "act",
        }
    }

    /// Whether it asks what is there. What changes something answers with how it went, and with no more than that.
    pub fn is_look(self) -> bool {
        match self {
            Self::Detect
            | Self::Recheck
            | Self::Verify
            | Self::Test
            | Self::Retest
            | Self::Get
            | Self::Available => true,
            Self::Uninstall
            | Self::Install
            | Self::Upgrade
            | Self::Download
            | Self::Repair
            | Self::PostInstall
            | Self::PostUninstall
            | Self::Set
            | Self::Act => false,
        }
    }

    /// Which of a software's scripts it runs; nothing for a look, which is the detection's, and for what only tasks have.
    pub(super) fn role(self) -> Option<ScriptRole> {
        match self {
            Self::Detect | Self::Recheck | Self::Verify | Self::Set | Self::Get | Self::Act => None,
            Self::Uninstall => Some(ScriptRole::Uninstall),
            Self::Install => Some(ScriptRole::Install),
            Self::Upgrade => Some(ScriptRole::Upgrade),
            Self::Download => Some(ScriptRole::Download),
            Self::Repair => Some(ScriptRole::Repair),
            Self::PostInstall => Some(ScriptRole::PostInstall),
            Self::PostUninstall => Some(ScriptRole::PostUninstall),
            Self::Test | Self::Retest => Some(ScriptRole::Test),
            Self::Available => Some(ScriptRole::Available),
        }
    }

    /// What it asks of a task, or of a script that may become a task's; nothing for what only software has. A task is tested before it is set and behind that, as each
    /// software is looked at.
    pub fn method(self) -> Option<Method> {
        match self {
            Self::Test | Self::Recheck | Self::Retest => Some(Method::Test),
            Self::Set | Self::Act => Some(Method::Set),
            Self::Get => Some(Method::Get),
            Self::Detect
            | Self::Verify
            | Self::Uninstall
            | Self::Install
            | Self::Upgrade
            | Self::Download
            | Self::Repair
            | Self::PostInstall
            | Self::PostUninstall
            | Self::Available => None,
        }
    }

    /// Whether its script works on the version's package.
    pub(super) fn needs_package(self) -> bool {
        matches!(self, Self::Install | Self::Upgrade | Self::Repair)
    }
}

#[cfg(test)]
mod tests {
    use super::RunPurpose as Purpose;

    #[test]
    fn a_purpose_has_one_name_in_events_ids_and_scripts() {
        let all = [
            (Purpose::Detect, "detect"),
            (Purpose::Recheck, "recheck"),
            (Purpose::Uninstall, "uninstall"),
            (Purpose::Install, "install"),
            (Purpose::Upgrade, "upgrade"),
            (Purpose::Verify, "verify"),
            (Purpose::Download, "download"),
            (Purpose::Repair, "repair"),
            (Purpose::PostInstall, "postInstall"),
            (Purpose::PostUninstall, "postUninstall"),
            (Purpose::Test, "test"),
            (Purpose::Retest, "retest"),
            (Purpose::Set, "set"),
            (Purpose::Get, "get"),
            (Purpose::Available, "available"),
            (Purpose::Act, "act"),
        ];
        for (purpose, name) in all {
            assert_eq!(purpose.name(), name);
            assert_eq!(serde_json::to_value(purpose).unwrap(), name);
        }
    }
}
