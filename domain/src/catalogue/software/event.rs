use super::description::Description;
use super::detection::Detection;
use super::origin::{Copied, Origin, Revision};
use super::scripts::ScriptRole;
use super::state::SoftwareVersion;
use super::strategy::{ExitCodes, RepairStrategy, UpgradeStrategy};
use crate::catalogue::notes::Notes;
use crate::catalogue::script::Script;
use crate::catalogue::version::Version;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

crate::domain_events! {
    /// What happened to a software.
    SoftwareEvent {
        Created(SoftwareCreated after detection_v1),
        Renamed(SoftwareRenamed),
        DetectionChanged(DetectionChanged after detection_v1),
        VersionPublished(VersionPublished after version_published_v1),
        VersionWithdrawn(VersionWithdrawn),
        PublisherNamed(PublisherNamed),
        NotesWritten(NotesWritten),
        ScriptSet(SoftwareScriptSet),
        ScriptRemoved(SoftwareScriptRemoved),
        UpgradeStrategyChosen(UpgradeStrategyChosen),
        RepairStrategyChosen(RepairStrategyChosen),
        ExitCodesChosen(ExitCodesChosen),
        Described(SoftwareDescribed),
        Catalogued(SoftwareCatalogued),
        Withdrawn(SoftwareWithdrawn),
        Copied(SoftwareCopied),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareCreated {
    pub name: Name,
    pub detection: Detection,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareRenamed {
    pub name: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DetectionChanged {
    pub detection: Detection,
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

/// Who makes it; nothing if that is not told any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublisherNamed {
    pub publisher: Option<Name>,
}

/// What technicians should know of it; nothing if that was taken away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotesWritten {
    pub notes: Option<Notes>,
}

/// It runs for every version that has no such script of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareScriptSet {
    pub role: ScriptRole,
    pub script: Script,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareScriptRemoved {
    pub role: ScriptRole,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpgradeStrategyChosen {
    pub strategy: UpgradeStrategy,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepairStrategyChosen {
    pub strategy: RepairStrategy,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExitCodesChosen {
    pub exit_codes: ExitCodes,
}

/// What its makers say of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareDescribed {
    pub description: Description,
}

/// It is a title of a catalogue, and is from now on what the catalogue says at this revision: the events that follow, up to the next of
/// this type, are from there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SoftwareCatalogued {
    pub origin: Origin,
}

/// At this revision its source has it no more. It stays as it is, and what was wanted of it is wanted still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareWithdrawn {
    pub revision: Revision,
}

/// It began as a copy of a title of a catalogue, as that was at this revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SoftwareCopied {
    pub copied: Copied,
}

/// Version 1 knew no other detection than a script, which stood there as it is.
fn detection_v1(mut payload: Value) -> Value {
    let detection = payload.get_mut("detection").and_then(Value::as_object_mut);
    if let Some(members) = detection {
        members.insert("kind".to_owned(), "script".into());
    }
    payload
}

/// Version 1 knew three scripts, each a member of the event.
fn version_published_v1(mut payload: Value) -> Value {
    if let Some(members) = payload.as_object_mut() {
        let roles = ["install", "uninstall", "upgrade"];
        let scripts: Map<String, Value> = roles
            .into_iter()
            .filter_map(|role| Some((role.to_owned(), members.remove(role)?)))
            .filter(|(_, script)| !script.is_null())
            .collect();
        members.insert("scripts".to_owned(), scripts.into());
    }
    payload
}
