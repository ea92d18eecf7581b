use super::state::SoftwareVersion;
use crate::catalogue::script::Script;
use crate::catalogue::version::Version;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::limits::{MAX_PACKAGE_BYTES, MAX_VERSIONS_PER_SOFTWARE};
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
    Create { name: Name, detection: Script },
    Rename { name: Name },
    ChangeDetection { detection: Script },
    PublishVersion(Box<NewVersion>),
    WithdrawVersion { version: Version },
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
    #[error("the package has {0} bytes: at most {MAX_PACKAGE_BYTES} are allowed")]
    PackageTooLarge(u64),
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
            Self::PackageTooLarge(_) => Code::PackageTooLarge,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::VersionExists(_) | Self::VersionNotFound(_) => Some("version"),
            Self::BadFileName(_) | Self::PackageEmpty | Self::PackageTooLarge(_) => Some("package"),
            Self::NotFound | Self::AlreadyExists | Self::TooManyVersions => None,
        }
    }
}
