//! What a manifest says: one version of one package, with its installers as they are after all inheritance.

mod codes;
mod switches;
mod words;

pub use codes::{ExpectedCode, Meaning, ReturnCodes};
pub use switches::Switches;
pub use words::{
    Architecture, Elevation, InstallMode, InstallerType, Response, Scope, UpgradeBehavior,
};
pub(crate) use words::{Role, Word, WrittenType};

use crate::refusal::Warning;
use std::sync::Arc;

/// One version of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Such as `Git.Git`. Two that differ in case only are the same package.
    pub id: String,
    /// In the order of `VersionScheme::Winget`.
    pub version: String,
    /// The short name by which people ask for it.
    pub moniker: Option<String>,
    pub default_locale: Locale,
    /// The others.
    pub locales: Vec<Locale>,
    /// At least one.
    pub installers: Vec<Installer>,
    /// What a person should know before it is taken over.
    pub warnings: Vec<Warning>,
}

/// What a package says of itself in one language. The default locale has all that the schema asks for: name, publisher, licence
/// and short description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// A BCP 47 tag, such as `en-US`.
    pub tag: String,
    pub name: Option<String>,
    pub publisher: Option<String>,
    pub licence: Option<String>,
    pub short_description: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub homepage: Option<String>,
}

/// One file that installs the version on some computers. What comes down from the root is shared: a thousand installers that inherit
/// a thousand lines cost a thousand lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installer {
    pub architecture: Architecture,
    pub kind: InstallerType,
    pub layout: Layout,
    pub scope: Option<Scope>,
    /// A BCP 47 tag; nothing, if it is for all languages.
    pub locale: Option<String>,
    pub url: String,
    /// Of the file behind `url`: 64 hexadecimal digits in small letters.
    pub sha256: String,
    /// A four-part version.
    pub minimum_os: Option<String>,
    pub unsupported_os_architectures: Arc<[Architecture]>,
    pub markets: Arc<Markets>,
    /// The name of the key in Windows' list of installed software.
    pub product_code: Option<String>,
    pub package_family_name: Option<String>,
    /// What will stand in Windows' list of installed software.
    pub entries: Arc<[Entry]>,
    pub switches: Switches,
    pub codes: ReturnCodes,
    pub dependencies: Arc<Dependencies>,
    pub upgrade_behavior: UpgradeBehavior,
    /// An update of everything leaves it out.
    pub requires_explicit_upgrade: bool,
    pub elevation: Option<Elevation>,
    pub modes: Arc<[InstallMode]>,
    /// It installs nothing unless it is told where to.
    pub needs_install_location: bool,
    /// By which names a portable program is called.
    pub commands: Arc<[String]>,
    /// Which way of signing in the download asks for, if it does.
    pub authentication: Option<String>,
    pub default_install_location: Option<String>,
    pub installed_files: Arc<[InstalledFile]>,
}

/// What the file behind the address is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The installer itself.
    Plain,
    /// An archive that holds it. Of portables and fonts there may be several.
    Zip(Arc<[NestedFile]>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedFile {
    /// Within the archive; it leads nowhere else.
    pub path: String,
    /// By which name a portable program is called.
    pub alias: Option<String>,
}

/// A line of Windows' list of installed software, as far as the manifest says what it will be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub name: Option<String>,
    pub publisher: Option<String>,
    pub version: Option<String>,
    pub product_code: Option<String>,
    pub upgrade_code: Option<String>,
    /// If it is another one than the installer's.
    pub kind: Option<InstallerType>,
}

/// Where an installer may be used, by the codes of countries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markets {
    /// If there are any, only these.
    pub allowed: Vec<String>,
    pub excluded: Vec<String>,
}

/// What has to be there before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    pub packages: Vec<PackageDependency>,
    pub windows_features: Vec<String>,
    pub windows_libraries: Vec<String>,
    /// For people to read.
    pub external: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageDependency {
    pub id: String,
    pub minimum_version: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledFile {
    pub path: String,
    pub sha256: Option<String>,
}
