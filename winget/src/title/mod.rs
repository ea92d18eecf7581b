//! From manifests to titles of a pack: one title a package, with its newest versions, scripts that install and remove it, and the signs
//! by which it is found (docs/catalogue.md).
//!
//! Of each version one installer counts: the one that [`choose`] takes for a 64-bit Windows, for the whole computer, in English. What no
//! script could do soundly without somebody at the screen is refused, with the reason.

mod draft;
mod powershell;
mod recipe;
mod signs;
mod unfit;
mod uninstall;
mod words;

pub use unfit::Unfit;

use crate::choice::{Computer, WantedScope, choose};
use crate::manifest::{Architecture, Manifest, Scope};
use draft::Draft;
use std::collections::BTreeMap;
use upkeep_domain::catalogue::pack::{
    PackedDetection, PackedExitCodes, PackedScript, PackedTitle, PackedVersion,
};
use upkeep_domain::catalogue::script::Interpreter;
use upkeep_domain::catalogue::software::{RepairStrategy, ScriptRole};
use upkeep_domain::catalogue::version::{Version, VersionScheme};
use upkeep_domain::kernel::limits::{MAX_EXIT_CODES, MAX_VERSIONS_PER_TITLE};

/// What one package becomes.
#[derive(Debug)]
pub struct Translated {
    pub identifier: String,
    /// Nothing, if no version of it can be taken over.
    pub title: Option<PackedTitle>,
    /// Versions, as their manifests call them, that are not in the title, and why; the newest first.
    pub left_out: Vec<(String, Unfit)>,
}

/// Packages as they are read, version by version and in any order. Of each no more versions are kept than a title may have.
#[derive(Debug, Default)]
pub struct Titles(BTreeMap<String, Package>);

#[derive(Debug, Default)]
struct Package {
    drafts: Vec<Draft>,
    left_out: Vec<(String, Unfit)>,
}

/// The computer that titles are for.
fn computer() -> Computer {
    Computer {
        architecture: Architecture::X64,
        // The newest one: what asks for a newer version than a computer has is told there.
        os_version: "10.0.99999.0".to_owned(),
        languages: vec!["en-US".to_owned()],
        scope: WantedScope::Only(Scope::Machine),
        market: None,
        installed: None,
    }
}

impl Titles {
    /// Takes in one version of one package.
    pub fn add(&mut self, manifest: &Manifest) {
        let package = self.0.entry(manifest.id.to_lowercase()).or_default();
        match draft(manifest) {
            Ok(draft) => package.keep(draft),
            Err(unfit) => package.left_out.push((manifest.version.clone(), unfit)),
        }
    }

    /// What became of each, in the order of their identifiers.
    pub fn finish(self) -> impl Iterator<Item = Translated> {
        self.0.into_iter().map(|(id, package)| package.title(id))
    }
}

fn draft(manifest: &Manifest) -> Result<Draft, Unfit> {
    let installer = choose(manifest, &computer()).map_err(|why| Unfit::NoInstaller(why.into()))?;
    Draft::of(manifest, installer)
}

impl Package {
    /// In its place, the newest first. Who comes with a version that is there already is left out.
    fn keep(&mut self, draft: Draft) {
        let order = |kept: &Draft| VersionScheme::Winget.compare(&draft.written, &kept.written);
        let at = self.drafts.partition_point(|kept| order(kept).is_lt());
        self.drafts.insert(at, draft);
        if self.drafts.len() > MAX_VERSIONS_PER_TITLE
            && let Some(oldest) = self.drafts.pop()
        {
            self.left_out.push((oldest.written, Unfit::Old));
        }
    }

    fn title(mut self, id: String) -> Translated {
        let mut versions: BTreeMap<Version, PackedVersion> = BTreeMap::new();
        let mut kept = Vec::with_capacity(self.drafts.len());
        for draft in self.drafts {
            if versions.contains_key(&draft.version) {
                let same = Unfit::SameVersion(draft.version.to_string());
                self.left_out.push((draft.written, same));
                continue;
            }
            versions.insert(draft.version.clone(), draft.packed());
            kept.push(draft);
        }
        let mut left_out = self.left_out;
        left_out.sort_by(|(one, _), (other, _)| VersionScheme::Winget.compare(other, one));
        let title = match kept.first() {
            None => None,
            Some(newest) => match title_of(newest, &kept, versions) {
                Ok(title) => Some(title),
                Err(unfit) => {
                    left_out.insert(0, (newest.written.clone(), unfit));
                    None
                }
            },
        };
        Translated {
            identifier: kept.first().map_or(id, |newest| newest.identifier.clone()),
            title,
            left_out,
        }
    }
}

/// What is said of all versions is what the newest one says.
fn title_of(
    newest: &Draft,
    all: &[Draft],
    versions: BTreeMap<Version, PackedVersion>,
) -> Result<PackedTitle, Unfit> {
    let signs = signs::of(all);
    if signs.is_empty() {
        return Err(Unfit::NoSign);
    }
    let exit_codes = exit_codes(all);
    let kinds = all.iter().flat_map(|draft| &draft.kinds).copied();
    let uninstall = PackedScript {
        interpreter: Interpreter::PowerShell,
        text: uninstall::script(&kinds.collect(), &signs, &exit_codes),
        timeout_seconds: None,
    };
    Ok(PackedTitle {
        identifier: newest.identifier.clone(),
        name: newest.name.clone(),
        publisher: newest.publisher.clone(),
        notes: newest.notes.clone(),
        homepage: newest.homepage.clone(),
        licence: newest.licence.clone(),
        tags: newest.tags.clone(),
        detection: PackedDetection::Program(signs),
        scripts: [(ScriptRole::Uninstall, uninstall)].into(),
        upgrade_strategy: newest.upgrade_strategy,
        repair_strategy: RepairStrategy::default(),
        exit_codes,
        versions: versions.into_values().rev().collect(),
    })
}

/// Codes are the title's, not a version's: where versions disagree, the newest one counts.
fn exit_codes(all: &[Draft]) -> PackedExitCodes {
    let mut codes = PackedExitCodes::default();
    for draft in all {
        for code in &draft.success {
            if !codes.reboot.contains(code) && codes.success.len() < MAX_EXIT_CODES / 2 {
                codes.success.insert(*code);
            }
        }
        for code in &draft.reboot {
            if !codes.success.contains(code) && codes.reboot.len() < MAX_EXIT_CODES / 2 {
                codes.reboot.insert(*code);
            }
        }
    }
    codes
}

#[cfg(test)]
mod tests;
