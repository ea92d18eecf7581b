//! A software of the catalogue: how to detect it on a computer, and how to install each of its versions.

mod access;
mod command;
mod decide;
mod description;
mod detection;
mod difference;
mod event;
mod origin;
mod package;
mod scripts;
mod state;
mod strategy;
mod takeover;

pub use super::notes::{Notes, NotesError};
pub use command::{NewVersion, SoftwareCommand, SoftwareRejection};
#[cfg(test)]
pub(crate) use decide::tests as test_events;
pub use description::{Description, DescriptionError, Homepage, SearchWords};
pub use detection::Detection;
pub use difference::{Outlook, Part, TitleChange, VersionChange};
pub use event::{
    DetectionChanged, ExitCodesChosen, NotesWritten, PublisherNamed, RepairStrategyChosen,
    SoftwareCatalogued, SoftwareCopied, SoftwareCreated, SoftwareDescribed, SoftwareEvent,
    SoftwareRenamed, SoftwareScriptRemoved, SoftwareScriptSet, SoftwareWithdrawn,
    UpgradeStrategyChosen, VersionPublished, VersionWithdrawn,
};
pub use origin::{Copied, Origin, OriginError, Revision, SourceName, TitleIdentifier};
pub use package::{Package, PackageUrl, PackageUrlError};
pub use scripts::{ScriptRole, ScriptSet};
pub use state::{Definition, Software, SoftwareVersion};
pub use strategy::{ExitCodes, ExitCodesError, ExitMeaning, RepairStrategy, UpgradeStrategy};
pub use takeover::{Copy, Title};
