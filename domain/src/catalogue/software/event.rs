use super::state::SoftwareVersion;
use crate::catalogue::script::Script;
use crate::catalogue::version::Version;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to a software.
    SoftwareEvent {
        Created(SoftwareCreated),
        Renamed(SoftwareRenamed),
        DetectionChanged(DetectionChanged),
        VersionPublished(VersionPublished),
        VersionWithdrawn(VersionWithdrawn),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareCreated {
    pub name: Name,
    /// It prints the installed version and nothing else; no output means that it is not installed.
    pub detection: Script,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareRenamed {
    pub name: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DetectionChanged {
    pub detection: Script,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionPublished {
    pub version: Version,
    #[serde(flatten)]
    pub content: SoftwareVersion,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionWithdrawn {
    pub version: Version,
}
