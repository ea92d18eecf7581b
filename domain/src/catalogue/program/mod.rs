//! Programs that are installed on a computer, as its own system lists them, and how a software is told among them
//! (reference immybot.md, section 4.2).
//!
//! What fits is decided where the list is, on the computer (`agent-core/src/programs`); here is what may be asked, and what
//! came back. A code is a strong sign and a name a weak one: where a code fits something, names are not asked, as the Windows
//! Package Manager does it (`winget/src/detection`).

mod pattern;

pub use pattern::{NamePattern, PatternError, ProgramRegex};

use crate::kernel::limits::MAX_PROGRAM_SIGNS;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};

/// By what a software is told among the programs of a computer: any of 1 to [`MAX_PROGRAM_SIGNS`] signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramMatch {
    any: Vec<ProgramSign>,
}

/// By what one program is told from others. Upper and lower case are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ProgramSign {
    /// What its entry calls it, and, if that is asked, who makes it. Its version is its entry's, or what the group `version` of
    /// a regular expression takes of its name.
    Name {
        name: NamePattern,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        publisher: Option<NamePattern>,
    },
    /// The name of its key in Windows' list, which is a product code where Windows Installer wrote it.
    ProductCode { code: Name },
    /// What stays the same from one version to the next for Windows Installer.
    UpgradeCode { code: Name },
    /// Of a package from the Microsoft Store or an MSIX file: its name and its publisher's digest.
    PackageFamily { name: Name },
    /// What the system's package manager calls it, for whichever architecture.
    Package { name: Name },
}

/// Why nothing can be told by these signs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgramMatchError {
    #[error("no sign is given: say by what the program is told from others")]
    Empty,
    #[error("there are {0} signs: at most {MAX_PROGRAM_SIGNS} are allowed")]
    TooMany(usize),
    #[error(
        "the package's name {0} holds a space or a colon: give the bare name, which fits every architecture"
    )]
    PackageName(Name),
}

impl ProgramMatch {
    /// Checks signs.
    pub fn new(any: Vec<ProgramSign>) -> Result<Self, ProgramMatchError> {
        let is_bare = |name: &Name| !name.as_str().contains([' ', ':']);
        for sign in &any {
            if let ProgramSign::Package { name } = sign
                && !is_bare(name)
            {
                return Err(ProgramMatchError::PackageName(name.clone()));
            }
        }
        match any.len() {
            0 => Err(ProgramMatchError::Empty),
            count if count > MAX_PROGRAM_SIGNS => Err(ProgramMatchError::TooMany(count)),
            _ => Ok(Self { any }),
        }
    }

    /// Any of them.
    pub fn signs(&self) -> &[ProgramSign] {
        &self.any
    }
}

/// Who lists a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProgramSource {
    /// Debian's package manager.
    Dpkg,
    /// Windows' list of programs that can be removed.
    Registry,
    /// Windows' packages, from the Microsoft Store or an MSIX file.
    Msix,
    /// Something that this server does not know.
    Other,
}

/// For whom a program is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProgramScope {
    Machine,
    User,
}

/// A program that fits, as its computer tells of it. What its entry does not say is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstalledProgram {
    pub name: String,
    pub publisher: Option<String>,
    /// What counts as its version: what the group `version` took of its name where there is such a group, else its entry's.
    pub version: Option<String>,
    pub product_code: Option<String>,
    pub source: ProgramSource,
    pub scope: Option<ProgramScope>,
    pub architecture: Option<String>,
}

/// What a look at the installed programs brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundPrograms {
    /// Those that fit, at most `MAX_FOUND_PROGRAMS`.
    pub programs: Vec<InstalledProgram>,
    /// How many fit.
    pub program_count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    #[test]
    fn something_has_to_tell_a_program_and_not_too_much() {
        let code = || ProgramSign::ProductCode { code: name("{1}") };
        let codes = |count| ProgramMatch::new((0..count).map(|_| code()).collect());
        assert_eq!(codes(0), Err(ProgramMatchError::Empty));
        assert_eq!(codes(MAX_PROGRAM_SIGNS).unwrap().signs()[0], code());
        let too_many = MAX_PROGRAM_SIGNS + 1;
        assert_eq!(codes(too_many), Err(ProgramMatchError::TooMany(too_many)));
    }

    #[test]
    fn a_package_is_named_without_its_architecture() {
        let package = |text| ProgramMatch::new(vec![ProgramSign::Package { name: name(text) }]);
        assert!(package("libstdc++6").is_ok());
        for text in ["vim:amd64", "vim tiny"] {
            let refused = ProgramMatchError::PackageName(name(text));
            assert_eq!(package(text), Err(refused));
        }
    }
}
