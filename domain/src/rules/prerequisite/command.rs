use super::condition::Conditions;
use super::range::{VersionRange, VersionRangeError};
use super::state::{Consequence, Prerequisite};
use crate::catalogue::Catalogue;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::PrerequisiteId;
use crate::kernel::limits::{
    MAX_CONDITIONS_PER_PREREQUISITE, MAX_PREREQUISITE_DEPTH, MAX_PREREQUISITES,
    MAX_PREREQUISITES_PER_SOFTWARE,
};
use std::sync::Arc;

/// What can be asked of the prerequisites. The catalogue tells which software there is, and what it is called.
#[derive(Clone, Debug)]
pub enum PrerequisiteCommand {
    Add {
        prerequisite: PrerequisiteId,
        says: Box<Prerequisite>,
        catalogue: Arc<dyn Catalogue>,
    },
    Change {
        prerequisite: PrerequisiteId,
        change: Box<PrerequisiteChange>,
        catalogue: Arc<dyn Catalogue>,
    },
    Remove {
        prerequisite: PrerequisiteId,
    },
}

/// What changes of a prerequisite; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct PrerequisiteChange {
    pub versions: Option<VersionRange>,
    pub when: Option<Conditions>,
    pub then: Option<Consequence>,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PrerequisiteRejection {
    #[error("there is no such prerequisite: check the id")]
    NotFound,
    #[error("this prerequisite exists already: use another id")]
    AlreadyExists,
    #[error("it names software that is not in the catalogue: check the id")]
    UnknownSoftware(&'static str),
    #[error(transparent)]
    Range(#[from] VersionRangeError),
    #[error(
        "it has {0} conditions: at most {MAX_CONDITIONS_PER_PREREQUISITE} are allowed; make several prerequisites of it"
    )]
    TooManyConditions(usize),
    #[error("{0} cannot be its own prerequisite: name another software")]
    SelfReference(String),
    #[error("this would be a circle: {0}; remove one of these prerequisites first")]
    Circle(String),
    #[error(
        "more than {MAX_PREREQUISITE_DEPTH} installations would have to come before one another, which is the most: shorten the chain"
    )]
    TooDeep,
    #[error("it contradicts another prerequisite of {of}, which applies with it and says: {other}")]
    Contradiction { of: String, other: String },
    #[error(
        "{0} has {MAX_PREREQUISITES_PER_SOFTWARE} prerequisites, which is the most: remove some first"
    )]
    TooManyOfSoftware(String),
    #[error("there are {MAX_PREREQUISITES} prerequisites, which is the most: remove some first")]
    TooMany,
}

impl Rejection for PrerequisiteRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound | Self::UnknownSoftware(_) => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Range(_) | Self::TooManyConditions(_) => Code::Invalid,
            Self::SelfReference(_) | Self::Circle(_) => Code::PrerequisiteCircle,
            Self::TooDeep => Code::PrerequisiteTooDeep,
            Self::Contradiction { .. } => Code::PrerequisiteContradiction,
            Self::TooManyOfSoftware(_) | Self::TooMany => Code::TooManyPrerequisites,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::UnknownSoftware(field) => Some(field),
            Self::TooManyConditions(_) => Some("when"),
            Self::SelfReference(_)
            | Self::Circle(_)
            | Self::TooDeep
            | Self::Contradiction { .. } => Some("then"),
            Self::NotFound
            | Self::AlreadyExists
            | Self::Range(_)
            | Self::TooManyOfSoftware(_)
            | Self::TooMany => None,
        }
    }
}
