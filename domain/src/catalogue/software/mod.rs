//! A software of the catalogue: how to detect it on a computer, and how to install each of its versions.

mod access;
mod command;
mod decide;
mod detection;
mod event;
mod package;
mod scripts;
mod state;
mod strategy;

pub use super::notes::{Notes, NotesError};
pub use command::{NewVersion, SoftwareCommand, SoftwareRejection};
#[cfg(test)]
pub(crate) use decide::tests as test_events;
pub use detection::Detection;
pub use event::{
    DetectionChanged, ExitCodesChosen, NotesWritten, PublisherNamed, RepairStrategyChosen,
    SoftwareCreated, SoftwareEvent, SoftwareRenamed, SoftwareScriptRemoved, SoftwareScriptSet,
    UpgradeStrategyChosen, VersionPublished, VersionWithdrawn,
};
pub use package::{Package, PackageUrl, PackageUrlError};
pub use scripts::{ScriptRole, ScriptSet};
pub use state::{Definition, Software, SoftwareVersion};
pub use strategy::{ExitCodes, ExitCodesError, ExitMeaning, RepairStrategy, UpgradeStrategy};
