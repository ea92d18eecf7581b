//! Which package, and which version of it, an installed program is (`CompositeSource.cpp` and `Manifest.cpp` of the Windows
//! Package Manager's client).
//!
//! A code that a manifest names is a strong sign: the name of the program's key in Windows' list of installed software, an
//! upgrade code of Windows Installer, a package's family. A name and a publisher that are the same when all is taken away that
//! changes (`name.rs`) are a weak one. Where signs lead to several packages, the only one with a strong sign is meant, or nobody
//! knows.

mod name;
mod version;

pub use version::InstalledVersion;

use crate::manifest::Manifest;
use name::Names;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use version::Versions;

/// A program as the computer tells of it: a line of Windows' list of installed software, or a package that is installed.
#[derive(Clone, Debug, Default)]
pub struct InstalledEntry {
    /// The name of its key, which is a product code where Windows Installer wrote it.
    pub key: Option<String>,
    pub upgrade_codes: Vec<String>,
    pub package_family_name: Option<String>,
    pub display_name: Option<String>,
    pub publisher: Option<String>,
    pub display_version: Option<String>,
    /// `VersionMajor` and `VersionMinor`.
    pub major_minor: Option<(u32, u32)>,
    /// `Version`, as Windows Installer packs it: eight bits, eight bits, sixteen bits.
    pub packed_version: Option<u32>,
    pub origin: Origin,
}

/// Whether an entry is a program or a part of the system, which is nobody's to update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    #[default]
    Program,
    SystemComponent,
}

/// How sure a recognition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Strong,
    Weak,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognition {
    Package {
        id: String,
        version: InstalledVersion,
        sign: Sign,
    },
    /// Several packages have the same right to it.
    Ambiguous(Vec<String>),
    /// No package says that it is this program.
    Unknown,
    /// A part of the system, or nameless: not looked at.
    Ignored,
}

/// What manifests say of how their packages are recognised.
#[derive(Debug, Default)]
pub struct Signs {
    /// The ids as they are written, by the ids in small letters.
    ids: Vec<String>,
    product_codes: HashMap<String, BTreeSet<usize>>,
    upgrade_codes: HashMap<String, BTreeSet<usize>>,
    family_names: HashMap<String, BTreeSet<usize>>,
    names: HashMap<Names, BTreeSet<usize>>,
    versions: Vec<Versions>,
}

impl Signs {
    /// Of all versions of all packages, in any order.
    pub fn of<'m>(manifests: impl IntoIterator<Item = &'m Manifest>) -> Self {
        let mut signs = Self::default();
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        for manifest in manifests {
            let package = *numbers
                .entry(manifest.id.to_lowercase())
                .or_insert_with(|| {
                    signs.ids.push(manifest.id.clone());
                    signs.versions.push(Versions::default());
                    signs.ids.len() - 1
                });
            signs.versions[package].add(manifest);
            signs.add(package, manifest);
        }
        for versions in &mut signs.versions {
            versions.sort();
        }
        signs
    }

    fn add(&mut self, package: usize, manifest: &Manifest) {
        let add = |codes: &mut HashMap<String, BTreeSet<usize>>, code: &Option<String>| {
            if let Some(code) = code {
                codes
                    .entry(code.to_lowercase())
                    .or_default()
                    .insert(package);
            }
        };
        for installer in &manifest.installers {
            add(&mut self.product_codes, &installer.product_code);
            add(&mut self.family_names, &installer.package_family_name);
            for entry in installer.entries.iter() {
                add(&mut self.product_codes, &entry.product_code);
                add(&mut self.upgrade_codes, &entry.upgrade_code);
            }
        }
        for names in Names::all(manifest) {
            self.names.entry(names).or_default().insert(package);
        }
    }

    /// What a program is.
    pub fn recognise(&self, entry: &InstalledEntry) -> Recognition {
        if entry.origin == Origin::SystemComponent
            || (entry.display_name.is_none() && entry.package_family_name.is_none())
        {
            return Recognition::Ignored;
        }
        let strong = self.strong(entry);
        let weak = self.weak(entry);
        let only = |found: &BTreeSet<usize>| found.first().copied().filter(|_| found.len() == 1);
        let (package, sign) = match (only(&strong), only(&weak)) {
            (Some(package), _) => (package, Sign::Strong),
            (None, Some(package)) if strong.is_empty() => (package, Sign::Weak),
            _ => return self.undecided(&strong, &weak),
        };
        Recognition::Package {
            id: self.ids[package].clone(),
            version: self.versions[package].installed(entry),
            sign,
        }
    }

    fn strong(&self, entry: &InstalledEntry) -> BTreeSet<usize> {
        let find = |codes: &HashMap<String, BTreeSet<usize>>, code: &String| {
            codes.get(&code.to_lowercase()).cloned()
        };
        let key = entry
            .key
            .iter()
            .filter_map(|key| find(&self.product_codes, key));
        let upgrades = entry
            .upgrade_codes
            .iter()
            .filter_map(|code| find(&self.upgrade_codes, code));
        let family = entry
            .package_family_name
            .iter()
            .filter_map(|name| find(&self.family_names, name));
        key.chain(upgrades).chain(family).flatten().collect()
    }

    fn weak(&self, entry: &InstalledEntry) -> BTreeSet<usize> {
        let names = match (&entry.display_name, &entry.publisher) {
            (Some(name), Some(publisher)) => Names::of(name, publisher),
            _ => None,
        };
        names
            .and_then(|names| self.names.get(&names))
            .cloned()
            .unwrap_or_default()
    }

    fn undecided(&self, strong: &BTreeSet<usize>, weak: &BTreeSet<usize>) -> Recognition {
        let meant = if strong.is_empty() { weak } else { strong };
        if meant.is_empty() {
            return Recognition::Unknown;
        }
        Recognition::Ambiguous(
            meant
                .iter()
                .map(|package| self.ids[*package].clone())
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests;
