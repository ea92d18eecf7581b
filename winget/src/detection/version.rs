//! Which version is installed: what the computer shows need not be what the package calls it.

use super::InstalledEntry;
use crate::manifest::Manifest;
use std::cmp::Ordering;
use std::fmt;
use upkeep_domain::catalogue::version::{VersionScheme, winget};

/// An installed version, in the package's own words. Its text has its place in the order of `VersionScheme::Winget`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstalledVersion {
    Is(String),
    /// Older than this version of the package, and newer than the one before.
    JustBelow(String),
    /// Newer than this version of the package, which is the newest one.
    JustAbove(String),
    /// The computer shows none.
    Unknown,
}

impl fmt::Display for InstalledVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(version) => f.write_str(version),
            Self::JustBelow(version) => write!(f, "< {version}"),
            Self::JustAbove(version) => write!(f, "> {version}"),
            Self::Unknown => f.write_str(winget::UNKNOWN),
        }
    }
}

/// The versions of a package, and what each of them shows.
#[derive(Debug, Default)]
pub(super) struct Versions(Vec<Shown>);

#[derive(Debug)]
struct Shown {
    version: String,
    /// The lowest and the highest version that its installers show, where manifests say so.
    range: Option<(String, String)>,
}

fn compare(left: &str, right: &str) -> Ordering {
    VersionScheme::Winget.compare(left, right)
}

impl Versions {
    pub(super) fn add(&mut self, manifest: &Manifest) {
        let mut shown: Vec<&String> = (manifest.installers.iter())
            .filter(|installer| installer.kind.has_display_version())
            .flat_map(|installer| {
                installer
                    .entries
                    .iter()
                    .filter_map(|entry| entry.version.as_ref())
            })
            .collect();
        shown.sort_by(|left, right| compare(left, right));
        let range = shown.first().zip(shown.last());
        self.0.push(Shown {
            version: manifest.version.clone(),
            range: range.map(|(lowest, highest)| ((*lowest).clone(), (*highest).clone())),
        });
    }

    /// The oldest one first.
    pub(super) fn sort(&mut self) {
        self.0
            .sort_by(|left, right| compare(&left.version, &right.version));
    }

    pub(super) fn installed(&self, entry: &InstalledEntry) -> InstalledVersion {
        match shown_by(entry) {
            None => InstalledVersion::Unknown,
            Some(version) if winget::is_unknown(&version) => InstalledVersion::Unknown,
            Some(version) if self.shows_itself() => InstalledVersion::Is(version),
            Some(version) => self.named(version),
        }
    }

    /// Whether the newest version shows what it is called, so that nothing has to be translated.
    fn shows_itself(&self) -> bool {
        let Some(Shown {
            version,
            range: Some((lowest, highest)),
        }) = self.0.last()
        else {
            return true;
        };
        compare(lowest, version).is_eq() && compare(highest, version).is_eq()
    }

    /// What the package calls a version that is shown.
    fn named(&self, shown: String) -> InstalledVersion {
        let ranges: Vec<(&str, &str, &str)> = (self.0.iter())
            .filter_map(|one| {
                one.range
                    .as_ref()
                    .map(|(lowest, highest)| (&*one.version, &**lowest, &**highest))
            })
            .collect();
        let holds = |lowest: &str, highest: &str| {
            compare(lowest, &shown).is_le() && compare(&shown, highest).is_le()
        };
        // Where several versions show the same, the newest one is meant.
        if let Some((version, ..)) = ranges
            .iter()
            .rev()
            .find(|(_, lowest, highest)| holds(lowest, highest))
        {
            return InstalledVersion::Is((*version).to_owned());
        }
        let are_in_order =
            ranges.is_sorted_by(|(_, _, highest), (_, lowest, _)| compare(highest, lowest).is_lt());
        if !are_in_order {
            return InstalledVersion::Is(shown);
        }
        let next = ranges
            .iter()
            .find(|(_, lowest, _)| compare(&shown, lowest).is_lt());
        match (next, ranges.last()) {
            (Some((version, ..)), _) => InstalledVersion::JustBelow((*version).to_owned()),
            (None, Some((version, ..))) => InstalledVersion::JustAbove((*version).to_owned()),
            (None, None) => InstalledVersion::Is(shown),
        }
    }
}

/// What a computer shows: the text for people, or one of the numbers beside it.
fn shown_by(entry: &InstalledEntry) -> Option<String> {
    let text = entry
        .display_version
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let from_text = text.map(str::to_owned);
    let from_numbers = || {
        entry
            .major_minor
            .map(|(major, minor)| format!("{major}.{minor}"))
    };
    let from_packed = || {
        let packed = entry.packed_version?;
        Some(format!(
            "{}.{}.{}",
            packed >> 24,
            (packed >> 16) & 0xFF,
            packed & 0xFFFF
        ))
    };
    from_text.or_else(from_numbers).or_else(from_packed)
}
