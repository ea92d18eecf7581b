//! One version of a package on its way into a title: what is needed of its manifest, and no more, for there are many.

use super::recipe;
use super::unfit::Unfit;
use super::words;
use crate::manifest::{
    Elevation, InstallMode, Installer, InstallerType, Layout, Manifest, Meaning, UpgradeBehavior,
};
use std::collections::BTreeSet;
use upkeep_domain::catalogue::pack::{
    PackedDependency, PackedPackage, PackedScript, PackedVersion,
};
use upkeep_domain::catalogue::script::Interpreter;
use upkeep_domain::catalogue::software::{PackageUrl, ScriptRole, UpgradeStrategy};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::limits::MAX_DEPENDENCIES;

/// Codes of Windows Installer that are asked what they mean, besides those that the manifest names: a restart is due, and one has begun.
const KNOWN_CODES: [u32; 2] = [1641, 3010];

#[derive(Debug)]
pub(super) struct Draft {
    pub identifier: String,
    /// As the manifest calls it.
    pub written: String,
    /// As it shows where it is installed.
    pub version: Version,
    /// Of all of its installers: which of them is on a computer, nobody knows before.
    pub kinds: BTreeSet<InstallerType>,
    pub name: String,
    pub publisher: Option<String>,
    pub notes: Option<String>,
    pub homepage: Option<String>,
    pub licence: Option<String>,
    pub tags: Vec<String>,
    pub codes: Codes,
    /// Its names in Windows' list, each with its publisher, where the manifest says them.
    pub names: Vec<(String, Option<String>)>,
    pub upgrade_strategy: UpgradeStrategy,
    pub success: BTreeSet<i32>,
    pub reboot: BTreeSet<i32>,
    packed: PackedVersion,
}

/// By which it is told from others, of all of its installers.
#[derive(Debug, Default)]
pub(super) struct Codes {
    pub families: BTreeSet<String>,
    pub upgrades: BTreeSet<String>,
    pub products: BTreeSet<String>,
}

impl Draft {
    pub fn of(manifest: &Manifest, installer: &Installer) -> Result<Self, Unfit> {
        check(installer)?;
        let version = version_of(manifest, installer)?;
        let said = words::of(manifest, installer);
        let install = PackedScript {
            interpreter: Interpreter::PowerShell,
            text: recipe::install(installer)?,
            timeout_seconds: Some(recipe::INSTALL_SECONDS),
        };
        let (success, reboot) = exit_codes(installer);
        Ok(Self {
            identifier: manifest.id.clone(),
            written: manifest.version.clone(),
            kinds: kinds(manifest),
            codes: Codes::of(manifest),
            names: names(manifest),
            upgrade_strategy: match installer.upgrade_behavior {
                UpgradeBehavior::Install => UpgradeStrategy::InstallOver,
                UpgradeBehavior::UninstallPrevious => UpgradeStrategy::UninstallThenInstall,
                UpgradeBehavior::Deny => UpgradeStrategy::Never,
            },
            success,
            reboot,
            packed: PackedVersion {
                version: version.to_string(),
                package: Some(package(manifest, installer)?),
                scripts: [(ScriptRole::Install, install)].into(),
                dependencies: dependencies(installer),
            },
            version,
            name: said.name,
            publisher: said.publisher,
            notes: said.notes,
            homepage: said.homepage,
            licence: said.licence,
            tags: said.tags,
        })
    }

    pub fn packed(&self) -> PackedVersion {
        self.packed.clone()
    }
}

/// What no script could do soundly is refused.
fn check(installer: &Installer) -> Result<(), Unfit> {
    let is_silent = installer.modes.is_empty()
        || (installer.modes.iter()).any(|mode| *mode != InstallMode::Interactive);
    if installer.authentication.is_some() {
        Err(Unfit::Authentication)
    } else if installer.needs_install_location {
        Err(Unfit::NeedsPlace)
    } else if installer.elevation == Some(Elevation::Prohibited) {
        Err(Unfit::NoElevation)
    } else if installer.kind == InstallerType::Portable {
        Err(Unfit::Portable)
    } else if installer.kind == InstallerType::Font {
        Err(Unfit::Font)
    } else if !is_silent {
        Err(Unfit::NotSilent)
    } else if installer.kind == InstallerType::Msix && installer.package_family_name.is_none() {
        Err(Unfit::NoFamily)
    } else {
        Ok(())
    }
}

/// Detection compares with what a computer shows: where the manifest says that it shows another version than the package has, that one
/// counts.
fn version_of(manifest: &Manifest, installer: &Installer) -> Result<Version, Unfit> {
    let shown = (installer.entries.iter())
        .filter(|_| installer.kind.has_display_version())
        .find_map(|entry| entry.version.as_deref());
    if let Some(Ok(version)) = shown.map(Version::new) {
        return Ok(version);
    }
    Version::new(&manifest.version).map_err(|error| Unfit::Version(error.to_string()))
}

fn kinds(manifest: &Manifest) -> BTreeSet<InstallerType> {
    let installers = manifest.installers.iter().map(|installer| installer.kind);
    let entries = manifest.entries(|_| true).filter_map(|entry| entry.kind);
    installers.chain(entries).collect()
}

fn names(manifest: &Manifest) -> Vec<(String, Option<String>)> {
    let mut names: Vec<(String, Option<String>)> = Vec::new();
    for entry in manifest.entries(|_| true) {
        let Some(name) = &entry.name else { continue };
        let publisher = entry.publisher.clone();
        let publisher = publisher.or_else(|| manifest.default_locale.publisher.clone());
        let new = (name.clone(), publisher);
        if !names.contains(&new) {
            names.push(new);
        }
    }
    names
}

impl Codes {
    fn of(manifest: &Manifest) -> Self {
        let mut codes = Self::default();
        for installer in &manifest.installers {
            codes.families.extend(installer.package_family_name.clone());
            codes.products.extend(installer.product_code.clone());
        }
        for entry in manifest.entries(|_| true) {
            codes.products.extend(entry.product_code.clone());
            codes.upgrades.extend(entry.upgrade_code.clone());
        }
        codes
    }
}

/// Besides 0, which is in no list.
fn exit_codes(installer: &Installer) -> (BTreeSet<i32>, BTreeSet<i32>) {
    let codes = &installer.codes;
    let named = codes.success.iter().copied();
    let expected = codes.expected.iter().map(|expected| expected.code);
    let (mut success, mut reboot) = (BTreeSet::new(), BTreeSet::new());
    for code in named
        .chain(expected)
        .chain(KNOWN_CODES)
        .filter(|code| *code != 0)
    {
        match codes.meaning(code) {
            Meaning::Succeeded => success.insert(code.cast_signed()),
            Meaning::NeedsRestart | Meaning::Restarting => reboot.insert(code.cast_signed()),
            Meaning::Failed(_) => false,
        };
    }
    (success, reboot)
}

fn package(manifest: &Manifest, installer: &Installer) -> Result<PackedPackage, Unfit> {
    let url = PackageUrl::new(&installer.url).map_err(|error| Unfit::Address(error.to_string()))?;
    Ok(PackedPackage {
        file_name: file_name(manifest, installer),
        url: url.as_str().to_owned(),
        sha256: installer.sha256.clone(),
        size: None,
    })
}

/// Of the package and its version, whatever the address ends with: some end with nothing.
fn file_name(manifest: &Manifest, installer: &Installer) -> String {
    let plain = |text: &str| -> String {
        let plain = text.chars().map(|c| {
            let is_plain = c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
            if is_plain { c } else { '_' }
        });
        plain.take(80).collect()
    };
    let end = match (&installer.layout, installer.kind) {
        (Layout::Zip(_), _) => "zip",
        (_, InstallerType::Msi | InstallerType::Wix) => "msi",
        (_, InstallerType::Msix) => package_end(&installer.url),
        _ => "exe",
    };
    format!("{}_{}.{end}", plain(&manifest.id), plain(&manifest.version))
}

/// Windows tells a bundle from a package by its name's end.
fn package_end(url: &str) -> &'static str {
    let path = url
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let ends = ["msixbundle", "appxbundle", "appx"];
    let end = ends
        .into_iter()
        .find(|end| path.ends_with(&format!(".{end}")));
    end.unwrap_or("msix")
}

/// What could not be compared as a version asks for none.
fn dependencies(installer: &Installer) -> Vec<PackedDependency> {
    let packages = installer
        .dependencies
        .packages
        .iter()
        .take(MAX_DEPENDENCIES);
    packages
        .map(|package| PackedDependency {
            identifier: package.id.clone(),
            minimum_version: (package.minimum_version.clone())
                .filter(|version| Version::new(version).is_ok()),
        })
        .collect()
}
