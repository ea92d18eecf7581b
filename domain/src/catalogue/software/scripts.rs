//! The scripts of a software and of its versions, each by what it is for.

use crate::catalogue::script::{Script, ScriptTimeout};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a script of a software does. Detection is none of them: it belongs to the software alone, and is always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ScriptRole {
    /// Fetches what the installation needs, before anything changes.
    Download,
    /// Brings a version onto the computer.
    Install,
    /// Brings an older version to a newer one.
    Upgrade,
    /// Mends a version that is there and does not work.
    Repair,
    /// Takes a version off the computer.
    Uninstall,
    /// Runs after an installation, an upgrade or a repair.
    PostInstall,
    /// Runs after a removal.
    PostUninstall,
    /// Tells whether what is there works.
    Test,
    /// Tells the newest version that this computer can get: then that is what "latest" means there.
    Available,
}

impl ScriptRole {
    pub const ALL: [Self; 9] = [
        Self::Download,
        Self::Install,
        Self::Upgrade,
        Self::Repair,
        Self::Uninstall,
        Self::PostInstall,
        Self::PostUninstall,
        Self::Test,
        Self::Available,
    ];

    /// Those that a version may have of its own.
    pub fn of_versions() -> impl Iterator<Item = Self> {
        let roles = Self::ALL.into_iter();
        roles.filter(|role| *role != Self::Available)
    }

    /// What a version cannot be without, of its own or of its software.
    pub const REQUIRED: [Self; 2] = [Self::Install, Self::Uninstall];

    /// As people call the script, as in "the install script".
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Install => "install",
            Self::Upgrade => "upgrade",
            Self::Repair => "repair",
            Self::Uninstall => "uninstall",
            Self::PostInstall => "post-install",
            Self::PostUninstall => "post-uninstall",
            Self::Test => "test",
            Self::Available => "availability",
        }
    }

    /// How long it may take if nobody says so: what only reads takes as long as a detection.
    pub fn usual_timeout(self) -> ScriptTimeout {
        match self {
            Self::Test | Self::Available => ScriptTimeout::DETECTION,
            _ => ScriptTimeout::ACTION,
        }
    }
}

/// At most one script for each role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScriptSet(BTreeMap<ScriptRole, Script>);

impl ScriptSet {
    pub fn get(&self, role: ScriptRole) -> Option<&Script> {
        self.0.get(&role)
    }

    pub fn set(&mut self, role: ScriptRole, script: Script) {
        self.0.insert(role, script);
    }

    pub fn remove(&mut self, role: ScriptRole) {
        self.0.remove(&role);
    }

    /// In the order of their roles.
    pub fn iter(&self) -> impl Iterator<Item = (ScriptRole, &Script)> {
        self.0.iter().map(|(role, script)| (*role, script))
    }

    /// Of all texts together.
    pub fn bytes(&self) -> usize {
        self.0.values().map(|script| script.text.len()).sum()
    }
}

impl FromIterator<(ScriptRole, Script)> for ScriptSet {
    fn from_iter<I: IntoIterator<Item = (ScriptRole, Script)>>(scripts: I) -> Self {
        Self(scripts.into_iter().collect())
    }
}
