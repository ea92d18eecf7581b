use super::description::Description;
use super::detection::Detection;
use super::origin::{Copied, Origin};
use super::package::Package;
use super::scripts::{ScriptRole, ScriptSet};
use super::strategy::{ExitCodes, RepairStrategy, UpgradeStrategy};
use crate::catalogue::notes::Notes;
use crate::catalogue::script::Script;
use crate::catalogue::version::Version;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How one version is brought onto a computer and taken off it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareVersion {
    pub package: Option<Package>,
    /// Its own; what it lacks its software may have.
    pub scripts: ScriptSet,
}

/// What is known of a software.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Software {
    /// Nothing until it was created.
    pub definition: Option<Definition>,
    pub versions: BTreeMap<Version, SoftwareVersion>,
    pub publisher: Option<Name>,
    pub notes: Option<Notes>,
    /// For every version that has no such script of its own.
    pub scripts: ScriptSet,
    pub upgrade_strategy: UpgradeStrategy,
    pub repair_strategy: RepairStrategy,
    pub exit_codes: ExitCodes,
    pub description: Description,
    /// Of a title of a catalogue, which is changed by taking it over alone.
    pub origin: Option<Origin>,
    /// Whether its source has it no more.
    pub is_withdrawn: bool,
    pub copied: Option<Copied>,
}

/// A software's name and how to detect it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    pub name: Name,
    pub detection: Detection,
}

impl Software {
    /// The newest version that is published; nothing where that is not what "latest" means, because computers say it.
    pub fn latest(&self) -> Option<&Version> {
        let newest = self.versions.keys().next_back();
        newest.filter(|_| !self.asks_computers())
    }

    /// Whether each computer says itself which version is the newest that it can get. What is published is then beside the point,
    /// but for scripts of its own.
    pub fn asks_computers(&self) -> bool {
        self.scripts.get(ScriptRole::Available).is_some()
    }

    /// Whether a version can be had: it is published, or computers say which there are.
    pub fn offers(&self, version: &Version) -> bool {
        self.asks_computers() || self.versions.contains_key(version)
    }

    /// What runs for a version: its own script, which beats its software's. Nothing if neither has one, or if there is no
    /// such version.
    pub fn script(&self, version: &Version, role: ScriptRole) -> Option<&Script> {
        match self.versions.get(version) {
            Some(content) => content.scripts.get(role).or_else(|| self.scripts.get(role)),
            None => self.scripts.get(role).filter(|_| self.offers(version)),
        }
    }

    /// The version whose scripts are for what is there: that one if it can be had, else the nearest older one, else the oldest.
    pub fn nearest<'a>(&'a self, detected: &'a Version) -> Option<&'a Version> {
        if self.asks_computers() {
            return Some(detected);
        }
        let mut older = self.versions.range(..=detected);
        older
            .next_back()
            .or_else(|| self.versions.iter().next())
            .map(|(version, _)| version)
    }
}
