//! How a software is brought from one version to another, how it is mended, and which exit codes mean what.

use crate::kernel::limits::MAX_EXIT_CODES;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What an update does (reference immybot.md, section 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UpgradeStrategy {
    /// The newer version's upgrade script where there is one, else its install script over what is there.
    #[default]
    InstallOver,
    /// What is there is removed first.
    UninstallThenInstall,
    /// The newer version's upgrade script, and nothing in its place.
    UpgradeScript,
    /// Nothing: an update that is due fails and says so.
    Never,
}

/// What is done where the right version is there and its test says that it does not work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RepairStrategy {
    /// The repair script.
    RepairScript,
    /// The install script, over what is there.
    InstallOver,
    /// It is removed and installed anew.
    UninstallThenInstall,
    /// Nothing: the action fails and says so.
    #[default]
    Never,
}

/// Exit codes by which installers tell more than success and failure. 0 is always success, and what is in neither set is
/// a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExitCodes {
    /// They mean success, as 0 does.
    pub success: BTreeSet<i32>,
    /// They mean success, and that the computer has to be restarted before all of it works.
    pub reboot: BTreeSet<i32>,
}

/// Why a choice of exit codes is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExitCodesError {
    #[error("there are {0} exit codes: at most {MAX_EXIT_CODES} may mean success")]
    TooMany(usize),
    #[error("exit code 0 is success already: name those beside it")]
    Zero,
    #[error("exit code {0} is named twice: it means success, or success and a restart")]
    Both(i32),
}

/// What the exit code of a script means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitMeaning {
    Success,
    /// It succeeded, and the computer has to be restarted before all of it works.
    RebootNeeded,
    Failure,
}

impl ExitCodes {
    /// Checks a choice.
    pub fn new(success: BTreeSet<i32>, reboot: BTreeSet<i32>) -> Result<Self, ExitCodesError> {
        let count = success.len() + reboot.len();
        if count > MAX_EXIT_CODES {
            Err(ExitCodesError::TooMany(count))
        } else if success.contains(&0) || reboot.contains(&0) {
            Err(ExitCodesError::Zero)
        } else if let Some(both) = success.intersection(&reboot).next() {
            Err(ExitCodesError::Both(*both))
        } else {
            Ok(Self { success, reboot })
        }
    }

    pub fn meaning(&self, code: i32) -> ExitMeaning {
        if self.reboot.contains(&code) {
            ExitMeaning::RebootNeeded
        } else if code == 0 || self.success.contains(&code) {
            ExitMeaning::Success
        } else {
            ExitMeaning::Failure
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_one_thing() {
        let codes = ExitCodes::new([1].into(), [3010, 1641].into()).unwrap();
        assert_eq!(codes.meaning(0), ExitMeaning::Success);
        assert_eq!(codes.meaning(1), ExitMeaning::Success);
        assert_eq!(codes.meaning(3010), ExitMeaning::RebootNeeded);
        assert_eq!(codes.meaning(2), ExitMeaning::Failure);
        assert_eq!(ExitCodes::default().meaning(3010), ExitMeaning::Failure);
        assert_eq!(
            ExitCodes::new([1, 2].into(), [2].into()),
            Err(ExitCodesError::Both(2))
        );
        assert_eq!(
            ExitCodes::new([].into(), [0].into()),
            Err(ExitCodesError::Zero)
        );
        assert_eq!(
            ExitCodes::new((0..200).collect(), [].into()),
            Err(ExitCodesError::TooMany(200))
        );
    }
}
