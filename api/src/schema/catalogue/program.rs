//! Programs that are installed on computers, and how a software is told among them.

use crate::schema::page::times;
use async_graphql::{Enum, InputObject, Object, OneofObject, SimpleObject};
use upkeep_commands::Stop;
use upkeep_domain::catalogue::program::{self, ProgramRegex};
use upkeep_domain::kernel::limits::MAX_PROGRAM_SIGNS;
use upkeep_domain::kernel::name::Name;

/// What a name has to look like, whatever its case is: give exactly one.
#[derive(Clone, Debug, OneofObject)]
pub enum NamePatternInput {
    /// This, and nothing before or after it; at most 200 characters.
    Equals(String),
    /// This somewhere in it; at most 200 characters.
    Contains(String),
    /// All of it, where * stands for anything and ? for one character; at most 200 characters.
    Wildcard(String),
    /// This regular expression somewhere in it, in the syntax of Rust's crate regex, at most 500 characters; a group (?<version>…)
    /// takes the version out of the name.
    Regex(String),
}

/// A name, and who makes what is called so.
#[derive(Clone, Debug, InputObject)]
pub struct NamedProgramInput {
    /// What its entry calls it.
    name: NamePatternInput,
    /// Who makes it, as its entry says; whoever it is if not given. A package of Debian's says its maintainer.
    publisher: Option<NamePatternInput>,
}

/// By what one program is told from others, whatever its case is: give exactly one. A code is a strong sign and a name a weak one:
/// where a code fits something, names are not asked.
#[derive(Clone, Debug, OneofObject)]
pub enum ProgramSignInput {
    /// What it is called.
    Named(NamedProgramInput),
    /// The name of its key in Windows' list, which is a product code where Windows Installer wrote it.
    ProductCode(String),
    /// Its upgrade code, which stays the same from one version to the next for Windows Installer.
    UpgradeCode(String),
    /// The family name of a package from the Microsoft Store or an MSIX file.
    PackageFamily(String),
    /// What the system's package manager calls it, without its architecture.
    Package(String),
}

/// By what a software is told among the programs that a computer's system lists. Of several that fit the newest version counts;
/// none means that it is absent, and one without a version that can be read that nothing is known.
#[derive(Clone, Debug, InputObject)]
pub struct ProgramMatchInput {
    /// Any of these, at least one and at most 32.
    any: Vec<ProgramSignInput>,
}

impl ProgramMatchInput {
    pub fn check(&self, field: &str) -> Result<program::ProgramMatch, Stop> {
        let signs = self.any.iter().enumerate();
        let signs = signs.map(|(place, sign)| sign.check(&format!("{field}.any.{place}")));
        program::ProgramMatch::new(signs.collect::<Result<_, _>>()?)
            .map_err(|error| Stop::invalid(&error).at(format!("{field}.any")))
    }
}

impl ProgramSignInput {
    fn check(&self, at: &str) -> Result<program::ProgramSign, Stop> {
        Ok(match self {
            Self::Named(named) => program::ProgramSign::Name {
                name: named.name.check(&format!("{at}.named.name"))?,
                publisher: named
                    .publisher
                    .as_ref()
                    .map(|publisher| publisher.check(&format!("{at}.named.publisher")))
                    .transpose()?,
            },
            Self::ProductCode(code) => program::ProgramSign::ProductCode {
                code: name(code, &format!("{at}.productCode"))?,
            },
            Self::UpgradeCode(code) => program::ProgramSign::UpgradeCode {
                code: name(code, &format!("{at}.upgradeCode"))?,
            },
            Self::PackageFamily(family) => program::ProgramSign::PackageFamily {
                name: name(family, &format!("{at}.packageFamily"))?,
            },
            Self::Package(package) => program::ProgramSign::Package {
                name: name(package, &format!("{at}.package"))?,
            },
        })
    }
}

impl NamePatternInput {
    fn check(&self, at: &str) -> Result<program::NamePattern, Stop> {
        let text = |text, kind: &str| name(text, &format!("{at}.{kind}"));
        Ok(match self {
            Self::Equals(given) => program::NamePattern::Equals {
                text: text(given, "equals")?,
            },
            Self::Contains(given) => program::NamePattern::Contains {
                text: text(given, "contains")?,
            },
            Self::Wildcard(given) => program::NamePattern::Wildcard {
                text: text(given, "wildcard")?,
            },
            Self::Regex(given) => program::NamePattern::Regex {
                text: ProgramRegex::new(given)
                    .map_err(|error| Stop::invalid(&error).at(format!("{at}.regex")))?,
            },
        })
    }
}

fn name(text: &str, at: &str) -> Result<Name, Stop> {
    Name::new(text).map_err(|error| Stop::invalid(&error).at(at.to_owned()))
}

/// What a name has to look like, whatever its case is: exactly one is there.
#[derive(Default, SimpleObject)]
pub struct NamePattern {
    /// This, and nothing before or after it.
    equals: Option<String>,
    /// This somewhere in it.
    contains: Option<String>,
    /// All of it, where * stands for anything and ? for one character.
    wildcard: Option<String>,
    /// This regular expression somewhere in it; a group (?<version>…) takes the version out of the name.
    regex: Option<String>,
}

impl From<&program::NamePattern> for NamePattern {
    fn from(pattern: &program::NamePattern) -> Self {
        let mut told = Self::default();
        match pattern {
            program::NamePattern::Equals { text } => told.equals = Some(text.to_string()),
            program::NamePattern::Contains { text } => told.contains = Some(text.to_string()),
            program::NamePattern::Wildcard { text } => told.wildcard = Some(text.to_string()),
            program::NamePattern::Regex { text } => told.regex = Some(text.as_str().to_owned()),
        }
        told
    }
}

/// A name, and who makes what is called so.
#[derive(SimpleObject)]
pub struct NamedProgram {
    /// What its entry calls it.
    name: NamePattern,
    /// Who makes it; whoever it is if null.
    publisher: Option<NamePattern>,
}

/// By what one program is told from others: exactly one is there.
#[derive(Default, SimpleObject)]
pub struct ProgramSign {
    /// What it is called.
    named: Option<NamedProgram>,
    /// The name of its key in Windows' list.
    product_code: Option<String>,
    /// What stays the same from one version to the next for Windows Installer.
    upgrade_code: Option<String>,
    /// The family name of a package from the Microsoft Store or an MSIX file.
    package_family: Option<String>,
    /// What the system's package manager calls it, without its architecture.
    package: Option<String>,
}

impl From<&program::ProgramSign> for ProgramSign {
    fn from(sign: &program::ProgramSign) -> Self {
        let mut told = Self::default();
        match sign {
            program::ProgramSign::Name { name, publisher } => {
                told.named = Some(NamedProgram {
                    name: name.into(),
                    publisher: publisher.as_ref().map(Into::into),
                });
            }
            program::ProgramSign::ProductCode { code } => {
                told.product_code = Some(code.to_string());
            }
            program::ProgramSign::UpgradeCode { code } => {
                told.upgrade_code = Some(code.to_string());
            }
            program::ProgramSign::PackageFamily { name } => {
                told.package_family = Some(name.to_string());
            }
            program::ProgramSign::Package { name } => told.package = Some(name.to_string()),
        }
        told
    }
}

/// By what a software is told among the programs that a computer's system lists.
pub struct ProgramMatch(pub program::ProgramMatch);

/// By what a software is told among the programs that a computer's system lists.
#[Object]
impl ProgramMatch {
    /// Any of these, at least one and at most 32.
    #[graphql(complexity = "times(MAX_PROGRAM_SIGNS, child_complexity)")]
    async fn any(&self) -> Vec<ProgramSign> {
        self.0.signs().iter().map(Into::into).collect()
    }
}

/// Who lists a program.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "program::ProgramSource")]
pub enum ProgramSource {
    /// Debian's package manager.
    Dpkg,
    /// Windows' list of programs that can be removed.
    Registry,
    /// Windows' packages, from the Microsoft Store or an MSIX file.
    Msix,
    /// Something that the server does not know.
    Other,
}

/// For whom a program is installed.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "program::ProgramScope")]
pub enum ProgramScope {
    /// For everybody on the computer.
    Machine,
    /// For one person.
    User,
}

/// A program that fits what was looked for, as its computer tells of it. What its entry does not say is null.
#[derive(SimpleObject)]
pub struct InstalledProgram {
    /// What its entry calls it.
    name: String,
    /// Who makes it.
    publisher: Option<String>,
    /// What counts as its version: what the group of a regular expression took of its name, or else its entry's.
    version: Option<String>,
    /// The name of its key in Windows' list.
    product_code: Option<String>,
    /// Who lists it.
    source: ProgramSource,
    /// For whom it is installed.
    scope: Option<ProgramScope>,
    /// For which kind of processor, in its source's words.
    architecture: Option<String>,
}

impl From<&program::InstalledProgram> for InstalledProgram {
    fn from(found: &program::InstalledProgram) -> Self {
        Self {
            name: found.name.clone(),
            publisher: found.publisher.clone(),
            version: found.version.clone(),
            product_code: found.product_code.clone(),
            source: found.source.into(),
            scope: found.scope.map(Into::into),
            architecture: found.architecture.clone(),
        }
    }
}
