use super::detection::Detection;
use super::origin::{Origin, Revision, SourceName};
use super::scripts::ScriptRole;
use super::state::SoftwareVersion;
use super::strategy::{ExitCodes, RepairStrategy, UpgradeStrategy};
use super::takeover::{Copy, Title};
use crate::catalogue::notes::Notes;
use crate::catalogue::script::Script;
use crate::catalogue::version::Version;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::limits::{
    MAX_PACKAGE_BYTES, MAX_VERSION_SCRIPT_BYTES, MAX_VERSIONS_PER_SOFTWARE,
};
use crate::kernel::name::Name;

/// A version to publish.
#[derive(Clone, Debug)]
pub struct NewVersion {
    pub version: Version,
    pub content: SoftwareVersion,
}

/// What can be asked of a software.
#[derive(Clone, Debug)]
pub enum SoftwareCommand {
    Create {
        name: Name,
        detection: Detection,
    },
    Rename {
        name: Name,
    },
    /// Nothing takes the publisher away.
    NamePublisher {
        publisher: Option<Name>,
    },
    /// Nothing takes the notes away.
    WriteNotes {
        notes: Option<Notes>,
    },
    ChangeDetection {
        detection: Detection,
    },
    /// For every version that has no such script of its own.
    SetScript {
        role: ScriptRole,
        script: Script,
    },
    RemoveScript {
        role: ScriptRole,
    },
    ChooseUpgradeStrategy {
        strategy: UpgradeStrategy,
    },
    ChooseRepairStrategy {
        strategy: RepairStrategy,
    },
    ChooseExitCodes {
        exit_codes: ExitCodes,
    },
    PublishVersion(Box<NewVersion>),
    WithdrawVersion {
        version: Version,
    },
    /// A title of a catalogue is from now on what the catalogue says.
    TakeOver(Box<Title>),
    /// The source has the title no more.
    WithdrawTitle {
        source: SourceName,
        revision: Revision,
    },
    /// A software of one's own, which begins as a title of a catalogue is.
    Copy(Box<Copy>),
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SoftwareRejection {
    #[error("there is no such software: check the id")]
    NotFound,
    #[error("this software exists already: use another id")]
    AlreadyExists,
    #[error("version {0} is published already: withdraw it first, or publish under a new version")]
    VersionExists(Version),
    #[error("version {0} is not published: choose one of the software's versions")]
    VersionNotFound(Version),
    #[error(
        "the software has {MAX_VERSIONS_PER_SOFTWARE} versions, which is the most: withdraw old ones"
    )]
    TooManyVersions,
    #[error(
        "the package's file name {0:?} is not a bare file name: leave out folders, leading dots and what cannot be seen"
    )]
    BadFileName(String),
    #[error(
        "the package is empty: nothing could be installed from it; upload the file again and publish with its digest"
    )]
    PackageEmpty,
    #[error(
        "nobody knows how large the package is: upload it first, or say from which address it comes"
    )]
    PackageSizeUnknown,
    #[error(
        "version {version} would have no {} script: give it one, or the software one for all of its versions",
        role.phrase()
    )]
    ScriptMissing { version: Version, role: ScriptRole },
    #[error(
        "a version has no {} script: give it to the software, for it says which versions there are",
        .0.phrase()
    )]
    ScriptOfSoftwareAlone(ScriptRole),
    #[error("the software has no {} script for all of its versions: there is nothing to remove", .0.phrase())]
    ScriptNotFound(ScriptRole),
    #[error(
        "the scripts of the version have {0} bytes together: at most {MAX_VERSION_SCRIPT_BYTES} are allowed; put large files into the package"
    )]
    ScriptsTooLong(usize),
    #[error("the package has {0} bytes: at most {MAX_PACKAGE_BYTES} are allowed")]
    PackageTooLarge(u64),
    #[error(
        "it belongs to the catalogue {}: copy it to your own software first, and change the copy", .0.source
    )]
    OfCatalogue(Box<Origin>),
    #[error("it is no title of the catalogue {0}, which therefore does not change it")]
    OfAnotherSource(SourceName),
    #[error("it is your own software: this is for titles of a catalogue only")]
    NotOfCatalogue,
}

impl Rejection for SoftwareRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::VersionExists(_) => Code::VersionExists,
            Self::VersionNotFound(_) => Code::VersionNotFound,
            Self::TooManyVersions => Code::TooManyVersions,
            Self::BadFileName(_) => Code::BadFileName,
            Self::PackageEmpty => Code::PackageEmpty,
            Self::PackageSizeUnknown => Code::PackageMissing,
            Self::PackageTooLarge(_) => Code::PackageTooLarge,
            Self::ScriptMissing { .. } => Code::ScriptMissing,
            Self::ScriptNotFound(_) => Code::ScriptNotFound,
            Self::OfCatalogue(_) => Code::OfCatalogue,
            Self::OfAnotherSource(_) | Self::NotOfCatalogue => Code::NotOfCatalogue,
            Self::ScriptsTooLong(_) | Self::ScriptOfSoftwareAlone(_) => Code::Invalid,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::VersionExists(_) | Self::VersionNotFound(_) => Some("version"),
            Self::BadFileName(_)
            | Self::PackageEmpty
            | Self::PackageTooLarge(_)
            | Self::PackageSizeUnknown => Some("package"),
            Self::ScriptNotFound(_) => Some("role"),
            Self::ScriptOfSoftwareAlone(_) => Some("scripts"),
            Self::NotFound
            | Self::AlreadyExists
            | Self::TooManyVersions
            | Self::OfCatalogue(_)
            | Self::OfAnotherSource(_)
            | Self::NotOfCatalogue
            | Self::ScriptMissing { .. }
            | Self::ScriptsTooLong(_) => None,
        }
    }
}
