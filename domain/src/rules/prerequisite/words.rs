//! Prerequisites in sentences.

use super::condition::{Condition, Conditions, Quantifier};
use super::state::{Consequence, Prerequisite, WantedVersion};
use crate::catalogue::Catalogue;
use crate::kernel::ids::SoftwareId;
use crate::kernel::limits::MAX_PHRASED_CONDITIONS;

/// What a software is called; its id where the catalogue does not have it.
pub(super) fn name_of(catalogue: &dyn Catalogue, id: SoftwareId) -> String {
    let known = catalogue.software(id);
    let definition = known.and_then(|software| software.definition.as_ref());
    definition.map_or_else(|| id.to_string(), |known| known.name.to_string())
}

/// "A needs B needs C".
pub fn path_phrase(catalogue: &dyn Catalogue, path: &[SoftwareId]) -> String {
    let names: Vec<_> = path.iter().map(|id| name_of(catalogue, *id)).collect();
    names.join(" needs ")
}

impl Prerequisite {
    /// In one sentence: "before Reader in version 2 or newer is installed: if Java is not installed, install Java".
    pub fn phrase(&self, catalogue: &dyn Catalogue) -> String {
        let of = name_of(catalogue, self.of);
        let versions = self.versions.phrase();
        let says = self.says(catalogue);
        format!("before {of}{versions} is installed: {says}")
    }

    /// What it says, without of what.
    pub fn says(&self, catalogue: &dyn Catalogue) -> String {
        let then = self.then.phrase(catalogue);
        match self.when.phrase(catalogue) {
            None => then,
            Some(when) => format!("if {when}, {then}"),
        }
    }
}

impl Conditions {
    /// "A is installed and B is not installed"; nothing where there are none.
    pub fn phrase(&self, catalogue: &dyn Catalogue) -> Option<String> {
        let link = match self.hold {
            Quantifier::Any => " or ",
            Quantifier::All => " and ",
        };
        let mut each: Vec<_> = (self.of.iter().take(MAX_PHRASED_CONDITIONS))
            .map(|condition| condition.phrase(catalogue))
            .collect();
        let more = self.of.len().saturating_sub(each.len());
        if more > 0 {
            each.push(format!("{more} more"));
        }
        (!each.is_empty()).then(|| each.join(link))
    }
}

impl Condition {
    fn phrase(&self, catalogue: &dyn Catalogue) -> String {
        let name = name_of(catalogue, self.software());
        match self {
            Self::Installed { versions, .. } => format!("{name} is installed{}", versions.phrase()),
            Self::NotInstalled { .. } => format!("{name} is not installed"),
        }
    }
}

impl Consequence {
    pub fn phrase(&self, catalogue: &dyn Catalogue) -> String {
        match self {
            Self::Install { software, version } => {
                let name = name_of(catalogue, *software);
                match version {
                    WantedVersion::Latest => format!("install {name}"),
                    WantedVersion::Exactly(version) => {
                        format!("install {name} in exactly version {version}")
                    }
                    WantedVersion::AtLeast(version) => {
                        format!("install {name} in version {version} or newer")
                    }
                }
            }
            Self::Uninstall { software } => format!("uninstall {}", name_of(catalogue, *software)),
            Self::Fail { message } => format!("fail: {message}"),
        }
    }
}
