//! Why values do not fit.

use super::name::ParameterName;
use super::value::{Number, Values};
use crate::catalogue::secret::Secret;
use crate::kernel::codes::Code;
use crate::kernel::ids::{SecretId, TenantId};
use crate::kernel::limits::MAX_NAMED_IN_REFUSAL;
use std::fmt;

/// Choices that a refusal lists.
const LISTED: usize = 10;

/// Why a value does not fit its parameter, and what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Misfit {
    #[error("the task has no such parameter: leave it out, or look how it is written")]
    Unknown,
    #[error("it is required and has no value: give one")]
    Missing,
    #[error("{given} was given: give {wanted}")]
    OtherKind {
        given: &'static str,
        wanted: &'static str,
    },
    #[error("the text has {chars} characters: at most {most} are allowed")]
    TooLong { chars: usize, most: usize },
    #[error("the text holds a NUL character, which no environment takes: remove it")]
    Nul,
    #[error("the text does not match {0} from its beginning to its end: write it so that it does")]
    Pattern(String),
    #[error("{0} is no whole number: give one without a fraction, and with at most 15 digits")]
    NotWhole(Number),
    #[error("{number} is too small: give at least {min}")]
    TooSmall { number: Number, min: Number },
    #[error("{number} is too large: give at most {max}")]
    TooLarge { number: Number, max: Number },
    #[error("\"{given}\" is none of its choices: choose {}", one_of(.offered))]
    NotAChoice { given: String, offered: Vec<String> },
    #[error("\"{0}\" was chosen twice: leave one out")]
    ChosenTwice(String),
    #[error("a secret is compared with nothing: let something else decide")]
    Compared,
    #[error(
        "there is no such secret for this target: tell one of the target's tenant or of the installation, and for several tenants one of the installation"
    )]
    NoSecret,
}

fn one_of(choices: &[String]) -> String {
    let listed: Vec<_> = (choices.iter().take(LISTED))
        .map(|choice| format!("\"{choice}\""))
        .collect();
    match choices.len().checked_sub(LISTED) {
        None | Some(0) => listed.join(" or "),
        Some(more) => format!("{}, or one of {more} others", listed.join(", ")),
    }
}

/// A parameter, and what is wrong with its value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{parameter}: {why}")]
pub struct ParameterFault {
    pub parameter: ParameterName,
    pub why: Misfit,
}

/// Everything that is wrong with some values; never empty where it is an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults(pub Vec<ParameterFault>);

impl Faults {
    pub const CODE: Code = Code::ParametersDoNotFit;

    /// Refuses secrets that are not there, and those that are not for this tenant; for several tenants where none is given.
    pub fn among_secrets<'a>(
        values: &Values,
        tenant: Option<TenantId>,
        secret: impl Fn(SecretId) -> Option<&'a Secret>,
    ) -> Result<(), Self> {
        let told = values.secrets();
        let not_there =
            told.filter(|(_, id)| !secret(*id).is_some_and(|found| found.serves(tenant)));
        let faults: Vec<_> = not_there
            .map(|(parameter, _)| ParameterFault {
                parameter: parameter.clone(),
                why: Misfit::NoSecret,
            })
            .collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Self(faults))
        }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().take(MAX_NAMED_IN_REFUSAL).enumerate() {
            let between = if index == 0 { "" } else { "; " };
            write!(f, "{between}{fault}")?;
        }
        match self.0.len().checked_sub(MAX_NAMED_IN_REFUSAL) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for Faults {}
