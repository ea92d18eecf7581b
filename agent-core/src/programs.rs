//! Which of a computer's programs fit what is looked for.
//!
//! Whoever lists programs gives them one by one to a [`Search`], wherever they come from: Debian's package manager, Windows'
//! list, packages of the Microsoft Store. A code fits strongly and a name weakly: names count where no code fits anything.

mod pattern;

use pattern::{Named, Pattern};
use std::borrow::Cow;
use upkeep_agent_protocol::{
    MAX_PROGRAM_ENTRIES, MAX_PROGRAM_SIGNS, MAX_PROGRAM_TEXT_CHARS, ProgramEntry, ProgramScope,
    ProgramSign, ProgramSource, Programs, ProgramsOrder,
};

/// A program as its computer lists it. What is not known is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledProgram<'a> {
    pub name: Cow<'a, str>,
    pub publisher: Option<Cow<'a, str>>,
    pub version: Option<Cow<'a, str>>,
    /// The name of its key in Windows' list.
    pub product_code: Option<Cow<'a, str>>,
    pub upgrade_codes: Vec<Cow<'a, str>>,
    pub package_family: Option<Cow<'a, str>>,
    /// What the system's package manager calls it, without its architecture.
    pub package: Option<Cow<'a, str>>,
    pub source: ProgramSource,
    pub scope: Option<ProgramScope>,
    pub architecture: Option<Cow<'a, str>>,
    pub state: ProgramState,
}

/// How much of a program there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramState {
    Whole,
    /// It is being installed or removed, or that was interrupted. It is told without a version, whatever its entry or its name says: it is neither
    /// there in that version nor absent.
    Half,
}

/// One look.
#[derive(Debug)]
pub struct Search {
    signs: Vec<Sign>,
    strong: Programs,
    weak: Programs,
}

/// A sign, made ready.
#[derive(Debug)]
enum Sign {
    Name {
        name: Pattern,
        publisher: Option<Pattern>,
    },
    ProductCode(String),
    UpgradeCode(String),
    PackageFamily(String),
    Package(String),
}

/// How a sign fits, and with which version.
enum Fit<'a> {
    Strong,
    Weak(Option<&'a str>),
}

impl Search {
    /// Makes the signs ready; or says why this program cannot look for them.
    pub fn new(order: &ProgramsOrder) -> Result<Self, String> {
        if order.any.len() > MAX_PROGRAM_SIGNS {
            return Err(format!(
                "{} signs are given to look for, and this agent takes {MAX_PROGRAM_SIGNS}",
                order.any.len()
            ));
        }
        let signs = order.any.iter().map(Sign::new);
        Ok(Self {
            signs: signs.collect::<Result<_, _>>()?,
            strong: Programs::default(),
            weak: Programs::default(),
        })
    }

    /// Takes the next program of the computer's.
    pub fn take(&mut self, program: &InstalledProgram<'_>) {
        let mut weak = None;
        for sign in &self.signs {
            match sign.fit(program) {
                Some(Fit::Strong) => {
                    let version = program.version.as_deref();
                    return note(&mut self.strong, program, version);
                }
                // The first that fits says which version it is.
                Some(Fit::Weak(version)) if weak.is_none() => weak = Some(version),
                Some(Fit::Weak(_)) | None => {}
            }
        }
        if let Some(version) = weak {
            note(&mut self.weak, program, version);
        }
    }

    /// What was found, once all programs were taken.
    pub fn found(self) -> Programs {
        if self.strong.count > 0 {
            self.strong
        } else {
            self.weak
        }
    }
}

impl Sign {
    fn new(sign: &ProgramSign) -> Result<Self, String> {
        Ok(match sign {
            ProgramSign::Name { name, publisher } => Self::Name {
                name: Pattern::new(name)?,
                publisher: publisher.as_ref().map(Pattern::new).transpose()?,
            },
            ProgramSign::ProductCode { code } => Self::ProductCode(code.to_lowercase()),
            ProgramSign::UpgradeCode { code } => Self::UpgradeCode(code.to_lowercase()),
            ProgramSign::PackageFamily { name } => Self::PackageFamily(name.to_lowercase()),
            ProgramSign::Package { name } => Self::Package(name.to_lowercase()),
            ProgramSign::Unknown => {
                return Err(
                    "this agent does not know one of the signs that are looked for: update it"
                        .to_owned(),
                );
            }
        })
    }

    fn fit<'a>(&self, program: &'a InstalledProgram<'_>) -> Option<Fit<'a>> {
        let is = |code: &String, known: Option<&Cow<'_, str>>| {
            known.is_some_and(|known| known.to_lowercase() == *code)
        };
        let fits = match self {
            Self::Name { name, publisher } => {
                let made_by = program.publisher.as_deref().unwrap_or_default();
                let is_theirs = publisher
                    .as_ref()
                    .is_none_or(|publisher| publisher.fits(made_by));
                let named = name.named(&program.name, program.version.as_deref());
                return named
                    .filter(|_| is_theirs)
                    .map(|Named { version }| Fit::Weak(version));
            }
            Self::ProductCode(code) => is(code, program.product_code.as_ref()),
            Self::UpgradeCode(code) => {
                let mut known = program.upgrade_codes.iter();
                known.any(|known| is(code, Some(known)))
            }
            Self::PackageFamily(name) => is(name, program.package_family.as_ref()),
            Self::Package(name) => is(name, program.package.as_ref()),
        };
        fits.then_some(Fit::Strong)
    }
}

fn note(found: &mut Programs, program: &InstalledProgram<'_>, version: Option<&str>) {
    let version = version.filter(|_| program.state == ProgramState::Whole);
    found.count += 1;
    if found.entries.len() < MAX_PROGRAM_ENTRIES {
        let cut = |text: &Option<Cow<'_, str>>| text.as_deref().map(shortened);
        found.entries.push(ProgramEntry {
            name: shortened(&program.name),
            publisher: cut(&program.publisher),
            version: version.map(shortened),
            product_code: cut(&program.product_code),
            source: program.source,
            scope: program.scope,
            architecture: cut(&program.architecture),
        });
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_PROGRAM_TEXT_CHARS).collect()
}

#[cfg(test)]
mod tests;
