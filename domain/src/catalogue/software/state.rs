use crate::catalogue::script::Script;
use crate::catalogue::version::Version;
use crate::kernel::digest::Sha256Digest;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A file that an install script needs, named by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    /// The name under which the agent stores it for the script; a bare file name.
    pub file_name: String,
    pub sha256: Sha256Digest,
    /// In bytes.
    pub size: u64,
}

/// How one version is brought onto a computer and taken off it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareVersion {
    pub package: Option<Package>,
    pub install: Script,
    pub uninstall: Script,
    /// Runs instead of `install` when another version is there; without it `install` does both.
    pub upgrade: Option<Script>,
}

/// What is known of a software.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Software {
    /// Nothing until it was created.
    pub definition: Option<Definition>,
    pub versions: BTreeMap<Version, SoftwareVersion>,
}

/// A software's name and how to detect it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    pub name: Name,
    pub detection: Script,
}

impl Software {
    /// The newest version that is published.
    pub fn latest(&self) -> Option<&Version> {
        self.versions.keys().next_back()
    }

    /// The script that removes `detected`: its own if that version is in the catalogue, else the nearest older
    /// version's, else the oldest one's.
    pub fn uninstaller(&self, detected: &Version) -> Option<(&Version, &Script)> {
        self.versions
            .range(..=detected)
            .next_back()
            .or_else(|| self.versions.iter().next())
            .map(|(version, content)| (version, &content.uninstall))
    }
}
