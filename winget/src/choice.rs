//! Which installer of a version is right for a computer (`ManifestComparator.cpp` of the Windows Package Manager's client).
//!
//! Out are those that cannot or may not be used there; of the others the best one counts by its language, then by its scope,
//! then by its processor, then by what it is made with; of equals the first one. The client weighs some of these against each
//! other as strong and weak; here the first difference decides.

use crate::manifest::{Architecture, Installer, InstallerType, Manifest, Scope};
use std::cmp::Reverse;
use upkeep_domain::catalogue::version::VersionScheme;

/// What counts of a computer.
#[derive(Clone, Debug)]
pub struct Computer {
    pub architecture: Architecture,
    /// A four-part version, such as `10.0.19045.3570`.
    pub os_version: String,
    /// Languages as BCP 47 tags, the best one first.
    pub languages: Vec<String>,
    pub scope: WantedScope,
    /// The code of its country, if it is known.
    pub market: Option<String>,
    /// What is there of the package already.
    pub installed: Option<Installed>,
}

/// For whom it shall be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedScope {
    Any,
    /// Rather so; otherwise as it is possible.
    Rather(Scope),
    /// So, or by an installer that does not say for whom it is.
    Only(Scope),
}

/// How the package was installed before. What is not known forbids nothing.
#[derive(Clone, Debug, Default)]
pub struct Installed {
    pub kind: Option<InstallerType>,
    pub scope: Option<Scope>,
    pub language: Option<String>,
}

/// Why an installer is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsuitable {
    #[error("it needs a newer Windows")]
    OldWindows,
    #[error("it is for other processors")]
    Architecture,
    #[error("it cannot be used on Windows for such processors")]
    UnsupportedArchitecture,
    #[error("it installs for a single user where all are wanted, or the other way round")]
    Scope,
    #[error("what is installed was installed for others")]
    InstalledScope,
    #[error("what is installed was installed by another technology, which it cannot replace")]
    InstalledKind,
    #[error("what is installed is in another language")]
    InstalledLanguage,
    #[error("it is not offered in this country")]
    Market,
}

/// The best installer, or why each one is out, in their order.
pub fn choose<'m>(
    manifest: &'m Manifest,
    computer: &Computer,
) -> Result<&'m Installer, Vec<Unsuitable>> {
    let judged: Vec<Result<&Installer, Unsuitable>> = (manifest.installers.iter())
        .map(|installer| judge(installer, computer).map_or(Ok(installer), Err))
        .collect();
    // Of equals `min_by_key` takes the first one.
    let best = judged
        .iter()
        .flatten()
        .copied()
        .min_by_key(|installer| rank(installer, computer));
    match best {
        Some(installer) => Ok(installer),
        None => Err(judged.into_iter().filter_map(Result::err).collect()),
    }
}

fn judge(installer: &Installer, computer: &Computer) -> Option<Unsuitable> {
    let checks = [
        (too_old(installer, computer), Unsuitable::OldWindows),
        (
            installer
                .unsupported_os_architectures
                .contains(&computer.architecture),
            Unsuitable::UnsupportedArchitecture,
        ),
        (
            !runnable(computer.architecture).contains(&installer.architecture),
            Unsuitable::Architecture,
        ),
        (
            other_scope(installer, wanted_scope(computer.scope)),
            Unsuitable::Scope,
        ),
        (
            other_scope(
                installer,
                computer
                    .installed
                    .as_ref()
                    .and_then(|installed| installed.scope),
            ),
            Unsuitable::InstalledScope,
        ),
        (other_kind(installer, computer), Unsuitable::InstalledKind),
        (
            other_language(installer, computer),
            Unsuitable::InstalledLanguage,
        ),
        (other_market(installer, computer), Unsuitable::Market),
    ];
    checks
        .into_iter()
        .find_map(|(is_out, why)| is_out.then_some(why))
}

fn too_old(installer: &Installer, computer: &Computer) -> bool {
    (installer.minimum_os.as_ref()).is_some_and(|minimum| {
        VersionScheme::Windows
            .compare(&computer.os_version, minimum)
            .is_lt()
    })
}

/// What runs on a processor, the best one first (`AppInstallerArchitecture.cpp`).
fn runnable(architecture: Architecture) -> &'static [Architecture] {
    use Architecture::{Arm, Arm64, Neutral, X64, X86};
    match architecture {
        X86 => &[X86, Neutral],
        X64 => &[X64, X86, Neutral],
        Arm => &[Arm, Neutral],
        Arm64 => &[Arm64, Arm, X64, X86, Neutral],
        Neutral => &[Neutral],
    }
}

fn wanted_scope(wanted: WantedScope) -> Option<Scope> {
    match wanted {
        WantedScope::Only(scope) => Some(scope),
        WantedScope::Any | WantedScope::Rather(_) => None,
    }
}

/// Who says nothing is not out, or most of the catalogue would be.
fn other_scope(installer: &Installer, scope: Option<Scope>) -> bool {
    let differs = scope.is_some() && installer.scope.is_some() && installer.scope != scope;
    differs && !installer.kind.takes_any_scope()
}

/// What the entries will be counts too: an `exe` may bring a database of Windows Installer.
fn other_kind(installer: &Installer, computer: &Computer) -> bool {
    let Some(before) = computer.installed.as_ref().and_then(|before| before.kind) else {
        return false;
    };
    let entries = installer.entries.iter().filter_map(|entry| entry.kind);
    !entries
        .chain([installer.kind])
        .any(|kind| kind.can_follow(before))
}

fn other_language(installer: &Installer, computer: &Computer) -> bool {
    match (language_before(computer), &installer.locale) {
        (Some(before), Some(locale)) => Likeness::of(locale, before) == Likeness::None,
        _ => false,
    }
}

fn language_before(computer: &Computer) -> Option<&String> {
    computer
        .installed
        .as_ref()
        .and_then(|before| before.language.as_ref())
}

fn other_market(installer: &Installer, computer: &Computer) -> bool {
    let Some(market) = &computer.market else {
        return false;
    };
    let names = |markets: &[String]| markets.iter().any(|one| one.eq_ignore_ascii_case(market));
    let is_allowed = installer.markets.allowed.is_empty() || names(&installer.markets.allowed);
    !is_allowed || names(&installer.markets.excluded)
}

/// In the order in which installers are preferred: the smaller the better.
fn rank(installer: &Installer, computer: &Computer) -> impl Ord + use<> {
    let order = runnable(computer.architecture);
    let architecture = order.iter().position(|one| *one == installer.architecture);
    (
        language_fit(installer, computer),
        scope_fit(installer, computer.scope),
        architecture,
        installer.kind,
    )
}

/// How like two languages are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    None,
    /// The same language, perhaps in another country.
    Language,
    Same,
}

impl Likeness {
    fn of(one: &str, other: &str) -> Self {
        let language = |tag: &str| {
            tag.split('-')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        if one.eq_ignore_ascii_case(other) {
            Self::Same
        } else if language(one) == language(other) {
            Self::Language
        } else {
            Self::None
        }
    }
}

/// The first of the computer's languages that it is in, and how well; then who is in none, then who is in others.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum LanguageFit {
    Wanted(usize, Reverse<Likeness>),
    Unsaid,
    Other,
}

fn language_fit(installer: &Installer, computer: &Computer) -> LanguageFit {
    let Some(locale) = &installer.locale else {
        return LanguageFit::Unsaid;
    };
    let wanted = language_before(computer)
        .into_iter()
        .chain(&computer.languages);
    let mut likeness = wanted
        .map(|language| Likeness::of(locale, language))
        .enumerate();
    match likeness.find(|(_, likeness)| *likeness != Likeness::None) {
        Some((at, likeness)) => LanguageFit::Wanted(at, Reverse(likeness)),
        None => LanguageFit::Other,
    }
}

fn scope_fit(installer: &Installer, wanted: WantedScope) -> u8 {
    let (WantedScope::Rather(wanted) | WantedScope::Only(wanted)) = wanted else {
        return 0;
    };
    match installer.scope {
        Some(scope) if scope == wanted => 0,
        None => 1,
        Some(_) => 2,
    }
}

#[cfg(test)]
mod tests;
