//! What is written of a prerequisite.

use super::range::{VersionRangeInput, version};
use crate::schema::change::seen;
use crate::schema::or_default::OrDefault;
use async_graphql::{Enum, ID, InputObject, OneofObject};
use upkeep_commands::{Ask, Stop};
use upkeep_domain::catalogue::software::Software;
use upkeep_domain::rules::prerequisite::{
    self, Condition, Conditions, Consequence, FailMessage, WantedVersion,
};

/// How many of the conditions have to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "prerequisite::Quantifier")]
pub enum ConditionQuantifier {
    /// One of them is enough.
    Any,
    /// Every one.
    #[default]
    All,
}

/// Whether a software is there, as a condition.
#[derive(Clone, Debug, InputObject)]
pub struct PrerequisiteConditionInput {
    /// The software.
    software_id: ID,
    /// Whether it has to be there, or has to be missing.
    is_installed: bool,
    /// In which versions it has to be there; any if not given, and none where it has to be missing.
    versions: Option<VersionRangeInput>,
}

/// When a prerequisite applies.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PrerequisiteConditionsInput {
    /// How many of them have to hold; ALL if not given.
    hold: OrDefault<ConditionQuantifier>,
    /// At most 20; none if not given, and then the prerequisite always applies.
    #[graphql(validator(max_items = 20))]
    of: OrDefault<Vec<PrerequisiteConditionInput>>,
}

/// What has to be installed first: whichever version a deployment wants there, and the newest one where none does, unless a
/// version is given.
#[derive(Clone, Debug, InputObject)]
pub struct InstallFirstInput {
    /// The software.
    software_id: ID,
    /// Exactly this version; the newest one if not given, unless `from` is.
    exactly: Option<String>,
    /// This version or a newer one: what is older or missing comes in the newest one. The newest one alone if not given.
    from: Option<String>,
}

/// What follows where a prerequisite applies: give exactly one.
#[derive(Clone, Debug, OneofObject)]
pub enum PrerequisiteConsequenceInput {
    /// This has to be installed first.
    Install(InstallFirstInput),
    /// The software with this id has to be gone first.
    UninstallSoftwareId(ID),
    /// What needs it fails with this message: one line of at most 300 characters.
    Fail(String),
}

impl PrerequisiteConditionsInput {
    pub fn check(&self, ask: &Ask) -> Result<Conditions, Stop> {
        let conditions = self.of.iter().map(|condition| condition.check(ask));
        Ok(Conditions {
            hold: self.hold.0.into(),
            of: conditions.collect::<Result<_, _>>()?,
        })
    }
}

impl PrerequisiteConditionInput {
    fn check(&self, ask: &Ask) -> Result<Condition, Stop> {
        const VERSIONS: &str = "when.of.versions";
        let software = seen::<Software>(ask, &self.software_id, "when.of.softwareId")?.id;
        match (self.is_installed, &self.versions) {
            (false, None) => Ok(Condition::NotInstalled { software }),
            (true, versions) => Ok(Condition::Installed {
                software,
                versions: versions.clone().unwrap_or_default().check(VERSIONS)?,
            }),
            (false, Some(_)) => {
                let message = "what has to be missing has no versions: leave them out";
                Err(Stop::invalid(message).at(VERSIONS))
            }
        }
    }
}

impl PrerequisiteConsequenceInput {
    pub fn check(&self, ask: &Ask) -> Result<Consequence, Stop> {
        match self {
            Self::Install(input) => {
                let software =
                    seen::<Software>(ask, &input.software_id, "then.install.softwareId")?;
                Ok(Consequence::Install {
                    software: software.id,
                    version: input.version()?,
                })
            }
            Self::UninstallSoftwareId(id) => {
                let software = seen::<Software>(ask, id, "then.uninstallSoftwareId")?;
                Ok(Consequence::Uninstall {
                    software: software.id,
                })
            }
            Self::Fail(message) => {
                let message = FailMessage::new(message);
                let message = message.map_err(|error| Stop::invalid(&error).at("then.fail"))?;
                Ok(Consequence::Fail { message })
            }
        }
    }
}

impl InstallFirstInput {
    fn version(&self) -> Result<WantedVersion, Stop> {
        match (&self.exactly, &self.from) {
            (None, None) => Ok(WantedVersion::Latest),
            (Some(exactly), None) => {
                version(exactly, "then.install.exactly").map(WantedVersion::Exactly)
            }
            (None, Some(from)) => version(from, "then.install.from").map(WantedVersion::AtLeast),
            (Some(_), Some(_)) => {
                let message = "give exactly or from, not both";
                Err(Stop::invalid(message).at("then.install.from"))
            }
        }
    }
}
